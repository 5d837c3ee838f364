"""Local geometry of the decoder: how evenly, and how strongly, a small step of the code changes the image."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aezoo.metrics import METRICS, Score, check_array
from aezoo.metrics.standard_errors import BootstrapError

SMALLEST = 1e-12
"""Relative to the largest eigenvalue: what is smaller cannot be told from rounding."""
NOTHING = 1e-30
"""The largest eigenvalue of a decoder that gives one image."""


@METRICS.register(
    "jacobian_condition",
    question="latent",
    needs=("decoder_metrics",),
    scores=(
        Score("jacobian_condition", "ratio", "neither", None, (1.0, 1e6)),
        Score("jacobian_log_volume", "nats", "neither"),
    ),
    minimum_n=100,
    standard_error=BootstrapError((("decoder_metrics",),)),
)
def jacobian_condition(decoder_metrics: ArrayLike) -> dict[str, float]:
    """Condition number and log-volume of the decoder's metric ``G = J^T J`` at codes of images, medians over images.

    J (pixels, d) is the Jacobian of the mean image, l the eigenvalues of G.

    - ``jacobian_condition``: ``sqrt(l_max / l_min)``, in [1, 1e6], where l_min is at least 1e-12 l_max: 1 where a step
      changes the image as much in all directions of the code, 1e6 where a direction changes nothing.
    - ``jacobian_log_volume``: ``(1/2) sum_i ln l_i``, in nats: the logarithm of the area of images that a unit of code
      covers; the least number stands for an l of 0.

    Both change with the scale of the code, and a rotation of it leaves them as they are. They describe, and rank
    nothing.

    Args:
        decoder_metrics: G of each code, symmetric, (n, d, d).

    Raises:
        ValueError: for another shape, NaN or infinite values.

    Limits: only the decoder near codes of images is seen, and not whether its directions mean anything.

    Source: Arvanitidis et al. 2018, arXiv:1710.11379, equations 3 and 4; Chadebec and Allassonnière 2022,
    arXiv:2209.07370.
    """
    metrics = check_array("decoder_metrics", decoder_metrics, ndim=3)
    if metrics.shape[1] != metrics.shape[2]:
        raise ValueError(f"decoder_metrics have shape {metrics.shape}; give (n, d, d)")
    values = np.linalg.eigvalsh(metrics)
    largest = np.maximum(values[:, -1:], NOTHING)
    kept = np.maximum(values, SMALLEST * largest)
    return {
        "jacobian_condition": float(np.median(np.sqrt(largest[:, 0] / kept[:, 0]))),
        "jacobian_log_volume": float(np.median(np.log(kept).sum(axis=1) / 2)),
    }
