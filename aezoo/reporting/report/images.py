"""Images of the page: strips of digits as small PNGs within the page."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aezoo.analysis.conventions import natural_key, role_rank
from aezoo.analysis.frames import Record
from aezoo.images import as_bytes
from aezoo.reporting.figures.selection import Gallery, GalleryOf

GREYS, CELL_GREYS = 16, 8
"""Levels of grey of a strip, in which nobody tells more in print or on a screen, and of a grid's small cells."""
MAX_SUBJECTS = 100
"""More models would make the page too big; those after them are left out, and it says so."""
GRID_FROM = 60
"""Strips from which on they stand in a grid, a column for each sampler, and hold fewer images."""
IN_ROW, IN_CELL, CELL_ACROSS = 20, 8, 4
"""Images of a strip, and of a cell of the grid, where they stand in rows of four."""
OWN = ("prior", "standard-normal")
"""Samplers of the grid's first column: a model has one or the other."""
FROM_TRAINING_IMAGES = ("kde", "posterior")
"""Samplers that draw training images by the seed alone, and begin at their codes."""
OWN_COLUMN = "prior, or N(0,\N{NO-BREAK SPACE}I)"


@dataclass(frozen=True)
class Strip:
    """Images in a row.

    Attributes:
        label: the model; "real, held out" for the oracle's.
        role: of the model: model, floor, control or oracle; "originals" for what is reconstructed.
        sampler: how they were drawn; "" for real ones.
        seed: the seed of the trial that drew them.
        count: how many.
        across: how many of them in a row.
        source: the PNG as a ``data:`` URL.
    """

    label: str
    role: str
    sampler: str
    seed: int
    count: int
    across: int
    source: str

    @property
    def column(self) -> str:
        """Its column in a grid: the sampler; the first for what a model, a control or real data is by itself."""
        return self.sampler if self.role == "model" and self.sampler not in OWN else OWN_COLUMN


@dataclass(frozen=True)
class Wall:
    """Images of a section: real ones and those of every model with every sampler, then reconstructions.

    Attributes:
        samples: a strip for each model and sampler, real images first.
        reconstructions: originals, and what each model makes of them.
        left_out: models that are not shown, because there are too many.
        is_grid: whether samples are to stand in a grid, because there are many.
    """

    samples: tuple[Strip, ...]
    reconstructions: tuple[Strip, ...]
    left_out: int
    is_grid: bool = False

    @property
    def columns(self) -> list[str]:
        """The columns of the grid, that of priors first."""
        found = {strip.column for strip in self.samples}
        return sorted(found, key=lambda column: (column != OWN_COLUMN, column))

    @property
    def real(self) -> list[Strip]:
        """The real images of the section, which stand in the head of the grid."""
        return [strip for strip in self.samples if strip.role == "oracle"]

    @property
    def from_training_images(self) -> list[str]:
        """The samplers of its models whose codes begin at those of training images, the same for every model."""
        found = {strip.sampler for strip in self.samples if strip.role == "model"}
        return [name for name in FROM_TRAINING_IMAGES if name in found]

    def grid(self) -> Iterator[tuple[Strip, list[Strip | None]]]:
        """Yield the rows of the grid below its head: any strip of a model, and its strip in each column."""
        rows: dict[tuple[str, str], dict[str, Strip]] = {}
        for strip in self.samples:
            if strip.role == "oracle":
                continue
            rows.setdefault((strip.role, strip.label), {})[strip.column] = strip
        for cells in rows.values():
            yield next(iter(cells.values())), [cells.get(column) for column in self.columns]


def wall(records: Sequence[Record], gallery: GalleryOf) -> Wall | None:
    """Make the wall of one section from the first finished seed of each model; None where no gallery is kept."""
    chosen = _first_seeds(records)
    shown, left_out = chosen[:MAX_SUBJECTS], max(0, len(chosen) - MAX_SUBJECTS)
    galleries = [(record, gallery(record)) for record in shown]
    is_grid = sum(name.startswith("samples/") for _, arrays in galleries for name in arrays) > GRID_FROM
    samples = tuple(_samples(galleries, *((IN_CELL, CELL_ACROSS) if is_grid else (IN_ROW, IN_ROW))))
    reconstructions = tuple(_reconstructions(galleries, 10))
    return Wall(samples, reconstructions, left_out, is_grid) if samples or reconstructions else None


