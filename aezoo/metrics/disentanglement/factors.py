"""Codes and factors as the disentanglement metrics take them: checks, mutual information, rows that share a value."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import mutual_info_score

from aezoo.metrics import Floats, check_array

Numbers = NDArray[np.int64]

BINS = 20


def check_factors(codes: ArrayLike, factors: ArrayLike) -> tuple[Floats, Numbers]:
    """Return codes (n, d) as float64 and factors (n, k) as numbers from 0, without gaps.

    Raises:
        ValueError: for other shapes, differing lengths, NaN or infinite codes, factors that are not whole numbers, or
            one that never varies.
    """
    rows, values = check_array("codes", codes), np.asarray(factors)
    if values.ndim != 2 or len(values) != len(rows) or values.shape[1] == 0:
        raise ValueError(f"factors have shape {values.shape} for {len(rows)} codes; give a row of factors for each")
    if values.dtype.kind not in "iu":
        raise ValueError(f"factors are {values.dtype}; give the numbers of their values, as integers")
    numbered = np.stack([np.unique(column, return_inverse=True)[1] for column in values.T], axis=1).astype(np.int64)
    constant = np.flatnonzero(numbered.max(axis=0) == 0)
    if len(constant):
        raise ValueError(f"factor {constant[0]} never varies; leave it out")
    return rows, numbered


def check_halves(factors: Numbers) -> None:
    """Raise `ValueError` where nothing that is fitted to the even rows can name a value of the odd ones.

    Rows in the order of a grid have even and odd values of the factor that runs fastest in even and odd rows, and may
    have one value of another: that is the order of the rows, and not the code.
    """
    for number, factor in enumerate(factors.T):
        even, odd = set(factor[::2].tolist()), set(factor[1::2].tolist())
        if min(len(even), len(odd)) < 2 or not even & odd:
            raise ValueError(
                f"of factor {number} the even ones of {len(factors)} rows have {len(even)} values, the odd ones "
                f"{len(odd)}, and both {len(even & odd)}; shuffle the rows"
            )


def mutual_information(codes: Floats, factors: Numbers, bins: int = BINS) -> Floats:
    """Compute the mutual information of each code, in bins of equal width, and each factor, in nats, (d, k)."""
    # Rounding tells nothing: a code that varies by no more is in one bin, and has no room for `bins` of them.
    rounding = 4 * bins * np.finfo(np.float64).eps * np.abs(codes).max(axis=0)
    varies = np.ptp(codes, axis=0) > rounding
    binned = [
        np.digitize(code, np.histogram_bin_edges(code, bins)[1:-1]) if more else np.zeros(len(code), np.int64)
        for code, more in zip(codes.T, varies, strict=True)
    ]
    return np.array([[mutual_info_score(code, factor) for factor in factors.T] for code in binned])


def entropies(factors: Numbers) -> Floats:
    """Compute the entropy of each factor, in nats, (k,)."""
    return np.array([mutual_info_score(factor, factor) for factor in factors.T])


def standardised(codes: Floats) -> Floats:
    """Scale the codes that vary to a standard deviation of 1, and leave the others out: (n, active)."""
    spread = codes.std(axis=0)
    active = spread > 1e-12 * np.maximum(1.0, np.abs(codes).max(axis=0))
    return np.asarray((codes[:, active] - codes[:, active].mean(axis=0)) / spread[active])


class SharedValues:
    """Rows that have the value of one factor in common.

    Raises `ValueError` where a value occurs only once.
    """

    def __init__(self, factors: Numbers) -> None:
        self._factors = factors
        self._order = np.argsort(factors, axis=0, kind="stable")
        self._counts = [np.bincount(column) for column in factors.T]
        for number, counts in enumerate(self._counts):
            if counts.min() < 2:
                raise ValueError(f"factor {number} has a value that occurs once; give more rows")

    def draw(self, factor: int, rows: Numbers, random: np.random.Generator) -> Numbers:
        """Draw for each of `rows` (any shape) a row with the same value of `factor`; it may be the row itself."""
        values = self._factors[rows, factor]
        counts = self._counts[factor]
        first = np.cumsum(counts) - counts
        drawn: Numbers = self._order[first[values] + random.integers(counts[values]), factor]
        return drawn
