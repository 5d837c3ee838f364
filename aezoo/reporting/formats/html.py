"""Documents as HTML pages that ask for nothing: no script, and a policy that forbids every request."""

from __future__ import annotations

from aezoo.reporting.document import Document
from aezoo.reporting.formats import FORMATS


@FORMATS.register("html", in_folders=False)
def render_html(document: Document) -> str:
    """Write a whole page: headings, lists of lines and tables; the first heading is its title."""
    from aezoo.reporting.markup import environment
    from aezoo.reporting.report.bundle import content_hash, read_styles  # here, since these know the formats

    styles = read_styles(("base.css",))
    return (
        environment()
        .get_template("plain.html")
        .render(
            parts=document.sections,
            title=next((part.heading for part in document.sections if part.heading), "aezoo"),
            style=styles,
            style_hash=content_hash(styles),
        )
    )
