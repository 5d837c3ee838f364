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
from aezoo.runner.status import failure_lines
from aezoo.runner.suite import make_suite, seed_advice
from aezoo.runner.suite_run import OnEvent, RunEvent, RunSettings, RunWarning, prepare_run
from aezoo.spec import ModelSpec, Protocol, Suite, as_names


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
        retry=as_names(retry),
        force=as_names(force),
        shard=Shard.parse(shard),
        also=as_names(also),
        samplers=as_names(samplers),
        questions=as_names(questions),
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
