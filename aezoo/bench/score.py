"""The command `score`: the samples are read and checked before anything else begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aezoo.bench.streams import say
from aezoo.engines.threads import cap_threads
from aezoo.scoring.samples import read_samples
from aezoo.scoring.score import check_request, score_samples
from aezoo.store import Store


@dataclass(frozen=True)
class ScoreOptions:
    """What to score, beside what, and how to show it; see `aezoo.scoring.score.score`."""

    source: Path
    dataset: str
    name: str | None
    array: str | None
    data_file: Path | None
    controls: str | None
    against: Sequence[Path]
    oracle_draws: int
    seed: int
    format: str
    metrics: str
    out: Path | None


def print_scores(options: ScoreOptions, prepare: Callable[[], None] = cap_threads) -> None:
    """Score and print; `prepare` runs before TensorFlow is used."""
    controls = named_controls(options.controls)
    check_request(options.dataset, controls, options.against, options.oracle_draws, options.seed)
    samples = read_samples(options.source, options.name, options.array)
    if options.out is not None:
        Store(options.out).create()
    prepare()
    place = (options.dataset, options.data_file, controls, options.against)
    scored = score_samples(samples, *place, options.oracle_draws, options.seed, say)
    print(scored.table(options.format, options.metrics), end="")
    if options.out is not None:
        scored.save(options.out)
        say(f"records, tables, score.md and score.json in {options.out}")
    if options.format in ("csv", "latex"):
        for line in (*scored.notes, *(standing.sentence for standing in scored.standings)):
            say(line)


def named_controls(text: str | None) -> list[str] | None:
    """None for all, an empty list for "none", else the names."""
    if text in (None, "all"):
        return None
    return [] if text == "none" else [name.strip() for name in str(text).split(",") if name.strip()]
