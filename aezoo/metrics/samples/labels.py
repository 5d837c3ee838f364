"""Scores of the judge's class probabilities and labels of generated images."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import rel_entr, xlogy

from aezoo.metrics import METRICS, Floats, Score, check_array
from aezoo.metrics.standard_errors import BootstrapError
from aezoo.metrics.validation import check_class_numbers

SUM_TOLERANCE = 1e-3
MIN_SHARE_PERCENT = 1


@METRICS.register(
    "inception_score",
    question="samples",
    needs=("probabilities",),
    scores=(Score("inception_score", "classes", "higher", None, (1.0, np.inf)),),
    minimum_n=1000,
    standard_error=BootstrapError((("probabilities",),)),
    headline={"inception_score": 10},
)
def inception_score(probabilities: Floats) -> float:
    """Inception score with the judge as classifier: ``exp(mean_i KL(p(y | x_i) || mean_j p(y | x_j)))``.

    In [1, classes], higher is better: confident labels, evenly spread. One split. It looks at no real image,
    and sees neither copies nor a lack of variety within a class; real images reach the exponential of their
    label entropy only.

    Args:
        probabilities: class probabilities, (n, classes); each row is divided by its sum.

    Raises:
        ValueError: for a negative, NaN or infinite value, or a row whose sum is off 1 by more than 0.001.

    Source: Salimans et al. 2016, arXiv:1606.03498.
    """
    rows = check_array("probabilities", probabilities)
    sums = rows.sum(axis=1, keepdims=True)
    if rows.min() < 0 or np.abs(sums - 1).max() > SUM_TOLERANCE:
        raise ValueError(
            f"probabilities are at least {rows.min():g}, their row sums {sums.min():g} to {sums.max():g}; "
            "give softmax outputs: no value below 0, each row summing to 1"
        )
    rows = rows / sums
    marginal = rows.mean(axis=0)
    return float(np.exp(xlogy(rows, rows).sum(axis=1).mean() - xlogy(marginal, marginal).sum()))


@METRICS.register(
    "class_kl",
    question="samples",
    needs=("labels", "reference_labels"),
    scores=(Score("class_kl", "nats", "lower", 0.0, (0.0, np.inf)),),
    minimum_n=1000,
    standard_error=BootstrapError((("labels",), ("reference_labels",))),
    headline={"class_kl": 4},
)
def class_kl(labels: ArrayLike, reference_labels: ArrayLike) -> float:
    """Divergence of the classes of the samples from the reference's: ``sum_c g_c ln(g_c / r_c)``, in nats.

    ``g`` and ``r`` are the shares of each class among the samples and in the reference. In [0, inf), lower is
    better; infinite where the samples hold a class that the reference lacks. For equal distributions its
    expectation is about ``(classes - 1) / (2 n)``, not 0.

    Args:
        labels: class numbers of the samples, (n,).
        reference_labels: class numbers of the reference, (m,).

    Raises:
        ValueError: for no labels, or labels that are not integers from 0.

    Source: Kullback and Leibler 1951, on hard labels.
    """
    samples, reference = (
        check_class_numbers("labels", labels),
        check_class_numbers("reference_labels", reference_labels),
    )
    classes = int(max(samples.max(), reference.max())) + 1
    generated, expected = (np.bincount(side, minlength=classes) / len(side) for side in (samples, reference))
    return float(rel_entr(generated, expected).sum())


@METRICS.register(
    "covered_classes",
    question="samples",
    needs=("labels",),
    scores=(Score("covered_classes", "classes", "higher", None, (0.0, np.inf)),),
    minimum_n=1000,
    headline={"covered_classes": 9},
)
def covered_classes(labels: ArrayLike) -> float:
    """The number of classes that at least 1 % of the samples belong to; higher is better, at most all classes.

    ``#{c: g_c >= 0.01}``, g_c the share of class c among the samples; in [0, classes], and
    at least 1 where there are up to 100 of them.

    Args:
        labels: class numbers of the samples, (n,).

    Raises:
        ValueError: for no labels, or labels that are not integers from 0.

    Source: the count of modes of Metz et al. 2017, arXiv:1611.02163, with a threshold on the share.
    """
    counts = np.bincount(check_class_numbers("labels", labels))
    return float(np.count_nonzero(100 * counts >= MIN_SHARE_PERCENT * counts.sum()))
