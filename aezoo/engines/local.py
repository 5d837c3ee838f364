"""Trials in worker processes of this machine, one thread each."""

from __future__ import annotations

import multiprocessing
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack, contextmanager

from pebble import ProcessExpired, ProcessPool

from aezoo.record import failed_record
from aezoo.spec import Subject
from aezoo.work import Outcome, Request

THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Queue:
    """Requests by model, so that a worker goes on with the model that it has compiled."""

    def __init__(self, requests: Sequence[Request]) -> None:
        self._waiting: defaultdict[Subject, list[Request]] = defaultdict(list)
        for request in reversed(requests):
            self._waiting[request.trial.subject].append(request)

    def take(self, compiled: Subject | None) -> Request | None:
        """The next request: of the model that is compiled, else of the one with most to do; None at the end."""
        waiting = {subject: requests for subject, requests in self._waiting.items() if requests}
        if not waiting:
            return None
        chosen = compiled if compiled in waiting else max(reversed(waiting), key=lambda subject: len(waiting[subject]))
        return waiting[chosen].pop()


def run_local(requests: Sequence[Request], jobs: int) -> Iterator[Outcome]:
    """Run every request in at most `jobs` processes; yields outcomes as they finish.

    A process that dies costs its own trial, whose record says so; another takes its place.
    """
    queue = Queue(requests)
    with ExitStack() as stack:
        workers = [stack.enter_context(_worker()) for _ in range(min(jobs, len(requests)))]
        running: dict[Future[Outcome], tuple[ProcessPool, Request]] = {}
        for worker in workers:
            _start(worker, queue.take(None), running)
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                worker, request = running.pop(future)
                _start(worker, queue.take(request.trial.subject), running)
                yield _outcome(future, request)


def _worker() -> ProcessPool:
    return ProcessPool(1, context=multiprocessing.get_context("spawn"), initializer=_prepare)


def _start(
    worker: ProcessPool, request: Request | None, running: dict[Future[Outcome], tuple[ProcessPool, Request]]
) -> None:
    if request is not None:
        running[worker.schedule(_work, args=[request])] = (worker, request)


def _outcome(future: Future[Outcome], request: Request) -> Outcome:
    try:
        return future.result()
    except ProcessExpired as error:
        return Outcome(
            failed_record(request.trial, "killed", error, f"its process ended with code {error.exitcode}")
        )
    except Exception as error:
        return Outcome(failed_record(request.trial, "error", error))


def _prepare() -> None:
    """Cap every thread pool of this process before the libraries behind them are imported."""
    os.environ.update(THREADS)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _quiet_stderr():
        import tensorflow as tf
    tf.get_logger().setLevel("ERROR")
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """TensorFlow writes to the process's error stream, about drivers, before its log level is read."""
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _work(request: Request) -> Outcome:
    from aezoo.trial import run_trial

    return run_trial(request)
