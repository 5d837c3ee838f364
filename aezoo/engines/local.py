"""Trials in worker processes of this machine, one thread each."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager

from pebble import ProcessExpired, ProcessPool

from aezoo.record import failed_record
from aezoo.work import Outcome, Request


THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def run_local(requests: Sequence[Request], jobs: int) -> Iterator[Outcome]:
    """Run every request in at most `jobs` processes; yields outcomes as they finish.

    A process that dies costs its own trial, whose record says so.
    """
    with ProcessPool(min(jobs, len(requests)), context=multiprocessing.get_context("spawn"), initializer=_one_thread) as pool:
        pending: dict[Future[Outcome], Request] = {pool.schedule(_work, args=[request]): request for request in requests}
        while pending:
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                yield _outcome(future, pending.pop(future))


def _outcome(future: Future[Outcome], request: Request) -> Outcome:
    try:
        return future.result()
    except ProcessExpired as error:
        return Outcome(failed_record(request.trial, "killed", error, f"its process ended with code {error.exitcode}"))
    except Exception as error:
        return Outcome(failed_record(request.trial, "error", error))


def _one_thread() -> None:
    """Cap every thread pool of this process before the libraries behind them are imported."""
    os.environ.update(THREADS)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _quiet_stderr():
        import tensorflow as tf
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
