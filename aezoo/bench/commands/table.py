"""The command `table`: the tables of a results folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aezoo.bench.format_choices import Format
from aezoo.bench.output import DEFAULT_FOLDER

if TYPE_CHECKING:
    from aezoo.reporting import Selection


def with_cost_selected(selection: Selection) -> Selection:
    """Select the cost beside the questions and metrics that are named; where none are, the cost alone."""
    from aezoo.analysis.cost import COST, COSTS

    metrics = (*selection.metrics, *COSTS) if selection.metrics else ()
    questions = () if metrics and not selection.questions else (*selection.questions, COST)
    return replace(selection, questions=tuple(dict.fromkeys(questions)), metrics=metrics)


def command(
    folder: Annotated[Path, typer.Argument(help="A results folder.")] = DEFAULT_FOLDER,
    question: Annotated[str | None, typer.Option(help="Questions, comma-separated, such as samples. [all]")] = None,
    metrics: Annotated[
        str | None, typer.Option(help="Scores, comma-separated: fd_judge, or fd for every feature space. [all]")
    ] = None,
    models: Annotated[str | None, typer.Option(help="Models, floors and controls, comma-separated. [all]")] = None,
    samplers: Annotated[str | None, typer.Option(help="Samplers, comma-separated. [all]")] = None,
    cost: Annotated[
        bool,
        typer.Option(
            "--cost",
            help="Parameters, seconds of training and of sampling; beside --question and --metrics, or else alone.",
        ),
    ] = False,
    format: Format = "md",
) -> None:
    """Print the tables of a results folder, or a selection of them."""
    from aezoo.analysis.cost import COST, COSTS
    from aezoo.bench.options import parse_list
    from aezoo.bench.output import fit_lines
    from aezoo.reporting import FORMATS, Selection, render_tables, tables
    from aezoo.runner.seed_scores import read_results
    from aezoo.spec import model_label
    from aezoo.store import Store

    FORMATS.check(format)
    given = {"question": question, "metrics": metrics, "models": models, "samplers": samplers}
    names = [() if text is None else tuple(parse_list(f"--{option}", text)) for option, text in given.items()]
    asked, scores, shown, drawn = names
    selection = Selection(asked, scores, tuple(map(model_label, shown)), drawn)
    if cost:
        selection = with_cost_selected(selection)
    is_asked = cost or COST in selection.questions or bool({*COSTS} & {*selection.metrics})
    text = render_tables(tables(read_results(Store(folder)), selection, is_asked), format)
    print(fit_lines(text) if format == "md" else text)
