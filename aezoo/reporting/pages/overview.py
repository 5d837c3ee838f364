"""The first screen of a results folder: the finding, one table, how to read it, and where the rest is."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from aezoo.analysis.conventions import natural_key, role_rank
from aezoo.analysis.frames import Record
from aezoo.analysis.own_sampler import choose_sampler
from aezoo.analysis.score_array import score_array
from aezoo.analysis.sections import Section, sections
from aezoo.analysis.verdict import Verdict, verdict
from aezoo.errors import UnknownNameError
from aezoo.reporting.document import Document, PageSection
from aezoo.reporting.notes import (
    describe_data,
    describe_failures,
    error_lines,
    reason_lines,
    sampler_lines,
    unscored_lines,
)
from aezoo.reporting.pages.screen_rows import controls_of_a_screen, rows_of_a_screen
from aezoo.reporting.pages.verdict_sentences import no_verdict, short_verdict
from aezoo.reporting.table import Cell, Row, Table
from aezoo.reporting.tables import tables_from
from aezoo.reporting.text import (
    BOLD,
    TIED,
    cell_text,
    column_heading,
    image_words,
    join_words,
    row_label,
    section_names,
    tie_legend,
)
from aezoo.statistics import MIN_SEEDS, is_ranked

MAX_REASONS = 4
"""More reasons of failed scores would not fit a screen."""

MAX_COLLAPSED = 4
"""More models whose images hardly differ are counted and not named."""

ELSEWHERE = Cell("other row")
"""The cell of a score that does not depend on the sampler, in the row of a further sampler."""

RowKey = tuple[str, str]
"""A role and a name."""


def overview(records: Iterable[Record], folder: Path | None = None, models: Collection[str] = ()) -> Document:
    """Make the first screen of some records: what they show, in one table and three sentences.

    The table has a row for each model, floor, control and oracle, with the scores of its own sampler, and one for each
    further sampler, as far as a screen holds them (see `rows_of_a_screen`); a column for the metric to read first of
    each question. Several sections, such as two latent sizes, stand side by side with what each shows; they are not
    compared.

    Args:
        records: the records of a results folder, in any order.
        folder: the folder, to say where everything is and which commands show more.
        models: labels of the models to show, with all of their samplers, in place of those that a screen holds.

    Returns:
        A document whose `data` holds the tables and the verdicts. Empty without records.

    Raises:
        UnknownNameError: no record is of a model to show.
    """
    found = [section for section in sections(records) if len(section.trials)]
    if models:
        _check_models(models, found)
    names = section_names(found)
    tables = {section: _first_scores(section, models) for section in found}
    verdicts = {section: _verdict(section) for section in found}
    parts = _single if len(found) == 1 else _side_by_side
    pages = list(parts(tables, verdicts, names)) if found else []
    if pages and folder is not None:
        pages.append(_signposts(folder, found))
    data = {"tables": tuple(tables.values()), "verdicts": tuple(filter(None, verdicts.values()))}
    return Document(tuple(pages), data)


def _check_models(models: Collection[str], found: Sequence[Section]) -> None:
    known = {name for section in found for name in _models(section)}
    for name in models:
        if name not in known:
            raise UnknownNameError("model in these results", name, known)


def _single(
    tables: dict[Section, Table], verdicts: dict[Section, Verdict | None], names: dict[Section, str]
) -> Iterator[PageSection]:
    ((section, table),) = tables.items()
    yield PageSection(
        heading=f"Results on {names[section]}",
        lines=tuple(_findings(section, verdicts[section])),
        level=1,
        tables=(table,),
        footer=table.footer,
        legend=_legend(section),
    )


def _side_by_side(
    tables: dict[Section, Table], verdicts: dict[Section, Verdict | None], names: dict[Section, str]
) -> Iterator[PageSection]:
    """Show the findings of each section, then a table with a column for each; models stand with their own samplers."""
    for section, table in tables.items():
        lines = (*_findings(section, verdicts[section]), *table.footer[1:])
        yield PageSection(f"Results on {names[section]}", lines)
    yield PageSection(
        heading="Side by side",
        lines=("each model with its own sampler; * best of the models in its column, columns are not compared",),
        headers=("score", "model", *section_names(tables, with_protocol=False).values()),
        rows=tuple(_rows_side_by_side(list(tables.values()))),
        text_columns=2,
    )


def _rows_side_by_side(tables: Sequence[Table]) -> Iterator[tuple[str, ...]]:
    """List each score of each model, floor and oracle with its value in each of the tables, if it has any."""
    for heading in dict.fromkeys(column_heading(column, table) for table in tables for column in table.columns):
        for row in _own_rows(tables):
            texts = [_text_in(table, row, heading) for table in tables]
            if set(texts) - {"–", "n/a"}:
                yield (heading, row_label(row), *texts)


def _own_rows(tables: Iterable[Table]) -> list[Row]:
    """List every model, floor and oracle of some tables once."""
    rows = {(row.role, row.model): row for table in tables for row in table.rows if row.role != "control"}
    return sorted(rows.values(), key=lambda row: (role_rank(row.role), natural_key(row.model)))


def _text_in(table: Table, row: Row, heading: str) -> str:
    own = next((other for other in table.rows if (other.role, other.model) == (row.role, row.model)), None)
    headings = [column_heading(column, table) for column in table.columns]
    if own is None or heading not in headings:
        return "–"
    cell = own.cells[headings.index(heading)]
    return cell_text(cell, own) + (" *" if cell.best else "")


def _verdict(section: Section) -> Verdict | None:
    """Give the verdict on the models of a section; None where fewer than two have scores, or too many."""
    return verdict(score_array(section)) if no_verdict(_models(section)) is None else None


def _findings(section: Section, found: Verdict | None) -> list[str]:
    if found is not None:
        return [*short_verdict(found), *_collapsed(section)]
    return list(filter(None, [no_verdict(_models(section))]))


def _collapsed(section: Section) -> Iterator[str]:
    """Name the models whose images hardly differ from each other, in one line; nothing where there are none."""
    trials = section.trials[(section.trials["role"] == "model") & (section.trials["status"] == "done")]
    named = []
    for model, seeds in trials.groupby("model", sort=True):
        warned = [text for text in seeds["constant"] if text]
        if warned:
            kinds = dict.fromkeys(kind for text in warned for kind in text.split("; "))
            named.append(f"{model} ({', '.join(kinds)}; {len(warned)} of {len(seeds)} seeds)")
    more = [f"{len(named) - MAX_COLLAPSED} more"] if len(named) > MAX_COLLAPSED else []
    if named:
        yield f"Look at images before you believe the scores of {join_words([*named[:MAX_COLLAPSED], *more])}."


def _first_scores(section: Section, asked: Collection[str]) -> Table:
    """Make one table of the metrics to read first, a question each; cells are those of the questions' own tables."""
    chosen = _first_columns(list(tables_from([section])))
    samplers: dict[RowKey, set[str]] = {}
    for table, _ in chosen:
        for row in table.rows:
            samplers.setdefault((row.role, row.model), set()).update({row.sampler} - {""})
    rows = [
        row
        for (role, model), known in samplers.items()
        for row in _rows_of(role, model, sorted(known, key=natural_key), chosen)
    ]
    ordered = sorted(rows, key=lambda row: (role_rank(row.role), natural_key(row.model)))
    columns = tuple(table.columns[i] for table, i in chosen)
    oracle = next((row for row in ordered if row.role == "oracle"), None)
    models, controls = ([row for row in ordered if row.role == role] for role in ("model", "control"))
    if asked:
        shown, left_out = [row for row in models if row.model in asked], "rows: models that were asked for"
    else:
        shown, left_out = rows_of_a_screen(models, columns, oracle)
    of_samples = next((i for i, (table, _) in enumerate(chosen) if table.question == "samples"), 0)
    misleading, more_controls = controls_of_a_screen(controls, models, columns, oracle, of_samples)
    kept = [row for row in ordered if row.role != "model" and (row.role != "control" or row in misleading)]
    return Table(
        question="",
        part="",
        section=section,
        columns=columns,
        rows=(*shown, *kept),
        note="",
        footer=(
            f"the metric to read first of each question: {', '.join(map(_named, chosen))}",
            describe_data(section),
            *describe_failures(section),
            *_first_errors(section),
            *sampler_lines(section),
            *unscored_lines(section, {(row.role, row.model) for row in ordered}),
            *(line for each in chosen if not _has_value(*each) for line in reason_lines(section, each[0].question)),
            *filter(None, [left_out, more_controls]),
        ),
    )


