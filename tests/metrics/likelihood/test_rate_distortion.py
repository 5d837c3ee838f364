"""Rates, active units, collapse and the aggregate posterior: exact values, limits and integrals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from aezoo.metrics import METRICS
from aezoo.metrics.likelihood import (
    active_units,
    aggregate_posterior,
    collapsed_dims,
    gaussian_rates,
    kl_per_dim,
    rate,
)
from aezoo.metrics.likelihood.aggregate_posterior import ROWS
from aezoo.metrics.likelihood.rate_distortion import kl_extremes
from aezoo.seeds import generator

POSTERIORS = st.tuples(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 4))


def posteriors(seed, n, d, spread=2.0):
    random = np.random.default_rng(seed)
    return random.normal(size=(n, d)) * spread, random.normal(size=(n, d)) - 1


@pytest.mark.parametrize(
    ("mean", "log_variance", "expected"), [(1.0, 0.0, 0.5), (0.0, 1.0, 0.3591409), (0.0, 0.0, 0.0)]
)
def test_divergence_of_known_gaussians(mean, log_variance, expected):
    assert kl_per_dim([[mean]], [[log_variance]])[0] == pytest.approx(expected, abs=5e-8)


@pytest.mark.independent("rate", "kl_per_dim", by="SciPy's integration")
@settings(max_examples=10, deadline=None)
@given(mean=st.floats(-3, 3), log_variance=st.floats(-4, 2))
def test_divergence_matches_its_integral(mean, log_variance):
    q = norm(mean, np.exp(log_variance / 2))
    low, high = q.mean() - 12 * q.std(), q.mean() + 12 * q.std()
    expected = quad(lambda z: q.pdf(z) * (q.logpdf(z) - norm.logpdf(z)), low, high)[0]
    assert gaussian_rates([[mean]], [[log_variance]])[0] == pytest.approx(expected, abs=1e-7)


@pytest.mark.exact_metric("rate", "kl_per_dim")
def test_rate_is_the_sum_over_dimensions_and_the_mean_over_images():
    mean, log_variance = [[1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [0.0, 0.0]]
    np.testing.assert_allclose(kl_per_dim(mean, log_variance), [0.5, 0.3591409 / 2], atol=5e-8)
    np.testing.assert_allclose(gaussian_rates(mean, log_variance), [0.5 + 0.3591409, 0.5], atol=5e-8)
    assert rate(gaussian_rates(mean, log_variance)) == pytest.approx(0.5 + 0.3591409 / 2, abs=5e-8)
    extremes = kl_extremes(mean, log_variance)
    assert extremes["kl_largest_dim"] == 0.5
    assert extremes["kl_smallest_dim"] == pytest.approx(0.3591409 / 2, abs=5e-8)


def test_rate_of_a_collapsed_model_is_exactly_zero():
    assert rate(gaussian_rates(np.zeros((9, 3)), np.zeros((9, 3)))) == 0


@pytest.mark.exact_metric("active_units")
def test_active_units_of_known_variances():
    signs = np.tile([1.0, -1.0], 50)[:, None]
    assert active_units(signs * [1.0, 0.0, 0.05, 0.11] + 7) == 2
    assert active_units(signs * [1.0, 0.0, 0.05, 0.11], threshold=0.002) == 3


@pytest.mark.exact_metric("collapsed_dims")
def test_collapsed_dims_of_known_shares():
    zeros = np.zeros((1_000, 4))
    assert collapsed_dims(zeros, zeros) == 1
    varying = zeros.copy()
    varying[:, 0] = 1.0
    varying[:10, 1] = 1.0
    varying[:11, 2] = 1.0
    assert collapsed_dims(varying, zeros) == 0.5
    assert collapsed_dims(varying, zeros, delta=0.011) == 0.75
    assert collapsed_dims(varying, zeros, epsilon=0.6) == 1


def test_identical_posteriors_tell_nothing():
    mean, log_variance = np.full((50, 3), 0.7), np.full((50, 3), -0.4)
    scores = aggregate_posterior(mean, log_variance)
    assert scores["mutual_information"] == pytest.approx(0, abs=1e-12)
    assert scores["aggregate_kl"] == pytest.approx(rate(gaussian_rates(mean, log_variance)))


@pytest.mark.exact_metric("aggregate_posterior")
def test_posteriors_far_apart_tell_all_that_so_many_images_can():
    mean = 100.0 * np.arange(64)[:, None]
    scores = aggregate_posterior(mean, np.zeros((64, 1)))
    assert scores["mutual_information"] == pytest.approx(4.158883, abs=5e-7)


@settings(max_examples=30, deadline=None)
@given(POSTERIORS)
def test_information_is_at_most_ln_n(drawn):
    mean, log_variance = posteriors(*drawn)
    assert aggregate_posterior(mean, log_variance)["mutual_information"] <= np.log(len(mean)) + 1e-9


def test_above_the_ceiling_the_divergence_is_that_of_too_few_images():
    """Codes fit the prior exactly, in 16 dimensions with a rate of 23 nats: KL is 0, and n images cannot show it."""
    n, variance = 2_000, np.exp(-2 * 23 / 16)
    mean = np.random.default_rng(0).normal(size=(n, 16)) * np.sqrt(1 - variance)
    scores = aggregate_posterior(mean, np.full((n, 16), np.log(variance)))
    assert scores["mutual_information"] == pytest.approx(np.log(n), abs=1e-3)
    assert scores["aggregate_kl"] == pytest.approx(23 - np.log(n), abs=0.3)


@pytest.mark.independent("aggregate_posterior", by="SciPy's integration")
def test_aggregate_divergence_matches_its_integral():
    few = posteriors(0, 4, 1)
    q = norm(few[0], np.exp(few[1] / 2))
    expected = quad(lambda z: q.pdf(z).mean() * (np.log(q.pdf(z).mean()) - norm.logpdf(z)), -12, 12, limit=200)[0]
    many = [np.tile(part, (500, 1)) for part in few]
    assert aggregate_posterior(*many)["aggregate_kl"] == pytest.approx(expected, abs=0.05)


def test_an_aggregate_equal_to_the_prior_has_no_divergence():
    mean = np.random.default_rng(0).normal(size=(2_000, 1)) * np.sqrt(0.75)
    scores = aggregate_posterior(mean, np.full((2_000, 1), np.log(0.25)))
    assert scores["aggregate_kl"] == pytest.approx(0, abs=0.04)
    assert scores["mutual_information"] == pytest.approx(0.5 * np.log(4), abs=0.04)


def test_information_by_blocks_matches_the_direct_sum():
    mean, log_variance = posteriors(1, ROWS + 3, 2)
    z = mean + np.exp(log_variance / 2) * generator(4, "aggregate posterior").standard_normal((len(mean), 2))
    densities = norm.pdf(z[:, None], mean, np.exp(log_variance / 2)).prod(axis=-1)
    expected = np.mean(np.log(densities.diagonal()) - np.log(densities.mean(axis=1)))
    assert aggregate_posterior(mean, log_variance, seed=4)["mutual_information"] == pytest.approx(expected)


@pytest.mark.parametrize("function", [gaussian_rates, kl_per_dim, collapsed_dims, aggregate_posterior])
def test_differing_shapes_are_refused(function):
    with pytest.raises(ValueError, match="one variance a mean"):
        function(np.zeros((4, 2)), np.zeros((4, 3)))


@pytest.mark.parametrize("rates", [[1.0, np.nan], [[1.0]], []])
def test_rates_are_a_finite_vector(rates):
    with pytest.raises(ValueError, match="rates"):
        rate(rates)


def test_a_rate_that_chance_takes_below_zero_lies_in_its_range():
    low, high = METRICS.get("rate").scores[0].range
    assert low <= rate([-0.1, 0.05]) <= high
