"""Intensities of images: every precision, every byte, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from aezoo.images import ROUNDING, SIDE, is_unit_interval, to_bytes, to_unit_interval, unit_interval

BYTES = np.arange(256, dtype=np.uint8)
IMAGES = np.resize(BYTES, (3, SIDE, SIDE))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_byte_comes_back_from_the_unit_interval_in_either_precision(dtype):
    scaled = unit_interval(BYTES, dtype)
    assert scaled.dtype == dtype
    np.testing.assert_array_equal(scaled, BYTES.astype(dtype) / dtype(255))
    np.testing.assert_array_equal(to_bytes(scaled), BYTES)


def test_to_bytes_rounds_to_the_nearest():
    np.testing.assert_array_equal(to_bytes(np.array([0.49, 0.51, 254.49, 254.51]) / 255), [0, 1, 254, 255])


def test_floats_stay_as_they_are_and_bytes_become_single_precision():
    halves = np.full((2, SIDE, SIDE), 0.5, np.float16)
    assert to_unit_interval(halves) is halves
    assert to_unit_interval(IMAGES).dtype == np.float32


def test_rounding_is_forgiven_and_no_more():
    assert is_unit_interval(np.array([-ROUNDING, 1 + ROUNDING]))
    for wrong in (-2 * ROUNDING, 1 + 2 * ROUNDING, np.nan, np.inf):
        assert not is_unit_interval(np.array([0.5, wrong]))
    assert is_unit_interval(np.empty(0))


@pytest.mark.parametrize(
    ("images", "reason"),
    [
        (IMAGES[0], "shape"),
        (np.stack([IMAGES] * 2, -1), "shape"),
        (IMAGES.astype(int), "uint8 or floating"),
        (IMAGES * 1.0, "NaN"),
    ],
)
def test_other_shapes_types_and_ranges_are_refused(images, reason):
    with pytest.raises(ValueError, match=reason):
        to_unit_interval(images)
