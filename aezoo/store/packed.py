"""Records of a results folder in one compressed file, a line each, as results are published.

DIR/records.jsonl.gz            canonical JSON of each sealed record, in the order of ids
DIR/trials/<id>/gallery.npz     pictures, of the trials that have some
DIR/trials/<id>/codes.npz       codes of 1,000 images, of models of several seeds

A record is about 240 kB of indented JSON and 15 kB in the file. Weights are not published.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import warnings
import zlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from aezoo.errors import DamagedRecordWarning, ResultsError
from aezoo.files import read_regular, write_atomically
from aezoo.record import Record, seal

PACKED = "records.jsonl.gz"
MAX_PACKED_BYTES = 2**30
MAX_LINE_BYTES = 2**26

HEAD = re.compile(rb'\{"id":"([0-9a-f]{64})",')
"""The beginning of each line: the id comes first, so that a line is found without being parsed."""


class PackedRecords:
    """The packed records of a results folder; none where there is no file. Read once, when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / PACKED

    @cached_property
    def lines(self) -> dict[str, bytes]:
        """The JSON of each record by its id; raises `ResultsError` where the file cannot be read."""
        try:
            content = read_regular(self.path, MAX_PACKED_BYTES)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise ResultsError(f"{self.path} cannot be read: {error}") from error
        found = ((HEAD.match(line), line) for line in self._decompressed(content))
        return {match[1].decode(): line for match, line in found if match}

    def _decompressed(self, content: bytes) -> Iterator[bytes]:
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
                while line := file.readline(MAX_LINE_BYTES):
                    yield line.rstrip(b"\n")
        except (OSError, EOFError, zlib.error) as error:
            message = f"{self.path} is damaged ({error}); what cannot be read counts as missing"
            warnings.warn(message, DamagedRecordWarning, stacklevel=2)

    def stamp(self) -> tuple[int, int] | None:
        """Return a value that changes whenever the file is written again; None without one."""
        try:
            facts = os.lstat(self.path)
        except OSError:
            return None
        return facts.st_ino, facts.st_mtime_ns


def write_packed(folder: Path, records: Iterable[Record]) -> None:
    """Write records to the packed file of a folder, in place of those that it held; raises `ResultsError`."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", filename="", mtime=0) as file:
        for record in sorted(records, key=lambda record: str(record["id"])):
            rest = {key: value for key, value in seal(record).items() if key != "id"}
            line = json.dumps({"id": record["id"], **rest}, separators=(",", ":"), allow_nan=False)
            file.write(line.encode() + b"\n")
    try:
        write_atomically(folder / PACKED, buffer.getvalue())
    except OSError as error:
        raise ResultsError(f"{folder / PACKED} cannot be written: {error.strerror}") from error
