"""Checks on registered sample metrics: every score of every metric that arrays of features are enough for."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from sklearn.exceptions import ConvergenceWarning

from aezoo.audit.checks import Case, Check, Floats, Kind, Sampler, Series, load_checks
from aezoo.audit.checks.rules import CLOSE
from aezoo.errors import UsageError
from aezoo.metrics import METRICS, Metric, Score
from aezoo.metrics.samples.ndb import BINS, kmeans_centres
from aezoo.statistics import is_ranked, losses, target_of
from aezoo.statistics.direction import best_value

FIDELITY = ("precision", "density", "clipped_density", "prd_precision")
DIVERSITY = ("recall", "coverage", "clipped_coverage", "prd_recall")
"""Scores of one side of quality; every other one is a distance, which has to see whatever differs."""

BAND = 5
"""Draws of equal laws that a distance is held against."""

MIN_ROWS = 4
"""Rows on each side of which a quarter, the smallest part in a check, is a row."""

SEEN = 5.0
"""Standard deviations of that band from its mean, beyond which laws are seen apart."""

SUPPLIED = ("real", "fake", "features", "train", "bins", "real_spaces", "fake_spaces", "seed")
"""Needs of metrics that rows of numbers are enough for."""

OF_MODES = ("labels", "reference_labels", "probabilities")
"""Needs that are met where the reals have modes: each row is of the class of the nearest one, for certain."""

Values = dict[str, list[float]]
PointsAndValues = tuple[Floats, Floats]
"""The points of a series, (m,), and the values there, (m,)."""


@dataclass(frozen=True)
class CheckResult:
    """Answer of a score to one desideratum of a check.

    Attributes:
        values: by series, the value at each point.
        passes: None where the score is not asked; `reason` says why.
    """

    check: Check
    desideratum: str
    score: str
    kind: Kind
    passes: bool | None
    reason: str
    values: Mapping[str, tuple[float, ...]]


def checkable(names: Sequence[str] | None = None, slow: bool = False) -> tuple[list[Metric], dict[str, str]]:
    """Select the sample metrics that are checked, and say of every other one why it is not.

    Args:
        names: of metrics; None for all that are not slow.
        slow: also the slow ones.

    Raises:
        UsageError: an unknown name, or a metric of another question.
    """
    for name in names or ():
        if (question := METRICS.get(name).question) != "samples":
            raise UsageError(f"metric {name!r} answers the question {question!r}; checks take metrics of samples")
    known = [
        metric for name, metric in METRICS.items() if metric.question == "samples" and (not names or name in names)
    ]
    reasons: dict[str, str] = {}
    for metric in known:
        lacking = [need for need in metric.needs if need not in (*SUPPLIED, *OF_MODES)]
        if lacking:
            reasons[metric.name] = f"needs {', '.join(lacking)}, which only images have"
        elif metric.slow and not (slow or names):
            reasons[metric.name] = "slow: asked with --slow"
    return [metric for metric in known if metric.name not in reasons], reasons


def require_rows(n: int) -> None:
    """Raise `UsageError` for fewer rows on each side than leave one in every part of a check."""
    if n < MIN_ROWS:
        raise UsageError(f"{n} rows on each side asked for; give at least {MIN_ROWS}")


def kind_of(score: str) -> Kind:
    """Tell what a score measures: fidelity, diversity, or a distance, which is both."""
    return "fidelity" if score in FIDELITY else "diversity" if score in DIVERSITY else "distance"


def run_checks(
    n: int = 1000,
    seed: int = 0,
    metrics: Sequence[str] | None = None,
    checks: Sequence[str] | None = None,
    slow: bool = False,
) -> list[CheckResult]:
    """Draw the laws of every check and ask every score; the same arguments give the same results.

    Args:
        n: rows on each side.
        seed: of all draws and of the metrics; a check draws the same whatever other checks run.
        metrics: registered names; None for all sample metrics that are not slow.
        checks: names; None for all.
        slow: also the slow metrics.

    Raises:
        UsageError: too few rows, an unknown metric, or one of another question.
    """
    require_rows(n)
    chosen, _ = checkable(metrics, slow)
    known = load_checks()
    return [
        result for name in (known if checks is None else checks) for result in run_check(known[name], chosen, n, seed)
    ]


def run_check(asked: Check, metrics: Sequence[Metric], n: int, seed: int) -> Iterator[CheckResult]:
    """Ask the scores of some metrics one check; those of labels only where the reals have modes."""
    has_modes = all(series.modes is not None for series in asked.series())
    chosen = [metric for metric in metrics if has_modes or not set(metric.needs) & set(OF_MODES)]
    measured = _measure(asked, chosen, n, seed, False)
    for metric in chosen:
        for score in filter(lambda score: is_ranked(score.better), metric.scores):
            yield from _results(asked, score, measured)


def score_values(asked: Check, metric: Metric, n: int, seed: int, fine: bool) -> dict[str, list[PointsAndValues]]:
    """Give the points of every series, and the values there, by score; `fine`: on the authors' axes."""
    measured = _measure(asked, [metric], n, seed, fine)
    return {score.name: [(of.points, np.array(of.values[score.name])) for _, of in measured] for score in metric.scores}


