"""Layers with weights from a seed, and the chain of dense layers that most networks are."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import keras
from keras import layers

PIXELS = 784
"""Pixels of an image, 28 x 28."""

_SEEDS: ContextVar[random.Random] = ContextVar("seeds of weights")


@contextmanager
def weights_from(seed: int) -> Iterator[None]:
    """Draw the weights of all layers and tables made within from `seed`, in the order in which they are made.

    Keras would take their seeds from Python's global generator, from which any other thread may draw as well.
    """
    token = _SEEDS.set(random.Random(seed))
    try:
        yield
    finally:
        _SEEDS.reset(token)


def glorot_uniform() -> keras.initializers.Initializer:
    """Return Keras's default initializer of kernels, from the next seed of `weights_from`."""
    return keras.initializers.GlorotUniform(_next_seed())


def vectors(scale: float = 1.0) -> keras.initializers.Initializer:
    """Return an initializer of tables of vectors from N(0, scale^2), from the next seed of `weights_from`.

    For `add_weight(shape=(rows, columns), initializer=vectors())`: codebooks, pseudo-inputs, means of a mixture.
    """
    return keras.initializers.RandomNormal(0.0, scale, _next_seed())


def dense(units: int, activation: str | None = None, *, name: str) -> layers.Dense:
    """Return a dense layer with Glorot-uniform weights, as Keras's default, from the seed of `weights_from`."""
    return layers.Dense(units, activation, kernel_initializer=glorot_uniform(), name=name)


def hidden_name(index: int) -> str:
    """Return the name of a hidden layer: "hidden", "hidden_2", "hidden_3" ... for indices from 0."""
    return f"hidden_{index + 1}" if index else "hidden"


def linear_heads(inputs: Any, hidden: Any, heads: Mapping[str, int], name: str) -> keras.Model:  # noqa: ANN401
    """Return a network that ends in one linear layer for each name, of so many units; a single one is no list."""
    outputs = [dense(units, name=head)(hidden) for head, units in heads.items()]
    return keras.Model(inputs, outputs if len(outputs) > 1 else outputs[0], name=name)


def mlp(
    inputs: int, hidden: Sequence[int], heads: Mapping[str, int], *, name: str, activation: str = "relu"
) -> keras.Model:
    """Return a multilayer perceptron: (n, inputs) -> dense layers of widths `hidden` -> linear heads (n, units).

    Layers draw their seeds in this order, so that another order would move every weight of every seed.
    """
    first = layer = keras.Input((inputs,))
    for index, units in enumerate(hidden):
        layer = dense(units, activation, name=hidden_name(index))(layer)
    return linear_heads(first, layer, heads, name)


def _next_seed() -> int:
    return (_SEEDS.get(None) or random.Random()).randint(1, 10**9)
