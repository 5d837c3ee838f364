"""The model's own codes of training images: the ceiling of every sampler."""

from __future__ import annotations

import numpy as np

from aezoo.samplers import SAMPLERS, Codes, Latent, NotApplicableError


@SAMPLERS.register("posterior", optional=True)
def posterior(latent: Latent, n: int, seed: int) -> Codes:
    """Draws from q(z|x), each for a training image drawn at random; its code where q(z|x) is a point.

    These are draws from the aggregate posterior, the mean of q(z|x) over training images (Tomczak and Welling 2018,
    equation 4), which all densities of codes approximate. Nothing is generated: the images are reconstructions of
    training images, as scores of copying will say.
    """
    if latent.posterior is not None:
        return latent.posterior(n, seed)
    if latent.codes.shape[1] == 0:
        raise NotApplicableError("the model has no encoder, and so no codes of images")
    return latent.codes[np.random.default_rng(seed).integers(len(latent.codes), size=n)]
