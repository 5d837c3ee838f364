"""The smoke suite against its baselines."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from regression.baselines import FILE, moved, read_scores


@pytest.fixture(scope="module")
def scores(smoke_run):
    assert smoke_run.code == 0, smoke_run.errors
    return read_scores(smoke_run.folder)


@pytest.mark.slow
def test_nothing_moved_beyond_its_spread_over_seeds(scores):
    lines = moved(scores, json.loads(FILE.read_text()))
    assert not lines, "\n" + "\n".join(
        [f"{len(lines)} scores moved; if that is meant, run: python tests/regression/baselines.py", *lines]
    )


def test_a_score_that_moves_is_named(scores):
    changed = scores.copy()
    row = changed.index[(changed["metric"] == "nll") & (changed["model"] == "vae")][0]
    changed.loc[row, "value"] *= 1.5
    assert any(line.startswith("vae /  / nll, seed 0: ") for line in moved(changed, json.loads(FILE.read_text())))


def test_a_score_that_vanishes_is_named(scores):
    lines = moved(scores[scores["metric"] != "mse"], json.loads(FILE.read_text()))
    assert "vae /  / mse: no longer scored" in lines


def test_a_score_that_vanishes_for_one_seed_is_named():
    baselines = {name: {str(seed): 1.0 for seed in range(5)} for name in ("ae /  / nll", "ae /  / mse")}
    baselines["oracle /  / fd"] = {"0": 2.0}
    rows = [("ae", metric, seed, 1.0) for metric in ("nll", "mse") for seed in (0, 1)] + [("oracle", "fd", 0, 2.0)]
    scores = pd.DataFrame(rows, columns=["model", "metric", "seed", "value"]).assign(sampler="")
    assert moved(scores, baselines) == []
    lost = scores[(scores["metric"] != "mse") | (scores["seed"] != 1)]
    assert moved(lost, baselines) == ["ae /  / mse, seed 1: no longer scored"]
