"""Samplers: how a trained decoder is given codes to decode, one file per idea.

A sampler is a function `(latent, n, seed) -> codes (n, d)` registered by name; `Latent` is all that it knows of the
model. It raises `NotApplicableError` where it makes no sense. Its seconds are counted in the record. One that is
registered with ``optional=True`` samples only where somebody asks for it; with ``discrete=True`` as well, it also
samples every newly trained model of a discrete code.

What is common to several samplers stands in `aezoo.samplers.standardised` and, for those that train networks,
`aezoo.samplers.fitting`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aezoo.errors import UnknownNameError
from aezoo.registry import Registry

Codes = NDArray[np.float32]

Draw = Callable[[int, int], Codes]
"""A function that draws so many codes (n, d), the same for the same seed."""


@dataclass(frozen=True)
class Symbols:
    """A discrete code: a sequence of symbols, from a vocabulary for each place.

    Attributes:
        vocabulary: how many symbols there are at each place, (s,).
        of: maps codes (n, d) to their symbols (n, s), whole numbers from 0.
        codes: maps symbols (n, s) to their codes (n, d).
    """

    vocabulary: tuple[int, ...]
    of: Callable[[Codes], NDArray[np.int64]]
    codes: Callable[[NDArray[np.int64]], Codes]


@dataclass(frozen=True)
class Latent:
    """Arrays and functions of a trained model that a sampler may use.

    Attributes:
        codes: of all training images, float32 (m, d); d is 0 where the model has no encoder.
        prior: draws from the model's own prior; None where it has none.
        posterior: draws from q(z|x), each for a training image drawn at random; None where q(z|x) is a point.
        symbols: the code as symbols; None where it is continuous.
    """

    codes: Codes
    prior: Draw | None = None
    posterior: Draw | None = None
    symbols: Symbols | None = None


Sampler = Callable[[Latent, int, int], Codes]


class NotApplicableError(Exception):
    """The sampler makes no sense for this model; the reason stands in the record."""


def _build(name: str, target: Sampler, *, optional: bool = False, discrete: bool = False) -> Sampler:
    return target


SAMPLERS: Registry[Sampler] = Registry("sampler", "aezoo.samplers", _build)

OWN_SAMPLERS = ("prior", "code-prior", "standard-normal")
"""Samplers that stand for a model unless another is asked for, the first that it has: its prior, the prior of its
symbols, or what stands in for one."""

EVERY_SAMPLER = "all"
"""The word that requests all samplers."""


def default_samplers(discrete: bool = False) -> list[str]:
    """List the samplers of a model for which nobody asked for others. Imports none.

    These are the ones that are not registered as optional; for a `discrete` code also those that are made for one.
    """
    return [name for name in SAMPLERS.names() if not is_optional(name) or (discrete and _has_option(name, "discrete"))]


def requested_samplers(names: Collection[str]) -> tuple[str, ...]:
    """List the samplers of these names, sorted: all there are for "all". Imports none.

    Raises:
        UnknownNameError: there is no sampler of a name.
    """
    for name in names:
        if name not in SAMPLERS.names() and name != EVERY_SAMPLER:
            raise UnknownNameError(SAMPLERS.kind, name, [*SAMPLERS.names(), EVERY_SAMPLER])
    return tuple(name for name in SAMPLERS.names() if name in names or EVERY_SAMPLER in names)


def is_optional(name: str) -> bool:
    """Tell whether a sampler samples only where somebody asks for it. Imports nothing."""
    return _has_option(name, "optional")


def _has_option(name: str, option: str) -> bool:
    declared = SAMPLERS.declaration(name)
    return declared is not None and bool(declared.options.get(option, False))
