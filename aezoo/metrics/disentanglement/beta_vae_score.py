"""BetaVAE score: a linear classifier of differences."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.linear_model import LogisticRegression

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.disentanglement.factors import Numbers, SharedValues, check_factors, standardised

BATCH = 64
TRAINED, EVALUATED = 2_000, 1_000


@METRICS.register(
    "beta_vae_score",
    question="disentanglement",
    needs=("codes", "factors", "seed"),
    scores=(Score("beta_vae_score", "share", "higher", 1.0, (0.0, 1.0)),),
    minimum_n=1000,
)
def beta_vae_score(codes: ArrayLike, factors: ArrayLike, seed: int = 0) -> float:
    """BetaVAE score: accuracy of a linear classifier in telling from code differences which factor was held fixed.

    Its input is ``mean_b |z_b - z'_b|`` over 64 pairs of rows that share the value of one factor, codes scaled to unit
    variance; logistic regression is fitted to 2,000 of them and scored on 1,000. In [0, 1], higher is better; 1/k by
    chance.

    There is no standard error over images: its pairs are drawn anew with each seed, and most of the spread is that
    of the codes' training. The interval over seeds has both.

    Args:
        codes: (n, d), float.
        factors: numbers of the values of each factor, (n, k), integers.
        seed: of the pairs.

    Raises:
        ValueError: for other shapes, NaN or infinite codes, a factor that never varies or a value that occurs once.

    Limits: rotated codes reach 1 as well, as long as the differences can be told apart.

    Source: Higgins et al. 2017, "beta-VAE", section 3.
    """
    rows, values = check_factors(codes, factors)
    active, shared, random = standardised(rows), SharedValues(values), np.random.default_rng(seed)
    if values.shape[1] == 1:
        return 1.0
    train, test = (_differences(active, shared, values.shape[1], count, random) for count in (TRAINED, EVALUATED))
    if active.shape[1] == 0:  # nothing to tell factors by: the most frequent one is named
        return float(np.mean(test[1] == np.bincount(train[1]).argmax()))
    model = LogisticRegression(max_iter=1_000).fit(*train)
    return float(model.score(*test))


def _differences(
    active: Floats, shared: SharedValues, factors: int, count: int, random: np.random.Generator
) -> tuple[Floats, Numbers]:
    """Mean absolute differences (count, d) of pairs, and the factor that they share, (count,)."""
    chosen = np.sort(random.integers(factors, size=count))
    found = []
    for factor, pairs in enumerate(np.bincount(chosen, minlength=factors)):
        first = random.integers(len(active), size=(pairs, BATCH))
        found.append(np.abs(active[first] - active[shared.draw(factor, first, random)]).mean(axis=1))
    return np.concatenate(found), chosen
