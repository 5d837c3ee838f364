"""Text around the tables of scores: what was scored, where each generator stands, and how to read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from aezoo.reporting.document import PageSection
from aezoo.reporting.text import join_words
from aezoo.scoring.copies import copying_line
from aezoo.scoring.finding import Finding
from aezoo.scoring.headline_metrics import COPYING, HEADLINE
from aezoo.scoring.standing import ROLE_NAMES, Standing
from aezoo.statistics.direction import arrow, is_target

INTERVAL_HEADERS = ("oracle's band", "place")
INTERVAL = (
    "oracle's band: where the scores of other real images lie in 99 of 100 cases, from random divisions of the "
    "held-out images; of many scores one may lie outside by chance"
)
HALF_WIDTH = (
    "±: 1.96 standard errors, half of a 95 % interval: how far the score moves with other images of this generator and "
    "other real ones, not with another training; without ± it is not known"
)
CHANCE = "better and worse compare values (of models, means over seeds): a difference smaller than {} may be chance"
MORE = (
    "controls, models, every table and what each score looks at: the same command with --all; every metric: with "
    "--metrics all; --out FOLDER keeps them"
)
"""The last line of the first screen."""
UNPROVEN = (
    "unproven: the scores lie as those of a control with this failure do; a failure that no control has may have such "
    "scores too"
)
ARROW = "→ means that nearer to what follows is better"


def summary_section(
    names: Sequence[str], n: int, dataset: str, warnings: Sequence[str], protocol: str, order: str = ""
) -> PageSection:
    """Say what was scored and by which protocol, warnings first, and the order of several generators last."""
    each = " each" if len(names) > 1 else ""
    return PageSection(
        heading=f"Scores of {join_words(names)}: {n:,} images{each} against {n:,} of {dataset}",
        lines=(*(f"WARNING: {line}" for line in warnings), *filter(None, [protocol, order])),
        level=1,
    )


def order_text(standings: Sequence[Standing]) -> str:
    """Write ``gan before vae by fd_judge: 212 to 314``, by each Fréchet distance; "" of one generator."""
    by_metric: dict[str, list[Standing]] = {}
    for each in standings:
        if each.headline == "fd":
            by_metric.setdefault(each.metric, []).append(each)
    return "; ".join(_ordered(metric, found) for metric, found in by_metric.items() if len(found) > 1)


def _ordered(metric: str, found: Sequence[Standing]) -> str:
    best_first = sorted(found, key=lambda standing: standing.value)
    names, values = ([getattr(each, of) for each in best_first] for of in ("samples", "value_text"))
    return f"{' before '.join(names)} by {metric}: {' to '.join(values)}"


def finding_section(finding: Finding) -> PageSection:
    """Say the finding on one generator."""
    return PageSection(heading=f"Finding on {finding.samples}", lines=finding.lines)


def notes_sections(notes: Sequence[str]) -> list[PageSection]:
    """Say what was left out and why; no section without anything to say."""
    return [PageSection(heading="Notes", lines=tuple(notes))] if notes else []


def standing_section(name: str, standings: Sequence[Standing]) -> PageSection:
    """Say in a few lines where one generator stands, with a row for each headline score."""
    has_intervals, has_ties = any(each.place for each in standings), any(each.equal for each in standings)
    return PageSection(
        heading=f"Where {name} stands",
        lines=tuple(_findings(standings)),
        headers=(
            *("score", "samples", *(INTERVAL_HEADERS if has_intervals else ())),
            *("next better", *(("equal",) if has_ties else ()), "next worse"),
        ),
        rows=tuple(_row(each, has_intervals, has_ties) for each in standings),
    )


def legend_section(standings: Sequence[Standing], findings: Iterable[Finding] = ()) -> PageSection:
    """Explain the words and signs of `standing_section`, and of the findings."""
    shown = {each.headline for each in standings}
    words = [f"{name}: {text}" for name, text in HEADLINE.items() if name in shown]
    return PageSection(heading="How to read it", lines=(*words, *_signs(standings), *_unproven(findings)), level=3)


def screen_section(
    names: Sequence[str], standings: Sequence[Standing], findings: Iterable[Finding] = ()
) -> PageSection:
    """Show each headline score of all generators in a row, with the oracle's band, and say how to read and see more.

    Of one generator the place in the band is named as well.
    """
    by_score: dict[str, dict[str, Standing]] = {}
    for each in standings:
        by_score.setdefault(each.metric, {})[each.samples] = each
    has_intervals = any(each.place for each in standings)
    headers = INTERVAL_HEADERS[: 2 if len(names) == 1 else 1] if has_intervals else ()
    return PageSection(
        heading="Headline scores",
        headers=("score", *names, *headers),
        rows=tuple(_screen_row(names, found, len(headers)) for found in by_score.values()),
        footer=(*_unproven(findings), *_signs(standings), MORE),
    )


def _screen_row(names: Sequence[str], found: Mapping[str, Standing], count: int) -> tuple[str, ...]:
    first = next(iter(found.values()))
    values = (found[name].value_text if name in found else "n/a" for name in names)
    return (score_text(first), *values, *(first.interval_text, first.verdict)[:count])


def value_text(standing: Standing) -> str:
    """Write ``fd_judge ↓: 3.43 ± 0.26``."""
    return f"{score_text(standing)}: {standing.value_text}"


def score_text(standing: Standing) -> str:
    """Write ``fd_judge ↓``."""
    return f"{standing.metric} {arrow(standing.better, standing.ideal)}"


def _signs(standings: Sequence[Standing]) -> Iterator[str]:
    shown = {
        "±": any(each.half_width is not None for each in standings),
        "the width of the band": any(each.place for each in standings),
    }
    explained = zip(shown.values(), (HALF_WIDTH, INTERVAL), strict=True)
    yield from (text for is_shown, text in explained if is_shown)
    if any(shown.values()):
        yield CHANCE.format(" or ".join(name for name, is_shown in shown.items() if is_shown))
    if any(is_target(each.better) for each in standings):
        yield ARROW


def _unproven(findings: Iterable[Finding]) -> list[str]:
    """Explain the word of a failure that is named; nothing where none is."""
    return [UNPROVEN] if any(finding.diagnosis.state == "named" for finding in findings) else []


def _findings(standings: Sequence[Standing]) -> Iterator[str]:
    placed = [each for each in standings if each.place]
    if placed:
        inside = sum(each.place == "within" for each in placed)
        yield f"{inside} of {len(placed)} headline scores lie within the oracle's band"
    yield from filter(None, [copying_line(standings)])
    for role in ("samples", "model", "floor"):
        yield from _ranks(role, standings)


def _ranks(role: str, standings: Sequence[Standing]) -> Iterator[str]:
    """Name the scores, but for those of copying, by which the generator is better than all rows of a role."""
    of_quality = [each for each in standings if each.headline not in COPYING]
    ranked = [(each.metric, rows) for each in of_quality for rows in each.among if rows.role == role]
    if not ranked:
        return
    best = [metric for metric, rows in ranked if len(rows.worse) == rows.total]
    one, several = ROLE_NAMES[role]
    first = ranked[0][1]
    rival = (
        f"the {one} {[*first.better, *first.equal, *first.worse][0]}"
        if first.total == 1
        else f"all {first.total} {several}"
    )
    named = f": {', '.join(best)}" if best else ""
    yield f"better than {rival} by {len(best)} of {len(ranked)} headline scores, copying aside{named}"


def _row(standing: Standing, has_intervals: bool, has_ties: bool) -> tuple[str, ...]:
    place = (standing.interval_text, standing.verdict) if has_intervals else ()
    ties = (_tied(standing.equal),) if has_ties else ()
    better, worse = (str(row or "–") for row in (standing.next_better, standing.next_worse))
    return (score_text(standing), standing.value_text, *place, better, *ties, worse)


def _tied(names: Sequence[str]) -> str:
    """Write ``oracle and 2 more``."""
    if not names:
        return "–"
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
