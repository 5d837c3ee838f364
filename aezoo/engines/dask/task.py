"""Tasks of a Dask worker. Only text and bytes come in and go out: no object of aezoo is pickled."""

from __future__ import annotations

from aezoo.messages import Request, Wire
from aezoo.threads import limit_threads


def fingerprints(names: list[str]) -> dict[str, str]:
    """Prepare this process for trials; return the fingerprint of each named data set as this machine finds it.

    Raises:
        DatasetError: a data set cannot be had here.
        RuntimeError: TensorFlow ran here before with more than one thread.
    """
    limit_threads()
    from aezoo.datasets import load_dataset

    return {name: load_dataset(name).fingerprint for name in names}


def work(text: str, files: dict[str, bytes]) -> Wire:
    """Run the trial of a request; return its outcome."""
    limit_threads()
    from aezoo.trial import run_trial

    return run_trial(Request.from_wire(text, files)).to_wire()
