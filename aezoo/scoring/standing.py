"""Where samples stand in one headline score: against the oracle's band, and among rows of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

from aezoo.reporting.numbers import format_mean
from aezoo.scoring.phrases import Among, compared

Z = NormalDist().inv_cdf(0.975)
"""Standard errors in half of a 95 % interval: 1.96."""
ROLES = {"model": "model", "floor": "floor", "control": "control", "oracle": "real images"}


@dataclass(frozen=True)
class Neighbour:
    """A row of the tables, with its mean over seeds: its name, and what it is."""

    name: str
    role: str
    value: float

    def __str__(self) -> str:
        return f"{self.name}, {ROLES.get(self.role, self.role)} ({format_mean(self.value, None)})"


@dataclass(frozen=True)
class Standing:
    """Where the samples stand in one score.

    Attributes:
        metric, headline: the score, and its name in `HEADLINE`, without the feature space.
        better: which way is better: lower, higher or target.
        ideal: where a target score should be; None where the oracle's value is.
        value: of the samples.
        standard_error: over images, of the generator and real ones; None where it is not known.
        low, high: the oracle's band; None without one.
        place: within, below or above the band; "" without one.
        next_better, next_worse: the nearest rows on both sides; None where there is none.
        among: the rows of each kind that are better, equal and worse, nearest first.
    """

    metric: str
    headline: str
    better: str
    ideal: float | None
    value: float
    standard_error: float | None
    low: float | None
    high: float | None
    place: str
    next_better: Neighbour | None
    next_worse: Neighbour | None
    among: tuple[Among, ...] = ()

    @property
    def verdict(self) -> str:
        """``within``, ``above (worse)``, ``below (better)``."""
        return f"{self.place}{self._judged}"

    @property
    def _judged(self) -> str:
        if self.place in ("", "within"):
            return ""
        return " (better)" if (self.better, self.place) in (("lower", "below"), ("higher", "above")) else " (worse)"

    @property
    def equal(self) -> tuple[str, ...]:
        """The names of the rows of the same value, or as far from the aim."""
        return tuple(name for each in self.among for name in each.equal)

    @property
    def half_width(self) -> float | None:
        """Half of the 95 % interval over images; None where it is not known."""
        return None if self.standard_error is None else Z * self.standard_error

    @property
    def value_text(self) -> str:
        """``3.43 ± 0.26``; without ± where it is not known."""
        return format_mean(self.value, self.half_width)

    @property
    def band_text(self) -> str:
        """``0.612 to 0.871``; nothing without a band."""
        if self.low is None or self.high is None:
            return ""
        return f"{format_mean(self.low, None)} to {format_mean(self.high, None)}"

    @property
    def sentence(self) -> str:
        """``fd_judge is 3.4 ± 0.3: better than all 8 rows of models; worse than the control memoriser``.

        Within the band it is chance whether the samples or the oracle are better, and nothing is said of it.
        """
        band = f", {self.place} the oracle's band {self.band_text}{self._judged}" if self.place else ""
        told = [each for each in self.among if each.role != "oracle" or self.place != "within"]
        return ": ".join(filter(None, [f"{self.metric} is {self.value_text}{band}", compared(told)]))
