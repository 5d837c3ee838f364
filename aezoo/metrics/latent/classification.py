"""Classification of codes: the accuracy of simple classifiers in reading the digit from a code."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.latent.codes import standardise
from aezoo.metrics.standard_errors import BinomialError
from aezoo.metrics.validation import check_labels

NEIGHBOURS = 5
PROBE_NEEDS = ("train_codes", "train_labels", "codes", "labels")


@METRICS.register(
    "knn_accuracy",
    question="latent",
    needs=PROBE_NEEDS,
    scores=(Score("knn_accuracy", "share", "higher", 1.0, (0.0, 1.0)),),
    minimum_n=100,
    standard_error=BinomialError("labels"),
    headline={"knn_accuracy": 3},
)
def knn_accuracy(train_codes: Floats, train_labels: ArrayLike, codes: Floats, labels: ArrayLike) -> float:
    """Accuracy of the majority label among the 5 nearest training codes; in [0, 1], higher is better.

    ``mean_i 1[majority label of the 5 training codes nearest to z_i = y_i]``. All codes are standardised by the
    training codes.

    Args:
        train_codes: (m, d), m >= 5.
        train_labels: (m,).
        codes: (n, d).
        labels: (n,).

    Raises:
        ValueError: for differing widths or lengths, training codes that are all alike, NaN or infinite
            values.

    Limits: classes in many scattered islands score as high as classes in one cluster each, and what a code holds beside
    the label goes unseen.

    Source: Cover and Hart 1967.
    """
    model = KNeighborsClassifier(n_neighbors=NEIGHBOURS)
    return _accuracy(model, train_codes, train_labels, codes, labels)


@METRICS.register(
    "linear_probe_accuracy",
    question="latent",
    needs=PROBE_NEEDS,
    scores=(Score("linear_probe_accuracy", "share", "higher", 1.0, (0.0, 1.0)),),
    minimum_n=100,
    standard_error=BinomialError("labels"),
    headline={"linear_probe_accuracy": 2},
)
def linear_probe_accuracy(train_codes: Floats, train_labels: ArrayLike, codes: Floats, labels: ArrayLike) -> float:
    """Accuracy of logistic regression from codes to labels; in [0, 1], higher is better.

    ``mean_i 1[argmax_c (w_c.z_i + b_c) = y_i]``. All codes are standardised by the training codes; squared penalty of
    weight 1, at most 1,000 iterations.

    Args:
        train_codes: (m, d).
        train_labels: (m,), with at least 2 different values.
        codes: (n, d).
        labels: (n,).

    Raises:
        ValueError: for differing widths or lengths, training codes that are all alike or of one class, NaN or
            infinite values.

    Limits: more dimensions are easier to part by planes, and raw pixels score high: a high value says little of the
    order of a code.

    Source: Alain and Bengio 2016, arXiv:1610.01644.
    """
    return _accuracy(LogisticRegression(max_iter=1000), train_codes, train_labels, codes, labels)


def _accuracy(
    model: KNeighborsClassifier | LogisticRegression,
    train_codes: ArrayLike,
    train_labels: ArrayLike,
    codes: ArrayLike,
    labels: ArrayLike,
) -> float:
    train, held_out = standardise(train_codes), standardise(codes, by=train_codes)
    model.fit(train, check_labels("train_labels", train_labels, len(train)))
    return float(np.mean(model.predict(held_out) == check_labels("labels", labels, len(held_out))))
