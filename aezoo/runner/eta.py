"""Remaining time: of trials, from the records of earlier runs and the run's own pace; of steps that are all alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from statistics import median

from aezoo.controls import role_of
from aezoo.messages import Request
from aezoo.record import Record
from aezoo.runner.plan import Plan
from aezoo.runner.progress import Progress, RunningTrial
from aezoo.spec import FLOORS, Trial, canonical_json

Key = tuple[str, ...]


class RemainingTime:
    """Remaining time of a run, learned from `earlier` records until its own trials tell better."""

    def __init__(self, progress: Progress, earlier: Sequence[Record] = ()) -> None:
        self.progress = progress
        self._earlier, self._own = DurationModel(earlier), DurationModel(())
        self._scoring = [seconds for record in earlier if (seconds := _scoring_seconds(record)) is not None]
        self._learned, self._longest = 0, 0.0
        self._kinds = {trial_id: _kind(request) for trial_id, request in progress.waiting.items()}
        self._examples = {_kind(request): request for request in progress.waiting.values()}

    def seconds(self) -> float | None:
        """Estimate the seconds to the end of the run; None while nothing tells how long some trial takes.

        All that is left, shared by as many workers as ran side by side; but never less than the longest single trial.
        """
        self._learn()
        now, running = self.progress.clock(), list(self.progress.running.values())
        wholes = {_kind(trial.request): self._whole(trial, now) for trial in running}
        longest = max([self._longest, *(seconds or 0.0 for seconds in wholes.values())])
        left = [(self._left(trial, now, longest), 1) for trial in running]
        for kind, count in Counter(self._kinds[trial_id] for trial_id in list(self.progress.waiting)).items():
            request = self._examples[kind]
            left.append((_first(self._expected(request), wholes.get(kind), _guess(request, longest)), count))
        counted = [(seconds, count) for seconds, count in left if seconds is not None]
        if len(counted) < len(left):
            return None
        total = sum(seconds * count for seconds, count in counted)
        return max([total / self.progress.side_by_side, *(seconds for seconds, _ in counted)])

    def _learn(self) -> None:
        for record in self.progress.finished[self._learned :]:
            self._own.learn(record)
            scoring = _scoring_seconds(record)
            self._scoring += [] if scoring is None else [scoring]
            if record["role"] == "model":
                self._longest = max(self._longest, record["timing"].get("total") or 0.0)
            self._learned += 1

    def _expected(self, request: Request) -> float | None:
        """Estimate the seconds of a whole trial as this run, or else an earlier one, has seen of the same model."""
        return _first(self._own.seconds(request, alike=False), self._earlier.seconds(request, alike=False))

    def _pace(self, running: RunningTrial, now: float) -> float | None:
        return running.seconds_left(now, median(self._scoring) if self._scoring else 0.0)

    def _whole(self, running: RunningTrial, now: float) -> float | None:
        left = self._pace(running, now)
        by_pace = None if left is None else now - running.since + left
        return _first(self._expected(running.request), by_pace)

    def _left(self, running: RunningTrial, now: float, longest: float) -> float | None:
        whole = _first(self._whole(running, now), _guess(running.request, longest))
        by_whole = None if whole is None else max(0.0, whole - (now - running.since))
        estimates = (by_whole, self._pace(running, now))
        return max((seconds for seconds in estimates if seconds is not None), default=None)


def _guess(request: Request, longest: float) -> float | None:
    """Guess the seconds of a trial that never ran: 0 for a floor, and for a model those of the longest known trial."""
    return 0.0 if request.trial.model in FLOORS else longest or None


def _kind(request: Request) -> tuple[str, tuple[str, ...] | None]:
    """Name the kind of a request; trials of one kind take about as long as each other."""
    return request.trial.subject.label, request.metrics


def _scoring_seconds(record: Record) -> float | None:
    """Return the seconds that a trained model's scores took; None for other records."""
    timing = record["timing"]
    seconds: float | None = timing.get("evaluate")
    return seconds if timing.get("train") is not None else None


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


class DurationModel:
    """Durations of trials, learned from finished ones of the same setup.

    They are those of the same model, else of others of its kind: models, floors, controls; else of anything.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        self._seconds: defaultdict[Key, list[float]] = defaultdict(list)
        self._metrics: defaultdict[str, list[float]] = defaultdict(list)
        for record in records:
            self.learn(record)

    def learn(self, record: Record) -> None:
        """Add a record; only a finished trial teaches something."""
        if record["status"] == "done" and record["timing"].get("total") is not None:
            for key in _keys(Trial.model_validate(record["spec"])):
                self._seconds[key].append(record["timing"]["total"])
            for name, seconds in record["timing"].get("metrics", {}).items():
                self._metrics[name].append(seconds)

    def seconds(self, request: Request, alike: bool = True) -> float | None:
        """Estimate the seconds of one worker for one request; None where no record tells.

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
        """Estimate the seconds of the whole plan with `jobs` side by side; None where no record tells of some trial."""
        seconds = [self.seconds(request) for request in plan.requests]
        known = [value for value in seconds if value is not None]
        longest = max(known, default=0.0)
        return None if len(known) < len(seconds) else max(longest, sum(known) / jobs)


def _keys(trial: Trial) -> list[Key]:
    """List what makes trials alike, from the closest likeness to the loosest that still says something."""
    setup = (trial.dataset, canonical_json(trial.protocol.model_dump(mode="json")))
    return [(*setup, "label", trial.subject.label), (*setup, "kind", role_of(trial.model)), setup]


def remaining_at_pace(seconds: float, done: int, left: int) -> float:
    """Estimate the seconds that `left` steps take, at the pace of `done` steps that took `seconds` together."""
    return seconds / done * left if done else 0.0


def format_remaining(seconds: float) -> str:
    """Format a remaining time as ``, about 12 min left``, to follow other words; below a second it is not told."""
    return f", about {format_duration(seconds)} left" if seconds >= 1 else ""


def format_duration(seconds: float) -> str:
    """Format seconds as ``45 s``, ``12 min`` or ``3.5 h``."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6_000 else f"{seconds / 3_600:.1f} h"
