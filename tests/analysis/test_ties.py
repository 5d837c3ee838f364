"""Ties with the best of a column; the test itself is in tests/statistics/test_comparison.py."""

import numpy as np
import pytest
from support.factories import record, sample_score, score

from aezoo.analysis.question_verdict import question_verdicts
from aezoo.analysis.score_array import score_array
from aezoo.analysis.sections import sections
from aezoo.analysis.ties import column_ties, competing_rows, model_groups, tied_cells
from aezoo.statistics import compare_with_best


def section_of(values, better="lower", sampler=None, **fields):
    """Models with one value for each seed."""
    (section,) = sections(
        record(model, seed, [score("m", value, "latent", better, sampler=sampler, **fields)])
        for model, by_seed in values.items()
        for seed, value in enumerate(by_seed)
        if value is not None
    )
    return section


def ties(values, **fields):
    return column_ties(section_of(values, **fields), "latent", "m")


def models(rows):
    return {model for model, _ in rows}


@pytest.mark.parametrize("better", ["lower", "higher"])
def test_every_row_is_best_tied_or_worse_by_its_corrected_p(better):
    random = np.random.default_rng(0)
    values = {name: list(random.normal(level, 1, 6)) for name, level in {"a": 0, "b": 0, "c": 9, "d": 9}.items()}
    losses = np.array(list(values.values())) * (1 if better == "lower" else -1)
    p = dict(zip("abcd", compare_with_best(losses), strict=True))
    found = ties(values, better=better)
    assert found.p_values == {(name, ""): value for name, value in p.items() if np.isfinite(value)}
    assert models(found.best) == {name for name, value in p.items() if np.isnan(value)}
    assert models(found.worse) == {name for name, value in p.items() if value < 0.05} != set()
    assert models(found.tied) == {name for name, value in p.items() if value >= 0.05} != set()


def test_seeds_that_all_models_share_are_paired():
    """The spread over seeds is wide, the difference constant but for a little."""
    spread = np.array([0.0, 10.0, 20.0, 30.0, 40.0])
    noise = np.array([0.01, -0.01, 0.02, -0.02, 0.0])
    assert models(ties({"a": list(spread), "b": list(spread + 1 + noise)}).worse) == {"b"}
    assert models(ties({"a": list(spread), "b": list(spread[::-1] + 1)}).tied) == {"b"}


def test_fewer_than_five_common_seeds_tell_nothing():
    assert ties({"a": [1.0, 2.0, 3.0, 4.0], "b": [1.1, 1.9, 3.2, 4.1]}) is None
    assert ties({"a": [1.0, 2.0, 3.0, 4.0, 5.0], "b": [1.1, 1.9, 3.2, 4.1, None]}) is None


def test_a_row_with_too_few_seeds_is_not_tested_and_is_neither_tied_nor_worse():
    found = ties({"a": [1.0] * 5, "b": [5.0, 5.1, 5.0, 5.1, 5.2], "c": [9.0]})
    assert (models(found.best), models(found.tied), models(found.worse)) == ({"a"}, set(), {"b"})
    assert ("c", "") not in found.p_values


def test_a_target_is_told_by_its_distance():
    """On either side of the target by much the same is a tie; the mean of both sides is not on it."""
    values = {"a": [0.4, 0.4, 0.4, 0.4, 0.4], "b": [0.62, 0.59, 0.6, 0.6, 0.6], "c": [0.0, 1.0, 0.0, 1.0, 0.95]}
    found = ties(values, better="target", ideal=0.5)
    assert (models(found.best), models(found.tied), models(found.worse)) == ({"a"}, {"b"}, {"c"})


def test_equal_rows_are_all_best():
    found = ties({"a": [1.0] * 5, "b": [1.0] * 5, "c": [2.0] * 5})
    assert (models(found.best), models(found.tied), models(found.worse)) == ({"a", "b"}, set(), {"c"})


def test_rows_are_models_with_samplers_and_floors_do_not_compete():
    mixture = [1.1, 1.9, 3.1, 3.9, 5.1]
    records = [
        record("vae", seed, [sample_score("fd", 1.0 + seed, "prior"), sample_score("fd", mixture[seed], "mixture")])
        for seed in range(5)
    ]
    records += [record("pca", seed, [sample_score("fd", 0.0, "prior")], role="floor") for seed in range(5)]
    (section,) = sections(records)
    found = column_ties(section, "samples", "fd")
    assert (found.best, found.tied, found.worse) == ((("vae", "prior"),), (("vae", "mixture"),), ())


@pytest.mark.parametrize(("question", "metric"), [("samples", "fd"), ("latent", "other")])
def test_a_score_that_is_not_there_has_no_ties(question, metric):
    assert column_ties(section_of({"a": [1.0] * 5, "b": [2.0] * 5}), question, metric) is None


def test_what_ranks_nothing_and_a_model_alone_have_no_ties():
    assert ties({"a": [1.0] * 5, "b": [1.0] * 5}, better="neither") is None
    assert ties({"a": [1.0] * 5}) is None


def test_tied_cells_are_those_of_every_column():
    section = section_of({"a": [1.0, 2.0, 3.0, 4.0, 5.0], "b": [1.1, 1.9, 3.1, 3.9, 5.1], "c": [9.0] * 5})
    assert tied_cells(competing_rows(section)) == {("latent", "model", "b", "", "m")}


def test_groups_follow_the_mean_ranks_and_need_five_common_seeds():
    noise = 0.1 * np.random.default_rng(2).normal(size=(3, 2, 5))
    losses = noise + np.array([2.0, 1.0, 1.0])[:, np.newaxis, np.newaxis]
    assert model_groups(losses, "abc", [3.0, 1.4, 1.6]) == (("b", "c"), ("a",))
    assert model_groups(losses, "abc", [3.0, 1.6, 1.4]) == (("c", "b"), ("a",))
    assert model_groups(losses, "abc", [1.0, 2.4, 2.6]) == (("a", "b", "c"),)  # ranks and losses do not agree
    assert model_groups(losses, "abc", [2.0, 2.0, 2.0]) == (("a", "b", "c"),)
    losses[0, 0, 4] = np.nan
    assert model_groups(losses, "abc", [3.0, 1.4, 1.6]) == ()


def test_a_verdict_is_sure_of_a_model_alone_in_its_group():
    noise = 0.1 * np.random.default_rng(1).normal(size=(3, 5))
    values = {name: list(level + noise[i]) for i, (name, level) in enumerate({"a": 0, "b": 1, "c": 1}.items())}
    section = section_of(values)
    (found,) = question_verdicts(score_array(section))
    assert (found.groups[0], found.sure) == (("a",), True)
    (found,) = question_verdicts(score_array(section_of({name: values[name] for name in "bc"})))
    assert (set(found.groups[0]), found.sure) == ({"b", "c"}, False)
