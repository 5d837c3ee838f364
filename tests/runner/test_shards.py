"""The parts of a suite are disjoint and together the whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aezoo.bench.app import run_app
from aezoo.errors import UsageError
from aezoo.runner.plan import FULL_SUITE, Shard


@given(st.integers(0, 50), st.integers(1, 60))
def test_every_item_is_in_exactly_one_part_and_parts_differ_by_at_most_one(size, count):
    items = list(range(size))
    parts = [list(Shard.parse(f"{index}/{count}").select(items)) for index in range(1, count + 1)]
    assert sorted(item for part in parts for item in part) == items
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_part_is_spread_over_the_suite():
    assert list(Shard.parse("2/3").select("abcdefgh")) == ["b", "e", "h"]
    assert FULL_SUITE.select("abc") == "abc"


@pytest.mark.parametrize("text", ["", "0/3", "4/3", "1", "1/0", "-1/3", "1/3/5", "a/b", "1/3 ", "01/3", "1/99999999"])
def test_what_is_no_part_is_refused(text):
    with pytest.raises(UsageError, match=r"is not understood; write i/n with i from 1 to n, such as 1/3"):
        Shard.parse(text)


def test_the_command_line_runs_one_part(tmp_path, capsys):
    options = [
        "--dataset",
        "mnist-5k",
        "--models",
        "pca",
        "--seeds",
        "0-2",
        "--dry-run",
        "--out",
        str(tmp_path / "none"),
    ]
    counts = []
    for shard in ("1/1", "1/4", "2/4", "3/4", "4/4", "7/7"):
        assert run_app([*options, "--shard", shard]) == 0
        counts.append(int(capsys.readouterr().out.split()[0]))
    assert counts == [6, 2, 2, 1, 1, 0]
    assert run_app([*options, "--shard", "5/4"]) == 2
