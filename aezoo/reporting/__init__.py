"""From records to what people read, without TensorFlow. Figures are in `aezoo.reporting.figures`."""

from aezoo.reporting.files import write_tables
from aezoo.reporting.formats import FORMATS, render, render_tables
from aezoo.reporting.grid import Table
from aezoo.reporting.tables import tables
from aezoo.reporting.tidy import tidy

__all__ = ["FORMATS", "Table", "render", "render_tables", "tables", "tidy", "write_tables"]
