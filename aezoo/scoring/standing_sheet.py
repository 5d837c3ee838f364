"""Where samples stand, as a table of words and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aezoo.reporting.numbers import format_mean
from aezoo.reporting.sheets import Sheet
from aezoo.reporting.wording import ARROWS
from aezoo.scoring.headline import HEADLINE
from aezoo.scoring.standing import Standing, band_text

if TYPE_CHECKING:
    from aezoo.scoring.scored import Scored

PLACE = ("oracle's band", "place")
BAND = (
    "oracle's band: where the scores of other real images lie in 99 of 100 cases, from random divisions of the "
    "held-out images; of many scores one may lie outside by chance"
)


def standing_sheet(scored: Scored) -> Sheet:
    """One row a headline score."""
    banded = [each for each in scored.standings if each.place]
    words = [
        f"{name}: {text}" for name, text in HEADLINE.items() if any(_base(each) == name for each in scored.standings)
    ]
    return Sheet(
        heading=f"Where {scored.record['label']} stands",
        lines=(*_summary(banded), *words, *([BAND] if banded else []), *scored.notes),
        headers=("score", "samples", *(PLACE if banded else ()), "next better", "next worse"),
        rows=tuple(_row(each, bool(banded)) for each in scored.standings),
    )


def _summary(banded: list[Standing]) -> list[str]:
    if not banded:
        return []
    inside = [each.metric for each in banded if each.place == "within"]
    named = f": {', '.join(inside)}" if inside else ""
    return [f"{len(inside)} of {len(banded)} headline scores lie within the oracle's band{named}"]


def _row(each: Standing, banded: bool) -> tuple[str, ...]:
    arrow = ARROWS.get(each.better) or ("→ oracle" if each.ideal is None else f"→ {each.ideal:g}")
    better = each.equal_text or str(each.next_better or "–")
    place = (band_text(each), each.verdict) if banded else ()
    return (f"{each.metric} {arrow}", format_mean(each.value, None), *place, better, str(each.next_worse or "–"))


def _base(each: Standing) -> str:
    return next((name for name in HEADLINE if each.metric.startswith(name)), "")
