"""How far a run is: told by workers that never wait, shown on a terminal only, and changing nothing in the results."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import signal
import struct
import sys
import termios
import threading
import time
from pathlib import Path

import pytest
from support.plain_training import no_xla  # noqa: F401 - a fixture
from support.progress_work import BUSY_EPOCHS, EPOCHS, prepare, tells

from aezoo.bench.progress_view import ProgressView, supports_live_view
from aezoo.engines import ReportsProgress
from aezoo.engines.local import LocalEngine
from aezoo.engines.worker import send_progress
from aezoo.messages import EpochProgress, Request
from aezoo.models import MODELS
from aezoo.record import new_record
from aezoo.runner.eta import RemainingTime
from aezoo.runner.progress import Progress, ProgressEngine
from aezoo.runner.sweep import StopSignal
from aezoo.spec import Protocol, Trial
from aezoo.training import Trainer

ROOT = Path(__file__).parents[2]
PROTOCOL = Protocol(name="test", epochs=EPOCHS, batch_size=25)


def request(seed: int = 0, model: str = "vae") -> Request:
    return Request(Trial(dataset="mnist-5k", model=model, protocol=PROTOCOL, seed=seed), "0" * 64)


def admit(_: Request) -> bool:
    return True


class Clock:
    """A clock that stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def record_of(request: Request, seconds: float, role: str = "model") -> dict:
    timing = {"total": seconds, "train": seconds / 2, "evaluate": seconds / 2}
    return {**new_record(request.trial), "status": "done", "role": role, "timing": timing}


# what workers tell


def test_a_message_travels_as_a_short_line():
    told = EpochProgress("f" * 64, 1_000_000, 1_000_000, 123.456789012345, 123456.789012345)
    assert EpochProgress.from_bytes(told.to_bytes()) == told
    assert len(told.to_bytes()) < 512  # PIPE_BUF is at least this


def test_the_local_engine_tells_every_epoch_of_every_trial():
    heard: list[EpochProgress] = []
    engine = LocalEngine(2, work=tells, prepare=prepare, on_epoch=heard.append)
    assert isinstance(engine, ReportsProgress)
    requests = [request(seed) for seed in range(3)]
    assert len(list(engine(requests, admit))) == 3
    for each in requests:
        epochs = [told for told in heard if told.trial_id == each.trial.id]
        assert [(told.epoch, told.epochs) for told in epochs] == [(n, EPOCHS) for n in range(1, EPOCHS + 1)]
        assert all(told.loss == 200.0 - told.epoch for told in epochs)


@pytest.mark.slow
def test_a_driver_that_does_not_listen_blocks_no_worker():
    """Far more than a pipe holds; nobody asks for it, or only after the trial."""
    outcomes = list(LocalEngine(1, timeout=60, work=tells, prepare=prepare)([request(BUSY_EPOCHS)], admit))
    assert [outcome.record["status"] for outcome in outcomes] == ["done"]


def test_a_worker_killed_while_it_tells_costs_its_trial_only():
    heard: list[EpochProgress] = []
    engine = LocalEngine(1, work=tells, prepare=prepare, on_epoch=heard.append)
    outcomes = list(engine([request(seed) for seed in (-2 % 2**32, 1)], admit))
    assert [outcome.record["status"] for outcome in outcomes] == ["killed", "done"]
    assert {told.trial_id for told in heard} == {request(-2 % 2**32).trial.id, request(1).trial.id}


def test_no_thread_and_no_process_is_left_behind():
    before = threading.active_count()
    children = set(_children())
    list(LocalEngine(2, work=tells, prepare=prepare, on_epoch=lambda _: None)([request(0), request(1)], admit))
    assert threading.active_count() == before
    assert set(_children()) - children <= set(_trackers())