def _first_errors(section: Section) -> list[str]:
    lines = list(error_lines(section.scores))
    more = len(lines) - MAX_REASONS
    return [*lines[:MAX_REASONS], *([f"and {more} more reasons, which the command status names"] if more > 0 else [])]


def _named(chosen: tuple[Table, int]) -> str:
    """Name a question, its metric and the metric's unit: ``latent ari (index)``."""
    table, column = chosen[0], chosen[0].columns[chosen[1]]
    return f"{table.question} {column.metric} ({column.unit})"


def _first_columns(tables: Sequence[Table]) -> list[tuple[Table, int]]:
    """Find the table and the column of the first metric of each question by which some model has a value.

    Metrics that rank nothing are no column of a first screen, unless there are no others at all. Where no model has any
    value, it is the first metric.
    """
    columns = [(table, i) for table in tables for i in range(len(table.columns))]
    chosen: dict[str, tuple[Table, int]] = {}
    for table, i in [each for each in columns if is_ranked(each[0].columns[each[1]].better)] or columns:
        before = chosen.setdefault(table.question, (table, i))
        if not _has_value(*before) and _has_value(table, i):
            chosen[table.question] = (table, i)
    return list(chosen.values())


def _has_value(table: Table, column: int) -> bool:
    return any(row.role == "model" and row.cells[column].state == "ok" for row in table.rows)


