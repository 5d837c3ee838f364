"""UDR: equal, turned and mixed codes, closed forms of two dimensions, and SciPy's correlation."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from aezoo.metrics.disentanglement import udr, udr_of_seeds


def independent(n=2_000, d=4, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


def orthogonal(side=31):
    """A grid of the plane, whose two dimensions have no correlation at all."""
    return np.stack(np.meshgrid(*[np.linspace(-1, 1, side)] * 2), axis=-1).reshape(-1, 2)


def test_dimensions_that_are_those_of_the_other_seed_score_one():
    codes = orthogonal()
    assert udr([codes, codes]) == pytest.approx(1)
    turned = np.exp(-codes[:, ::-1])  # another order, another direction, another scale
    assert udr([codes, turned]) == pytest.approx(1)


@pytest.mark.exact_metric("unsupervised_disentanglement")
def test_a_dimension_that_is_two_halves_of_the_others_scores_their_share():
    """R = 1/2 (1 1; 1 1) of four combinations with equal correlation r: r^2 / (2 r) = r / 2."""
    codes = independent(200_000, 2)
    mixed = codes @ np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    r = 6 / np.pi * np.arcsin(np.sqrt(0.5) / 2)  # Spearman's of normal variables with a correlation of sqrt(1/2)
    assert udr([codes, mixed]) == pytest.approx(r / 2, abs=0.01)


@pytest.mark.independent("unsupervised_disentanglement", by="SciPy")
def test_it_is_the_definition_with_scipys_correlations():
    codes = [
        independent(300, d, seed) @ np.random.default_rng(seed).normal(size=(d, d)) for seed, d in enumerate((3, 4, 2))
    ]
    expected = []
    for i, one in enumerate(codes):
        likeness = []
        for j, other in enumerate(codes):
            if i != j:
                r = np.abs([[spearmanr(a, b).statistic for b in other.T] for a in one.T])
                rows, columns = (np.mean([max(line) ** 2 / sum(line) for line in side]) for side in (r, r.T))
                likeness.append((rows + columns) / 2)
        expected.append(np.median(likeness))
    np.testing.assert_allclose(udr_of_seeds(codes), expected)
    assert udr(codes) == pytest.approx(np.mean(expected))


def test_collapsed_dimensions_are_left_out():
    codes, noise = orthogonal(), 0.05 * independent(961, 3)
    assert udr([codes, np.concatenate([noise, codes], axis=1)]) == pytest.approx(1)
    assert udr([codes, noise]) == 0


def test_a_rotation_scores_lower_and_a_seed_that_differs_does_not_move_the_others():
    codes = independent()
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(4, 4)))[0]
    of_seeds = udr_of_seeds([codes, -codes, codes[:, ::-1], codes @ turn])
    assert of_seeds[:3].min() > 0.85
    assert of_seeds[3] < 0.5


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ([np.ones((3, 2))], "of 3 images; give two seeds"),
        ([], "of no images"),
        ([np.ones((3, 2)), np.ones((4, 2))], "of 3, 4 images"),
        ([np.full((3, 2), np.nan)] * 2, "NaN"),
    ],
)
def test_what_cannot_be_compared_is_refused(codes, words):
    with pytest.raises(ValueError, match=words):
        udr(codes)


def test_dimensions_without_any_correlation_score_zero():
    one, other = np.array([[0.0], [1], [0], [1]]), np.array([[0.0], [0], [1], [1]])
    assert udr([one, other]) == 0
    assert udr([np.hstack([one, other]), one]) == pytest.approx((1 / 2 + 1) / 2)
