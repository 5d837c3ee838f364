"""Straight lines between codes of two digits: digits along them, and detours that the decoded images take."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aezoo.metrics import METRICS, Floats, Score, check_array
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences


def _confidences(path_probabilities: ArrayLike) -> Floats:
    """The mean confidence at the inner points of each path, (pairs,)."""
    probabilities = check_array("path_probabilities", path_probabilities, ndim=3)
    if probabilities.shape[1] < 3:
        raise ValueError(f"paths have {probabilities.shape[1]} points; give both ends and at least one between them")
    return np.asarray(probabilities[:, 1:-1].max(axis=2).mean(axis=1))


def _confidence_influences(path_probabilities: ArrayLike) -> Influences:
    return {"interpolation_confidence": {"path_probabilities": _confidences(path_probabilities)}}


def _straightness_influences(path_images: ArrayLike) -> Influences:
    return {"path_straightness": {"path_images": straightness(path_images)}}


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
    [0, 1], higher is better; 1/classes where the judge cannot tell at all. A decoder that gives one digit whatever the
    code reaches 1 as well: read it beside what tells the codes apart.

    Args:
        path_probabilities: the judge's class probabilities along each path, both ends included, (pairs, points,
            classes), at least 3 points.

    Raises:
        ValueError: for another shape, fewer than 3 points, NaN or infinite values.

    Source: Berthelot et al. 2019, arXiv:1807.07543, section 3, with a classifier as the oracle.
    """
    return float(_confidences(path_probabilities).mean())


@METRICS.register(
    "path_straightness",
    question="latent",
    needs=("path_images",),
    scores=(Score("path_straightness", "ratio", "neither", None, (0.0, 1.0)),),
    minimum_n=100,
    standard_error=InfluenceFunctionError(_straightness_influences, ("path_images",)),
)
def path_straightness(path_images: ArrayLike) -> float:
    """Straightness of decoded lines: the distance of the decoded ends over the length of the path between them.

    ``mean |x_0 - x_m| / sum_i |x_(i + 1) - x_i|`` over paths x of decoded images. In [0, 1]; 1 for a linear decoder.
    No path between the ends is shorter than their distance, so that it bounds from below the geodesic in the decoder's
    metric over the length of the straight line. Neither end is better: digits are no linear family.

    Args:
        path_images: decoded images along each path, both ends included, (pairs, points, pixels), at least 2 points.

    Raises:
        ValueError: for another shape, fewer than 2 points, NaN or infinite values.

    Source: Michelis and Becker 2021, arXiv:2107.13318 (lengths of paths); Arvanitidis et al. 2018, arXiv:1710.11379,
    equation 4 (the metric).
    """
    return float(straightness(path_images).mean())


def straightness(path_images: ArrayLike) -> Floats:
    """Compute the straightness of each path, (pairs,); 1 where the images do not change."""
    images = check_array("path_images", path_images, ndim=3)
    if images.shape[1] < 2:
        raise ValueError(f"paths have {images.shape[1]} points; give both ends")
    lengths = np.linalg.norm(np.diff(images, axis=1), axis=2).sum(axis=1)
    chords = np.linalg.norm(images[:, -1] - images[:, 0], axis=1)
    ratios = np.divide(chords, lengths, out=np.ones_like(lengths), where=lengths > 0)
    return np.asarray(np.minimum(ratios, 1.0))
