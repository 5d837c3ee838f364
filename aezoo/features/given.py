"""Features that somebody computed elsewhere, such as Inception's, found again by the image that they are of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aezoo.datasets import Split
from aezoo.images import Images, as_bytes

Floats = NDArray[np.float64]

NAME = "features"
"""The feature space of features from elsewhere, which scores are named after: ``fd_features``."""


class GivenFeatures:
    """Features of known images; no other image has any.

    So a generator that hands out known images has its features found, and one that makes images needs to bring them.

    Args:
        splits: images with their features.

    Raises:
        ValueError: a split without features.
    """

    def __init__(self, *splits: Split) -> None:
        self._rows: dict[bytes, Floats] = {}
        for split in splits:
            if split.features is None:
                raise ValueError("a split has no features; give features of every image, or of none")
            self._rows |= dict(zip(map(np.ndarray.tobytes, split.images), split.features, strict=True))

    def find(self, images: Images) -> Floats | None:
        """Find the features of `images`, float64 (n, d); None where one of them is not known."""
        found = [self._rows.get(image.tobytes()) for image in as_bytes(images)]
        known = [row for row in found if row is not None]
        return np.stack(known) if len(known) == len(found) else None

    def __call__(self, images: Images) -> Floats:
        """Find as `find` does; raises `ValueError` where an image is not known."""
        found = self.find(images)
        if found is None:
            raise ValueError("an image has no features among those that were given; give features of every image")
        return found
