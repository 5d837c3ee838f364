"""The continuous Bernoulli distribution of grey pixels in [0, 1], by its logits: per pixel or per example, in nats.

p(x) = C s^x (1 - s)^(1 - x), s = sigmoid(l), C = 2 artanh(1 - 2s) / (1 - 2s) = l / tanh(l / 2): Loaiza-Ganem and
Cunningham 2019, arXiv:1907.06845. In logits it is l exp(l x) / (exp(l) - 1), an exponential cut off at 1, and uniform
at l = 0. Float32 or float64, as given; values and gradients are finite and close to exact at every logit, 0 included.
"""

from __future__ import annotations

from collections.abc import Sequence

from keras import ops
from scipy.special import bernoulli, factorial

from aezoo.models.base import Tensor
from aezoo.models.losses.likelihoods import bernoulli_nll_of_pixels

NEAR_ZERO = 0.5
"""Logits of smaller size are left to power series, where the closed forms are differences of large numbers."""

_ORDERS = range(2, 23, 2)
_SERIES = [float(bernoulli(n)[n] / factorial(n)) for n in _ORDERS]
"""B_2 / 2!, B_4 / 4! ... of the Bernoulli numbers, by which l^n is multiplied."""
_NORMALIZER = [(2**n - 2) / n * term for n, term in zip(_ORDERS, _SERIES, strict=True)]
_NORMALIZER_AT_ZERO = 0.6931471805599453


def continuous_bernoulli_log_normalizer(logits: Tensor) -> Tensor:
    """Compute ln C = ln(l / tanh(l / 2)) of logits of any shape: the same shape, in nats, at least ln 2.

    What is added to -bernoulli_nll to make it a log-density over [0, 1]. Loaiza-Ganem and Cunningham 2019, section 3.
    """
    is_near, size = _split(logits)
    rest = ops.exp(-size)
    far = ops.log(size) + ops.log1p(rest) - ops.log1p(-rest)
    squares = ops.square(logits)
    return ops.where(is_near, _NORMALIZER_AT_ZERO + squares * _polynomial(_NORMALIZER, squares), far)


def continuous_bernoulli_nll(x: Tensor, logits: Tensor) -> Tensor:
    """Compute -ln p(x) = -sum_p [x l - ln(1 + exp(l)) + ln C]: (n, 784), (n, 784) -> (n,), in nats.

    A density, so that it may be below 0. Loaiza-Ganem and Cunningham 2019, section 3.
    """
    return ops.sum(bernoulli_nll_of_pixels(x, logits) - continuous_bernoulli_log_normalizer(logits), axis=-1)


def continuous_bernoulli_mean_logits(logits: Tensor) -> Tensor:
    """Compute ln(m / (1 - m)) of the mean m = 1 / (1 - exp(-l)) - 1 / l: logits of any shape, the same shape.

    The mean is nearer to 1/2 than sigmoid(l) is: 0.41 where that is 0.25. Loaiza-Ganem and Cunningham 2019, section 3.
    """
    is_near, size = _split(logits)
    squares = ops.square(logits)
    near = logits * _polynomial(_SERIES, squares)
    far = ops.sign(logits) * (0.5 / ops.tanh(size / 2) - 1 / size)
    return 2 * ops.arctanh(2 * ops.where(is_near, near, far))  # of m - 1/2


def _split(logits: Tensor) -> tuple[Tensor, Tensor]:
    """Return where logits are near 0, and their sizes, 1 in place of those: `where` passes on a NaN's gradient."""
    is_near = ops.abs(logits) < NEAR_ZERO
    return is_near, ops.abs(ops.where(is_near, ops.ones_like(logits), logits))


def _polynomial(coefficients: Sequence[float], squares: Tensor) -> Tensor:
    """Compute c_0 + c_1 s + c_2 s^2 ... of squared logits, in which no number overflows: they are cut off first."""
    bounded = ops.minimum(squares, NEAR_ZERO**2)
    total = ops.full_like(bounded, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = total * bounded + coefficient
    return total
