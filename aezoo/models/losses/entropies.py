"""Entropies of binary codes."""

from __future__ import annotations

from typing import Any

from keras import ops

Tensor = Any


def bernoulli_entropy(logits: Tensor) -> Tensor:
    """Compute the entropy of Bernoulli variables in nats, of their logits, elementwise.

    ``H = softplus(l) - l sigmoid(l)``; ln 2 at l = 0, and 0 in the limit of large l of either sign.
    """
    return ops.softplus(logits) - logits * ops.sigmoid(logits)


def bit_entropy_penalty(logits: Tensor) -> Tensor:
    """Compute what makes codes of bits certain for each image and even over images, as contributions of images (n,).

    ``sum_i H(p_i) - H(mean of p_i)`` with p_i the probabilities that bit i is 1, H the entropy in nats: E H(p) of codes
    that are a product over bits, minus an upper bound on H(E p), by independent bits. Its mean over images is that; of
    one image it is 0. In [-d ln 2, 0], lower is better: Yu et al. 2024, equation 5; Zhao et al. 2024, equation 10.

    Args:
        logits: of the bits, (n, d).
    """
    mean = ops.mean(ops.sigmoid(logits), axis=0)
    own = ops.sum(bernoulli_entropy(logits), axis=-1)
    clipped = ops.clip(mean, TINY, 1 - TINY)
    together = -ops.sum(clipped * ops.log(clipped) + (1 - clipped) * ops.log(1 - clipped))
    return own - together


TINY = 1e-6
"""A mean probability's least distance from 0 and 1, where its logarithm has a slope that is finite in float32."""