def _children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def _trackers() -> list[str]:
    """multiprocessing's own helper, one for the whole life of a process."""
    return [pid for pid in _children() if b"resource_tracker" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_outside_of_a_worker_there_is_nobody_to_tell():
    send_progress(EpochProgress("f" * 64, 1, 2, 3.0, 4.0))


@pytest.mark.slow
@pytest.mark.usefixtures("no_xla")
def test_training_is_the_same_bit_for_bit_whoever_listens(digits):
    images = digits.train.images[:500]
    told: list[tuple[int, int, float]] = []
    alone, watched = (Trainer(MODELS.get("vae"), PROTOCOL) for _ in range(2))
    curves = alone.fit(images, images[:50], 3)
    assert watched.fit(images, images[:50], 3, lambda *facts: told.append(facts)) == curves
    assert told == [(n + 1, EPOCHS, loss) for n, loss in enumerate(curves.train["loss"])]
    for a, b in zip(alone.model.get_weights(), watched.model.get_weights(), strict=True):
        assert a.tobytes() == b.tobytes()


# the time that is left


def watched(requests: list[Request]) -> tuple[Progress, Clock]:
    clock = Clock()
    return Progress(requests, clock), clock


def test_nothing_is_known_of_models_that_never_ran():
    progress, _ = watched([request(0), request(0, "oracle")])
    assert RemainingTime(progress).seconds() is None
    progress.began(request(0))
    assert RemainingTime(progress).seconds() is None


def test_earlier_records_tell_and_time_passes():
    progress, clock = watched([request(seed) for seed in range(4)])
    left = RemainingTime(progress, [record_of(request(9), 60.0)])
    assert left.seconds() == 240.0
    progress.began(request(0))
    progress.began(request(1))
    assert left.seconds() == 120.0
    clock.now = 30.0
    assert left.seconds() == 90.0
    progress.ended(record_of(request(0), 30.0))
    assert left.seconds() == 30.0  # this run's own 30 s count, not 60: two wait, two side by side, one is due


def test_the_pace_of_the_epochs_tells_of_models_that_never_ran():
    progress, clock = watched([request(0), request(1), request(0, "ae"), request(0, "oracle")])
    left = RemainingTime(progress)
    progress.began(request(0))
    clock.now = 5.0
    assert left.seconds() is None
    progress.epoch_ended(EpochProgress(request(0).trial.id, 1, 10, 200.0, 2.0))
    assert left.seconds() == 18.0 + 23.0 + 23.0  # nine epochs of 2 s; two trials like it; nothing for the oracle
    clock.now = 6.0
    assert left.seconds() == 17.0 + 23.0 + 23.0
    progress.epoch_ended(EpochProgress(request(0).trial.id, 10, 10, 150.0, 3.0))
    assert left.seconds() == 0.0 + 6.0 + 6.0


def test_what_ends_elsewhere_or_tells_too_late_is_no_error():
    progress, _ = watched([request(0)])
    progress.epoch_ended(EpochProgress("0" * 64, 1, 2, 3.0, 4.0))
    progress.ended(record_of(request(0), 1.0))
    assert (progress.done, progress.running, progress.waiting) == (1, {}, {})
    assert RemainingTime(progress).seconds() == 0.0


def test_trials_are_noted_as_they_are_admitted():
    class Engine:
        def __call__(self, requests, admit):
            return iter([each for each in requests if admit(each)])

        def kill(self): ...

    progress, _ = watched([request(0), request(1)])
    taken = list(ProgressEngine(Engine(), progress)([request(0), request(1)], lambda each: each.trial.seed == 1))
    assert [each.trial.seed for each in taken] == [1]
    assert set(progress.running) == {request(1).trial.id}


# what is shown


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "CI": "", "NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({}, False),
        ({"TERM": "xterm", "CI": "true"}, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
    ],
)
def test_a_picture_only_where_it_is_wanted(environment, wanted):
    assert supports_live_view(Terminal(), environment) is wanted
    assert not supports_live_view(io.StringIO(), environment)


def drawn(view: ProgressView) -> str:
    from rich.console import Console

    stream = io.StringIO()
    Console(file=stream, width=100, force_terminal=True, color_system=None).print(view.render())
    return stream.getvalue()


