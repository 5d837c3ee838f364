"""The command `audit`: what the metrics give on generators of known quality, as a record, tables and cards."""

from __future__ import annotations

import os
from pathlib import Path

from aezoo.bench.audit_options import Wanted
from aezoo.engines.threads import cap_threads
from aezoo.errors import UsageError
from aezoo.reporting.audit import read_audit, write_audit, write_record


def run_audit(wanted: Wanted) -> None:
    """Audit, write the record, then everything that is made from it.

    Raises:
        UsageError: names or numbers that make no sense.
        DatasetError: the data set cannot be had.
        ResultsError: the folder cannot be written.
    """
    jobs = (os.cpu_count() or 1) if wanted.jobs is None else wanted.jobs
    if jobs < 1:
        raise UsageError(f"--jobs {jobs} asked for; give at least 1")
    wanted.check()
    cap_threads()
    from aezoo.bench.measure import measure  # TensorFlow must not be imported before its threads are capped

    write_record(measure(wanted, jobs), wanted.out)
    rewrite(wanted.out)


def rewrite(folder: Path) -> None:
    """Make tables and cards from the record in `folder`, and print where they are; raises `ResultsError`."""
    written = write_audit(read_audit(folder), folder)
    print(f"{written[-1]} and {len(written) - 1} other files")