def _rows_of(role: str, model: str, samplers: Sequence[str], chosen: Sequence[tuple[Table, int]]) -> Iterator[Row]:
    """List the row of a model with its own sampler, then those of further samplers; of a yardstick the first alone."""
    own = choose_sampler(set(samplers), role) if samplers else ""
    others = [name for name in samplers if name != own and role == "model"]
    for sampler in [own, *others]:
        found = [_row_in(table, role, model, sampler) for table, _ in chosen]
        cells = tuple(
            Cell("n/a") if row is None else ELSEWHERE if sampler not in (own, row.sampler) else row.cells[i]
            for row, (_, i) in zip(found, chosen, strict=True)
        )
        present = [row for row in found if row is not None]
        if any(cell.state != "other row" for cell in cells):
            first = present[0]
            yield replace(
                first, sampler=sampler if role == "model" else "", done=max(row.done for row in present), cells=cells
            )


def _row_in(table: Table, role: str, model: str, sampler: str) -> Row | None:
    """Find the row of a model with a sampler, or, of a question that asks for no samples, its only row."""
    rows = [row for row in table.rows if (row.role, row.model) == (role, model)]
    return next((row for row in rows if row.sampler in (sampler, "")), None)


def _legend(section: Section) -> tuple[str, ...]:
    """Explain the table."""
    trials = section.trials[(section.trials["role"] == "model") & (section.trials["status"] == "done")]
    seeds = sorted(trials.groupby("model")["seed"].nunique())
    count = "" if not seeds else f" over {'' if seeds[0] == seeds[-1] else 'up to '}{seeds[-1]} seeds"
    cells = f"cells: mean{count} ± half its 95 % interval"
    if seeds and seeds[-1] == 1:
        cells = "cells: values of one seed, which have no interval"
    ties = ""
    if explained := " ".join(tie_legend(section)):
        has_marks = TIED in explained
        ties = (
            f"; {TIED}: not told from it, or too few seeds" if has_marks else f"; no ties: fewer than {MIN_SEEDS} seeds"
        )
    return (
        f"{cells}; further rows of a model: another sampler",
        f"{BOLD}: best model (→: nearest to the target){ties}; only models compete",
    )


def _signposts(folder: Path, found: Sequence[Section]) -> PageSection:
    """List the files of a folder, and the commands that show more."""
    questions = [str(name) for section in found for name in section.columns["question"]]
    models = next((names for section in found if len(names := _models(section)) > 1), [])
    question = "samples" if "samples" in questions else next(iter(questions), "")
    command, name, page = "python -m aezoo.bench", shlex.quote(str(folder)), folder / "report.html"
    draw = f"one page; draw {image_words(section.judge for section in found)[0]} there"
    rows = [
        *([(str(page), draw)] if page.exists() else []),
        (str(folder), "tables, figures, results.csv"),
        (f"{command} table {name}" + (f" --question {question}" if question else ""), "all metrics of a question"),
    ]
    if models:
        pair = shlex.quote(",".join(models[:2]))
        rows += [
            (f"{command} verdict {name}", "who wins, and how surely"),
            (f"{command} agreement {name}", "which metrics agree"),
            (f"{command} compare {name} --models {pair}", "two models, paired by seed"),
        ]
    return PageSection("", (), ("where to look", "what is there"), tuple(rows), text_columns=2)


def _models(section: Section) -> list[str]:
    """List the models that have scores."""
    scores = section.scores
    return sorted(set(scores.loc[scores["role"] == "model", "model"]), key=natural_key)
