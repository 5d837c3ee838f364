"""The smallest sets of scores that catch every control: how many there are, what they share, and examples."""

from __future__ import annotations

from collections.abc import Iterator

from aezoo.reporting.audit.findings import Cover, Findings
from aezoo.reporting.audit.words import with_dose
from aezoo.reporting.sheets import Sheet


def smallest(findings: Findings) -> Sheet:
    """For the controls at their default dose, at their mildest, and at every dose."""
    lines = [
        "computed exactly, as a set cover of different scores that keep their promise; only detections count",
        "of sets of one size the cheapest comes first, where a metric's own time and shared inputs are paid for once; "
        "the others are those that have the least in common with the ones before",
    ]
    lines += [line for cover in findings.covers for line in _lines(findings, cover)]
    return Sheet("The smallest sets of metrics that catch every control", tuple(lines))


def _lines(findings: Findings, cover: Cover) -> Iterator[str]:
    found, names = cover.found, findings.candidates
    left_out = [with_dose(*cover.wanted[i]) for i in found.uncovered]
    if left_out:
        yield f"{cover.doses}, caught by no metric and left out: {', '.join(left_out)}"
    if not found.examples:
        return
    every = "everything else" if left_out else "every control"
    count = "there is 1 such set" if found.count == 1 else f"there are {found.count} such sets"
    count = count if found.complete else f"there are at least {found.count} such sets"
    size = len(found.examples[0])
    yield f"{every} {cover.doses} takes {size} score{'s' * (size > 1)}; {count}"
    for place in found.forced:
        yield f"{cover.doses}, in every such set: {names[place]}, {forced_by(findings, cover, names[place])}"
    if not found.forced:
        yield f"{cover.doses}, no score is in every such set"
    for chosen in found.examples:
        yield f"{cover.doses}, for example: {', '.join(names[i] for i in chosen)}"


def forced_by(findings: Findings, cover: Cover, name: str) -> str:
    """The controls and doses that only this one of the candidates detects."""
    candidates = [findings.subject(each) for each in findings.candidates]
    alone = [
        with_dose(*cell)
        for cell in cover.wanted
        if [each.name for each in candidates if each.responses[cell].verdict == "detects"] == [name]
    ]
    return f"because it alone detects {', '.join(alone)}" if alone else "without which more scores are needed"
