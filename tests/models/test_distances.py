"""Distances of samples, against closed forms and independent implementations in NumPy and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from scipy.integrate import quad
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from scipy.special import hyp1f1
from scipy.stats import norm, ortho_group

from aezoo.models.losses import (
    aggregate_log_densities,
    cramer_wold,
    gaussian_log_density,
    mmd,
    sinkhorn_divergence,
    sliced_wasserstein,
    standard_normal_log_density,
    total_correlation,
)
from aezoo.models.losses.distances import _mean_over_directions


def sample(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, d))


def posteriors(n: int, d: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draws, means and log-variances of n posteriors, float64."""
    mean, log_variance, epsilon = (sample(n, d, seed + k) for k in range(3))
    log_variance = 0.3 * log_variance - 1
    return mean + np.exp(log_variance / 2) * epsilon, mean, log_variance


def test_aggregate_densities_of_a_whole_data_set_are_those_of_the_mixture():
    z, mean, log_variance = posteriors(7, 3)
    by_dimension = norm.pdf(z[:, None], mean, np.exp(log_variance / 2))  # (draw, image, dimension)
    joint, marginals = aggregate_log_densities(*map(tf.constant, (z, mean, log_variance)), 7)
    np.testing.assert_allclose(joint, np.log(by_dimension.prod(axis=2).mean(axis=1)), rtol=1e-12)
    np.testing.assert_allclose(marginals, np.log(by_dimension.mean(axis=1)), rtol=1e-12)


def test_parts_of_the_rate_sum_to_it():
    z, mean, log_variance = map(tf.constant, posteriors(9, 4))
    joint, marginals = aggregate_log_densities(z, mean, log_variance, 9)
    log_q = gaussian_log_density(z, mean, log_variance)
    product = tf.reduce_sum(marginals, axis=1)
    correlation = total_correlation(z, mean, log_variance, 9)
    parts = (log_q - joint) + correlation + (product - standard_normal_log_density(z))
    np.testing.assert_allclose(parts, log_q - standard_normal_log_density(z), atol=1e-9)


def test_aggregate_densities_of_batches_have_that_of_the_data_set_as_their_mean():
    z, mean, log_variance = posteriors(6, 2)
    exact = np.exp(aggregate_log_densities(*map(tf.constant, (z, mean, log_variance)), 6).joint.numpy())
    found = []
    for i in range(1, 6):
        for j in range(i + 1, 6):  # all batches of three that hold image 0
            rows = [0, i, j]
            batch = [tf.constant(array[rows]) for array in (z, mean, log_variance)]
            found.append(np.exp(aggregate_log_densities(*batch, 6).joint.numpy()[0]))
    np.testing.assert_allclose(np.mean(found), exact[0], rtol=1e-12)


def test_total_correlation_of_correlated_means_is_the_closed_form():
    rho, n = 0.5, 3_000
    mean = sample(n, 2) @ np.linalg.cholesky([[1, rho], [rho, 1]]).T
    log_variance = np.full((n, 2), np.log(0.05))
    z = mean + np.sqrt(0.05) * sample(n, 2, 1)
    covariance = np.cov(mean.T, bias=True) + 0.05 * np.eye(2)
    expected = 0.5 * np.log(covariance.diagonal().prod() / np.linalg.det(covariance))
    values = total_correlation(*(tf.constant(a, tf.float32) for a in (z, mean, log_variance)), n).numpy()
    assert abs(values.mean() - expected) < 4 * values.std() / np.sqrt(n) + 0.01


@pytest.mark.parametrize("data_size", [1, 60_000])
def test_a_single_image_has_no_total_correlation(data_size):
    z, mean, log_variance = map(tf.constant, posteriors(1, 5))
    np.testing.assert_allclose(total_correlation(z, mean, log_variance, data_size), [0], atol=1e-9)


@pytest.mark.parametrize("kernel", ["imq", "rbf"])
def test_mmd_equals_numpys(kernel):
    x, y = sample(8, 3), sample(5, 3, 1) + 1
    similarity = {"imq": lambda s: 6 / (6 + s), "rbf": lambda s: np.exp(-s / 6)}[kernel]
    xx, yy, xy = (similarity(cdist(a, b, "sqeuclidean")) for a, b in ((x, x), (y, y), (x, y)))
    off = [matrix[~np.eye(len(matrix), dtype=bool)].mean() for matrix in (xx, yy)]
    np.testing.assert_allclose(mmd(tf.constant(x), tf.constant(y), kernel), sum(off) - 2 * xy.mean(), rtol=1e-12)


@pytest.mark.slow
def test_mmd_of_shifted_normals_is_the_closed_form_and_that_of_equal_laws_zero_in_the_mean():
    d, shift = 2, 1.0
    for move in (0.0, shift):
        values = np.array(
            [
                mmd(tf.constant(sample(20, d, s)), tf.constant(sample(20, d, 10_000 + s) + move), "rbf")
                for s in range(400)
            ]
        )
        # E k(x, y) with x - y ~ N(m, 2 I) and width 2 d = w: (1 + 4 / w)^(-d/2) exp(-|m|^2 / (w + 4))
        expected = 2 * (1 + 2 / d) ** (-d / 2) * (1 - np.exp(-d * move**2 / (2 * d + 4)))
        assert abs(values.mean() - expected) < 4 * values.std() / np.sqrt(len(values))


def test_mmd_of_one_point_is_finite_and_another_kernel_is_refused():
    x, y = tf.zeros((1, 2)), tf.zeros((1, 2))
    assert float(mmd(x, y)) == -2.0
    with pytest.raises(ValueError, match="kernel"):
        mmd(x, y, "linear")  # type: ignore[arg-type]


