"""Two-way layout: how much of the variation of a table lies between its rows, between its columns, and in neither."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata


@dataclass(frozen=True)
class TwoWaySplit:
    """Shares of the sum of squares of a two-way table; they sum to 1, or are all 0 where nothing varies.

    Attributes:
        rows: between the means of the rows.
        columns: between the means of the columns.
        interaction: what the two together do not explain: another column suits each row.
    """

    rows: float
    columns: float
    interaction: float


def split_two_way(values: ArrayLike) -> TwoWaySplit:
    r"""Split the variation of a two-way table of ranks, as the analysis of variance does with one value a cell.

    With $r_{ij}$ the rank of a cell among all $I J$ cells (ties share the mean rank) and $\bar r$ the mean ranks,

    $$\sum_{ij} (r_{ij} - \bar r)^2 = J \sum_i (\bar r_i - \bar r)^2 + I \sum_j (\bar r_j - \bar r)^2
    + \sum_{ij} (r_{ij} - \bar r_i - \bar r_j + \bar r)^2,$$

    each part as a share of the left side. Ranks, because scores of bad samples are larger by orders of magnitude and
    would be all that a sum of squares sees.

    Args:
        values: shape (rows, columns), finite.

    Returns:
        The shares, in [0, 1].

    Source: Conover and Iman 1981, "Rank transformations as a bridge between parametric and nonparametric statistics",
    The American Statistician 35(3).
    """
    table = np.asarray(values, dtype=np.float64)
    ranks = rankdata(table).reshape(table.shape)
    ranks = ranks - ranks.mean()
    of_rows, of_columns = ranks.mean(axis=1, keepdims=True), ranks.mean(axis=0, keepdims=True)
    total = float(np.sum(ranks**2))
    if total == 0:
        return TwoWaySplit(0.0, 0.0, 0.0)
    parts = (of_rows + 0 * ranks, of_columns + 0 * ranks, ranks - of_rows - of_columns)
    return TwoWaySplit(*(float(np.sum(part**2)) / total for part in parts))
