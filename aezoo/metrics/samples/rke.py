"""Rényi kernel entropy (RKE): the effective number of different images, of order 2."""

from __future__ import annotations

import numpy as np

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.samples.diversity import unit_rows
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences


def _influences(features: Floats) -> Influences:
    """The influences ``-2 s^2 x' G x`` of a unit row x, s the score and ``G = X^T X / n``."""
    rows = unit_rows(features)
    second = rows.T @ rows / len(rows)
    score = 1 / np.square(second).sum()
    return {"rke": {"features": -2 * score**2 * np.einsum("ij,ij->i", rows @ second, rows)}}


@METRICS.register(
    "rke",
    question="samples",
    needs=("features",),
    scores=(Score("rke", "effective images", "target", None, (1.0, np.inf)),),
    minimum_n=1000,
    standard_error=InfluenceFunctionError(_influences, ("features",)),
    redundant_with={"rke": "vendi"},
)
def rke(features: Floats) -> float:
    """Rényi kernel entropy of order 2, as an effective number of images: the Vendi score of order 2.

    ``1 / |K / n|^2 = 1 / mean_ij K_ij^2``, K the cosines of all pairs, as in `vendi_score`. In [1, min(n, d)]; 1 for
    images all alike, n for n orthogonal ones, 2 for two orthogonal groups of equal size, unchanged when every image is
    repeated. Common images weigh more than in `vendi_score`, which it never exceeds; no eigenvalues are needed. The
    best value is that of real images.

    Args:
        features: features of generated images, (n, d).

    Raises:
        ValueError: for a row of zeros (it has no direction), NaN or infinite values.

    Source: Jalali et al. 2023, "An information-theoretic evaluation of generative models in learning multi-modal
    distributions", with the cosine kernel; order q: Pasarkar and Dieng 2024, arXiv:2310.12952.
    """
    rows = unit_rows(features)
    gram = rows.T @ rows if rows.shape[1] <= len(rows) else rows @ rows.T
    return float(len(rows) ** 2 / np.square(gram).sum())
