"""The page ``report.html``: its parts put together, rendered and written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from aezoo.analysis.frames import Record
from aezoo.reporting.figures.selection import GalleryOf
from aezoo.reporting.markup import environment, to_html
from aezoo.reporting.pages.overview import overview
from aezoo.reporting.report import explorer
from aezoo.reporting.report.bundle import embed_json, link_modules, policy, read_styles
from aezoo.reporting.report.explorer import DigitsOf
from aezoo.reporting.writer import write_file

REPORT = "report.html"
"""Name of the page in a results folder."""

SCRIPTS = ("page",)
STYLES = ("base.css", "report.css")


def write_report_page(
    records: Sequence[Record], gallery: GalleryOf, folder: Path, digits: DigitsOf | None = None
) -> Path:
    """Write ``report.html`` into a results folder, and return its path. Equal records give equal bytes.

    Args:
        records: the records of the folder, in any order.
        gallery: the arrays kept for the figures of a record, by name; empty where there are none.
        folder: the results folder.
        digits: gives images of a record's data set, for the explorer; None where there are none to be had.

    Raises:
        ResultsError: the folder cannot be written.
    """
    page = render_report(records, gallery, folder, digits)
    return write_file(folder / REPORT, [page.encode("utf-8", "backslashreplace")])


def render_report(records: Sequence[Record], gallery: GalleryOf, folder: Path, digits: DigitsOf | None = None) -> str:
    """Render the page as text; the arguments are those of `write_report_page`."""
    ordered = sorted(records, key=lambda record: str(record["id"]))
    explored = explorer.section(folder, ordered, gallery, digits)
    scripts: tuple[str, ...] = SCRIPTS
    styles: tuple[str, ...] = STYLES
    if explored is not None:
        scripts, styles = (*scripts, *explored.scripts), (*styles, *explored.styles)
    script, style = link_modules(scripts), read_styles(styles)
    return _render(
        title=f"aezoo report: {folder.resolve().name}",
        policy=policy(script, style),
        script=script,
        style=style,
        answer=to_html(overview(ordered)),
        data=embed_json({}),
        explorer=explored,
        explorer_data=Markup("null") if explored is None else embed_json(explored.payload),
    )


def _render(**context: Any) -> str:  # noqa: ANN401
    return environment().get_template("report.html").render(context)
