"""Images of a trained model: samples, straight lines between codes, and codes moved along each dimension."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aezoo.datasets import Dataset
from aezoo.errors import ResultsError, UsageError
from aezoo.evaluation.inference import decode, encode, latent_of, sample_images
from aezoo.evaluation.interpolation import lines
from aezoo.evaluation.model_inputs import rows
from aezoo.evaluation.traversal import traversal_codes
from aezoo.models.base import Model
from aezoo.models.capabilities import HasEncoder, HasPrior, HasSymbols
from aezoo.npz import to_npz
from aezoo.samplers import OWN_SAMPLERS, SAMPLERS, Codes, NotApplicableError
from aezoo.seeds import generator

Images = NDArray[np.float32]


def sample(model: Model, dataset: Dataset, n: int, sampler: str = "", seed: int = 0) -> Images:
    """Generate `n` images, float32 (n, 28, 28) in [0, 1].

    Args:
        dataset: the one that the model was trained on, to whose codes a sampler may be fitted.
        sampler: a registered name; "" for the first of `OWN_SAMPLERS` that the model has.

    Raises:
        UsageError: the sampler makes no sense for this model.
    """
    chosen = SAMPLERS.check(sampler or _own_sampler(model))
    try:
        images = sample_images(model, chosen, latent_of(model, rows(model, dataset.train)), n, seed)
    except NotApplicableError as error:
        raise UsageError(f"sampler {chosen!r} makes no sense for this model: {error}; choose another") from error
    return images.astype(np.float32)


def _own_sampler(model: Model) -> str:
    prior, symbols, neither = OWN_SAMPLERS
    return prior if isinstance(model, HasPrior) else symbols if isinstance(model, HasSymbols) else neither


def interpolate(model: Model, dataset: Dataset, pairs: int, steps: int, seed: int = 0) -> Images:
    """Decode straight lines between the codes of pairs of held-out images, float32 (pairs, steps, 28, 28).

    A line goes from one digit to another where the data set has labels: the images of a pair differ in theirs. Its ends
    are the two reconstructions.

    Raises:
        UsageError: the model has no encoder, or its codes are symbols, between which there is nothing.
    """
    encoder = continuous(model)
    random = generator(seed, "interpolation")
    labels, seen = dataset.held_out.labels, rows(model, dataset.held_out)
    groups = labels if dataset.has_labels else np.arange(len(labels))
    first = random.integers(len(seen), size=pairs)
    second = np.array([random.choice(np.flatnonzero(groups != groups[one])) for one in first], int)
    return _decoded(model, lines(encode(encoder, seen[first]), encode(encoder, seen[second]), steps))


def traverse(model: Model, dataset: Dataset, steps: int, seed: int = 0) -> Images:
    """Decode the code of one held-out image with one dimension moved at a time, float32 (d, steps, 28, 28).

    Row i moves dimension i from `SPAN` standard deviations of the held-out codes below their mean to as many above.

    Raises:
        UsageError: the model has no encoder, or its codes are symbols.
    """
    codes = encode(continuous(model), rows(model, dataset.held_out))
    centre = codes[generator(seed, "traversal").integers(len(codes))]
    return _decoded(model, traversal_codes(codes, centre, steps))


def sheet(images: NDArray[np.floating[Any]], columns: int) -> NDArray[np.uint8]:
    """Arrange images (n, 28, 28) in [0, 1] row by row on one sheet, uint8, dark on light as figures show them.

    Raises `UsageError` for fewer than one column.
    """
    if columns < 1:
        raise UsageError(f"a sheet of {columns} columns cannot be; ask for one image or more")
    n, height, width = images.shape
    down = -(-n // columns)
    tiles = np.zeros((down * columns, height, width))
    tiles[:n] = images
    placed = tiles.reshape(down, columns, height, width).transpose(0, 2, 1, 3).reshape(down * height, columns * width)
    return np.asarray(np.rint(255 * (1 - placed)), np.uint8)


def write_images(
    images: NDArray[np.floating[Any]], columns: int, stem: Path, nearest: NDArray[np.floating[Any]] | None = None
) -> list[Path]:
    """Write images (..., 28, 28) as `stem`.png, a sheet, and as the array `images` of `stem`.npz; return the paths.

    With `nearest`, as many other images, each row of the sheet stands above a row of these; they are an array too.
    Raises `ResultsError` where they cannot be written.
    """
    picture, arrays = (stem.with_name(f"{stem.name}.{suffix}") for suffix in ("png", "npz"))
    flat = images.reshape(-1, *images.shape[-2:])
    placed = sheet(flat if nearest is None else _in_turn(flat, nearest, columns), columns)
    try:
        stem.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(placed).save(picture)
        arrays.write_bytes(to_npz({"images": images} if nearest is None else {"images": images, "nearest": nearest}))
    except OSError as error:
        raise ResultsError(f"{stem} cannot be written: {error.strerror}; choose another folder with --out") from error
    return [picture, arrays]


def _in_turn(
    images: NDArray[np.floating[Any]], below: NDArray[np.floating[Any]], columns: int
) -> NDArray[np.floating[Any]]:
    """Set a row of `columns` images, then a row of those below them, and so on; what is missing of a row is white."""
    rows = -(-len(images) // columns)
    padded = np.zeros((2, rows * columns, *images.shape[1:]))
    padded[0, : len(images)], padded[1, : len(images)] = images, below
    in_rows = padded.reshape(2, rows, columns, *images.shape[1:]).swapaxes(0, 1)
    return np.asarray(in_rows.reshape(-1, *images.shape[1:]))


def continuous(model: Model) -> HasEncoder:
    """Give the model as one whose codes can be moved; raises `UsageError` for one without."""
    if not isinstance(model, HasEncoder):
        raise UsageError(f"{type(model).__name__} has no encoder, so no image has a code; use sample")
    if isinstance(model, HasSymbols):
        raise UsageError(f"the codes of {type(model).__name__} are symbols, and nothing lies between two; use sample")
    return cast(HasEncoder, model)


def _decoded(model: Model, codes: Codes) -> Images:
    rows_, steps, d = codes.shape
    if not d:
        raise UsageError(f"the code of {type(model).__name__} has no number, so nothing can be moved; use sample")
    images = decode(model, codes.reshape(-1, d).astype(np.float32))
    return images.reshape(rows_, steps, *images.shape[1:]).astype(np.float32)
