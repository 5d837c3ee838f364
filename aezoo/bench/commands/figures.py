"""The command `figures`: the figures of a results folder, or of an audit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aezoo.audit.report.record import FILE as AUDIT_FILE
from aezoo.bench.commands.choices import DataFile
from aezoo.bench.options import parse_list, parse_models
from aezoo.bench.output import DEFAULT_FOLDER, echo
from aezoo.errors import UsageError


def command(
    folder: Annotated[Path, typer.Argument(help="A results folder, or that of an audit.")] = DEFAULT_FOLDER,
    data_file: DataFile = None,
    png: Annotated[bool, typer.Option("--png", help="PNG of 256 colours alone, to publish.")] = False,
    models: Annotated[
        str | None, typer.Option(help="These alone, comma-separated, beside floors and controls. [all]")
    ] = None,
    svg: Annotated[
        str | None, typer.Option(help="With --png: files that are written as SVG too, such as ranks, comma-separated.")
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(help="Figures to draw, such as curves, comma-separated; others stay as they are. [all]"),
    ] = None,
    controls: Annotated[
        str | None, typer.Option(help="Of an audit: whose dose responses, comma-separated. [all]")
    ] = None,
    scores: Annotated[
        str | None, typer.Option(help="Of an audit: scores such as fd_judge beside the doses. [the first twelve]")
    ] = None,
) -> None:
    """Draw the figures of a results folder again, or those of an audit."""
    files = [] if svg is None else parse_list("--svg", svg)
    if (folder / AUDIT_FILE).is_file():
        if data_file or models or only:
            left_out = "--data-file, no --models and no --only"
            raise UsageError(f"{folder} is an audit, whose figures need no {left_out}; leave them out")
        _draw_audit(folder, controls, scores, png, files)
        return
    if controls or scores:
        raise UsageError(f"{folder} has no {AUDIT_FILE}, and --controls and --scores are of an audit; leave them out")
    from aezoo.runner.real_images import RealImages
    from aezoo.runner.report import draw_figures
    from aezoo.runner.results import load_results, select_models
    from aezoo.store import Store

    real, named = RealImages(data_file), parse_models("--models", models)
    chosen = [] if only is None else parse_list("--only", only)
    records = select_models(load_results(folder).records, named)
    for path in draw_figures(Store(folder), records, real, png, files, chosen):
        print(path)
    for name, reason in real.problems.items():
        echo(f"samples on {name} do not stand beside their nearest training images: {reason}")


def _draw_audit(folder: Path, controls: str | None, scores: str | None, png: bool, svg: list[str]) -> None:
    """Draw the figures of an audit, link them in its page, and print where they are."""
    from aezoo.audit.report import analyse, read_audit, write_page
    from aezoo.audit.report.figures import FOLDER, write_audit_figures

    findings = analyse(read_audit(folder))
    names = None if controls is None else parse_list("--controls", controls)
    columns = None if scores is None else parse_list("--scores", scores)
    for path in write_audit_figures(findings, folder / FOLDER, names, columns, png, svg):
        print(path)
    print(write_page(findings, folder))
