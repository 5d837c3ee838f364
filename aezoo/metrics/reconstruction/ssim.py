"""Structural similarity (SSIM) of images."""

from __future__ import annotations

import numpy as np

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences, subsample
from aezoo.metrics.validation import check_image_pair

WINDOW = 11
SIGMA = 1.5
C1, C2 = 0.01**2, 0.03**2
IMAGES_PER_BLOCK = 500


def ssim_per_image(x: Floats, p: Floats) -> Floats:
    """Compute the structural similarity of each image, (n,); arguments and errors as `ssim`."""
    x, p = check_image_pair(x, p)
    if x.ndim != 3 or min(x.shape[1:]) < WINDOW:
        raise ValueError(f"x has shape {x.shape}; give (n, height, width), sides of at least {WINDOW} pixels")
    blocks = (slice(start, start + IMAGES_PER_BLOCK) for start in range(0, len(x), IMAGES_PER_BLOCK))
    return np.concatenate([_similarity(x[block], p[block]) for block in blocks])


def _influences(x: Floats, p: Floats) -> Influences:
    some = subsample(len(x), IMAGES_PER_BLOCK)
    return {"ssim": {"x": ssim_per_image(x[some], p[some])}}


@METRICS.register(
    "ssim",
    question="reconstruction",
    needs=("x", "p"),
    scores=(Score("ssim", "index", "higher", 1.0, (-1.0, 1.0)),),
    standard_error=InfluenceFunctionError(_influences, ("x", "p")),
    headline={"ssim": 2},
)
def ssim(x: Floats, p: Floats) -> float:
    """Structural similarity, Gaussian convention; mean over windows and images.

    ``(2 m_x m_p + C1) (2 s_xp + C2) / ((m_x^2 + m_p^2 + C1) (s_x^2 + s_p^2 + C2))`` from Gaussian-weighted moments (11
    x 11, sigma 1.5, no sample correction), C1 = 0.01^2, C2 = 0.03^2, in windows that lie wholly in the image. In
    [-1, 1], higher is better.

    Args:
        x: images in [0, 1], (n, height, width), sides of 11 pixels or more.
        p: their reconstructions, the same shape.

    Raises:
        ValueError: for differing shapes, smaller images, values outside [0, 1], NaN.

    Limits: windows of black background count 1, which lifts every value on digits.

    Source: Wang et al. 2004, doi:10.1109/TIP.2003.819861, equation 13.
    """
    return float(ssim_per_image(x, p).mean())


def _similarity(x: Floats, p: Floats) -> Floats:
    """The mean over windows of the structural similarity of each image, (n,)."""
    rows, columns = (_gaussian_windows(side) for side in x.shape[1:])

    def blur(images: Floats) -> Floats:
        return rows @ images @ columns.T

    x_mean, p_mean = blur(x), blur(p)
    squares, product = x_mean**2 + p_mean**2, x_mean * p_mean
    variances, covariance = blur(x * x + p * p) - squares, blur(x * p) - product
    index = (2 * product + C1) * (2 * covariance + C2) / ((squares + C1) * (variances + C2))
    return np.asarray(index.mean(axis=(1, 2)))


def _gaussian_windows(side: int) -> Floats:
    """The matrix that takes an axis of `side` pixels to the Gaussian means of its valid windows."""
    weights = np.exp(-0.5 * (np.arange(WINDOW) - WINDOW // 2) ** 2 / SIGMA**2)
    offsets = np.arange(side) - np.arange(side - WINDOW + 1)[:, None]
    inside = (offsets >= 0) & (offsets < WINDOW)
    return np.where(inside, weights[offsets.clip(0, WINDOW - 1)] / weights.sum(), 0.0)
