"""What holds for every registered sampler, and for one added tomorrow."""

from __future__ import annotations

import pytest

from aezoo.samplers import SAMPLERS
from aezoo.testing import SamplerTests


class TestSamplers(SamplerTests):
    @pytest.fixture(autouse=True, scope="class", params=SAMPLERS.names())
    @classmethod
    def _named(cls, request):
        request.cls.name = request.param
