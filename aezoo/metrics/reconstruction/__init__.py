"""Reconstruction metrics: closeness of decoded images to their originals."""

from aezoo.metrics.reconstruction.label_preservation import label_preservation
from aezoo.metrics.reconstruction.pixels import (
    bernoulli_nll,
    bernoulli_nll_per_image,
    mse,
    mse_per_image,
    psnr,
    psnr_per_image,
)
from aezoo.metrics.reconstruction.ssim import ssim, ssim_per_image

__all__ = [
    "bernoulli_nll",
    "bernoulli_nll_per_image",
    "label_preservation",
    "mse",
    "mse_per_image",
    "psnr",
    "psnr_per_image",
    "ssim",
    "ssim_per_image",
]
