"""Real images that are divided into two sides again and again; what depends on an image alone is computed once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.metrics import Question
from aezoo.real_side import RealSide

Rows = NDArray[np.int64]
Inputs = dict[str, Any]


class Pool:
    """Real images (m, 28, 28), uint8, with their features and their distances to the training images.

    The search of the nearest training images and the judge take five times as long as the metrics, and an image has
    the same answers on either side of any division.
    """

    def __init__(self, real: RealSide, images: NDArray[np.uint8]) -> None:
        self.real, self.images = real, images
        self.features = real.spaces.extract(images)
        self.copying = {name: real.training[name].inputs(of) for name, of in self.features.spaces.items()}

    def inputs(self, reals: Rows, fakes: Rows) -> Iterator[tuple[Question, str | None, Inputs]]:
        """What `RealSide.inputs` gives for the images of `fakes` beside those of `reals`, rows of the pool."""
        shared: Inputs = {"real_images": self.images[reals], "fake_images": self.images[fakes]}
        labels, probabilities = self.features.labels, self.features.probabilities
        if labels is not None and probabilities is not None:
            shared |= {"labels": labels[fakes], "reference_labels": labels[reals]}
            shared["probabilities"] = probabilities[fakes]
        for name, features in self.features.spaces.items():
            side = self.real.training[name]
            both = {"real": features[reals], "fake": features[fakes], "features": features[fakes]}
            yield "samples", name, {**shared, **both, "train": side.train, "bins": side.bins}
            yield "copying", name, self._copying(name, reals, fakes)
        yield "samples", None, shared

    def _copying(self, name: str, reals: Rows, fakes: Rows) -> Inputs:
        features, known = self.features.spaces[name], self.copying[name]
        return {
            **known,
            "held_out": features[reals],
            "fake": features[fakes],
            "fake_distances": known["fake_distances"][fakes],
            "neighbour_distances": known["neighbour_distances"][fakes],
            "held_out_distances": known["fake_distances"][reals],
        }
