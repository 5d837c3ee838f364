"""From records to what people read, without TensorFlow. Figures are in `aezoo.reporting.figures`."""

from aezoo.analysis.frames import tidy
from aezoo.reporting.formats import FORMATS, render, render_tables
from aezoo.reporting.table import Table
from aezoo.reporting.tables import tables
from aezoo.reporting.writer import write_tables

__all__ = ["FORMATS", "Table", "render", "render_tables", "tables", "tidy", "write_tables"]
