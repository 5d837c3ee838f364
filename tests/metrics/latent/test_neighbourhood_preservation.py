"""Trustworthiness and continuity: exact values, the definition by ranks, and scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.manifold import trustworthiness as sklearn_trustworthiness

from aezoo.metrics.latent import continuity, trustworthiness


@pytest.mark.exact_metric("trustworthiness", "continuity")
def test_trustworthiness_and_continuity_of_a_folded_line():
    x, codes = np.arange(5.0)[:, None], np.array([0.0, 2, 4, 1, 3])[:, None]
    assert trustworthiness(x, codes, k=1) == pytest.approx(0.2)
    assert continuity(x, codes, k=1) == pytest.approx(1 / 3)


@pytest.mark.parametrize("metric", [trustworthiness, continuity])
def test_maps_that_keep_the_order_of_distances_are_perfect(metric):
    x = np.random.default_rng(0).normal(size=(60, 4))
    rotation = np.linalg.qr(np.random.default_rng(1).normal(size=(4, 4)))[0]
    assert metric(x, 3 * x @ rotation + 2) == 1


@pytest.mark.independent("trustworthiness", "continuity", by="a loop over ranks")
@given(n=st.integers(11, 40), k=st.integers(1, 5), seed=st.integers(0, 1000))
def test_trustworthiness_counts_ranks(n, k, seed):
    x, codes = np.random.default_rng(seed).normal(size=(2, n, 3))
    ranks, nearest = (np.linalg.norm(side[:, None] - side, axis=-1).argsort().argsort() for side in (x, codes))
    excess = sum(max(ranks[i, j] - k, 0) for i in range(n) for j in range(n) if 0 < nearest[i, j] <= k)
    expected = 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * excess
    assert trustworthiness(x, codes, k) == pytest.approx(expected)
    assert continuity(codes, x, k) == pytest.approx(expected)


def test_of_many_rows_trustworthiness_uses_2000_drawn_once_and_for_all():
    x, codes = np.random.default_rng(2).normal(size=(2, 2100, 2))
    rows = np.random.default_rng(0).permutation(2100)[:2000]
    expected = sklearn_trustworthiness(x[rows], codes[rows], n_neighbors=5)
    assert trustworthiness(x, codes) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("metric", [trustworthiness, continuity])
def test_an_error_names_the_side_that_it_is_about(metric):
    x, codes = np.random.default_rng(0).normal(size=(2, 20, 3))
    for name, sides in (("x", (x * np.nan, codes)), ("codes", (x, codes * np.nan))):
        with pytest.raises(ValueError, match=f"^{name} holds NaN"):
            metric(*sides)
    with pytest.raises(ValueError, match="20 rows of x and 19 of codes"):
        metric(x, codes[:19])
