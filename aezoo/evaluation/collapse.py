"""Signs that a trained model has collapsed: it finished and has scores, but they are those of a constant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from keras import ops
from numpy.typing import NDArray

from aezoo.datasets import Dataset
from aezoo.evaluation.inference import decode, encode
from aezoo.images import unit_interval
from aezoo.metrics.likelihood import collapsed_dims
from aezoo.models.base import HasEncoder, HasPosterior, Model

N_CHECKED = 1_000
MIN_VARIATION = 0.01
"""Images that vary less than this share of what real ones do are called all alike: one principal component explains
ten times as much."""

Images = NDArray[np.floating]


def collapse_warnings(model: Model, dataset: Dataset, generated: Mapping[str, Images]) -> list[str]:
    """What is wrong with a trained model, one line each; empty where nothing is, and for floors, which are as they are.

    Args:
        model: trained.
        dataset: of which the first `N_CHECKED` held-out images are encoded and decoded.
        generated: images (n, 28, 28) in [0, 1] by sampler.
    """
    return [] if model.role == "floor" else list(_find_collapse(model, dataset.held_out.images[:N_CHECKED], generated))


def _find_collapse(model: Model, held_out: NDArray[np.uint8], generated: Mapping[str, Images]) -> Iterator[str]:
    real = variation(unit_interval(held_out, np.float64))
    if isinstance(model, HasPosterior):
        yield from _collapse(model, unit_interval(held_out, np.float64))
    if isinstance(model, HasEncoder):
        codes = encode(model, held_out)
        if codes.shape[1] and not codes.std(axis=0).any():
            yield f"dead code: all {len(codes)} images that were looked at have the same code"
        share = variation(decode(model, codes)) / real
        if share < MIN_VARIATION:
            yield f"constant reconstructions: they vary {share:.2%} as much as the images"
    for sampler, images in generated.items():
        share = variation(images) / real
        if share < MIN_VARIATION:
            yield f"constant samples ({sampler}): they vary {share:.2%} as much as real images"


def variation(images: Images) -> float:
    """Total variance of images (n, 28, 28): the sum over pixels of the variance over images."""
    return float(np.asarray(images, np.float64).reshape(len(images), -1).var(axis=0).sum())


def _collapse(model: HasPosterior, x: NDArray[np.float64]) -> Iterator[str]:
    flat = ops.convert_to_tensor(x.reshape(len(x), -1).astype(np.float32))
    mean, log_variance = (np.asarray(part, np.float64) for part in model.posterior(flat))
    if collapsed_dims(mean, log_variance) == 1:
        yield f"posterior collapse: all {mean.shape[1]} dimensions of the code say nothing of the image"
