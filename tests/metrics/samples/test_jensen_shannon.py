"""The Jensen-Shannon bound: laws whose distance is an integral, its ends, and the choice among classifiers."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from aezoo.metrics.samples import jensen_shannon
from aezoo.metrics.samples.jensen_shannon import largest_jensen_shannon


def exact_distance(p, q):
    """Of two densities on the line, by numerical integration, base 2."""

    def integrand(x):
        a, b = p(x), q(x)
        middle = (a + b) / 2
        return (a * np.log2(a / middle) + b * np.log2(b / middle)) / 2

    return quad(integrand, -15, 15)[0] ** 0.5


def estimates(shift, scale, sets=20, n=2_000):
    for seed in range(sets):
        random = np.random.default_rng(seed)
        yield jensen_shannon(random.normal(size=(n, 1)), shift + scale * random.normal(size=(n, 1)), seed) ** 2


@pytest.mark.independent("jensen_shannon", by="SciPy's integration")
@pytest.mark.parametrize(("shift", "scale", "expected"), [(1, 1, 0.4009329), (0, 2, None)])
def test_gaussians_are_bounded_by_their_distance_and_come_close(shift, scale, expected):
    exact = exact_distance(norm.pdf, norm(shift, scale).pdf)
    assert expected is None or exact == pytest.approx(expected, abs=1e-6)
    squares = np.array(list(estimates(shift, scale)))
    error = squares.std(ddof=1) / len(squares) ** 0.5
    assert squares.mean() < exact**2 + 4 * error
    assert squares.mean() > 0.95 * exact**2 - 4 * error


@pytest.mark.exact_metric("jensen_shannon")
def test_equal_sides_are_near_0_and_sides_apart_near_1():
    random = np.random.default_rng(0)
    one, other = random.normal(size=(2, 2_000, 8))
    assert jensen_shannon(one, other, 0) < 0.1
    assert jensen_shannon(one, other + 50, 0) == pytest.approx(1, abs=1e-3)
    assert jensen_shannon(one, one, 0) == 0


def test_a_classifier_that_is_too_sure_of_itself_gives_no_negative_number():
    one, other = np.random.default_rng(0).normal(size=(2, 40, 30))
    assert jensen_shannon(one, other, 0) == 0


def test_the_sides_can_be_exchanged():
    random = np.random.default_rng(1)
    real, fake = random.normal(size=(400, 3)), 0.5 + random.normal(size=(400, 3))
    assert jensen_shannon(real, fake, 3) == pytest.approx(jensen_shannon(fake, real, 3), abs=1e-6)


def test_the_space_that_tells_the_sides_apart_is_taken():
    random = np.random.default_rng(0)
    blind = tuple(random.normal(size=(2, 1_000, 4)))
    seeing = random.normal(size=(1_000, 2)), 1 + random.normal(size=(1_000, 2))
    alone = largest_jensen_shannon({"b": seeing[0]}, {"b": seeing[1]}, 5)
    both = largest_jensen_shannon({"a": blind[0], "b": seeing[0]}, {"b": seeing[1], "a": blind[1]}, 5)
    assert both == alone == jensen_shannon(*seeing, 5)
    assert alone > jensen_shannon(*blind, 5)


def test_a_constant_column_changes_nothing():
    random = np.random.default_rng(0)
    real, fake = random.normal(size=(300, 2)), 1 + random.normal(size=(300, 2))
    wider = [np.hstack([side, np.ones((300, 1))]) for side in (real, fake)]
    assert jensen_shannon(*wider, 0) == pytest.approx(jensen_shannon(real, fake, 0), abs=1e-4)


@pytest.mark.parametrize(
    ("real", "fake", "words"),
    [
        ({"a": np.zeros((9, 2))}, {"b": np.zeros((9, 2))}, "give the same"),
        ({}, {}, "give the same"),
        ({"a": np.zeros((9, 2))}, {"a": np.zeros((8, 2))}, "as many of each"),
        ({"a": np.zeros((7, 2))}, {"a": np.zeros((7, 2))}, "at least 8"),
    ],
)
def test_sides_that_do_not_match_are_refused(real, fake, words):
    with pytest.raises(ValueError, match=words):
        largest_jensen_shannon(real, fake, 0)
