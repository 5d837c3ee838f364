"""Records of a results folder in one compressed file, a line each, as results are published.

DIR/records.jsonl.gz            canonical JSON of each sealed record, in the order of ids
DIR/trials/<id>/gallery.npz     pictures, of the trials that have some
DIR/trials/<id>/codes.npz       codes of 1,000 images, of models of several seeds

A record is about 240 kB of indented JSON and 15 kB in the file. Weights are not published. A line that is no whole
record, such as one that was changed by hand, counts as missing and stays: whoever writes the file again keeps it.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import warnings
import zlib
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from pathlib import Path

from aezoo.errors import DamagedRecordWarning, ResultsError, message_line
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
        self._damage = ""

    @cached_property
    def lines(self) -> dict[str, bytes]:
        """The JSON of each record by its id, of two the later; raises `ResultsError` where the file cannot be read."""
        return {trial_id: line for line in self.all_lines if (trial_id := line_id(line))}

    @cached_property
    def all_lines(self) -> list[bytes]:
        """The lines of the file, those that are no record too; raises `ResultsError` where it cannot be read."""
        try:
            content = read_regular(self.path, MAX_PACKED_BYTES)
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise ResultsError(f"{self.path} cannot be read: {error}") from error
        return list(self._decompressed(content))

    def lines_beside(self, trial_ids: Collection[str]) -> list[bytes]:
        """Return the lines that are not the records of these trials, to be written again as they are.

        Raises `ResultsError` where a damaged file holds more than can be read, which would then be lost.
        """
        kept = [line for line in self.all_lines if line_id(line) not in trial_ids or line != self.lines[line_id(line)]]
        if self._damage:
            raise ResultsError(
                f"{self.path} is damaged ({self._damage}), so that writing it again would lose what cannot be read; "
                "merge the folder into a new one"
            )
        return kept

    def _decompressed(self, content: bytes) -> Iterator[bytes]:
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
                while line := file.readline(MAX_LINE_BYTES):
                    yield line.rstrip(b"\n")
        except (OSError, EOFError, zlib.error) as error:
            self._damage = message_line(error)
            message = f"{self.path} is damaged ({self._damage}); what cannot be read counts as missing"
            warnings.warn(message, DamagedRecordWarning, stacklevel=2)

    def stamp(self) -> tuple[int, int] | None:
        """Return a value that changes whenever the file is written again; None without one."""
        try:
            facts = os.lstat(self.path)
        except OSError:
            return None
        return facts.st_ino, facts.st_mtime_ns


def line_id(line: bytes) -> str:
    """Return the trial's id at the beginning of a line; "" where there is none."""
    match = HEAD.match(line)
    return match[1].decode() if match else ""


def packed_line(record: Record) -> bytes:
    """Return the line of a record."""
    rest = {key: value for key, value in seal(record).items() if key != "id"}
    return json.dumps({"id": record["id"], **rest}, separators=(",", ":"), allow_nan=False).encode()


def write_packed(folder: Path, lines: Iterable[bytes]) -> None:
    """Write lines to the packed file of a folder, in place of those that it held; raises `ResultsError`.

    They are put in the order of ids. Of two with one id the later stays the later, and is the record.
    """
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", filename="", mtime=0) as file:
        for line in sorted(lines, key=line_id):
            file.write(line + b"\n")
    try:
        write_atomically(folder / PACKED, buffer.getvalue())
    except OSError as error:
        raise ResultsError(f"{folder / PACKED} cannot be written: {error.strerror}") from error
