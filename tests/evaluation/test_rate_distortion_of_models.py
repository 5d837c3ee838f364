"""Rate-distortion curves of an autoencoder, a VAE and a GAN: of models as they are evaluated, in one figure."""

from __future__ import annotations

import numpy as np
import pytest
from support.factories import record, score
from support.toy_models import TINY

from aezoo.evaluation.likelihood_inputs import likelihood_inputs
from aezoo.metrics.likelihood.rate_distortion_curve import POWERS, rate_distortion_points
from aezoo.models import MODELS
from aezoo.reporting.figures.rate_distortion import rate_distortion_figure
from aezoo.reporting.figures.selection import figure_data

NOISE = 0.2
MODELS_DRAWN = ("ae", "gan", "vae")


def scored(name, digits):
    inputs = likelihood_inputs(MODELS.get(name).create(TINY, 0), digits, 0)
    points = rate_distortion_points(inputs["noisy_density"], inputs["x_few"][:2])
    return record(name, scores=[score(key, value, "likelihood", "neither") for key, value in points.items()])


@pytest.mark.slow
def test_an_autoencoder_a_vae_and_a_gan_are_curves_of_one_figure(digits):
    (scene,) = figure_data([scored(name, digits) for name in MODELS_DRAWN], lambda _: {})
    (panel,) = rate_distortion_figure(scene).axes
    curves = {line.get_label().split()[0]: line.get_xydata() for line in panel.lines}
    assert set(curves) == set(MODELS_DRAWN)
    for distortions, rates in (curve.T for curve in curves.values()):
        assert len(rates) == len(POWERS)
        assert (np.diff(distortions) > 0).all()
        assert (np.diff(rates) < 0).all()
        # The curve is convex, and -dR/dD goes from t / (2 noise^2) at one point to that at the next.
        slopes = -np.diff(rates) / np.diff(distortions)
        betas = np.array(POWERS[::-1]) / (2 * NOISE**2)
        assert (slopes < betas[:-1] * 1.01).all()
        assert (slopes > betas[1:] * 0.99).all()
