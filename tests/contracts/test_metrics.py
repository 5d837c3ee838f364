"""What holds for every registered metric, and for one added tomorrow."""

from __future__ import annotations

import inspect
import re

import numpy as np
import pytest

from aezoo.metrics import METRICS
from aezoo.testing import MetricTests
from aezoo.testing.metric_cases import metric_inputs

DIRECTION_PHRASES = {
    "lower": "lower is better",
    "higher": "higher is better",
    "target": "best value|ideal|expected",
    "neither": "ranks? nothing|it describes|neither end is better|neither ranks",
}
FORMULA = r"``[^`]*[-+/=^([{][^`]*``"
INTERVAL = r"[\[(]-?[\d.]+, [^\])]+[\])]"


class TestMetrics(MetricTests):
    @pytest.fixture(autouse=True, scope="class", params=METRICS.names())
    @classmethod
    def _named(cls, request):
        request.cls.name = request.param

    def test_documents_itself(self):
        """The docstring gives formula, range, direction, errors and source, and says what every parameter is."""
        metric = self.metric
        text = inspect.getdoc(metric.function) or ""
        in_one_line = " ".join(text.split())
        assert re.search(FORMULA, text), "no formula in ``double backticks``"
        for score in metric.scores:
            assert re.search(DIRECTION_PHRASES[score.better], in_one_line, re.IGNORECASE), f"no direction: {score.name}"
            if np.isfinite(score.range).any():
                assert re.search(INTERVAL, in_one_line), f"no range of {score.name}"
            assert score.unit
        sections = dict(re.findall(r"^(Args|Raises|Source):(.*?)(?=^\w+:|\Z)", text, re.MULTILINE | re.DOTALL))
        assert all(sections[name].strip() for name in ("Args", "Raises", "Source"))
        for parameter in inspect.signature(metric.function).parameters:
            assert re.search(rf"^    {parameter}: \S", sections["Args"], re.MULTILINE), f"nothing on {parameter}"


def test_there_are_arrays_for_every_need_of_every_metric():
    for name, metric in METRICS.items():
        for inputs in metric_inputs()[metric.question]:
            assert set(metric.needs) <= set(inputs), name
