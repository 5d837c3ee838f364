"""The rate-distortion curve: closed forms of linear decoders, its slope, and the bounds that it obeys."""

import numpy as np
import pytest
from support.likelihood_cases import RandomDecoder, components, one_dimension

from aezoo.metrics.likelihood import (
    AISSettings,
    annealed_rate_distortion,
    grid_log_likelihood,
    rate_distortion,
    rate_distortion_curve,
)
from aezoo.metrics.likelihood.rate_distortion_curve import POWERS, rate_distortion_points
from aezoo.testing.likelihood_cases import LinearGaussian


def test_a_linear_decoder_has_its_closed_form():
    """x = 1, f(z) = z, beta = 1/2: q = N(1/2, 1/2), R = KL(q || N(0, 1)) = 0.2215736, D = 1/4 + 1/2."""
    curve = rate_distortion(one_dimension(), np.ones((1, 1)), (1.0,))
    squares = 2 * (curve.distortions - np.log(2 * np.pi) / 2)
    assert curve.rates[0, 0] == pytest.approx(0.2215736, abs=1e-4)
    assert squares[0, 0] == pytest.approx(0.75, abs=1e-3)


def closed_form(density, x, power):
    """Rates and distortions of a linear decoder: q_t has precision I + t W'W / s^2 and mean t S W' (x - b) / s^2."""
    w, centred, (pixels, d) = density.weights, x - density.offset, density.weights.shape
    covariance = np.linalg.inv(np.eye(d) + power * w.T @ w / density.variance)
    means = power * centred @ w @ covariance / density.variance
    rates = 0.5 * (np.trace(covariance) + np.square(means).sum(axis=1) - d - np.linalg.slogdet(covariance)[1])
    squares = np.square(centred - means @ w.T).sum(axis=1) + np.trace(w @ covariance @ w.T)
    return rates, 0.5 * (squares / density.variance + pixels * np.log(2 * np.pi * density.variance))


@pytest.mark.exact_metric("rate_distortion_curve")
@pytest.mark.parametrize("power", [0.05, 0.3, 1.0])
def test_every_point_of_a_linear_decoder_of_two_dimensions_is_gaussian(power):
    density = components(d=2, pixels=6)
    x = density.simulate(np.random.default_rng(0).normal(size=(4, 2)), np.random.default_rng(1))
    curve = rate_distortion(density, x, (power,))
    rates, distortions = closed_form(density, x, power)
    np.testing.assert_allclose(curve.rates[0], rates, atol=2e-3)
    np.testing.assert_allclose(curve.distortions[0], distortions, atol=5e-3)


def test_annealing_finds_the_closed_form_in_one_dimension():
    """x = 1, f(z) = z, beta = 1/2 again: R = 0.2215736, D = 3/4."""
    x = np.ones((400, 1))
    curve = annealed_rate_distortion(one_dimension(), x, (1.0,), settings=AISSettings(16, 40, 4))
    squares = 2 * (curve.distortions[0] - np.log(2 * np.pi) / 2)
    assert squares.mean() == pytest.approx(0.75, abs=4 * squares.std() / 20)
    assert curve.rates[0].mean() == pytest.approx(0.2215736, abs=0.01)


def test_annealing_finds_the_closed_form_in_eight_dimensions():
    density = components(d=8, pixels=12)
    x = density.simulate(np.random.default_rng(0).normal(size=(60, 8)), np.random.default_rng(1))
    powers = (0.03, 0.3, 1.0)
    curve = annealed_rate_distortion(density, x, powers)
    for row, power in enumerate(powers):
        for found, exact in zip((curve.rates, curve.distortions), closed_form(density, x, power), strict=True):
            errors = found[row] - exact
            assert abs(errors.mean()) < 4 * errors.std() / np.sqrt(len(x)) + 0.05
    assert (np.diff(curve.rates.mean(axis=1)) > 0).all()


def test_scores_are_annealed_above_two_dimensions():
    density = components(d=3, pixels=5)
    x = density.simulate(np.random.default_rng(0).normal(size=(10, 3)), np.random.default_rng(1))
    curve = annealed_rate_distortion(density, x, POWERS, seed=5)
    scores = rate_distortion_points(density, x, seed=5)
    assert scores["rd_rate_0.1"] == curve.rates[POWERS.index(0.1)].mean()


