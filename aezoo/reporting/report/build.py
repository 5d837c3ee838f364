"""The page ``report.html``: its parts put together, rendered and written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from aezoo.analysis.frames import Record
from aezoo.analysis.sections import sections
from aezoo.reporting.figures.selection import GalleryOf
from aezoo.reporting.markup import environment
from aezoo.reporting.report import explorer
from aezoo.reporting.report.audit import audit_data, audit_digest
from aezoo.reporting.report.bundle import embed_json, link_modules, policy, read_styles
from aezoo.reporting.report.cards import NOT_AUDITED, metric_cards
from aezoo.reporting.report.commands import list_commands, table_command
from aezoo.reporting.report.explorer_models import DigitsOf
from aezoo.reporting.report.few_scores import MANY_MODELS, few_scores
from aezoo.reporting.report.parts import Part
from aezoo.reporting.report.seeds import seeds_asked
from aezoo.reporting.text import section_names
from aezoo.reporting.writer import write_file
from aezoo.spec import Suite
from aezoo.store import Store
from aezoo.store.suites import read_suites

REPORT = "report.html"
"""Name of the page in a results folder."""

QUESTION_ORDER = ("samples", "likelihood", "latent", "reconstruction")
"""Questions whose leaders the explorer shows first, where it has no room for all."""

EXPLORER_MARK = b'id="explorer-root"'
"""Text of a page whose explorer has a model."""

FOLD_FROM = 20
"""More models than this are folded away on a phone, where their images and entries are many screens."""

SCRIPTS = ("page",)
STYLES = ("base.css", "report.css", "charts.css")


def write_report_page(
    records: Sequence[Record],
    gallery: GalleryOf,
    folder: Path,
    digits: DigitsOf | None = None,
    explore: Sequence[str] = (),
) -> Path:
    """Write ``report.html`` into a results folder, and return its path. Equal records give equal bytes.

    Args:
        records: the records of the folder, in any order.
        gallery: the arrays kept for the figures of a record, by name; empty where there are none.
        folder: the results folder.
        digits: gives images of a record's data set, for the explorer; None where there are none to be had.
        explore: labels of the models that the explorer is to hold; its own choice, unless there are any.

    Raises:
        ResultsError: the folder cannot be written, or a model to explore is not among the finished ones.
    """
    page = render_report(records, gallery, folder, digits, explore)
    return write_file(folder / REPORT, [page.encode("utf-8", "backslashreplace")])


def has_explorer(folder: Path) -> bool:
    """Tell whether the page of a results folder holds networks to explore; False where there is no page."""
    page = folder / REPORT
    return page.is_file() and EXPLORER_MARK in page.read_bytes()


def render_report(
    records: Sequence[Record],
    gallery: GalleryOf,
    folder: Path,
    digits: DigitsOf | None = None,
    explore: Sequence[str] = (),
) -> str:
    """Render the page as text; the arguments are those of `write_report_page`."""
    ordered = sorted(few_scores(records), key=lambda record: str(record["id"]))
    parts = list(make_parts(ordered, gallery, read_suites(Store(folder)), folder))
    explored = explorer.section(folder, ordered, gallery, digits, leaders(parts), explore, folder / REPORT)
    scripts: tuple[str, ...] = SCRIPTS
    styles: tuple[str, ...] = STYLES
    if explored is not None:
        scripts, styles = (*scripts, *explored.scripts), (*styles, *explored.styles)
    script, style = link_modules(scripts), read_styles(styles)
    name = folder.resolve().name
    data = {"sections": [part.data() for part in parts], "audit": audit_data()}
    return (
        environment()
        .get_template("report.html")
        .render(
            name=name,
            parts=parts,
            fold_from=FOLD_FROM,
            cards=metric_cards(parts),
            audit=audit_digest(),
            not_audited=NOT_AUDITED,
            machines=[describe_machines(part) for part in parts],
            commands=list_commands(folder, parts, explore),
            many_models=MANY_MODELS,
            table_command=table_command(folder),
            policy=policy(script, style),
            script=script,
            style=style,
            data=embed_json(data),
            explorer=explored,
            can_draw=explored is not None and bool(explored.payload["models"]),
            has_images=any(part.wall for part in parts),
            explorer_data=Markup("null") if explored is None else embed_json(explored.payload),
        )
    )


def make_parts(
    records: Sequence[Record], gallery: GalleryOf, suites: Iterable[Suite] = (), folder: Path | None = None
) -> Iterator[Part]:
    """Make the part of each section of results that has trials, in the order in which the tables show them.

    Args:
        records: of all sections.
        gallery: the arrays kept for the figures of a record.
        suites: what was asked for; a trial with a record was asked for in any case.
        folder: the results folder; None where there is none.
    """
    found = [section for section in sections(records) if len(section.trials)]
    names = section_names(found)
    by_id: Mapping[str, Record] = {record["id"]: record for record in records}
    asked = [trial for suite in suites for trial in suite.trials(suite.dataset)]
    for section in found:
        own = tuple(by_id[trial] for trial in section.trials["trial"])
        yield Part(names[section], section, own, gallery, seeds_asked(own, asked), folder)


def leaders(parts: Sequence[Part]) -> list[str]:
    """List the models that lead a question, those of `QUESTION_ORDER` first."""
    found = [each for part in parts if part.verdict is not None for each in part.verdict.questions]
    order = {question: place for place, question in enumerate(QUESTION_ORDER)}
    return [
        name for each in sorted(found, key=lambda each: order.get(each.question, len(order))) for name in each.winners
    ]


def describe_machines(part: Part) -> list[dict[str, Any]]:
    """List the machines and versions that the trials of a part ran on, with how many did."""
    counts: dict[str, int] = {}
    for record in part.records:
        known = {key: value for key, value in sorted(record["environment"].items()) if value}
        text = ", ".join(f"{key} {value}" for key, value in known.items())
        if text:
            counts[text] = counts.get(text, 0) + 1
    return [{"text": text, "trials": count} for text, count in sorted(counts.items(), key=lambda item: -item[1])]
