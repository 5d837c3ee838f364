"""The command `run`: train and score a suite."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aezoo.bench.output import DEFAULT_FOLDER, echo, fit_lines
from aezoo.errors import UsageError
from aezoo.machine import cores

if TYPE_CHECKING:  # the first page of help shows these options: it must not wait for what a run needs
    from aezoo.runner.plan import Plan
    from aezoo.runner.results import Results
    from aezoo.runner.suite_run import RunSettings, SuiteRun
    from aezoo.spec import Suite
    from aezoo.store import Store


class Retry(StrEnum):
    """Reasons for which `run` runs again."""

    failed = "failed"
    code = "code"


def command(
    models: Annotated[
        list[str] | None,
        typer.Option(
            metavar="<str>",
            help="Names, comma-separated; beta-vae:beta=10 sets a parameter. Also all, family:flow ...",
        ),
    ] = None,
    seeds: Annotated[str | None, typer.Option(help="0-4 or 0,3,7. [0-2]")] = None,
    dataset: Annotated[str | None, typer.Option(help="auto, mnist, mnist-5k, fashion-mnist ... [auto]")] = None,
    data_file: Annotated[
        Path | None, typer.Option(help="An npz as Keras lays it out, or a folder of IDX files.")
    ] = None,
    protocol: Annotated[str | None, typer.Option(help="chapter, smoke ...: see list protocols. [chapter]")] = None,
    epochs: Annotated[int | None, typer.Option(help="Instead of the protocol's.")] = None,
    latent_dim: Annotated[int | None, typer.Option(help="Instead of the protocol's.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="<setting=value>", help="Another setting of the protocol. Repeatable."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The results folder. [aezoo-results]")] = None,
    jobs: Annotated[int | None, typer.Option(help="Trials side by side. [the cores]")] = None,
    suite: Annotated[
        Path | None, typer.Option(help="A TOML file with any option above, also, samplers and questions; options win.")
    ] = None,
    retry: Annotated[
        list[Retry] | None, typer.Option(help="Run again: failed trials and metrics, or those of other code.")
    ] = None,
    force: Annotated[
        list[str] | None, typer.Option(metavar="<model>", help="Run this model again in any case. Repeatable.")
    ] = None,
    timeout: Annotated[float | None, typer.Option(min=1, help="Seconds after which a trial is ended.")] = None,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Begin no trial after one that fails.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would run and how long; run nothing.")] = False,
    engine: Annotated[
        str,
        typer.Option(help="Where trials run: local, or dask=tcp://host:8786 for a scheduler that exists."),
    ] = "local",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the results.")] = False,
    shard: Annotated[str, typer.Option(help="Run part i of n, as i/n; the command merge joins them.")] = "1/1",
    also: Annotated[
        str | None, typer.Option(help="Metrics that take long, comma-separated, such as ais; or slow: all of them.")
    ] = None,
    samplers: Annotated[
        str | None, typer.Option(help="Further samplers, comma-separated, such as flow,kde; or all: see list samplers.")
    ] = None,
    questions: Annotated[
        str | None, typer.Option(help="Score these alone, comma-separated, such as disentanglement. [all]")
    ] = None,
    track: Annotated[
        str | None,
        typer.Option(help="Mirror trials into wandb, trackio, mlflow or tensorboard."),
    ] = None,
) -> None:
    """Train and score a suite of models into a results folder; computes only what is missing."""
    from aezoo.bench.options import parse_list, read_options
    from aezoo.runner.plan import Shard
    from aezoo.runner.suite import parse_settings, seed_advice
    from aezoo.runner.suite_run import RunSettings

    given: dict[str, Any] = {
        **{"models": models, "seeds": seeds, "dataset": dataset, "data_file": data_file, "protocol": protocol},
        **{"epochs": epochs, "latent_dim": latent_dim, "out": out, "jobs": jobs},
        **{"also": also, "samplers": samplers, "questions": questions},
    }
    set_values = parse_settings(settings or ())
    if twice := [name for name in set_values if given.get(name) is not None]:
        raise UsageError(f"{twice[0]} is given by --set and by --{twice[0].replace('_', '-')}; give it once")
    for option in ("also", "samplers", "questions"):
        if given[option] is not None:
            parse_list(f"--{option}", given[option])
    options = read_options({**given, **set_values}, suite)
    if (advice := seed_advice(options.seeds)) is not None:
        echo(advice)
    chosen = RunSettings(
        out=options.out or DEFAULT_FOLDER,
        data_file=options.data_file,
        engine=engine,
        jobs=options.jobs,
        timeout=timeout,
        retry=tuple(choice.value for choice in retry or ()),
        force=tuple(force or ()),
        shard=Shard.parse(shard),
        also=options.also,
        samplers=options.samplers,
        questions=options.questions,
        fail_fast=fail_fast,
        dry_run=dry_run,
        track=track,
    )
    raise typer.Exit(run_suite(options.suite(echo), chosen, json))


def run_suite(suite: Suite, settings: RunSettings, as_json: bool) -> int:
    """Run a suite, print what it shows on one screen or its summary, and return the exit code."""
    from aezoo.reporting import render
    from aezoo.reporting.pages.overview import overview
    from aezoo.runner.suite_run import prepare_run
    from aezoo.runner.sweep import NOTICE

    suite_run = prepare_run(suite, settings, lambda event: echo(event.text))
    suite_run.stop.message = NOTICE
    results = suite_run.execute(None if as_json else live_view)
    if settings.dry_run:
        if as_json:
            print(plan_summary(suite_run))
        else:
            lines = plan_lines(suite_run.plan, suite_run.store, settings.jobs or cores())
            print(fit_lines("\n".join(lines)))
        return 0
    code = exit_code(results, suite_run.stop.signal)
    if as_json:
        print(summary(results, suite_run, code))
    elif any(record["status"] == "done" for record in suite_run.everything):
        print(render(overview(suite_run.everything, suite_run.store.folder), "text"), end="")
    return code


def live_view(suite_run: SuiteRun) -> AbstractContextManager[None]:
    """On a terminal, show a picture of the progress."""
    from aezoo.bench.progress_view import live_view, supports_live_view

    if not suite_run.plan.requests or not supports_live_view(sys.stderr, os.environ):
        return nullcontext()
    return live_view(suite_run.progress, suite_run.remaining, suite_run.stop)


def exit_code(results: Results, signal: int | None) -> int:
    """Return 0, or 3 after failed trials, or 128 and the number of the signal that ended the run."""
    if signal is not None:
        return 128 + signal
    return 3 if results.failed else 0


def summary(results: Results, suite_run: SuiteRun, code: int) -> str:
    """Sum up the run in one line of JSON: folder, data set, how many trials ended how, which failed, exit code."""
    facts = {
        "folder": str(results.folder),
        "dataset": suite_run.dataset.name,
        "fingerprint": suite_run.dataset.fingerprint,
        "trials": dict(Counter(record["status"] for record in results.records)),
        "failed": [record["id"] for record in results.failed],
        "exit_code": code,
    }
    return json.dumps(facts)


def plan_summary(suite_run: SuiteRun) -> str:
    """Sum up what would run in one line of JSON: folder, data set, how many are kept, each trial and its reasons."""
    plan = suite_run.plan
    facts = {
        "folder": str(suite_run.store.folder),
        "dataset": suite_run.dataset.name,
        "fingerprint": suite_run.dataset.fingerprint,
        "kept": len(plan.kept),
        "would_run": [
            {
                "id": request.trial.id,
                "label": request.trial.subject.label,
                "seed": request.trial.seed,
                "trains": request.metrics is None,
                "reasons": list(plan.reasons[request.trial.id]),
            }
            for request in plan.requests
        ],
    }
    return json.dumps(facts)


def plan_lines(plan: Plan, store: Store, jobs: int) -> Iterator[str]:
    """Yield what `run --dry-run` prints: the trials that would run, with their reasons and time."""
    from aezoo.runner.eta import DurationModel, format_duration
    from aezoo.runner.status import count_words, to_printable

    durations = DurationModel(store.records() if store.trials.is_dir() else ())
    yield f"{plan.count('would run')}, {len(plan.kept)} kept, in {store.folder}"
    for request in plan.requests:
        seconds = durations.seconds(request)
        verb = "train and score" if request.metrics is None else f"score {count_words(len(request.metrics), 'metric')}"
        reasons = to_printable("; ".join(plan.reasons[request.trial.id]))
        duration = "time unknown" if seconds is None else f"about {format_duration(seconds)}"
        yield f"  {request.trial.subject.label} seed {request.trial.seed}: {verb}, {duration} ({reasons})"
    if plan.requests:
        total = durations.total(plan, jobs)
        unknown = "unknown: no earlier trial of this protocol here tells"
        yield f"time with {jobs} jobs: {unknown if total is None else f'about {format_duration(total)}'}"
