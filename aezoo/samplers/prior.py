"""The model's own prior."""

from __future__ import annotations

from aezoo.samplers import SAMPLERS, Codes, Latent, NotApplicableError


@SAMPLERS.register("prior")
def prior(latent: Latent, n: int, seed: int) -> Codes:
    """Draws from the prior that the model was trained with."""
    if latent.prior is None:
        raise NotApplicableError("the model has no prior")
    return latent.prior(n, seed)
