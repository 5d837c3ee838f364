"""What a card says in words of one score in one feature space."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from aezoo.reporting.audit.findings import Findings
from aezoo.reporting.audit.real_data import stable_text
from aezoo.reporting.audit.record import doses_of
from aezoo.reporting.audit.subjects import Subject
from aezoo.reporting.audit.words import at_least, at_most, dose_text, number, place, with_dose
from aezoo.statistics.bands import Band


def says(findings: Findings, subject: Subject) -> Iterator[str]:
    """Line by line."""
    band = subject.band
    if not subject.ranks:
        yield subject.reason
    elif band is None:
        yield f"no value on real data: {subject.reason}"
    else:
        yield from _verdicts(findings, subject)
        yield from _reach(subject, band)
        yield from _real(subject, band)
        yield from _needs(findings, subject)


def _verdicts(findings: Findings, subject: Subject) -> Iterator[str]:
    if subject.name in findings.aliases:
        yield f"the same as {findings.aliases[subject.name]} on another scale, in every verdict: counted once"
    controls = findings.audit.controls
    default = {c["name"]: subject.responses[(c["name"], c["default"])].verdict for c in controls}
    caught = [text for control in controls for text in _caught(subject, control)]
    yield f"catches: {', '.join(caught) or 'nothing'}"
    blind = [name for name, verdict in default.items() if verdict == "blind"]
    yield f"blind to, at the default dose: {', '.join(blind) or 'nothing'}"
    yield f"fooled by: {_by_control(subject.verdicts('fooled'))}"
    yield f"takes for real, although it detects a milder dose: {_by_control(subject.taken_for_real())}"
    without = [name for name, verdict in default.items() if verdict in ("n/a", "error")]
    if without:
        reasons = {given.reason for given in subject.responses.values() if given.reason}
        yield f"without a value on: {', '.join(without)} ({'; '.join(sorted(reasons))})"


def _by_control(cells: Iterable[tuple[str, float | None]]) -> str:
    """``blur 0.5, 1, 2; pixel-noise 0.1``."""
    doses: dict[str, list[str]] = {}
    for control, dose in cells:
        doses.setdefault(control, []).append(with_dose(control, dose).removeprefix(control).strip())
    return "; ".join(f"{name} {', '.join(of)}".strip() for name, of in doses.items()) or "nothing"


def _caught(subject: Subject, control: dict[str, Any]) -> Iterator[str]:
    """``class-imbalance from dose 2``, and the severer doses that are missed."""
    name, doses = control["name"], doses_of(control)
    seen = [subject.responses[(name, dose)].verdict == "detects" for dose in doses]
    if any(seen):
        first = seen.index(True)
        missed = [dose_text(dose) for dose, found in zip(doses[first:], seen[first:], strict=True) if not found]
        but = f" (but not {', '.join(missed)})" if missed else ""
        yield name if doses[first] is None else f"{name} from dose {dose_text(doses[first])}{but}"


def _reach(subject: Subject, band: Band) -> Iterator[str]:
    """A word where even the best possible value is not called fooled, or the worst lies below the threshold."""
    if subject.cannot_be_fooled:
        yield f"cannot be fooled by this definition: its best possible value has z = {subject.best:.3g}"
    bounds = subject.score["range"]
    if None not in bounds and (worst := float(band.z(bounds).max())) <= band.threshold():
        yield f"cannot detect anything: its worst possible value has z = {worst:.3g}"


def _real(subject: Subject, band: Band) -> Iterator[str]:
    found = subject.alarms
    yield f"real data: {number(band.mean)} with standard deviation {number(band.deviation)} over {band.draws} draws"
    if found is not None:
        yield (
            f"false alarms: {found.count} of {found.draws} fresh draws of real data ({at_least(found.low)} to "
            f"{at_most(found.high)}); the threshold, z above {band.threshold():.2f}, promises {at_most(band.promise)}"
            + ("; more than chance explains" if subject.unreliable else "")
        )
    if subject.shift is not None:
        yield (
            f"untouched training digits have a mean z of {subject.shift:.3g} against held-out ones: controls made of "
            "them are compared with them"
        )


def _needs(findings: Findings, subject: Subject) -> Iterator[str]:
    yield (
        f"mean stable from n: {stable_text(subject)}, from where on its mean on real data lies in the band of full n "
        "(≥: at no smaller n)"
    )
    if subject.needs is not None:
        n, wanted = subject.detected[-1]
        less = " (fewer are not enough)" if subject.needs == n else ""
        yield f"needs n: {subject.needs}{less}, to detect all {len(wanted)} controls that it detects at n = {n}"
    own = f"{number(subject.own, 2)} of its own, for all scores of {subject.score['family']}"
    yield f"seconds for one set: {own}{_shared(subject)}"


def _shared(subject: Subject) -> str:
    """The inputs that it shares, by what they are."""
    search = sum(seconds for key, seconds in subject.shared.items() if key.startswith("inputs/copying/"))
    features = sum(subject.shared.values()) - search
    if not subject.shared:
        return ""
    where = place(subject.score["features"])
    found = f", and {number(features, 2)} for the features of the images, shared with all scores"
    if search:
        found += f", and {number(search, 2)} for the nearest training images, shared with the copying scores in {where}"
    return found
