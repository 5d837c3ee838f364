"""trackio: a local SQLite file, or a Space of Hugging Face."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from aezoo.trackers import PROJECT, TRACKERS, TrackedRun


@TRACKERS.register("trackio")
def trackio(run: TrackedRun, folder: Path) -> str:
    """Logs into trackio's project `aezoo`, in TRACKIO_DIR or on the Space that TRACKIO_SPACE_ID names."""
    import trackio as package

    name = f"{run.name} {run.id[:12]}"  # trackio finds a run by its name
    with suppress(ValueError):  # there is no such project yet
        for earlier in package.Api().runs(PROJECT):
            if earlier.name == name:
                earlier.delete()
    opened = package.init(
        project=PROJECT,
        name=name,
        group=run.group,
        config={**run.config, "tags": ", ".join(run.tags)},
        resume="allow",
        embed=False,
        auto_log_gpu=False,
        auto_log_cpu=False,
    )
    for epoch, means in enumerate(run.curves, 1):
        opened.log(dict(means), step=epoch)
    opened.log(dict(run.scores), step=len(run.curves))
    package.finish()
    return f"its project {PROJECT}; see trackio show --project {PROJECT}"
