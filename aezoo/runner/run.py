"""One run of a suite, from names to results: the public verb `run`. Prints nothing; a callback is told of progress."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from aezoo.engines import Engine
from aezoo.errors import UsageError
from aezoo.runner.plan import Shard
from aezoo.runner.results import Results
<<<<<<< HEAD
from aezoo.runner.status import failure_lines
from aezoo.runner.suite import make_suite, seed_advice
from aezoo.runner.suite_run import OnEvent, RunEvent, RunSettings, RunWarning, prepare_run
=======
from aezoo.runner.seed_scores import add_seed_scores
from aezoo.runner.status import failure_lines, protocol_change, trial_line
from aezoo.runner.suite import make_suite, one_model_lines, seed_advice
from aezoo.runner.sweep import StopSignal, run_plan
from aezoo.samplers import requested_samplers
>>>>>>> h11a
from aezoo.spec import ModelSpec, Protocol, Suite


def run(
    models: Suite | str | Iterable[str | ModelSpec] | None = None,
    *,
    seeds: str | Iterable[int] | None = None,
    dataset: str | None = None,
    protocol: str | Protocol | None = None,
    out: Path | str | None = None,
    data_file: Path | str | None = None,
    engine: str | Engine = "local",
    jobs: int | None = None,
    timeout: float | None = None,
    retry: Collection[str] = (),
    force: Collection[str] = (),
    shard: str = "1/1",
    also: Collection[str] = (),
    samplers: Collection[str] = (),
    questions: Collection[str] = (),
    fail_fast: bool = False,
    dry_run: bool = False,
    report: bool = True,
    track: str | None = None,
    progress: OnEvent | None = None,
    **changes: Any,  # noqa: ANN401
) -> Results:
    """Train and score every model with every seed, and the floors beside them; computes only what is missing.

    Prints nothing. Trials run in worker processes. Ctrl-C ends those that run, keeps the finished ones, and raises
    `KeyboardInterrupt`; SIGTERM likewise raises `SystemExit`.

    Args:
        models: names such as ``"vae"`` or ``"beta-vae:beta=10"``, or specs; ``"family:variational"`` or ``"all"`` for
            those that the protocol suits; None for ae, vae and beta-vae. Or a whole `Suite`, which then says seeds,
            data set and protocol as well.
        seeds: whole numbers, or a text such as ``"0-4"``; None for 0, 1, 2.
        dataset: a registered data set; None for MNIST, or 5,000 of its digits where it cannot be had.
        protocol: a protocol or the name of one; None for the chapter's.
        out: the results folder, where tables, figures and a page are written too. A second run into it computes what
            is missing. None for a temporary folder without these, removed when the results are no longer used.
        data_file: where the data set lies, if not where it is looked for.
        engine: where trials run: "local", "dask=tcp://host:8786", or an engine.
        jobs: trials side by side; None for the cores of this machine.
        timeout: seconds after which a trial is ended.
        retry: what runs again although it has a record: "failed" trials and metrics, or those of other "code".
        force: models that run again whatever their records say, by name or label.
        shard: the part of the suite to run, as i/n.
        also: slow metrics to compute as well; "slow" for all of them.
        samplers: what models are sampled by beside the samplers that are not optional; "all" for every one. Models that
            were sampled before keep what they have, and are sampled by the further ones from their saved weights.
        questions: those whose metrics are computed, beside `also`, such as ``["disentanglement"]``; () for all. A later
            run of all adds the others from saved weights.
        fail_fast: begin no trial after the first that fails.
        dry_run: compute and write nothing; the results then hold the records that stand, and the plan of the others.
        report: write the tables, the figures and the page ``report.html`` of `out` anew at the end.
        track: a tracker that mirrors each trial, those that stand too: "wandb", "trackio", "mlflow" or "tensorboard".
            One that fails is left out, which a `RunWarning` or an event says, and changes nothing else.
        progress: called with a `RunEvent` from time to time; ``progress=print`` prints what the command line does.
        **changes: fields of the protocol to set: ``epochs=10, latent_dim=16``.

    Returns:
        The results of this suite, failed trials among them; a `RunWarning` names these.

    Raises:
        UsageError: a name or a value that cannot be.
        DatasetError: the data set cannot be had or trusted.
        ResultsError: the results folder cannot be read or written.
    """
    tell = progress or _warn_of_tracker
    suite = _suite(models, seeds, dataset, protocol, changes, tell)
    settings = RunSettings(
        out=None if out is None else Path(out),
        data_file=None if data_file is None else Path(data_file),
        engine=engine,
        jobs=jobs,
        timeout=timeout,
        retry=_names(retry),
        force=_names(force),
        shard=Shard.parse(shard),
        also=_names(also),
        samplers=_names(samplers),
        questions=_names(questions),
        fail_fast=fail_fast,
        dry_run=dry_run,
        report=report,
        track=track,
    )
    if (advice := seed_advice(seeds)) is not None:
        tell(RunEvent("advice", advice))
    suite_run = prepare_run(suite, settings, tell)
    results = suite_run.execute()
    _raise_signal(suite_run.stop.signal, settings.out)
    for line in failure_lines(results.records) if progress is None else ():
        warnings.warn(line, RunWarning, stacklevel=2)
    return results


def _raise_signal(received: int | None, out: Path | None) -> None:
    """Raise what a caller expects of a signal that ended the run, now that the finished trials are kept."""
    if received == signal.SIGINT:
        raise KeyboardInterrupt(f"finished trials are kept in {out}" if out is not None else "")
    if received is not None:
        raise SystemExit(128 + received)


<<<<<<< HEAD
=======
def prepare_run(suite: Suite, settings: RunSettings, tell: OnEvent) -> SuiteRun:
    """Load the data set and plan the run; unless it is a dry run, make the results folder and note the suite in it."""
    requested, samplers = slow_metrics(settings.also), requested_samplers(settings.samplers)
    _check_retry(settings.retry)
    _check_force(suite, settings.force)
    if settings.track is not None:
        TRACKERS.check(settings.track)
    engine = _engine(settings)
    temporary = TemporaryDirectory(prefix="aezoo-") if settings.out is None else None
    store = Store(settings.out or Path(temporary.name if temporary else ""), quarantine=not settings.dry_run)
    store.check()
    dataset = load_dataset(suite.dataset, settings.data_file)
    earlier = [known.protocol for known in read_suites(store) if known.dataset == dataset.name]
    plan = make_plan(
        *(suite, dataset, store, settings.data_file, settings.retry, settings.shard, requested, settings.force),
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
    for line in (code_change_line(plan.kept), *one_model_lines(suite.models)):
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


>>>>>>> h11a
def _suite(
    models: Suite | str | Iterable[str | ModelSpec] | None,
    seeds: str | Iterable[int] | None,
    dataset: str | None,
    protocol: str | Protocol | None,
    changes: Mapping[str, Any],
    tell: OnEvent,
) -> Suite:
    if not isinstance(models, Suite):
        names = (models,) if isinstance(models, str) else models
        return make_suite(names, seeds, dataset, protocol, changes, lambda line: tell(RunEvent("advice", line)))
    given = {"seeds": seeds, "dataset": dataset, "protocol": protocol, **changes}
    twice = [name for name, value in given.items() if value is not None]
    if twice:
        raise UsageError(f"a suite and {', '.join(twice)} were given; a suite says them itself, leave them out")
    return make_suite(models.models, models.seeds, models.dataset, models.protocol)


def _warn_of_tracker(event: RunEvent) -> None:
    if event.kind == "tracker":
        warnings.warn(event.text, RunWarning, stacklevel=2)


def _names(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)
