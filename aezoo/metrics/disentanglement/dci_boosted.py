"""DCI by boosted trees, as published tables have it."""

from __future__ import annotations

from numpy.typing import ArrayLike
from sklearn.ensemble import GradientBoostingClassifier

from aezoo.metrics import METRICS, Score
from aezoo.metrics.disentanglement.dci import dci_by


@METRICS.register(
    "dci_boosted",
    question="disentanglement",
    needs=("codes", "factors", "seed"),
    scores=(
        Score("dci_boosted_disentanglement", "share", "higher", 1.0, (0.0, 1.0)),
        Score("dci_boosted_completeness", "share", "higher", 1.0, (0.0, 1.0)),
        Score("dci_boosted_informativeness", "share", "higher", 1.0, (0.0, 1.0)),
    ),
    minimum_n=1000,
    slow=True,
)
def dci_boosted(codes: ArrayLike, factors: ArrayLike, seed: int = 0) -> dict[str, float]:
    """Disentanglement, completeness and informativeness, from what boosted trees use to predict each factor.

    The three scores of `dci` with the predictor of disentanglement_lib, 100 rounds of boosted trees of depth 3, one
    tree for each value of a factor and round, so that they stand beside published ones: of a matrix R (d, k), the
    importance of each code for each factor,

    - ``dci_boosted_disentanglement``: ``sum_i w_i (1 - H_k(R_i / sum_k R_ik))``; in [0, 1], higher is better: 1 where
      each code serves one factor.
    - ``dci_boosted_completeness``: the same of columns, to base d; in [0, 1], higher is better.
    - ``dci_boosted_informativeness``: accuracy on the odd rows, mean over factors; in [0, 1], higher is better.

    Slow: some minutes for factors of 32 and 40 values. There is no standard error over images, as of `dci`.

    Args:
        codes: (n, d), float; of more than 5,000 rows the first 5,000 are used, 10,000 there.
        factors: numbers of the values of each factor, (n, k), integers.
        seed: of the trees, which matters where two splits are equally good.

    Raises:
        ValueError: for other shapes, NaN or infinite codes, a factor that never varies, rows in the order of the
            factors' values.

    Limits: small leaves are split by chance, by any code, so that codes which tell little seem alike.

    Source: Eastwood and Williams 2018, "A framework for the quantitative evaluation of disentangled representations",
    section 2; Locatello et al. 2019, arXiv:1811.12359, for the trees.
    """
    trees = GradientBoostingClassifier(random_state=seed % 2**32)
    return {f"dci_boosted_{name}": value for name, value in dci_by(trees, codes, factors).items()}
