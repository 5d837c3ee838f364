"""The skips that are expected: a test that does not apply says so, and any other skip is a failure.

A missing package, file or platform would otherwise switch off a check without a word.
"""

from __future__ import annotations

import os
import re
import sys
from typing import NoReturn

import pytest

EXPECTED = (
    r"not applicable: the model has (no encoder|no prior|no posterior|no symbols|a prior of its own)",
    r"not applicable: the model has no prior that scores of likelihood use",
    r"not applicable: the model (is not generative|trains nothing by gradients)",
    r"not applicable: the model is a floor, which has no objective of its own",
    r"not applicable: the players have opposing goals, and the model has no encoder",
    r"not applicable: the prior is N\(0, I\), or there is none",
    r"not applicable: the code (is not continuous|lies on a circle)",
    r"not applicable: the code has not 2 (continuous )?dimensions(, or is a part of a longer one)?",
    r"not applicable: the control has no dose",
    r"not applicable: its factors are not known",
    r"not applicable: the metric needs no array of floating-point numbers",
    r"not applicable: the metric ranks nothing",
    r"not applicable: no score of the metric has an ideal",
    *((r"needs a browser: .*",) if not os.environ.get("AEZOO_REQUIRE_BROWSER") else ()),
    *((r"needs a tracker: .*",) if not os.environ.get("AEZOO_REQUIRE_TRACKERS") else ()),
    *((r"needs a backend: .*",) if not os.environ.get("AEZOO_REQUIRE_BACKENDS") else ()),
    *((r"reads the process table of Linux",) if sys.platform != "linux" else ()),
)


def not_applicable(reason: str) -> NoReturn:
    """Skip the test; `reason` must be one of those expected."""
    pytest.skip(f"not applicable: {reason}")


def is_expected(reason: str) -> bool:
    """Whether a test may be skipped for `reason`."""
    return any(re.fullmatch(pattern, reason.removeprefix("Skipped: ")) for pattern in EXPECTED)


def fail_unexpected(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Make the report of a skip that is not expected a failure."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not is_expected(reason):
        report.outcome = "failed"
        report.longrepr = f"unexpected skip, see tests/support/skips.py: {reason}"
