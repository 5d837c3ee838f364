"""Text of tables that all formats share; each escapes it in its own way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from math import floor, log10

from aezoo.analysis.cost import LOADED, UNKNOWN_LOAD
from aezoo.analysis.sections import Section
from aezoo.reporting.table import Cell, Column, Row, Table
from aezoo.samplers import OWN_SAMPLERS
from aezoo.spec import settings_apart
from aezoo.statistics import MIN_SEEDS
from aezoo.statistics.direction import arrow

SIGNIFICANT = 4
MAX_SIGNIFICANT = 6
MAX_DECIMALS = 6

BRIEF_ONE_DIGIT = 3
"""The first digit of a half width beginning with which that digit is enough where there is little room."""

SHARES = "shares of resampled seeds say little"

TIED = "≈"
"""The mark of a value that is not told from the best."""

TIE_TEST = "paired Student test, Holm"

NO_COMMON_SEEDS = f"a row that has fewer than {MIN_SEEDS} in common with the best is not tested and has no mark"
"""The further part of the legend where some rows have few seeds."""

LOAD_MARKS = {LOADED: "‡", UNKNOWN_LOAD: "†"}
"""The marks of times that a machine's load may have changed."""

BOLD = "bold"
"""The first word of the line that explains the mark of the best cells."""

CELLS = (
    "cells: mean over seeds ± half the width of its 95 % Student t interval, which covers only the spread "
    "from seed to seed; without ± there is one seed and no interval; (k of N): k of N seeds have a value",
    f"{BOLD}: best mean among the rows of models, where several differ; of a score with a target (→) the smallest mean "
    "distance of the seeds to it; floors and the oracle (held-out real images) never compete",
)

SAMPLERS = (
    "samplers: each is a row of its own, and any of them may be best; verdict, agreement and winners compare models by "
    f"their own sampler alone, the first it has of {', '.join(OWN_SAMPLERS)}"
)

DIGITS_JUDGE = "mnist"
"""The judge of data sets of handwritten digits."""

EMPTY = "No trials: there is nothing to compare yet."


def reading(section: Section) -> tuple[str, ...]:
    """Explain the cells and rows of a section's tables, a line each."""
    return (*CELLS, *tie_legend(section), SAMPLERS)


def tie_legend(section: Section) -> Iterator[str]:
    """Explain the mark of a tie, or say why there is none; nothing where no column has two rows to compare.

    Ties are found column by column, and some columns may have enough seeds where others have not.
    """
    cells = section.cells[(section.cells["role"] == "model") & (section.cells["state"] == "ok")]
    seeds = [sorted(column) for _, column in cells.groupby(["question", "metric"])["n"] if len(column) > 1]
    if any(column[-2] >= MIN_SEEDS for column in seeds):
        text = f"{TIED}: not told from the best by its seeds ({TIE_TEST})"
        is_mixed = any(column[0] < MIN_SEEDS for column in seeds)
        yield f"{text}; {NO_COMMON_SEEDS}" if is_mixed else text
    elif seeds:
        yield f"with fewer than {MIN_SEEDS} seeds nothing tells the best from the second best, and no ties are marked"


def format_mean(mean: float, half_width: float | None, brief: bool = False) -> str:
    """Write a mean as ``170.31 ± 0.42``: the half width has two significant digits, the mean as many decimals.

    The mean has at most six significant digits, and four without spread (one seed, or equal values) or if `brief`; a
    brief half width has one digit where that is 3 or more, so that rounding changes it by a sixth at most.
    Very large or very small ones share one exponent: ``(1.23 ± 0.04)e-07``.
    """
    scale = max(abs(mean), half_width or 0.0)
    exponent = floor(log10(scale)) if scale else 0
    if -4 <= exponent < MAX_SIGNIFICANT:
        return _fixed(mean, half_width, brief)
    factor = 10.0**-exponent
    scaled = _fixed(mean * factor, None if half_width is None else half_width * factor, brief)
    return f"({scaled})e{exponent:+03d}" if half_width is not None else f"{scaled}e{exponent:+03d}"


def format_percent(share: float) -> str:
    """Write ``95%`` of 0.946, rounded; ``under 1%`` and ``over 99%`` of what would round to none or all and is not."""
    percent = floor(100 * share + 0.5 + 1e-9)
    if percent == 0 and share > 0:
        return "under 1%"
    return "over 99%" if percent == 100 and share < 1 else f"{percent}%"


def _fixed(mean: float, half_width: float | None, brief: bool) -> str:
    scale = max(abs(mean), half_width or 0.0)
    exponent = floor(log10(scale)) if scale else 0
    wanted = 1 - floor(log10(half_width)) if half_width else SIGNIFICANT - 1 - exponent
    if brief and half_width and half_width * 10.0 ** (wanted - 1) >= BRIEF_ONE_DIGIT:
        wanted -= 1
    decimals = max(0, min(wanted, (SIGNIFICANT if brief else MAX_SIGNIFICANT) - 1 - exponent, MAX_DECIMALS))
    text = f"{mean:z.{decimals}f}"
    if half_width is None:
        return text
    return f"{text} ± {half_width:.{decimals}f}" if half_width else f"{text} ± 0"


