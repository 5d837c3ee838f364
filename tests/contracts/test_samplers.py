"""What holds for every registered sampler, and for one added tomorrow; of fitted ones in `tests/samplers`."""

from __future__ import annotations

import pytest
from support.fitted_samplers import FITTED

from aezoo.samplers import SAMPLERS
from aezoo.testing import SamplerTests


class TestSamplers(SamplerTests):
    @pytest.fixture(autouse=True, scope="class", params=sorted({*SAMPLERS.names()} - {*FITTED}))
    @classmethod
    def _named(cls, request):
        request.cls.name = request.param
