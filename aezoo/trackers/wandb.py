"""Weights & Biases: its server, or with WANDB_MODE=offline a folder to be synchronised later."""

from __future__ import annotations

from pathlib import Path

from aezoo.errors import UsageError
from aezoo.trackers import PROJECT, TRACKERS, TrackedRun


@TRACKERS.register("wandb")
def wandb(run: TrackedRun, folder: Path) -> str:
    """Logs to Weights & Biases, into the project WANDB_PROJECT, or `aezoo`."""
    import wandb as package

    settings = package.Settings(console="off", silent=True, x_disable_stats=True, disable_git=True, disable_code=True)
    settings.reinit = "create_new"  # a run of the caller's own stays open
    configured = package.setup(settings=settings).settings
    online = configured.mode not in ("offline", "disabled")
    if online and package.run is None and not package.login(prompt=False):  # never ask in the midst of a run
        raise UsageError("no key of Weights & Biases was found; run `wandb login`, or set WANDB_MODE=offline")
    opened = package.init(
        project=configured.project or PROJECT,
        id=run.id,
        name=run.name,
        group=run.group,
        config=dict(run.config),
        tags=run.tags,
        resume="allow",
        settings=settings,
    )
    if not opened.resumed:  # its history only grows
        for epoch, means in enumerate(run.curves, 1):
            opened.log(dict(means), step=epoch)
    opened.summary.update(dict(run.scores))
    opened.finish(exit_code=0 if run.finished else 1)
    project = configured.project or PROJECT
    return f"its project {project}" if online else f"offline runs of its project {project}; send them by wandb sync"
