"""Tables from records: per data set, protocol and question, in parts that fit a page."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from aezoo.analysis.conventions import QUESTIONS, natural_key, question_key, role_rank
from aezoo.analysis.cost import with_cost
from aezoo.analysis.frames import Record
from aezoo.analysis.sections import CELL_KEYS, Section, sections
from aezoo.analysis.ties import best_cells, competing_rows, tied_cells
from aezoo.record import LACKING_DATA
from aezoo.reporting.notes import error_lines, pair_lines, reason_lines, sampler_lines, section_footer, table_note
from aezoo.reporting.selection import Selection
from aezoo.reporting.table import Cell, Column, Row, Table

MAX_COLUMNS = 5

MISSING = Cell()
EVERYTHING = Selection()


Groups = dict[Hashable, pd.DataFrame]
CellsByRow = dict[tuple[str, str, str], dict[str, Cell]]


def tables(records: Iterable[Record], selection: Selection = EVERYTHING, cost: bool = False) -> list[Table]:
    """Make the tables of all records, data sets and protocols apart; the order of the records does not matter.

    A question with many metrics is split into tables of at most `MAX_COLUMNS` of them, sample metrics by
    feature space first. A section without any finished trial still shows which seeds it lacks.

    Args:
        records: the records of a results folder.
        selection: what to show of them. What is best is marked among all models, also those that are not shown.
        cost: whether the question `COST` is there too.

    Raises:
        UsageError: the selection has a name that is not known, or leaves nothing.
    """
    return list(tables_from(sections(with_cost(records) if cost else records), selection))


def tables_from(parts: Sequence[Section], selection: Selection = EVERYTHING) -> Iterator[Table]:
    """Make the tables of records that are already in sections, as `tables` does."""
    selection.check(parts)
    several_judges = len({section.judge for section in parts} - {""}) > 1
    found = [
        table
        for section in parts
        for table in _section_tables(section, section_footer(section, several_judges), selection)
    ]
    selection.require_something(found)
    yield from found


def _section_tables(section: Section, footer: tuple[str, ...], selection: Selection) -> Iterator[Table]:
    """Make the tables of the questions that the section answers; of all the usual ones if it answers none."""
    frames = (section.cells, section.finished_seeds, section.columns)
    cells, done, columns = (_groups(frame, "question") for frame in frames)
    best, tied = _marked_cells(section)
    for question in filter(selection.has_question, sorted(map(str, columns), key=question_key) or QUESTIONS):
        of_cells, of_rows, every = (groups.get(question, pd.DataFrame()) for groups in (cells, done, columns))
        of_columns = selection.columns(_without_moot(every, section, question))
        rows = _rows(_cells_by_row(of_cells, best, tied), of_rows, of_columns, section.expected_seeds)
        if (of_columns.empty and len(every)) or not any(map(selection.has_row, rows)):
            continue
        if question not in selection.questions and _is_moot(section, question):
            continue
        reasons = tuple(reason_lines(section, question, set(of_columns["metric"]) if selection.metrics else None))
        reasons += tuple(pair_lines(section, of_columns))
        reasons += tuple(error_lines(_some_failed(section, of_columns, filter(selection.has_row, rows))))
        if question == "samples":
            reasons += tuple(sampler_lines(section))
        for part, indices in _split(question, of_columns):
            described = tuple(_column(of_columns.iloc[i]) for i in indices)
            yield Table(
                question=question,
                part=part,
                section=section,
                columns=described,
                rows=tuple(_select(row, indices) for row in rows if selection.has_row(row)),
                note=table_note(question, of_columns.iloc[indices]) if indices else "",
                footer=(*footer, *reasons, *selection.notes()),
            )


def _some_failed(section: Section, columns: pd.DataFrame, rows: Iterable[Row]) -> pd.DataFrame:
    """Select the failed scores of the columns and rows shown, without those of metrics that have no value in any row.

    Of these `reason_lines` says why.
    """
    if section.scores.empty or columns.empty:
        return section.scores.head(0)
    valued = section.scores.loc[section.scores["state"] == "ok", "metric"]
    failed = section.scores[section.scores["state"] == "error"]
    scores = failed[failed["metric"].isin({*columns["metric"]} & {*valued})]
    shown = {(row.role, row.model, row.sampler) for row in rows}
    keys = zip(*(scores[name].tolist() for name in ("role", "model", "sampler")), strict=True)
    return scores[np.array([key in shown for key in keys], bool)]


def _is_moot(section: Section, question: str) -> bool:
    """Tell whether the data set leaves a question nothing to ask: nobody has a score, some for want of data."""
    scores = section.scores
    if scores.empty:
        return False
    found = scores[scores["question"] == question]
    return set(found["state"]) == {"n/a"} and bool(found["reason"].str.startswith(LACKING_DATA).any())


def _without_moot(columns: pd.DataFrame, section: Section, question: str) -> pd.DataFrame:
    """Leave out the metrics that the data set has nothing for, where others of the question have a score."""
    if columns.empty or _is_moot(section, question):
        return columns
    scores = section.scores[section.scores["question"] == question]
    lacking = set(scores.loc[scores["reason"].str.startswith(LACKING_DATA), "metric"])
    return columns[~columns["metric"].isin(lacking)]


def _groups(frame: pd.DataFrame, by: str) -> Groups:
    return {} if frame.empty else dict(iter(frame.groupby(by, sort=True)))


def _rows(filled: CellsByRow, rows: pd.DataFrame, columns: pd.DataFrame, subjects: pd.DataFrame) -> list[Row]:
    """List every model, scored or not; floors and oracles only where they have an answer to the question."""
    metrics = [] if columns.empty else list(columns["metric"])
    done: dict[tuple[str, str], dict[str, int]] = {}
    for row in _records(rows):
        done.setdefault((row["role"], row["model"]), {})[row["sampler"]] = int(row["done"])
    found = []
    for subject in _records(subjects):
        role, model = subject["role"], subject["model"]
        for sampler, count in done.get((role, model), {"": 0}).items():
            known = filled.get((role, model, sampler), {})
            if role == "model" or any(cell.state != "n/a" for cell in known.values()):
                of_row = tuple(known.get(metric, MISSING) for metric in metrics)
                found.append(Row(role, model, sampler, count, int(subject["total"]), of_row))
    return sorted(found, key=lambda row: (role_rank(row.role), natural_key(row.model), natural_key(row.sampler)))


def _marked_cells(section: Section) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
    """List the best cells and those that the seeds cannot tell from them, by their `CELL_KEYS`."""
    if section.scores.empty:
        return set(), set()
    rows = competing_rows(section)
    best = best_cells(rows)
    return best, tied_cells(rows) - best


def _cells_by_row(cells: pd.DataFrame, best: set[tuple[str, ...]], tied: set[tuple[str, ...]]) -> CellsByRow:
    filled: CellsByRow = {}
    for row in _records(cells):
        cell = Cell(row["state"])
        if cell.state == "ok":
            half_width = None if pd.isna(row["half_width"]) else float(row["half_width"])
            key = tuple(row[name] for name in CELL_KEYS)
            cell = Cell("ok", float(row["mean"]), half_width, int(row["n"]), key in best, key in tied, row["remark"])
        filled.setdefault((row["role"], row["model"], row["sampler"]), {})[row["metric"]] = cell
    return filled


def _records(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    names = list(frame.columns)
    for values in zip(*(frame[name].tolist() for name in names), strict=True):
        yield dict(zip(names, values, strict=True))


def _column(row: pd.Series[Any]) -> Column:
    ideal = None if pd.isna(row["ideal"]) else float(row["ideal"])
    return Column(row["metric"], row["unit"], row["better"], ideal, row["features"])


def _select(row: Row, indices: Sequence[int]) -> Row:
    return Row(row.role, row.model, row.sampler, row.done, row.total, tuple(row.cells[i] for i in indices))


def _split(question: str, columns: pd.DataFrame) -> Iterator[tuple[str, list[int]]]:
    """Give name and columns of each part: by feature space for samples, then evenly up to `MAX_COLUMNS`."""
    if columns.empty:
        yield "", []
        return
    spaces = columns["features"] if question == "samples" else columns["features"].map(lambda _: "")
    for space in sorted(spaces.unique(), key=lambda name: (name == "", name != "judge", name)):
        indices = [i for i, name in enumerate(spaces) if name == space]
        name = "" if question != "samples" else f"{space} features" if space else "judged labels"
        count = -(-len(indices) // MAX_COLUMNS)
        for k in range(count):
            chunk = indices[k * len(indices) // count : (k + 1) * len(indices) // count]
            yield ", ".join(filter(None, [name, f"part {k + 1} of {count}" if count > 1 else ""])), chunk
