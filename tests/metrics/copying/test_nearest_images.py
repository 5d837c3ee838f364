"""Nearest images by pixels: those of a search over all pairs, exactly."""

import numpy as np
import pytest

from aezoo.metrics.copying import nearest_images as module
from aezoo.metrics.copying.nearest_images import nearest_images


def images(n, seed, high=256):
    return np.random.default_rng(seed).integers(0, high, (n, 4, 5), dtype=np.uint8)


@pytest.mark.parametrize("high", [256, 3])  # 3 grey levels have many ties
def test_rows_are_those_of_all_pairs_and_of_ties_the_first(monkeypatch, high):
    some, training = images(30, 0, high), images(101, 1, high)
    monkeypatch.setattr(module, "CHUNK", 7)
    differences = some[:, None].astype(int) - training[None].astype(int)
    expected = np.square(differences).sum(axis=(2, 3)).argmin(axis=1)
    np.testing.assert_array_equal(nearest_images(some, training), expected)


def test_a_copy_finds_its_original():
    training = images(50, 2)
    order = np.random.default_rng(3).permutation(50)
    np.testing.assert_array_equal(nearest_images(training[order], training), order)


@pytest.mark.parametrize("training", [np.zeros((0, 4, 5), np.uint8), np.zeros((3, 5, 4), np.uint8)])
def test_nothing_to_search_or_another_size_is_refused(training):
    with pytest.raises(ValueError, match="held against"):
        nearest_images(images(2, 0), training)
