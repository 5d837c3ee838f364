"""Separation of the classes in code space: silhouette, Davies-Bouldin and Calinski-Harabasz.

The functions are the definitions, on codes as given. What is registered, and stands in tables, is their value
on standardised codes, so that the scale that a model happens to give each code does not count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import pdist, squareform
from sklearn.metrics import calinski_harabasz_score, silhouette_score

from aezoo.metrics import METRICS, Floats, Score, check_array
from aezoo.metrics.latent.codes import rows_for_all_pairs, standardise, varying_columns
from aezoo.metrics.validation import Labels, check_labels


def silhouette(codes: Floats, labels: ArrayLike) -> float:
    """Mean silhouette ``(b - a) / max(a, b)`` of the true labels as clusters, on codes as given.

    ``a`` is a point's mean distance to its own class, ``b`` the least mean distance to another. In [-1, 1],
    higher is better. Of more than 2,000 rows, the first 2,000 of a fixed permutation are used (that of
    NumPy's generator with seed 0).

    Args:
        codes: (n, d).
        labels: (n,), with at least 2 and at most n - 1 different values.

    Raises:
        ValueError: for other numbers of classes, codes that are all alike, differing lengths, NaN or infinite
            values.

    Source: Rousseeuw 1987.
    """
    points, true = _labelled_codes(codes, labels)
    rows = rows_for_all_pairs(len(points))
    return float(silhouette_score(points[rows], true[rows]))


def davies_bouldin(codes: Floats, labels: ArrayLike) -> float:
    """Davies-Bouldin index of the true labels as clusters, on codes as given.

    The mean over classes of the largest ``(s_i + s_j) / d_ij``: mean distances to the own centre over the
    distance of the centres. In [0, inf), lower is better; infinite where two classes have one centre. Favours
    round classes; not comparable across dimensions.

    Args:
        codes: (n, d).
        labels: (n,), with at least 2 and at most n - 1 different values.

    Raises:
        ValueError: for other numbers of classes, codes that are all alike, differing lengths, NaN or infinite
            values.

    Source: Davies and Bouldin 1979.
    """
    # scikit-learn's gives 0, the best value, where centres coincide, and for codes on a scale of 1e-8.
    classes = _classes(codes, labels)
    centres = np.stack([own.mean(axis=0) for own in classes])
    pairs = zip(classes, centres, strict=True)
    widths = np.array([np.linalg.norm(own - centre, axis=1).mean() for own, centre in pairs])
    apart = squareform(pdist(centres))
    ratios = np.divide(widths[:, None] + widths, apart, out=np.full_like(apart, np.inf), where=apart > 0)
    np.fill_diagonal(ratios, 0)
    return float(ratios.max(axis=1).mean())


def calinski_harabasz(codes: Floats, labels: ArrayLike) -> float:
    """Calinski-Harabasz index of the true labels as clusters, on codes as given.

    ``(B / (c - 1)) / (W / (n - c))``, B and W the squared distances between and within c classes. In [0,
    inf), higher is better; infinite where each class is one code, repeated. Grows with n; favours round
    classes; not comparable across dimensions.

    Args:
        codes: (n, d).
        labels: (n,), with at least 2 and at most n - 1 different values.

    Raises:
        ValueError: for other numbers of classes, codes that are all alike, differing lengths, NaN or infinite
            values.

    Source: Caliński and Harabasz 1974.
    """
    if all((own == own[0]).all() for own in _classes(codes, labels)):
        return np.inf  # scikit-learn's gives 1, as for no separation
    return float(calinski_harabasz_score(*_labelled_codes(codes, labels)))


@METRICS.register(
    "silhouette",
    question="latent",
    needs=("codes", "labels"),
    scores=(Score("silhouette", "index", "higher", 1.0, (-1.0, 1.0)),),
    minimum_n=100,
)
def standardised_silhouette(codes: Floats, labels: ArrayLike) -> float:
    """Silhouette: how much nearer codes are to their own class than to the next; of standardised codes.

    ``mean (b - a) / max(a, b)``; in [-1, 1], higher is better. Standardised, no code gains by its scale alone.

    Args:
        codes: (n, d); each column is shifted and scaled to mean 0 and variance 1.
        labels: (n,), with at least 2 and at most n - 1 different values.

    Raises:
        ValueError: for other numbers of classes, codes that are all alike, differing lengths, NaN or infinite
            values.

    Limits: compact, round classes are rewarded: classes that are long, bent or in several clusters score low, however
    well they can be told apart.

    Source: Rousseeuw 1987.
    """
    return silhouette(standardise(codes), labels)


@METRICS.register(
    "davies_bouldin",
    question="latent",
    needs=("codes", "labels"),
    scores=(Score("davies_bouldin", "ratio", "lower", 0.0, (0.0, np.inf)),),
    minimum_n=100,
)
def standardised_davies_bouldin(codes: Floats, labels: ArrayLike) -> float:
    """Davies-Bouldin index: how wide classes are beside their distances; of standardised codes.

    ``mean_i max_j (s_i + s_j) / d_ij``; in [0, inf), lower is better. Standardised, no code gains by its scale alone.

    Args:
        codes: (n, d); each column is shifted and scaled to mean 0 and variance 1.
        labels: (n,), with at least 2 and at most n - 1 different values.

    Raises:
        ValueError: for other numbers of classes, codes that are all alike, differing lengths, NaN or infinite
            values.

    Limits: compact, round classes are rewarded: classes that are long, bent or in several clusters score badly, however
    well they can be told apart.

    Source: Davies and Bouldin 1979.
    """
    return davies_bouldin(standardise(codes), labels)


@METRICS.register(
    "calinski_harabasz",
    question="latent",
    needs=("codes", "labels"),
    scores=(Score("calinski_harabasz", "ratio", "higher", None, (0.0, np.inf)),),
    minimum_n=100,
)
def standardised_calinski_harabasz(codes: Floats, labels: ArrayLike) -> float:
    """Calinski-Harabasz index: how far classes lie apart beside their width; of standardised codes.

    ``(B / (c - 1)) / (W / (n - c))``; in [0, inf), higher is better. Standardised, no code gains by its scale alone.

    Args:
        codes: (n, d); each column is shifted and scaled to mean 0 and variance 1.
        labels: (n,), with at least 2 and at most n - 1 different values.

    Raises:
        ValueError: for other numbers of classes, codes that are all alike, differing lengths, NaN or infinite
            values.

    Limits: compact, round classes are rewarded: classes that are long, bent or in several clusters score low, however
    well they can be told apart.

    Source: Caliński and Harabasz 1974.
    """
    return calinski_harabasz(standardise(codes), labels)


def _classes(codes: ArrayLike, labels: ArrayLike) -> list[Floats]:
    """The codes of each class; raises `ValueError` unless there are from 2 to n - 1 classes."""
    points, true = _labelled_codes(codes, labels)
    names, classes = np.unique(true, return_inverse=True)
    if not 2 <= len(names) < len(points):
        raise ValueError(f"labels have {len(names)} values for {len(points)} rows; give from 2 to {len(points) - 1}")
    return [points[classes == number] for number in range(len(names))]


def _labelled_codes(codes: ArrayLike, labels: ArrayLike) -> tuple[Floats, Labels]:
    """Codes that are not all alike, with one label each; raises `ValueError` otherwise."""
    points = check_array("codes", codes)
    varying_columns(points)
    return points, check_labels("labels", labels, len(points))
