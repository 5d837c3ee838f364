"""Optimizers: one file per kind, chosen by the protocol's `optimizer`.

An optimizer is a function `learning_rate -> keras.optimizers.Optimizer` registered by name. Its other settings are
part of its name: another momentum is another optimizer. The schedule of the learning rate is the protocol's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from aezoo.registry import Registry

if TYPE_CHECKING:
    import keras

OptimizerFactory = Callable[[float], "keras.optimizers.Optimizer"]


def _build(name: str, target: OptimizerFactory) -> OptimizerFactory:
    return target


OPTIMIZERS: Registry[OptimizerFactory] = Registry("optimizer", "aezoo.optimizers", _build)
