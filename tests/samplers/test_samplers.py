"""Samplers against what they were fitted to."""

from __future__ import annotations

import numpy as np
import pytest

from aezoo.samplers import SAMPLERS, Latent, NotApplicableError


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
