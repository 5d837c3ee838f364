"""Features from elsewhere are found again by their image."""

from __future__ import annotations

import numpy as np
import pytest

from aezoo.datasets import Split
from aezoo.features.given import GivenFeatures

IMAGES = np.arange(5 * 4 * 3, dtype=np.uint8).reshape(5, 4, 3)
FEATURES = np.arange(10.0).reshape(5, 2)
LABELS = np.zeros(5, np.uint8)
GIVEN = GivenFeatures(Split(IMAGES, LABELS, None, FEATURES))


def test_known_images_have_their_features_in_any_order():
    assert np.array_equal(GIVEN.find(IMAGES[[3, 0, 3]]), FEATURES[[3, 0, 3]])
    assert np.array_equal(GIVEN.find(IMAGES[[1]].astype(np.float32) / 255), FEATURES[[1]])


def test_an_image_that_is_not_known_has_none():
    other = np.concatenate([IMAGES[:1], IMAGES[:1] + 1])
    assert GIVEN.find(other) is None
    with pytest.raises(ValueError, match="an image has no features"):
        GIVEN(other)


def test_a_split_without_features_is_refused():
    with pytest.raises(ValueError, match="a split has no features"):
        GivenFeatures(Split(IMAGES, LABELS))
