"""The standard normal, for models that have no prior."""

from __future__ import annotations

import numpy as np

from aezoo.samplers import SAMPLERS, Codes, NotApplicableError, Prior


@SAMPLERS.register("standard-normal")
def standard_normal(prior: Prior | None, codes: Codes, n: int, seed: int) -> Codes:
    """N(0, I), which the reader of a chapter on VAEs would try on a plain autoencoder: nothing made it fit."""
    if prior is not None:
        raise NotApplicableError("the model has a prior of its own")
    return np.random.default_rng(seed).standard_normal((n, codes.shape[1]), dtype=np.float32)
