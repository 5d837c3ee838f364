"""Distortion: what a code leaves unsaid of its image."""

from __future__ import annotations

import numpy as np

from aezoo.metrics import METRICS, Floats, Score, finite_matrix
from aezoo.metrics.likelihood.bounds import positive
from aezoo.metrics.likelihood.density import Density, Proposal
from aezoo.metrics.standard_errors import Influence, Influences, thinned
from aezoo.seeds import generator

SPREAD_IMAGES = 1_000


def _of_images(density: Density, x: Floats, seed: int) -> Influences:
    return {"distortion": {"x": _log_likelihoods(density, x[thinned(len(x), SPREAD_IMAGES)], seed, 4).mean(axis=1)}}


@METRICS.register(
    "distortion",
    question="likelihood",
    needs=("density", "x", "seed"),
    scores=(Score("distortion", "nats per image, grey", "neither"),),
    minimum_n=100,
    version=2,
    standard_error=Influence(_of_images, ("density", "x", "seed")),
)
def distortion(density: Density, x: Floats, seed: int = 0, samples: int = 4) -> float:
    """Distortion: the mean over images of -E_q[ln p(x|z)], by `samples` draws of z.

    In nats per image. Of two models with equal rate the lower one is better; alone it ranks nothing. On
    grey images it is the chapter's reconstruction term and no likelihood; on MNIST a collapsed model stays at about
    206, the best constant image.

    Args:
        density: p(x|z) and q(z|x).
        x: images (n, D), float64 in [0, 1].
        seed: of the draws.
        samples: draws an image.

    Raises:
        ValueError: for NaN or infinite values, or no draws.

    Source: Alemi et al. 2018, arXiv:1711.00464, equation 4.
    """
    return -float(np.mean(_log_likelihoods(density, finite_matrix("x", x), seed, samples)))


def _log_likelihoods(density: Density, images: Floats, seed: int, samples: int) -> Floats:
    """ln p(x|z) of each image and draw of z, (n, samples)."""
    proposal = Proposal.of(density, images)
    epsilon = proposal.noise(positive("samples", samples), generator(seed, "distortion"))
    return density.log_likelihood(images, proposal.codes(epsilon))
