"""Straight lines between codes of two digits: digits along them, and the detour that the decoded images take."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aezoo.metrics import METRICS, Floats, Score, check_array
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences

TOLERANCE = 1e-6
"""Room that single precision needs above a probability of 1."""


def _confidences(path_probabilities: ArrayLike) -> Floats:
    """The mean confidence at the inner points of each path, (pairs,)."""
    probabilities = check_array("path_probabilities", path_probabilities, ndim=3)
    if probabilities.shape[1] < 3:
        raise ValueError(f"paths have {probabilities.shape[1]} points; give both ends and at least one between them")
    if probabilities.min() < 0 or probabilities.max() > 1 + TOLERANCE:
        raise ValueError(
            f"path_probabilities range from {probabilities.min():g} to {probabilities.max():g}; "
            "give softmax outputs, in [0, 1]"
        )
    return np.asarray(probabilities[:, 1:-1].max(axis=2).mean(axis=1))


def _confidence_influences(path_probabilities: ArrayLike) -> Influences:
    return {"interpolation_confidence": {"path_probabilities": _confidences(path_probabilities)}}


def _straightness_influences(path_images: ArrayLike, geodesic_images: ArrayLike) -> Influences:
    return {"path_straightness": {"path_images": straightness(path_images, geodesic_images)}}


@METRICS.register(
    "interpolation",
    question="latent",
    needs=("path_probabilities",),
    scores=(Score("interpolation_confidence", "probability", "higher", 1.0, (0.0, 1.0)),),
    minimum_n=100,
    standard_error=InfluenceFunctionError(_confidence_influences, ("path_probabilities",)),
)
def interpolation_confidence(path_probabilities: ArrayLike) -> float:
    """Confidence of the judge between two digits: whether decoded images along a straight line of codes are digits.

    ``mean max_y p(y | decode((1 - t) z + t z'))`` over pairs of different digits and t strictly between 0 and 1. In
    [0, 1], higher is better; 1/classes where the judge cannot tell at all.

    Args:
        path_probabilities: the judge's class probabilities along each path, both ends included, (pairs, points,
            classes), at least 3 points.

    Raises:
        ValueError: for another shape, fewer than 3 points, values outside [0, 1], NaN or infinite values.

    Limits: a decoder that gives one digit whatever the code reaches 1 as well: read it beside what tells the codes
    apart.

    Source: Berthelot et al. 2019, arXiv:1807.07543, section 3, with a classifier as the oracle.
    """
    return float(_confidences(path_probabilities).mean())


@METRICS.register(
    "path_straightness",
    question="latent",
    needs=("path_images", "geodesic_images"),
    scores=(Score("path_straightness", "ratio", "neither", None, (0.0, 1.0)),),
    minimum_n=100,
    version=2,
    standard_error=InfluenceFunctionError(_straightness_influences, ("path_images", "geodesic_images")),
)
def path_straightness(path_images: ArrayLike, geodesic_images: ArrayLike) -> float:
    """Straightness of decoded lines: the length of the geodesic over that of the straight line between two codes.

    ``mean sum_i |y_(i + 1) - y_i| / sum_i |x_(i + 1) - x_i|``: x decoded images along the straight line, y along the
    shortest path found between the same codes, so that both are lengths in the decoder's metric. In [0, 1]; 1 for a
    linear decoder, and where no shorter path was found. Neither end is better: digits are no linear family.

    Args:
        path_images: decoded images along each straight line, both ends included, (pairs, points, pixels).
        geodesic_images: the same along the shortest paths, (pairs, points, pixels), at least 2 points.

    Raises:
        ValueError: for another shape, fewer than 2 points, NaN or infinite values.

    Limits: a linear decoder has 1 whatever its images look like, and so has a search that finds no shorter path.

    Source: Michelis and Becker 2021, arXiv:2107.13318 (lengths of paths); Arvanitidis et al. 2018, arXiv:1710.11379,
    equations 4 and 5 (the metric, and the length).
    """
    return float(straightness(path_images, geodesic_images).mean())


def straightness(path_images: ArrayLike, geodesic_images: ArrayLike) -> Floats:
    """Compute the straightness of each line, (pairs,); 1 where the images do not change."""
    straight, shortest = lengths("path_images", path_images), lengths("geodesic_images", geodesic_images)
    if len(straight) != len(shortest):
        raise ValueError(f"there are {len(straight)} lines and {len(shortest)} geodesics; give one for each")
    ratios = np.divide(shortest, straight, out=np.ones_like(straight), where=straight > 0)
    return np.asarray(np.minimum(ratios, 1.0))


def lengths(name: str, images: ArrayLike) -> Floats:
    """Compute the length of each path of images (pairs, points, pixels), (pairs,)."""
    paths = check_array(name, images, ndim=3)
    if paths.shape[1] < 2:
        raise ValueError(f"{name} have {paths.shape[1]} points; give both ends")
    return np.asarray(np.linalg.norm(np.diff(paths, axis=1), axis=2).sum(axis=1))
