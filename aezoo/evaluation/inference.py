"""A trained model applied to arrays, in batches: images to codes, codes to images, samplers to images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray
from scipy.special import expit

from aezoo.models.base import Model
from aezoo.models.capabilities import HasDraws, HasEncoder, HasPosterior, HasPrior, HasSymbols
from aezoo.models.losses import reparameterise
from aezoo.models.networks import PIXELS
from aezoo.samplers import SAMPLERS, Codes, Draw, Latent, Symbols
from aezoo.seeds import integer_seed

BATCH = 1_000

MAX_MEAN = 1 - 2.0**-53
"""The float64 below 1: beyond it a Bernoulli mean would make a pixel's cross-entropy infinite."""


def encode(model: HasEncoder, images: NDArray[np.uint8]) -> Codes:
    """Compute codes (n, d), float32, of uint8 images (n, 28, 28), or of rows as `model_inputs.rows` makes them."""
    return apply_in_batches(model.encode, images.reshape(len(images), -1))


def decode(model: Model, codes: Codes) -> NDArray[np.float64]:
    """Compute mean images (n, 28, 28), float64 and strictly between 0 and 1, of codes (n, d).

    Taken from float32 logits in float64, where a mean near 1 keeps its distance from 1.
    """
    logits = _in_batches(model.decode_logits, codes)
    side = int(np.sqrt(PIXELS))
    return np.clip(expit(logits.astype(np.float64)), 1 - MAX_MEAN, MAX_MEAN).reshape(-1, side, side)


def apply_in_batches(apply: Callable[[Any], Any], seen: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Apply a method of a model to uint8 rows (n, 784 + classes), as float32 in [0, 1]; its output as float32."""
    return _in_batches(apply, seen, np.float32(255))


def sample_images(model: Model, sampler: str, latent: Latent, n: int, seed: int) -> NDArray[np.float64]:
    """Generate `n` images (n, 28, 28): codes from `sampler`, decoded.

    Raises:
        NotApplicableError: the sampler makes no sense for this model.
        ValueError: what it gives are not `n` finite codes, of as many dimensions as the training codes where these
            have any.
    """
    codes = SAMPLERS.get(sampler)(latent, n, integer_seed(seed, "sampling", sampler))
    shape, width = np.shape(codes), latent.codes.shape[1]
    if len(shape) != 2 or shape[0] != n or (width and shape[1] != width):
        raise ValueError(f"it gives codes of shape {shape}; their shape must be ({n}, {width or 'd'})")
    if not np.isfinite(codes).all():
        raise ValueError("it gives codes that are NaN or infinite")
    return decode(model, np.asarray(codes, np.float32))


def latent_of(model: Model, seen: NDArray[np.uint8]) -> Latent:
    """Make what samplers may use of a model, from rows (n, 784 + classes) of training images.

    Without an encoder the codes have no dimensions.
    """
    prior = model.sample_prior if isinstance(model, HasPrior) else None
    return Latent(
        encode(model, seen) if isinstance(model, HasEncoder) else np.zeros((len(seen), 0), np.float32),
        prior and (lambda n, seed: np.asarray(prior(n, seed), np.float32)),
        _posterior_draw(model, seen),
        symbols_of(model) if isinstance(model, HasSymbols) else None,
    )


def symbols_of(model: HasSymbols) -> Symbols:
    """Make the maps between codes and symbols of a model, on arrays."""
    return Symbols(
        model.vocabulary,
        lambda codes: _in_batches(model.symbols, codes).astype(np.int64),
        lambda symbols: _in_batches(model.from_symbols, symbols.astype(np.int32)),
    )


def _posterior_draw(model: Model, seen: NDArray[np.uint8]) -> Draw | None:
    """Return a function that draws from q(z|x) of training images drawn with replacement; None where it is a point."""
    if not isinstance(model, HasDraws | HasPosterior):
        return None

    def draw_codes(x: Any) -> Any:  # noqa: ANN401
        if isinstance(model, HasDraws):
            return model.draw(x)[0]
        mean, log_variance = model.posterior(x)
        return reparameterise(mean, log_variance, model.noise)

    def draw(n: int, seed: int) -> Codes:
        random = np.random.default_rng(seed)
        chosen = seen[random.integers(len(seen), size=n)]
        model.noise.state.assign([random.integers(2**31 - 1), 0])
        return apply_in_batches(draw_codes, chosen)

    return draw


def _in_batches(apply: Callable[[Any], Any], rows: NDArray[Any], scale: np.float32 | None = None) -> Codes:
    batches = (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))
    inputs = (batch if scale is None else batch / scale for batch in batches)
    return np.concatenate([np.asarray(apply(ops.convert_to_tensor(batch)), np.float32) for batch in inputs])
