"""The command `compare`: two models or two results folders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from aezoo.analysis.agreement import agreement
from aezoo.analysis.comparison import Comparison, compare_folders, compare_models
from aezoo.analysis.gate import check_rules
from aezoo.analysis.gate_rules import Rule
from aezoo.analysis.score_array import ScoreArray, score_arrays
from aezoo.analysis.sections import SectionResult
from aezoo.analysis.verdict import verdict
from aezoo.bench.commands.choices import Everything, WholeFormat, chosen_format
from aezoo.bench.options import split_models
from aezoo.bench.output import echo, fit_lines
from aezoo.errors import UnknownNameError, UsageError
from aezoo.record import Record
from aezoo.reporting.document import Document
from aezoo.reporting.formats import FORMATS, render
from aezoo.reporting.pages.agreement import agreement_document, agreement_screen
from aezoo.reporting.pages.comparison import comparison_document
from aezoo.reporting.pages.comparison_finding import comparison_screen
from aezoo.reporting.pages.verdict import verdict_document, verdict_screen
from aezoo.store import Store

REGRESSION = 4

Result = TypeVar("Result", bound=SectionResult)


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
    found = check_rules(rules, _comparisons(folder, other, split_models(models)))
    print_page(comparison_screen(found) if format is None else comparison_document(found), format or "text")
    findings = [finding for comparison in found for finding in comparison.findings]
    for finding in findings:
        echo(f"{finding.verdict}: {finding.text}")
    return REGRESSION if any(finding.failed for finding in findings) else 0


def print_page(document: Document, format: str) -> None:
    """Print a page; the lines of Markdown fit the terminal, but for those of its tables, for which text is there."""
    text = render(document, format)
    print(fit_lines(text) if format == "md" else text, end="")


def print_agreement(folder: Path, sampler: str | None, models: str | None, format: str | None) -> None:
    """Print the agreement between the metrics of a folder, one screen of it without a format."""
    make = agreement_screen if format is None else agreement_document
    _print_found(format, lambda: make(_per_section(folder, sampler, models, agreement)))


def print_verdict(folder: Path, sampler: str | None, models: str | None, format: str | None) -> None:
    """Print who wins each question of a folder, one screen of it without a format."""
    make = verdict_screen if format is None else verdict_document
    _print_found(format, lambda: make(_per_section(folder, sampler, models, verdict)))


def _print_found(format: str | None, make: Callable[[], Document]) -> None:
    """Print a page as text where no format is named; a wrong name is found before anything is computed."""
    FORMATS.check(format or "text")
    print_page(make(), format or "text")


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


def _per_section(
    folder: Path, sampler: str | None, models: str | None, compute: Callable[[ScoreArray], Result]
) -> list[Result]:
    """Compute one result for each section with two models; where no section has two, the error says so."""
    found = score_arrays(_only(split_models(models), Store(folder).records()), sampler)
    enough = [array for array in found if array.roles.count("model") > 1]
    return [compute(array) for array in enough or found]


def _only(models: Sequence[str], records: Iterable[Record]) -> list[Record]:
    """Leave out every other model, unless none is named; floors, controls and the oracle stay."""
    found = list(records)
    labels = {record["label"] for record in found if record["role"] == "model"}
    for name in models:
        if name not in labels:
            raise UnknownNameError("model in these results", name, labels)
    return [record for record in found if not models or record["role"] != "model" or record["label"] in models]


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
