"""Direction of a score, the one place that knows it: lower or higher is better, a target, or neither.

`better` is one of `DIRECTIONS`. A score that aims at a target is best at its ideal; without an ideal it is best at the
mean of real data.
"""

from __future__ import annotations

from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

LOWER, HIGHER, TARGET, NEITHER = DIRECTIONS = ("lower", "higher", "target", "neither")

TIE = 1e-12
"""Relative difference up to which two losses are a tie: in tables, ranks, wins, orders, reversals and comparisons."""

ARROWS = {LOWER: "↓", HIGHER: "↑", TARGET: "→", NEITHER: ""}


def losses(values: ArrayLike, better: str, target: float | None = None) -> NDArray[np.float64]:
    r"""Turn values into losses, elementwise, so that lower is better.

    $v$ where lower is better, $-v$ where higher is, $|v - t|$ of a score with the target $t$. Where neither is better
    there is no loss: NaN.

    Args:
        values: any shape.
        better: one of `DIRECTIONS`.
        target: where a target score should be, as `target_of` gives it. None gives NaN: without a target nobody can
            say which of two values is better.

    Returns:
        Losses in the unit of the values, float64, of the same shape; NaN stays NaN.

    Raises:
        ValueError: another direction.
    """
    array = np.asarray(values, dtype=np.float64)
    if better not in DIRECTIONS:
        raise ValueError(f"better is {better!r}; it must be {', '.join(DIRECTIONS[:-1])} or {DIRECTIONS[-1]}")
    if better == NEITHER:
        return np.full(array.shape, np.nan)
    if better == TARGET:
        return np.abs(array - (np.nan if target is None else target))
    return array if better == LOWER else -array


def loss(value: float, better: str, target: float | None = None) -> float:
    """Turn one value into its loss, as `losses` does."""
    return float(losses(value, better, target))


def compare_losses(first: ArrayLike, second: ArrayLike) -> NDArray[np.float64]:
    r"""Compare losses elementwise: 1 where the first is better, -1 where the second is, 0 for a tie.

    A tie is a difference of at most $\tau \max(|a|, |b|)$ with $\tau$ = `TIE`, which is that of rounding.

    Args:
        first, second: finite losses, or an infinite one against a finite one; shapes that broadcast. NaN is unknown.

    Returns:
        Signs, float64; NaN where either is unknown, and for two infinite ones.
    """
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        difference = other - one
        limit = TIE * np.maximum(np.abs(one), np.abs(other))
        is_tie = np.isfinite(difference) & (np.abs(difference) <= limit)
    signs: NDArray[np.float64] = np.where(is_tie, 0.0, np.sign(difference))
    return signs


def is_lower_better(better: str) -> bool:
    """Tell whether the lower of two values of such a score is the better one."""
    return better == LOWER


def is_ranked(better: str) -> bool:
    """Tell whether one value of such a score can be better than another."""
    return better != NEITHER


def is_target(better: str) -> bool:
    """Tell whether such a score is best at a target, and worse on either side of it."""
    return better == TARGET


def target_of(better: str, ideal: float | None, real: ArrayLike = ()) -> float | None:
    """Find where a target score should be: at its ideal, or else at the mean of its finite values on real data.

    Args:
        better: one of `DIRECTIONS`.
        ideal: the value that perfect samples have; None where only real data shows it.
        real: values of the score on real data.

    Returns:
        The target in the unit of the score; None for another direction, and where there is neither ideal nor value.
    """
    if not is_target(better):
        return None
    if ideal is not None:
        return ideal
    array = np.asarray(real, dtype=np.float64)
    finite = array[np.isfinite(array)]
    return float(finite.mean()) if finite.size else None


@overload
def signed(change: float, better: str) -> float: ...
@overload
def signed(change: NDArray[np.float64], better: str) -> NDArray[np.float64]: ...
def signed(change: float | NDArray[np.float64], better: str) -> float | NDArray[np.float64]:
    """Turn a worsening (positive is worse) into a difference of values, or back: where higher is better, negate it.

    Of a target score both are the difference of the distances to the target.
    """
    return -change if better == HIGHER else change


def best_value(better: str, low: float, high: float, target: float | None = None) -> float:
    """Find the best value from `low` to `high`; NaN where nothing says which is best."""
    if better == TARGET:
        return np.nan if target is None else min(max(target, low), high)
    return {LOWER: low, HIGHER: high}.get(better, np.nan)


def arrow(better: str, target: float | None = None, real: str = "oracle", digits: int = 6) -> str:
    """Write a direction as a sign: ``↓``, ``↑``, ``→ 0.5``, ``→ oracle``; nothing where neither is better.

    Args:
        better: one of `DIRECTIONS`.
        target: where a target score should be.
        real: what stands for a target that only real data shows; "" where there is no real data, and no sign.
        digits: significant digits of the target.
    """
    if not is_target(better):
        return ARROWS[better]
    aim = real if target is None else f"{target:.{digits}g}"
    return f"{ARROWS[TARGET]} {aim}" if aim else ""


def describe(better: str, ideal: float | None = None) -> str:
    """Describe a direction in words, as in ``lower is better`` and ``best at 0.5``."""
    if is_target(better):
        return "best at the value of real data" if ideal is None else f"best at {ideal:g}"
    return f"{better} is better" if is_ranked(better) else "describes, and ranks nothing"


def describe_briefly(better: str, ideal: float | None = None) -> str:
    """Describe a direction in two words, as in ``lower`` and ``target 0.5``."""
    if is_target(better):
        return "target the oracle's" if ideal is None else f"target {ideal:g}"
    return better if is_ranked(better) else "neither way is better"
