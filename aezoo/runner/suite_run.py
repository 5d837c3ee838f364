"""Run of a suite: made ready, executed, with an event for whatever happens in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from aezoo.datasets import Dataset, load_dataset
from aezoo.engines import Engine, ReportsProgress, get_engine
from aezoo.engines.local import LocalEngine
from aezoo.errors import UnknownNameError, UsageError
from aezoo.metrics.compute import requested_questions, slow_metrics
from aezoo.record import Record
from aezoo.runner.eta import RemainingTime
from aezoo.runner.mirror import Mirror
from aezoo.runner.plan import FULL_SUITE, RETRIES, Plan, Shard, code_change_line, make_plan, unscored_line
from aezoo.runner.preflight import check_requests, check_samplers, check_workers_know
from aezoo.runner.progress import Progress, ProgressEngine
from aezoo.runner.report import write_report
from aezoo.runner.results import Results
from aezoo.runner.seed_scores import add_seed_scores
from aezoo.runner.status import failure_lines, protocol_change, trial_line
from aezoo.runner.suite import one_model_lines, resolve_model
from aezoo.runner.sweep import StopSignal, run_plan
from aezoo.samplers import requested_samplers
from aezoo.spec import Protocol, Suite, model_label
from aezoo.store import Store
from aezoo.store.suites import read_suites, save_suite
from aezoo.trackers import TRACKERS


class RunWarning(UserWarning):
    """Trials, scores or the tracker of a run that failed; what is finished stands beside them."""


@dataclass(frozen=True)
class RunEvent:
    """Something that happened in a run; as a text, the line that the command line prints.

    Attributes:
        kind: "data", "advice", "plan", "waiting", "trial" (one ended), "tracker" (it failed and is left out),
            "mirrored" (how many trials the tracker took),
            "report" (tables and figures are written) or "failure" (told at the end).
        text: one line.
        record: the record of the trial that ended or failed; else None.
    """

    kind: str
    text: str
    record: Record | None = None

    def __str__(self) -> str:
        return self.text


OnEvent = Callable[[RunEvent], None]


@dataclass(frozen=True)
class RunSettings:
    """Settings of a run; the arguments of `run` say what each means."""

    out: Path | None = None
    data_file: Path | None = None
    engine: str | Engine = "local"
    jobs: int | None = None
    timeout: float | None = None
    retry: tuple[str, ...] = ()
    force: tuple[str, ...] = ()
    shard: Shard = FULL_SUITE
    also: tuple[str, ...] = ()
    samplers: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    fail_fast: bool = False
    dry_run: bool = False
    report: bool = True
    track: str | None = None


def prepare_run(suite: Suite, settings: RunSettings, tell: OnEvent) -> SuiteRun:
    """Load the data set and plan the run; unless it is a dry run, make the results folder and note the suite in it."""
    requested, samplers = slow_metrics(settings.also), requested_samplers(settings.samplers)
    _check_retry(settings.retry)
    forced = _forced_models(suite, settings.force)
    if settings.track is not None:
        TRACKERS.check(settings.track)
    engine = _engine(settings)
    temporary = TemporaryDirectory(prefix="aezoo-") if settings.out is None else None
    store = Store(settings.out or Path(temporary.name if temporary else ""), quarantine=not settings.dry_run)
    store.check()
    dataset = load_dataset(suite.dataset, settings.data_file)
    earlier = [known.protocol for known in read_suites(store) if known.dataset == dataset.name]
    plan = make_plan(
        suite,
        dataset,
        store,
        settings.data_file,
        retry=settings.retry,
        shard=settings.shard,
        also=requested,
        force=forced,
        samplers=samplers,
        questions=requested_questions(settings.questions),
    )
    if isinstance(engine, LocalEngine) or isinstance(settings.engine, str):
        check_workers_know(plan.requests, elsewhere=not isinstance(engine, LocalEngine))
    check_requests(plan.requests)
    check_samplers(plan.requests, settings.samplers)
    if not settings.dry_run:
        store.create()
        save_suite(store, suite, dataset.name)
    tell(RunEvent("data", f"data set {dataset.name} ({dataset.origin}), fingerprint {dataset.fingerprint[:12]}"))
    if dataset.note:
        tell(RunEvent("data", dataset.note))
    if (advice := _protocol_advice(suite.protocol, earlier, plan)) is not None:
        tell(RunEvent("advice", advice))
    unscored = unscored_line(plan.kept, requested_questions(settings.questions))
    for line in (code_change_line(plan.kept), unscored, *one_model_lines(suite.models)):
        if line is not None:
            tell(RunEvent("advice", line))
    return SuiteRun(plan, store, dataset, engine, settings, tell, temporary)


@dataclass
class SuiteRun:
    """A suite that is ready to run.

    Attributes:
        plan: the trials to compute, and the records that stand.
        store: the results folder.
        dataset: the data set of all trials.
        engine: where they run.
        settings: how they are run.
        tell: called with each event.
        temporary: the folder of the store, if it is to be removed with the results.
        stop: asks the run to stop.
        everything: after the run, the records of the whole results folder, those of other suites among them.
    """

    plan: Plan
    store: Store
    dataset: Dataset
    engine: Engine
    settings: RunSettings
    tell: OnEvent
    temporary: TemporaryDirectory[str] | None = None
    stop: StopSignal = field(default_factory=StopSignal)
    everything: list[Record] = field(default_factory=list)

    @cached_property
    def progress(self) -> Progress:
        """The trials that wait, run and have ended."""
        return Progress(self.plan.requests)

    @cached_property
    def remaining(self) -> RemainingTime:
        """The time that is left, learned from the records that the plan found."""
        return RemainingTime(self.progress, [*self.plan.kept, *self.plan.found.values()])

    @cached_property
    def mirror(self) -> Mirror:
        """The tracker, which is shown every record."""
        return Mirror(self.settings.track, self.store, lambda line: self._tell("tracker", line))

    def execute(self, display: Callable[[SuiteRun], AbstractContextManager[None]] | None = None) -> Results:
        """Compute what the plan asks for, write tables and figures, and return the results of the suite.

        While trials run the context of `display` is entered, such as a picture of `progress`.
        """
        if self.settings.dry_run:
            return self._results(self.plan.kept)
        self.tell(
            RunEvent("plan", f"{self.plan.count('to run')}, {len(self.plan.kept)} kept, into {self.store.folder}")
        )
        with self.stop.on_signals(self.engine.kill):
            with display(self) if display is not None else nullcontext():
                self._mirror_kept()
                records = [*self.plan.kept, *self._compute()]
            self.everything = self._report(records)
        if (mirrored := self.mirror.summary()) is not None:
            self._tell("mirrored", mirrored)
        for line in failure_lines(records):
            self.tell(RunEvent("failure", line))
        return self._results(records)

    def _results(self, records: list[Record]) -> Results:
        """Hand over the records and, if the folder is temporary, the only reference that keeps it.

        The run refers to itself through its callbacks, so that what it holds lives until the collector comes by.
        """
        temporary, self.temporary = self.temporary, None
        return Results(add_seed_scores(self.store, records), self.store.folder, self.plan, temporary)

    def _compute(self) -> Iterator[Record]:
        """Run the plan and tell how each trial ended; after a failed one, if so wished, begin no other."""
        if isinstance(self.engine, ReportsProgress):
            self.engine.on_epoch = self.progress.epoch_ended
        watched = ProgressEngine(self.engine, self.progress)
        for record in run_plan(self.plan, self.store, watched, self.stop, lambda line: self._tell("waiting", line)):
            self.progress.ended(record)
            told = trial_line(record, record["id"] in self.plan.scored_again)
            line = f"[{self.progress.done}/{self.progress.total}] {told}"
            self.tell(RunEvent("trial", line, record))
            self.mirror.show(record)
            if self.settings.fail_fast and record["status"] != "done":
                self.stop.requested = True
            yield record

    def _mirror_kept(self) -> None:
        for record in self.plan.kept:
            if self.stop.requested:
                return
            self.mirror.show(record)

    def _report(self, records: list[Record]) -> list[Record]:
        if self.temporary is not None or not self.settings.report:
            return records
        return write_report(self.store, lambda line: self._tell("report", line), self.settings.data_file)

    def _tell(self, kind: str, line: str) -> None:
        self.tell(RunEvent(kind, line))


def _engine(settings: RunSettings) -> Engine:
    if isinstance(settings.engine, str):
        return get_engine(settings.engine, settings.jobs, settings.timeout)
    if settings.jobs is not None or settings.timeout is not None:
        raise UsageError("an engine and jobs or timeout were given; set them on the engine")
    return settings.engine


def _check_retry(retry: Collection[str]) -> None:
    for name in retry:
        if name not in RETRIES:
            raise UnknownNameError("retry", name, RETRIES)


def _forced_models(suite: Suite, force: Collection[str]) -> tuple[str, ...]:
    """Return names and labels of models of the suite: of ``vae:beta=1`` that of ``vae``, which it is."""
    known = {name for model in suite.subjects for name in (model.name, model.label)}
    forced = []
    for name in map(model_label, force):
        label = name if name in known or ":" not in name else resolve_model(name).label
        if label not in known:
            raise UnknownNameError("model of this run", name, known)
        forced.append(label)
    return tuple(forced)


def _protocol_advice(protocol: Protocol, earlier: Sequence[Protocol], plan: Plan) -> str | None:
    """Say why trials train anew in a folder that has them under another protocol; None where they do not."""
    missing = sum(reasons == ("missing",) for reasons in plan.reasons.values())
    if not earlier or not missing or protocol in earlier:
        return None
    changes = {protocol_change(dict(known), protocol): known for known in earlier}
    change = min(changes, key=lambda text: text.count(","))
    trials = "1 trial trains" if missing == 1 else f"{missing} trials train"
    line = f"{change}: another protocol is another trial, so {trials} anew; earlier ones stay beside them"
    return f"{line}{_why_not_continued(changes[change], protocol)}"


def _why_not_continued(earlier: Protocol, protocol: Protocol) -> str:
    """Say in a clause why training does not go on from weights of fewer epochs; empty where more than these differ."""
    longer = {"name": protocol.name, "epochs": protocol.epochs}
    if protocol.epochs <= earlier.epochs or earlier.model_copy(update=longer) != protocol:
        return ""
    return (
        " and are not continued: weights are saved without the state of the optimizer, and schedules span all epochs, "
        f"so that the result would not be that of {protocol.epochs}"
    )
