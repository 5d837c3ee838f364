"""Samplers against what they were fitted to."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest
from sklearn.neighbors import KernelDensity

from aezoo.samplers import SAMPLERS, Latent, NotApplicableError, default_samplers
from aezoo.samplers.kde import BANDWIDTHS, bandwidth
from aezoo.samplers.standardised import Standardisation
from aezoo.source import reachable, source_digest
from aezoo.testing.samplers import latents


@pytest.fixture
def two_clusters():
    rng = np.random.default_rng(0)
    signs = np.where(rng.random(4_000) < 0.25, -1, 1)[:, None]
    return (signs * 20 + rng.standard_normal((4_000, 2))).astype(np.float32)


def test_the_mixture_has_the_moments_of_its_codes_and_no_order(two_clusters):
    drawn = SAMPLERS.get("gaussian-mixture")(Latent(two_clusters), 4_000, 1)
    np.testing.assert_allclose(drawn.mean(axis=0), two_clusters.mean(axis=0), atol=1.5)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(two_clusters.T), rtol=0.1)
    negative = drawn[:, 0] < 0
    assert negative.mean() == pytest.approx(0.25, abs=0.03)
    for part in np.array_split(negative, 10):
        assert part.mean() == pytest.approx(0.25, abs=0.1)


def test_the_mixture_needs_enough_codes_for_its_covariances():
    with pytest.raises(NotApplicableError, match="100 codes of 3 dimensions; the mixture needs 300"):
        SAMPLERS.get("gaussian-mixture")(Latent(np.zeros((100, 3), np.float32)), 5, 0)
    with pytest.raises(NotApplicableError, match="no encoder"):
        SAMPLERS.get("gaussian-mixture")(Latent(np.zeros((100, 0), np.float32)), 5, 0)


def test_the_standard_normal_is_for_models_without_a_prior(two_clusters):
    sampler = SAMPLERS.get("standard-normal")
    drawn = sampler(Latent(two_clusters), 20_000, 0)
    np.testing.assert_allclose(np.cov(drawn.T), np.eye(2), atol=0.05)
    with pytest.raises(NotApplicableError, match="prior of its own"):
        sampler(Latent(two_clusters, prior=lambda n, seed: two_clusters[:n]), 5, 0)


def test_the_prior_is_the_models(two_clusters):
    sampler = SAMPLERS.get("prior")
    drawn = sampler(Latent(two_clusters, prior=lambda n, seed: np.full((n, 2), seed)), 3, 7)
    np.testing.assert_array_equal(drawn, np.full((3, 2), 7))
    with pytest.raises(NotApplicableError, match="no prior"):
        sampler(Latent(two_clusters), 3, 7)


def test_models_are_sampled_by_three_samplers_unless_others_are_asked_for():
    assert default_samplers() == ["gaussian-mixture", "prior", "standard-normal"]


def test_a_model_of_symbols_is_sampled_by_their_prior_as_well():
    assert default_samplers(discrete=True) == ["code-prior", "gaussian-mixture", "prior", "standard-normal"]


def test_the_digest_of_a_sampler_is_of_what_it_shares_with_others_too(monkeypatch):
    modules = {name for name, _ in reachable("aezoo.samplers.flow", "aezoo.samplers", without=("aezoo.samplers",))}
    assert modules == {f"aezoo.samplers.{name}" for name in ("flow", "fitting", "standardised")}
    assert SAMPLERS.digest("flow") == source_digest("aezoo.samplers.flow", "aezoo.samplers", ("aezoo.samplers",))


def test_the_gaussian_has_mean_and_covariance_of_its_codes(two_clusters):
    drawn = SAMPLERS.get("gaussian")(Latent(two_clusters), 100_000, 1)
    expected = np.cov(two_clusters.T.astype(np.float64), bias=True)
    error = 5 * np.sqrt(2 * expected.max() ** 2 / len(drawn))
    np.testing.assert_allclose(np.cov(drawn.T), expected, atol=error)
    np.testing.assert_allclose(drawn.mean(axis=0), two_clusters.mean(axis=0), atol=5 * np.sqrt(expected.max() / 1e5))
    assert kstest((drawn[:, 0] - drawn[:, 0].mean()) / drawn[:, 0].std(), "norm").pvalue > 1e-3


def test_a_gaussian_of_codes_on_a_line_stays_on_it():
    codes = np.outer(np.linspace(-1, 1, 30), [3, 4]).astype(np.float32) + np.float32(2)
    across = (SAMPLERS.get("gaussian")(Latent(codes), 200, 0) - 2) @ np.array([4, -3])
    np.testing.assert_allclose(across, 0, atol=1e-4)


def test_the_bandwidth_is_the_one_under_which_held_out_codes_are_most_likely():
    codes = np.random.default_rng(0).standard_normal((1_000, 3)).astype(np.float32)
    held_out, centres = codes[:100], codes[100:]
    scores = [KernelDensity(bandwidth=h).fit(centres).score(held_out) for h in BANDWIDTHS]
    assert bandwidth(codes) == BANDWIDTHS[np.argmax(scores)]


def test_kernel_draws_have_the_variance_of_codes_and_kernel(two_clusters):
    drawn = SAMPLERS.get("kde")(Latent(two_clusters), 20_000, 0)
    negative = drawn[:, 0] < 0
    assert negative.mean() == pytest.approx((two_clusters[:, 0] < 0).mean(), abs=0.015)
    h = bandwidth(Standardisation.of(two_clusters).forth(np.random.default_rng(0).permutation(two_clusters)))
    assert 0.01 < h < 0.1  # clusters as wide as 1/17 of all codes
    spread = two_clusters[two_clusters[:, 0] > 0].var(axis=0) + (h * two_clusters.std(axis=0)) ** 2
    np.testing.assert_allclose(drawn[~negative].var(axis=0), spread, rtol=0.06)


def test_kernels_leave_a_constant_dimension_alone():
    codes = np.stack([np.random.default_rng(0).standard_normal(200), np.full(200, 0.1)], axis=1).astype(np.float32)
    drawn = SAMPLERS.get("kde")(Latent(codes), 50, 0)
    assert (drawn[:, 1] == np.float32(0.1)).all()
    assert len(np.unique(drawn[:, 0])) == 50


def test_the_posterior_is_drawn_from_or_else_the_codes_themselves(two_clusters):
    sampler = SAMPLERS.get("posterior")
    given = sampler(Latent(two_clusters, posterior=lambda n, seed: np.full((n, 2), seed)), 3, 7)
    np.testing.assert_array_equal(given, np.full((3, 2), 7))
    drawn = sampler(Latent(two_clusters), 1_000, 0)
    codes = {tuple(code) for code in two_clusters}
    assert all(tuple(code) in codes for code in drawn)
    assert len({tuple(code) for code in drawn}) > 800
    with pytest.raises(NotApplicableError, match="no encoder"):
        sampler(Latent(np.zeros((9, 0), np.float32)), 3, 7)


@pytest.mark.parametrize("name", ["gaussian", "kde"])
def test_a_density_is_of_a_continuous_code(name):
    with pytest.raises(NotApplicableError, match="the code is discrete"):
        SAMPLERS.get(name)(latents()["a model of symbols"], 5, 0)
    with pytest.raises(NotApplicableError, match="no encoder"):
        SAMPLERS.get(name)(Latent(np.zeros((50, 0), np.float32)), 5, 0)
