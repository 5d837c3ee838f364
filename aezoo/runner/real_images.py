"""Real images for figures and page: of the data sets of records, as far as they are at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from aezoo.analysis.own_sampler import choose_sampler
from aezoo.errors import AezooError, plain_message

if TYPE_CHECKING:
    from aezoo.datasets import Dataset
    from aezoo.reporting.figures.selection import FigureData, TrialView
    from aezoo.reporting.report.explorer_nearest import Digits

HELD_OUT_IMAGES = 500
"""Held-out images of a data set that the page is given, where it has as many."""

NEIGHBOURS = 10
"""Samples of a model that get their nearest training image."""


class RealImages:
    """Data sets that lie in a file or a cache, each read once and never downloaded.

    Args:
        data_file: where to look first.

    Attributes:
        problems: by data set, why its images cannot be had.
    """

    def __init__(self, data_file: Path | None = None) -> None:
        self.data_file = data_file
        self.problems: dict[str, str] = {}
        self._read: dict[tuple[str, str], Dataset | None] = {}

    def dataset(self, record: Mapping[str, Any]) -> Dataset | None:
        """Read the data set of a record; None, and a reason in `problems`, where it is not at hand or another one."""
        name, fingerprint = record["dataset"]["name"], record["dataset"]["fingerprint"]
        if (name, fingerprint) not in self._read:
            self._read[name, fingerprint] = self._load(name, fingerprint)
        return self._read[name, fingerprint]

    def digits(self, record: Mapping[str, Any]) -> Digits | str:
        """Give the images among which the page chooses, or say why there are none."""
        from aezoo.metrics.copying.nearest_images import nearest_images
        from aezoo.reporting.report.explorer_nearest import Digits

        found = self.dataset(record)
        if found is None:
            return self.problems[record["dataset"]["name"]]
        test, train = found.held_out, found.train.images
        test = test.take(np.arange(min(HELD_OUT_IMAGES, len(test))))
        return Digits(train, test.images, test.labels, lambda images: nearest_images(images, train))

    def with_neighbours(self, scene: FigureData) -> FigureData:
        """Add ``nearest/<sampler>`` to galleries: the training images nearest to the own sampler's first samples."""
        shown = {
            i: (sampler, subject.gallery[f"samples/{sampler}"][:NEIGHBOURS])
            for i, subject in enumerate(scene.subjects)
            for sampler in _own_sampler(subject)
        }
        found = self.dataset(scene.records[0]) if shown else None
        if found is None:
            return scene
        from aezoo.metrics.copying.nearest_images import nearest_images

        train = found.train.images
        rows = iter(nearest_images(np.concatenate([images for _, images in shown.values()]), train))
        nearest = {
            i: {f"nearest/{sampler}": train[list(islice(rows, len(images)))]} for i, (sampler, images) in shown.items()
        }
        subjects = (
            replace(subject, gallery={**subject.gallery, **nearest.get(i, {})})
            for i, subject in enumerate(scene.subjects)
        )
        return replace(scene, subjects=tuple(subjects))

    def _load(self, name: str, fingerprint: str) -> Dataset | None:
        from aezoo.datasets import default_source, load_from

        try:
            found = load_from(name, replace(default_source(self.data_file), may_download=False))
        except AezooError as error:
            self.problems[name] = plain_message(error)
            return None
        if found.fingerprint != fingerprint:
            self.problems[name] = f"the models were trained on {name} with other images than those found here"
            return None
        return found


def _own_sampler(subject: TrialView) -> list[str]:
    """List the sampler that a model stands with; nothing for a model without samples."""
    known = {name.removeprefix("samples/") for name in subject.gallery if name.startswith("samples/")}
    return [choose_sampler(known, subject.role)] if known else []
