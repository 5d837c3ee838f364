"""Categorical variables by their logits: relaxed draws, exact draws, densities and the divergence from the uniform law.

Logits have shape (n, m, C), of m variables with C categories each, and need not be normalised.
"""

from __future__ import annotations

import math

from keras import ops

from aezoo.models import noise
from aezoo.models.base import Tensor
from aezoo.models.noise import Seeds


def gumbel_softmax(logits: Tensor, temperature: Tensor | float, seeds: Seeds) -> Tensor:
    """Draw a relaxed one-hot vector of each variable: (n, m, C) -> (n, m, C), positive, with sum 1 over the last axis.

    softmax((logits + g) / temperature), g standard Gumbel noise: Jang et al. 2017, equation 2; Maddison et al. 2017.
    Its largest entry is distributed as softmax(logits), at every temperature above 0; near 0 it is one-hot
    and its gradients are large.
    """
    return ops.softmax((logits + noise.gumbel(ops.shape(logits), seeds)) / temperature, axis=-1)


def categorical_draw(logits: Tensor, seeds: Seeds) -> tuple[Tensor, Tensor]:
    """Draw one-hot vectors from softmax(logits): (n, m, C) -> (n, m, C), and their log-probability (n,), in nats.

    The largest of logits with Gumbel noise: Gumbel 1954; Maddison et al. 2014.
    """
    chosen = ops.argmax(logits + noise.gumbel(ops.shape(logits), seeds), axis=-1)
    drawn = ops.one_hot(chosen, logits.shape[-1], dtype=logits.dtype)
    return drawn, ops.sum(drawn * ops.log_softmax(logits, axis=-1), axis=(-2, -1))


def categorical_kl(logits: Tensor) -> Tensor:
    """Compute KL(softmax(logits) || uniform) = ln C - H, summed over variables: (n, m, C) -> (n,), in nats.

    From 0 to m ln C. The rate of a variational autoencoder of such codes in Jang et al. 2017.
    """
    log_probabilities = ops.log_softmax(logits, axis=-1)
    negative_entropy = ops.sum(ops.exp(log_probabilities) * log_probabilities, axis=(-2, -1))
    return negative_entropy + logits.shape[-2] * math.log(logits.shape[-1])
