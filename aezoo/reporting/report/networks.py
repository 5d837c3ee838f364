"""Encoders and decoders of dense layers, read from the weights of a trial without Keras, and packed for the page."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from aezoo.spec import complete_protocol

Floats = NDArray[np.float32]

PIXELS = 784
MAX_ERROR = 5e-3
"""Largest difference of a pixel in [0, 1] that rounding weights may make."""
MANTISSAS = (7, 8, 9, 10)
"""Bits of a float16's mantissa that may be kept: with seven, weights deflate to two thirds of their size."""
EXACT_SIZE = 10_000
"""An array of fewer numbers keeps all bits."""

# Base 85 takes 6 % less room than base 64. The three characters that JSON in a page would have to escape have others.
TO_PAGE = bytes.maketrans(b"<>&", b",./")


ACTIVATIONS: dict[str, Callable[[Floats], Floats]] = {
    "relu": lambda y: np.maximum(y, 0),
    "tanh": np.tanh,
    "sigmoid": expit,
    "linear": lambda y: y,
}


@dataclass(frozen=True)
class Dense:
    """A dense layer: activation(x W + b).

    Attributes:
        kernel: W, (inputs, units).
        bias: b, (units,).
        activation: a name of `ACTIVATIONS`.
    """

    kernel: Floats
    bias: Floats
    activation: str

    def __call__(self, x: Floats) -> Floats:
        """Apply the layer to rows (n, inputs), giving (n, units)."""
        return np.asarray(ACTIVATIONS[self.activation](x @ self.kernel + self.bias), np.float32)


@dataclass(frozen=True)
class Networks:
    """The networks of a model: `hidden` and `heads` are its encoder, both empty where it has none.

    Attributes:
        hidden: images (n, 784) to the last hidden layer.
        heads: the mean of q(z|x), or the code; and the log-variance where there are two.
        decoder: codes (n, d) to mean images (n, 784) in [0, 1].
    """

    hidden: tuple[Dense, ...]
    heads: tuple[Dense, ...]
    decoder: tuple[Dense, ...]

    @property
    def layers(self) -> tuple[Dense, ...]:
        """Every layer, in the order in which their weights are packed."""
        return (*self.hidden, *self.heads, *self.decoder)

    @property
    def dimensions(self) -> int:
        """Numbers of a code."""
        return len(self.decoder[0].kernel)

    def encode(self, images: Floats) -> Floats:
        """Map images (n, 784) in [0, 1] to codes (n, d)."""
        return self.heads[0](_chain(self.hidden, images))

    def decode(self, codes: Floats) -> Floats:
        """Map codes (n, d) to mean images (n, 784)."""
        return _chain(self.decoder, codes)

    def fitted(self, images: Floats) -> Networks | None:
        """Round weights to the fewest of `MANTISSAS` bits that change no pixel by more than `MAX_ERROR`.

        Tried on the codes of `images` (n, 784), or of noise where there is no encoder, and on others as far again from
        their mean. None where even float16 changes more.
        """
        codes = self.encode(images) if self.heads else np.random.default_rng(0).normal(size=(10, self.dimensions))
        far = np.concatenate([codes, 2 * codes - codes.mean(axis=0)]).astype(np.float32)
        exact = self.decode(far)
        for rounded in map(self.rounded, MANTISSAS):
            seen = [(rounded.decode(far), exact)]
            if self.heads:
                seen.append((rounded.decode(rounded.encode(images)), exact[: len(images)]))
            if all(np.abs(found - wanted).max() <= MAX_ERROR for found, wanted in seen):
                return rounded
        return None

    def rounded(self, bits: int) -> Networks:
        """Round the weights of large arrays to `bits` bits of mantissa, and others to float16."""
        parts = (self.hidden, self.heads, self.decoder)
        return Networks(*(tuple(_rounded(layer, bits) for layer in part) for part in parts))

    def to_json(self) -> dict[str, Any]:
        """Describe the layers, and pack all weights, kernel before bias, as float16; they are rounded before."""
        weights = np.concatenate([array.ravel() for each in self.layers for array in (each.kernel, each.bias)])
        return {
            **{
                name: [
                    {"inputs": len(each.kernel), "units": len(each.bias), "activation": each.activation}
                    for each in part
                ]
                for name, part in (("hidden", self.hidden), ("heads", self.heads), ("decoder", self.decoder))
            },
            "weights": pack_floats(weights),
        }


