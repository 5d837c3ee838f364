"""What holds for every registered model, and for one added tomorrow."""

from __future__ import annotations

from typing import get_args

import pytest

from aezoo.models import MODELS
from aezoo.models.base import Family
from aezoo.testing import ModelTests

QUICK = ("mean-image", "pca", "raw-pixels", "ae", "vae", "vq-vae", "wae-mmd", "gan", "made", "flow-matching")
"""The floors and one model of each family: all 60 take five processor minutes, half of them of compilation."""


def by_speed(name):
    return name if name in QUICK else pytest.param(name, marks=pytest.mark.slow)


class TestModels(ModelTests):
    @pytest.fixture(autouse=True, scope="class", params=map(by_speed, MODELS.names()))
    @classmethod
    def _named(cls, request):
        """One model after another, each trained once."""
        request.cls.name = request.param


def test_a_run_without_slow_tests_checks_a_model_of_each_family():
    found = {MODELS.get(name).model.family for name in QUICK}
    assert found == {preset.model.family for _, preset in MODELS.items()} <= set(get_args(Family))
