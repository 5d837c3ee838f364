"""The tables of an audit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aezoo.reporting.audit.findings import Cover, Findings, Subject
from aezoo.reporting.audit.record import doses_of
from aezoo.reporting.audit.words import MARKS, READING, THRESHOLDS, cell, dose_text, number, percent, place
from aezoo.reporting.sheets import Sheet
from aezoo.statistics.bands import chance_of_preference, other_split_factor
from aezoo.statistics.false_alarms import Overall


def overview(findings: Findings) -> Iterator[Sheet]:
    """All of it, in the order in which it is read."""
    yield _what(findings)
    yield from _real_data(findings)
    for features, subjects in by_space(findings):
        yield _failures(findings, features, subjects)
    yield _smallest(findings)
    yield _unseen(findings)
    yield _fooled(findings)
    for features, subjects in by_space(findings):
        yield _first_doses(findings, features, subjects)


def by_space(findings: Findings) -> Iterator[tuple[str | None, list[Subject]]]:
    """The metrics of each feature space, those of none last."""
    spaces = dict.fromkeys(subject.score["features"] for subject in findings.subjects)
    for features in sorted(spaces, key=lambda name: (name is None, name)):
        yield features, [each for each in findings.subjects if each.score["features"] == features]


def command(findings: Findings) -> str:
    """What was run, without the folders of the machine."""
    spec = findings.audit.raw["spec"]
    data_file = ["--data-file", spec["data_file"]] if spec["data_file"] else []
    options = [*data_file, "--n", spec["n"], "--draws", spec["draws"], *spec["asked"]]
    return " ".join(["python -m aezoo.bench audit --dataset", spec["dataset"], *map(str, options)])


def _what(findings: Findings) -> Sheet:
    raw = findings.audit.raw
    spec, data, timing, versions = raw["spec"], raw["dataset"], raw["timing"], raw["environment"]
    band, fresh = (len(findings.audit.oracle(role)) for role in ("band", "fresh"))
    metrics, controls = len(findings.subjects), len(findings.audit.controls)
    lines = [
        f"command: {command(findings)}",
        f"data: {data['name']}, fingerprint {data['fingerprint'][:12]}, {data['note'] or 'no note'}",
        f"{metrics} scores of {len(spec['metrics'])} metrics, {controls} controls with {spec['draws']} draws at each "
        f"dose; n = {spec['n']} images on each side",
        f"oracle: {band} draws without replacement of {data['sizes']['oracle']} held-out digits make the band, "
        f"{fresh} others check it",
        f"{timing['wall']:.0f} s with {timing['jobs']} processes, {timing['cpu']:.0f} s of processor time",
        f"aezoo {versions['aezoo']}, tensorflow {versions['tensorflow']}, numpy {versions['numpy']}",
        *READING,
    ]
    return Sheet(f"Audit of sample metrics on {data['name']}", tuple(lines), level=1)


def _real_data(findings: Findings) -> Iterator[Sheet]:
    found = findings.overall
    if found is None:
        yield Sheet("Real data", ("no metric has a value on real data",))
        return
    headers = ("metric", "mean", "sd", "false alarms", "95 % interval", "promise", "threshold z", "needs n", "seconds")
    rows = tuple(_real_row(each) for each in findings.subjects)
    lines = (*_alarm_lines(findings, found), *_overlap_lines(findings))
    yield Sheet("Real data: what the thresholds promise, and what was measured", lines, headers, rows)


def _alarm_lines(findings: Findings, found: Overall) -> Iterator[str]:
    kept = "which keeps" if found.rate <= found.promise else "which does not keep"
    yield THRESHOLDS
    yield (
        f"measured over all metrics on fresh draws: {percent(found.rate)} false alarms, {kept} the mean promise of "
        f"at most {percent(found.promise)}. If other draws had made the band: {percent(found.expected)} in the mean, "
        f"{percent(found.low)} to {percent(found.high)} in 95 % of choices, which keeps the metrics' dependence"
    )
    unreliable = ", ".join(each.name for each in findings.subjects if each.unreliable)
    yield f"more false alarms than the promise and chance explain, so not in the smallest sets: {unreliable or 'none'}"
    draws, band = findings.audit.raw["spec"]["draws"], len(findings.audit.oracle("band"))
    worst = max(each.band.verdict_promise(draws) for each in findings.subjects if each.band is not None)
    yield (
        f"a verdict needs 95 % of {draws} draws: a control as good as real data is called detected with a probability "
        f"of at most {worst:.1g} a cell, and preferred (fooled) with one of {chance_of_preference(draws, band):.1g} "
        "for normal values"
    )


def _overlap_lines(findings: Findings) -> Iterator[str]:
    audit = findings.audit
    size, band = audit.raw["dataset"]["sizes"]["oracle"], len(audit.oracle("band"))
    yield (
        f"two draws of the oracle share {percent(audit.n / size)} of their images on average, and all are compared "
        "with the same reference images. Given these, draws are independent and alike, which is all that the promise "
        "asks. But the band is the spread over draws from these digits, for means "
        f"{(1 - audit.n / size) ** 0.5:.2f} times that over new digits. Controls that draw from the oracle split are "
        "met on equal terms; those that draw from the training split must pass a threshold "
        f"{other_split_factor(audit.n, size, band):.2f} times as high"
    )


def _real_row(subject: Subject) -> tuple[str, ...]:
    band, found = subject.band, subject.alarms
    if band is None or found is None:
        return (subject.name, subject.reason, *[""] * 7)
    return (
        subject.name,
        number(band.mean),
        number(band.deviation),
        f"{found.count} of {found.draws}",
        f"{percent(found.low)} to {percent(found.high)}",
        percent(band.promise),
        f"{band.threshold():.2f}",
        needs_text(subject),
        number(subject.seconds),
    )


def needs_text(subject: Subject) -> str:
    """The n from which on the mean is that at full n; with nothing larger to hold it to, at least full n."""
    if subject.needs is None:
        return "–"
    return f"≥ {subject.needs}" if subject.needs == subject.sizes[-1][0] else str(subject.needs)


def _failures(findings: Findings, features: str | None, subjects: Sequence[Subject]) -> Sheet:
    controls = findings.audit.controls
    headers = ("metric", "oracle", *(f"{c['name']} {dose_text(c['default'])}" for c in controls))
    rows = tuple(
        (each.name, _alarm_cell(each), *(cell(each.responses[(c["name"], c["default"])]) for c in controls))
        for each in subjects
    )
    lines = ("each control at its default dose; oracle: false alarms on real data",)
    return Sheet(f"What each metric sees: {place(features)}", lines, headers, rows)


def _alarm_cell(subject: Subject) -> str:
    return "–" if subject.alarms is None else f"{subject.alarms.count}/{subject.alarms.draws}"


def _smallest(findings: Findings) -> Sheet:
    lines = ["computed exactly, as a set cover; of equal sizes the cheapest first. Only detections count"]
    lines += [line for cover in findings.covers for line in _cover_lines(findings, cover)]
    return Sheet("The smallest sets of metrics that catch every control", tuple(lines))


def _cover_lines(findings: Findings, cover: Cover) -> Iterator[str]:
    found = cover.found
    left_out = [f"{name} {dose_text(dose)}" for name, dose in (cover.wanted[i] for i in found.uncovered)]
    if left_out:
        yield f"{cover.doses}, caught by no metric and left out: {', '.join(left_out)}"
    if found.sets:
        every = "everything else" if left_out else "every control"
        more = "" if found.complete else " at least"
        yield f"{every} {cover.doses}: {len(found.sets[0])} of the scores;{more} {len(found.sets)} such sets"
    for chosen in found.sets:
        yield f"{cover.doses}: {', '.join(findings.candidates[i] for i in chosen)}"


def _unseen(findings: Findings) -> Sheet:
    headers = ("control", "dose", "detect", "fooled", "blind", "no value", "detected by")
    rows = tuple(_unseen_row(findings, c["name"], dose) for c in findings.audit.controls for dose in doses_of(c))
    never = [f"{row[0]} {row[1]}" for row in rows if row[2] == "0"]
    lines = (
        "doses from mild to severe; how many of the scores give each verdict, and the first few that detect",
        f"seen by no metric: {', '.join(never) or 'none'}",
    )
    return Sheet("Each control at each dose", lines, headers, rows, text_columns=2)


def _unseen_row(findings: Findings, control: str, dose: float | None) -> tuple[str, ...]:
    verdicts = {each.name: each.responses[(control, dose)].verdict for each in findings.subjects}
    seen = [name for name, given in verdicts.items() if given == "detects"]
    counts = [
        sum(given in kinds for given in verdicts.values()) for kinds in (("fooled",), ("blind",), ("n/a", "error"))
    ]
    shown = ", ".join(seen[:4]) + (" ..." if len(seen) > 4 else "")
    return (control, dose_text(dose), str(len(seen)), *map(str, counts), shown or "–")


def _fooled(findings: Findings) -> Sheet:
    rows = tuple(
        (each.name, control, dose_text(dose), cell(each.responses[(control, dose)]))
        for each in findings.subjects
        for control, dose in each.verdicts("fooled")
    )
    noise = [row[0] for row in rows if row[1] == "noise-mixture"]
    lines = (
        "metrics that take a control for better than real data, at any dose",
        f"prefer noise at some share of it: {', '.join(dict.fromkeys(noise)) or 'none'}",
    )
    return Sheet("What fools which metric", lines, ("metric", "control", "dose", "z"), rows, text_columns=2)


def _first_doses(findings: Findings, features: str | None, subjects: Sequence[Subject]) -> Sheet:
    controls = findings.audit.controls
    headers = ("metric", *(str(c["name"]) for c in controls))
    rows = tuple((each.name, *(first_dose(each, c) for c in controls)) for each in subjects)
    lines = (f"the mildest dose that is detected; – none; {MARKS}",)
    return Sheet(f"The first dose that is seen: {place(features)}", lines, headers, rows)


def first_dose(subject: Subject, control: dict[str, object]) -> str:
    """``0.05``, with its marks."""
    name = str(control["name"])
    answer = subject.doses.get(name)
    if answer is None:
        return next(given.verdict for (other, _), given in subject.responses.items() if other == name and not given.z)
    marks = "~" * (not answer.monotone)
    if answer.first is None:
        return f"–{marks}"
    return dose_text(doses_of(control)[answer.first]) + "*" * (not answer.holds) + marks
