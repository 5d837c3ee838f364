"""Controls: generators whose quality is known by construction, one file each.

A control is a function `(images, labels, n, generator) -> images (n, 28, 28)` in [0, 1], registered with the split
that it draws from, which is never the reference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aezoo.registry import Registry

Bytes = NDArray[np.uint8]
Generate = Callable[[Bytes, Bytes, int, np.random.Generator], NDArray[np.float32]]


@dataclass(frozen=True)
class Control:
    """A registered control.

    Attributes:
        name: its registered name.
        generate: the function behind it.
        draws_from: the split whose images and labels it is given.
    """

    name: str
    generate: Generate
    draws_from: Literal["train", "oracle"]


def _build(name: str, target: Generate, draws_from: Literal["train", "oracle"]) -> Control:
    return Control(name, target, draws_from)


CONTROLS: Registry[Control] = Registry("control", "aezoo.controls", _build)
