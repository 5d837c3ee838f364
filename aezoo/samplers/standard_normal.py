"""The standard normal, for models that have no prior."""

from __future__ import annotations

from aezoo import seeds
from aezoo.samplers import SAMPLERS, Codes, Latent, NotApplicableError


@SAMPLERS.register("standard-normal")
def standard_normal(latent: Latent, n: int, seed: int) -> Codes:
    """N(0, I), which the reader of a chapter on VAEs would try on a plain autoencoder: nothing made it fit."""
    if latent.prior is not None:
        raise NotApplicableError("the model has a prior of its own")
    if latent.symbols is not None:
        raise NotApplicableError("the code is discrete; a normal draw is none of its codes")
    return seeds.standard_normal(seed, n, latent.codes.shape[1])
