"""What one trial costs: `python benchmarks/trial_cost.py [MODEL] [--dataset NAME] [--data-file FILE] [--epochs N]`.

Runs it in this process, on one thread as a worker does; prints processor seconds, memory, and bytes sent and stored.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path

from aezoo.threads import limit_threads


def main() -> None:
    options = read_options()
    limit_threads()
    from aezoo.datasets import load_dataset
    from aezoo.messages import Outcome, Request
    from aezoo.spec import Protocol, Trial
    from aezoo.trial import run_trial

    started = time.process_time()
    dataset = load_dataset(options.dataset, options.data_file)
    protocol = Protocol(epochs=options.epochs)
    trial = Trial(dataset=dataset.name, model=options.model, protocol=protocol, seed=0)
    request = Request(trial, dataset.fingerprint, dataset.note, options.data_file)
    before = time.process_time()
    outcome = run_trial(request)
    used = time.process_time() - before
    print(f"{options.model} on {dataset.name}, {options.epochs} epochs: {outcome.record['status']}")
    print(f"processor seconds: {used:.1f}, and {started:.1f} once a worker to import TensorFlow")
    print(f"wall seconds: {', '.join(f'{k} {v:.1f}' for k, v in laps(outcome.record).items())}")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10:.0f} MB")
    print(f"sent to a worker: {size(*request.to_wire())} bytes; sent back: {size(*Outcome.to_wire(outcome))} bytes")
    files = {"record.json": len(json.dumps(outcome.record, indent=1)), **sizes(outcome.artifacts)}
    print(f"stored: {sum(files.values())} bytes ({', '.join(f'{k} {v}' for k, v in files.items())})")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What one trial costs.")
    parser.add_argument("model", nargs="?", default="vae")
    parser.add_argument("--dataset", default="auto")
    parser.add_argument("--data-file", type=Path)
    parser.add_argument("--epochs", type=int, default=50)
    return parser.parse_args()


def laps(record: dict) -> dict[str, float]:
    return {name: value for name, value in record["timing"].items() if isinstance(value, float) and name != "load"}


def sizes(artifacts: dict[str, bytes]) -> dict[str, int]:
    return {name: len(content) for name, content in artifacts.items()}


def size(text: str, files: dict[str, bytes]) -> int:
    return len(text) + sum(map(len, files.values()))


if __name__ == "__main__":
    main()
