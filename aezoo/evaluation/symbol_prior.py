"""A prior of discrete codes, for a rate and a likelihood: the frequencies of symbols in training codes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aezoo.metrics import Floats
from aezoo.samplers import Codes, Symbols

SMOOTHING = 0.5
"""Count added to every symbol, so that none is impossible: Krichevsky and Trofimov 1981."""


class SymbolPrior:
    """P(s) = prod_j P_j(s_j): symbols that are independent, each with its smoothed frequency in training codes.

    Codes cost -ln P(s) nats under it, at most about sum_j ln vocabulary_j.
    """

    def __init__(self, symbols: Symbols, training_codes: Codes) -> None:
        self._symbols = symbols
        counted = symbols.of(training_codes)
        counts = [
            np.bincount(column, minlength=size) + SMOOTHING
            for column, size in zip(counted.T, symbols.vocabulary, strict=True)
        ]
        self._probabilities = [count / count.sum() for count in counts]

    def log_probability(self, codes: NDArray[np.floating]) -> Floats:
        """Compute ln P of the symbols of codes (n, d), in nats: (n,)."""
        symbols = self._symbols.of(codes.astype(np.float32))
        columns = zip(self._probabilities, symbols.T, strict=True)
        return np.asarray(sum(np.log(probabilities[column]) for probabilities, column in columns), np.float64)

    def sample(self, n: int, random: np.random.Generator) -> Floats:
        """Draw codes (n, d)."""
        drawn = [random.choice(len(p), size=n, p=p) for p in self._probabilities]
        return self._symbols.codes(np.stack(drawn, axis=1)).astype(np.float64)
