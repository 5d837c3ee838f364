"""Unsupervised disentanglement ranking (UDR): whether seeds of one model find the same dimensions, without factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from aezoo.metrics import METRICS, Floats, Score, check_array

ACTIVE = 0.01


@METRICS.register(
    "unsupervised_disentanglement",
    question="disentanglement",
    needs=("codes_by_seed",),
    scores=(Score("unsupervised_disentanglement", "share", "neither", None, (0.0, 1.0)),),
    minimum_n=100,
)
def unsupervised_disentanglement(codes_by_seed: Mapping[str, ArrayLike]) -> float:
    """UDR: how alike the dimensions are that the seeds of a model find, from codes that each trial keeps.

    The mean over the seeds of `udr_of_seeds`, in [0, 1]: 1 where each dimension of a seed is one of every other seed's,
    turned over or not, and no other. The higher the better among models of as many active dimensions; it ranks nothing,
    because models that collapse to one or two dimensions score high. It needs two seeds, of which a trial has one:
    tables compute it from the codes of the first 1,000 held-out images. Chance correlations of n images, of about
    ``0.8 / sqrt(n)`` each, keep codes of many dimensions below 1. No interval over seeds: each value is of pairs of
    them, whose spread would make it half as wide as it is.

    Args:
        codes_by_seed: by seed, the codes of the same images, (n, d); d may differ. The paper has at least five.

    Raises:
        ValueError: as `udr_of_seeds`.

    Limits: models that collapse to one or two dimensions score high, and seeds that find the same entangled dimensions
    agree as well as seeds that find factors.

    Source: Duan et al. 2020, arXiv:1905.12614, equation 3, with rank correlations.
    """
    return udr(list(codes_by_seed.values()))


def udr(codes_by_seed: Sequence[ArrayLike]) -> float:
    """Compute the mean over the seeds of `udr_of_seeds`: how alike the dimensions are that a model's seeds find.

    In [0, 1], higher is better. Models that collapse to one or two dimensions score high: read the number of active
    units beside it. A rotation of the code, which no likelihood sees, lowers it.

    Args:
        codes_by_seed: of each seed the codes of the same images, (n, d); d may differ. The paper has at least five.

    Raises:
        ValueError: as `udr_of_seeds`.

    Source: Duan et al. 2020, arXiv:1905.12614, equation 3, with rank correlations.
    """
    return float(udr_of_seeds(codes_by_seed).mean())


def udr_of_seeds(codes_by_seed: Sequence[ArrayLike]) -> Floats:
    """Compute for each seed the median over the others of the likeness of their dimensions, (seeds,), in [0, 1].

    ``UDR_ij = (mean_a max_b R_ab^2 / sum_b R_ab + mean_b max_a R_ab^2 / sum_a R_ab) / 2``, R_ab the absolute Spearman
    correlation of dimension a of seed i and dimension b of seed j: 1 where each dimension is one of the other's, turned
    over or not, and no other. Dimensions whose codes vary by at most 0.01 (`active_units`) are left out, of a
    variational model those that are collapsed; where none is left, the likeness is 0, and so is the part of a dimension
    that has no correlation with any.

    Args:
        codes_by_seed: of each seed the codes of the same images, (n, d).

    Raises:
        ValueError: for fewer than two seeds, differing numbers of images, other shapes, NaN or infinite values.

    Source: Duan et al. 2020, arXiv:1905.12614, equations 2 and 3; Locatello et al. 2019 for Spearman's R.
    """
    codes = [check_array("codes_by_seed", of) for of in codes_by_seed]
    if len(codes) < 2 or len({len(of) for of in codes}) > 1:
        sizes = ", ".join(str(len(of)) for of in codes)
        raise ValueError(f"codes_by_seed has codes of {sizes or 'no'} images; give two seeds or more, of equal images")
    ranks = [_standard_ranks(of) for of in codes]
    likeness = np.array([[_likeness(one, other) for other in ranks] for one in ranks])
    partners = ~np.eye(len(codes), dtype=bool)
    return np.array([np.median(row[others]) for row, others in zip(likeness, partners, strict=True)])


def _standard_ranks(codes: Floats) -> Floats:
    """Rank the codes of each active dimension, with mean 0 and norm 1: (n, active)."""
    active = codes[:, codes.var(axis=0) > ACTIVE]
    ranks = rankdata(active, axis=0) - (len(codes) + 1) / 2
    return np.asarray(ranks / np.linalg.norm(ranks, axis=0))


def _likeness(one: Floats, other: Floats) -> float:
    correlations = np.abs(one.T @ other)
    if correlations.size == 0:
        return 0.0
    parts = [_concentration(of_dimensions) for of_dimensions in (correlations, correlations.T)]
    return float(np.mean([part.mean() for part in parts]))


def _concentration(correlations: Floats) -> Floats:
    """``max_b R_ab^2 / sum_b R_ab`` of each row, 0 of one without any correlation."""
    sums = correlations.sum(axis=1)
    parts = np.square(correlations.max(axis=1))
    return np.asarray(np.divide(parts, sums, out=np.zeros_like(sums), where=sums > 0))
