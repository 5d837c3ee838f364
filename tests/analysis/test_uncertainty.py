"""Standard errors from records to tables: how the variance over seeds and over images is split and shown."""

import csv
import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
from support.factories import record, score

from aezoo.analysis.sections import OF_PAIRS, sections
from aezoo.analysis.uncertainty import uncertainty
from aezoo.record import parse_record
from aezoo.reporting import render, tables, tidy, write_tables
from aezoo.reporting.pages.uncertainty import uncertainty_csv, uncertainty_document
from aezoo.spec import canonical_json
from aezoo.statistics import sampling_half_width, split_variance


def test_parts_of_a_variance_by_hand():
    """s^2 = 1, d^2 = 0.25, e^2 = 0.5: training 0.75, drawn 0.25, held out 0.25."""
    split = split_variance([1, 2, 3], [0.5**0.5] * 3, [0.5] * 3)
    assert (split.between_seeds, split.generated, split.held_out) == pytest.approx((0.75, 0.25, 0.25))
    assert split.shares == pytest.approx((0.6, 0.2, 0.2))
    assert not split.is_clipped


def test_seeds_that_differ_less_than_their_images_should_are_clipped():
    split = split_variance([1, 1, 1], [2.0] * 3, [2.0] * 3)
    assert (split.between_seeds, split.generated, split.held_out, split.is_clipped) == (0, 4, 0, True)


def test_shared_images_are_no_part_of_the_variance_over_seeds():
    """Of a score on held-out images all of s^2 is the training's, whatever the standard error."""
    assert split_variance([1, 3], [5.0] * 2, [0.0] * 2).between_seeds == 2.0


@pytest.mark.parametrize(("values", "errors"), [([1.0], [0.1]), ([1.0, 2.0], [0.1, np.nan])])
def test_without_seeds_or_standard_errors_there_is_no_split(values, errors):
    assert split_variance(values, errors, [0.0] * len(values)) is None


def test_the_split_of_simulated_scores():
    random = np.random.default_rng(0)
    n, repeats = 5, 4_000
    training, drawn = random.normal(0, 2, (repeats, n)), random.normal(0, 1, (repeats, n))
    scores = training + drawn + random.normal(0, 3, (repeats, 1))
    splits = [split_variance(row, [10**0.5] * n, [1.0] * n) for row in scores]
    assert np.mean([split.between_seeds for split in splits]) == pytest.approx(4, rel=0.1)
    covered = [abs(row.mean() - of.mean()) < sampling_half_width([10**0.5] * n, [1.0] * n)
               for row, of in zip(scores, training, strict=True)]  # fmt: skip
    assert np.mean(covered) == pytest.approx(0.95, abs=0.015)


def records(seeds, **fields):
    errors = {"standard_error": 0.5, "standard_error_drawn": 0.3, "sampler": "prior", "features": "judge"}
    return [
        record(
            label,
            seed,
            [score("fd_judge", 10.0 + seed, "samples", **errors), score("ndb", 0.5, "samples"), score("mse", 0.1)],
            **fields,
        )
        for label in ("ae", "vae")
        for seed in range(seeds)
    ]


def rendered(found):
    return render(uncertainty_document(list(uncertainty(sections(found)))), "md")


def test_five_seeds_have_intervals_over_seeds_and_over_images():
    text = rendered(records(5))
    row = next(line for line in text.splitlines() if "fd_judge" in line)
    half = 1.959964 * (0.09 / 5 + 0.25 - 0.09) ** 0.5
    assert "12.0 ± 2.0" in row
    assert f"{half:.2g}" in row
    assert [cell.strip() for cell in row.split("|")][-4:-1] == ["91%", "3%", "6%"]
    assert "without a standard error over images: mse, ndb" in text
    assert "no test is meaningful" not in text


def test_fewer_than_five_seeds_show_their_points_and_the_word():
    text = rendered(records(3))
    assert "10.00, 11.00, 12.00" in text
    assert "0.1000, 0.1000, 0.1000" in text
    assert "no test is meaningful" in text
    footers = " ".join(line for table in tables(records(3)) for line in table.footer)
    assert "no test is meaningful" in footers
    assert "no test is meaningful" not in " ".join(line for table in tables(records(5)) for line in table.footer)


def test_a_score_of_pairs_of_seeds_has_no_interval_over_seeds():
    """As in the tables, which say that none is right."""
    pairs = [record("vae", seed, [score("udr", 0.1 * seed, "latent", reason=OF_PAIRS)]) for seed in range(5)]
    ((found,),) = (each.scores for each in uncertainty(sections(pairs)))
    assert (found.over_seeds.low, found.over_seeds.high, found.bootstrap()) == (None, None, None)
    assert (found.over_seeds.mean, len(found.points)) == (pytest.approx(0.2), 5)
    (row,) = csv.DictReader(io.StringIO(uncertainty_csv(uncertainty(sections(pairs)))))
    assert (row["seeds_low"], row["seeds_high"]) == ("", "")


def test_records_without_standard_errors_say_so():
    old = [record("ae", seed, [score("mse", 0.1)]) for seed in range(5)]
    text = rendered(old)
    assert "no record holds standard errors" in text
    assert [cell.strip() for cell in text.splitlines()[-1].split("|")][-5:-1] == ["–"] * 4
    assert tidy(old)["standard_error"].isna().all()


def test_all_of_it_is_in_the_csv(tmp_path):
    write_tables(records(5), tmp_path)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "tables" / "uncertainty.csv").read_text())))
    assert {(row["metric"], row["model"]) for row in rows} == {
        (metric, model) for metric in ("mse", "fd_judge", "ndb") for model in ("ae", "vae")
    }
    rows = [row for row in rows if row["metric"] == "fd_judge"]
    assert [float(point) for point in rows[0]["points"].split()] == [10, 11, 12, 13, 14]
    assert float(rows[0]["variance_training"]) == pytest.approx(2.5 - 0.09)
    assert (tmp_path / "tables" / "uncertainty.md").read_text() == rendered(records(5))
    columns = next(csv.reader((tmp_path / "results.csv").open()))
    assert {"standard_error", "standard_error_drawn"} <= set(columns)
    assert uncertainty_csv([]).count("\n") == 1


def test_a_record_may_hold_standard_errors_or_lack_them():
    content = json.loads((Path(__file__).parents[1] / "fixtures" / "records" / "schema-1" / "ae.json").read_bytes())
    trial_id = hashlib.sha256(canonical_json(content["spec"]).encode()).hexdigest()
    assert all("standard_error" not in row for row in parse_record(json.dumps(content).encode(), trial_id)["scores"])
    content["scores"][0] |= {"standard_error": 0.5, "standard_error_drawn": None}
    assert parse_record(json.dumps(content).encode(), trial_id)["scores"][0]["standard_error"] == 0.5
    content["scores"][0]["standard_error"] = "0.5"
    with pytest.raises(ValueError, match="standard_error"):
        parse_record(json.dumps(content).encode(), trial_id)