def rule_margins(asked: Check, kind: Kind, found: Sequence[PointsAndValues]) -> dict[str, float]:
    """Give by desideratum the margin by which a score of fidelity or diversity passes; below 0, or NaN, it fails."""
    return {rule.desideratum: rule.margin(found) for rule in asked.rules.get(kind, ())}


def _measure(asked: Check, metrics: Sequence[Metric], n: int, seed: int, fine: bool) -> list[tuple[Series, _Measured]]:
    digest = int.from_bytes(hashlib.sha256(asked.name.encode()).digest()[:4], "big")
    random = np.random.default_rng([seed, digest])
    return [(series, _Measured(series, metrics, n, seed, random)) for series in asked.series(fine)]


class _Measured:
    """Values of every score at every point of a series, and in the band of equal laws of each point."""

    def __init__(
        self, series: Series, metrics: Sequence[Metric], n: int, seed: int, random: np.random.Generator
    ) -> None:
        self._metrics, self._seed, self._modes = metrics, seed, series.modes
        sides = _Sides(n, random, any("bins" in metric.needs for metric in metrics))
        self.points = np.array([case.point for case in series.cases])
        self.values: Values = {}
        self.bands: list[Values] = []
        self.real: Values = {}
        self.errors: dict[str, str] = {}
        for case in series.cases:
            reals = sides.reals(case.real, case.sizes[0])
            self._measure(reals, case.fake(random, round(n * case.sizes[1])), self.values)
            self._measure(reals, reals["real"], self.real, one_sided=True)
            self.bands.append(self._band(case, sides))

    def _band(self, case: Case, sides: _Sides) -> Values:
        """Measure distances alone, which are held against the band; the draws are the same for any metrics."""
        return sides.band(case, lambda reals, fake, into: self._measure(reals, fake, into, distances=True))

    def _measure(
        self, reals: Mapping[str, Any], fake: Floats, into: Values, one_sided: bool = False, distances: bool = False
    ) -> None:
        inputs = {**reals, "fake": fake, "features": fake, "fake_spaces": {"features": fake}, "seed": self._seed}
        if self._modes is not None:
            labels = _nearest(self._modes, fake)
            inputs |= {"labels": labels, "probabilities": np.eye(len(self._modes))[labels]}
            inputs["reference_labels"] = _nearest(self._modes, reals["real"])
        for metric in self._metrics:
            if one_sided and "real" in metric.needs:
                continue
            if distances and all(kind_of(score.name) != "distance" for score in metric.scores):
                continue
            try:
                found = metric(inputs)
            except Exception as error:  # a plug-in's metric may raise anything; the page says what
                self.errors.update({score.name: f"{type(error).__name__}: {error}" for score in metric.scores})
                found = {score.name: np.nan for score in metric.scores}
            for name, value in found.items():
                into.setdefault(name, []).append(value)


def _nearest(modes: Floats, rows: Floats) -> NDArray[np.intp]:
    """Give the number of the nearest mode of each row, (n,)."""
    return np.asarray(cdist(rows, modes).argmin(axis=1))


