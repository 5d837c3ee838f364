"""Precision, recall, density and coverage: exact vectors, the package prdc, ties and duplicates."""

import contextlib
import io
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prdc import compute_prdc

from aezoo.metrics.samples import precision_recall_density_coverage

NAMES = ("precision", "recall", "density", "coverage")
LINE = np.array([[0.0], [1], [2], [3], [100]])
NEAR_LINE = np.array([[0.1], [1.1], [2.1], [50], [51]])
GAPS = np.arange(10.0)[:, None] ** 1.5
GRIDS = st.tuples(st.integers(0, 10_000), st.integers(7, 40), st.integers(7, 40), st.integers(1, 4), st.integers(1, 6))


def scores(real, fake, k):
    result = precision_recall_density_coverage(real, fake, k)
    return tuple(result[name] for name in NAMES)


def reference(real, fake, k):
    with contextlib.redirect_stdout(io.StringIO()):
        result = compute_prdc(real, fake, nearest_k=k)
    return tuple(float(result[name]) for name in NAMES)


def by_loops(real, fake, k):
    def radius(points, i):
        return sorted(np.square(points[i] - point).sum() for point in points)[k]

    inside_real = [[np.square(f - r).sum() < radius(real, i) for f in fake] for i, r in enumerate(real)]
    inside_fake = [[np.square(f - r).sum() < radius(fake, j) for j, f in enumerate(fake)] for r in real]
    by_real, by_fake = np.array(inside_real), np.array(inside_fake)
    density = by_real.sum() / (k * len(fake))
    return by_real.any(0).mean(), by_fake.any(1).mean(), density, by_real.any(1).mean()


def grid(seed, n, m, d, values=4):
    random = np.random.default_rng(seed)
    return random.integers(0, values, (n, d)).astype(float), random.integers(0, values, (m, d)).astype(float)


def normal(seed, n, m, d):
    random = np.random.default_rng(seed)
    return random.normal(size=(n, d)), random.normal(0.3, 0.8, size=(m, d))


@pytest.mark.exact_metric("prdc")
@pytest.mark.parametrize(
    ("real", "fake", "k", "expected"),
    [
        (LINE, NEAR_LINE, 1, (1, 0.8, 1.6, 1)),
        (LINE, NEAR_LINE, 2, (1, 0.8, 1.1, 1)),
        (LINE, LINE, 1, (1, 1, 1, 1)),
        (GAPS, GAPS, 3, (1, 1, 1, 1)),
        (GAPS, GAPS + 1000, 3, (0, 0, 0, 0)),
    ],
)
def test_exact_vectors(real, fake, k, expected):
    assert scores(real, fake, k) == pytest.approx(expected, abs=1e-12)


def test_ties_keep_the_density_of_a_line_with_itself_below_1():
    assert precision_recall_density_coverage(LINE, LINE, 2)["density"] == pytest.approx(0.8)


def test_copies_of_one_real_image_are_precise_and_cover_little():
    real = np.random.default_rng(0).normal(size=(60, 4))
    copies = np.repeat(real[:1], 60, axis=0)
    assert scores(real, copies, 5) == pytest.approx((1, 0, 1.6, 0.1333), abs=1e-4)
    assert scores(real, copies, 5) == pytest.approx(reference(real, copies, 5))


def test_rows_that_are_all_alike_are_in_no_open_ball():
    assert scores(np.ones((9, 3)), np.ones((8, 3)), 5) == (0, 0, 0, 0)


def test_a_tight_cluster_inside_wide_reals_is_precise_with_little_recall():
    real, fake = np.random.default_rng(0).normal(size=(2, 500, 4))
    precision, recall, _, _ = scores(real, 0.1 * fake, 5)
    assert precision > 0.8
    assert recall < 0.3
    assert scores(0.1 * fake, real, 5)[:2] == (recall, precision)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(GRIDS)
def test_grids_full_of_ties_and_duplicates_match_prdc_exactly(drawn):
    seed, n, m, d, k = drawn
    real, fake = grid(seed, n, m, d)
    fake[: min(n, m) // 2] = real[: min(n, m) // 2]
    if k + 2 > min(n, m):
        k = 1
    assert scores(real, fake, k) == pytest.approx(reference(real, fake, k), abs=1e-12)


@pytest.mark.independent("prdc", by="prdc")
@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), d=st.integers(1, 70), k=st.integers(1, 8))
def test_real_numbers_match_prdc(seed, d, k):
    real, fake = normal(seed, 80, 50, d)
    assert scores(real, fake, k) == pytest.approx(reference(real, fake, k), abs=1e-12)


@pytest.mark.independent("prdc", by="loops")
@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    offset=st.sampled_from([0.0, 1e3, 1e7]),
    outlier=st.sampled_from([0.0, 1e6, 1e9]),
)
def test_rounding_decides_nothing_far_from_the_origin_or_beside_an_outlier(seed, offset, outlier):
    real, fake = normal(seed, 30, 25, 3)
    fake[:10] = real[:10]
    real[-1] += outlier
    real, fake = real + offset, fake + offset
    assert scores(real, fake, 4) == pytest.approx(by_loops(real, fake, 4), abs=1e-12)


@pytest.mark.parametrize("d", [1, 2, 64])
def test_a_copy_of_the_reals_has_every_pair_decided_as_within_the_reals(d):
    real, _ = normal(1, 700, 1, d)
    precision, recall, density, coverage = scores(real, real[::-1], 5)
    assert (precision, recall, density, coverage) == (1, 1, 1, 1)


def test_blocks_make_no_difference():
    real, fake = grid(3, 700, 600, 6)
    assert scores(real, fake, 5) == pytest.approx(reference(real, fake, 5), abs=1e-12)


def test_invariant_to_rotation_translation_scale_and_order():
    real, fake = normal(5, 300, 300, 8)
    rotation = np.linalg.qr(np.random.default_rng(0).normal(size=(8, 8)))[0]
    order = np.random.default_rng(1).permutation(300)
    assert scores((3 * real @ rotation + 50)[order], 3 * fake @ rotation + 50, 5) == scores(real, fake, 5)


def test_swapping_the_sides_swaps_precision_and_recall():
    real, fake = grid(6, 90, 110, 3)
    forth, back = scores(real, fake, 5), scores(fake, real, 5)
    assert forth[:2] == back[1::-1]


def test_expected_coverage_of_equal_distributions():
    k, n = 5, 1000
    real, fake = np.random.default_rng(0).normal(size=(2, n, 4))
    expected = 1 - np.prod([(n - i) / (2 * n - i) for i in range(1, k + 1)])
    result = precision_recall_density_coverage(real, fake, k)
    assert result["coverage"] == pytest.approx(expected, abs=0.025)
    assert result["density"] == pytest.approx(1, abs=0.1)


def test_memory_stays_far_below_a_matrix_of_all_pairs():
    real, fake = np.random.default_rng(0).normal(size=(2, 3000, 8))
    tracemalloc.start()
    precision_recall_density_coverage(real, fake)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3000 * 3000 * 8 / 2


@pytest.mark.parametrize(
    ("real", "fake", "k", "message"),
    [
        (LINE, LINE, 5, "at least 6 of each"),
        (LINE, LINE, 0, "at least 1"),
        (LINE, np.ones((5, 2)), 1, "one feature space"),
        (LINE, LINE * np.nan, 1, "NaN"),
        (LINE[:, 0], LINE, 1, "dimensions"),
    ],
)
def test_bad_input_is_refused(real, fake, k, message):
    with pytest.raises(ValueError, match=message):
        precision_recall_density_coverage(real, fake, k)
