import io
import random

import numpy as np
import pandas as pd
import pytest
from support.factories import record, sample_score, score

from aezoo.analysis.frames import COLUMNS, read_records, tidy
from aezoo.reporting import tables
from aezoo.reporting.formats.csv import frame_to_csv


def test_columns_and_values():
    scores = [score("nll", 170.25, unit="nats per image"), sample_score("fd_judge", 3.5)]
    table = tidy([record("vae", 4, scores)])
    assert tuple(table.columns[: len(COLUMNS)]) == COLUMNS
    assert table.loc[0, list(COLUMNS)].tolist() == [
        *("mnist-5k", "chapter", "vae", "", "", 4, "reconstruction", "nll", 170.25, "nats per image", "lower")
    ]
    assert table.loc[1, ["sampler", "features"]].tolist() == ["prior", "judge"]


def test_missing_values_are_empty_and_never_zero():
    scores = [
        score("a", None),
        score("b", None, state="error", reason="singular"),
        score("c", float("nan"), state="ok"),
    ]
    table = tidy([record(scores=scores)])
    assert table["value"].isna().all()
    assert table["state"].tolist() == ["n/a", "error", "error"]
    lines = frame_to_csv(table).splitlines()
    assert [line.split(",")[COLUMNS.index("value")] for line in lines[1:]] == ["", "", ""]


def test_failed_trials_have_no_values():
    assert tidy([record(status="diverged", scores=[score("nll", 3.0)])]).empty


def test_a_trial_met_twice_counts_once():
    once = record(scores=[score("nll", 1.0)])
    assert len(tidy([once, once])) == 1


def test_order_of_records_does_not_matter():
    records = [record(label, seed, [score("nll", seed)]) for label in ("ae", "vae") for seed in range(4)]
    shuffled = random.Random(0).sample(records, len(records))
    pd.testing.assert_frame_equal(tidy(records), tidy(shuffled))


def test_values_round_trip_through_csv():
    values = [0.1 + 0.2, 1e-300, 1.7976931348623157e308, -np.pi, 5e-324]
    table = tidy([record(scores=[score(f"m{i}", value) for i, value in enumerate(values)])])
    back = pd.read_csv(io.StringIO(frame_to_csv(table)))
    assert back["value"].tolist() == values


def test_csv_of_no_records_is_its_header():
    assert frame_to_csv(tidy([])).splitlines()[0].split(",")[: len(COLUMNS)] == list(COLUMNS)
    assert len(frame_to_csv(tidy([])).splitlines()) == 1


@pytest.mark.parametrize("label", ["=cmd()", "+1", "-1", "@SUM(A1)", " =1", "\t=1"])
def test_formulas_in_csv_are_neutralised(label):
    table = tidy([record(label, scores=[score("nll", -1.5)])])
    back = pd.read_csv(io.StringIO(frame_to_csv(table)))
    assert back.loc[0, "model"] == f"'{label}"
    assert back.loc[0, "value"] == -1.5


def test_large_frames_have_one_header():
    frame = pd.DataFrame({"value": np.arange(100_001.0)})
    lines = frame_to_csv(frame).splitlines()
    assert lines[0] == "value"
    assert len(lines) == 100_002
    assert lines.count("value") == 1


def test_judges_have_sections_of_their_own():
    """And a trial that failed before it had read its data joins the only one there is."""
    records = [record("vae", 0, [score("nll", 1.0)]), record("ae", 0, [score("nll", 2.0)], judge="other")]
    assert list(read_records(records).trials["section"]) == [0, 1]
    lost = record("vae", 1, status="error", fingerprint="", judge="")
    assert list(read_records([records[0], lost]).trials["section"]) == [0, 0]
    footers = [table.footer[0] for table in tables(records) if table.question == "reconstruction"]
    assert [footer.rsplit("; ", 1)[1] for footer in footers] == ["judge mnist", "judge other"]
    assert "judge" not in tables(records[:1])[0].footer[0]
