"""The versions of metrics: no source changes without somebody who looks at the version."""

from __future__ import annotations

import json

import pytest
from support.metric_digests import COMMAND, CONTRACT, FILE, PACKAGE, current, unconfirmed

from aezoo.metrics import METRICS
from aezoo.source import reachable

KNOWN = {"a": {"version": 1, "digest": "x"}, "b": {"version": 2, "digest": "y"}}


def test_every_metric_is_as_somebody_has_confirmed_it():
    lines = unconfirmed(json.loads(FILE.read_text()), current())
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"a": {"version": 1, "digest": "z"}}, "the source of metric a changed and its version did not"),
        ({"a": {"version": 2, "digest": "z"}}, "metric a has version 2, not 1"),
        ({"a": {"version": 2, "digest": "x"}}, "metric a has version 2, not 1"),
        ({"c": {"version": 1, "digest": "z"}}, "metric c is new"),
    ],
)
def test_each_change_asks_for_a_confirmation(changes, words):
    assert unconfirmed(KNOWN, KNOWN) == []
    (line,) = unconfirmed(KNOWN, {**KNOWN, **changes})
    assert line.startswith(words)
    assert COMMAND in line


def test_a_metric_that_is_gone_is_named():
    assert unconfirmed(KNOWN, {"a": KNOWN["a"]}) == [f"metric b is gone; confirm: {COMMAND}"]


def test_a_digest_covers_what_a_metric_computes_with_and_not_what_it_is_registered_with():
    declared = METRICS.declaration("prdc")
    modules = {name for name, _ in reachable(declared.module, PACKAGE, CONTRACT)}
    assert {declared.module, f"{PACKAGE}.pairwise"} <= modules
    assert modules.isdisjoint(CONTRACT)


def test_every_metric_has_a_source():
    assert all(entry["digest"] for entry in current().values())
