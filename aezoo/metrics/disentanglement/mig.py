"""Mutual information gap (MIG)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aezoo.metrics import METRICS, Score
from aezoo.metrics.disentanglement.factors import BINS, check_factors, entropies, mutual_information


@METRICS.register(
    "mig",
    question="disentanglement",
    needs=("codes", "factors"),
    scores=(Score("mig", "share of entropy", "higher", 1.0, (0.0, 1.0)),),
    minimum_n=1000,
    headline={"mig": 1},
)
def mig(codes: ArrayLike, factors: ArrayLike, bins: int = BINS) -> float:
    """Mutual information gap: how much more the best code tells of a factor than the second best.

    ``mean_k (I(v_k; z_(1)) - I(v_k; z_(2))) / H(v_k)``, codes in 20 bins of equal width. In [0, 1], higher is better;
    0 where two codes say the same, and for a single code it is what that one tells. A factor of more than 20 values
    cannot reach 1, and few rows inflate every I.

    There is no standard error over images: in resamples, whose rows repeat, codes tell more of factors than they
    do. The interval over seeds has both.

    Args:
        codes: (n, d), float.
        factors: numbers of the values of each factor, (n, k), integers.
        bins: of each code.

    Raises:
        ValueError: for other shapes, NaN or infinite codes, a factor that never varies.

    Limits: one code that holds two factors costs nothing, as long as no other tells of them.

    Source: Chen et al. 2018, arXiv:1802.04942, equation 6.
    """
    rows, values = check_factors(codes, factors)
    information = np.sort(mutual_information(rows, values, bins), axis=0)
    second = information[-2] if len(information) > 1 else 0.0
    return float(np.mean((information[-1] - second) / entropies(values)))
