"""Log-likelihoods of images given what a decoder says of them: per example, in nats per image."""

from __future__ import annotations

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
