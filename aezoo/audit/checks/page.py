"""The page of the checks: what each score passes, beside the published answers, and why some differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from aezoo.audit.checks import KINDS, Check, Kind
from aezoo.audit.checks.published import DRAWS, NEIGHBOUR, ROWS, published_answer
from aezoo.audit.checks.reasons import LONG_DRAWS, SURE, Difference, margin_text
from aezoo.audit.checks.run import BAND, SEEN, CheckResult
from aezoo.reporting.document import Document, PageSection

SOURCE = "Räisä, van Breugel and van der Schaar 2025, arXiv:2505.22450"

TITLES: dict[Kind, str] = {
    "fidelity": "Scores of fidelity: are fakes like reals?",
    "diversity": "Scores of diversity: are all reals covered?",
    "distance": "Distances: do both sides agree?",
}

DISTANCE_RULES = {
    "property": "sees every pair of laws that differ, and no pair of equal ones",
    "bounds": "best for equal laws, worst where laws share nothing; never passed by a score without a bound",
}

READING = (
    "yes, no: the score passes in every number of dimensions, or fails in some; (published: ...): the authors' answer, "
    "where it differs; –: not asked",
    f"a distance sees laws apart where its loss is more than {SEEN:g} standard deviations above the mean of {BAND} "
    "draws of equal laws; close: within 0.05; falls: by 0.2 at least",
    "scores of labels are asked where reals have modes, which stand for classes",
    "published: laws, rules and tolerances of the paper, with fewer points on each axis and one draw, and distances "
    "asked as well; aezoo: our own",
)


def checks_document(
    results: Sequence[CheckResult],
    differing: Sequence[Difference],
    unchecked: Mapping[str, str],
    command: str,
    n: int = ROWS,
) -> Document:
    """Make the page: findings first, then a table for each kind of score, the differences, and what was not checked.

    `n` is the number of rows on each side; fewer than those of the rules are named.
    """
    sections = [PageSection("Sanity checks of sample metrics", tuple(_findings(results, command)), level=1)]
    sections.append(PageSection("How to read the tables", (*READING, *_few_rows(n))))
    sections += [_table(results, kind) for kind in KINDS if any(each.kind == kind for each in results)]
    sections.append(_laws(results))
    sections.append(_differences(differing))
    if unchecked:
        lines = tuple(f"{name}: {reason}" for name, reason in unchecked.items())
        sections.append(PageSection("Metrics that are not checked", lines))
    return Document(tuple(sections))


def _few_rows(n: int) -> Iterator[str]:
    """Warn of answers that fewer rows than those of the rules make fail by chance."""
    if n < ROWS:
        yield f"rules and tolerances are for {ROWS:,} rows; with {n:,} some fail by their noise alone"


def checks_frame(results: Sequence[CheckResult]) -> pd.DataFrame:
    """Make a table of all values: one row for each check, score, series and point."""
    points = {
        (name, series.where): [case.point for case in series.cases]
        for name, check in {each.check.name: each.check for each in results}.items()
        for series in check.series()
    }
    rows = {
        (each.check.name, each.score, where, point): (each.kind, value)
        for each in results
        for where, values in each.values.items()
        for point, value in zip(points[each.check.name, where], values, strict=True)
    }
    columns = ["check", "score", "series", "point", "kind", "value"]
    return pd.DataFrame([(*key, *found) for key, found in rows.items()], columns=columns)


def _findings(results: Sequence[CheckResult], command: str) -> Iterator[str]:
    for kind in KINDS:
        of_kind = [each for each in results if each.kind == kind and each.passes is not None]
        scores = dict.fromkeys(each.score for each in of_kind)
        counts = {name: [each.passes for each in of_kind if each.score == name] for name in scores}
        ordered = sorted(counts, key=lambda name: -sum(map(bool, counts[name])))
        words = ", ".join(f"{name} {sum(map(bool, counts[name]))} of {len(counts[name])}" for name in ordered)
        if words:
            yield f"{kind}: passes {words}"
    yield from _own_findings(results)
    yield f"laws and rules: {SOURCE}, and three of our own; command: {command}"


def _own_findings(results: Sequence[CheckResult]) -> Iterator[str]:
    """Say which scores each of our own checks parts."""
    for name, text in {
        "moments-matched": "a law with the mean and covariance of another, seen by sliced Wasserstein and not by the "
        "Fréchet distance as published (arXiv:2605.06797)",
        "share-of-bad-fakes": "a share of bad fakes, read off as it is from the clipped scores as published "
        "(arXiv:2507.01761)",
        "fakes-among-outliers": "fakes among the outliers of reals, taken for good by density and coverage as "
        "published (arXiv:2507.01761); coverage counts reals, not fakes, and an outlier among a thousand of them lifts "
        "it by a thousandth at most",
    }.items():
        asked = [each for each in results if (each.check.name, each.desideratum) == (name, "property")]
        passed = [each.score for each in asked if each.passes]
        failed = [each.score for each in asked if each.passes is False]
        if asked:
            yield f"{text}; here {', '.join(passed) or 'none'} pass, {', '.join(failed) or 'none'} fail"


def _table(results: Sequence[CheckResult], kind: Kind) -> PageSection:
    of_kind = [each for each in results if each.kind == kind]
    scores = list(dict.fromkeys(each.score for each in of_kind))
    by_key = {(each.check.name, each.desideratum, each.score): each for each in of_kind}
    keys = dict.fromkeys((each.check.name, each.desideratum) for each in of_kind)
    checks = {each.check.name: each.check for each in of_kind}
    rows = tuple(
        (
            *(name, checks[name].source, desideratum, _meaning(checks[name], desideratum, kind)),
            *(_cell(by_key.get((name, desideratum, score))) for score in scores),
        )
        for name, desideratum in keys
    )
    headers = ("check", "from", "desideratum", "passes if", *scores)
    lines = tuple(_reasons(of_kind))
    return PageSection(TITLES[kind], lines, headers, rows, text_columns=4 + len(scores))


def _reasons(results: Sequence[CheckResult]) -> Iterator[str]:
    """Say of scores without an answer why there is none, a line for each reason of a check."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for each in results:
        if each.passes is None:
            found.setdefault((each.check.name, each.reason), {})[each.score] = None
    for (check, reason), scores in found.items():
        yield f"n/a in {check}: {', '.join(scores)} ({reason})"


