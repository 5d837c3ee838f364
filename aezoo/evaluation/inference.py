"""A trained model applied to arrays, in batches: images to codes, codes to images, samplers to images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray
from scipy.special import expit

from aezoo.images import unit_interval
from aezoo.models.base import HasEncoder, HasPrior, Model
from aezoo.models.networks import PIXELS
from aezoo.samplers import SAMPLERS, Codes, Prior
from aezoo.seeds import integer_seed

BATCH = 1_000

MAX_MEAN = 1 - 2.0**-53
"""The float64 below 1: beyond it a Bernoulli mean would make a pixel's cross-entropy infinite."""


def encode(model: HasEncoder, images: NDArray[np.uint8]) -> Codes:
    """Codes (n, d), float32, of uint8 images (n, 28, 28)."""
    flat = images.reshape(len(images), -1)
    return _in_batches(lambda batch: model.encode(ops.convert_to_tensor(unit_interval(batch, np.float32))), flat)


def decode(model: Model, codes: Codes) -> NDArray[np.float64]:
    """Bernoulli means (n, 28, 28), float64 and strictly between 0 and 1, of codes (n, d).

    Taken from float32 logits in float64, where a mean near 1 keeps its distance from 1.
    """
    logits = _in_batches(lambda batch: model.decode_logits(ops.convert_to_tensor(batch)), codes)
    side = int(np.sqrt(PIXELS))
    return np.clip(expit(logits.astype(np.float64)), 1 - MAX_MEAN, MAX_MEAN).reshape(-1, side, side)


def sample_images(model: Model, sampler: str, training_codes: Codes, n: int, seed: int) -> NDArray[np.float64]:
    """`n` generated images (n, 28, 28): codes from `sampler`, decoded.

    Raises:
        NotApplicableError: the sampler makes no sense for this model.
        ValueError: what it gives are not `n` finite codes, of as many dimensions as the training codes where these
            have any.
    """
    codes = SAMPLERS.get(sampler)(_prior(model), training_codes, n, integer_seed(seed, "sampling", sampler))
    shape, width = np.shape(codes), training_codes.shape[1]
    if len(shape) != 2 or shape[0] != n or (width and shape[1] != width):
        raise ValueError(f"it gives codes of shape {shape}; their shape must be ({n}, {width or 'd'})")
    if not np.isfinite(codes).all():
        raise ValueError("it gives codes that are NaN or infinite")
    return decode(model, np.asarray(codes, np.float32))


def _prior(model: Model) -> Prior | None:
    if not isinstance(model, HasPrior):
        return None
    sample_prior = model.sample_prior
    return lambda n, seed: np.asarray(sample_prior(n, seed), np.float32)


def _in_batches(apply: Callable[[NDArray[Any]], object], rows: NDArray[Any]) -> NDArray[np.float32]:
    starts = range(0, len(rows), BATCH)
    return np.concatenate([np.asarray(apply(rows[start : start + BATCH]), np.float32) for start in starts])
