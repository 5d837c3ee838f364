"""Ties with the best: what five seeds cannot tell from it, by the interval of SciPy's paired t test."""

import numpy as np
import pytest
from scipy import stats
from support.factories import record, sample_score, score

from aezoo.analysis.sections import sections
from aezoo.analysis.ties import tied_rows


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
    return {model for model, _ in tied_rows(section_of(values, **fields), "latent", "m")}


@pytest.mark.parametrize("better", ["lower", "higher"])
@pytest.mark.parametrize("seed", range(20))
def test_a_tie_is_a_paired_test_that_does_not_reject(better, seed):
    random = np.random.default_rng(seed)
    values = {name: list(random.normal(0.3 * i, 1, 6)) for i, name in enumerate("abcd")}
    sign = 1 if better == "lower" else -1
    best = min(values, key=lambda name: sign * np.mean(values[name]))
    expected = {name for name in values if name != best and stats.ttest_rel(values[name], values[best]).pvalue >= 0.05}
    assert ties(values, better=better) == expected


def test_seeds_that_all_models_share_are_paired():
    """The spread over seeds is wide, the difference constant but for a little."""
    spread = np.array([0.0, 10.0, 20.0, 30.0, 40.0])
    noise = np.array([0.01, -0.01, 0.02, -0.02, 0.0])
    assert ties({"a": list(spread), "b": list(spread + 1 + noise)}) == set()
    assert ties({"a": list(spread), "b": list(spread[::-1] + 1)}) == {"b"}


def test_fewer_than_five_common_seeds_tell_nothing():
    assert ties({"a": [1.0, 2.0, 3.0, 4.0], "b": [1.1, 1.9, 3.2, 4.1]}) == set()
    assert ties({"a": [1.0, 2.0, 3.0, 4.0, 5.0], "b": [1.1, 1.9, 3.2, 4.1, None]}) == set()


def test_a_target_is_told_by_its_distance():
    """On either side of the target by as much is as good; the mean of both sides is not on it."""
    values = {"a": [0.4, 0.4, 0.4, 0.4, 0.4], "b": [0.61, 0.59, 0.6, 0.6, 0.6], "c": [0.0, 1.0, 0.0, 1.0, 0.5]}
    assert ties(values, better="target", ideal=0.5) == {"b"}


def test_equal_values_tie():
    assert ties({"a": [1.0] * 5, "b": [1.0] * 5}) in ({"a"}, {"b"})


def test_rows_are_models_with_samplers_and_floors_do_not_compete():
    mixture = [1.1, 1.9, 3.1, 3.9, 5.1]
    records = [
        record("vae", seed, [sample_score("fd", 1.0 + seed, "prior"), sample_score("fd", mixture[seed], "mixture")])
        for seed in range(5)
    ]
    records += [record("pca", seed, [sample_score("fd", 0.0, "prior")], role="floor") for seed in range(5)]
    (section,) = sections(records)
    assert tied_rows(section, "samples", "fd") == {("vae", "mixture")}
    assert tied_rows(section, "samples", "nothing") == set()


def test_what_ranks_nothing_has_no_ties():
    assert ties({"a": [1.0] * 5, "b": [1.0] * 5}, better="neither") == set()
