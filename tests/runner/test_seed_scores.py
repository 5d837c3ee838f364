"""Scores over seeds: from stored codes, beside an implementation of their own, and n/a where codes are missing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr
from support.factories import record, score

from aezoo.analysis.sections import OF_PAIRS, TOO_FEW_CODES, sections
from aezoo.reporting.tables import tables
from aezoo.runner.seed_scores import FAMILY, with_seed_scores

NO_FACTORS = "the data set has no known factors of variation"


def trial(seed, label="vae", artifacts=("codes.npz",), asked=True, **fields):
    rows = [score("mig", None, "disentanglement", "higher", family="mig", reason=NO_FACTORS)]
    asks = score(FAMILY, None, "disentanglement", "neither", family=FAMILY, reason="a trial has one seed")
    kept = {name: {"sha256": "", "bytes": 1} for name in artifacts}
    return {**record(label, seed, [*rows, asks] if asked else rows, **fields), "artifacts": kept}


def filled(records, codes):
    """The rows of the score after the stored codes, by label and seed, are read."""
    found = with_seed_scores(records, lambda each: codes.get((each["label"], each["spec"]["seed"])))
    return [row for each in found for row in each["scores"] if row["family"] == FAMILY]


def mixed(seed, d=3, n=400):
    random = np.random.default_rng(seed)
    return random.normal(size=(n, d)) @ random.normal(size=(d, d))


def likeness(one, other):
    """Equation 2 of the paper by SciPy's correlations, one at a time."""
    r = np.array([[abs(spearmanr(a, b).statistic) for b in other.T] for a in one.T])
    sides = [sum(max(line) ** 2 / sum(line) for line in side) / len(side) for side in (r, r.T)]
    return sum(sides) / 2


def test_each_seed_is_held_against_the_others_of_its_model():
    codes = {("vae", seed): mixed(seed) for seed in range(3)} | {("ae", seed): mixed(9 + seed) for seed in range(2)}
    rows = filled([trial(seed, label) for label, seed in codes], codes)
    assert {(row["state"], row["n"], row["reason"]) for row in rows} == {("ok", 400, OF_PAIRS)}
    vae = [codes["vae", seed] for seed in range(3)]
    expected = [np.median([likeness(one, other) for other in vae if other is not one]) for one in vae]
    expected += [likeness(codes["ae", 0], codes["ae", 1])] * 2
    np.testing.assert_allclose([row["value"] for row in rows], expected)


def test_equal_codes_turned_and_reordered_score_one_and_noise_next_to_nothing():
    grid = np.stack(np.meshgrid(*[np.linspace(-1, 1, 31)] * 2), axis=-1).reshape(-1, 2)
    random = np.random.default_rng(0)
    codes = {("vae", 0): grid, ("vae", 1): -grid[:, ::-1], ("ae", 0): random.normal(size=(1_000, 4))}
    codes["ae", 1] = random.normal(size=(1_000, 4))
    values = [row["value"] for row in filled([trial(seed, label) for label, seed in codes], codes)]
    assert values[:2] == pytest.approx([1, 1])
    assert max(values[2:]) < 0.05


def test_other_data_and_other_settings_are_other_models():
    codes = {("vae", seed): mixed(seed) for seed in range(3)}
    records = [trial(0), trial(1, fingerprint="f" * 64), trial(2, protocol={"epochs": 3})]
    assert {(row["state"], row["value"], row["reason"]) for row in filled(records, codes)} == {
        ("n/a", None, TOO_FEW_CODES)
    }


def test_the_same_data_with_another_note_is_no_other_model():
    codes = {("vae", seed): mixed(seed) for seed in range(2)}
    records = [trial(0), trial(1, note="full MNIST could not be had")]
    assert [row["state"] for row in filled(records, codes)] == ["ok", "ok"]


def test_a_seed_without_codes_is_left_out_and_says_so():
    codes = {("vae", seed): mixed(seed) for seed in range(2)}
    rows = filled([trial(0), trial(1), trial(2)], codes)
    assert [row["state"] for row in rows] == ["ok", "ok", "n/a"]
    assert rows[2]["reason"] == TOO_FEW_CODES


def test_what_keeps_no_codes_and_what_was_not_asked_stays_as_it_was():
    records = [trial(seed, "gan", ()) for seed in range(2)] + [trial(seed, asked=False) for seed in range(2)]
    assert with_seed_scores(records, lambda _: mixed(0)) == records


def test_a_table_shows_the_mean_without_an_interval_and_without_metrics_that_lack_factors():
    codes = {("vae", seed): mixed(seed) for seed in range(3)}
    found = with_seed_scores([trial(seed) for seed in range(3)], lambda each: codes["vae", each["spec"]["seed"]])
    (cell,) = sections(found)[0].cells.query(f"metric == '{FAMILY}'").to_dict("records")
    assert np.isnan(cell["half_width"])
    (table,) = (each for each in tables(found) if each.question == "disentanglement")
    assert [column.metric for column in table.columns] == [FAMILY]
    (shown,) = table.rows[0].cells
    assert (shown.mean, shown.half_width) == (pytest.approx(cell["mean"]), None)
    assert any(OF_PAIRS in line for line in table.footer)


def test_a_table_names_the_models_of_which_too_few_codes_are_stored():
    codes = {("vae", seed): mixed(seed) for seed in range(3)}
    asked = [trial(seed, label) for label in ("vae", "ae", "beta-vae") for seed in range(3)]
    found = with_seed_scores(asked, lambda each: codes.get((each["label"], each["spec"]["seed"])))
    (table,) = (each for each in tables(found) if each.question == "disentanglement")
    assert f"n/a, {TOO_FEW_CODES} of ae, beta-vae: {FAMILY}" in table.footer


def test_one_seed_on_data_without_factors_has_no_table():
    found = with_seed_scores([trial(0)], lambda _: mixed(0))
    assert "disentanglement" not in {table.question for table in tables(found)}
