"""The command `score`: the samples are read and checked before anything else begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aezoo.bench.names import listed_controls
from aezoo.bench.streams import say
from aezoo.engines.threads import cap_threads
from aezoo.scoring.request import ScoreRequest
from aezoo.scoring.samples import read_samples
from aezoo.scoring.score import score_samples
from aezoo.store import Store
from aezoo.work import Outcome


@dataclass(frozen=True)
class ScoreOptions:
    """The images, what to score them against, and how to show it; see `aezoo.scoring.score.score`."""

    source: Path
    request: ScoreRequest
    name: str | None = None
    array: str | None = None
    format: str = "md"
    metrics: str = "headline"
    out: Path | None = None


def print_scores(options: ScoreOptions, prepare: Callable[[], None] = cap_threads) -> None:
    """Score and print; `prepare` runs before TensorFlow is used."""
    options.request.check()
    samples = read_samples(options.source, options.name, options.array)
    if options.out is not None:
        Store(options.out).create()
    prepare()
    scored = score_samples(samples, options.request, say, _keeper(options.out))
    print(scored.table(options.format, options.metrics), end="")
    if options.out is not None:
        scored.save(options.out)
        say(f"records, tables, score.md and score.json in {options.out}")
    if options.format in ("csv", "latex"):
        for standing in scored.standings:
            say(standing.sentence)


def _keeper(out: Path | None) -> Callable[[Outcome], None]:
    """What stores each outcome as soon as it is known, so that a run that is ended early leaves it."""

    def keep(outcome: Outcome) -> None:
        if out is not None:
            Store(out).commit(outcome.record, outcome.artifacts)
            if outcome.record["role"] == "samples":
                say(f"kept in {out}, also if this run is ended now: python -m aezoo.bench table {out} shows it")

    return keep


def names(text: str | None) -> list[str]:
    """The names between commas."""
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def named_controls(text: str | None) -> list[str] | None:
    """None for all, an empty list for "none", else the names; raises `UsageError` where these are not controls."""
    if text in (None, "all"):
        return None
    return [] if text == "none" else listed_controls("--controls", text)
