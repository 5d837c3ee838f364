"""Laws of the checks have the moments and supports that their names say."""

import numpy as np
import pytest

from aezoo.audit.checks import laws, load_checks, own
from aezoo.audit.checks.supports import OVERLAP

N = 20_000


def draw(law, n=N):
    return law(np.random.default_rng(0), n)


def test_moments():
    assert draw(laws.gaussian(2, 3.0, 0.5)).mean(axis=0) == pytest.approx([3, 3], abs=0.02)
    assert draw(laws.gaussian(2, 3.0, 0.5)).std(axis=0) == pytest.approx([0.5, 0.5], abs=0.02)
    two = draw(laws.mixture(np.array([[0.0], [10.0]]), 0.1, np.array([3.0, 1.0])))
    assert (two > 5).mean() == pytest.approx(0.25, abs=0.02)
    assert np.median(draw(laws.pareto(2.0))) == pytest.approx(2**0.5, abs=0.03)


def test_supports():
    shell = np.linalg.norm(draw(laws.sphere_surface(16, 0.7), 100), axis=1)
    assert shell == pytest.approx(np.full(100, 0.7))
    inside = np.linalg.norm(draw(laws.ball(3, 2.0)), axis=1)
    assert inside.max() < 2
    assert np.mean(inside < 1) == pytest.approx(1 / 8, abs=0.01)
    ring = draw(laws.torus(1.0, 0.1))
    assert np.hypot(np.hypot(ring[:, 0], ring[:, 1]) - 1, ring[:, 2]).max() <= 0.1
    for d in (1, 8, 64):
        inside = (draw(laws.cube(d, 1 - OVERLAP ** (1 / d))) <= 1).all(axis=1)
        assert inside.mean() == pytest.approx(OVERLAP, abs=0.01)


def test_parts():
    law = laws.gaussian(2)
    outlying = draw(laws.with_outlier(law, 9.0), 5)
    assert outlying[4:].tolist() == [[9.0, 9.0]]
    assert np.array_equal(outlying[:4], draw(law, 5)[:4])
    mixed = draw(laws.shares((0.3, laws.gaussian(1, 100)), (0.7, laws.gaussian(1))), 10)
    assert (mixed > 50).sum() == 3
    assert np.array_equal(draw(laws.rounded(law), 9), np.round(draw(law, 9)))
    assert np.array_equal(draw(laws.scaled(law, np.array([1, 7.0])), 9), draw(law, 9) * [1, 7])
    assert draw(laws.columns(law, laws.gaussian(3)), 4).shape == (4, 5)


def test_matched_moments_match():
    (series,) = own.moments_matched()
    two, one = (draw(getattr(series.cases[1], side)) for side in ("real", "fake"))
    assert one.mean(axis=0) == pytest.approx(two.mean(axis=0), abs=0.1)
    assert np.cov(one.T) == pytest.approx(np.cov(two.T), abs=0.2)


def test_one_mode_for_two_has_the_variances_that_its_title_says():
    check = load_checks()["one-mode-for-two"]
    case = check.series()[0].cases[-1]
    assert case.point == 5
    assert "variance 1 + m²/4, against one of variance 1 + m²," in check.title
    assert draw(case.real).var() == pytest.approx(1 + 5**2 / 4, rel=0.02)
    assert draw(case.fake).var() == pytest.approx(1 + 5**2, rel=0.03)