class _Sides:
    """Reals of each law, drawn once, with what metrics take beside them, and the bands of equal laws."""

    def __init__(self, n: int, random: np.random.Generator, has_bins: bool) -> None:
        self._n, self._random, self._has_bins = n, random, has_bins
        self._bands: dict[tuple[int, float], Values] = {}
        self.reals = cache(self._reals)

    def _reals(self, law: Sampler, size: float) -> dict[str, Any]:
        n = round(self._n * size)
        real, train = law(self._random, n), law(self._random, max(n, BINS))
        found = {"real": real, "real_spaces": {"features": real}, "train": train}
        if self._has_bins:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # rounded rows have fewer places than bins
                found["bins"] = kmeans_centres(train, BINS, 0)
        return found

    def band(self, case: Case, measure: Callable[[Mapping[str, Any], Floats, Values], None]) -> Values:
        """Measure reals of the base law of a case against further draws of it."""
        law, size = case.base or case.real, case.sizes[0]
        key = (id(law), size)
        if key not in self._bands and case.differs is not None:
            found: Values = {}
            for _ in range(BAND):
                measure(self.reals(law, size), law(self._random, round(self._n * size)), found)
            self._bands[key] = found
        return self._bands.get(key, {})


def _results(asked: Check, score: Score, measured: Sequence[tuple[Series, _Measured]]) -> Iterator[CheckResult]:
    kind = kind_of(score.name)
    values = {series.where: tuple(of.values[score.name]) for series, of in measured}
    errors = [of.errors[score.name] for _, of in measured if score.name in of.errors]
    answers: dict[str, bool | None]
    if kind == "distance":
        answers = _distance_answers(asked, score, measured)
    else:
        found = [(of.points, np.array(of.values[score.name])) for _, of in measured]
        answers = {name: margin >= 0 for name, margin in rule_margins(asked, kind, found).items()}
    for name, passes in answers.items():
        yield CheckResult(asked, name, score.name, kind, None if errors else passes, "; ".join(errors[:1]), values)


def _distance_answers(
    asked: Check, score: Score, measured: Sequence[tuple[Series, _Measured]]
) -> dict[str, bool | None]:
    """Ask a distance whether it sees what differs and nothing else, and whether its bounds are met."""
    if not asked.distances:
        return {}
    pairs = [(series, of) for series, of in measured]
    answers: dict[str, bool | None] = {"property": all(_sees(series, of, score) for series, of in pairs)}
    if any(case.disjoint for series, _ in pairs for case in series.cases):
        answers["bounds"] = all(_is_bounded(series, of, score) for series, of in pairs)
    return answers


def _losses(score: Score, values: Sequence[float], real: Sequence[float]) -> Floats:
    """Give losses; without an ideal the value of the reals themselves is the target."""
    return losses(np.asarray(values), score.better, target_of(score.better, score.ideal, real))


def _sees(series: Series, of: _Measured, score: Score) -> bool:
    for i, case in enumerate(series.cases):
        if case.differs is None:
            continue
        real = of.real.get(score.name, [np.nan] * len(series.cases))[i : i + 1]
        band = _losses(score, of.bands[i][score.name], real)
        loss = _losses(score, of.values[score.name][i : i + 1], real)[0]
        is_seen = bool(loss > band.mean() + SEEN * band.std(ddof=1) + 1e-12)
        if is_seen != case.differs:
            return False
    return True


def worst_loss(score: Score) -> float | None:
    """Compute the largest loss that the range of a score allows; None where it has no bound, or no known ideal."""
    worst = float(losses(np.array(score.range), score.better, score.ideal).max())
    return worst if np.isfinite(worst) else None  # NaN without a target, or a direction


def _is_bounded(series: Series, of: _Measured, score: Score) -> bool:
    """Tell whether equal laws have the best value and disjoint ones the worst."""
    worst = worst_loss(score)
    if worst is None:
        return False
    of_equal = best_value(score.better, 0.0, score.range[1], score.ideal)  # an unbiased distance has values below 0
    best = _losses(score, [of_equal], ())[0]
    found = (_losses(score, of.values[score.name], ()) - best) / (worst - best)
    asked = [(case.disjoint, loss) for case, loss in zip(series.cases, found, strict=True)]
    equal = [loss for case, loss in zip(series.cases, found, strict=True) if case.differs is False]
    return all(abs(loss - 1) <= CLOSE for disjoint, loss in asked if disjoint) and all(loss <= CLOSE for loss in equal)
