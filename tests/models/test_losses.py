"""Loss terms of likelihoods and of codes that are not Gaussian, against SciPy, closed forms and series."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.integrate import quad
from scipy.special import expit, gammaln, ive, log_softmax, logit
from scipy.stats import chisquare, entropy, kstest, norm, t, vonmises_fisher

from aezoo.models import losses, noise
from aezoo.models.losses.von_mises_fisher import _grid, _inverse

LOGITS = np.array([-300.0, -40, -5, -0.6, -0.4, -1e-3, -1e-6, 0, 1e-4, 0.1, 0.49, 0.51, 1, 8, 90])


def with_gradient(function, x) -> tuple[np.ndarray, np.ndarray]:
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = function(x)
    return value.numpy(), tape.gradient(value, x).numpy()


def continuous_bernoulli(logits: float):
    """Density of the distribution: the exponential one, cut off at 1."""
    return lambda x: np.exp(logits * x) * (logits / np.expm1(logits) if logits else 1)


def test_the_continuous_bernoullis_normaliser_is_that_of_the_paper():
    value = losses.continuous_bernoulli_log_normalizer(tf.constant(logit([0.25, 0.5])))
    np.testing.assert_allclose(value, [0.7871950, np.log(2)], rtol=1e-6)
    mean = expit(losses.continuous_bernoulli_mean_logits(tf.constant(logit([0.25, 0.5]))))
    np.testing.assert_allclose(mean, [0.4102392, 0.5], rtol=1e-6)


@pytest.mark.parametrize("logits", [-30.0, -1.0, -0.2, 0.0, 0.3, 5.0])
def test_the_continuous_bernoulli_is_a_density_with_its_mean(logits):
    def density(x: float) -> float:
        return float(np.exp(-losses.continuous_bernoulli_nll(tf.constant([[x]]), tf.constant([[logits]]))[0]))

    mean = expit(losses.continuous_bernoulli_mean_logits(tf.constant(logits, tf.float64)))
    xs = np.linspace(0, 1, 2_001)[:, None]
    pdf = np.exp(-losses.continuous_bernoulli_nll(tf.constant(xs), tf.constant([[logits]], tf.float64)))
    np.testing.assert_allclose(pdf, continuous_bernoulli(logits)(xs[:, 0]), rtol=1e-9)
    assert quad(continuous_bernoulli(logits), 0, 1)[0] == pytest.approx(1, abs=1e-9)
    assert mean == pytest.approx(quad(lambda x: x * continuous_bernoulli(logits)(x), 0, 1)[0], abs=1e-9)
    assert density(0.7) == pytest.approx(continuous_bernoulli(logits)(0.7), rel=1e-5)


def test_values_and_gradients_of_the_normaliser_are_closed_forms_and_series_near_zero():
    value, gradient = with_gradient(losses.continuous_bernoulli_log_normalizer, LOGITS)
    far, near = np.abs(LOGITS) >= 0.4, np.abs(LOGITS) <= 1e-3
    size = np.abs(LOGITS[far])
    np.testing.assert_allclose(value[far], np.log(size / np.tanh(size / 2)), rtol=1e-12)
    np.testing.assert_allclose(gradient[far], 1 / LOGITS[far] - 1 / np.sinh(LOGITS[far]), rtol=1e-11)
    small = LOGITS[near]
    np.testing.assert_allclose(value[near], np.log(2) + small**2 / 12 - 7 * small**4 / 1440, rtol=1e-14)
    np.testing.assert_allclose(gradient[near], small / 6 - 7 * small**3 / 360, rtol=1e-12)


def test_mean_logits_are_closed_forms_and_series_near_zero():
    value, gradient = with_gradient(losses.continuous_bernoulli_mean_logits, LOGITS)
    far, near = np.abs(LOGITS) >= 0.4, np.abs(LOGITS) <= 1e-3
    mean = -1 / np.expm1(-LOGITS[far]) - 1 / LOGITS[far]
    np.testing.assert_allclose(value[far], logit(mean), rtol=1e-9)
    np.testing.assert_allclose(value[near], LOGITS[near] / 3, rtol=1e-6, atol=1e-16)
    np.testing.assert_allclose(gradient[near], 1 / 3, rtol=1e-6)
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize(
    ("function", "tolerance"),
    [(losses.continuous_bernoulli_log_normalizer, 2e-5), (losses.continuous_bernoulli_mean_logits, 3e-4)],
)
def test_single_precision_loses_little_of_the_continuous_bernoulli(function, tolerance):
    logits = np.concatenate([LOGITS, np.geomspace(1e-8, 1e3, 200)])
    for exact, single in zip(with_gradient(function, logits), with_gradient(function, np.float32(logits)), strict=True):
        np.testing.assert_allclose(single, exact, rtol=tolerance, atol=1e-7)


def test_the_optimal_sigma_is_the_root_mean_square_error():
    random = np.random.default_rng(0)
    x, mean = random.random((6, 784)), random.random((6, 784))
    found = np.asarray(losses.optimal_sigma_nll(tf.constant(x), tf.constant(mean)))
    best = np.sqrt(np.square(x - mean).mean())
    np.testing.assert_allclose(found, -norm.logpdf(x, mean, best).sum(axis=1), rtol=1e-12)
    totals = [-norm.logpdf(x, mean, best * factor).sum() for factor in (0.99, 1.01)]
    assert found.sum() < min(totals)


def test_the_optimal_sigma_nll_has_its_value_and_the_gradient_of_its_closed_form():
    def mean_nll(mean):
        return tf.reduce_mean(losses.optimal_sigma_nll(tf.zeros((3, 784), tf.float64), mean))

    value, _ = with_gradient(mean_nll, np.full((3, 784), 0.2))
    assert value == pytest.approx(-149.35151, abs=1e-5)
    mean = np.random.default_rng(0).random((3, 784))
    _, gradient = with_gradient(mean_nll, mean)
    np.testing.assert_allclose(gradient, mean / (3 * np.square(mean).mean()), rtol=1e-9)  # of D/2 ln s, by hand


@pytest.mark.parametrize("degrees", [0.3, 1.0, 2.5, 30.0, 1e4])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_student_t_nll_is_scipys(degrees, dtype):
    x = np.array([[0.0, 0.1, -3], [2, 50, 0.7]])
    log_degrees, log_scale = tf.constant(np.log(degrees), dtype), tf.constant([0.0, -1.5, 0.5], dtype)
    found = losses.student_t_nll(tf.constant(x, dtype), tf.constant(0.25, dtype), log_scale, log_degrees)
    expected = -t.logpdf(x, degrees, 0.25, np.exp([0.0, -1.5, 0.5])).sum(axis=1)
    np.testing.assert_allclose(found, expected, rtol=2e-9 if dtype == "float64" else 2e-4)


def test_student_t_is_normal_with_endless_degrees_of_freedom_and_loses_nothing_on_the_way():
    x = np.linspace(-4, 4, 9)[None]
    for log_degrees in (np.log(1e9), 40.0, 80.0):
        found = losses.student_t_nll(
            tf.constant(x, tf.float32), tf.zeros((1, 9)), tf.constant(-0.3), tf.constant(log_degrees, tf.float32)
        )
        np.testing.assert_allclose(found, -norm.logpdf(x, 0, np.exp(-0.3)).sum(axis=1), rtol=1e-6)


def test_relaxed_draws_have_the_frequencies_of_the_softmax_and_are_one_hot_without_temperature():
    logits = np.array([0.0, 1.0, -1.0, 2.0], np.float32)
    many = tf.constant(np.broadcast_to(logits, (500, 40, 4)))
    for temperature, seed in ((1.0, 3), (1e-4, 4)):
        drawn = losses.gumbel_softmax(many, temperature, seed).numpy()
        np.testing.assert_allclose(drawn.sum(axis=-1), 1, rtol=1e-5)
        counts = np.bincount(drawn.argmax(axis=-1).ravel(), minlength=4)
        assert chisquare(counts, np.exp(log_softmax(np.float64(logits))) * counts.sum()).pvalue > 1e-3
        largest = drawn.max(axis=-1)
        assert (largest.mean() > 0.999) == (temperature < 1)


def test_relaxed_draws_have_the_density_of_the_concrete_distribution():
    # With two categories the log-odds of a draw are those of the logits, plus logistic noise, over the temperature.
    logits = tf.constant(np.broadcast_to(np.array([0.4, -0.8], np.float32), (4_000, 1, 2)))
    drawn = losses.gumbel_softmax(logits, 0.7, 5).numpy()[:, 0].astype(np.float64)
    odds = np.log(drawn[:, 0] / drawn[:, 1])
    assert kstest(0.7 * odds - 1.2, "logistic").pvalue > 1e-3


def test_categorical_draws_are_one_hot_with_their_probability():
    logits = np.random.default_rng(0).normal(size=(1, 2, 3)).astype(np.float32)
    drawn, log_q = losses.categorical_draw(tf.constant(np.repeat(logits, 20_000, axis=0)), 1)
    chosen = drawn.numpy().argmax(axis=-1)
    np.testing.assert_array_equal(drawn, np.eye(3)[chosen])
    expected = np.take_along_axis(log_softmax(logits[0], axis=-1)[None], chosen[..., None], axis=-1).sum(axis=(1, 2))
    np.testing.assert_allclose(log_q, expected, rtol=1e-5)
    counts = np.bincount(chosen @ [3, 1], minlength=9)
    joint = np.multiply.outer(*np.exp(log_softmax(np.float64(logits[0]), axis=-1))).ravel()
    assert chisquare(counts, joint * counts.sum()).pvalue > 1e-3


def test_categorical_kl_is_what_entropy_is_short_of():
    logits = np.random.default_rng(0).normal(size=(5, 4, 10)) * 3
    expected = (np.log(10) - entropy(np.exp(log_softmax(logits, axis=-1)), axis=-1)).sum(axis=1)
    np.testing.assert_allclose(losses.categorical_kl(tf.constant(logits)), expected, rtol=1e-10)
    extremes = tf.constant([[[0.0] * 10] * 3, [[1e4] + [0.0] * 9] * 3])
    np.testing.assert_allclose(losses.categorical_kl(extremes), [0, 3 * np.log(10)], atol=1e-6)


def von_mises_fisher_kl(kappa: np.ndarray, dim: int) -> np.ndarray:
    """Divergence from the uniform law by Bessel functions: Davidson et al. 2018, section 3."""
    order = dim / 2 - 1
    log_z = gammaln(dim / 2) + order * np.log(2 / kappa) + np.log(ive(order, kappa)) + kappa
    return kappa * ive(order + 1, kappa) / ive(order, kappa) - log_z


@pytest.mark.parametrize("dim", [2, 3, 5, 16, 50])
def test_the_spheres_divergence_is_that_of_bessel_functions(dim):
    kappa = np.array([0.1, 1, 7, 50, 300, 1e4, 1e6])
    exact = von_mises_fisher_kl(kappa, dim)
    np.testing.assert_allclose(losses.von_mises_fisher_kl(tf.constant(kappa), dim), exact, rtol=2e-7)
    single = losses.von_mises_fisher_kl(tf.constant(kappa, tf.float32), dim)
    np.testing.assert_allclose(single, exact, rtol=1e-6, atol=1e-5)


def test_the_spheres_divergence_has_the_values_of_the_ordinary_sphere():
    kappa = np.array([1.0, 10.0, 100.0])
    found = losses.von_mises_fisher_kl(tf.constant(kappa), 3)
    np.testing.assert_allclose(found, kappa / np.tanh(kappa) - 1 + np.log(kappa / np.sinh(kappa)), rtol=1e-7)
    np.testing.assert_allclose(found[:2], [0.1515959, 1.9957323], rtol=1e-6)


@pytest.mark.parametrize("dim", [2, 3, 16])
def test_the_spheres_divergence_begins_as_its_series_at_zero_and_its_slope_is_the_variance_of_the_cosine(dim):
    kappa = np.array([0.0, 1e-3, 1e-2])
    value, gradient = with_gradient(lambda k: losses.von_mises_fisher_kl(k, dim), kappa)
    np.testing.assert_allclose(value, kappa**2 / (2 * dim) - 3 * kappa**4 / (4 * dim**2 * (dim + 2)), atol=1e-12)
    np.testing.assert_allclose(gradient, kappa / dim, rtol=1e-3, atol=1e-10)
    _, slope = with_gradient(lambda k: losses.von_mises_fisher_kl(k, dim), np.array([4.0, 80.0]))
    step = 1e-4
    ends = [von_mises_fisher_kl(np.array([4.0, 80.0]) + sign * step, dim) for sign in (1, -1)]
    np.testing.assert_allclose(slope, (ends[0] - ends[1]) / (2 * step), rtol=1e-6)


def test_a_sphere_of_one_dimension_is_refused():
    with pytest.raises(ValueError, match="2 dimensions or more"):
        losses.von_mises_fisher_kl(tf.constant([1.0]), 1)


@pytest.mark.parametrize(("dim", "kappa"), [(3, 1.0), (5, 60.0), (16, 50.0), (50, 1e4)])
def test_the_spheres_log_density_is_scipys(dim, kappa):
    law = vonmises_fisher(np.eye(dim)[0], kappa)
    z = law.rvs(20, random_state=np.random.default_rng(0))
    mean, kappas = tf.constant(np.eye(dim)[[0] * 20]), tf.constant([kappa] * 20, tf.float64)
    np.testing.assert_allclose(
        losses.von_mises_fisher_log_density(tf.constant(z), mean, kappas), law.logpdf(z), rtol=1e-6
    )


@pytest.mark.parametrize(("dim", "kappa"), [(3, 0.0), (3, 5.0), (4, 400.0), (16, 50.0), (50, 30.0)])
def test_draws_on_the_sphere_have_norm_one_and_the_law_of_their_density(dim, kappa):
    n, mean = 20_000, np.random.default_rng(1).normal(size=dim)
    mean = np.repeat((mean / np.linalg.norm(mean))[None], n, axis=0).astype(np.float32)
    kappas = tf.fill((n,), tf.constant(kappa))
    z, log_q = losses.von_mises_fisher_draw(tf.constant(mean), kappas, noise_seeds())
    np.testing.assert_allclose(np.linalg.norm(z, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(log_q, losses.von_mises_fisher_log_density(z, mean, kappas), atol=1e-4)
    exact_kl = float(losses.von_mises_fisher_kl(tf.constant(kappa, tf.float64), dim))
    rates = log_q.numpy() + losses.log_area_of_sphere(dim)
    assert abs(rates.mean() - exact_kl) < 4 * rates.std() / np.sqrt(n) + 1e-5
    cosine = (z.numpy() * mean).sum(axis=1, dtype=np.float64)
    assert kstest(cosine, distribution_of_the_cosine(dim, kappa)).pvalue > 1e-3
    across = z.numpy() - cosine[:, None] * mean  # symmetric about the mean
    standard_error = np.sqrt(np.square(across).sum(axis=1).mean() / dim / n)
    assert np.abs(across.mean(axis=0)).max() < 5 * standard_error


def distribution_of_the_cosine(dim: int, kappa: float):
    """The distribution function of the cosine, by the trapezoidal rule in the angle."""
    angle = np.linspace(np.pi, 0, 200_001)
    density = np.exp(kappa * (np.cos(angle) - 1)) * np.sin(angle) ** (dim - 2)
    cumulative = np.cumsum(density)
    return lambda cosine: np.interp(cosine, np.cos(angle), cumulative / cumulative[-1])


def noise_seeds() -> keras.random.SeedGenerator:
    return keras.random.SeedGenerator(7)


@pytest.mark.parametrize("dim", [3, 16, 50])
def test_the_rarest_uniform_numbers_give_an_angle_with_a_gradient(dim):
    uniform = np.array([0, 2**-23, 1 - 2**-23, 1], np.float32)
    for kappa in (0.1, 50.0, 5e4):
        value, gradient = with_gradient(
            lambda kappas: _inverse(_grid(kappas, dim), tf.constant(uniform), dim), np.full(4, kappa, np.float32)
        )
        assert (np.diff(value) >= 0).all()
        assert np.isfinite(gradient).all()


def test_drawn_angles_follow_kappa_as_the_inverse_function_does():
    """dt/dkappa at a fixed quantile, against differences of quantiles of the distribution function."""
    dim, u = 6, np.array([1e-3, 0.1, 0.5, 0.9, 0.999])

    def cosine(kappa):
        grid = _grid(kappa, dim)
        angle = _inverse(grid, tf.constant(u), dim)
        squares = tf.square(tf.sin(angle / 2))
        return 1 - 2 * grid.spread * squares / (1 - (1 - grid.spread) * squares)

    value, gradient = with_gradient(cosine, np.full(5, 20.0))
    angle = np.linspace(0, np.pi, 400_001)
    quantiles = []
    for kappa in (20.0, 20.01, 19.99):
        density = np.exp(kappa * (np.cos(angle) - 1)) * np.sin(angle) ** (dim - 2)
        cumulative = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
        quantiles.append(np.cos(np.interp(u, cumulative / cumulative[-1], angle)))
    np.testing.assert_allclose(value, quantiles[0], atol=1e-5)
    np.testing.assert_allclose(gradient, (quantiles[1] - quantiles[2]) / 0.02, rtol=3e-3)


def test_draws_on_the_sphere_are_finite_in_the_farthest_tails(monkeypatch):
    normal = np.random.default_rng(0).normal(size=(3, 17)).astype(np.float32)
    normal[:, 16] = [-9, -5.2, 9]  # probabilities of 0, 1e-7 and 1
    monkeypatch.setattr(noise, "normal", lambda shape, seeds: tf.constant(normal))
    mean = tf.constant(np.eye(16, dtype=np.float32)[:3])
    for kappa in (0.0, 1.0, 1e5):

        def drawn(k):
            z, log_q = losses.von_mises_fisher_draw(mean, k, noise_seeds())
            return tf.reduce_sum(z, axis=1) + log_q

        value, gradient = with_gradient(drawn, np.full(3, kappa, np.float32))
        assert np.isfinite(value).all()
        assert np.isfinite(gradient).all()
