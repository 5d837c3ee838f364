"""Modularity and explicitness of codes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.disentanglement.factors import (
    BINS,
    Numbers,
    check_factors,
    check_halves,
    mutual_information,
    standardised,
)

MAX_ROWS = 5_000


@METRICS.register(
    "modularity_explicitness",
    question="disentanglement",
    needs=("codes", "factors"),
    scores=(
        Score("modularity", "share", "higher", 1.0, (0.0, 1.0)),
        Score("explicitness", "probability", "higher", 1.0, (0.0, 1.0)),
    ),
    minimum_n=1000,
)
def modularity_explicitness(codes: ArrayLike, factors: ArrayLike, bins: int = BINS) -> dict[str, float]:
    """Modularity and explicitness: whether each code depends on one factor, and whether factors can be read linearly.

    - ``modularity``: the mean over codes of ``1 - sum_(k != k*) I_k^2 / (I_(k*)^2 (K - 1))``, I_k the mutual
      information of the code (in 20 bins) and factor k, k* the largest; 0 for a code that tells nothing. In [0, 1],
      higher is better.
    - ``explicitness``: the area under the ROC curve of each value against the others, by logistic regression on all
      codes, fitted to the even rows and scored on the odd ones; mean over values, then over factors. In [0, 1], higher
      is better; 0.5 by chance. Of more than 5,000 rows the first 5,000 are used.

    There is no standard error over images: in resamples, whose rows repeat, codes tell more of factors than they
    do. The interval over seeds has both.

    Args:
        codes: (n, d), float.
        factors: numbers of the values of each factor, (n, k), integers.
        bins: of each code.

    Raises:
        ValueError: for other shapes, NaN or infinite codes, a factor that never varies, rows in the order of the
            factors' values.

    Limits: modularity is 1 as well where each factor is spread over many codes, and explicitness does not change when
    codes are rotated.

    Source: Ridgeway and Mozer 2018, arXiv:1802.05312, sections 2 and 3.
    """
    rows, values = check_factors(codes, factors)
    check_halves(values[:MAX_ROWS])
    active = standardised(rows[:MAX_ROWS])
    areas = [_area(active, factor) for factor in values[:MAX_ROWS].T] if active.shape[1] else [0.5]
    return {
        "modularity": modularity(mutual_information(rows, values, bins)),
        "explicitness": float(np.mean(areas)),
    }


def modularity(information: Floats) -> float:
    """Compute the modularity of codes from their mutual information with each factor, (d, K) in nats."""
    squares = np.square(information)
    largest = squares.max(axis=1)
    others = squares.sum(axis=1) - largest
    informative = largest > 0
    rivals = max(1, information.shape[1] - 1)
    deviations = np.divide(others, largest * rivals, out=np.ones_like(others), where=informative)
    return float(np.mean(1 - deviations))


def _area(codes: Floats, factor: Numbers) -> float:
    """The mean area over the values that both halves have."""
    train, test = factor[::2], factor[1::2]
    model = LogisticRegression(max_iter=200).fit(codes[::2], train)
    probabilities = model.predict_proba(codes[1::2])
    known = [i for i, value in enumerate(model.classes_) if 0 < np.mean(test == value) < 1]
    truth = [test == model.classes_[i] for i in known]
    return float(np.mean([roc_auc_score(of, probabilities[:, i]) for i, of in zip(known, truth, strict=True)]))
