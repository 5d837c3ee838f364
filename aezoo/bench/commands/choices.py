"""Choices that several commands offer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aezoo.reporting.formats import FORMATS

DEFAULT_FOLDER = Path("aezoo-results")

Format = Annotated[str, typer.Option(help=f"The format: {', '.join(FORMATS.names())}.")]
"""What a command prints its result in."""
