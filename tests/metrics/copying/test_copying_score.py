"""Data-copying test: closed forms, SciPy, loops and invariances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from aezoo.metrics.copying import copying_score
from aezoo.metrics.copying.copying_score import rank_test

SEEDS = st.integers(0, 10_000)


def draws(seed, *sizes, d=4):
    random = np.random.default_rng(seed)
    return [random.normal(size=(size, d)) for size in sizes]


def moved(points):
    rotation = np.linalg.qr(np.random.default_rng(9).normal(size=(points.shape[1],) * 2))[0]
    return 3 * points @ rotation + 50


@pytest.mark.parametrize(
    ("further", "usual", "z"),
    [
        (np.zeros(1000), np.arange(1.0, 1001), -38.720116),
        (np.full(1000, 2000.0), np.arange(1.0, 1001), 38.720193),
        (np.ones(1000), np.ones(1000), 3.87e-5),
        (np.zeros(10), np.arange(1.0, 11), -3.741848),
    ],
)
def test_closed_forms_of_the_rank_test(further, usual, z):
    assert rank_test(further, usual)[0] == pytest.approx(z, abs=1e-6)


@pytest.mark.independent("copying_score", by="SciPy, a loop")
@given(SEEDS, st.integers(1, 40), st.integers(1, 40))
def test_the_rank_test_matches_scipy_and_a_loop_with_ties(seed, n, m):
    random = np.random.default_rng(seed)
    first, second = random.integers(0, 9, n).astype(float), random.integers(0, 9, m).astype(float)
    wins = np.mean([[float(a > b) + 0.5 * float(a == b) for b in second] for a in first])
    z, auc = rank_test(first, second)
    assert auc == pytest.approx(wins)
    assert auc == pytest.approx(mannwhitneyu(first, second).statistic / (n * m))
    assert rank_test(second, first)[1] == pytest.approx(1 - auc)
    assert z * np.sqrt(n * m * (n + m + 1) / 12) == pytest.approx(n * m * (auc - 0.5) + 0.5)


@pytest.mark.exact_metric("copying_score")
def test_copying_score_of_copies_of_far_images_and_of_held_out_ones():
    train, held_out, fake = draws(1, 1500, 1000, 1000)
    copies = copying_score(train, held_out, train[:1000])
    far = copying_score(train, held_out, fake * 20)
    same = copying_score(train, held_out, fake)
    assert copies["copying_z"] == pytest.approx(-38.720116, abs=1e-6)
    assert copies["copying_auc"] == 0
    assert copies["copying_cells"] < -5
    assert far["copying_z"] > 30
    assert far["copying_auc"] > 0.95
    assert abs(same["copying_z"]) < 3
    assert abs(same["copying_cells"]) < 1


def test_cells_see_copies_that_distant_samples_elsewhere_make_up_for():
    random = np.random.default_rng(0)
    near, away = random.normal(size=(2, 900, 3)), np.array([100.0, 0, 0])
    train = np.concatenate([near[0][:500], near[1][:500] + away])
    held_out = np.concatenate([near[0][500:], near[1][500:] + away])
    fake = np.concatenate([near[0][:400], 1.5 * random.normal(size=(400, 3)) + away])
    cells = np.array([[0.0, 0, 0], away])
    scores = copying_score(train, held_out, fake, cells=cells)
    halves = [copying_score(train, held_out[own], fake[own])["copying_z"] for own in np.s_[:400, 400:]]
    assert halves[0] < -20 < 0 < halves[1]
    assert scores["copying_cells"] == pytest.approx(np.mean(halves), rel=0.02)


def test_copying_score_is_unmoved_by_similarity_and_order():
    train, held_out, fake = draws(2, 400, 300, 300)
    cells = train[:4]
    expected = copying_score(train, held_out, fake, cells=cells)
    args = (moved(side)[::-1] for side in (train, held_out, fake))
    assert copying_score(*args, cells=moved(cells)) == pytest.approx(expected)


def test_cells_with_too_few_images_leave_no_score():
    with pytest.raises(ValueError, match="no cell holds 20"):
        copying_score(*draws(0, 50, 15, 15))
