"""The real command line with trials that cost nothing: ``python -m tests.faults.driver WORK OPTIONS...``.

Three things are left out, because they would cost seconds in each of some hundred processes: the trial itself, the
drawing of figures, and the import of every metric (their names and versions are given instead). Workers import this
module too, so that it imports nothing by itself.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from types import SimpleNamespace
from unittest.mock import patch


def main(name: str, arguments: list[str]) -> int:
    """Run the command line with `name` of `tests.faults.work` in place of a trial."""
    from aezoo.bench import app
    from aezoo.engines.local import LocalEngine
    from aezoo.runner import action, report, suite_run
    from tests.faults import work

    def make_engine(_: str, jobs: int | None, timeout: float | None) -> LocalEngine:
        return LocalEngine(jobs or 2, timeout, getattr(work, name), work.prepare)

    known = json.loads(os.environ["FAULTS_KNOWN"])["metrics"]
    metrics = [
        SimpleNamespace(name=name, version=version, question="latent", slow=False) for name, version in known.items()
    ]
    # What has moved is an error of `patch`.
    patch.object(action, "default_metrics", lambda *_: metrics).start()
    patch.object(report, "draw_figures", lambda *_: []).start()
    patch.object(suite_run, "get_engine", make_engine).start()
    if limit := int(os.environ.get("FAULTS_LARGEST_FILE", 0)):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    return app.run_app(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
