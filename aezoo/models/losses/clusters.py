"""Soft groups of codes and their sharpening, the terms of deep embedded clustering."""

from __future__ import annotations

from typing import Any

from keras import ops

Tensor = Any

TINY = 1e-12
"""Least probability that a logarithm is taken of."""


def student_t_memberships(z: Tensor, centres: Tensor) -> Tensor:
    """Compute the share of each centre (k, d) in codes (n, d): (n, k), each row with sum 1.

    ``q_j`` proportional to ``1 / (1 + |z - c_j|^2)``, Student's t with one degree of freedom: Xie et al. 2016,
    arXiv:1511.06335, equation 1.
    """
    q = 1 / (1 + ops.sum(ops.square(z[:, None] - centres), axis=-1))
    return q / ops.sum(q, axis=-1, keepdims=True)


def sharpened_memberships(q: Tensor, shares: Tensor) -> Tensor:
    """Sharpen memberships (n, k), those in large groups less: (n, k), each row with sum 1.

    ``p_j`` proportional to ``q_j^2 / f_j``, f_j the share of group j in all images, (k,), up to a factor: Xie et al.
    2016, equation 3. Certain memberships stay as they are.
    """
    p = ops.square(q) / shares
    return p / ops.sum(p, axis=-1, keepdims=True)


def categorical_divergence(p: Tensor, q: Tensor) -> Tensor:
    """Compute ``KL(p || q) = sum_j p_j ln(p_j / q_j)`` in nats of probabilities (n, k): (n,), at least 0."""
    return ops.sum(p * (ops.log(p + TINY) - ops.log(q + TINY)), axis=-1)
