"""What holds for the data set that every machine has."""

from __future__ import annotations

from aezoo.testing import DatasetTests


class TestDigits(DatasetTests):
    name = "mnist-5k"
