"""Conformance suites of models, metrics, samplers, controls and data sets, for those of plug-ins as well.

A test module of a plug-in derives a class and names what it registers; pytest then runs every check of it:

    from aezoo.testing import ModelTests

    class TestInpainting(ModelTests):
        name = "inpainting"

`check("inpainting")` runs the same without pytest and returns the results.
"""

from __future__ import annotations

from aezoo.testing.check import check
from aezoo.testing.controls import ControlTests
from aezoo.testing.datasets import DatasetTests
from aezoo.testing.metrics import MetricTests
from aezoo.testing.models import ModelTests
from aezoo.testing.samplers import SamplerTests
from aezoo.testing.suite import (
    CheckLine,
    CheckResult,
    ConformanceSuite,
    NotApplicable,
    NotMade,
    not_applicable,
    not_made,
    require,
    run_suite,
)

__all__ = [
    "CheckLine",
    "CheckResult",
    "ConformanceSuite",
    "ControlTests",
    "DatasetTests",
    "MetricTests",
    "ModelTests",
    "NotApplicable",
    "NotMade",
    "SamplerTests",
    "check",
    "not_applicable",
    "not_made",
    "require",
    "run_suite",
]
