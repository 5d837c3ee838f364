"""Findings that titles say: who is best by a score, and whether the seeds tell it from the others."""

from __future__ import annotations

import numpy as np

from aezoo.analysis.score_array import ScoreArray
from aezoo.analysis.ties import column_ties
from aezoo.reporting.figures.selection import FigureData


def finding(scene: FigureData, question: str, metric: str, verb: str, unit: str = "") -> str | None:
    """Say in one sentence who is best by a score, with the mean over seeds; None where nobody can be compared.

    A leader that the seeds do not tell from the next is not called one: the sentence says who is level.
    """
    array = scene.array
    ties = None if array is None else column_ties(array.section, question, metric)
    if array is None or ties is None or not ties.best:
        return None
    best = [_row_text(row) for row in ties.best]
    value = _mean(array, question, metric, ties.best[0])
    shown = "" if value is None else f": {plain_number(value, 4)}{f' {unit}' if unit else ''}"
    level = [*best[1:], *(_row_text(row) for row in ties.tied)]
    if not level:
        return f"{best[0]} {verb} best{shown}"
    others = ", ".join(level[:2]) + (f" and {len(level) - 2} more" if len(level) > 2 else "")
    return f"Nobody surely {verb} best by {metric}: {best[0]}{shown.replace(': ', ', ')}, is level with {others}"


def plain_number(value: float, digits: int = 3) -> str:
    """Write so many significant digits, and whole numbers instead of an exponent: 0.741, 94.3, 1,097."""
    return f"{value:,.0f}" if abs(float(f"{value:.{digits}g}")) >= 10**digits else f"{value:.{digits}g}"


def _row_text(row: tuple[str, str]) -> str:
    model, sampler = row
    return f"{model} by {sampler}" if sampler else model


def _mean(array: ScoreArray, question: str, metric: str, row: tuple[str, str]) -> float | None:
    model, sampler = row
    scores = array.section.scores
    chosen = scores[(scores["question"] == question) & (scores["metric"] == metric) & (scores["model"] == model)]
    values = chosen[chosen["sampler"] == sampler]["value"].to_numpy(dtype=float)
    values = values[np.isfinite(values)]
    return float(values.mean()) if len(values) else None