def find_networks(arrays: Sequence[NDArray[Any]], protocol: Mapping[str, Any]) -> Iterator[Networks]:
    """Yield the encoders with decoders, then decoders alone, that the weights of a trial may hold, by their shapes.

    Weights are stored as an unnamed list: those of the model itself, then its networks in the order in which they were
    made. Which candidate is right is for the saved images of the trial to tell.

    Args:
        arrays: the arrays of a trial's weights, in order.
        protocol: the trial's, of the architecture ``mlp``.
    """
    settings = complete_protocol(protocol)
    widths, d = [settings["hidden_units"]] * settings["hidden_layers"], settings["latent_dim"]
    activation = settings["activation"]
    encoder, decoder = _chained([PIXELS, *widths]), _chained([d, *widths, PIXELS])
    for heads in (2, 1, 0):
        shapes = [*encoder, *[(widths[-1], d)] * heads, *decoder] if heads else decoder
        for start in _places(arrays, shapes):
            pairs = arrays[start : start + 2 * len(shapes)]
            layers = [
                Dense(np.asarray(kernel, np.float32), np.asarray(bias, np.float32), activation)
                for kernel, bias in zip(pairs[::2], pairs[1::2], strict=True)
            ]
            first = len(encoder) if heads else 0
            yield Networks(
                tuple(layers[:first]),
                tuple(_with(each, "linear") for each in layers[first : first + heads]),
                (*layers[first + heads : -1], _with(layers[-1], "sigmoid")),
            )


def pack_floats(values: NDArray[Any]) -> str:
    """Pack numbers as float16: all low bytes, then all high ones, as `pack_bytes` does.

    Raises:
        ValueError: a number is too large for float16, or is not one.
    """
    halves = round_floats(values)
    if not np.isfinite(halves).all():
        raise ValueError("numbers are beyond the range of float16")
    return pack_bytes(halves.astype("<f2").view(np.uint8).reshape(-1, 2).T)


def pack_bytes(values: NDArray[np.uint8]) -> str:
    """Pack bytes: deflated, in base 85 without characters that mean something to JSON or HTML."""
    deflated = zlib.compress(np.ascontiguousarray(values).tobytes(), 9)
    return base64.b85encode(deflated).translate(TO_PAGE).decode()


def round_floats(values: NDArray[Any], bits: int = 10) -> NDArray[np.float16]:
    """Round numbers to float16, then to `bits` bits of its mantissa, 10 at most, ties to even.

    The relative error is at most 2^-(bits + 1) + 2^-11 for numbers of 2^-14 or more.
    """
    with np.errstate(over="ignore"):
        patterns = np.asarray(values, np.float16).ravel().view(np.uint16).astype(np.uint32)
    drop = 10 - bits
    if drop:
        half, last = np.uint32((1 << (drop - 1)) - 1), (patterns >> np.uint32(drop)) & np.uint32(1)
        patterns = (patterns + half + last) >> np.uint32(drop) << np.uint32(drop)
    return patterns.astype(np.uint16).view(np.float16)


def _chain(layers: Sequence[Dense], x: Floats) -> Floats:
    for layer in layers:
        x = layer(x)
    return x


def _chained(sizes: Sequence[int]) -> list[tuple[int, int]]:
    return list(pairwise(sizes))


def _places(arrays: Sequence[NDArray[Any]], kernels: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Yield where in `arrays` kernels of these shapes stand, each followed by its bias."""
    wanted = [shape for kernel in kernels for shape in (kernel, kernel[1:])]
    shapes = [array.shape for array in arrays]
    for start in range(len(shapes) - len(wanted) + 1):
        if shapes[start : start + len(wanted)] == wanted:
            yield start


def _with(layer: Dense, activation: str) -> Dense:
    return Dense(layer.kernel, layer.bias, activation)


def _rounded(layer: Dense, bits: int) -> Dense:
    kernel, bias = (
        round_floats(array, bits if array.size > EXACT_SIZE else 10).astype(np.float32).reshape(array.shape)
        for array in (layer.kernel, layer.bias)
    )
    return Dense(kernel, bias, layer.activation)
