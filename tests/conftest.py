"""Every test runs on one thread, as a worker does, and with data that the package index alone provides."""

from __future__ import annotations

import gc
import os
import sys

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"})

from collections.abc import Generator
from importlib import import_module

import hypothesis
import numpy as np
import pytest
from support.compilation import compile_quickly, keep_programs
from support.skips import fail_unexpected
from support.slow import NOTE, are_left_out, leave_out
from support.smoke_run import SmokeRun, shared_smoke_run

from aezoo.datasets import Dataset, load_dataset
from aezoo.spec import Protocol

REGISTERED = (
    *("architectures", "controls", "datasets", "metrics", "models", "optimizers"),
    *("reporting.formats", "samplers", "trackers"),
)
"""Packages with a registry, which has the name of the package."""

gc.disable()  # until `pytest_collection_finish`: imports make many objects and no garbage

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("aezoo", deadline=None)
hypothesis.settings.load_profile("aezoo")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--slow`, see `support.slow`."""
    parser.addoption("--slow", action="store_true", help="run slow tests too, which take two thirds of the time")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Share a whole run among processes, see `support.distribution`; `-p no:xdist` and `-n` have their way."""
    if config.pluginmanager.hasplugin("xdist"):
        from support.distribution import choose_processes

        processes = choose_processes(config)
        if processes is not None:
            config.option.numprocesses = processes


def pytest_configure(config: pytest.Config) -> None:
    """Keep compiled programs for the next run."""
    keep_programs(config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Share the tests out by file."""
    from support.distribution import SchedulingByFile

    return SchedulingByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out slow tests, and begin with what takes longest, where several processes share the tests."""
    leave_out(config, items)
    if hasattr(config, "workerinput"):
        from support.distribution import longest_first

        longest_first(items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say that slow tests were left out."""
    if are_left_out(config):
        terminalreporter.write_line(NOTE)


def pytest_collection_finish() -> None:
    """Limit threads before a test runs TensorFlow, which cannot be limited later, as some commands ask for.

    What the imports made is no garbage: a collection that walked through it would take a tenth of the time.
    """
    if "tensorflow" in sys.modules:
        from aezoo.threads import limit_threads

        limit_threads()
        compile_quickly()
    gc.freeze()
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that is skipped for a reason that nobody expects."""
    report = yield
    fail_unexpected(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail a file that is skipped for a reason that nobody expects."""
    report = yield
    fail_unexpected(report)
    return report


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """Leave the user's cache alone, and begin with an empty one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no terminal, whose width pages would follow, wherever the tests run; a test may set COLUMNS."""

    def none(*_: object) -> os.terminal_size:
        raise OSError("no terminal")

    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(os, "get_terminal_size", none)


@pytest.fixture(scope="session")
def _tensorflow() -> None:
    """Import what can be imported only once in a process."""
    if "tensorflow" not in sys.modules:
        import_module("aezoo.threads").limit_threads()
        compile_quickly()
    for name in ("aezoo.trial", "aezoo.runner.run", "aezoo.scoring.score"):
        import_module(name)
    for kind in REGISTERED:  # a module that is imported anew would register a second time
        dict(getattr(import_module(f"aezoo.{kind}"), kind.rpartition(".")[2].upper()).items())


@pytest.fixture
def pytester(_tensorflow: None, pytester: pytest.Pytester) -> pytest.Pytester:
    """pytest's own, which forgets what its test imports: so what can be imported only once is there before."""
    return pytester


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """5,000 real digits."""
    return load_dataset("mnist-5k")


@pytest.fixture(scope="session")
def smoke_run(tmp_path_factory: pytest.TempPathFactory) -> SmokeRun:
    """The default models on the smoke protocol, seeds 0 and 1, made with two jobs; to be read only."""
    base = tmp_path_factory.getbasetemp()
    return shared_smoke_run(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)


@pytest.fixture
def tiny_protocol() -> Protocol:
    """One short epoch."""
    return Protocol(name="tiny", epochs=1, batch_size=50, samples=1_000)


@pytest.fixture
def images(digits: Dataset) -> np.ndarray:
    """A few real digits, flattened, float32 in [0, 1], shape (20, 784)."""
    return digits.train.images[:20].reshape(20, -1).astype(np.float32) / 255
