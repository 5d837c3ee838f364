"""The small gallery that a trial keeps for figures: uint8 images, a latent map, a manifold; under 300 kB."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from aezoo.datasets import Dataset
from aezoo.evaluation.inference import decode, encode
from aezoo.evaluation.interpolation import interpolation_gallery
from aezoo.evaluation.model_inputs import features, rows
from aezoo.evaluation.traversal import traversal_gallery
from aezoo.images import to_bytes
from aezoo.models.base import Model
from aezoo.models.capabilities import HasEncoder, HasLogPrior, HasPrior

Gallery = dict[str, NDArray[Any]]

GRID = 20
SHOWN_SAMPLES = 64
MAP_POINTS = 2_000
PRIOR_DRAWS = 10_000


def model_gallery(model: Model, dataset: Dataset) -> Gallery:
    """Make originals with reconstructions, one of each class, and interpolations between some of them.

    Of a code of two dimensions, the latent map and the manifold; of others, a traversal of each dimension. The map is
    of what latent scores look at. Without an encoder, the manifold only.
    """
    if not isinstance(model, HasEncoder):
        # A code may be longer than the protocol's: of a number for each pixel.
        planar_prior = isinstance(model, HasPrior) and model.sample_prior(1, 0).shape[-1] == 2
        return {"manifold": manifold(model)} if planar_prior else {}
    held_out = dataset.held_out
    first_of_class = np.unique(held_out.labels, return_index=True)[1]
    seen = rows(model, held_out)
    codes = encode(model, seen[:MAP_POINTS])
    of_class = encode(model, seen[first_of_class])
    gallery: Gallery = {
        "originals": held_out.images[first_of_class],
        "reconstructions": to_bytes(decode(model, of_class)),
        **interpolation_gallery(model, of_class),
    }
    mapped = features(model, seen[:MAP_POINTS])
    if mapped.shape[1] == 2:
        gallery["latent"] = mapped.astype(np.float16)
        gallery["latent_labels"] = held_out.labels[:MAP_POINTS]
    gallery |= traversal_gallery(model, codes)
    # Of a prior on a curve, no grid of the plane is made of codes.
    if codes.shape[1] == 2 and (model.annealable or not isinstance(model, HasLogPrior)):
        gallery["manifold"] = manifold(model, codes)
    return gallery


def manifold(model: Model, codes: NDArray[np.float32] | None = None) -> NDArray[np.uint8]:
    """Decode `manifold_codes`, uint8 (20, 20, 28, 28)."""
    return to_bytes(decode(model, manifold_codes(model, codes))).reshape(GRID, GRID, 28, 28)


def sample_gallery(images: NDArray[np.floating], sampler: str) -> Gallery:
    """Keep the first generated images of a sampler."""
    return {f"samples/{sampler}": to_bytes(images[:SHOWN_SAMPLES])}


def manifold_codes(model: Model, codes: NDArray[np.float32] | None) -> NDArray[np.float32]:
    """Make a grid of codes (400, 2) at equal quantiles, top row first: of the prior, or of `codes` where none is."""
    quantiles = np.linspace(0.05, 0.95, GRID)
    if isinstance(model, HasLogPrior):
        drawn = np.asarray(model.sample_prior(PRIOR_DRAWS, 0), np.float64)
        across, up = np.quantile(drawn, quantiles, axis=0).T
    elif codes is None or isinstance(model, HasPrior):
        across = up = norm.ppf(quantiles)
    else:
        across, up = np.quantile(codes.astype(np.float64), quantiles, axis=0).T
    grid = np.stack(np.meshgrid(across, up[::-1]), axis=-1)
    return grid.reshape(-1, 2).astype(np.float32)
