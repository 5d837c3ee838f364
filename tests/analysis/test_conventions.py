"""Orders and groups of metrics that reports read from the source of the metrics."""

import importlib

import numpy as np
import pytest
from support.factories import record, score
from support.plugins import install

from aezoo import plugins
from aezoo.analysis import conventions
from aezoo.metrics import METRICS
from aezoo.reporting import tables

PLUGIN = """
from aezoo import METRICS, Score

raise RuntimeError("a report imports no metric")

@METRICS.register(
    "zest",
    question="reconstruction",
    needs=("x", "p"),
    scores=(Score("zest", "share", "higher"), Score("zest_loss", "share", "lower")),
    headline={"zest": 2},
    redundant_with={"zest_loss": "zest"},
)
def zest(x, p):
    return {"zest": 0.5, "zest_loss": 0.5}
"""


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    install(tmp_path, "zesty", {"zest_of_a_test.py": PLUGIN}, {"aezoo.metrics": {"zest": "zest_of_a_test"}})
    monkeypatch.syspath_prepend(str(tmp_path))
    caches = (plugins.installed, conventions.metric_declarations, conventions._headline_places)
    importlib.invalidate_caches()
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


def test_names_are_in_the_order_of_their_numbers():
    values = ["1e-05", "5e-05", "0.0001", "0.0004", "0.001", "0.01", "0.1", "0.25", "0.5", "1", "1.0", "1.5", "4", "10"]
    names = ["ae", "beta-vae", "beta-vae2", *(f"beta-vae:beta={value}" for value in values), "vae"]
    for seed in range(3):
        shuffled = list(np.random.default_rng(seed).permutation(names))
        assert sorted(shuffled, key=conventions.natural_key) == names


def test_what_is_read_first_and_what_is_redundant_is_read_from_the_source_as_it_is_registered():
    metrics = [metric for _, metric in METRICS.items()]
    for question in {metric.question for metric in metrics}:
        of_question = [metric for metric in metrics if metric.question == question]
        places = {name: place for metric in of_question for name, place in metric.headline.items()}
        assert conventions.headline_metrics(question) == tuple(sorted(places, key=places.__getitem__))
        assert sorted(places.values()) == list(range(1, len(places) + 1))
    declared = {(name, of) for metric in metrics for name, of in metric.redundant_with.items()}
    groups = conventions.redundant_groups()
    assert {(name, first) for first, *others in groups for name in others} == declared
    known = {score.name for metric in metrics for score in metric.scores}
    assert {first for first, *_ in groups} <= known


def test_a_metric_of_another_distribution_takes_its_place_without_being_imported(plugin):
    assert conventions.headline_metrics("reconstruction")[:4] == ("nll", "ssim", "zest", "mse")
    assert ("zest", "zest_loss") in conventions.redundant_groups()
    [table] = tables([record("vae", 0, [score(name, 1.0) for name in ("mse", "nll", "zest")])])
    assert [column.metric for column in table.columns] == ["nll", "zest", "mse"]