def test_the_slope_is_minus_the_power_and_rates_fall_as_distortions_rise():
    """dR / dD = -t, by differences of neighbouring powers, of a decoder that is not linear."""
    density = RandomDecoder.draw(0)
    x = density.simulate(np.random.default_rng(2).normal(size=(2, 2)), np.random.default_rng(3))
    powers = (0.3, 0.33, 0.36, 0.9, 0.95, 1.0)
    curve = rate_distortion(density, x, powers)
    assert (np.diff(curve.rates, axis=0) > 0).all()
    assert (np.diff(curve.distortions, axis=0) < 0).all()
    slopes = np.diff(curve.rates, axis=0) / np.diff(curve.distortions, axis=0)
    middles = (np.array(powers)[1:] + np.array(powers)[:-1]) / 2
    for row in (0, 1, 3, 4):
        np.testing.assert_allclose(slopes[row], -middles[row], rtol=0.02)


def test_at_power_1_rate_and_distortion_are_minus_the_log_likelihood():
    density = RandomDecoder.draw(1)
    x = density.simulate(np.random.default_rng(2).normal(size=(3, 2)), np.random.default_rng(3))
    curve = rate_distortion(density, x, (1.0,))
    np.testing.assert_allclose(-(curve.rates + curve.distortions)[0], grid_log_likelihood(density, x), atol=1e-9)


@pytest.mark.parametrize("d", [1, 2])
def test_cells_that_images_share_give_what_cells_of_their_own_do(monkeypatch, d):
    density = components(d=d, pixels=6)
    x = density.simulate(np.random.default_rng(0).normal(size=(3, d)), np.random.default_rng(1))
    curves = []
    for wide in (1, 10**9):
        monkeypatch.setattr(rate_distortion_curve, "WIDE", wide)
        curves.append(rate_distortion(density, x, (0.01, 1.0)))
    np.testing.assert_allclose(curves[0].rates, curves[1].rates, atol=1e-9)
    np.testing.assert_allclose(curves[0].distortions, curves[1].distortions, atol=1e-9)


def test_a_decoder_that_ignores_its_code_needs_no_rate():
    density = LinearGaussian(np.zeros((3, 1)), np.zeros(3))
    curve = rate_distortion(density, np.ones((1, 3)), (0.1, 1.0))
    np.testing.assert_allclose(curve.rates, 0, atol=1e-6)


def test_the_scores_are_means_in_squared_intensity():
    density = LinearGaussian(np.full((2, 1), 0.5), np.zeros(2), variance=0.2**2)
    x = np.array([[0.4, 0.5], [0.1, 0.0]])
    scores = rate_distortion_points(density, x)
    curve = rate_distortion(density, x, (0.1, 0.3, 1.0))
    assert list(scores) == [f"rd_{name}_{t:g}" for t in POWERS for name in ("rate", "distortion")]
    assert scores["rd_rate_0.3"] == pytest.approx(curve.rates[1].mean())
    assert scores["rd_distortion_0.1"] > scores["rd_distortion_0.3"] > scores["rd_distortion_1"] > 0
    # t = 1: the posterior mean is W'x / s^2 over the precision 1 + W'W / s^2
    precision = 1 + 0.5 / 0.04
    means = x.sum(axis=1) * 0.5 / 0.04 / precision
    squares = np.square(x - 0.5 * means[:, None]).sum(axis=1) + 0.5 / precision
    assert scores["rd_distortion_1"] == pytest.approx(squares.mean(), rel=1e-3)


@pytest.mark.parametrize("curve", [rate_distortion, annealed_rate_distortion])
@pytest.mark.parametrize("powers", [(), (0.0,), (1.5,)])
def test_other_powers_are_refused(curve, powers):
    with pytest.raises(ValueError, match="powers are"):
        curve(one_dimension(), np.ones((1, 1)), powers)


def test_more_dimensions_are_refused():
    with pytest.raises(ValueError, match="3 dimensions"):
        rate_distortion(components(d=3), np.zeros((1, 20)), (1.0,))
