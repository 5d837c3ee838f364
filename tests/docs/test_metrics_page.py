"""The page on metrics by themselves says what is so."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from aezoo.metrics import METRICS, NEEDS, Metric, likelihood

TEXT = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def run(block):
    names: dict = {}
    exec(block, names)  # noqa: S102 - our own page
    return names


def test_its_samples_are_scored(capsys):
    names = run(BLOCKS[0])
    *_, drawn, different, _ = lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    real, fake = names["real"], names["fake"]
    assert drawn == f"{names['jensen_shannon'](real, fake)} {names['fd_infinity'](real, fake)}"
    assert all(1 < float(value) <= 8 for value in different.split())


def test_its_anomalies_and_codes_are_scored(capsys):
    run(BLOCKS[1])
    area, scores = capsys.readouterr().out.splitlines()
    assert 0.7 < float(area) < 0.82  # Phi(1 / sqrt(2)) is 0.76
    assert scores.startswith("0.9")


def test_its_own_metric_is_registered_and_computed(capsys, monkeypatch):
    for names in ("_loaded", "_registered"):
        monkeypatch.setattr(METRICS, names, dict(getattr(METRICS, names)))
    run(BLOCKS[2])
    need, scores = capsys.readouterr().out.splitlines()
    assert need == NEEDS["samples"]["fake"]
    assert scores == f"{{'mean_gap': {2**0.5}}}"
    metric = METRICS.get("mean_gap")
    assert metric.per_feature_space


def test_its_table_names_every_argument_of_a_registration():
    named = set(
        re.findall(
            r"`(\w+)`", "".join(re.findall(r"^\| (`[^|]*) \|", TEXT.partition("## Likelihood")[0], re.MULTILINE))
        )
    )
    assert named == {field.name for field in fields(Metric)} - {"name", "function"}


@pytest.mark.slow
def test_a_model_from_elsewhere_has_bounds_in_their_order(capsys):
    names = run(BLOCKS[3])
    assert "iwae_binary" in capsys.readouterr().out
    density, x = names["density"], names["x"]
    exact = names["grid_log_likelihood"](density, x).mean()
    bound = names["iwae_bound"](density, x, 500)["iwae_binary"]
    assert names["elbo"](density, x) < bound < exact + 0.2  # in expectation it is a bound


def test_its_table_names_public_functions():
    named = set(re.findall(r"^\| `(\w+)`(?:, `(\w+)`)?", TEXT.partition("## Likelihood")[2], re.MULTILINE))
    assert {name for pair in named for name in pair if name} <= set(likelihood.__all__)


@pytest.mark.parametrize("block", BLOCKS)
def test_it_imports_public_names_only(block):
    assert not re.search(r"import .*\b_", block)