def _first_seeds(records: Sequence[Record]) -> list[Record]:
    """Select the first finished seed of each model, floor, control and of the oracle, which comes first."""
    first: dict[tuple[str, str], Record] = {}
    for record in sorted(records, key=lambda each: int(each["spec"]["seed"])):
        if record["status"] == "done":
            first.setdefault((record["role"], record["label"]), record)
    order = {"oracle": -1}
    return sorted(
        first.values(),
        key=lambda each: (order.get(each["role"], role_rank(each["role"])), natural_key(each["label"])),
    )


def _samples(galleries: Sequence[tuple[Record, Gallery]], count: int, across: int) -> Iterator[Strip]:
    for record, arrays in galleries:
        for name, images in sorted(arrays.items(), key=lambda item: natural_key(item[0])):
            if name.startswith("samples/") and len(images):
                sampler = name.removeprefix("samples/")
                yield _strip(record, "" if record["role"] == "oracle" else sampler, images[:count], across)


def _reconstructions(galleries: Sequence[tuple[Record, Gallery]], count: int) -> Iterator[Strip]:
    shown = [(record, arrays) for record, arrays in galleries if "reconstructions" in arrays]
    if shown:
        record, arrays = shown[0]
        yield _strip({**record, "role": "originals", "label": "originals"}, "", arrays["originals"][:count])
    for record, arrays in shown:
        yield _strip(record, "", arrays["reconstructions"][:count])


def _strip(record: Record, sampler: str, images: NDArray[Any], across: int | None = None) -> Strip:
    label = "real, held out" if record["role"] == "oracle" else record["label"]
    across = min(across or len(images), len(images))
    whole = images[: len(images) // across * across]
    greys = CELL_GREYS if across < len(whole) else GREYS
    url = strip_url(whole, across, greys)
    return Strip(label, record["role"], sampler, record["spec"]["seed"], len(whole), across, url)


def strip_url(images: NDArray[Any], across: int | None = None, greys: int = GREYS) -> str:
    """Draw images (n, height, width), uint8 or in [0, 1], in rows as a PNG of few greys in a ``data:`` URL.

    `across` are in a row, and it divides n; all of them, unless it is given.
    """
    n, height, width = images.shape
    across = across or n
    sheet = as_bytes(images).reshape(n // across, across, height, width).swapaxes(1, 2).reshape(-1, across * width)
    levels = np.rint(sheet.astype(np.float64) * (greys - 1) / 255).astype(np.uint8)
    picture = Image.fromarray(levels, "P")
    picture.putpalette([level * 255 // (greys - 1) for level in range(greys) for _ in range(3)])
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", bits=4, optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def curve_data(records: Sequence[Record], points: int = 30) -> dict[str, dict[str, dict[str, list[list[float]]]]]:
    """Gather the training curves of each model: by label, part and term the epochs, and mean, least and most of seeds.

    Of a single seed the values alone. Of more than `points` epochs as many are kept, evenly spread, the first and the
    last among them.
    """
    found: dict[str, dict[str, dict[str, list[list[float]]]]] = {}
    by_label: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        if record["role"] == "model" and record["status"] == "done" and record["curves"]:
            by_label.setdefault(record["label"], []).append(record["curves"])
    for label, curves in by_label.items():
        found[label] = {part: _bands([each.get(part, {}) for each in curves], points) for part in ("train", "held_out")}
    return found


def _bands(curves: Sequence[Mapping[str, Sequence[float]]], points: int) -> dict[str, list[list[float]]]:
    bands = {}
    for term in dict.fromkeys(name for each in curves for name in each):
        lengths = {len(each[term]) for each in curves if term in each}
        if len(lengths) == 1 and (length := lengths.pop()):
            values = np.array([each[term] for each in curves if term in each], dtype=np.float64)
            kept = np.unique(np.linspace(0, length - 1, min(length, points)).round().astype(int))
            drawn = [values.mean(axis=0), values.min(axis=0), values.max(axis=0)][: 3 if len(values) > 1 else 1]
            bands[term] = [(kept + 1).tolist(), *([float(f"{value:.4g}") for value in each[kept]] for each in drawn)]
    return bands
