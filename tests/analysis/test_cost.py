"""Cost in tables and frames, its marks, and savings in the verdict."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from support.factories import record, sample_score, score
from support.folders import write_folder

from aezoo.analysis.cost import COSTS, LOADED, NOT_RECORDED, UNKNOWN_LOAD, load_remark, with_cost
from aezoo.analysis.frames import tidy
from aezoo.analysis.savings import MAX_TIME_SHARE, level_with
from aezoo.analysis.score_array import score_arrays
from aezoo.analysis.verdict import verdict
from aezoo.bench.app import run_app
from aezoo.reporting import render_tables, tables
from aezoo.reporting.pages.verdict_sentences import verdict_sentences


def costly(model="vae", seed=0, load=1.0, cores="2", seconds=100.0, **fields):
    environment = {"aezoo": "0.1.0"} | ({} if cores is None else {"cores": cores})
    timing = {"train": seconds, "total": seconds + 1, "metrics": {"sampler/prior": 2.0, "mse": 9.0}}
    timing |= {} if load is None else {"load": load}
    scores = [score("nll", 100.0 + seed, unit="nats"), sample_score("fd_judge", 3.0)]
    return record(
        model,
        seed,
        fields.pop("scores", scores),
        timing=timing,
        environment=environment,
        parameter_count=404_244,
        **fields,
    )


@pytest.mark.parametrize(
    ("load", "cores", "remark"),
    [(1.0, "2", ""), (2.0, "2", ""), (2.01, "2", LOADED), (None, "2", UNKNOWN_LOAD), (1.0, None, UNKNOWN_LOAD)],
)
def test_a_load_above_the_cores_is_remarked_and_an_unknown_one_too(load, cores, remark):
    assert load_remark(costly(load=load, cores=cores)) == remark


def test_cost_stands_in_the_frame():
    frame = tidy(with_cost([costly(load=9.0)]))
    cost = frame[frame["question"] == "cost"]
    assert cost[["sampler", "metric", "value", "unit", "better", "reason"]].values.tolist() == [
        ["prior", "parameters", 404_244.0, "weights", "neither", ""],
        ["prior", "train_seconds", 100.0, "s", "neither", LOADED],
        ["prior", "sample_seconds", 2.0, "s", "neither", LOADED],
    ]
    assert "cost" not in set(tidy([costly()])["question"])


def test_an_older_record_says_that_it_lacks_the_numbers():
    old = costly(load=None)
    del old["parameter_count"], old["timing"]["metrics"]
    rows = {row["metric"]: row for row in next(with_cost([old]))["scores"] if row["question"] == "cost"}
    assert {name: (row["state"], row["reason"]) for name, row in rows.items()} == {
        "parameters": ("n/a", NOT_RECORDED),
        "train_seconds": ("ok", UNKNOWN_LOAD),
        "sample_seconds": ("n/a", NOT_RECORDED),
    }


def test_what_no_sampler_suits_has_no_seconds_of_sampling_and_says_why():
    given = costly(role="floor", scores=[score("nll", 1.0)])
    given["timing"]["metrics"] = {"mse": 9.0}
    given["refused_samplers"] = dict.fromkeys(("prior", "standard-normal"), "the model is not generative")
    rows = {row["metric"]: row for row in next(with_cost([given]))["scores"] if row["question"] == "cost"}
    assert {name: (row["state"], row["reason"]) for name, row in rows.items()} == {
        "parameters": ("ok", ""),
        "train_seconds": ("ok", ""),
        "sample_seconds": ("n/a", "the model is not generative"),
    }


def test_controls_the_oracle_and_failed_trials_cost_nothing():
    given = [costly(role="control"), costly(role="oracle"), costly(status="error")]
    assert [each["scores"] for each in with_cost(given)] == [each["scores"] for each in given]


def test_marks_of_times_in_every_format():
    records = [costly("busy", load=9.0), costly("free"), costly("old", load=None)]
    records += [costly("mixed", seed, load=9.0 * seed) for seed in range(2)]
    found = [table for table in tables(records, cost=True) if table.question == "cost"]
    remarks = {row.model: [cell.remark for cell in row.cells] for row in found[0].rows}
    assert remarks == {
        "busy": ["", LOADED, LOADED],
        "free": [""] * 3,
        "mixed": ["", LOADED, LOADED],
        "old": ["", UNKNOWN_LOAD, UNKNOWN_LOAD],
    }
    marked = {"md": ("‡", "†"), "text": ("‡", "†"), "html": ("‡", "†"), "latex": (r"^\ddagger$", r"^\dagger$")}
    for format, (busy, old) in marked.items():
        text = render_tables(found, format)
        assert text.count(busy) >= 4, format
        assert text.count(old) >= 2, format
    csv = pd.read_csv(io.StringIO(render_tables(found, "csv")), keep_default_na=False)
    assert csv["train_seconds_remark"].tolist() == [LOADED, "", LOADED, UNKNOWN_LOAD]
    (table,) = json.loads(render_tables(found, "json"))
    assert table["rows"][0]["cells"][1]["remark"] == LOADED
    assert "404244" in render_tables(found, "md")


@pytest.mark.parametrize("options", [["--cost"], ["--question", "cost"], ["--metrics", "parameters,train_seconds"]])
def test_the_command_shows_cost_where_it_is_asked_for(options, tmp_path, capsys):
    write_folder(tmp_path, [costly(seed=seed) for seed in range(2)])
    assert run_app(["table", str(tmp_path), *options]) == 0
    shown = capsys.readouterr().out
    chosen = ("parameters", "train_seconds") if options[0] == "--metrics" else COSTS
    headings = next(line for line in shown.splitlines() if "parameters" in line)
    assert tuple(name for name in COSTS if name in headings) == chosen
    assert run_app(["table", str(tmp_path)]) == 0
    assert "train_seconds" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["--cost"], {"cost"}),
        (["--cost", "--question", "reconstruction"], {"cost", "reconstruction"}),
        (["--cost", "--metrics", "nll"], {"cost", "reconstruction"}),
        ([], {"reconstruction"}),
    ],
)
def test_cost_is_shown_alone_unless_more_is_named(options, shown, tmp_path, capsys):
    write_folder(tmp_path, [costly(scores=[score("nll", 1.0), score("mse", 1.0)])])
    assert run_app(["table", str(tmp_path), *options]) == 0
    printed = capsys.readouterr().out
    assert {
        name for name, column in {"cost": "train_seconds", "reconstruction": "nll"}.items() if column in printed
    } == shown


def raced(seconds, gap=0.0, load=1.0, seeds=5):
    """A slow model ahead by `gap`, whose seeds vary by about 1, and a fast one with these seconds of training."""
    noise = np.array([0.9, -1.1, 0.3, -0.8, 0.7, 0.2])
    return [
        costly(model, seed, load=load, seconds=took, scores=[score("nll", 100 + level, unit="nats")])
        for seed in range(seeds)
        for model, took, level in (("slow", 100.0, seed), ("fast", seconds[seed], seed + gap + noise[seed]))
    ]


def savings(records):
    (array,) = score_arrays(records)
    return verdict(array).savings


def test_the_same_within_the_interval_in_half_the_time_is_said():
    assert MAX_TIME_SHARE == 0.5
    records = raced([20.0, 30.0, 40.0, 50.0, 50.0], gap=0.1)
    (one,) = savings(records)
    assert (one.model, one.winner, one.question, one.seeds) == ("fast", "slow", "reconstruction", 5)
    assert one.time_share == pytest.approx(0.38)
    (array,) = score_arrays(records)
    sentence = (
        "fast is the same as slow in reconstruction within the interval, at 38% of its seconds of training (5 seeds)."
    )
    assert sentence in verdict_sentences(verdict(array))


@pytest.mark.parametrize(
    "records",
    [
        raced([20.0, 30.0, 40.0, 50.0, 50.1], gap=0.1),
        raced([20.0] * 5, gap=5.0),
        raced([20.0] * 5, gap=0.1, load=3.0),
        raced([20.0] * 5, gap=0.1, load=None),
        raced([20.0] * 4, gap=0.1, seeds=4),
    ],
    ids=["one seed took longer", "worse", "a loaded machine", "load not recorded", "few seeds"],
)
def test_what_is_no_saving(records):
    assert savings(records) == ()


def test_level_is_what_the_uncorrected_interval_of_the_difference_does_not_part():
    base = np.arange(5.0)
    differences = np.array([[0.0] * 5, [0.5, -0.4, 0.3, -0.2, 0.1], [1.0, 1.1, 0.9, 1.2, 1.0]])
    losses = (base + differences)[:, np.newaxis]
    assert level_with(losses, ("a", "b", "c"), "a") == ("b",)
    assert level_with(losses[..., :4], ("a", "b", "c"), "a") == ()


def test_samples_are_as_many_as_are_compared():
    given = costly()
    given["dataset"]["sizes"] = {"train": 3_000, "reference": 1_000, "oracle": 1_000}
    rows = {row["metric"]: row["n"] for row in next(with_cost([given]))["scores"] if row["question"] == "cost"}
    assert rows == {"parameters": None, "train_seconds": 3_000, "sample_seconds": 1_000}
