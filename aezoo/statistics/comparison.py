"""Comparison of two models, or of one before and after a change, paired by seed; corrections for several tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log2

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr
from scipy.stats import mannwhitneyu, wilcoxon

from aezoo.statistics.direction import compare_losses, losses, signed
from aezoo.statistics.intervals import MIN_SEEDS, BootstrapInterval, Interval, bootstrap_interval, mean_interval

SIGNIFICANCE_LEVEL = 0.05
"""A corrected p-value below it is called a difference."""

CONSTANT = 1e-12
"""Differences that vary by no more than this share of the largest are equal but for rounding."""


@dataclass(frozen=True)
class PairedComparison:
    """Comparison of a candidate with a baseline, seed by seed.

    Attributes:
        differences: candidate minus baseline, one per common seed; of a target metric, of the distances to its aim; 0
            for what `compare_losses` calls a tie.
        worsening: the mean difference in the direction that is worse: positive where the candidate is worse.
        interval: mean difference with Student's t interval; no bounds below `MIN_SEEDS` seeds.
        bootstrap: bootstrap interval of the mean difference; no bounds below `MIN_SEEDS` seeds.
        improvement: probability that a run of the candidate beats a run of the baseline.
        p: two-sided p-value of the signed-rank test, None below `MIN_SEEDS` seeds.
    """

    differences: tuple[float, ...]
    worsening: float
    interval: Interval
    bootstrap: BootstrapInterval
    improvement: float
    p: float | None


def compare_paired(
    baseline: ArrayLike, candidate: ArrayLike, better: str, target: float | None = None
) -> PairedComparison:
    """Compare values of the same seeds, shape (n,) each and finite; `better` and `target` as `losses` takes them.

    Raises:
        ValueError: no values, different numbers of them, or a target metric without a target.
    """
    before, after = losses(baseline, better, target), losses(candidate, better, target)
    if before.ndim != 1 or before.shape != after.shape:
        raise ValueError(f"baseline has shape {before.shape}, candidate {after.shape}; give one value of each per seed")
    after = np.where(compare_losses(before, after) == 0, before, after)
    worse = after - before
    differences = signed(worse, better) + 0.0  # so that no change is 0, not -0
    interval = mean_interval(differences)
    enough = len(worse) >= MIN_SEEDS
    return PairedComparison(
        differences=tuple(map(float, differences)),
        worsening=float(worse.mean()),
        interval=interval if enough else Interval(interval.mean, None, None, interval.n),
        bootstrap=bootstrap_interval(differences),
        improvement=probability_of_improvement(-after, -before),
        p=signed_rank_p(worse) if enough else None,
    )


def probability_of_improvement(candidate: ArrayLike, baseline: ArrayLike) -> float:
    r"""Compute the probability that a random value of the candidate exceeds one of the baseline; ties count half.

    $P(X > Y) + P(X = Y) / 2$ over all pairs, which is Mann and Whitney's $U / (n m)$. Of several tasks, which the
    second axis holds, the mean over tasks. In [0, 1]; 0.5 where neither is better.

    Args:
        candidate, baseline: values of which higher is better, shapes (n,) and (m,), or (n, tasks) and (m, tasks).

    Source: Agarwal et al. (2021), "Deep reinforcement learning at the edge of the statistical precipice", eq. 2.
    """
    x, y = np.asarray(candidate, dtype=np.float64), np.asarray(baseline, dtype=np.float64)
    return float(np.mean(mannwhitneyu(x, y, axis=0, method="asymptotic").statistic / (len(x) * len(y))))


def paired_t_p(differences: ArrayLike) -> float:
    r"""Compute the two-sided p-value of Student's test that paired differences have the mean zero.

    $t = \sqrt{n}\, \bar{d} / s$ with n - 1 degrees of freedom, s with the divisor n - 1. Differences that do not vary
    give 0, or 1 where all are 0.

    Args:
        differences: shape (n,), n at least 2, roughly normal.

    Source: Student (1908), "The probable error of a mean", Biometrika 6(1).
    """
    return float(paired_t_p_values(np.asarray(differences, dtype=np.float64)[np.newaxis])[0])


def paired_t_p_values(differences: ArrayLike) -> NDArray[np.float64]:
    """Compute the p-value of each row, as `paired_t_p` does of one.

    Args:
        differences: shape (tests, n), at least 2 finite numbers a row; NaN where a pair has no such seed.

    Returns:
        P-values, shape (tests,).
    """
    array = np.asarray(differences, dtype=np.float64)
    if not array.size:
        return np.empty(len(array))
    counts = np.isfinite(array).sum(axis=1)
    means, deviations = np.nanmean(array, axis=1), np.nanstd(array, axis=1, ddof=1)
    vary = deviations > CONSTANT * np.nanmax(np.abs(array), axis=1)
    ratios = np.divide(-np.abs(means), deviations, out=np.where(means == 0, 0.0, -np.inf), where=vary)
    p_values: NDArray[np.float64] = 2 * stdtr(counts - 1, ratios * np.sqrt(counts))
    return p_values


def signed_rank_p(differences: ArrayLike) -> float:
    """Compute the two-sided p-value of Wilcoxon's signed-rank test that paired differences lie around zero.

    Exact up to 13 differences, where SciPy enumerates all signs, and up to 50 where there are neither ties nor zeros;
    beyond that by the normal distribution. Zeros keep their rank (Pratt); only zeros give 1.

    Source: Wilcoxon (1945), "Individual comparisons by ranking methods", Biometrics Bulletin 1(6); Pratt (1959).
    """
    array = np.asarray(differences, dtype=np.float64)
    if not array.any():
        return 1.0
    return float(wilcoxon(array, zero_method="pratt").pvalue)


def smallest_signed_rank_p(n: int) -> float:
    """Compute the smallest two-sided p-value that n paired differences can give, 2 / 2^n: 0.0625 for five.

    Of the 2^n patterns of signs that are equally likely without a difference, two are all of one sign. In (0, 1].
    """
    return min(1.0, 2.0 ** (1 - n))


def seeds_needed(tests: int = 1, level: float = SIGNIFICANCE_LEVEL) -> int:
    r"""Compute the fewest pairs with which a signed-rank test can reach `level` after Holm's correction for `tests`.

    $1 + \lceil \log_2(\mathrm{tests} / \mathrm{level}) \rceil$, since $2 \cdot \mathrm{tests} / 2^n$ must not exceed
    the level. Six for one test and eight for five.
    """
    return 1 + ceil(log2(tests / level))


def holm(p_values: Sequence[float] | NDArray[np.float64], tests: int | None = None) -> NDArray[np.float64]:
    r"""Adjust p-values by Holm's method, in the order given.

    The i-th smallest of m becomes $\max_{j \le i} \min(1, (m - j + 1)\, p_{(j)})$. Calling those below 0.05 real is
    wrong about any of them with a probability of at most 0.05, however the tests depend on each other.

    Args:
        p_values: in [0, 1].
        tests: m, where these are only some of the tests of a family; all of them where it is None. Whatever the
            p-values of the others are, the method over all of them gives no larger values for these.

    Source: Holm (1979), "A simple sequentially rejective multiple test procedure", Scand. J. Statistics 6(2).
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    left = (len(p) if tests is None else tests) - np.arange(len(p))
    adjusted[order] = np.maximum.accumulate(np.minimum(1.0, p[order] * left))
    return adjusted
