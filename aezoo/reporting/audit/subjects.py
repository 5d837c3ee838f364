"""All that an audit says of one score in one feature space."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from aezoo.reporting.audit.record import Dose
from aezoo.reporting.audit.responses import Response, Yardsticks
from aezoo.statistics.bands import PREFERENCE, Band
from aezoo.statistics.doses import DoseResponse, stable_from
from aezoo.statistics.false_alarms import Alarms


@dataclass(frozen=True)
class Subject:
    """All that an audit says of one score in one feature space.

    Attributes:
        score: its description in the record.
        reason: why it has no band; nothing where it has one.
        bands: on real data; None where it has no value there, or ranks nothing.
        alarms: on fresh draws of real data.
        responses: by control and dose; none where it ranks nothing.
        doses: by control, where every dose has values.
        sizes: n, mean and standard deviation over draws of the oracle, from small to large.
        stable: the smallest n audited from which on the mean stays within the band at full n.
        detected: at each n, from small to large, which of the controls it detects by default that it detects at
            full n; nothing where that is none, or smaller sets were not scored.
        own: the median time of its metric for one set; None where it never gave a value.
        shared: by what takes it, the time for inputs that it shares with others.
    """

    score: dict[str, Any]
    reason: str = ""
    bands: Yardsticks | None = None
    alarms: Alarms | None = None
    responses: dict[tuple[str, Dose], Response] = field(default_factory=dict)
    doses: dict[str, DoseResponse] = field(default_factory=dict)
    sizes: tuple[tuple[int, float, float], ...] = ()
    stable: int | None = None
    detected: tuple[tuple[int, tuple[str, ...]], ...] = ()
    own: float | None = None
    shared: dict[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The column, for example ``fd_judge``."""
        return str(self.score["name"])

    @property
    def ranks(self) -> bool:
        """Whether one of its values can be better than another."""
        return bool(self.score["better"] != "neither")

    @property
    def band(self) -> Band | None:
        """On draws of the oracle."""
        return None if self.bands is None else self.bands.oracle

    @property
    def unreliable(self) -> bool:
        """Whether it called real data bad more often than its threshold promises, beyond chance."""
        return self.band is not None and self.alarms is not None and self.alarms.low > self.band.promise

    @property
    def shift(self) -> float | None:
        """The z of the mean over draws of training digits: how much the training split itself differs."""
        if self.bands is None or self.bands.train is None:
            return None
        return float(self.bands.oracle.z([self.bands.train.mean])[0])

    @property
    def best(self) -> float | None:
        """The z of the best value that it can have."""
        if self.band is None:
            return None
        low, high = self.score["range"]
        return self.band.best(-np.inf if low is None else low, np.inf if high is None else high)

    @property
    def cannot_be_fooled(self) -> bool:
        """Whether even its best value is not so much better than real data that it would be called fooled."""
        return self.best is not None and self.best >= PREFERENCE

    @property
    def needs(self) -> int | None:
        """The smallest n from which on it detects all that it detects at full n; None where that is nothing."""
        if not self.detected:
            return None
        found = [(n, float(len(names))) for n, names in self.detected]
        return stable_from(found, found[-1][1], 0.0)

    def verdicts(self, wanted: str) -> list[tuple[str, Dose]]:
        """The controls and doses with this verdict."""
        return [key for key, response in self.responses.items() if response.verdict == wanted]

    def taken_for_real(self) -> list[tuple[str, Dose]]:
        """The controls and doses that look no worse than real data although a milder dose is detected."""
        return list(self._taken_for_real())

    def _taken_for_real(self) -> Iterator[tuple[str, Dose]]:
        seen = set()
        for (control, dose), given in self.responses.items():
            if given.verdict == "detects":
                seen.add(control)
            elif control in seen and given.real:
                yield control, dose
