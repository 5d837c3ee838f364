"""Documents from records: tables, pages and formats; needs no TensorFlow. Figures are in `aezoo.reporting.figures`."""

from aezoo.analysis.frames import tidy
from aezoo.reporting.document import Document, PageSection, tables_document
from aezoo.reporting.formats import FORMATS, render, render_tables
from aezoo.reporting.selection import Selection
from aezoo.reporting.table import Table
from aezoo.reporting.tables import tables
from aezoo.reporting.writer import write_tables

__all__ = [
    "FORMATS",
    "Document",
    "PageSection",
    "Selection",
    "Table",
    "render",
    "render_tables",
    "tables",
    "tables_document",
    "tidy",
    "write_tables",
]
