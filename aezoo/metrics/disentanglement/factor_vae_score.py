"""FactorVAE score: votes of the code that varies least."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.disentanglement.factors import Numbers, SharedValues, check_factors, standardised

BATCH = 64
VOTES = 2_000
EVALUATED = 1_000


@METRICS.register(
    "factor_vae_score",
    question="disentanglement",
    needs=("codes", "factors", "seed"),
    scores=(Score("factor_vae_score", "share", "higher", 1.0, (0.0, 1.0)),),
    minimum_n=1000,
)
def factor_vae_score(codes: ArrayLike, factors: ArrayLike, seed: int = 0) -> float:
    """FactorVAE score: how often the code that varies least tells which factor was held fixed.

    A vote draws 64 rows that share the value of one factor and names the code whose variance among them, over its
    variance among all rows, is least: ``d* = argmin_d Var_batch(z_d) / Var(z_d)``. Each code stands for the factor
    that most of its 2,000 votes are of; the score is the accuracy on 1,000 others. In [0, 1], higher is better; 1/k by
    chance, 0 where no code varies.

    There is no standard error over images: its votes are drawn anew with each seed, and most of the spread is that
    of the codes' training. The interval over seeds has both.

    Args:
        codes: (n, d), float.
        factors: numbers of the values of each factor, (n, k), integers.
        seed: of the votes.

    Raises:
        ValueError: for other shapes, NaN or infinite codes, a factor that never varies or a value that occurs once.

    Limits: a factor that several codes share costs nothing: each of them votes for it.

    Source: Kim and Mnih 2018, arXiv:1802.05983, section 4.
    """
    rows, values = check_factors(codes, factors)
    active = standardised(rows)
    if active.shape[1] == 0:
        return 0.0
    random = np.random.default_rng(seed)
    shared = SharedValues(values)
    table, evaluated = (_votes(active, shared, values.shape[1], count, random) for count in (VOTES, EVALUATED))
    meant = table.argmax(axis=1)
    return float(evaluated[np.arange(len(meant)), meant].sum() / EVALUATED)


def _votes(active: Floats, shared: SharedValues, factors: int, count: int, random: np.random.Generator) -> Numbers:
    """Count how often each code was the least varying while each factor was fixed, (d, k)."""
    table = np.zeros((active.shape[1], factors), np.int64)
    for factor, votes in enumerate(np.bincount(random.integers(factors, size=count), minlength=factors)):
        first = random.integers(len(active), size=(votes, 1))
        batches = shared.draw(factor, np.repeat(first, BATCH, axis=1), random)
        least = active[batches].var(axis=1, ddof=1).argmin(axis=1)
        table[:, factor] += np.bincount(least, minlength=len(table))
    return table
