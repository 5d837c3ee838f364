"""Signs that a trained model has collapsed: it finished and has scores, but they are those of a constant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from keras import ops
from numpy.typing import NDArray

from aezoo.datasets import Dataset
from aezoo.evaluation.inference import decode, encode
from aezoo.evaluation.model_inputs import Rows, features, rows
from aezoo.images import unit_interval
from aezoo.metrics.likelihood import collapsed_dims
from aezoo.models.base import Model
from aezoo.models.capabilities import HasDraws, HasEncoder, HasLogPrior, HasPosterior
from aezoo.models.losses import gaussian_log_density, reparameterise, standard_normal_log_density

N_CHECKED = 1_000
MIN_RATE = 0.01
"""A code that costs less than this many nats a dimension says nothing of the image: as `collapsed_dims` has it."""
MIN_VARIATION = 0.01
"""Images that vary less than this share of what real ones do are called all alike: one principal component explains
ten times as much."""

Images = NDArray[np.floating]


def collapse_warnings(model: Model, dataset: Dataset, generated: Mapping[str, Images]) -> list[str]:
    """List what is wrong with a trained model, one line each; nothing for floors, which are as they are.

    Args:
        model: trained.
        dataset: of which the first `N_CHECKED` held-out images are encoded and decoded.
        generated: images (n, 28, 28) in [0, 1] by sampler.
    """
    return [] if model.role == "floor" else list(_find_collapse(model, dataset, generated))


def _find_collapse(model: Model, dataset: Dataset, generated: Mapping[str, Images]) -> Iterator[str]:
    seen = rows(model, dataset.held_out)[:N_CHECKED]
    real = variation(unit_interval(dataset.held_out.images[:N_CHECKED], np.float64))
    if isinstance(model, HasPosterior | HasDraws) and _is_uninformative(model, seen):
        # The latent size, not that of a draw, which holds the codes of all layers.
        yield f"posterior collapse: all {model.protocol.latent_dim} dimensions of the code say nothing of the image"
    if isinstance(model, HasEncoder):
        codes = features(model, seen)
        if codes.shape[1] and not np.ptp(codes, axis=0).any():  # equal codes may have a deviation, by rounding
            yield f"dead code: all {len(codes)} images that were looked at have the same code"
        share = variation(decode(model, encode(model, seen))) / real
        if share < MIN_VARIATION:
            yield f"constant reconstructions: they vary {share:.2%} as much as the images"
    for sampler, images in generated.items():
        share = variation(images) / real
        if share < MIN_VARIATION:
            yield f"constant samples ({sampler}): they vary {share:.2%} as much as real images"


def variation(images: Images) -> float:
    """Compute the total variance of images (n, 28, 28): the sum over pixels of the variance over images."""
    return float(np.asarray(images, np.float64).reshape(len(images), -1).var(axis=0).sum())


def _is_uninformative(model: Model, seen: Rows) -> bool:
    """Tell whether q(z|x) is the prior: by dimensions where both are Gaussian, otherwise by the mean rate of draws."""
    x = ops.convert_to_tensor(seen.astype(np.float32) / 255)
    if isinstance(model, HasDraws):
        model.noise.state.assign([0, 0])
        z, log_q = model.draw(x)
    else:
        mean, log_variance = model.posterior(x)
        if not isinstance(model, HasLogPrior):
            return bool(collapsed_dims(np.asarray(mean, np.float64), np.asarray(log_variance, np.float64)) == 1)
        model.noise.state.assign([0, 0])
        z = reparameterise(mean, log_variance, model.noise)
        log_q = gaussian_log_density(z, mean, log_variance)
    log_prior = model.log_prior(z) if isinstance(model, HasLogPrior) else standard_normal_log_density(z)
    return bool(float(ops.mean(log_q - log_prior)) < MIN_RATE * z.shape[1])
