"""Bits per dimension: a likelihood in the unit in which images of any size are compared."""

from __future__ import annotations

import numpy as np

from aezoo.metrics import Floats, Score
from aezoo.metrics.standard_errors import Influences

PIXELS = 784
"""The dimensions of an image, 28 x 28; a label that a model is told is none."""


def bits_per_dim(nats: float) -> float:
    """Compute ``-nats / (784 ln 2)``: the bits that a pixel of an image takes, of its log-likelihood in nats.

    Lower is better, and of binary images at least 0. A lower bound on a log-likelihood gives an upper bound on the
    bits. Source: van den Oord et al. 2016, arXiv:1601.06759, section 5.1.
    """
    return -nats / (PIXELS * float(np.log(2)))


def bits_score(name: str) -> Score:
    """Declare the score that repeats ``<name>_binary`` in bits."""
    return Score(f"{name}_bits_per_dim", "bits per pixel, binarised", "lower")


def in_nats_and_bits(name: str, nats: float) -> dict[str, float]:
    """Give a likelihood of binary images in nats per image, and in bits per dimension."""
    return {f"{name}_binary": nats, f"{name}_bits_per_dim": bits_per_dim(nats)}


def influences_in_nats_and_bits(name: str, need: str, nats: Floats) -> Influences:
    """Give the influences of images, the rows of `need`, on both; `nats` are those of the images, (n,)."""
    return {f"{name}_binary": {need: nats}, f"{name}_bits_per_dim": {need: nats * bits_per_dim(1.0)}}