def section_names(sections: Iterable[Section], with_protocol: bool = True) -> dict[Section, str]:
    """Name sections so that no two share a name: ``mnist, protocol chapter, latent dim 2``.

    Beside the data set and, `with_protocol`, the protocol a name has what tells it from the others on the same data.
    """
    known = list(dict.fromkeys(sections))
    return {section: ", ".join([section.dataset, *_details(section, known, with_protocol)]) for section in known}


def _details(section: Section, known: Sequence[Section], with_protocol: bool) -> Iterator[str]:
    others = [other for other in known if other.dataset == section.dataset and other != section]
    rivals = [other for other in others if other.settings["name"] == section.settings["name"]]
    if with_protocol or len(rivals) < len(others):
        yield f"protocol {section.settings['name']}"
    yield from settings_apart(section.settings, [rival.settings for rival in rivals])
    twins = [rival for rival in rivals if rival.settings == section.settings]
    if any(twin.fingerprint != section.fingerprint for twin in twins):
        yield f"fingerprint {section.fingerprint[:12] or 'unknown'}"
    if any(twin.judge != section.judge for twin in twins):
        yield f"judge {section.judge or 'none'}"


def section_lines(section: Section, samplers: Mapping[str, str], least_seeds: int) -> Iterator[str]:
    """Say the data set and protocol, with what each model was sampled, and a warning where a model has few seeds."""
    yield f"data: {section.dataset}, fingerprint {section.fingerprint[:12]}; protocol: {section.protocol}"
    yield from sampler_line(samplers)
    yield from few_seeds_warning(least_seeds, SHARES)


def few_seeds_warning(least: int, then: str) -> Iterator[str]:
    """Warn of fewer than five seeds; `then` says what that means for a page."""
    if least < MIN_SEEDS:
        yield f"seeds: {least} for some model, and with fewer than {MIN_SEEDS} no test is meaningful; {then}"


def sampler_line(samplers: Mapping[str, str]) -> Iterator[str]:
    """Say with what each model was sampled; nothing where none was."""
    if not samplers:
        return
    by_sampler: dict[str, list[str]] = {}
    for model, sampler in samplers.items():
        by_sampler.setdefault(sampler, []).append(model)
    # A control is its own sampler: to name both says nothing.
    alone = [sampler for sampler, models in by_sampler.items() if models == [sampler]]
    words = [f"{name} ({', '.join(models)})" for name, models in by_sampler.items() if name not in alone]
    words += ["the others as they are"] if alone else []
    yield f"sample metrics with the sampler: {', '.join(words)}"


def join_words(words: Sequence[str]) -> str:
    """Join words: ``a``, ``a and b``, ``a, b and c``; "" of none."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def image_words(judges: Iterable[str]) -> tuple[str, str]:
    """Call images of data sets with these judges what they are, one and many: digits where all are, or else images."""
    return ("a digit", "digits") if {*judges} == {DIGITS_JUDGE} else ("an image", "images")


def column_heading(column: Column, table: Table) -> str:
    """Write a metric with its direction: ``nll ↓``, ``ssim ↑``, ``density → 1``, ``vendi → oracle``.

    What ranks nothing, and a target without an ideal in a table without an oracle, has no arrow.
    """
    sign = arrow(column.better, column.ideal, real="oracle" if has_oracle(table) else "")
    return f"{column.metric} {sign}".rstrip()


def row_label(row: Row) -> str:
    """Write the label of a row, marked as floor or oracle unless it says so itself."""
    return row.model if row.role in ("model", row.model) else f"{row.model} ({row.role})"


def cell_text(cell: Cell, row: Row, brief: bool = False) -> str:
    """Write a cell as ``170.31 ± 0.42``, with ``(4 of 5)`` where the row has more seeds; "n/a" or "error", never 0."""
    if cell.mean is None:
        return {"missing": "–", "other row": ""}.get(cell.state, cell.state)
    text = format_mean(cell.mean, cell.half_width, brief)
    mark = f" {LOAD_MARKS[cell.remark]}" if cell.remark in LOAD_MARKS else ""
    return text + mark if cell.n == row.done else f"{text}{mark} ({cell.n} of {row.total})"


def has_oracle(table: Table) -> bool:
    """Tell whether the oracle answers the question of a table, shown or not."""
    if any(row.role == "oracle" for row in table.rows):
        return True
    cells = table.section.cells
    is_answer = (cells["role"] == "oracle") & (cells["question"] == table.question) & (cells["state"] != "n/a")
    return bool(is_answer.any())


def has_samplers(table: Table) -> bool:
    return any(row.sampler for row in table.rows)


def by_role(table: Table) -> Iterator[list[Row]]:
    """Group rows: models, floors and oracle apart."""
    for _, rows in groupby(table.rows, key=lambda row: row.role):
        yield list(rows)


def by_question(tables: Iterable[Table]) -> Iterator[Sequence[Table]]:
    """Group consecutive tables that share a title and a footer."""
    for _, parts in groupby(tables, key=lambda table: (table.question, table.dataset, table.footer)):
        yield list(parts)
