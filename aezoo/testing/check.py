"""Checks of a registered thing by name, without pytest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aezoo.errors import UnknownNameError, UsageError
from aezoo.metrics.score_names import metric_of_score
from aezoo.testing.controls import ControlTests
from aezoo.testing.datasets import DatasetTests
from aezoo.testing.metrics import MetricTests
from aezoo.testing.models import ModelTests
from aezoo.testing.samplers import SamplerTests
from aezoo.testing.suite import CheckLine, CheckResult, ConformanceSuite, run_suite

SUITES: dict[str, type[ConformanceSuite]] = {
    suite.registry.kind: suite for suite in (ModelTests, MetricTests, SamplerTests, ControlTests, DatasetTests)
}
"""Suites by the kind of thing that they check."""


def check(
    name: str,
    kind: str | None = None,
    *,
    data_file: Path | str | None = None,
    on_line: Callable[[CheckLine], None] | None = None,
) -> CheckResult:
    """Run the conformance suite of a registered thing, a plug-in's as well; prints nothing and needs no pytest.

    Args:
        name: its registered name; or a score, for the metric that gives it.
        kind: "model", "metric", "sampler", "control" or "dataset"; None where one of these alone has the name.
        data_file: where a data set lies, where it must be told.
        on_line: called with the result of each check that was made as soon as it is known.

    Raises:
        UnknownNameError: nothing has this name.
        UsageError: things of several kinds have it, or a plug-in that has it cannot be loaded.
    """
    if kind is not None and kind not in SUITES:
        raise UnknownNameError("kind", kind, SUITES)
    suites = {known: suite for known, suite in SUITES.items() if kind in (None, known)}
    name = checked_name(name, kind)
    holders = [suite for suite in suites.values() if name in suite.registry.names()]
    if not holders:
        raise UnknownNameError(" or ".join(suites), name, [n for s in suites.values() for n in s.registry.names()])
    if len(holders) > 1:
        raise UsageError(f"{name!r} is the name of a {' and of a '.join(s.registry.kind for s in holders)}; give kind")
    suite = holders[0]
    suite.registry.get(name)
    own = {"data_file": data_file} if issubclass(suite, DatasetTests) else {}
    return run_suite(type(suite.__name__, (suite,), {"name": name, **own}), on_line)


def checked_name(name: str, kind: str | None = None) -> str:
    """Return the registered name that `check` takes `name` for: of a score such as ``fd_judge`` its metric, ``fd``."""
    suites = [suite for known, suite in SUITES.items() if kind in (None, known)]
    if MetricTests not in suites or any(name in suite.registry.names() for suite in suites):
        return name
    return metric_of_score(name) or name
