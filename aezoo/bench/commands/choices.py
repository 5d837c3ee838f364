"""Choices that several commands offer."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

DEFAULT_FOLDER = Path("aezoo-results")


class TableFormat(StrEnum):
    """What `table` can write."""

    md = "md"
    csv = "csv"
    latex = "latex"
    json = "json"


class PageFormat(StrEnum):
    """What `compare`, `agreement` and `verdict` can write."""

    md = "md"
    json = "json"
