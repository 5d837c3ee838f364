"""The page of `--help` when no command is named: every command, and the options of the one that runs without a name."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

DEFAULT = "run"


class HelpGroup(TyperGroup):
    """Shows the first sentence of each command whole, and the options of `run`, which needs no name."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        rows = [(name, _sentence(self.get_command(ctx, name))) for name in self.list_commands(ctx)]
        with formatter.section("Commands (COMMAND --help shows the options of each)"):
            formatter.write_dl(rows)
        run = self.get_command(ctx, DEFAULT)
        records = [record for param in run.get_params(ctx) if (record := param.get_help_record(ctx))] if run else []
        with formatter.section(f"Options of {DEFAULT}, with or without its name"):
            formatter.write_dl([record for record in records if not record[0].startswith("--help")])


def _sentence(command: Any) -> str:  # noqa: ANN401
    return str(command.get_short_help_str(limit=1_000)) if command is not None else ""
