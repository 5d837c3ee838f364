"""Drawing of rows and checks of doses, shared by the controls."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aezoo.controls import Bytes, Images
from aezoo.images import unit_interval

Rows = NDArray[np.int64]


def distinct_rows(size: int, n: int, generator: np.random.Generator) -> Rows:
    """Return `n` different rows of `size`, in random order; raises `ValueError` if there are not so many."""
    if n > size:
        raise ValueError(f"{n} images asked for but the split holds {size}; ask for fewer")
    return generator.permutation(size)[:n]


def balanced_rows(choices: ArrayLike, n: int, generator: np.random.Generator) -> Rows:
    """Return `n` of `choices`, in random order, none once more than another: repeats only if there are fewer than n."""
    given = np.asarray(choices)
    rounds = -(-n // len(given))
    drawn = np.concatenate([generator.permutation(given) for _ in range(rounds)] or [given[:0]])[:n]
    return generator.permutation(drawn)


def sample_real(images: Bytes, n: int, generator: np.random.Generator) -> Images:
    """Return `n` different images, float32 in [0, 1]; raises `ValueError` if there are not so many."""
    return unit_interval(images[distinct_rows(len(images), n, generator)], np.float32)


def check_integer(dose: float) -> float:
    """Return `dose` as a count; raises `ValueError` for another than a whole number of at least 1."""
    if not dose >= 1 or dose != int(dose):
        raise ValueError(f"the dose is {dose}; give a whole number of at least 1")
    return dose


def check_integer_up_to(dose: float, most: int, of: str) -> int:
    """Return `dose` as a whole number from 1 to `most`, which depends on the data; raises `ValueError` otherwise."""
    if not 1 <= dose <= most or dose != int(dose):
        raise ValueError(f"the dose is {dose} {of}; give a whole number from 1 to {most}")
    return int(dose)


def check_share(dose: float) -> float:
    """Return `dose` as a share; raises `ValueError` outside of [0, 1]."""
    if not 0 <= dose <= 1:
        raise ValueError(f"the dose is {dose}; give a share from 0 to 1")
    return dose


def check_non_negative(dose: float) -> float:
    """Return `dose` as a finite amount; raises `ValueError` below 0."""
    if not 0 <= dose < np.inf:
        raise ValueError(f"the dose is {dose}; give a number of at least 0")
    return dose


def replace_rows(images: Images, by: Images, generator: np.random.Generator) -> Images:
    """Return `images` with as many of them as there are in `by` replaced, at random places."""
    mixed = images.copy()
    mixed[generator.permutation(len(images))[: len(by)]] = by
    return mixed
