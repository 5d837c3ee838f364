"""How numbers are written in tables: as many digits as their interval supports."""

from __future__ import annotations

from math import floor, log10

SIGNIFICANT = 4
MAX_SIGNIFICANT = 6
MAX_DECIMALS = 6


def format_mean(mean: float, half_width: float | None) -> str:
    """``170.31 ± 0.42``: the half width has two significant digits, the mean as many decimals.

    The mean has at most six significant digits, and four without spread (one seed, or equal values).
    Very large or very small ones share one exponent: ``(1.23 ± 0.04)e-07``.
    """
    scale = max(abs(mean), half_width or 0.0)
    exponent = floor(log10(scale)) if scale else 0
    if -4 <= exponent < MAX_SIGNIFICANT:
        return _fixed(mean, half_width)
    factor = 10.0**-exponent
    scaled = _fixed(mean * factor, None if half_width is None else half_width * factor)
    return f"({scaled})e{exponent:+03d}" if half_width is not None else f"{scaled}e{exponent:+03d}"


def percent(share: float) -> str:
    """``94%`` of 0.946: rounded down, so that a share below a limit never looks as if it reached it."""
    return f"{floor(100 * share + 1e-9)}%"


def _fixed(mean: float, half_width: float | None) -> str:
    scale = max(abs(mean), half_width or 0.0)
    exponent = floor(log10(scale)) if scale else 0
    wanted = 1 - floor(log10(half_width)) if half_width else SIGNIFICANT - 1 - exponent
    decimals = max(0, min(wanted, MAX_SIGNIFICANT - 1 - exponent, MAX_DECIMALS))
    text = f"{mean:z.{decimals}f}"
    if half_width is None:
        return text
    return f"{text} ± {half_width:.{decimals}f}" if half_width else f"{text} ± 0"
