"""Disentanglement of codes that are the factors, of permutations, repeats, constants and rotations of them.

The factors are a whole product, shuffled: no two of them tell anything of each other.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from aezoo.metrics.disentanglement import (
    beta_vae_score,
    dci,
    factor_vae_score,
    mig,
    modularity_explicitness,
    sap,
)
from aezoo.metrics.disentanglement.dci import concentration
from aezoo.metrics.disentanglement.factors import mutual_information
from aezoo.metrics.disentanglement.modularity_explicitness import modularity

SIZES = (3, 4, 5)
REPEATS = 20


def product(repeats=REPEATS):
    rows = np.array(list(itertools.product(*map(range, SIZES))) * repeats)
    return np.random.default_rng(0).permutation(rows)


FACTORS = product()
CODES = FACTORS.astype(float)


def every_score(codes, factors=FACTORS):
    return {
        "mig": mig(codes, factors),
        "sap": sap(codes, factors),
        "factor_vae_score": factor_vae_score(codes, factors),
        "beta_vae_score": beta_vae_score(codes, factors),
        **dci(codes, factors),
        **modularity_explicitness(codes, factors),
    }


PERFECT = every_score(CODES)


@pytest.mark.exact_metric("mig", "sap", "factor_vae_score", "beta_vae_score", "dci", "modularity_explicitness")
@pytest.mark.parametrize("name", PERFECT)
def test_codes_equal_to_the_factors_are_perfect(name):
    assert PERFECT[name] == pytest.approx(1, abs=1e-9)


def test_order_sign_and_scale_of_codes_do_not_matter():
    changed = every_score((CODES * [3, -2, 0.1] + 5)[:, [2, 0, 1]])
    assert changed == pytest.approx(PERFECT, abs=2e-3)


def test_two_codes_of_a_factor_have_no_gap_but_are_modular():
    repeated = every_score(np.repeat(CODES, 2, axis=1))
    assert repeated["mig"] == pytest.approx(0, abs=1e-12)
    assert repeated["sap"] == pytest.approx(0, abs=1e-12)
    for name in ("modularity", "dci_disentanglement", "factor_vae_score", "beta_vae_score"):
        assert repeated[name] == pytest.approx(1, abs=1e-9)
    assert repeated["dci_completeness"] < 0.8


def test_constant_codes_tell_nothing():
    constant = every_score(np.full(CODES.shape, 7.0))
    assert {name: constant[name] for name in ("mig", "sap", "factor_vae_score", "modularity", "explicitness")} == {
        "mig": 0, "sap": 0, "factor_vae_score": 0, "modularity": 0, "explicitness": 0.5,
    }  # fmt: skip
    assert (constant["dci_disentanglement"], constant["dci_completeness"]) == (0, 0)
    assert constant["dci_informativeness"] == pytest.approx(np.mean([1 / 3, 1 / 4, 1 / 5]), abs=0.05)
    assert constant["beta_vae_score"] == pytest.approx(1 / 3, abs=0.05)  # three factors


def test_a_constant_beside_the_factors_changes_what_divides_by_the_number_of_codes_only():
    wider = every_score(np.hstack([CODES, np.zeros((len(CODES), 1))]))
    assert wider["modularity"] == pytest.approx(3 / 4)
    for name in set(PERFECT) - {"modularity"}:
        assert wider[name] == pytest.approx(PERFECT[name], abs=1e-6), name


def test_random_codes_are_at_chance():
    random = every_score(np.random.default_rng(2).normal(size=(len(CODES), 4)))
    assert random["mig"] < 0.05
    assert random["sap"] < 0.02
    assert random["factor_vae_score"] == pytest.approx(1 / 3, abs=0.1)
    assert random["beta_vae_score"] == pytest.approx(1 / 3, abs=0.1)
    assert random["dci_disentanglement"] < 0.1
    assert random["explicitness"] == pytest.approx(0.5, abs=0.05)


def test_a_rotation_is_seen_by_all_but_by_what_reads_codes_linearly():
    """Two factors of five values, turned by an eighth: both codes tell as much of both."""
    factors = np.array(list(itertools.product(range(5), range(5))) * 60)
    whole = factors.astype(float) - 2
    turned = whole @ np.array([[1, -1], [1, 1]]) / 2**0.5
    straight, rotated = every_score(whole, factors), every_score(turned, factors)
    assert straight["mig"] == pytest.approx(1)
    for name in ("mig", "sap", "modularity"):
        assert rotated[name] == pytest.approx(0, abs=1e-9), name
    assert rotated["factor_vae_score"] < 0.75
    assert rotated["dci_disentanglement"] < 0.2
    assert rotated["explicitness"] == pytest.approx(straight["explicitness"], abs=0.02)
    assert rotated["dci_informativeness"] > 0.95


@pytest.mark.parametrize(("angle", "expected"), [(np.pi / 4, 0.5), (np.pi / 8, 1), (np.pi / 12, 1)])
def test_the_beta_vae_score_sees_a_rotation_only_where_it_makes_both_differences_alike(angle, expected):
    """Factors a and b, codes ``(cos a + sin b, cos b - sin a)``: pairs that share a differ by (sin, cos) |b - b'|.

    Those that share b differ by (cos, sin) |a - a'|: a line parts them unless sin = cos, where nothing does.
    """
    factors = np.array(list(itertools.product(range(5), range(5))) * 60)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    assert beta_vae_score((factors - 2) @ turn, factors) == pytest.approx(expected, abs=0.06)


def test_mig_is_its_formula_with_mutual_information_by_scikit_learn():
    random = np.random.default_rng(3)
    codes = CODES @ random.normal(size=(3, 4))
    binned = [np.digitize(code, np.histogram(code, 20)[1][:-1]) for code in codes.T]
    gaps = []
    for factor in FACTORS.T:
        *_, second, first = sorted(mutual_info_score(code, factor) for code in binned)
        gaps.append((first - second) / np.log(len(np.unique(factor))))
    assert mig(codes, FACTORS) == pytest.approx(np.mean(gaps), abs=1e-12)
    assert mig(codes, FACTORS) > 0


def test_sap_is_a_difference_of_squared_correlations():
    """One code is the factor plus noise of its own variance (R^2 = 1/2), the other is noise."""
    random = np.random.default_rng(0)
    factor = random.integers(0, 9, (20_000, 1))
    codes = np.hstack([factor + factor.std() * random.normal(size=factor.shape), random.normal(size=factor.shape)])
    assert sap(codes, factor) == pytest.approx(0.5, abs=0.03)


def test_sap_of_a_factor_without_order_is_an_accuracy():
    """Two values: a line parts them, and a code of noise is right by half."""
    random = np.random.default_rng(0)
    factor = random.integers(0, 2, (4_000, 1))
    codes = np.hstack([factor.astype(float), random.normal(size=factor.shape)])
    assert sap(codes, factor, [True]) == pytest.approx(0.5, abs=0.03)
    with pytest.raises(ValueError, match="one for each"):
        sap(codes, factor, [True, False])


@pytest.mark.parametrize(
    ("importances", "expected"),
    [
        (np.eye(3), 1),
        (np.ones((3, 3)), 0),
        (np.zeros((2, 2)), 0),
        ([[1, 1, 0], [0, 0, 1]], (2 * (1 - np.log(2) / np.log(3)) + 1) / 3),
        ([[1], [2]], 1),
    ],
)
def test_concentration_of_importances(importances, expected):
    assert concentration(np.array(importances, float)) == pytest.approx(expected, abs=1e-6)


def test_modularity_of_given_information():
    assert modularity(np.array([[1.0, 0, 0], [0.5, 0.5, 0.5], [0, 0, 0], [1, 0.5, 0]])) == pytest.approx(
        (1 + 0 + 0 + (1 - 0.25 / 2)) / 4
    )


def test_votes_of_a_code_between_two_factors_go_to_the_more_frequent():
    """One code for three factors: the score is the share of the most frequent one, a third."""
    assert factor_vae_score(CODES.sum(axis=1, keepdims=True), FACTORS) == pytest.approx(1 / 3, abs=0.05)


@pytest.mark.parametrize("score", [mig, sap, dci, factor_vae_score, beta_vae_score, modularity_explicitness])
@pytest.mark.parametrize(
    ("codes", "factors", "words"),
    [
        (CODES, FACTORS[:-1], "row of factors"),
        (CODES, FACTORS[:, 0], "row of factors"),
        (CODES, CODES, "integers"),
        (CODES, np.zeros_like(FACTORS), "factor 0 never varies"),
        (CODES * np.nan, FACTORS, "NaN"),
    ],
)
def test_what_makes_no_sense_is_refused(score, codes, factors, words):
    with pytest.raises(ValueError, match=words):
        score(codes, factors)


@pytest.mark.parametrize("score", [factor_vae_score, beta_vae_score])
def test_values_that_occur_once_have_no_pairs(score):
    with pytest.raises(ValueError, match="occurs once"):
        score(CODES[:6], np.arange(6)[:, None])


@pytest.mark.parametrize("score", [factor_vae_score, beta_vae_score])
def test_the_seed_alone_decides(score):
    noisy = CODES @ np.random.default_rng(0).normal(size=(3, 3))
    assert score(noisy, FACTORS, 1) == score(noisy, FACTORS, 1)


def test_chance_splits_do_not_make_useful_and_useless_codes_alike():
    """Of forests whose leaves may have two rows, both scores are below .01 here."""
    random = np.random.default_rng(0)
    factors = random.integers(0, 40, (4_000, 2))
    codes = np.concatenate([factors + random.normal(0, 8, factors.shape), random.normal(size=(4_000, 4))], axis=1)
    found = dci(codes, factors)
    assert found["dci_disentanglement"] > 0.1
    assert found["dci_completeness"] > 0.1
    useless = dci(random.normal(size=(4_000, 6)), factors)
    assert max(useless["dci_disentanglement"], useless["dci_completeness"]) < 0.02


def test_a_code_that_is_constant_but_for_rounding_tells_nothing():
    rounded = np.where(np.arange(len(CODES)) % 2, 0.3, 0.1 + 0.2)[:, None]
    assert mig(np.hstack([CODES, rounded]), FACTORS) == pytest.approx(mig(CODES, FACTORS))
    found, expected = (mutual_information(codes, FACTORS) for codes in (rounded, np.zeros_like(rounded)))
    np.testing.assert_array_equal(found, expected)


def test_a_code_on_a_large_scale_does_not_hide_the_others():
    scaled = CODES * [1e13, 1, 1]
    assert sap(scaled, FACTORS) == pytest.approx(sap(CODES, FACTORS))
    assert factor_vae_score(scaled, FACTORS) == factor_vae_score(CODES, FACTORS)


@pytest.mark.parametrize("metric", [dci, modularity_explicitness, lambda *rows: sap(*rows, [True] * 3)])
def test_rows_in_the_order_of_a_grid_are_refused_where_their_halves_share_no_value(metric):
    factors = np.array(list(itertools.product(range(3), range(4), range(6))))
    with pytest.raises(ValueError, match="of factor 2 the even ones of 72 rows have 3 values, .* shuffle the rows"):
        metric(factors.astype(float), factors)


@pytest.mark.parametrize("metric", [dci, modularity_explicitness])
def test_rows_of_which_those_used_have_one_value_are_to_be_shuffled_and_the_factor_stays(metric):
    factors = np.array(list(itertools.product(range(2), range(51), range(101))))
    with pytest.raises(ValueError, match="of factor 0 the even ones of 5000 rows have 1 values, .* shuffle the rows"):
        metric(factors.astype(float), factors)
