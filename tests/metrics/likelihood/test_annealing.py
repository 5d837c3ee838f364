"""Annealed bounds and the integral over a grid: closed forms, and each held against the other."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import norm
from support.likelihood_cases import LinearGaussian, RandomDecoder, components, one_dimension

from aezoo.metrics.likelihood import AISSettings, ais_bound, grid_log_likelihood, importance_bounds, simulated_bounds
from aezoo.metrics.likelihood.annealing import AISSampler

QUICK = AISSettings(chains=8, temperatures=40, leapfrogs=3)


def simulated(density, n, seed=0):
    random = np.random.default_rng(seed)
    return density.simulate(random.standard_normal((n, density.latent_dim)), random)


def test_schedule_rises_from_zero_to_one():
    schedule = AISSettings(temperatures=7).schedule
    assert schedule[[0, -1]].tolist() == [0, 1]
    assert (np.diff(schedule) > 0).all()
    np.testing.assert_allclose(schedule + schedule[::-1], 1)


@pytest.mark.parametrize("field", ["chains", "temperatures", "leapfrogs"])
def test_settings_of_nothing_are_refused(field):
    with pytest.raises(ValueError, match="at least 1"):
        AISSettings(**{field: 0})


@pytest.mark.exact_metric("ais", "ais_noisy")
def test_annealing_is_exact_where_the_code_does_not_matter():
    density = components()
    density = LinearGaussian(0 * density.weights, density.offset, density.variance)
    x = simulated(density, 6)
    bound = ais_bound(density, x, settings=QUICK)
    assert bound["ais_binary"] == pytest.approx(density.exact_log_likelihood(x).mean(), abs=1e-9)
    assert bound["ais_gap"] == pytest.approx(0, abs=1e-9)


def test_reference_value():
    x = np.zeros((200, 1))
    lower = AISSampler(one_dimension(), x, AISSettings(64, 40, 3), np.random.default_rng(0)).lower()
    error = lower.std() / np.sqrt(len(x))
    assert error < 0.005
    assert lower.mean() == pytest.approx(-1.26551, abs=3 * error)


def test_bounds_enclose_the_likelihood_of_principal_components():
    density = components(d=5, pixels=20)
    bounds = simulated_bounds(density, 60, settings=AISSettings(16, 100, 4))
    exact = density.exact_log_likelihood(bounds.x)
    below, above = exact - bounds.lower, bounds.upper - exact
    assert below.mean() > -3 * below.std() / np.sqrt(60)
    assert above.mean() > -3 * above.std() / np.sqrt(60)
    assert (bounds.upper - bounds.lower).mean() < 0.5


@pytest.mark.parametrize("seed", [3, 8])
def test_annealed_and_importance_bounds_enclose_the_grid(seed):
    density = RandomDecoder.draw(seed)
    bounds = simulated_bounds(density, 12, settings=AISSettings(16, 80, 4))
    exact = grid_log_likelihood(density, bounds.x)
    below, above = exact - bounds.lower, bounds.upper - exact
    importance = exact - importance_bounds(density, bounds.x, 500)[0]
    for gap in (below, above, importance):
        assert -3 * gap.std() / np.sqrt(12) < gap.mean() < 0.2


def test_gap_closes_with_more_temperatures():
    density = components(d=5, pixels=20)
    x = np.zeros((20, 20))
    gaps = [ais_bound(density, x, settings=AISSettings(4, t, 3))["ais_gap"] for t in (2, 10, 60)]
    assert gaps[0] > gaps[1] > gaps[2] > 0


def test_annealed_weights_are_unbiased():
    """The mean of p-hat(x) / p(x) is 1 for the forward chain, that of p(x) / p-hat(x) for the backward one."""
    density = one_dimension()
    random = np.random.default_rng(5)
    z = random.standard_normal((4_000, 1))
    x = density.simulate(z, random)
    annealer = AISSampler(density, x, AISSettings(chains=1, temperatures=3, leapfrogs=2), random)
    exact = density.exact_log_likelihood(x)
    for ratios in (np.exp(annealer.lower() - exact), np.exp(exact - annealer.upper(z))):
        assert ratios.mean() == pytest.approx(1, abs=4 * ratios.std() / np.sqrt(len(ratios)))
        assert ratios.std() > 0.05


def test_moves_leave_the_posterior_as_it_is():
    density = one_dimension()
    random = np.random.default_rng(1)
    x = np.full((20_000, 1), 1.0)
    annealer = AISSampler(density, x, AISSettings(1, 1, 3), random)
    mean, covariance = density.exact_posterior(x)
    state = annealer._at((mean + np.sqrt(covariance[0, 0]) * random.standard_normal(mean.shape))[:, None])
    for _ in range(3):
        state, accepted = annealer._move(state, 0)
    assert state.z.mean() == pytest.approx(0.5, abs=4 * np.sqrt(0.5 / 20_000))
    assert state.z.var() == pytest.approx(0.5, rel=4 * np.sqrt(2 / 20_000))
    assert 0.5 < accepted.mean() <= 1


def test_step_sizes_shrink_where_the_posterior_is_narrow():
    annealer = AISSampler(
        one_dimension(variance=1e-4), np.zeros((3, 1)), AISSettings(8, 80, 3), np.random.default_rng(0)
    )
    assert (annealer.steps[-1] < 0.1).all()
    np.testing.assert_array_equal(annealer.steps[0], 0.5)


def test_ais_is_the_same_for_the_same_seed_and_another_for_another():
    density, x = RandomDecoder.draw(1), np.zeros((10, 12))
    first, again, other = (ais_bound(density, x, seed, QUICK)["ais_binary"] for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.exact_metric("grid")
@pytest.mark.parametrize(("d", "pixels"), [(1, 3), (2, 3), (2, 20)])
def test_grid_matches_the_closed_form(d, pixels):
    density = components(d=d, pixels=pixels, shift=9.0)
    x = simulated(density, 5)
    np.testing.assert_allclose(grid_log_likelihood(density, x), density.exact_log_likelihood(x), atol=1e-4)


@pytest.mark.parametrize("deviation", [0.3, 0.03, 0.003])
def test_grid_finds_narrow_posteriors(deviation):
    density = one_dimension(variance=deviation**2)
    x = np.array([[0.0], [1.2345], [-4.0]])
    np.testing.assert_allclose(grid_log_likelihood(density, x), density.exact_log_likelihood(x), atol=1e-4)


@pytest.mark.independent("grid", by="a plain sum")
def test_grid_of_a_network_matches_a_plain_sum_over_a_fine_one():
    density = RandomDecoder.draw(2)
    x = simulated(density, 3)
    axis = np.arange(-6, 6, 0.03) + 0.015
    z = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(1, -1, 2)
    masses = np.exp(density.log_likelihood(x, z) - 0.5 * np.square(z).sum(axis=-1)) * 0.03**2 / (2 * np.pi)
    np.testing.assert_allclose(grid_log_likelihood(density, x), np.log(masses.sum(axis=1)), atol=1e-3)


def test_a_grid_over_more_than_two_dimensions_is_refused():
    with pytest.raises(ValueError, match="3 dimensions"):
        grid_log_likelihood(components(d=3), np.zeros((1, 20)))


def test_a_grid_that_does_not_settle_says_so():
    with pytest.raises(ValueError, match="still moves"):
        grid_log_likelihood(one_dimension(), np.zeros((1, 1)), tolerance=0.0)


@dataclass(frozen=True, eq=False)
class WidePrior(LinearGaussian):
    """z ~ N(0, width^2 I)."""

    width: float = 10.0

    def sample_prior(self, n, random):
        return self.width * random.standard_normal((n, self.latent_dim))

    def log_prior(self, z):
        return norm.logpdf(z, scale=self.width).sum(axis=-1)

    def exact_log_likelihood(self, x):
        return norm.logpdf(x[:, 0], scale=np.sqrt(self.width**2 + self.variance))


def test_the_grid_reaches_as_far_as_the_prior():
    density = WidePrior(np.ones((1, 1)), np.zeros(1))
    x = np.array([[0.0], [30.0], [-45.0]])
    np.testing.assert_allclose(grid_log_likelihood(density, x), density.exact_log_likelihood(x), atol=1e-4)


def test_the_grid_reaches_an_image_unlike_those_of_the_prior():
    density = one_dimension(variance=1e-3)
    x = np.array([[12.0], [20.0]])
    np.testing.assert_allclose(grid_log_likelihood(density, x), density.exact_log_likelihood(x), atol=1e-3)


def test_codes_too_far_out_are_refused():
    with pytest.raises(ValueError, match="an image lie beyond 100"):
        grid_log_likelihood(one_dimension(variance=1e-3), np.array([[150.0]]))
    with pytest.raises(ValueError, match="too wide"):
        grid_log_likelihood(WidePrior(np.ones((1, 1)), np.zeros(1), width=100.0), np.zeros((1, 1)))
