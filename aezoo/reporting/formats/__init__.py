"""Formats of documents, one file each: a function from a document to text, registered by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aezoo.registry import Registry, check_name
from aezoo.reporting.document import Document, tables_document
from aezoo.reporting.table import Table


@dataclass(frozen=True)
class Format:
    """A way to write documents.

    Attributes:
        name: what it is called on the command line.
        render: a document as text.
        suffix: what the names of its files end in, without the dot.
        in_folders: whether results folders hold their tables in it.
    """

    name: str
    render: Callable[[Document], str]
    suffix: str
    in_folders: bool = True


def _build(name: str, target: Callable[[Document], str], *, suffix: str = "", in_folders: bool = True) -> Format:
    return Format(name, target, check_name("file suffix", suffix or name), in_folders)


FORMATS: Registry[Format] = Registry("format", "aezoo.reporting.formats", _build, group="aezoo.formats")


def render(document: Document, format: str) -> str:
    """Render a document as text.

    Args:
        document: any page or table.
        format: a registered name, such as "md", "csv", "latex" or "json".

    Raises:
        UnknownNameError: no format has this name.
    """
    return FORMATS.get(format).render(document)


def render_tables(tables: Sequence[Table], format: str) -> str:
    """Render tables, one below the other, as `render` does."""
    return render(tables_document(tables), format)
