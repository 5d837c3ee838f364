"""The default panel stays within its minute: in the page on speed, and in published records of a quiet machine."""

import gzip
import json
import re
from pathlib import Path

import pytest

from aezoo.analysis.cost import load_remark
from aezoo.metrics import METRICS

RESULTS = Path(__file__).parents[2] / "results"
LIMIT = 60.0
CHAPTER_MODELS = ("ae", "vae", "beta-vae")
ROUNDING = 0.005

[PANEL] = re.findall(
    r"^## The default panel, one thread\n(.*?)(?=^## )", (RESULTS / "speed.md").read_text(), re.DOTALL | re.MULTILINE
)
TITLES = re.findall(r"^(`.*samples of each sampler)$", PANEL, re.MULTILINE)


@pytest.mark.parametrize("title", TITLES)
def test_the_page_on_speed_shows_a_panel_within_the_limit_metric_by_metric(title):
    lines = PANEL.partition(title)[2].partition("| metric |")[2].partition("\n\n")[0]
    rows = [(name, float(seconds)) for name, seconds in re.findall(r"^\| (.*) \| ([\d.]+) \|$", lines, re.MULTILINE)]
    *parts, (last, total) = rows
    assert last == "all"
    assert total < LIMIT
    assert abs(sum(seconds for _, seconds in parts) - total) <= ROUNDING * len(rows)
    assert {"iwae", "kd", "prdc", "inputs/samples"} <= {name for name, _ in parts}


def test_the_page_on_speed_shows_both_protocols_with_as_many_samples_as_the_limit_is_about():
    mnist = [title for title in TITLES if "mnist, 5,000 samples" in title]
    assert ["chapter-16" in title for title in mnist] == [False, True]


def test_records_of_a_quiet_machine_show_a_panel_within_the_limit():
    """Wall-clock seconds, so that work beside them counts; the load is that of the minute before the trial."""
    slow = {name for name, metric in METRICS.items() if metric.slow}
    quiet = {}
    with gzip.open(RESULTS / "fashion" / "records.jsonl.gz") as lines:
        for record in map(json.loads, lines):
            seconds = record["timing"]["metrics"]
            if record["label"] in CHAPTER_MODELS and load_remark(record) == "":
                assert not slow & set(seconds)
                assert {"kd", "prdc", "clipped_density_coverage", "jensen_shannon", "brier"} <= set(seconds)
                assert record["spec"]["protocol"]["samples"] == 5_000
                quiet[record["label"], record["spec"]["seed"]] = sum(seconds.values())
    assert {model for model, _ in quiet} >= {"ae", "vae"}
    assert all(0 < spent < LIMIT for spent in quiet.values()), quiet
