"""Disentanglement, completeness and informativeness (DCI) of codes."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import entropy
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.disentanglement.factors import check_factors, check_halves

TREES = 20
LEAF = 0.01
"""Least share of the rows in a leaf: smaller ones are split by chance, by any code, so that all codes seem alike."""
MAX_ROWS = 5_000
EPSILON = 1e-11
"""Added to importances, so that a code of none has an entropy: that of a code which serves all factors alike."""
TreePredictor: TypeAlias = RandomForestClassifier | GradientBoostingClassifier


@METRICS.register(
    "dci",
    question="disentanglement",
    needs=("codes", "factors", "seed"),
    scores=(
        Score("dci_disentanglement", "share", "higher", 1.0, (0.0, 1.0)),
        Score("dci_completeness", "share", "higher", 1.0, (0.0, 1.0)),
        Score("dci_informativeness", "share", "higher", 1.0, (0.0, 1.0)),
    ),
    minimum_n=1000,
    version=2,
    headline={"dci_disentanglement": 2, "dci_completeness": 3, "dci_informativeness": 4},
)
def dci(codes: ArrayLike, factors: ArrayLike, seed: int = 0) -> dict[str, float]:
    """Disentanglement, completeness and informativeness, from what random forests use to predict each factor.

    R (d, k) holds the importance of each code for each factor, its share of the fall in impurity.

    - ``dci_disentanglement``: ``sum_i w_i (1 - H_k(R_i / sum_k R_ik))``, the entropy of row i to base k, rows
      weighted by their share of R; in [0, 1], higher is better: 1 where each code serves one factor.
    - ``dci_completeness``: the same of columns, to base d; in [0, 1], higher is better: 1 where each factor is in one
      code.
    - ``dci_informativeness``: accuracy on the odd rows of forests fitted to the even ones, mean over factors; in
      [0, 1], higher is better.

    Forests of 20 trees, whose leaves have one in a hundred of the rows at least, stand for the boosted trees of depth 3
    of disentanglement_lib, which take minutes: `dci_boosted`. The paper has forests of a depth found by validation. Of
    more than 5,000 rows the first 5,000 are used.

    There is no standard error over images: its trees are trained, which resamples would repeat, and most of the
    spread is theirs. The interval over seeds has both.

    Args:
        codes: (n, d), float.
        factors: numbers of the values of each factor, (n, k), integers.
        seed: of the forests.

    Raises:
        ValueError: for other shapes, NaN or infinite codes, a factor that never varies, rows in the order of the
            factors' values.

    Limits: informativeness is high for entangled codes as well, because forests read them, and where it is at chance
    the other two say nothing.

    Source: Eastwood and Williams 2018, "A framework for the quantitative evaluation of disentangled representations",
    section 2.
    """
    forest = RandomForestClassifier(TREES, max_features=None, min_samples_leaf=LEAF, random_state=seed % 2**32)
    return {f"dci_{name}": value for name, value in dci_by(forest, codes, factors).items()}


def dci_by(predictor: TreePredictor, codes: ArrayLike, factors: ArrayLike) -> dict[str, float]:
    """Compute `disentanglement`, `completeness` and `informativeness` by a predictor fitted anew to each factor."""
    rows, values = check_factors(codes, factors)
    rows, values = rows[:MAX_ROWS], values[:MAX_ROWS]
    check_halves(values)
    importances, accuracies = [], []
    for factor in values.T:
        predictor.fit(rows[::2], factor[::2])
        importances.append(predictor.feature_importances_)
        accuracies.append(np.mean(predictor.predict(rows[1::2]) == factor[1::2]))
    matrix = np.array(importances).T
    return {
        "disentanglement": concentration(matrix),
        "completeness": concentration(matrix.T),
        "informativeness": float(np.mean(accuracies)),
    }


def concentration(importances: Floats) -> float:
    """Compute ``sum_i w_i (1 - H(R_i))`` of the rows of R (r, c), H to base c, w_i the share of row i; 0 for R = 0.

    With a single column every row is concentrated on it.
    """
    columns = importances.shape[1]
    total = importances.sum()
    if total == 0:
        return 0.0
    spread = entropy(importances.T + EPSILON, base=columns) if columns > 1 else np.zeros(len(importances))
    return float(np.clip((1 - spread) @ importances.sum(axis=1) / total, 0, 1))