def test_a_picture_has_a_line_for_the_run_and_one_for_each_trial():
    progress, clock = watched([request(0), request(1), request(0, "ae")])
    stop = StopSignal()
    view = ProgressView(progress, RemainingTime(progress), stop)
    assert drawn(view) == "0 of 3 trials done, time left not known yet\n"
    for each in (request(0), request(0, "ae")):
        progress.began(each)
    for epoch in (1, 2, 3):
        clock.now = float(epoch)
        progress.epoch_ended(EpochProgress(request(0).trial.id, epoch, EPOCHS, 200.0 - epoch, float(epoch)))
    lines = [" ".join(line.split()) for line in drawn(view).splitlines()]
    assert lines[0] == "0 of 3 trials done, about 5 s left"  # the one that waits takes five
    assert lines[1].startswith("vae seed 0 ━")
    assert lines[1].endswith(f"epoch 3/{EPOCHS} loss 197.00 nats 3 s")
    assert lines[2] == "ae seed 0 3 s"
    progress.epoch_ended(EpochProgress(request(0).trial.id, EPOCHS, EPOCHS, 195.0, 5.0))
    assert "scoring" in drawn(view)
    stop.signal = signal.SIGINT
    assert drawn(view).startswith("stopping: trials are ended")


# the whole command, under a terminal and without


def bench(folder: Path, *options: str, terminal: bool, interrupt: bool = False, **environment: str) -> tuple[int, str]:
    """`run` with trials that only tell; exit code, and all that was written to the terminal or to pipes."""
    command = [sys.executable, str(ROOT / "tests" / "support" / "progress_work.py"), "--out", str(folder), *options]
    plain = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR")}
    ours, theirs = pty.openpty() if terminal else os.pipe()
    if terminal:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    process = os.posix_spawn(
        sys.executable,
        command,
        {**plain, "TERM": "xterm", **environment},
        file_actions=[(os.POSIX_SPAWN_DUP2, theirs, 1), (os.POSIX_SPAWN_DUP2, theirs, 2)],
    )
    os.close(theirs)
    written = _read(ours, process if interrupt else None)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), written


def _read(descriptor: int, interrupted: int | None) -> str:
    """Everything until the end; the process gets Ctrl-C as soon as an epoch was shown."""
    content = b""
    while True:
        try:
            piece = os.read(descriptor, 65_536)
        except OSError:  # how Linux ends a terminal
            piece = b""
        if not piece:
            os.close(descriptor)
            return content.decode()
        content += piece
        if interrupted is not None and b"loss" in content:
            os.kill(interrupted, signal.SIGINT)
            interrupted = None


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("plain") / "results"
    code, written = bench(folder, terminal=False)
    assert code == 0, written
    return folder, written


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.glob("**/*.json"))}


@pytest.mark.slow
def test_a_pipe_gets_plain_lines(plain):
    _, written = plain
    assert "\x1b" not in written
    assert "loss" not in written
    assert re.search(r"^\[5/5\] .* seed \d: done, 0\.5 s$", written, re.MULTILINE)


@pytest.mark.slow
def test_a_terminal_gets_a_picture_that_vanishes_and_the_same_lines_and_results(plain, tmp_path):
    folder, lines = plain
    code, written = bench(tmp_path / "results", terminal=True)
    assert code == 0, written
    for shown in (r"\d of 5 trials done", rf"epoch \d/{EPOCHS}", r"loss 19\d\.00 nats", "scoring", r"about \d+ s left"):
        assert re.search(shown, written), shown
    assert "\x1b[?25l" not in written  # the cursor stays
    for line in lines.splitlines():
        if re.match(r"\[\d/5\] ", line):
            assert line.partition("] ")[2] in written
    last = written.rpartition("tables in")[2]
    assert "trials done" not in last
    assert content(tmp_path / "results") == content(folder)


@pytest.mark.slow
def test_a_terminal_gets_plain_lines_with_json(tmp_path):
    code, written = bench(tmp_path / "results", "--json", terminal=True)
    assert code == 0, written
    assert "\x1b" not in written
    assert "trials done" not in written


@pytest.mark.slow
def test_ctrl_c_under_the_picture_ends_in_good_order(tmp_path):
    started = time.monotonic()
    code, written = bench(tmp_path / "results", terminal=True, interrupt=True, SECONDS_AN_EPOCH="20")
    assert code == 130, written
    assert time.monotonic() - started < 60
    assert "stopping: trials are ended, finished ones are saved; once more to stop at once" in written, written
    assert "Traceback" not in written
    assert "interrupted before it finished" in written
    assert not list(tmp_path.glob("results/trials/*/claim.json"))


def test_an_engine_that_was_stopped_runs_again():
    engine = LocalEngine(1, work=tells, prepare=prepare)
    engine.kill()
    assert [outcome.record["status"] for outcome in engine([request(0)], admit)] == ["done"]
