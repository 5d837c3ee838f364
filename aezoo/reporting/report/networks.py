"""Encoders and decoders of dense layers, read from the weights of a trial without Keras, and packed for the page."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from aezoo.spec import complete_protocol

Floats = NDArray[np.float32]

PIXELS = 784
MAX_ERROR = 5e-3
"""Largest difference of a pixel in [0, 1] that rounding weights may make."""
MAX_CODE_ERROR, MAX_LOG_VARIANCE_ERROR = 1e-3, 5e-3
"""Largest difference that it may make of a code, as a share of the largest number in it, and of a log-variance."""
FINENESS = tuple(product(range(3, 11), range(4, 12)))
"""Bits that a standard deviation of the weights of an encoder and of a decoder may be divided into, as steps."""
EXACT_SIZE = 10_000
"""An array of fewer numbers is float16."""
MAX_INTEGER = 32_767

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
        step: of which all of W are whole multiples; 0 where they are float16.
    """

    kernel: Floats
    bias: Floats
    activation: str
    step: float = 0.0

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
        """Round weights to the coarsest steps that change no pixel by more than `MAX_ERROR`, and codes as little.

        Tried on the codes of `images` (n, 784), or of noise where there is no encoder, and on others as far again from
        their mean. None where even the finest steps change more.
        """
        codes = self.encode(images) if self.heads else np.random.default_rng(0).normal(size=(10, self.dimensions))
        far = np.concatenate([codes, 2 * codes - codes.mean(axis=0)]).astype(np.float32)
        exact = self.decode(far)
        for encoder, decoder in sorted(FINENESS, key=lambda bits: (sum(bits), bits)):
            rounded = self.rounded(encoder, decoder)
            if rounded is None or np.abs(rounded.decode(far) - exact).max() > MAX_ERROR:
                continue
            if not self.heads or self._encodes_alike(rounded, images):
                return rounded
        return None

    def _encodes_alike(self, other: Networks, images: Floats) -> bool:
        """Tell whether another encoder gives nearly the same codes, variances and reconstructions."""
        heads = [[head(_chain(each.hidden, images)) for head in each.heads] for each in (self, other)]
        limits = (MAX_CODE_ERROR * np.abs(heads[0][0]).max(), MAX_LOG_VARIANCE_ERROR)
        near = all(np.abs(a - b).max() <= limit for a, b, limit in zip(*heads, limits[: len(self.heads)], strict=True))
        return near and bool(np.abs(other.decode(heads[1][0]) - self.decode(heads[0][0])).max() <= MAX_ERROR)

    def rounded(self, encoder: int, decoder: int) -> Networks | None:
        """Round the weights of large arrays to steps of their standard deviation / 2^bits, and others to float16.

        Args:
            encoder: bits of the arrays of the encoder.
            decoder: bits of those of the decoder.

        Returns:
            the networks; None where a weight is beyond the largest multiple of its step, or the range of float16.
        """
        parts = ((self.hidden, encoder), (self.heads, encoder), (self.decoder, decoder))
        found = Networks(*(tuple(_rounded(layer, bits) for layer in part) for part, bits in parts))
        floats = [array for each in found.layers for array in (each.bias, each.kernel)]
        multiples = [np.abs(each.kernel).max() / each.step for each in found.layers if each.step]
        known = all(np.isfinite(array).all() for array in floats)
        return found if known and max(multiples, default=0.0) <= MAX_INTEGER else None

    def to_json(self) -> dict[str, Any]:
        """Describe the layers, and pack their weights, which are rounded before, layer by layer.

        "integers" has the kernels that have a step, as multiples of it; "weights" the other kernels and all biases,
        as float16, kernel before bias.
        """
        floats = [array.ravel() for each in self.layers for array in (*([] if each.step else [each.kernel]), each.bias)]
        integers = [np.rint(each.kernel.ravel() / each.step).astype(np.int32) for each in self.layers if each.step]
        return {
            **{
                name: [
                    {
                        "inputs": len(each.kernel),
                        "units": len(each.bias),
                        "activation": each.activation,
                        "step": each.step,
                    }
                    for each in part
                ]
                for name, part in (("hidden", self.hidden), ("heads", self.heads), ("decoder", self.decoder))
            },
            "weights": pack_floats(np.concatenate(floats)),
            "integers": pack_integers(np.concatenate([np.zeros(0, np.int32), *integers])),
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


def pack_integers(values: NDArray[np.int32]) -> str:
    """Pack integers of 15 bits and a sign, 0, -1, 1, -2 ... as 0, 1, 2, 3 ..., low bytes first as floats are."""
    folded = ((values << 1) ^ (values >> 31)).astype("<u2")
    return pack_bytes(folded.view(np.uint8).reshape(-1, 2).T)


def pack_bytes(values: NDArray[np.uint8]) -> str:
    """Pack bytes: deflated, in base 85 without characters that mean something to JSON or HTML."""
    deflated = zlib.compress(np.ascontiguousarray(values).tobytes())
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


def unit(images: NDArray[np.uint8]) -> Floats:
    """Turn bytes into rows (n, 784) of intensities in [0, 1]."""
    return np.asarray(images.reshape(-1, PIXELS) / np.float32(255), np.float32)


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
    bias = round_floats(layer.bias).astype(np.float32)
    deviation = float(layer.kernel.std())
    if layer.kernel.size <= EXACT_SIZE or not 0 < deviation < np.inf:
        kernel = round_floats(layer.kernel).astype(np.float32).reshape(layer.kernel.shape)
        return Dense(kernel, bias, layer.activation)
    step = float(f"{deviation / 2**bits:.4g}")
    kernel = (np.rint(layer.kernel.astype(np.float64) / step) * step).astype(np.float32)
    return Dense(kernel, bias, layer.activation, step)
