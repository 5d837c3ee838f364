"""Distances between samples of codes, and between a sample and N(0, I); the total correlation of codes.

A distance is one number for a whole batch, (). Added to per-example terms (n,) it broadcasts, and the mean over the
batch is the estimate again. All of them are differentiable in their samples and keep the dtype, float32 or float64.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
from keras import ops
from numpy.typing import NDArray
from scipy.special import roots_jacobi

from aezoo.models.base import Tensor
from aezoo.models.losses.gaussians import LOG_TWO_PI

Kernel = Literal["imq", "rbf"]
"""Kernels of `mmd`: the inverse multiquadric, and the Gaussian."""

CRAMER_WOLD_NODES = 32
"""Nodes of the quadrature over directions: wrong by less than 1e-6 up to arguments of 300, by 2e-3 at 1,000."""


class AggregateLogDensities(NamedTuple):
    """Estimates, at one draw z of each image, of ln q(z) (n,) and of ln q(z_j) of each dimension (n, d), in nats."""

    joint: Tensor
    marginals: Tensor


def aggregate_log_densities(
    z: Tensor, mean: Tensor, log_variance: Tensor, data_size: Tensor | float
) -> AggregateLogDensities:
    """Estimate ln q(z) and ln q(z_j) of the aggregate posterior q(z) = 1/N sum_n q(z|x_n) from a batch.

    q(z_i) = q(z_i|x_i) / N + (N - 1) / N * mean_{j != i} q(z_i|x_j), with q(z|x) = N(mean, diag exp(log_variance)). It
    is the minibatch-stratified sampling of Chen et al. 2018, appendix C.2, averaged over which of the other images has
    the last weight: without bias in the density (not in its logarithm), and exact where the batch is the data set.

    Args:
        z: draws z_i ~ q(z|x_i), (n, d).
        mean: of q(z|x_i), (n, d).
        log_variance: of q(z|x_i), (n, d).
        data_size: N, the number of training images; less than n counts as n. A single image is its own data
            set, for there is no other that could stand for the rest.
    """
    n = _count(z)
    size = ops.where(n > 1, ops.maximum(ops.cast(data_size, z.dtype), n), n)
    own, other = -ops.log(size), ops.log1p(-1 / size) - ops.log(ops.maximum(n - 1, 1))
    is_own = ops.eye(ops.shape(z)[0], dtype="bool")
    log_weights = ops.where(is_own, own, other)
    squares = ops.square(z[:, None] - mean) * ops.exp(-log_variance)
    by_dimension = -0.5 * (squares + log_variance + LOG_TWO_PI)
    joint = ops.logsumexp(ops.sum(by_dimension, axis=-1) + log_weights, axis=1)
    return AggregateLogDensities(joint, ops.logsumexp(by_dimension + log_weights[..., None], axis=1))


def total_correlation(z: Tensor, mean: Tensor, log_variance: Tensor, data_size: Tensor | float) -> Tensor:
    """Estimate KL(q(z) || prod_j q(z_j)) of the aggregate posterior: ln q(z_i) - sum_j ln q(z_ij), (n,), in nats.

    Its mean over the batch is the estimate; 0 where the dimensions of a code are independent, and for a single image.
    Single values may be below 0. Arguments and estimator are those of `aggregate_log_densities`; Chen et al. 2018,
    equation 2.
    """
    joint, marginals = aggregate_log_densities(z, mean, log_variance, data_size)
    return joint - ops.sum(marginals, axis=-1)


def mmd(x: Tensor, y: Tensor, kernel: Kernel = "imq") -> Tensor:
    """Estimate the squared maximum mean discrepancy of two laws from samples (n, d) and (m, d): (), no unit.

    sum_{i != j} k(x_i, x_j) / (n (n - 1)) + sum_{i != j} k(y_i, y_j) / (m (m - 1)) - 2 sum_{ij} k(x_i, y_j) / (n m):
    the U-statistic of Gretton et al. 2012, equation 3. It has no bias: for equal laws it is 0 in the mean, and often
    below. A sample of one has no pairs, and 0 in their place. With D = |x - y|^2 the kernels are

    - "imq": C / (C + D), C = 2 d, the mean of D between two draws of N(0, I); Tolstikhin et al. 2018, section 4;
    - "rbf": exp(-D / (2 d)), of the same width.

    Raises `ValueError` for another kernel.
    """
    if kernel not in ("imq", "rbf"):
        raise ValueError(f"kernel is {kernel!r}; it must be 'imq' or 'rbf'")
    width = 2.0 * x.shape[-1]

    def similarity(a: Tensor, b: Tensor) -> Tensor:
        squares = _squared_distances(a, b)
        return width / (width + squares) if kernel == "imq" else ops.exp(-squares / width)

    def within(a: Tensor) -> Tensor:
        n = _count(a)
        return (ops.sum(similarity(a, a)) - n) / ops.maximum(n * (n - 1), 1)  # k(a, a) = 1

    return within(x) + within(y) - 2 * ops.mean(similarity(x, y))


def sliced_wasserstein(x: Tensor, y: Tensor, directions: Tensor) -> Tensor:
    """Compute the squared sliced 2-Wasserstein distance of two samples of one size, (n, d) and (n, d): ().

    mean_k mean_i (sort(x v_k)_i - sort(y v_k)_i)^2 over `directions` v_k (k, d), of norm 1: Kolouri et al. 2019,
    equation 14. In squared units of a code, at least 0; a shift by D gives |D|^2 / d in the mean over directions.
    Biased upwards by the size of the samples: two samples of one law are not at distance 0.
    """
    projected = [ops.sort(ops.matmul(directions, ops.transpose(sample)), axis=-1) for sample in (x, y)]
    return ops.mean(ops.square(projected[0] - projected[1]))


def cramer_wold(x: Tensor) -> Tensor:
    """Compute the squared Cramer-Wold distance of a sample (n, d) to N(0, I): (), no unit.

    The mean over all directions of the squared L2 distance of two smoothed densities on the line: of the projected
    sample, and of N(0, 1). With g = (4 / (3 n))^(2/5) and f(s) = 1F1(1/2; d/2; -s) it is 1 / (2 sqrt(pi)) times

    sum_ij f(|x_i - x_j|^2 / (4 g)) / (n^2 sqrt(g)) + 1 / sqrt(1 + g)
    - 2 sum_i f(|x_i|^2 / (2 + 4 g)) / (n sqrt(g + 1/2)).

    Knop et al. 2020, theorem 3. f is the mean of exp(-s u^2) over directions with first coordinate u, taken by
    Gauss-Jacobi quadrature, so that the distance is at least 0 and does not change when the sample is turned. g falls
    with n: distances of samples of different sizes do not compare.
    """
    n = _count(x)
    width = ops.power(4 / (3 * n), 0.4)
    pairs = _mean_over_directions(_squared_distances(x, x) / (4 * width), x.shape[-1])
    single = _mean_over_directions(ops.sum(ops.square(x), axis=-1) / (2 + 4 * width), x.shape[-1])
    total = ops.mean(pairs) / ops.sqrt(width) + 1 / ops.sqrt(1 + width) - 2 * ops.mean(single) / ops.sqrt(width + 0.5)
    return total / (2 * math.sqrt(math.pi))


def sinkhorn_divergence(x: Tensor, y: Tensor, epsilon: float, iterations: int) -> Tensor:
    """Compute the Sinkhorn divergence of two samples (n, d) and (m, d): ().

    OT(x, y) - OT(x, x) / 2 - OT(y, y) / 2 with OT(x, y) = min_P sum P_ij |x_i - y_j|^2 + epsilon KL(P || 1/(n m)) over
    plans P with uniform margins, by `iterations` of Sinkhorn's algorithm on logarithms. Genevay et al. 2018, equation
    3; Feydy et al. 2019, equation 3. In squared units of a code. 0 for equal samples; a shift by D gives |D|^2; at
    epsilon near 0 the squared 2-Wasserstein distance, at a large one the squared distance of the means. Its gradient
    is that of the cost under the plan held fixed, exact once the iterations have converged.
    """

    def transport(a: Tensor, b: Tensor) -> Tensor:
        return _entropic_transport(_squared_distances(a, b), epsilon, iterations)

    return transport(x, y) - transport(x, x) / 2 - transport(y, y) / 2


def _entropic_transport(cost: Tensor, epsilon: float, iterations: int) -> Tensor:
    """Compute the least entropic cost of a cost matrix (n, m)."""
    log_kernel = ops.stop_gradient(-cost / epsilon)
    log_n, log_m = (ops.log(ops.cast(size, cost.dtype)) for size in ops.shape(cost))

    def iteration(_: Tensor, scalings: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        rows = log_m - ops.logsumexp(log_kernel + scalings[1], axis=1, keepdims=True)
        return rows, log_n - ops.logsumexp(log_kernel + rows, axis=0)

    # A loop that no gradient passes, so that it is compiled once and not for each of its iterations.
    start = ops.zeros_like(log_kernel[:, :1]), ops.zeros_like(log_kernel[0])
    rows, columns = ops.fori_loop(0, iterations, iteration, start)
    plan = ops.exp(log_kernel + rows + columns - log_n - log_m)
    return ops.sum(plan * cost) + epsilon * ops.sum(plan * (rows + columns + log_kernel))


def _mean_over_directions(s: Tensor, dimensions: int) -> Tensor:
    """Compute 1F1(1/2; d/2; -s) = E exp(-s u^2), u the first coordinate of a random direction, for s of any shape."""
    if dimensions == 1:
        return ops.exp(-s)
    shape = (-1,) + (1,) * len(s.shape)
    squares, shares = (ops.convert_to_tensor(each.reshape(shape), s.dtype) for each in _first_coordinates(dimensions))
    return ops.sum(shares * ops.exp(-s * squares), axis=0)


@cache  # which AutoGraph leaves alone: it would take seconds to convert the source of SciPy's quadrature
def _first_coordinates(dimensions: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return nodes u^2 (k,) and weights (k,) of the mean over the first coordinate u of a random direction.

    u^2 = (1 + t) / 2 has the density of Beta(1/2, (d - 1) / 2), which is the weight of the nodes t.
    """
    nodes, weights = roots_jacobi(CRAMER_WOLD_NODES, (dimensions - 3) / 2, -0.5)
    squares, shares = (1 + nodes) / 2, weights / weights.sum()
    heavy = shares > np.finfo(np.float64).eps
    return squares[heavy], shares[heavy]


def _squared_distances(x: Tensor, y: Tensor) -> Tensor:
    """Compute |x_i - y_j|^2, (n, m), without the cancellation of |x|^2 + |y|^2 - 2 x y."""
    return ops.sum(ops.square(x[:, None] - y[None]), axis=-1)


def _count(x: Tensor) -> Tensor:
    return ops.cast(ops.shape(x)[0], x.dtype)
