"""The Brier score: exact cases, parts that sum, Murphy's own formula, and forecasts that mean what they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from aezoo.metrics.reconstruction import brier, brier_decomposition


def parts(x, p):
    return tuple(brier_decomposition(np.atleast_2d(x), np.atleast_2d(p)).values())


@pytest.mark.exact_metric("brier")
@pytest.mark.parametrize(
    ("x", "p", "expected"),
    [
        ([0, 1, 1, 0], [0, 1, 1, 0], (0, 0, 0.25, 0.25)),
        ([0, 1, 1, 0], [0.5] * 4, (0.25, 0, 0, 0.25)),
        ([0, 1, 1, 0], [1, 0, 0, 1], (1, 1, 0.25, 0.25)),
        ([0, 0, 0, 1], [0.25] * 4, (0.1875, 0, 0, 0.1875)),
        ([0, 0, 0, 0], [0.3] * 4, (0.09, 0.09, 0, 0)),
        ([0, 0, 0, 1, 1, 0, 1, 1], [0.25] * 4 + [0.75] * 4, (0.1875, 0, 0.0625, 0.25)),
        # reliability: half of the weight each at (0.2 - 0.5)^2 and (0.8 - 0.5)^2, in the wrong direction or not
        ([0, 1, 1, 0], [0.2, 0.2, 0.8, 0.8], (0.34, 0.09, 0, 0.25)),
    ],
)
def test_exact_cases(x, p, expected):
    assert parts(x, p) == pytest.approx(expected, abs=1e-12)


@pytest.mark.independent("brier", by="scikit-learn, the whole")
@settings(max_examples=50)
@given(st.integers(0, 10_000), st.integers(1, 300))
def test_the_parts_sum_for_any_probabilities(seed, n):
    random = np.random.default_rng(seed)
    p = np.clip(random.normal(0.5, 0.6, (n, 4)), 0, 1)
    x = random.binomial(1, 0.3, (n, 4))
    whole, reliability, resolution, uncertainty = parts(x, p)
    assert whole == pytest.approx(reliability - resolution + uncertainty, abs=1e-12)
    assert whole == pytest.approx(np.mean((p - x) ** 2))
    assert 0 <= reliability <= 1
    if 0 < x.mean() < 1:
        assert whole == pytest.approx(brier_score_loss(x.ravel(), p.ravel()))


@pytest.mark.independent("brier", by="Murphy's formula")
def test_repeated_probabilities_have_murphys_parts():
    random = np.random.default_rng(0)
    p = random.choice([0.005, 0.105, 0.405, 0.905], (50, 20))
    x = random.binomial(1, p**0.5)
    groups = [(value, x[p == value]) for value in np.unique(p)]
    reliability = sum(len(of) * (value - of.mean()) ** 2 for value, of in groups) / p.size
    resolution = sum(len(of) * (of.mean() - x.mean()) ** 2 for value, of in groups) / p.size
    expected = (np.mean((p - x) ** 2), reliability, resolution, x.mean() * (1 - x.mean()))
    assert parts(x, p) == pytest.approx(expected, abs=1e-12)


def test_probabilities_that_pixels_are_drawn_from_are_reliable_and_their_squares_are_not():
    random = np.random.default_rng(0)
    p = random.random((1_000, 100))
    x = (random.random(p.shape) < p).astype(float)
    # 100,000 pixels in 100 bins: each bin's share is off by sqrt(p (1 - p) / 1000), 1/6 / 1000 in the square
    assert parts(x, p)[1] == pytest.approx(1 / 6 / 1_000, rel=0.5)
    assert parts(x, p**2)[1] == pytest.approx(1 / 30, rel=0.05)  # the integral of (p^2 - p)^2
    assert parts(x, p)[2] == pytest.approx(1 / 12, rel=0.05)  # the variance of p


def test_the_registered_scores_are_the_same_under_longer_names():
    random = np.random.default_rng(0)
    x, p = random.binomial(1, 0.5, (5, 28, 28)), random.random((5, 28, 28))
    assert list(brier(x, p).values()) == list(brier_decomposition(x, p).values())


@pytest.mark.parametrize(("x", "p", "words"), [([[0.5]], [[0.5]], "binarise"), ([[1]], [[1.5]], "scale it")])
def test_other_values_are_refused(x, p, words):
    with pytest.raises(ValueError, match=words):
        brier_decomposition(x, p)
