"""The command `remove`: drop a model from a results folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aezoo.bench.output import echo
from aezoo.runner.report import write_report
from aezoo.runner.status import count_words
from aezoo.store import Store
from aezoo.store.remove import remove_model


def command(
    folder: Annotated[Path, typer.Argument(help="A results folder.")],
    model: Annotated[str, typer.Argument(help="A model as tables show it, such as beta-vae:beta=10.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be removed; remove nothing.")] = False,
) -> None:
    """Remove a model's trials from a results folder, and write its tables and figures again."""
    removed = remove_model(folder, model, dry_run)
    seeds = sorted({record["spec"]["seed"] for record in removed})
    named = f" (seed{'' if len(seeds) == 1 else 's'} {', '.join(map(str, seeds))})" if seeds else ""
    count = f"{count_words(len(removed), 'trial')} of {model}{named}"
    print(f"{count} {'would be ' if dry_run else ''}removed from {folder}")
    if not dry_run:
        write_report(Store(folder), echo)
