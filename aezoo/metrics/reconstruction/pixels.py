"""Pixel-wise errors of reconstructions: cross-entropy, squared error and its ratio to the peak."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import xlog1py, xlogy

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences, subsample
from aezoo.metrics.validation import check_image_pair

MAX_PSNR = 100.0
MIN_ERROR = 10 ** (-MAX_PSNR / 10)


def bernoulli_nll_per_image(x: Floats, p: Floats) -> Floats:
    """Compute the Bernoulli cross-entropy of each image, in nats, (n,); arguments and errors as `bernoulli_nll`."""
    x, p = check_image_pair(x, p)
    return np.asarray(-(xlogy(x, p) + xlog1py(1 - x, -p)).reshape(len(x), -1).sum(axis=1))


def mse_per_image(x: Floats, p: Floats) -> Floats:
    """Compute the mean squared error over the pixels of each image, (n,); arguments and errors as `mse`."""
    x, p = check_image_pair(x, p)
    return np.asarray(np.square(x - p).reshape(len(x), -1).mean(axis=1))


def psnr_per_image(x: Floats, p: Floats) -> Floats:
    """Compute the peak signal-to-noise ratio of each image, in dB, (n,); arguments and errors as `psnr`."""
    return np.asarray(-10 * np.log10(mse_per_image(x, p).clip(min=MIN_ERROR)))


def _mean_error(name: str, per_image: Callable[[Floats, Floats], Floats]) -> InfluenceFunctionError:
    """The standard error of the mean of `per_image`: the influence of an image is its own value."""

    def influences(x: Floats, p: Floats) -> Influences:
        some = subsample(len(x))
        return {name: {"x": per_image(x[some], p[some])}}

    return InfluenceFunctionError(influences, ("x", "p"))


@METRICS.register(
    "nll",
    question="reconstruction",
    needs=("x", "p"),
    scores=(Score("nll", "nats per image", "lower", None, (0.0, np.inf)),),
    standard_error=_mean_error("nll", bernoulli_nll_per_image),
    headline={"nll": 1},
)
def bernoulli_nll(x: Floats, p: Floats) -> float:
    """Bernoulli cross-entropy ``-sum_pixels x ln p + (1 - x) ln(1 - p)``, in nats per image, mean over
    images.

    Lower is better. For grey images the least possible value, reached at p = x, is their self-entropy and not
    0 (about 45.5 on MNIST's test images): it is no likelihood of grey values. ``0 ln 0`` counts as 0; the
    value is infinite where p is 0 or 1 and x is not.

    Args:
        x: images in [0, 1], (n, pixels) or (n, height, width).
        p: Bernoulli means in [0, 1], the same shape.

    Raises:
        ValueError: for differing shapes, values outside [0, 1], NaN.

    Limits: rewards blur, because pixels are scored one by one, and the mean of all images that might be right beats a
    sharp guess that is wrong.

    Source: Kingma and Welling 2014, arXiv:1312.6114, equation 11.
    """
    x, p = check_image_pair(x, p)
    return float(-(xlogy(x, p) + xlog1py(1 - x, -p)).sum() / len(x))


@METRICS.register(
    "mse",
    question="reconstruction",
    needs=("x", "p"),
    scores=(Score("mse", "squared intensity", "lower", 0.0, (0.0, 1.0)),),
    standard_error=_mean_error("mse", mse_per_image),
    headline={"mse": 3},
)
def mse(x: Floats, p: Floats) -> float:
    """Mean squared error per pixel, ``mean (x - p)^2``; in [0, 1], lower is better.

    Args:
        x: images in [0, 1], (n, pixels) or (n, height, width).
        p: their reconstructions, the same shape.

    Raises:
        ValueError: for differing shapes, values outside [0, 1], NaN.

    Limits: rewards blur, because pixels are scored one by one, and the mean of all images that might be right beats a
    sharp guess that is wrong.

    Source: the definition.
    """
    x, p = check_image_pair(x, p)
    return float(np.square(x - p).mean())


@METRICS.register(
    "psnr",
    question="reconstruction",
    needs=("x", "p"),
    scores=(Score("psnr", "dB", "higher", MAX_PSNR, (0.0, MAX_PSNR)),),
    standard_error=_mean_error("psnr", psnr_per_image),
    headline={"psnr": 4},
    redundant_with={"psnr": "mse"},
)
def psnr(x: Floats, p: Floats) -> float:
    """Peak signal-to-noise ratio ``-10 log10(MSE)`` of each image at peak 1, capped at 100 dB, mean over
    images.

    In [0, 100] dB, higher is better. The mean of the images' ratios, not the ratio of their mean error.

    Args:
        x: images in [0, 1], (n, pixels) or (n, height, width).
        p: their reconstructions, the same shape.

    Raises:
        ValueError: for differing shapes, values outside [0, 1], NaN.

    Limits: rewards blur as the squared error does, and by its logarithm a few nearly perfect images outweigh many that
    are bad.

    Source: Horé and Ziou 2010, doi:10.1109/ICPR.2010.579.
    """
    return float(psnr_per_image(x, p).mean())
