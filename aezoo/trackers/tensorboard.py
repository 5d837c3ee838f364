"""TensorBoard: event files in the results folder, one subfolder a trial."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from aezoo.files import make_folder, write_atomically
from aezoo.trackers import TRACKERS, TrackedRun

UNSAFE = re.compile(r"[^A-Za-z0-9._:=,+ -]")
"""Characters that have no place in the name of a folder; labels of our own models have none of them."""


@TRACKERS.register("tensorboard")
def tensorboard(run: TrackedRun, folder: Path) -> str:
    """Writes event files for TensorBoard into the folder `tensorboard` of the results folder."""
    from tensorboard.summary.writer.record_writer import RecordWriter  # its EventFileWriter would import TensorFlow

    content = BytesIO()
    records = RecordWriter(content)
    for event in _events(run):
        records.write(event.SerializeToString())
    name = UNSAFE.sub("_", run.name)  # a label of a plug-in's parameter may hold a slash
    place = make_folder(make_folder(folder / "tensorboard") / f"{name} {run.id[:12]}")
    earlier = list(place.glob("events.out.tfevents.*"))
    write_atomically(place / f"events.out.tfevents.{time.time_ns()}.aezoo", content.getvalue())
    for file in earlier:
        file.unlink(missing_ok=True)
    return f"{folder / 'tensorboard'}; see tensorboard --logdir {folder / 'tensorboard'}"


def _events(run: TrackedRun) -> Iterator[Any]:
    """Yield the version, the config as text, the curves with the epoch from 1 as step, and the scores after them."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

    def scalars(step: int, values: dict[str, float]) -> Any:  # noqa: ANN401
        found = [Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]
        return Event(wall_time=now, step=step, summary=Summary(value=found))

    now = time.time()
    yield Event(wall_time=now, file_version="brain.Event:2")
    yield Event(wall_time=now, summary=Summary(value=[_text(run)]))
    for epoch, means in enumerate(run.curves, 1):
        yield scalars(epoch, dict(means))
    yield scalars(len(run.curves), dict(run.scores))


def _text(run: TrackedRun) -> Any:  # noqa: ANN401
    """Write tags and config as a table, in the encoding of TensorBoard's text plug-in."""
    from tensorboard.compat.proto.summary_pb2 import DATA_CLASS_TENSOR, Summary, SummaryMetadata
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.types_pb2 import DT_STRING

    facts = {"tags": ", ".join(run.tags), **run.config}
    table = "\n".join(["| setting | value |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts.items())])
    plugin = SummaryMetadata.PluginData(plugin_name="text")
    return Summary.Value(
        tag="config",
        metadata=SummaryMetadata(plugin_data=plugin, data_class=DATA_CLASS_TENSOR),
        tensor=TensorProto(dtype=DT_STRING, string_val=[table.encode()]),
    )
