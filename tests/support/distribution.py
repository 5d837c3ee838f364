"""How the tests are shared among processes, where pytest-xdist is installed.

A whole run gets a process for each core and one more. Tests of one file stay together, because they share trained
models and results folders; the contract of the models is divided by model. What takes longest begins first, so that no
process is left with it at the end.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

from aezoo.models import MODELS

MAX_PROCESSES = 8
"""Each imports TensorFlow, which takes about 700 MB."""
MODEL_CONTRACT = "tests/contracts/test_models.py"
LONGEST_FIRST = (
    "tests/engines/",  # these wait more than they work
    "tests/trackers/",
    "tests/docs/test_notebook.py",
    "tests/regression/",
    "tests/bench/",
    "tests/audit/",
    "tests/docs/test_plugins_page.py",
    "tests/runner/",
    "tests/reporting/report/",
    "tests/trained/",
    "tests/testing/",
    "tests/scoring/",
    "tests/test_training.py",
    "tests/test_trial.py",
    MODEL_CONTRACT,
)


def choose_processes(config: pytest.Config) -> int | None:
    """Choose how many processes run the tests; None for this one, or where the user has chosen."""
    option = config.option
    chosen = option.numprocesses is not None or option.dist != "no" or option.usepdb
    if chosen or "PYTEST_XDIST_WORKER" in os.environ or not _names_a_folder(config):
        return None
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(MAX_PROCESSES, cores + 1)  # some tests wait


def longest_first(items: list[pytest.Item]) -> None:
    """Put the tests that take longest at the beginning; the order is otherwise that of the collection."""
    prefixes = [*LONGEST_FIRST, ""]
    items.sort(key=lambda item: next(i for i, prefix in enumerate(prefixes) if item.nodeid.startswith(prefix)))


class SchedulingByFile(LoadScopeScheduling):
    """A scheduler of whole files, and of all tests of one model in the contract of the models."""

    def __init__(self, config: pytest.Config, log: object) -> None:
        config.option.loadscopereorder = False  # the order of the collection is the order of the work
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def unit_of(nodeid: str) -> str:
    """Name the unit of a test: all tests of a unit run in one process.

    >>> unit_of("tests/store/test_store.py::test_a[1]")
    'tests/store/test_store.py'
    >>> unit_of("tests/contracts/test_models.py::test_a[beta-vae-prior]")
    'tests/contracts/test_models.py[beta-vae]'
    """
    file, _, test = nodeid.partition("::")
    if file != MODEL_CONTRACT:
        return file
    parameters = test.partition("[")[2].removesuffix("]")
    models = [name for name in MODELS.names() if f"{parameters}-".startswith(f"{name}-")]
    return f"{file}[{max(models, key=len, default='')}]"


def _names_a_folder(config: pytest.Config) -> bool:
    return any(Path(argument).is_dir() for argument in config.args)
