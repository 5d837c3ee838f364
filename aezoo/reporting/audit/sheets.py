"""The tables of an audit, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterator

from aezoo.reporting.audit.findings import Findings
from aezoo.reporting.audit.real_data import needs_sheet, real_data
from aezoo.reporting.audit.smallest import smallest
from aezoo.reporting.audit.verdict_sheets import by_space, controls_sheet, each_dose, failures, first_doses, fooled
from aezoo.reporting.audit.words import MARKED, reading
from aezoo.reporting.sheets import Sheet


def overview(findings: Findings) -> Iterator[Sheet]:
    """All of it."""
    yield _what(findings)
    yield Sheet("How to read the tables", (*reading(findings.audit), MARKED))
    yield controls_sheet(findings)
    for features, subjects in by_space(findings):
        yield failures(findings, features, subjects)
    yield smallest(findings)
    yield each_dose(findings)
    yield fooled(findings)
    for features, subjects in by_space(findings):
        yield first_doses(findings, features, subjects)
    yield needs_sheet(findings)
    yield from real_data(findings)


def command(findings: Findings) -> str:
    """What was run, without the folders of the machine."""
    spec = findings.audit.raw["spec"]
    data_file = ["--data-file", spec["data_file"]] if spec["data_file"] else []
    options = [*data_file, "--n", spec["n"], "--draws", spec["draws"], *spec["asked"]]
    return " ".join(["python -m aezoo.bench audit --dataset", spec["dataset"], *map(str, options)])


def _what(findings: Findings) -> Sheet:
    raw = findings.audit.raw
    spec, data, timing, versions = raw["spec"], raw["dataset"], raw["timing"], raw["environment"]
    lines = [
        f"command: {command(findings)}",
        f"data: {data['name']}, fingerprint {data['fingerprint'][:12]}, {data['note'] or 'no note'}",
        f"{len(findings.different)} different scores of {len(findings.subjects)}, from {len(spec['metrics'])} metrics; "
        f"{len(findings.audit.controls)} controls with {spec['draws']} draws at each dose; n = {spec['n']} images on "
        "each side",
        *_aliases(findings),
        *(f"{each.name} is {each.reason}" for each in findings.subjects if not each.ranks),
        _draws(findings),
        f"{timing['wall']:.0f} s with {timing['jobs']} processes, {timing['cpu']:.0f} s of processor time",
        f"aezoo {versions['aezoo']}, tensorflow {versions['tensorflow']}, numpy {versions['numpy']}",
    ]
    return Sheet(f"Audit of sample metrics on {data['name']}", tuple(lines), level=1)


def _aliases(findings: Findings) -> Iterator[str]:
    if findings.aliases:
        pairs = (f"{name} and {of}" for name, of in findings.aliases.items())
        yield f"the same on another scale, and counted once: {', '.join(pairs)}"


def _draws(findings: Findings) -> str:
    audit = findings.audit
    band, fresh, train = (len(sets) for sets in (audit.oracle("band"), audit.oracle("fresh"), audit.training(audit.n)))
    sizes = audit.raw["dataset"]["sizes"]
    return (
        f"oracle: {band} draws without replacement of {sizes['oracle']} held-out digits make the band, {fresh} others "
        "check it" + (f"; training digits: {train} draws of {sizes['train']}" if train else "")
    )
