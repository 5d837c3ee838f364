"""The fitting of networks to codes, for samplers that need training: one compiled loop.

It stands apart from `aezoo.training`, which trains models under a protocol: what a sampler fits is its own choice, and
its seconds are counted with the sampler's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from aezoo.architectures.layers import weights_from
from aezoo.models import noise
from aezoo.seeds import integer_seed

Tensor = Any

BATCH = 256
STEPS = 5_000
LEARNING_RATE = 3e-3
"""At the first step: at a third of it flows are still far from fitted after all steps."""

_MOST_STEPS: ContextVar[int | None] = ContextVar("most steps of a fit", default=None)


class Fit(ABC):
    """Networks and the loss that fits them to rows of numbers, with its compiled loop.

    One object serves one seed after another without compiling again, as long as the rows have the same shape: a
    sampler keeps the last in an `lru_cache`.

    Attributes:
        networks: what is fitted.
        seeds: of the noise of `loss`.
    """

    def __init__(self) -> None:
        self.seeds = keras.random.SeedGenerator(0)
        self.networks = self._new(0)
        self.variables = [each for network in self.networks for each in network.trainable_variables]
        self.optimizer = keras.optimizers.Adam(LEARNING_RATE)
        self.optimizer.build(self.variables)
        self._fresh = [variable.numpy() for variable in self.optimizer.variables]
        self._loop = tf.function(self._run, jit_compile=True)

    @abstractmethod
    def build(self) -> Sequence[keras.layers.Layer]:
        """Make networks, or layers; they take their weights from the seed of `weights_from`."""

    @abstractmethod
    def loss(self, rows: Tensor, seeds: noise.Seeds) -> Tensor:
        """Compute what is minimised on average over rows (batch, k): (batch,). Noise is drawn with `seeds`."""

    def start(self, rows: NDArray[np.float32]) -> None:
        """Set what is known of new networks in closed form from all rows (m, k): nothing by default."""
        return

    def _new(self, seed: int) -> list[keras.layers.Layer]:
        with weights_from(integer_seed(seed, "weights of a fit")):
            return list(self.build())

    def reset(self, seed: int) -> None:
        """Set weights, optimizer and noise to where a new fit of `seed` begins."""
        for network, fresh in zip(self.networks, self._new(seed), strict=True):
            network.set_weights(fresh.get_weights())
        for variable, value in zip(self.optimizer.variables, self._fresh, strict=True):
            variable.assign(value)
        self.seeds.state.assign([integer_seed(seed, "noise of a fit"), 0])

    def run(self, rows: Tensor, steps: int) -> float:
        """Take so many steps from where the fit is; see `minimise`, which begins anew."""
        return float(self._loop(rows, tf.constant(steps)))

    def _run(self, rows: Tensor, steps: Tensor) -> Tensor:
        step, late = tf.constant(0), tf.constant(0.0)
        while step < steps:
            progress = tf.cast(step, tf.float32) / tf.cast(steps, tf.float32)
            self.optimizer.learning_rate.assign(LEARNING_RATE * 0.5 * (1 + tf.cos(np.pi * progress)))
            chosen = noise.uniform((BATCH,), self.seeds) * tf.cast(len(rows), tf.float32)
            batch = tf.gather(rows, tf.cast(chosen, tf.int32))
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch([variable.value for variable in self.variables])
                loss = tf.reduce_mean(self.loss(batch, self.seeds))
            gradients = tape.gradient(loss, [variable.value for variable in self.variables])
            self.optimizer.apply(gradients, self.variables)
            late += tf.where(2 * step + 1 >= steps, loss, 0)
            step += 1
        return late / tf.cast((steps + 1) // 2, tf.float32)


def minimise(fit: Fit, rows: NDArray[Any], seed: int, steps: int = STEPS) -> float:
    """Fit new networks to rows (m, k) by Adam, with batches of 256 rows drawn with replacement.

    The learning rate falls from 3e-3 to 0 along half a cosine (Loshchilov and Hutter 2017, equation 5).
    The same seed gives the same networks; no generator outside of the fit is asked or moved.

    Args:
        fit: what is fitted.
        rows: numbers; converted to float32.
        seed: of weights, batches and noise.
        steps: updates; see `at_most`.

    Returns:
        The mean loss over the second half of the steps.

    Raises:
        ValueError: the loss is not finite.
    """
    most, seen = _MOST_STEPS.get(), np.asarray(rows, np.float32)
    fit.reset(seed)
    fit.start(seen)
    mean = fit.run(tf.constant(seen), steps if most is None else min(steps, most))
    if not np.isfinite(mean):
        raise ValueError(f"the loss of {type(fit).__name__} is not finite; are the codes?")
    return mean


@contextmanager
def at_most(steps: int) -> Iterator[None]:
    """Let fits within end after so many steps: for checks that ask how a sampler behaves, not how well it fits."""
    token = _MOST_STEPS.set(steps)
    try:
        yield
    finally:
        _MOST_STEPS.reset(token)
