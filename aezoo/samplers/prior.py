"""The model's own prior."""

from __future__ import annotations

from aezoo.samplers import SAMPLERS, Codes, NotApplicableError, Prior


@SAMPLERS.register("prior")
def prior(prior: Prior | None, codes: Codes, n: int, seed: int) -> Codes:
    """Draws from the prior that the model was trained with."""
    if prior is None:
        raise NotApplicableError("the model has no prior")
    return prior(n, seed)
