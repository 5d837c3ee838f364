"""Clipped density and coverage: values of the published code, loops, the share of bad images, ties and duplicates."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aezoo.metrics.samples import clipped_density_coverage
from aezoo.metrics.samples.clipped_density_coverage import equivalent_share, expected_coverage


def normal(seed, n, m, d):
    random = np.random.default_rng(seed)
    return random.normal(size=(n, d)), random.normal(1.0, 0.6, size=(m, d))


def scores(real, fake, k=5):
    return tuple(clipped_density_coverage(real, fake, k).values())


def by_loops(real, fake, k):
    """Both scores from their definition, with rational numbers for g."""
    n, m = len(real), len(fake)
    squared = np.square(real[:, None] - real[None]).sum(axis=2)
    radii = np.sort(squared, axis=1)[:, k]
    clipped = np.minimum(np.sqrt(radii), np.median(np.sqrt(radii)))
    to_fakes = np.square(real[:, None] - fake[None]).sum(axis=2)
    around_fakes = (np.sqrt(to_fakes) <= clipped[:, None] * (1 + 1e-12)).sum(axis=0)
    around_reals = (np.sqrt(squared) <= clipped[:, None] * (1 + 1e-12)).sum(axis=0) - 1
    density = np.minimum(around_fakes / k, 1).mean() / np.minimum(around_reals / k, 1).mean()
    covered = Fraction(int(np.minimum((to_fakes < radii[:, None]).sum(axis=1), k).sum()), k * n)
    return min(1.0, density), sum(value < covered for value in exact_coverage(n, m, k)) / (m + 1)


def exact_coverage(n, m, k):
    """f(0..m) as rational numbers: of m fakes, J are in a ball that holds k of the n - 1 other reals."""

    def probability(j, trials):  # of orders of k - 1 + j inside and the others outside, the k-th real last inside
        return Fraction(comb(k - 1 + j, j) * comb(n - k - 1 + trials - j, trials - j), comb(n - 1 + trials, trials))

    return [
        Fraction(0) if trials < k else sum(min(j, k) * probability(j, trials) for j in range(trials + 1)) / k
        for trials in range(m + 1)
    ]


@pytest.mark.independent("clipped_density_coverage", by="its authors' code")
@pytest.mark.parametrize(
    ("case", "k", "expected"),
    [
        ((0, 60, 50, 4), 5, (0.8217391304347825, 0.3333333333333333)),
        ((1, 101, 80, 2), 3, (0.7946323529411764, 0.35802469135802467)),
        ((2, 40, 200, 6), 1, (0.7230769230769231, 0.1044776119402985)),
        ((3, 120, 40, 3), 6, (0.7982261640798227, 0.5853658536585366)),
        ((4, 51, 99, 8), 2, (0.9105003523608174, 0.18)),
    ],
)
def test_values_of_the_published_code(case, k, expected):
    """Computed by the code of the paper's authors, nicolassalvy/ClippedDensityCoverage."""
    assert scores(*normal(*case), k) == pytest.approx(expected, abs=1e-12)


def test_the_calibration_is_that_of_the_published_code_and_of_rational_numbers():
    published = [0, 0, 0, 0.33333333333333315, 0.4343434343434338, 0.5213675213675207, 0.5944055944055947]
    assert expected_coverage(9, 6, 3) == pytest.approx(published, abs=1e-12)
    for n, m, k in ((9, 6, 3), (30, 17, 5), (12, 4, 6), (8, 30, 1)):
        assert expected_coverage(n, m, k) == pytest.approx([float(f) for f in exact_coverage(n, m, k)], abs=1e-12)


@pytest.mark.independent("clipped_density_coverage", by="loops, rational numbers")
@settings(max_examples=40)
@given(st.tuples(st.integers(0, 10_000), st.integers(9, 30), st.integers(1, 30), st.integers(1, 3)), st.integers(1, 6))
def test_ties_and_duplicates_are_counted_as_by_loops(case, k):
    seed, n, m, d = case
    random = np.random.default_rng(seed)
    real, fake = random.integers(0, 4, (n, d)).astype(float), random.integers(0, 4, (m, d)).astype(float)
    assert scores(real, fake, k) == pytest.approx(by_loops(real, fake, k), abs=1e-12)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_a_share_of_far_fakes_takes_the_same_share_of_density(share):
    real, fake = normal(0, 400, 400, 4)
    spoilt = fake.copy()
    whole, _ = scores(real, fake)
    bad = int(share * len(fake))
    # Every fake is repeated, so that those left are a fair share of all.
    repeated, spoilt = np.repeat(fake, 400, axis=0), np.repeat(fake, 400, axis=0).reshape(400, 400, 4)
    spoilt[:, :bad] = 1e6
    assert scores(real, spoilt.reshape(-1, 4))[0] == pytest.approx((1 - share) * whole, rel=1e-12)
    assert scores(real, repeated)[0] == pytest.approx(whole, rel=1e-12)


def test_coverage_is_the_share_of_good_images_in_expectation():
    """Of 1,000 fakes a share is drawn as the reals are, the others are far: g has a spread of about 0.03 here."""
    random = np.random.default_rng(0)
    real, fake = random.normal(size=(2, 1_000, 3))
    for share in (0.2, 0.5, 0.9):
        mixed = np.where(np.arange(1_000)[:, None] < share * 1_000, fake, 1e6)
        assert scores(real, mixed)[1] == pytest.approx(share, abs=0.1)


@pytest.mark.exact_metric("clipped_density_coverage")
def test_reals_against_themselves_are_perfect_and_far_fakes_worthless():
    real, _ = normal(0, 200, 1, 5)
    assert scores(real, real) == (1.0, 1.0)
    assert scores(real, real + 1e3) == (0.0, 0.0)


def test_one_outlier_among_the_reals_lifts_density_but_not_clipped_density():
    """Naeem et al. show it of precision: the outlier's ball is wide and holds bad fakes."""
    random = np.random.default_rng(0)
    real = np.vstack([random.normal(size=(199, 2)), np.full((1, 2), 60.0)])
    bad = random.normal(30, 1, size=(200, 2))
    from aezoo.metrics.samples import precision_recall_density_coverage

    assert precision_recall_density_coverage(real, bad)["precision"] == 1
    assert scores(real, bad)[0] == 0


def test_sides_are_not_exchanged():
    wide, tight = np.random.default_rng(0).normal(size=(2, 500, 4)) * np.array([1, 0.2])[:, None, None]
    density, coverage = scores(wide, tight)
    assert density > 0.9
    assert coverage < 0.3


def test_what_equals_the_expected_coverage_of_m_images_has_a_share_of_m():
    f = expected_coverage(50, 20, 5)
    assert [equivalent_share(f[m], 50, 20, 5) for m in (5, 12, 20)] == [5 / 21, 12 / 21, 20 / 21]
    assert [equivalent_share(f[m] * (1 + 1e-9), 50, 20, 5) for m in (5, 12, 20)] == [6 / 21, 13 / 21, 1.0]
    assert equivalent_share(0.0, 50, 20, 5) == 0


@pytest.mark.parametrize(("real", "k"), [(np.zeros((6, 2)), 5), (np.zeros((9, 2)), 0), (np.zeros((9, 3)), 5)])
def test_bad_arguments_are_refused(real, k):
    with pytest.raises(ValueError, match="give a k|feature space"):
        clipped_density_coverage(real, np.zeros((9, 2)), k)
