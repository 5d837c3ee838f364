"""Reconstruction metrics: how close decoded images are to their originals."""

from aezoo.metrics.reconstruction.label_preservation import label_preservation
from aezoo.metrics.reconstruction.pixels import bernoulli_nll, mse, psnr
from aezoo.metrics.reconstruction.ssim import ssim

__all__ = ["bernoulli_nll", "label_preservation", "mse", "psnr", "ssim"]
