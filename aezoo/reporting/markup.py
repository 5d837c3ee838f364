"""HTML by templates: every value is escaped unless a template of this package made it."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from aezoo.reporting.document import Document
from aezoo.reporting.formats.escaping import to_single_line
from aezoo.reporting.mathml import to_mathml
from aezoo.reporting.text import EMPTY, TIED


@cache
def environment() -> Environment:
    """Make the environment of all templates: it escapes everything, and a name that a template lacks is an error."""
    found = Environment(
        loader=PackageLoader("aezoo.reporting.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters |= {"line": to_single_line, "mathml": to_mathml}
    found.globals |= {"EMPTY": EMPTY, "TIED": TIED}
    return found


def to_html(document: Document, shift: int = 0) -> Markup:
    """Render the sections of a document as a fragment of HTML.

    Args:
        document: any page.
        shift: what is added to the level of each heading, for a document inside of another.
    """
    macros = environment().get_template("document.html").module
    return Markup(macros.sections(document.sections, shift))  # type: ignore[attr-defined]
