"""Ranks of simulated codes: uniform for the exact posterior, and of known laws where it is shifted or too narrow."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest, norm
from support.likelihood_cases import FromPrior, components, one_dimension

from aezoo.metrics.likelihood import posterior_calibration, posterior_ranks
from aezoo.metrics.likelihood.posterior_calibration import uniform_distance

N = 2_000


def scores(density, n=N, seed=0):
    return tuple(posterior_calibration(density, np.zeros((n, 1 if density.latent_dim == 1 else 20)), seed).values())


@pytest.mark.parametrize("density", [one_dimension(), components()])
def test_ranks_under_the_exact_posterior_are_uniform(density):
    ranks = posterior_ranks(density, N)
    for column in ranks.T:  # 99 draws leave steps of 1/100, which the test hardly sees
        assert kstest(column, "uniform").pvalue > 1e-3
    miscalibration, spread = scores(density)
    assert miscalibration == pytest.approx(0.87 / N**0.5, abs=0.015)
    # The variance of a squared uniform deviation is 1/180, so that of 12 times its mean is 144 / 180 / n.
    assert spread == pytest.approx(1, abs=4 * (144 / 180 / N) ** 0.5)


def test_the_prior_is_calibrated_too_although_it_knows_nothing():
    miscalibration, spread = scores(FromPrior(one_dimension()))
    assert miscalibration < 0.05
    assert spread == pytest.approx(1, abs=0.08)


@pytest.mark.exact_metric("posterior_calibration")
@pytest.mark.parametrize(("shift", "log_widening"), [(0.5, 0.0), (0.0, -2.0), (0.0, 1.5), (-0.3, 0.7)])
def test_a_shifted_or_scaled_posterior_has_ranks_of_known_law(shift, log_widening):
    """p(z|x) = N(m, s^2) and q = N(m + a, (c s)^2): the rank of z is Phi((t - a / s) / c), t ~ N(0, 1)."""
    density = replace(one_dimension(), shift=shift, log_widening=log_widening)
    c, a = np.exp(log_widening / 2), shift / 0.5**0.5
    t = norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    expected = norm.cdf((t - a) / c)
    miscalibration, spread = scores(density)
    assert miscalibration == pytest.approx(uniform_distance(expected), abs=0.04)
    assert spread == pytest.approx(12 * expected.var(), abs=0.08)


@pytest.mark.independent("posterior_calibration", by="SciPy, the distance alone")
def test_the_distance_from_uniform_is_kolmogorovs():
    random = np.random.default_rng(0)
    for n in (1, 2, 50):
        ranks = random.random(n) ** 2
        assert uniform_distance(ranks) == pytest.approx(kstest(ranks, "uniform").statistic)
    assert uniform_distance(np.full(9, 0.5)) == pytest.approx(0.5)


def test_draws_that_equal_the_code_count_half():
    class Certain:
        latent_dim = 2

        def sample_prior(self, n, random):
            return random.standard_normal((n, 2))

        def simulate(self, z, random):
            return z

        def proposal(self, x):
            self.x = x
            return self

        def draw(self, k, random):
            return self.x[:, None], np.zeros((len(self.x), 1))

    np.testing.assert_allclose(posterior_ranks(Certain(), 5, draws=9), 0.5)


def test_no_draws_are_refused():
    with pytest.raises(ValueError, match="draws is 0"):
        posterior_calibration(one_dimension(), np.zeros((3, 1)), draws=0)
