"""Choice of the rows that fit a screen, where there are many models, samplers or controls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, groupby, zip_longest

from aezoo.analysis.own_sampler import CEILING_SAMPLER
from aezoo.reporting.table import Column, Row
from aezoo.statistics.direction import loss, target_of

MAX_ROWS = 30
"""More rows of models would not fit a screen; the tables have all of them."""

MIN_CONTROLS = 3
"""So many controls stand on a screen, and more only where they beat every model."""


def rows_of_a_screen(rows: Sequence[Row], columns: Sequence[Column], oracle: Row | None) -> tuple[list[Row], str]:
    """Choose at most `MAX_ROWS` rows of models, and say what was left out ("" where nothing was).

    Of each model stay its own row, which comes first, and the row of the further sampler that is best by the first
    score that depends on one. Where these are still too many, those models stay that lead a column, second in a column
    and so on; the order of rows stays.

    Args:
        rows: rows of models, those of one model together.
        columns: what the cells are of.
        oracle: the row of real data, the target of some scores; None without one.
    """
    if len(rows) <= MAX_ROWS:
        return list(rows), ""
    targets = _targets(columns, oracle)
    models = [list(group) for _, group in groupby(rows, key=lambda row: row.model)]
    pairs = [[own, *_best_further(further, columns, targets)] for own, *further in models]
    kept, most = pairs, max(map(len, pairs))
    if sum(map(len, pairs)) > MAX_ROWS:
        leading = list(dict.fromkeys(_leaders(pairs, columns, targets)))[: MAX_ROWS // most]
        kept = [pair for i, pair in enumerate(pairs) if i in leading]
    return list(chain.from_iterable(kept)), _what_is_left_out(len(pairs), len(kept), len(rows) > sum(map(len, pairs)))


def controls_of_a_screen(
    controls: Sequence[Row], models: Sequence[Row], columns: Sequence[Column], oracle: Row | None, column: int
) -> tuple[list[Row], str]:
    """Choose the controls that mislead most, and say what was left out ("" where nothing was).

    These are the best `MIN_CONTROLS` by a column, and all that are better by it than every model.
    """
    if len(controls) <= MIN_CONTROLS:
        return list(controls), ""
    targets = _targets(columns, oracle)
    losses = {row.model: _loss(row, column, columns, targets) for row in controls}
    best_model = min((_loss(row, column, columns, targets) for row in models), default=float("inf"))
    leading = {*sorted(losses, key=losses.__getitem__)[:MIN_CONTROLS], *(n for n in losses if losses[n] < best_model)}
    if len(leading) == len(controls):
        return list(controls), ""
    metric = columns[column].metric
    text = f"controls: the {len(leading)} of {len(controls)} that score best by {metric}; the tables have all"
    return [row for row in controls if row.model in leading], text


def _targets(columns: Sequence[Column], oracle: Row | None) -> list[float | None]:
    """Find where each column should be: its ideal, or else the oracle's mean."""
    return [
        target_of(column.better, column.ideal, _means(oracle, i) if oracle else []) for i, column in enumerate(columns)
    ]


def _what_is_left_out(models: int, shown: int, has_more_samplers: bool) -> str:
    which = f"the {shown} of {models} models that lead the columns" if shown < models else f"all {models} models"
    samplers = ", each with its own sampler and the best further one" if has_more_samplers else ""
    return f"rows: {which}{samplers}; the tables have all"


def _means(row: Row, column: int) -> list[float]:
    mean = row.cells[column].mean
    return [] if mean is None else [mean]


def _loss(row: Row, column: int, columns: Sequence[Column], targets: Sequence[float | None]) -> float:
    """Return the loss of a cell; infinite where there is none."""
    value = (
        loss(mean, columns[column].better, targets[column]) if (mean := row.cells[column].mean) is not None else None
    )
    return value if value is not None and value == value else float("inf")


def _best_further(further: Sequence[Row], columns: Sequence[Column], targets: Sequence[float | None]) -> list[Row]:
    generators = [row for row in further if row.sampler != CEILING_SAMPLER]
    for column in range(len(columns)):
        scored = [row for row in generators if _loss(row, column, columns, targets) < float("inf")]
        if scored:
            return [min(scored, key=lambda row: _loss(row, column, columns, targets))]
    return []


def _leaders(
    pairs: Sequence[Sequence[Row]], columns: Sequence[Column], targets: Sequence[float | None]
) -> Iterator[int]:
    """List models by number: the first of each column, then the second of each, and so on."""
    orders = []
    for column in range(len(columns)):
        losses = [min(_loss(row, column, columns, targets) for row in pair) for pair in pairs]
        ranked = sorted(range(len(pairs)), key=losses.__getitem__)
        orders.append([i for i in ranked if losses[i] < float("inf")])
    for each in zip_longest(*orders):
        yield from (i for i in each if i is not None)
    yield from range(len(pairs))
