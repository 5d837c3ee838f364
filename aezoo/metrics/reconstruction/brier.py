"""Brier score of pixels, and its parts: how well the decoder's probabilities mean what they say."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences, subsample
from aezoo.metrics.validation import check_image_pair

BINS = 100


def _influences(x_binary: ArrayLike, p: ArrayLike) -> Influences:
    """The influences of images, by the weights of their pixels in bins whose means are P and X.

    A pixel moves ``sum w (P - X)^2`` by ``2 (P - X) (p - x) - (P - X)^2``, and ``m (1 - m)`` by ``(1 - 2 m) x``; the
    resolution is what the sum of the parts leaves.
    """
    some = subsample(len(np.asarray(p)))
    chances, outcomes = (np.asarray(array, dtype=np.float64)[some] for array in (p, x_binary))
    bins, gaps = _bins(chances), _gaps(chances.ravel(), outcomes.ravel())
    of_pixels = {
        "brier": np.square(chances - outcomes),
        "brier_reliability": 2 * gaps[bins] * (chances - outcomes) - np.square(gaps[bins]),
        "brier_uncertainty": (1 - 2 * outcomes.mean()) * outcomes,
    }
    found = {name: values.reshape(len(values), -1).mean(axis=1) for name, values in of_pixels.items()}
    found["brier_resolution"] = found["brier_reliability"] + found["brier_uncertainty"] - found["brier"]
    return {name: {"x_binary": values} for name, values in found.items()}


@METRICS.register(
    "brier",
    question="reconstruction",
    needs=("x_binary", "p"),
    scores=(
        Score("brier", "squared probability", "lower", None, (0.0, 1.0)),
        Score("brier_reliability", "squared probability", "lower", 0.0, (0.0, 1.0)),
        Score("brier_resolution", "squared probability", "higher", None, (-1.0, 1.0)),
        Score("brier_uncertainty", "squared probability", "neither", None, (0.0, 0.25)),
    ),
    standard_error=InfluenceFunctionError(_influences, ("x_binary", "p")),
)
def brier(x_binary: ArrayLike, p: ArrayLike) -> dict[str, float]:
    """Brier score of the decoder's means as probabilities of binary pixels, with its three parts.

    ``mean (p - x)^2 = reliability - resolution + uncertainty``, see `brier_decomposition`:

    - ``brier``: in [0, 1], lower is better; at least what the drawing of binary pixels leaves open.
    - ``brier_reliability``: in [0, 1], lower is better; 0 where of the pixels that are given p a share p is on.
    - ``brier_resolution``: in [-1, 1], higher is better: what knowing p tells of the pixels.
    - ``brier_uncertainty``: in [0, 0.25], of the images alone: it describes them, and ranks nothing.

    Args:
        x_binary: images of 0 and 1, (n, pixels) or (n, height, width).
        p: probabilities of their pixels, the same shape; p may come from the grey images that x was drawn from.

    Raises:
        ValueError: for differing shapes, values outside [0, 1], other x than 0 and 1, NaN.

    Limits: rewards blur, because pixels are scored one by one, and the mean of all images that might be right beats a
    sharp guess that is wrong.

    Source: Brier 1950; Murphy 1973, "A new vector partition of the probability score"; Stephenson et al. 2008.
    """
    parts = brier_decomposition(x_binary, p)
    return {"brier": parts.pop("brier"), **{f"brier_{name}": value for name, value in parts.items()}}


def brier_decomposition(x: ArrayLike, p: ArrayLike) -> dict[str, float]:
    """Split the Brier score ``mean (p - x)^2`` into ``reliability - resolution + uncertainty``, which sum exactly.

    Over 100 bins of p of equal width, in each the means P and X and the share w: reliability ``sum w (P - X)^2``;
    uncertainty ``m (1 - m)`` with m the mean of x; resolution ``sum w (X - m)^2`` minus the variance of p within bins
    plus twice its covariance with x there. The last two vanish where p is constant in each bin: then these are
    Murphy's parts. Without them the sum is exact for no continuous p.

    ``brier`` and ``reliability`` are in [0, 1], lower is better, 0 at best; ``uncertainty`` is in [0, 1/4] and of x
    alone, neither good nor bad. ``resolution`` is higher the better: at best it is the uncertainty, and it is 0 where p
    is the same for all x. It may fall below 0, where p within bins runs against x.

    Args:
        x: 0 and 1, any shape of at least two dimensions.
        p: probabilities, the same shape.

    Returns:
        ``brier``, ``reliability``, ``resolution`` and ``uncertainty``.

    Raises:
        ValueError: for differing shapes, values outside [0, 1], other x than 0 and 1, NaN.

    Source: Murphy 1973; Stephenson, Coelho and Jolliffe 2008, "Two extra components in the Brier score decomposition".
    """
    outcomes, chances = (array.ravel() for array in check_image_pair(x, p))
    if not np.isin(outcomes, (0, 1)).all():
        raise ValueError("x holds other values than 0 and 1; binarise it, with likelihood.frozen_binarisation")
    n, bins = len(outcomes), _bins(chances)
    counts = np.bincount(bins, minlength=BINS)
    filled = np.maximum(counts, 1)
    said, seen = (np.bincount(bins, values, minlength=BINS) / filled for values in (chances, outcomes))
    mean = float(outcomes.mean())
    left, missed = chances - said[bins], outcomes - seen[bins]
    reliability = float(counts @ np.square(said - seen) / n)
    between = float(counts @ np.square(seen - mean) / n)
    return {
        "brier": float(np.square(chances - outcomes).mean()),
        "reliability": reliability,
        "resolution": between - float(left @ left / n) + 2 * float(left @ missed / n),
        "uncertainty": mean * (1 - mean),
    }


def _bins(chances: Floats) -> NDArray[np.int64]:
    """Number the bins that probabilities fall into, of the same shape."""
    return np.minimum((chances * BINS).astype(np.int64), BINS - 1)


def _gaps(chances: Floats, outcomes: Floats) -> Floats:
    """Compute ``P - X`` of each bin, 0 of an empty one: (bins,)."""
    bins = _bins(chances)
    filled = np.maximum(np.bincount(bins, minlength=BINS), 1)
    return np.bincount(bins, chances - outcomes, minlength=BINS) / filled