def test_sliced_wasserstein_of_a_shift_is_its_mean_square_over_dimensions():
    d = 5
    x, shift = sample(40, d), np.arange(d) / 2
    axes = ortho_group.rvs(d, random_state=0)  # the mean over an orthonormal basis is that over all directions
    distance = sliced_wasserstein(tf.constant(x), tf.constant(x[::-1] + shift), tf.constant(axes))
    np.testing.assert_allclose(distance, (shift**2).sum() / d, rtol=1e-12)


def test_sliced_wasserstein_is_the_best_assignment_on_the_line():
    x, y = sample(12, 1), sample(12, 1, 1) * 2
    cost = cdist(x, y, "sqeuclidean")
    expected = cost[linear_sum_assignment(cost)].mean()
    np.testing.assert_allclose(sliced_wasserstein(*map(tf.constant, (x, y)), tf.ones((1, 1), tf.float64)), expected)


def cramer_wold_on_the_line(x: np.ndarray) -> float:
    """Integral of the squared difference of the smoothed sample's density and the smoothed normal's."""
    width = (4 / (3 * len(x))) ** 0.4

    def squared_difference(t: float) -> float:
        return (norm.pdf(t, x, np.sqrt(width)).mean() - norm.pdf(t, 0, np.sqrt(1 + width))) ** 2

    return quad(squared_difference, -15, 15, limit=200)[0]


@pytest.mark.parametrize("move", [0.0, 1.5])
def test_cramer_wold_on_the_line_equals_quadrature(move):
    x = sample(11, 1) + move
    np.testing.assert_allclose(cramer_wold(tf.constant(x)), cramer_wold_on_the_line(x[:, 0]), rtol=1e-7)


@pytest.mark.parametrize("d", [2, 3])
def test_cramer_wold_is_the_mean_over_directions(d):
    x = sample(9, d) + 0.5
    drawn = sample(500, d, 5)
    values = [cramer_wold(tf.constant(x @ v[:, None] / np.linalg.norm(v))).numpy() for v in drawn]
    assert abs(np.mean(values) - float(cramer_wold(tf.constant(x)))) < 4 * np.std(values) / np.sqrt(len(values))


def test_cramer_wold_does_not_change_when_turned_and_is_never_below_zero():
    x = sample(30, 6)
    turned = x @ ortho_group.rvs(6, random_state=1)
    np.testing.assert_allclose(cramer_wold(tf.constant(turned)), cramer_wold(tf.constant(x)), rtol=1e-10)
    for n in (1, 2, 30):
        for scale in (0.0, 1.0, 30.0):
            assert float(cramer_wold(tf.constant(scale * x[:n]))) > 0
    assert float(cramer_wold(tf.constant(x))) < float(cramer_wold(tf.constant(2 * x)))


@pytest.mark.parametrize("d", [1, 2, 3, 16, 50])
def test_the_mean_over_directions_is_kummers_function(d):
    s = np.array([0.0, 0.1, 1, 10, 100, 300])
    np.testing.assert_allclose(_mean_over_directions(tf.constant(s), d), hyp1f1(0.5, d / 2, -s), atol=1e-6)


def test_sinkhorn_divergence_of_a_sample_with_itself_is_zero_to_the_bit():
    x = tf.constant(sample(15, 3))
    assert float(sinkhorn_divergence(x, x, 0.5, 7)) == 0.0


def test_sinkhorn_divergence_of_a_shift_is_its_square():
    x, shift = sample(15, 3), np.array([1.0, -2.0, 0.5])
    found = sinkhorn_divergence(tf.constant(x), tf.constant(x + shift), 2.0, 300)
    np.testing.assert_allclose(found, (shift**2).sum(), rtol=1e-6)


def test_sinkhorn_divergence_tends_to_the_best_assignment_and_to_the_distance_of_means():
    x, y = sample(10, 2), sample(10, 2, 1) * 2 + 1
    cost = cdist(x, y, "sqeuclidean")
    best = cost[linear_sum_assignment(cost)].mean()
    epsilon = 0.02  # each of its parts is within epsilon ln n of the cost without entropy
    found = sinkhorn_divergence(*map(tf.constant, (x, y)), epsilon, 500)
    np.testing.assert_allclose(found, best, atol=epsilon * np.log(10))
    means = ((x.mean(axis=0) - y.mean(axis=0)) ** 2).sum()
    np.testing.assert_allclose(sinkhorn_divergence(*map(tf.constant, (x, y)), 1e5, 5), means, rtol=1e-3)


@pytest.mark.parametrize(
    "distance",
    [
        lambda x, y: mmd(x, y),
        lambda x, y: mmd(x, y, "rbf"),
        lambda x, y: sliced_wasserstein(x, y, tf.eye(3, dtype=tf.float64)),
        lambda x, y: cramer_wold(x),
        lambda x, y: sinkhorn_divergence(x, y, 2.0, 200),
    ],
    ids=["imq", "rbf", "sliced", "cramer-wold", "sinkhorn"],
)
def test_gradients_are_those_of_finite_differences(distance):
    x, y = tf.constant(sample(6, 3)), tf.constant(sample(6, 3, 1))
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = distance(x, y)
    gradient = tape.gradient(value, x).numpy()
    direction = sample(6, 3, 2)
    step = 1e-5
    moved = [float(distance(x + sign * step * direction, y)) for sign in (1, -1)]
    np.testing.assert_allclose((gradient * direction).sum(), (moved[0] - moved[1]) / (2 * step), rtol=1e-5)
