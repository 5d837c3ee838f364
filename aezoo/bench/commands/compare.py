"""The command `compare`: two models or two results folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from aezoo.analysis.comparison import Comparison, compare_folders, compare_models
from aezoo.analysis.gate import check_rules
from aezoo.analysis.gate_rules import Rule
from aezoo.bench.format_choices import Everything, WholeFormat, chosen_format
from aezoo.bench.options import parse_models
from aezoo.bench.output import echo, print_page
from aezoo.errors import UsageError
from aezoo.reporting.formats import FORMATS, render
from aezoo.reporting.pages.comparison import comparison_document
from aezoo.reporting.pages.comparison_finding import comparison_screen
from aezoo.store import Store

REGRESSION = 4


def compare(folder: Path, other: Path | None, models: str | None, fail_on: Sequence[str], format: str | None) -> int:
    """Print a comparison, one screen of it without a format, and hold it to the rules.

    Returns:
        4 where a rule is broken, else 0.

    Raises:
        UsageError: unlike things, unknown names, or rules that are not understood or cover nothing.
        ResultsError: a folder holds no results.
    """
    if format is not None:
        FORMATS.check(format)
    rules = [Rule.parse(text) for text in fail_on]
    found = check_rules(rules, _comparisons(folder, other, parse_models("--models", models)))
    page = comparison_screen(found) if format is None else comparison_document(found)
    print_page(render(page, format or "text"), format)
    findings = [finding for comparison in found for finding in comparison.findings]
    for finding in findings:
        echo(f"{finding.verdict}: {finding.text}")
    return REGRESSION if any(finding.failed for finding in findings) else 0


def _comparisons(folder: Path, other: Path | None, models: list[str]) -> list[Comparison]:
    if other is not None:
        sides = [(str(path), Store(path).records()) for path in (folder, other)]
        return compare_folders(sides[0], sides[1], models)
    if len(models) != 2 or models[0] == models[1]:
        raise UsageError(
            "compare takes two results folders, or one with two models: --models BASELINE,CANDIDATE; "
            f"got one folder and {len(set(models))} model{'' if len(set(models)) == 1 else 's'}"
        )
    return compare_models(Store(folder).records(), *models)


def command(
    folder: Annotated[Path, typer.Argument(help="A results folder: the baseline, where there are two.")],
    other: Annotated[Path | None, typer.Argument(help="The candidate's results folder.")] = None,
    models: Annotated[
        str | None, typer.Option(help="Within one folder: BASELINE,CANDIDATE. Of two: which models. [all]")
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            help="mse:+5% or nll:+1.5: exit 4 if it gets worse by more, or cannot be checked; kd_judge:+5%:certain: "
            "only if the interval over seeds lies beyond that. Repeatable."
        ),
    ] = None,
    everything: Everything = False,
    format: WholeFormat = None,
) -> None:
    """Compare two models or two results folders, paired by seed; refuses what is not alike."""

    raise typer.Exit(compare(folder, other, models, fail_on or (), chosen_format(everything, format)))
