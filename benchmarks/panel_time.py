"""What scoring a model costs, metric by metric: `python benchmarks/panel_time.py [MODEL] [--dataset NAME] ...`.

Trains for an epoch in this process, on one thread as a worker does, and scores by the default panel, or by that and the
slow metrics of `--also`. Prints a table of processor seconds, which other work on the machine moves little. A metric's
own hold its standard error; ``inputs/`` is what metrics share, with what is computed once for a data set.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from aezoo.threads import limit_threads

SMALLEST = 0.05
"""Seconds; what took less is summed in one row."""


def main() -> None:
    options = read_options()
    limit_threads()
    from aezoo.datasets import load_dataset
    from aezoo.evaluation import evaluator
    from aezoo.messages import Request
    from aezoo.metrics.compute import slow_metrics
    from aezoo.spec import Trial, get_protocol
    from aezoo.trial import run_trial

    evaluator.time = SimpleNamespace(perf_counter=time.process_time)  # type: ignore[attr-defined]
    dataset = load_dataset(options.dataset, options.data_file)
    protocol = get_protocol(options.protocol).model_copy(update={"epochs": options.epochs})
    trial = Trial(dataset=dataset.name, model=options.model, protocol=protocol, seed=0)
    also = slow_metrics([name for name in options.also.split(",") if name])
    outcome = run_trial(Request(trial, dataset.fingerprint, dataset.note, options.data_file, also=also))
    if outcome.record["status"] != "done":
        raise SystemExit(outcome.record["error"])
    if options.weights:
        options.weights.write_bytes(outcome.artifacts["weights.npz"])
    print(table(outcome.record, f"`{options.model}`, protocol {options.protocol}, {dataset.name}"))


def table(record: dict[str, Any], title: str) -> str:
    """Write the processor seconds of each metric, and of what metrics share, as a table in Markdown."""
    seconds = record["timing"]["metrics"]
    ranked = sorted(seconds.items(), key=lambda item: (-item[1], item[0]))
    shown = {name: spent for name, spent in ranked if spent >= SMALLEST}
    rest = [spent for spent in seconds.values() if spent < SMALLEST]
    n = max(row["n"] for row in record["scores"] if row["question"] == "samples")
    lines = [f"{title}, {n:,} samples of each sampler", "", "| metric | processor seconds |", "|---|---:|"]
    lines += [f"| {name} | {spent:.2f} |" for name, spent in shown.items()]
    lines += [f"| {len(rest)} others | {sum(rest):.2f} |", f"| all | {sum(seconds.values()):.2f} |"]
    return "\n".join(lines)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What scoring a model costs, metric by metric.")
    parser.add_argument("model", nargs="?", default="vae")
    parser.add_argument("--dataset", default="auto")
    parser.add_argument("--data-file", type=Path)
    parser.add_argument("--protocol", default="chapter")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--also", default="", help="slow metrics, comma-separated, or slow: all of them")
    parser.add_argument("--weights", type=Path, help="where to keep the trained weights, as npz")
    return parser.parse_args()


if __name__ == "__main__":
    main()
