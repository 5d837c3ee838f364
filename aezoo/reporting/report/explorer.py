"""The latent explorer of the report: its part of the page, and the networks that it runs there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from aezoo.analysis.frames import Record


@dataclass(frozen=True)
class ExplorerSection:
    """The explorer's part of the page.

    Attributes:
        html: what stands in its section, below the heading, escaped.
        payload: values of JSON, which the page holds as the element ``explorer-data``.
        scripts: names of its modules in `static`, without the suffix, to run after the page's own.
        styles: names of its style sheets in `static`.
    """

    html: Markup
    payload: dict[str, Any]
    scripts: tuple[str, ...]
    styles: tuple[str, ...] = ()


def section(folder: Path, records: Sequence[Record]) -> ExplorerSection | None:
    """Make the explorer of a results folder; None where the folder has no model that it can show."""
    return None
