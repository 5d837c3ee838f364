"""Choices of a format, which several commands offer."""

from __future__ import annotations

from typing import Annotated

import typer

from aezoo.reporting.formats import FORMATS

Format = Annotated[str, typer.Option(help=f"The format: {', '.join(FORMATS.names())}.")]
"""The format in which a command prints its result."""

WholeFormat = Annotated[
    str | None, typer.Option("--format", help=f"All of it, as {', '.join(FORMATS.names())}. [one screen of text]")
]
"""The format in which a command prints its whole result; None for one screen."""
Everything = Annotated[bool, typer.Option("--all", help="All of it, not one screen: the same as --format md.")]
"""Mark of a command that prints its whole result."""


def chosen_format(everything: bool, format: str | None) -> str | None:
    """Return the format in which the whole is printed; None for one screen."""
    return format or ("md" if everything else None)
