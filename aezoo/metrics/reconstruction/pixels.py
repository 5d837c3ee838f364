"""Pixel by pixel: cross-entropy, squared error and its ratio to the peak."""

from __future__ import annotations

import numpy as np
from scipy.special import xlog1py, xlogy

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences, subsample
from aezoo.metrics.validation import check_image_pair

MAX_PSNR = 100.0
MIN_ERROR = 10 ** (-MAX_PSNR / 10)


def _image_influences(x: Floats, p: Floats) -> Influences:
    """All three of some of the images, one value an image: the scores are their means."""
    x, p = (images[subsample(len(x))].reshape(-1, images[0].size) for images in (x, p))
    squared = np.square(x - p).mean(axis=1)
    decibels = -10 * np.log10(squared.clip(min=MIN_ERROR))
    entropies = -(xlogy(x, p) + xlog1py(1 - x, -p)).sum(axis=1)
    return {"nll": {"x": entropies}, "mse": {"x": squared}, "psnr": {"x": decibels}}


def _influence_of(name: str) -> InfluenceFunctionError:
    return InfluenceFunctionError(lambda x, p: {name: _image_influences(x, p)[name]}, ("x", "p"))


@METRICS.register(
    "nll",
    question="reconstruction",
    needs=("x", "p"),
    scores=(Score("nll", "nats per image", "lower", None, (0.0, np.inf)),),
    standard_error=_influence_of("nll"),
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

    Source: Kingma and Welling 2014, arXiv:1312.6114, equation 11.
    """
    x, p = check_image_pair(x, p)
    return float(-(xlogy(x, p) + xlog1py(1 - x, -p)).sum() / len(x))


@METRICS.register(
    "mse",
    question="reconstruction",
    needs=("x", "p"),
    scores=(Score("mse", "squared intensity", "lower", 0.0, (0.0, 1.0)),),
    standard_error=_influence_of("mse"),
    headline={"mse": 3},
)
def mse(x: Floats, p: Floats) -> float:
    """Mean squared error per pixel, ``mean (x - p)^2``; in [0, 1], lower is better. Rewards blur.

    Args:
        x: images in [0, 1], (n, pixels) or (n, height, width).
        p: their reconstructions, the same shape.

    Raises:
        ValueError: for differing shapes, values outside [0, 1], NaN.

    Source: the definition.
    """
    x, p = check_image_pair(x, p)
    return float(np.square(x - p).mean())


@METRICS.register(
    "psnr",
    question="reconstruction",
    needs=("x", "p"),
    scores=(Score("psnr", "dB", "higher", MAX_PSNR, (0.0, MAX_PSNR)),),
    standard_error=_influence_of("psnr"),
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

    Source: Horé and Ziou 2010, doi:10.1109/ICPR.2010.579.
    """
    x, p = check_image_pair(x, p)
    errors = np.square(x - p).reshape(len(x), -1).mean(axis=1)
    return float(-10 * np.log10(errors.clip(min=MIN_ERROR)).mean())
