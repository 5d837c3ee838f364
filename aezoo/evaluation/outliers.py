"""Outliers made from held-out images or drawn by code, so that they need no download: the same for every trial."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from aezoo.datasets import load_dataset, sprites
from aezoo.metrics.anomaly import OUTLIERS
from aezoo.seeds import generator

Bytes = NDArray[np.uint8]

SEED = 0
PATCH = 7
FAINT = 0.3


def outlier_sets(images: Bytes, dataset: str) -> dict[str, Bytes]:
    """Make as many outliers of each kind as there are `images` (n, 28, 28); by kind, in the order of `OUTLIERS`.

    Args:
        images: held-out images, uint8.
        dataset: the name of their data set, to which those of the kind "foreign" do not belong.
    """
    made = {kind: make(images, generator(SEED, "outliers", kind)) for kind, make in KINDS.items()}
    made["foreign"] = foreign(len(images), dataset)
    return {kind: made[kind] for kind in OUTLIERS}


def foreign(n: int, dataset: str) -> Bytes:
    """Take `n` images, at most 2,000, of another data set that every machine has: sprites, and for those digits."""
    if dataset == "sprites":
        return load_dataset("mnist-5k").held_out.images[:n]
    return sprites.split(sprites.subset(n, SEED)).images


def noise(images: Bytes, random: np.random.Generator) -> Bytes:
    """Draw every pixel uniformly."""
    return random.integers(0, 256, images.shape, dtype=np.uint8)


def patches(images: Bytes, random: np.random.Generator) -> Bytes:
    """Shuffle the patches of 7 x 7 pixels of each image: its intensities stay."""
    n, height, width = images.shape
    rows, columns = height // PATCH, width // PATCH
    tiles = images.reshape(n, rows, PATCH, columns, PATCH).transpose(0, 1, 3, 2, 4).reshape(n, -1, PATCH, PATCH)
    order = random.permuted(np.tile(np.arange(rows * columns), (n, 1)), axis=1)
    shuffled = tiles[np.arange(n)[:, None], order].reshape(n, rows, columns, PATCH, PATCH)
    return np.ascontiguousarray(shuffled.transpose(0, 1, 3, 2, 4).reshape(images.shape))


def rotated(images: Bytes, random: np.random.Generator) -> Bytes:
    """Turn each image by a quarter, counterclockwise."""
    return np.ascontiguousarray(np.rot90(images, axes=(1, 2)))


def flipped(images: Bytes, random: np.random.Generator) -> Bytes:
    """Exchange left and right."""
    return np.ascontiguousarray(images[:, :, ::-1])


def faint(images: Bytes, random: np.random.Generator) -> Bytes:
    """Take three tenths of each intensity."""
    weaker: Bytes = np.rint(FAINT * images).astype(np.uint8)
    return weaker


KINDS: dict[str, Callable[[Bytes, np.random.Generator], Bytes]] = {
    "noise": noise,
    "patches": patches,
    "rotated": rotated,
    "flipped": flipped,
    "faint": faint,
}
