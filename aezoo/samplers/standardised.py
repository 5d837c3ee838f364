"""Codes as samplers see that are fitted to them: continuous, with mean 0 and variance 1 in each dimension."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aezoo.samplers import Codes, Latent, NotApplicableError

DEGENERATE = 1e-6
"""A dimension whose standard deviation is at most this share of its largest value is a constant, but for rounding."""


@dataclass(frozen=True)
class Standardisation:
    """The map z -> (z - mean) / deviation of codes (n, d), and back.

    A dimension that does not vary is 0 there, and exactly its constant back here whatever stands in its place.

    Attributes:
        mean: of each dimension, float64 (d,).
        deviation: standard deviation of each dimension, 0 where it does not vary, float64 (d,).
    """

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]

    @classmethod
    def of(cls, codes: Codes) -> Standardisation:
        """Take mean and standard deviation of codes (n, d)."""
        exact = codes.astype(np.float64)
        deviation = exact.std(axis=0)
        constant = deviation <= DEGENERATE * np.abs(exact).max(axis=0)
        return cls(np.where(constant, exact[0], exact.mean(axis=0)), np.where(constant, 0.0, deviation))

    def forth(self, codes: Codes) -> Codes:
        """Map codes (n, d) to mean 0 and variance 1, float32."""
        scale = np.divide(1.0, self.deviation, out=np.zeros_like(self.deviation), where=self.deviation > 0)
        return ((codes.astype(np.float64) - self.mean) * scale).astype(np.float32)

    def back(self, standard: NDArray[np.floating]) -> Codes:
        """Map standardised codes (n, d) to where they came from, float32."""
        return (self.mean + self.deviation * standard.astype(np.float64)).astype(np.float32)


def continuous_codes(latent: Latent, needed: int = 2) -> Codes:
    """Return the training codes (m, d) for a density over R^d.

    Raises:
        NotApplicableError: there are none, they are discrete, or fewer than `needed`.
    """
    count, dimensions = latent.codes.shape
    if dimensions == 0:
        raise NotApplicableError("the model has no encoder, and so no codes to fit")
    if latent.symbols is not None:
        raise NotApplicableError("the code is discrete; a draw from a density is none of its codes")
    if count < needed:
        raise NotApplicableError(f"{count} codes of {dimensions} dimensions; it needs {needed}")
    return latent.codes
