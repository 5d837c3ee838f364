"""Samplers: how a trained decoder is given codes to decode, one file per idea.

A sampler is a function `(prior, codes, n, seed) -> codes (n, d)` registered by name. `prior` draws from the model's own
prior, or is None; `codes` are those of the training images. It raises `NotApplicableError` where it makes no sense.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from aezoo.registry import Registry

Codes = NDArray[np.float32]
Prior = Callable[[int, int], Codes]
Sampler = Callable[[Prior | None, Codes, int, int], Codes]


class NotApplicableError(Exception):
    """The sampler makes no sense for this model; the reason stands in the record."""


def _build(name: str, target: Sampler) -> Sampler:
    return target


SAMPLERS: Registry[Sampler] = Registry("sampler", "aezoo.samplers", _build)
