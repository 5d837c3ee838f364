"""What the driver pays for a record: `python benchmarks/driver_cost.py [--trials N] [--engine ...] [--heavy]`.

Runs synthetic trials of a no-op through everything but the trial: the plan, the claims, the engine, the commit to
disk, and the plan of the next run. With `--engine none` outcomes are made in the driver; with `--engine dask` a
scheduler and two workers are started on the loopback interface. `--heavy` gives each trial files of the usual size.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import no_op

from aezoo.datasets import Dataset, load_dataset
from aezoo.runner.plan import make_plan
from aezoo.runner.sweep import StopSignal, run_plan
from aezoo.spec import ModelSpec, Suite
from aezoo.store import Store

HERE = Path(__file__).parent


class NoEngine:
    """Outcomes at once, from this process."""

    def __init__(self, scale: float) -> None:
        self.scale = scale

    def __call__(self, requests, admit):
        for request in requests:
            if admit(request):
                yield no_op.outcome_of(request, self.scale)

    def kill(self) -> None:
        pass


def main() -> None:
    options = read_options()
    no_op.current_metrics(), no_op.current_samplers()  # imports are not what is measured
    suite = Suite(models=(ModelSpec(name="vae"), ModelSpec(name="pca")), seeds=tuple(range(options.trials // 2)))
    dataset = without_content(load_dataset("mnist-5k"))
    with tempfile.TemporaryDirectory(dir=options.folder) as folder, engine_of(options, folder) as engine:
        store = Store(Path(folder) / "results")
        store.create()
        with Lap("plan of an empty folder", options.trials):
            plan = make_plan(suite, dataset, store, None)
        with Lap(f"run of {len(plan.requests)} no-ops, engine {options.engine}", len(plan.requests)):
            for record in run_plan(plan, store, engine, StopSignal()):
                assert record["status"] == "done"
        with Lap("plan of a full folder", options.trials):
            assert not make_plan(suite, dataset, store, None).requests
        stored = sum(path.stat().st_size for path in store.trials.rglob("*") if path.is_file())
        print(f"stored: {stored / options.trials / 1e3:.1f} kB a trial")
        print(f"peak memory of the driver: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10:.0f} MB")


class Lap:
    """Prints wall and processor milliseconds for each of `count` trials."""

    def __init__(self, title: str, count: int) -> None:
        self.title, self.count = title, count

    def __enter__(self) -> None:
        self.wall, self.used = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        wall, used = time.perf_counter() - self.wall, time.process_time() - self.used
        each = 1e3 / self.count
        print(
            f"{self.title}: {wall:.1f} s, a trial {wall * each:.2f} ms wall, {used * each:.2f} ms processor",
            flush=True,
        )


@contextmanager
def engine_of(options: argparse.Namespace, folder: str) -> Iterator[object]:
    """The engine that the options name."""
    if options.engine == "none":
        yield NoEngine(1.0 if options.heavy else 0.01)
        return
    from aezoo.engines.dask.engine import DaskEngine

    with dask_cluster(Path(folder)) as address:
        work = no_op.heavy_work if options.heavy else no_op.work
        yield DaskEngine(address, work=work, prepare=no_op.ready)


@contextmanager
def dask_cluster(folder: Path) -> Iterator[str]:
    """A scheduler and two workers; its address."""
    facts = folder / "scheduler.json"
    common = ["--no-dashboard", "--host", "127.0.0.1", "--scheduler-file", str(facts)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)])}
    commands = [
        ["scheduler", *common, "--port", "0"],
        *2 * [["worker", *common, "--nthreads", "1", "--no-nanny", "--death-timeout", "60"]],
    ]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{name}", *arguments],
            env=environment,
            stderr=subprocess.DEVNULL,
        )
        for name, *arguments in commands
    ]
    try:
        from distributed import Client

        while not facts.exists():
            time.sleep(0.1)
        with Client(scheduler_file=str(facts), set_as_default=False) as client:
            client.wait_for_workers(2, timeout=120)
            address = client.scheduler.address
        yield address
    finally:
        for process in processes:
            process.kill()
            process.wait()


def without_content(dataset: Dataset) -> Dataset:
    from dataclasses import replace

    return replace(dataset, fingerprint="0" * 64)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What the driver pays for a record.")
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--engine", choices=("none", "dask"), default="none")
    parser.add_argument("--heavy", action="store_true", help="files of the usual size")
    parser.add_argument("--folder", help="where to write; a folder of the system without it")
    return parser.parse_args()


if __name__ == "__main__":
    main()
