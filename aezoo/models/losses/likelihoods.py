"""Log-likelihoods of images given what a decoder says of them: per example, in nats per image."""

from __future__ import annotations

import math

from keras import ops

from aezoo.models.base import Tensor


def bernoulli_nll(x: Tensor, logits: Tensor) -> Tensor:
    """Cross-entropy -sum_p [x ln s + (1 - x) ln(1 - s)], s = sigmoid(logits): (n, 784), (n, 784) -> (n,)."""
    return ops.sum(bernoulli_nll_of_pixels(x, logits), axis=-1)


def bernoulli_nll_of_pixels(x: Tensor, logits: Tensor) -> Tensor:
    """Cross-entropy -x ln s - (1 - x) ln(1 - s) of each pixel, s = sigmoid(logits): (n, 784), (n, 784) -> (n, 784).

    Written as max(l, 0) - l x + ln(1 + exp(-|l|)), which loses nothing where s is near 0 or 1.
    """
    return ops.relu(logits) - logits * x + ops.log1p(ops.exp(-ops.abs(logits)))


def optimal_sigma_nll(x: Tensor, mean: Tensor) -> Tensor:
    """Compute -ln N(x; mean, sigma^2 I) at the sigma that fits the batch best: (n, D), (n, D) -> (n,), in nats.

    |x - mean|^2 / (2 s) + D/2 ln(2 pi s) with s = sigma^2 the mean squared error over all pixels of the batch, the
    maximum of the likelihood, so that the mean over the batch is D/2 (ln(2 pi s) + 1). Rybkin et al. 2021, section 3.
    A density over all reals, so that it may be below 0; without bound where an error of 0 is reached.
    """
    squares = ops.square(x - mean)
    variance = ops.mean(squares)
    return 0.5 * ops.sum(squares / variance + ops.log(variance) + math.log(2 * math.pi), axis=-1)


def student_t_nll(x: Tensor, mean: Tensor, log_scale: Tensor, log_degrees: Tensor) -> Tensor:
    """Compute -sum_p ln t(x; mean, scale, degrees) of Student's distribution: (n, D), (n, D) -> (n,), in nats.

    -ln t = (v + 1)/2 ln(1 + r^2 / v) + ln s + ln(v)/2 + ln B(1/2, v/2) with r = (x - mean) / s, s the scale and v the
    degrees of freedom. Scale and degrees are given by their logarithms, of shapes that broadcast to (n, D). At v near
    infinity it is -ln N(x; mean, s^2). Takahashi et al. 2018. A density over all reals.
    """
    degrees = ops.exp(log_degrees)
    tails = 0.5 * (degrees + 1) * ops.log1p(ops.square((x - mean) * ops.exp(-log_scale)) / degrees)
    return ops.sum(tails + log_scale + _student_t_log_constant(degrees), axis=-1)


SHIFTS = 8
"""Steps by which an argument is raised before its asymptotic series: wrong by less than 1e-9 then."""


def _student_t_log_constant(degrees: Tensor) -> Tensor:
    """Compute ln(v)/2 + ln B(1/2, v/2) = ln(pi v)/2 + ln G(v/2) - ln G((v + 1)/2), G the gamma function.

    By the series of ln G(h + 1/2) - ln G(h) in 1/h, for two values of ln G would cancel at large v.
    """
    half = degrees / 2
    raised = half + SHIFTS
    inverse = 1 / raised
    square = ops.square(inverse)
    series = inverse * (1 / 8 - square * (1 / 192 - square * (1 / 640 - square * 17 / 14336)))
    steps = sum(ops.log1p(0.5 / (half + step)) for step in range(SHIFTS))
    return 0.5 * math.log(2 * math.pi) + steps - 0.5 * ops.log1p(SHIFTS / half) + series
