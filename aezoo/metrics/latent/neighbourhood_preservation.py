"""Neighbourhoods kept by the encoder: neighbouring images with neighbouring codes, and the other way round."""

from __future__ import annotations

from numpy.typing import ArrayLike
from sklearn.manifold import trustworthiness as preserved_neighbours

from aezoo.metrics import METRICS, Floats, Score, check_array
from aezoo.metrics.latent.codes import rows_for_all_pairs, varying_columns


@METRICS.register(
    "trustworthiness",
    question="latent",
    needs=("x", "codes"),
    scores=(Score("trustworthiness", "index", "higher", 1.0, (0.0, 1.0)),),
    minimum_n=100,
)
def trustworthiness(x: Floats, codes: Floats, k: int = 5) -> float:
    """Trustworthiness: neighbours among the codes that are neighbours among the images too, the others weighed by rank.

    ``1 - 2 / (n k (2 n - 3 k - 1)) sum_i sum_(j in U_i) (r(i, j) - k)``, U_i the k nearest codes of i that
    are not among its k nearest images, r(i, j) the rank of j among the images. In [0, 1], higher is better; 1
    where codes keep the order of distances. Euclidean distances of images and codes as given, so that the
    identity scores 1. Of more than 2,000 rows, the first 2,000 of a fixed permutation are used (that of
    NumPy's generator with seed 0).

    Args:
        x: flattened images, (n, pixels).
        codes: (n, d).
        k: the number of neighbours, below n / 2.

    Raises:
        ValueError: for differing lengths, k not in [1, n / 2), codes or images that are all alike, NaN or
            infinite values.

    Limits: neighbours are those by pixels: a code that brings a digit in two styles together loses, and distances
    between groups go unseen.

    Source: Venna and Kaski 2001.
    """
    images, points = _checked(x, codes, k)
    return float(preserved_neighbours(images, points, n_neighbors=k))


@METRICS.register(
    "continuity",
    question="latent",
    needs=("x", "codes"),
    scores=(Score("continuity", "index", "higher", 1.0, (0.0, 1.0)),),
    minimum_n=100,
)
def continuity(x: Floats, codes: Floats, k: int = 5) -> float:
    """Continuity: neighbours among the images that are neighbours among the codes too, the others weighed by rank.

    `trustworthiness` with images and codes exchanged: ``1 - 2 / (n k (2 n - 3 k - 1)) sum_i sum_(j in V_i) (s(i, j) -
    k)``, V_i the k nearest images of i that are not among its k nearest codes, s(i, j) the rank of j among the codes.
    In [0, 1], higher is better.

    Args:
        x: flattened images, (n, pixels).
        codes: (n, d).
        k: the number of neighbours, below n / 2.

    Raises:
        ValueError: as `trustworthiness`.

    Limits: neighbours are those by pixels: a code that parts two digits of like strokes loses, and distances between
    groups go unseen.

    Source: Venna and Kaski 2001.
    """
    images, points = _checked(x, codes, k)
    return float(preserved_neighbours(points, images, n_neighbors=k))


def _checked(x: ArrayLike, codes: ArrayLike, k: int) -> tuple[Floats, Floats]:
    images, points = (_varying(name, value) for name, value in (("x", x), ("codes", codes)))
    rows = rows_for_all_pairs(len(points))
    if len(images) != len(points) or not 1 <= k < len(rows) / 2:
        raise ValueError(
            f"k is {k} for {len(images)} rows of x and {len(points)} of codes; "
            "give one code per image and a k of at least 1 and below half the rows"
        )
    return images[rows], points[rows]


def _varying(name: str, value: ArrayLike) -> Floats:
    rows = check_array(name, value)
    varying_columns(rows)
    return rows
