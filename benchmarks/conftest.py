"""Benchmarks run both sides in turn, each in a process of its own, and keep every figure."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

CHILD = Path(__file__).with_name("child.py")


@pytest.fixture(scope="session")
def run_child() -> Callable[..., dict[str, float]]:
    """A fixture, because `import conftest` finds that of the tests."""
    return _run_child


def _run_child(*arguments: str, threads: int | None = None) -> dict[str, float]:
    """The figures of `benchmarks/child.py`, and its whole `wall` time in seconds."""
    capped = {} if threads is None else dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads))
    started = time.perf_counter()
    command = [sys.executable, str(CHILD), *arguments]
    result = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=CHILD.parent, env={**os.environ, **capped}
    )
    if result.returncode != 0:
        pytest.fail(result.stderr[-2000:])
    return {**json.loads(result.stdout.splitlines()[-1]), "wall": time.perf_counter() - started}


@pytest.fixture
def compare(benchmark):
    """Run named sides in turn, `rounds` times; the median of each figure goes to the report."""

    def run(title: str, sides: dict[str, Callable[[], dict[str, float]]], rounds: int) -> dict[str, dict[str, float]]:
        found: dict[str, dict[str, list[float]]] = {name: defaultdict(list) for name in sides}

        def once() -> None:
            for name, side in sides.items():
                for figure, value in side().items():
                    found[name][figure].append(value)

        benchmark.pedantic(once, rounds=rounds, iterations=1)
        medians = {
            name: {figure: statistics.median(values) for figure, values in figures.items()}
            for name, figures in found.items()
        }
        benchmark.extra_info.update(title=title, rounds=rounds, medians=medians)
        return medians

    return run
