"""MLflow: a database or a server, through its client."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any

from aezoo.trackers import PROJECT, TRACKERS, TrackedRun

BATCH = 1_000
"""Most metrics that MLflow takes at once."""

DEFAULTS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
}
"""Settings under which a server that is away is soon given up, and nothing is printed; the user's own win."""


@TRACKERS.register("mlflow")
def mlflow(run: TrackedRun, folder: Path) -> str:
    """Logs to the server or database of MLFLOW_TRACKING_URI, into the experiment MLFLOW_EXPERIMENT_NAME or `aezoo`."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    from mlflow import MlflowClient

    client = MlflowClient()
    params = {_allowed(name): str(value) for name, value in run.config.items()}
    curves = [{_allowed(name): value for name, value in means.items()} for means in run.curves]
    scores = {_allowed(name): value for name, value in run.scores.items()}
    last = {name: value for means in curves for name, value in means.items()}
    experiment = _experiment(client)
    found = _earlier(client, experiment, run.id)
    if found is not None and not _extends(found.data, params, last, {**last, **scores}):
        client.delete_run(found.info.run_id)
        found = None
    if found is None:
        tags = {"aezoo.trial": run.id, "aezoo.group": run.group}
        made = client.create_run(experiment, run_name=run.name, tags=tags)
        steps = [(name, value, epoch) for epoch, means in enumerate(curves, 1) for name, value in means.items()]
        _log(client, made.info.run_id, steps, params)
        known: dict[str, float] = {}
    else:
        made, known = found, found.data.metrics
    changed = [(name, value, len(curves)) for name, value in scores.items() if known.get(name) != value]
    _log(client, made.info.run_id, changed, {})
    for name, value in zip(("role", "status"), run.tags, strict=True):
        client.set_tag(made.info.run_id, f"aezoo.{name}", value)
    client.set_terminated(made.info.run_id, "FINISHED" if run.finished else "FAILED")
    return f"its experiment {_experiment_name()}"


def _allowed(name: str) -> str:
    """Replace what MLflow allows in no name: "samples/fd_judge@prior" becomes "samples/fd_judge:prior"."""
    return re.sub(r"[^\w\-. :/]", "_", name.replace("@", ":"), flags=re.ASCII)


def _experiment_name() -> str:
    return os.environ.get("MLFLOW_EXPERIMENT_NAME", PROJECT)


def _experiment(client: Any) -> str:  # noqa: ANN401
    name = _experiment_name()
    found = client.get_experiment_by_name(name)
    return str(client.create_experiment(name) if found is None else found.experiment_id)


def _earlier(client: Any, experiment: str, trial_id: str) -> Any:  # noqa: ANN401
    runs = client.search_runs([experiment], f"tags.`aezoo.trial` = '{trial_id}'", max_results=1)
    return runs[0] if runs else None


def _extends(known: Any, params: dict[str, str], curves: dict[str, float], metrics: dict[str, float]) -> bool:  # noqa: ANN401
    """Tell whether no parameter, curve or score must be taken back, all of which MLflow keeps for good."""
    same = known.params == params and all(known.metrics.get(name) == value for name, value in curves.items())
    return same and set(known.metrics) <= set(metrics)


def _log(client: Any, run_id: str, points: list[tuple[str, float, int]], params: dict[str, str]) -> None:  # noqa: ANN401
    from mlflow.entities import Metric, Param

    now = time.time_ns() // 1_000_000
    metrics = [Metric(name, value, now, step) for name, value, step in points]
    client.log_batch(run_id, params=[Param(name, value) for name, value in params.items()])
    for start in range(0, len(metrics), BATCH):
        client.log_batch(run_id, metrics=metrics[start : start + BATCH])
