"""How long a plan will take, from the records of earlier runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from statistics import median

from aezoo.bench.plan import Plan
from aezoo.bench.status import printable
from aezoo.record import Record
from aezoo.spec import Trial, canonical_json
from aezoo.store import Store
from aezoo.work import Request

Key = tuple[str, ...]


class Estimate:
    """Seconds of a trial, learned from finished ones: of the same model, else of any model in the same setup."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._seconds: defaultdict[Key, list[float]] = defaultdict(list)
        self._metrics: defaultdict[str, list[float]] = defaultdict(list)
        for record in records:
            self.learn(record)

    def learn(self, record: Record) -> None:
        """Take in one more record; only a finished trial teaches something."""
        if record["status"] == "done" and record["timing"].get("total") is not None:
            for key in _keys(Trial.model_validate(record["spec"])):
                self._seconds[key].append(record["timing"]["total"])
            for name, seconds in record["timing"].get("metrics", {}).items():
                self._metrics[name].append(seconds)

    def seconds(self, request: Request, alike: bool = True) -> float | None:
        """The seconds of one worker for one request; None where no record tells.

        With `alike`, other models tell of one that never ran.
        """
        if request.metrics is not None:
            known = [median(self._metrics[name]) for name in request.metrics if name in self._metrics]
            return sum(known) if known else None
        for key in _keys(request.trial)[: None if alike else 1]:
            if key in self._seconds:
                return median(self._seconds[key])
        return None

    def total(self, plan: Plan, jobs: int) -> float | None:
        """Seconds of the whole plan with `jobs` side by side; None where no record tells of some trial."""
        seconds = [self.seconds(request) for request in plan.requests]
        known = [value for value in seconds if value is not None]
        longest = max(known, default=0.0)
        return None if len(known) < len(seconds) else max(longest, sum(known) / jobs)


def _keys(trial: Trial) -> list[Key]:
    """What makes trials alike, from the closest likeness to the loosest that still says something."""
    setup = (trial.dataset, canonical_json(trial.protocol.model_dump(mode="json")))
    return [(*setup, trial.subject.label), (*setup,)]


def in_words(seconds: float) -> str:
    """``45 s``, ``12 min``, ``3.5 h``."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6_000 else f"{seconds / 3_600:.1f} h"


def plan_lines(plan: Plan, store: Store, jobs: int) -> Iterator[str]:
    """What `run --dry-run` prints: the trials that would run, with their reasons and time."""
    estimate = Estimate(store.records() if store.trials.is_dir() else ())
    yield f"{plan.count('would run')}, {len(plan.kept)} are kept, in {store.folder}"
    for request in plan.requests:
        seconds = estimate.seconds(request)
        verb = "train and score" if request.metrics is None else f"score {len(request.metrics)} metrics"
        reasons = printable("; ".join(plan.reasons[request.trial.id]))
        duration = "time unknown" if seconds is None else f"about {in_words(seconds)}"
        yield f"  {request.trial.subject.label} seed {request.trial.seed}: {verb}, {duration} ({reasons})"
    if plan.requests:
        total = estimate.total(plan, jobs)
        unknown = "unknown: no earlier trial of this protocol here tells"
        yield f"time with {jobs} jobs: {unknown if total is None else f'about {in_words(total)}'}"
