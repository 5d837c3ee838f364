"""Fréchet distance of reconstructions: what of the distance of samples is the decoder's, and not the prior's."""

from __future__ import annotations

import numpy as np

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.samples.frechet import frechet_distance, frechet_influence
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences


def _influences(real: Floats, reconstructed: Floats) -> Influences:
    of_sides = {
        "real": frechet_influence(real, reconstructed),
        "reconstructed": frechet_influence(reconstructed, real),
    }
    return {"rfd": of_sides}


@METRICS.register(
    "rfd",
    question="reconstruction",
    needs=("real", "reconstructed"),
    scores=(Score("rfd", "squared feature units", "lower", None, (0.0, np.inf)),),
    minimum_n=1000,
    standard_error=InfluenceFunctionError(_influences, ("real", "reconstructed")),
)
def reconstruction_frechet_distance(real: Floats, reconstructed: Floats) -> float:
    """Fréchet distance of reconstructions to other real images: `frechet_distance` with reconstructions for samples.

    ``|m1 - m2|^2 + Tr(S1 + S2 - 2 (S1^(1/2) S2 S1^(1/2))^(1/2))`` of the features. In [0, inf), lower is better; a
    perfect reconstruction has the value of real images, the `fd` of the oracle, with as many images. A model whose
    reconstructions are near and whose samples are far has a good decoder and a bad prior; where both are far the
    decoder cannot do better. With natural images and Inception features it is known as rFID; it is not that number.

    Args:
        real: features of real images, (n, d), n >= 2.
        reconstructed: features of reconstructions of other real images, (m, d), m >= 2.

    Raises:
        ValueError: for differing widths, a side of fewer than 2 rows, NaN or infinite values.

    Limits: reconstructions are not compared with their own originals: exchanged among images they score the same.

    Source: Heusel et al. 2017, arXiv:1706.08500, equation 6; of reconstructions: Esser et al. 2021, arXiv:2012.09841.
    """
    return frechet_distance(real, reconstructed)
