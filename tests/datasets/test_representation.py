"""Data sets and splits are printed in one line each."""

from __future__ import annotations

import numpy as np

from aezoo.datasets import Dataset, Factor, Split


def split(n, **more):
    return Split(np.zeros((n, 28, 28), np.uint8), np.zeros(n, np.uint8), **more)


def test_a_data_set_is_one_line_of_what_it_is():
    parts = [split(3_000), split(1_000), split(2)]
    made = Dataset("mine", *parts, "0123456789abcdef", None, "a file", "", (Factor("x", 3), Factor("y", 4)))
    assert repr(made) == (
        "<Dataset mine: train 3,000, reference 1,000, oracle 2; factors x, y; a file; fingerprint 0123456789ab>"
    )


def test_a_split_is_one_line_with_what_it_has():
    assert repr(split(1_200)) == "<Split of 1,200 images, 28 x 28>"
    assert repr(split(2, factors=np.zeros((2, 3), np.uint8))) == "<Split of 2 images, 28 x 28, with factors>"


def test_the_data_set_of_digits_is_one_line(digits):
    assert repr(digits).startswith("<Dataset mnist-5k: train 3,000, reference 1,000, oracle 1,000; ")
    assert "\n" not in repr(digits)
