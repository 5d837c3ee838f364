"""Choices that several commands offer."""

from __future__ import annotations

from typing import Annotated

import typer

from aezoo.bench.output import DEFAULT_FOLDER
from aezoo.reporting.formats import FORMATS

__all__ = ["DEFAULT_FOLDER", "Format"]

Format = Annotated[str, typer.Option(help=f"The format: {', '.join(FORMATS.names())}.")]
"""The format in which a command prints its result."""
