"""Images of a trained model, written where a command is told to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aezoo.bench.commands.choices import read_settings

if TYPE_CHECKING:
    from aezoo.datasets import Dataset
    from aezoo.models.base import Model
    from aezoo.trained.load import TrainedModel


@dataclass(frozen=True)
class TrainedImages:
    """Choice of a trained model, and of the folder for its images; the arguments of the commands that make them.

    Attributes:
        folder: of results.
        model: as tables show it.
        seed: of the training; None for the lowest.
        settings: of the protocol, ``KEY=VALUE``, where the folder has several.
        data_file: where the data set is; None to search.
        out: folder for the images; None for ``generated`` in the results.
    """

    folder: Path
    model: str
    seed: int | None
    settings: list[str] | None
    data_file: Path | None
    out: Path | None

    def write(
        self,
        name: str,
        columns: int,
        make: Callable[[Model, Dataset], NDArray[np.floating[Any]]],
        nearest: bool = False,
    ) -> None:
        """Write what `make` makes of the model and its data set, a sheet of so many columns, and print the paths.

        With `nearest` the training image nearest to each by pixels stands below it.
        """
        trained = self._load()
        from aezoo.trained.generate import write_images

        dataset = trained.load_data(self.data_file)
        images = make(trained.model, dataset)
        below = None
        if nearest:
            from aezoo.images import to_bytes, unit_interval
            from aezoo.metrics.copying.nearest_images import nearest_images

            rows = nearest_images(to_bytes(images), dataset.train.images)
            below = unit_interval(dataset.train.images[rows], np.float32)
        for path in write_images(images, columns, self._folder / trained.stem(name), below):
            print(path)

    def write_traversals(self) -> None:
        """Write the figure of the dimensions of the code, and print the paths."""
        trained = self._load()
        from aezoo.trained.figure import write_traversals

        for path in write_traversals(trained, trained.load_data(self.data_file), self._folder):
            print(path)

    @property
    def _folder(self) -> Path:
        return self.out or self.folder / "generated"

    def _load(self) -> TrainedModel:
        from aezoo.quiet_import import quiet_stderr

        with quiet_stderr():
            from aezoo.trained.load import load_trained

            return load_trained(self.folder, self.model, self.seed, read_settings(self.settings))
