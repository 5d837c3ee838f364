"""Reasons why an answer differs from the published one, found by asking again as the authors ask.

They differ from the page in four ways: they take another k for precision and recall, scale features to unit variance,
ask the mean of several draws, and have finer axes, some of which reach further. Each is changed alone, then in twos and
more, until the published answer comes out. An axis is left as it is where its points are the same or where, of bounds,
its ends are: it cannot matter there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from aezoo.audit.checks import Check, Floats, load_checks
from aezoo.audit.checks.published import DRAWS, NEIGHBOUR, ROWS, published_answer
from aezoo.audit.checks.run import CheckResult, PointsAndValues, kind_of, rule_margins, score_values
from aezoo.metrics import METRICS, Metric
from aezoo.metrics.samples.prdc import precision_recall_density_coverage

K = 5
"""Neighbour whose distance is the radius, here."""

LONG_DRAWS = 3
"""Draws on an axis that reaches further, with up to 10,000 rows, which take long; unless the mean of all is asked."""

SURE = 0.8
"""Share of draws that have to give the published answer: one draw may give it by chance."""


@dataclass(frozen=True)
class Setting:
    """A way to ask again: what is as the authors have it. The order of fields is that of preference."""

    fine: bool = False
    mean: bool = False
    scaled: bool = False
    k: bool = False

    @property
    def text(self) -> str:
        """Words for the changes."""
        words = {
            f"k = {NEIGHBOUR}": self.k,
            "features scaled to unit variance": self.scaled,
            "their axis": self.fine,
            f"the mean of {DRAWS} draws": self.mean,
        }
        return " and ".join(word for word, changed in words.items() if changed) or "other draws"


SETTINGS = sorted(
    (Setting(*changed) for changed in product((False, True), repeat=4)),
    key=lambda each: (sum(vars(each).values()), *vars(each).values()),
)
"""All, those with fewer changes first."""


@dataclass(frozen=True)
class Difference:
    """An answer that differs from the published one, and the reason.

    Attributes:
        margin: of the answer here, the distance of the most critical value to its limit.
        reason: what is to be changed for the published answer.
        asked_so: what comes out then, with its margin.
    """

    check: str
    desideratum: str
    score: str
    passes: bool
    margin: float
    reason: str
    asked_so: str


def differences(results: Sequence[CheckResult], n: int, seed: int) -> Iterator[Difference]:
    """List the answers that differ from the published ones, each with the first of `SETTINGS` that explains it."""
    asked: dict[str, _Asked] = {}
    for each in results:
        name = each.check.name
        published = published_answer(name, each.desideratum, each.score)
        if published is None or each.passes is None or published == each.passes:
            continue
        again = asked.setdefault(name, _Asked(load_checks()[name], seed))
        reason, asked_so = again.explain(each.score, each.desideratum, published)
        here = [(_points(each, where), np.array(values)) for where, values in each.values.items()]
        margin = rule_margins(each.check, each.kind, here)[each.desideratum]
        rows = "" if n == ROWS else f"{ROWS:,} rows, "
        yield Difference(name, each.desideratum, each.score, each.passes, margin, rows + reason, asked_so)


def axis_matters(check: Check, desideratum: str) -> bool:
    """Tell whether a rule can see that the authors' axis is another one; bounds look at ends and at shared points."""
    axes = [[[case.point for case in series.cases] for series in check.series(fine)] for fine in (False, True)]
    if desideratum == "bounds":
        axes = [[points[:: len(points) - 1] for points in axis] for axis in axes]
    return axes[0] != axes[1]


def margin_text(margin: float) -> str:
    """Say by how much a rule is passed or failed."""
    return f"{'yes' if margin >= 0 else 'no'}, by {abs(margin):.2g}"


def _points(result: CheckResult, where: str) -> Floats:
    (cases,) = (series.cases for series in result.check.series() if series.where == where)
    return np.array([case.point for case in cases])


class _Asked:
    """A check that is asked again: its draws in every setting, each drawn once."""

    def __init__(self, check: Check, seed: int) -> None:
        self._check, self._seed = check, seed
        self._drawn: dict[tuple[bool, bool, bool, int], dict[str, list[PointsAndValues]]] = {}

    def explain(self, score: str, desideratum: str, published: bool) -> tuple[str, str]:
        """Give the first setting in which the published answer comes out, and the answer there."""
        for setting in SETTINGS:
            if setting.k and score not in ("precision", "recall"):
                continue
            if setting.fine and not axis_matters(self._check, desideratum):
                continue
            mean, alone = self._margins(setting, score, desideratum, published)
            given = sum((margin >= 0) == published for margin in alone)
            draws = f"{given} of {len(alone)} draws"
            if setting.mean and (mean >= 0) == published:
                return setting.text, f"{margin_text(mean)}; alone, {draws} give the published answer"
            if not setting.mean and given >= SURE * self._draws_of(setting):
                return setting.text, f"{draws}; the mean: {margin_text(mean)}"
        return (
            "none found",
            f"with all that is theirs: {margin_text(mean)}, ± {np.std(alone, ddof=1):.2g} over {len(alone)} draws",
        )

    def _margins(self, setting: Setting, score: str, desideratum: str, published: bool) -> tuple[float, list[float]]:
        """Give the margins of the mean of draws, and of each; no more of these than are needed to refuse a setting."""
        kind, draws = kind_of(score), self._draws_of(setting)
        found: list[list[PointsAndValues]] = []
        alone: list[float] = []
        for draw in range(draws):
            found.append(self._values(setting, draw)[score])
            alone.append(rule_margins(self._check, kind, found[-1])[desideratum])
            refused = sum((margin >= 0) != published for margin in alone)
            if not setting.mean and draws - refused < SURE * draws:
                break
        means = [
            (series[0][0], np.mean([values for _, values in series], axis=0)) for series in zip(*found, strict=True)
        ]
        return rule_margins(self._check, kind, means)[desideratum], alone

    def _draws_of(self, setting: Setting) -> int:
        is_long = setting.fine and axis_matters(self._check, "bounds")
        return LONG_DRAWS if is_long and not setting.mean else DRAWS

    def _values(self, setting: Setting, draw: int) -> dict[str, list[PointsAndValues]]:
        key = (setting.fine, setting.scaled, setting.k, draw)
        if key not in self._drawn:
            metric = _variant(NEIGHBOUR if setting.k else K, setting.scaled)
            self._drawn[key] = score_values(self._check, metric, ROWS, self._seed + draw, setting.fine)
        return self._drawn[key]


def _variant(k: int, scaled: bool) -> Metric:
    """Make precision, recall, density and coverage as the authors compute them."""

    def scores(real: Floats, fake: Floats) -> dict[str, float]:
        mean, deviation = (real.mean(axis=0), real.std(axis=0)) if scaled else (0.0, 1.0)
        return precision_recall_density_coverage((real - mean) / deviation, (fake - mean) / deviation, k)

    return replace(METRICS.get("prdc"), function=scores)
