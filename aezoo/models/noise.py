"""The noise of models: the one place where they draw random numbers.

Keras's own functions ask TensorFlow for any algorithm, and on a processor XLA's lowering of that is 18 to 26 times as
slow as that of the Philox counter asked for by name. The numbers are the same to the bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import keras
import tensorflow as tf

Seeds: TypeAlias = keras.random.SeedGenerator | int
"""A model's `noise`, which gives another seed at each call; or a whole number, for the same draws at each call."""

ALGORITHM = "philox"
SEED_DIVISOR = 2**31 - 2


def normal(shape: Sequence[Any], seeds: Seeds) -> Any:  # noqa: ANN401
    """Draw from N(0, 1): float32 of this shape."""
    return tf.random.stateless_normal(shape, _seed(seeds), alg=ALGORITHM)


def uniform(shape: Sequence[Any], seeds: Seeds) -> Any:  # noqa: ANN401
    """Draw from the uniform distribution over [0, 1): float32 of this shape."""
    return tf.random.stateless_uniform(shape, _seed(seeds), alg=ALGORITHM)


def gumbel(shape: Sequence[Any], seeds: Seeds) -> Any:  # noqa: ANN401
    """Draw from the standard Gumbel distribution, -ln(-ln u) of uniform u in (0, 1): float32 of this shape.

    The argmax of logits with it added is distributed as their softmax: Gumbel 1954; Maddison et al. 2014.
    """
    tiny = tf.constant(2.0**-24)  # half the grid of the uniform numbers, which start at 0
    return -tf.math.log(-tf.math.log(uniform(shape, seeds) + tiny))


def _seed(seeds: Seeds) -> Any:  # noqa: ANN401
    """Return two words, those that `keras.random` takes as well, remainder included."""
    if isinstance(seeds, int):
        return tf.constant([seeds % SEED_DIVISOR, 0])
    return tf.cast(tf.math.floormod(seeds.next(), SEED_DIVISOR), tf.int32)
