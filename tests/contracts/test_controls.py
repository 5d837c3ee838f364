"""What holds for every registered control, and for one added tomorrow."""

from __future__ import annotations

import pytest

from aezoo.controls import CONTROLS
from aezoo.testing import ControlTests


class TestControls(ControlTests):
    @pytest.fixture(autouse=True, scope="class", params=CONTROLS.names())
    @classmethod
    def _named(cls, request):
        request.cls.name = request.param
