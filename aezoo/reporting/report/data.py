"""Data of the page: what its tables and charts show, once, as values of JSON.

Tables in the page and charts are both drawn from it, and it is made of the tables that all other formats print.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from aezoo.analysis.conventions import headline_metrics, headline_place
from aezoo.analysis.cost import load_remark
from aezoo.analysis.frames import Record
from aezoo.analysis.score_array import row_array
from aezoo.analysis.sections import Section
from aezoo.reporting.report.catalogue import ModelEntry
from aezoo.reporting.table import Cell, Column, Table
from aezoo.reporting.text import format_mean, has_oracle
from aezoo.statistics import is_target
from aezoo.statistics.direction import arrow

MEAN_DIGITS = range(5, 10)
"""Significant digits of a mean: the fewest that round to what every table shows."""
INTERVAL_DIGITS = range(4, 10)
"""The same of half an interval's width."""
LOSS_DIGITS = 6

RowKey = tuple[str, str, str]
"""A role, a model and a sampler."""

Number = float | None


def rounded(value: float | None, digits: int) -> Number:
    """Round to significant digits; None and what is not finite become None."""
    return None if value is None or not np.isfinite(value) else float(f"{value:.{digits}g}")


def shortened(mean: float | None, half: float | None) -> tuple[Number, Number]:
    """Round a mean and half its interval's width to the fewest digits shown like all of them; None as in `rounded`."""
    if mean is None or not np.isfinite(mean):
        return None, rounded(half, INTERVAL_DIGITS[0])
    shown = format_mean(mean, half)
    short = None if half is None else _fewest(half, INTERVAL_DIGITS, lambda each: format_mean(mean, each) == shown)
    return _fewest(mean, MEAN_DIGITS, lambda each: format_mean(each, short) == shown), short


def _fewest(value: float, digits: Iterable[int], is_enough: Callable[[float], bool]) -> float:
    """Round to the first number of digits that is enough; the value itself where none is."""
    return next(filter(is_enough, (float(f"{value:.{each}g}") for each in digits)), value)


def section_data(
    section: Section, tables: Sequence[Table], subjects: Sequence[Mapping[str, Any]], families: Mapping[str, str]
) -> dict[str, Any]:
    """Gather the data of one section: its subjects, and of each question the metrics, the rows and the values.

    Args:
        section: data set and protocol.
        tables: its tables, as `tables_from` makes them.
        subjects: of each model, floor, control and oracle its label, role and costs, as `subject_data` makes them.
        families: the registered metric behind each score.
    """
    losses = _target_losses(section)
    places = {(each["role"], each["label"]): i for i, each in enumerate(subjects)}
    by_question: dict[str, list[Table]] = {}
    for table in tables:
        by_question.setdefault(table.question, []).append(table)
    return {
        "subjects": list(subjects),
        "questions": [_question(parts, places, losses, families) for parts in by_question.values()],
    }


def _question(
    parts: Sequence[Table],
    places: Mapping[tuple[str, str], int],
    losses: Mapping[tuple[str, str], Mapping[RowKey, float]],
    families: Mapping[str, str],
) -> dict[str, Any]:
    question, rows = parts[0].question, parts[0].rows
    columns = [(column, table, i) for table in parts for i, column in enumerate(table.columns)]
    first = len(headline_metrics(question))
    leading = {column.metric: headline_place(question, column.metric, column.features) for column, _, _ in columns}
    real = "oracle" if has_oracle(parts[0]) else ""
    return {
        "name": question,
        "rows": [[places[row.role, row.model], row.sampler, row.done, row.total] for row in rows],
        "metrics": [
            {
                **_metric(column, real, families),
                "first": leading[column.metric] < first,
                **_values([row.cells[i] for row in table.rows], [row.done for row in rows]),
                **_losses(losses.get((question, column.metric)), table),
            }
            for column, table, i in sorted(columns, key=lambda each: leading[each[0].metric])
        ],
    }


def _metric(column: Column, real: str, families: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": column.metric,
        "unit": column.unit,
        "better": column.better,
        "arrow": arrow(column.better, column.ideal, real=real),
        "card": families.get(column.metric, ""),
    }


def _values(cells: Sequence[Cell], done: Sequence[int]) -> dict[str, Any]:
    """Give means and half widths, row by row; and, by row, states other than "ok" and numbers of seeds that differ.

    Half widths that no row has are left out.
    """
    numbers = [shortened(cell.mean, cell.half_width) for cell in cells]
    half = [each for _, each in numbers]
    return {
        "mean": [mean for mean, _ in numbers],
        **({"half": half} if any(each is not None for each in half) else {}),
        "state": {i: cell.state for i, cell in enumerate(cells) if cell.state not in ("ok", "missing")},
        "seeds": {
            i: cell.n
            for i, (cell, of) in enumerate(zip(cells, done, strict=True))
            if cell.state == "ok" and cell.n != of
        },
        "best": [i for i, cell in enumerate(cells) if cell.best],
        "tied": [i for i, cell in enumerate(cells) if cell.tied],
    }


def _target_losses(section: Section) -> dict[tuple[str, str], dict[RowKey, float]]:
    """Compute, for each score with a target, the mean distance of the seeds to it, by row."""
    if section.scores.empty:
        return {}
    array = row_array(section)
    keys = list(zip(array.roles, array.models, array.samplers, strict=True))
    return {
        (score.question, score.metric): {
            key: float(loss) for key, loss in zip(keys, array.means[:, j], strict=True) if np.isfinite(loss)
        }
        for j, score in enumerate(array.scores)
        if is_target(score.better)
    }


def _losses(found: Mapping[RowKey, float] | None, table: Table) -> dict[str, Any]:
    if found is None:
        return {}
    keys = ((row.role, row.model, row.sampler) for row in table.rows)
    return {"loss": [rounded(found.get(key), LOSS_DIGITS) for key in keys]}


def metric_families(records: Iterable[Record]) -> dict[str, str]:
    """Map each score in the records to the registered metric that computes it."""
    return {score["metric"]: score["family"] for record in records for score in record["scores"] if "family" in score}


def subject_data(
    records: Iterable[Record],
    entries: Mapping[str, ModelEntry],
    samplers: Mapping[str, str],
) -> list[dict[str, Any]]:
    """List each model, floor, control and oracle of some records with its family and what its training costs.

    Where the machine was shared while some seed was trained, or nobody knows, the seconds come with that remark.

    Args:
        records: those of one section.
        entries: the catalogue's entry of each label.
        samplers: the sampler by which the verdict compares each model.
    """
    seconds: dict[tuple[str, str], list[float]] = {}
    weights: dict[tuple[str, str], int] = {}
    remarks: dict[tuple[str, str], str] = {}
    for record in records:
        key = (record["role"], record["label"])
        spent = seconds.setdefault(key, [])
        if record.get("parameter_count"):
            weights[key] = int(record["parameter_count"])
        if record["status"] == "done" and record["timing"].get("train") is not None:
            spent.append(float(record["timing"]["train"]))
            # A machine that was surely shared says more than one of which nothing is known: last by the alphabet.
            remarks[key] = max(remarks.get(key, ""), load_remark(record))
    return [
        {
            "label": label,
            "role": role,
            "sampler": samplers.get(label, "") if role == "model" else "",
            "family": entries[label].family if label in entries else "",
            "seconds": rounded(float(np.mean(spent)), 3) if spent else None,
            "weights": weights.get((role, label)),
            **({"remark": remark} if (remark := remarks.get((role, label))) else {}),
        }
        for (role, label), spent in sorted(seconds.items())
    ]
