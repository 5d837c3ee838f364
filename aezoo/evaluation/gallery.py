"""The small gallery that a trial keeps for figures: uint8 images, a latent map, a manifold; under 300 kB."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from aezoo.datasets import Dataset
from aezoo.evaluation.inference import decode, encode
from aezoo.images import to_bytes
from aezoo.models.base import HasEncoder, HasPrior, Model

Gallery = dict[str, NDArray[Any]]

GRID = 20
SHOWN_SAMPLES = 64
MAP_POINTS = 2_000


def model_gallery(model: Model, dataset: Dataset) -> Gallery:
    """Originals with reconstructions, one of each class; the latent map and manifold of a two-dimensional code.

    Without an encoder, the manifold only.
    """
    if not isinstance(model, HasEncoder):
        planar_prior = isinstance(model, HasPrior) and model.protocol.latent_dim == 2
        return {"manifold": manifold(model)} if planar_prior else {}
    held_out = dataset.held_out
    first_of_class = np.unique(held_out.labels, return_index=True)[1]
    originals = held_out.images[first_of_class]
    codes = encode(model, held_out.images[:MAP_POINTS])
    gallery = {
        "originals": originals,
        "reconstructions": to_bytes(decode(model, encode(model, originals))),
    }
    if codes.shape[1] == 2:
        gallery["latent"] = codes.astype(np.float16)
        gallery["latent_labels"] = held_out.labels[:MAP_POINTS]
        gallery["manifold"] = manifold(model, codes)
    return gallery


def manifold(model: Model, codes: NDArray[np.float32] | None = None) -> NDArray[np.uint8]:
    """Decoded `manifold_codes`, uint8 (20, 20, 28, 28)."""
    return to_bytes(decode(model, manifold_codes(model, codes))).reshape(GRID, GRID, 28, 28)


def sample_gallery(images: NDArray[np.floating], sampler: str) -> Gallery:
    """The first generated images of a sampler."""
    return {f"samples/{sampler}": to_bytes(images[:SHOWN_SAMPLES])}


def manifold_codes(model: Model, codes: NDArray[np.float32] | None) -> NDArray[np.float32]:
    """A grid of codes (400, 2) at equal quantiles, top row first: of the prior, or of the codes where there is none."""
    quantiles = np.linspace(0.05, 0.95, GRID)
    if codes is None or isinstance(model, HasPrior):
        across = up = norm.ppf(quantiles)
    else:
        across, up = np.quantile(codes.astype(np.float64), quantiles, axis=0).T
    grid = np.stack(np.meshgrid(across, up[::-1]), axis=-1)
    return grid.reshape(-1, 2).astype(np.float32)
