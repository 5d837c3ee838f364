"""Codebooks: tables of vectors that codes are rounded to, and the ways in which such a table is learnt."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from aezoo.models import noise
from aezoo.models.base import Tensor
from aezoo.models.networks import vectors

LEARNING = ("ema", "gradient", "simvq")
NEVER_USED = 1e-12
"""Least averaged count at which a vector moves: below it, its sums and counts are leaving the range of float32."""
TINY = 1e-12
"""Least length that a vector is divided by."""


@keras.saving.register_keras_serializable("aezoo")
class Codebook(layers.Layer):  # type: ignore[misc]
    """A table of `size` vectors of `width` numbers for each of `places` parts of a code, (places, size, width).

    Args:
        places: parts of a code that are rounded each by vectors of its own.
        size: vectors of a place.
        width: numbers of a vector.
        learning: "ema" where `follow` moves the vectors by averages, "gradient" where they are weights, "simvq" where
            they are C W with C frozen and W, the identity at first, the weights: Zhu et al. 2024, arXiv:2411.02038.
        kwargs: of a Keras layer.
    """

    def __init__(self, places: int, size: int, width: int, learning: str = "ema", **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**kwargs)
        if learning not in LEARNING:
            raise ValueError(f"codebook is {learning!r}; it must be one of {', '.join(LEARNING)}")
        self.shape, self.learning = (places, size, width), learning
        self.table = self.add_weight(
            shape=self.shape, initializer=vectors(), trainable=learning == "gradient", name="table"
        )
        identity = keras.initializers.Identity()
        maps = range(places) if learning == "simvq" else ()
        self.maps = [self.add_weight(shape=(width, width), initializer=identity, name=f"map_{place}") for place in maps]
        self.counts = self.add_weight(shape=self.shape[:2], initializer="ones", trainable=False, name="counts")
        self.sums = self.add_weight(shape=self.shape, initializer="zeros", trainable=False, name="sums")
        self.sums.assign(self.table)
        self.built = True

    def vectors(self) -> Tensor:
        """Return all vectors, (places, size, width)."""
        if self.maps:
            return ops.stack([ops.matmul(self.table[place], weight) for place, weight in enumerate(self.maps)])
        return ops.convert_to_tensor(self.table)

    def nearest(self, parts: Tensor) -> Tensor:
        """Find the nearest vector of each part by Euclidean distance: (n, places, width) to numbers (n, places)."""
        return nearest(self.vectors(), parts)

    def look_up(self, symbols: Tensor) -> Tensor:
        """Return the vectors of numbers: (n, places) to (n, places, width)."""
        return look_up(self.vectors(), symbols)

    def follow(self, parts: Tensor, symbols: Tensor, decay: float) -> None:
        """Count uses, and with "ema" move each vector to the decaying average of the parts that were rounded to it.

        ``N = decay N + (1 - decay) n``, ``m = decay m + (1 - decay) sum of parts``, ``e = m / N``: van den Oord et al.
        2017, appendix A.1. A vector never used stays. With decay 0 it is the second half of a step of k-means.

        Args:
            parts: (n, places, width).
            symbols: of the vectors that they were rounded to, (n, places).
            decay: in [0, 1).
        """
        chosen = ops.one_hot(symbols, self.shape[1])
        counts = decay * self.counts + (1 - decay) * ops.sum(chosen, axis=0)
        self.counts.assign(counts)
        if self.learning != "ema":
            return
        sums = decay * self.sums + (1 - decay) * ops.einsum("nps,npw->psw", chosen, parts)
        used = (counts > NEVER_USED)[..., None]
        self.sums.assign(sums)
        self.table.assign(ops.where(used, sums / ops.where(used, counts[..., None], 1.0), self.table))

    def restart(self, parts: Tensor, share: float, seeds: noise.Seeds) -> None:
        """Move the vectors that `follow` counted less than `share` of the mean use to parts drawn at random.

        Without it, vectors that are far from all codes at the start are never used: Dhariwal et al. 2020,
        arXiv:2005.00341, section 3.

        Args:
            parts: (n, places, width), of which one is drawn for each vector.
            share: of n / size, the mean use of a vector in a step; 0 restarts none.
            seeds: of the draw.
        """
        size, n = self.shape[1], ops.cast(ops.shape(parts)[0], "float32")
        mean = n / size
        rare = self.counts < share * mean
        rows = ops.cast(noise.uniform((size,), seeds) * n, "int32")
        drawn = ops.transpose(ops.take(parts, rows, axis=0), (1, 0, 2))
        self.counts.assign(ops.where(rare, mean, self.counts))
        self.table.assign(ops.where(rare[..., None], drawn, self.table))
        self.sums.assign(ops.where(rare[..., None], mean * drawn, self.sums))


def nearest(table: Tensor, parts: Tensor) -> Tensor:
    """Find the nearest of the vectors (places, size, width) to each part (n, places, width): (n, places), int32.

    By the distances themselves, without multiplying them out, so that a vector is nearest to itself to the bit.
    """
    distances = ops.sum(ops.square(parts[:, :, None] - table), axis=-1)
    return ops.argmin(distances, axis=-1)


def look_up(table: Tensor, symbols: Tensor) -> Tensor:
    """Return the vectors (places, size, width) of numbers (n, places): (n, places, width)."""
    places, size, width = table.shape
    rows = ops.cast(symbols, "int32") + size * ops.arange(places, dtype="int32")
    return ops.take(ops.reshape(table, (places * size, width)), rows, axis=0)


def straight_through(z: Tensor, code: Tensor) -> Tensor:
    """Return `code` (n, ...), with a gradient that passes on to `z` as it is: van den Oord et al. 2017, section 3.2."""
    return ops.stop_gradient(code) + (z - ops.stop_gradient(z))


def rotated(z: Tensor, code: Tensor) -> Tensor:
    """Return `code` (n, ..., width), with a gradient that is turned and scaled on its way to `z`.

    ``code = |code| / |z| R z`` with the rotation ``R = I - 2 r r' + 2 c u'``, held constant; u = z / |z|,
    c = code / |code|, r = (u + c) / |u + c|. Fifty et al. 2025, arXiv:2410.06424, equation 4.
    """
    u, c = _direction(z), _direction(code)
    r = _direction(u + c)
    length = ops.norm(z, axis=-1, keepdims=True)
    scale = ops.norm(code, axis=-1, keepdims=True) * length / ops.maximum(ops.square(length), TINY)  # 0 of zeros
    u, c, r, scale = map(ops.stop_gradient, (u, c, r, scale))
    turned = scale * (z - 2 * r * _dot(r, z) + 2 * c * _dot(u, z))
    return straight_through(turned, code)


def _direction(z: Tensor) -> Tensor:
    return z / ops.maximum(ops.norm(z, axis=-1, keepdims=True), TINY)


def _dot(a: Tensor, b: Tensor) -> Tensor:
    return ops.sum(a * b, axis=-1, keepdims=True)
