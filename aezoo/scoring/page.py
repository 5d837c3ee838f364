"""What stands around the tables: at their top what went wrong, below them where the samples stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aezoo.reporting.document import PageSection
from aezoo.scoring.headline_metrics import HEADLINE
from aezoo.scoring.standing import Standing
from aezoo.statistics.direction import arrow, is_target

PLACE = ("oracle's band", "place")
BAND = (
    "oracle's band: where the scores of other real images lie in 99 of 100 cases, from random divisions of the "
    "held-out images; of many scores one may lie outside by chance"
)
INTERVAL = (
    "±: 1.96 standard errors, half of a 95 % interval: how far the score moves with other images of this generator and "
    "other real ones, not with another training; without ± it is not known"
)
CHANCE = "better and worse compare values (of models, means over seeds): a difference smaller than {} may be chance"
ARROW = "→ means that nearer to what follows is better"


def summary_section(label: str, n: int, dataset: str, warnings: Sequence[str], notes: Sequence[str]) -> PageSection:
    """What was scored, warnings first."""
    return PageSection(
        heading=f"Scores of {label}: {n:,} images against {n:,} of {dataset}",
        lines=(*(f"WARNING: {line}" for line in warnings), *notes),
        level=1,
    )


def standing_section(label: str, standings: Sequence[Standing]) -> PageSection:
    """A sentence, then a row for each headline score."""
    banded, tied = any(each.place for each in standings), any(each.equal for each in standings)
    return PageSection(
        heading=f"Where {label} stands",
        lines=(*_summary(standings), *(each.sentence for each in standings)),
        headers=(
            *("score", "samples", *(PLACE if banded else ())),
            *("next better", *(("equal",) if tied else ()), "next worse"),
        ),
        rows=tuple(_row(each, banded, tied) for each in standings),
    )


def legend_section(standings: Sequence[Standing]) -> PageSection:
    """What the words and signs of `standing_section` mean."""
    named = {each.headline for each in standings}
    words = [f"{name}: {text}" for name, text in HEADLINE.items() if name in named]
    return PageSection(heading="How to read it", lines=(*words, *_signs(standings)), level=3)


def _signs(standings: Sequence[Standing]) -> Iterator[str]:
    shown = {
        "±": any(each.half_width is not None for each in standings),
        "the width of the band": any(each.place for each in standings),
    }
    explained = zip(shown.values(), (INTERVAL, BAND), strict=True)
    yield from (text for is_shown, text in explained if is_shown)
    if any(shown.values()):
        yield CHANCE.format(" or ".join(name for name, is_shown in shown.items() if is_shown))
    if any(is_target(each.better) for each in standings):
        yield ARROW


def value_text(each: Standing) -> str:
    """``fd_judge ↓: 3.43 ± 0.26``."""
    return f"{score_text(each)}: {each.value_text}"


def score_text(each: Standing) -> str:
    """``fd_judge ↓``."""
    return f"{each.metric} {arrow(each.better, each.ideal)}"


def _summary(standings: Sequence[Standing]) -> list[str]:
    banded = [each for each in standings if each.place]
    if not banded:
        return []
    inside = [each.metric for each in banded if each.place == "within"]
    named = f": {', '.join(inside)}" if inside else ""
    return [f"{len(inside)} of {len(banded)} headline scores lie within the oracle's band{named}"]


def _row(each: Standing, banded: bool, tied: bool) -> tuple[str, ...]:
    place = (each.band_text, each.verdict) if banded else ()
    equal = (_tied(each.equal),) if tied else ()
    better, worse = (str(row or "–") for row in (each.next_better, each.next_worse))
    return (score_text(each), each.value_text, *place, better, *equal, worse)


def _tied(names: Sequence[str]) -> str:
    """``oracle and 2 more``."""
    if not names:
        return "–"
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
