"""Threads: one a trial, so that trials side by side are fastest and no result depends on the number of cores."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from aezoo.machine import cores
from aezoo.quiet_import import quieten_tensorflow

THREADS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}


def limit_threads() -> None:
    """Cap every thread pool of this process at one thread, and import TensorFlow; a second call changes nothing.

    The process is one of aezoo's own, a worker or a command: what it has imported is there to stay.

    Raises:
        RuntimeError: TensorFlow ran here before with more threads, which it cannot change any more.
    """
    os.environ.update(THREADS)
    with nullcontext() if "tensorflow" in sys.modules else _made_to_stay():
        import_tensorflow()
    import tensorflow as tf
    from threadpoolctl import threadpool_limits

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    threadpool_limits(1)  # a library that was loaded before no longer reads the environment


def threads_in_force() -> int:
    """Return on how many threads at most this process computes: 1 after `limit_threads`.

    Sums of other orders have other last bits.
    """
    import tensorflow as tf
    from threadpoolctl import threadpool_info

    pools = [int(pool["num_threads"]) for pool in threadpool_info()]
    return max([tf.config.threading.get_intra_op_parallelism_threads() or cores(), *pools])


def import_tensorflow() -> None:
    """Import TensorFlow without what it says about drivers and processors; errors it still reports."""
    quieten_tensorflow()
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")


@contextmanager
def _made_to_stay() -> Iterator[None]:
    """Spare the garbage collector what is made within, now and later: a quarter of the time that an import takes."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()
