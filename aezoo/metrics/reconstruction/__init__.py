"""Reconstruction metrics: closeness of decoded images to their originals."""

from aezoo.metrics.reconstruction.brier import brier, brier_decomposition
from aezoo.metrics.reconstruction.label_preservation import label_preservation
from aezoo.metrics.reconstruction.pixels import (
    bernoulli_nll,
    bernoulli_nll_per_image,
    mse,
    mse_per_image,
    psnr,
    psnr_per_image,
)
from aezoo.metrics.reconstruction.rfd import reconstruction_frechet_distance
from aezoo.metrics.reconstruction.ssim import ssim, ssim_per_image

__all__ = [
    "bernoulli_nll",
    "bernoulli_nll_per_image",
    "brier",
    "brier_decomposition",
    "label_preservation",
    "mse",
    "mse_per_image",
    "psnr",
    "psnr_per_image",
    "reconstruction_frechet_distance",
    "ssim",
    "ssim_per_image",
]
