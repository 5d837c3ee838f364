"""Figures of an audit: the heat map of failures and metrics, and the dose response of each control. No TensorFlow."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from aezoo.audit.report.figures.dose_sheet import check_control, dose_sheets
from aezoo.audit.report.figures.heat_map import heat_map
from aezoo.audit.report.findings import AuditFindings
from aezoo.errors import UnknownNameError
from aezoo.reporting.figures import save_figures
from aezoo.reporting.figures.names import unique_stems

__all__ = ["FOLDER", "HEAT_MAP", "dose_sheets", "draw_audit", "heat_map", "sheet_names", "write_audit_figures"]

FOLDER = "figures"
HEAT_MAP = "heat-map"


def write_audit_figures(
    findings: AuditFindings,
    folder: Path,
    controls: Sequence[str] | None = None,
    scores: Sequence[str] | None = None,
    png_only: bool = False,
    svg: Collection[str] = (),
) -> list[Path]:
    """Write the heat map and a sheet of dose responses for each control into `folder`; return their paths.

    Equal records give equal bytes. Other files are left alone.

    Args:
        findings: of the audit.
        folder: where to write, usually ``figures`` of the audit.
        controls: whose dose responses to draw; None for all.
        scores: on the sheets, as tables name them; None for the twelve that are read first.
        png_only: write small PNG to publish and no SVG.
        svg: file names of those that are written as SVG nevertheless.

    Raises:
        UsageError: the audit has no such control, score or figure.
        ResultsError: the folder cannot be written.
    """
    known = [HEAT_MAP, *sheet_names(findings).values()]
    for name in svg:
        if name not in known:
            raise UnknownNameError("figure", name, known)
    return save_figures(draw_audit(findings, controls, scores), folder, png_only, svg)


def draw_audit(
    findings: AuditFindings, controls: Sequence[str] | None = None, scores: Sequence[str] | None = None
) -> Iterator[tuple[str, Figure]]:
    """Draw what `write_audit_figures` writes, each with its file name: pages are ``name-2`` and on."""
    for name in controls or ():
        check_control(findings, name)
    drawn = heat_map(findings)
    if drawn is not None:
        yield HEAT_MAP, drawn
    for control, stem in sheet_names(findings).items():
        if controls is None or control in controls:
            for i, page in enumerate(dose_sheets(findings, control, scores), start=1):
                yield stem if i == 1 else f"{stem}-{i}", page


def sheet_names(findings: AuditFindings) -> dict[str, str]:
    """Give the file name of each control's sheet."""
    names = [control["name"] for control in findings.record.controls]
    return dict(zip(names, (f"doses-{stem}" for stem in unique_stems(names)), strict=True))