def _meaning(check: Check, desideratum: str, kind: Kind) -> str:
    if kind == "distance":
        return DISTANCE_RULES[desideratum]
    return "; ".join(rule.text for rule in check.rules[kind] if rule.desideratum == desideratum)


def _cell(result: CheckResult | None) -> str:
    if result is None:
        return "–"
    if result.passes is None:
        return "n/a"
    published = published_answer(result.check.name, result.desideratum, result.score)
    tail = "" if published in (None, result.passes) else f" (published: {_word(bool(published))})"
    return _word(result.passes) + tail


def _word(passes: bool) -> str:
    return "yes" if passes else "no"


def _laws(results: Sequence[CheckResult]) -> PageSection:
    checks = {each.check.name: each.check for each in results}
    rows = tuple((name, check.title) for name, check in checks.items())
    return PageSection("The laws", (), ("check", "reals against fakes"), rows, text_columns=2)


def _differences(differing: Sequence[Difference]) -> PageSection:
    title = "Where the answer differs from the published one"
    if not differing:
        return PageSection(title, ("nowhere",))
    rows = tuple(
        (
            *(each.check, each.desideratum, each.score, margin_text(each.margin), _word(not each.passes)),
            *(each.reason, each.asked_so),
        )
        for each in differing
    )
    headers = ("check", "desideratum", "score", "here", "published", "comes out with", "asked so")
    return PageSection(title, tuple(_reading_differences(differing)), headers, rows, text_columns=7)


def _reading_differences(differing: Sequence[Difference]) -> Iterator[str]:
    """Count the reasons, and say how they were found."""
    counts = Counter(each.reason for each in differing).most_common()
    yield f"reasons of {len(differing)} differences: " + ", ".join(f"{reason} ({count})" for reason, count in counts)
    yield (
        f"each was asked again as the authors ask: with k = {NEIGHBOUR} for precision and recall, on features scaled "
        f"to the unit variance of reals, by the mean of {DRAWS} draws, on their axis, which has more points, and from "
        "100 to 10,000 rows where it is one of rows; each alone, then two and more together, until the published "
        "answer came out"
    )
    yield (
        f"one draw can give it by chance: without the mean, it has to come out in {SURE * DRAWS:.0f} of {DRAWS} draws, "
        f"or in {LONG_DRAWS} of {LONG_DRAWS} on an axis of rows"
    )
    yield "by: how far the most critical value is from the limit of the rule"
