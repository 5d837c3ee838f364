"""Separated attribute predictability (SAP)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.svm import LinearSVC

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.disentanglement.factors import Numbers, check_factors, check_halves, standardised

PENALTY = 0.01


@METRICS.register(
    "sap",
    question="disentanglement",
    needs=("codes", "factors", "categorical"),
    scores=(Score("sap", "share", "higher", 1.0, (0.0, 1.0)),),
    minimum_n=1000,
)
def sap(codes: ArrayLike, factors: ArrayLike, categorical: ArrayLike | None = None) -> float:
    """Separated attribute predictability: how much better the best code predicts a factor than the second best.

    ``mean_k (S_k(1) - S_k(2))``, S the squared correlation of code and factor, and of a factor whose values have no
    order the accuracy of a linear classifier (support vectors, balanced classes, C = 0.01) on the odd rows, fitted to
    the even ones. In [0, 1], higher is better; 0 where two codes predict alike.

    There is no standard error over images: it trains a classifier for each code and factor, which resamples would
    repeat. The interval over seeds has both.

    Args:
        codes: (n, d), float.
        factors: numbers of the values of each factor, (n, k), integers.
        categorical: which factors have no order, bool, (k,); None for none of them.

    Raises:
        ValueError: for other shapes, NaN or infinite codes, a factor that never varies, rows in the order of the
            values of a factor without order.

    Limits: one code that holds two factors costs nothing, as long as no other predicts them; of an ordered factor only
    what is a straight line of a code is seen.

    Source: Kumar et al. 2018, arXiv:1711.00848, section 3; the classifier as in disentanglement_lib.
    """
    rows, values = check_factors(codes, factors)
    unordered = np.zeros(values.shape[1], bool) if categorical is None else np.asarray(categorical, bool)
    if unordered.shape != (values.shape[1],):
        raise ValueError(f"categorical has shape {unordered.shape} for {values.shape[1]} factors; give one for each")
    check_halves(values[:, unordered])
    active = standardised(rows)
    gaps = []
    for factor, has_no_order in zip(values.T, unordered, strict=True):
        scores = [_accuracy(code, factor) if has_no_order else _squared_correlation(code, factor) for code in active.T]
        # Codes that do not vary predict nothing; a gap needs two.
        best = sorted([*scores, 0.0, 0.0], reverse=True)
        gaps.append(best[0] - best[1])
    return float(np.mean(gaps))


def _squared_correlation(code: Floats, factor: Numbers) -> float:
    return float(np.corrcoef(code, factor)[0, 1] ** 2)


def _accuracy(code: Floats, factor: Numbers) -> float:
    model = LinearSVC(C=PENALTY, class_weight="balanced", random_state=0)
    model.fit(code[::2, None], factor[::2])
    return float(np.mean(model.predict(code[1::2, None]) == factor[1::2]))
