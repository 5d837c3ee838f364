"""What holds for every registered model, and for one added tomorrow."""

from __future__ import annotations

import pytest

from aezoo.models import MODELS
from aezoo.testing import ModelTests


class TestModels(ModelTests):
    @pytest.fixture(autouse=True, scope="class", params=MODELS.names())
    @classmethod
    def _named(cls, request):
        """One model after another, each trained once."""
        request.cls.name = request.param
