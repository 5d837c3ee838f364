"""Writer of tables into a results folder: each file whole or not at all."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from aezoo.analysis.conventions import questions
from aezoo.analysis.frames import Record, read_records, to_frame
from aezoo.analysis.sections import Section, sections_of
from aezoo.analysis.uncertainty import uncertainty
from aezoo.errors import ResultsError
from aezoo.files import make_folder, write_atomically
from aezoo.registry import PluginWarning
from aezoo.reporting.formats import FORMATS, render, render_tables
from aezoo.reporting.formats.csv import csv_chunks
from aezoo.reporting.pages.uncertainty import uncertainty_csv, uncertainty_document
from aezoo.reporting.table import Table
from aezoo.reporting.tables import tables_from


def write_tables(records: Iterable[Record], folder: Path) -> list[Path]:
    """Write ``results.csv``, ``tables/<question>.{md,csv,tex}`` and ``tables/uncertainty.{md,csv}`` into `folder`.

    A question that no record answers gets no file, and loses those of an earlier run; so does the uncertainty of no
    model.

    Returns:
        Their paths.

    Raises:
        ResultsError: the folder cannot be written.
    """
    frames = read_records(records)
    parts = sections_of(frames)
    found = list(tables_from(parts))
    paths = [_write_text(folder / "results.csv", csv_chunks(to_frame(frames)))]
    for question in dict.fromkeys([*questions(), *(table.question for table in found)]):
        of_question = [table for table in found if table.question == question]
        stem = folder / "tables" / question
        if of_question:
            paths.extend(_write_question(of_question, stem))
        else:
            suffixes = (format.suffix for _, format in FORMATS.items() if format.in_folders)
            _remove(stem.with_name(f"{stem.name}.{suffix}") for suffix in suffixes)
    return [*paths, *_write_uncertainty(parts, folder / "tables" / "uncertainty")]


def _write_uncertainty(parts: Sequence[Section], stem: Path) -> list[Path]:
    sections = list(uncertainty(parts))
    if not sections:
        _remove(stem.with_suffix(suffix) for suffix in (".md", ".csv"))
        return []
    return [
        _write_text(stem.with_suffix(".md"), [render(uncertainty_document(sections), "md")]),
        _write_text(stem.with_suffix(".csv"), [uncertainty_csv(sections)]),
    ]


def _write_question(found: Sequence[Table], stem: Path) -> Iterator[Path]:
    """Write a file for each format that results folders hold; a format that another package breaks is a warning.

    Of such a format the file of an earlier run goes too, whose numbers are not those of the others.
    """
    for name, format in FORMATS.items():
        if format.in_folders:
            path = stem.with_name(f"{stem.name}.{format.suffix}")
            try:
                content = render_tables(found, name).encode("utf-8", "backslashreplace")
            except Exception as error:
                if FORMATS.is_builtin(name):
                    raise
                warnings.warn(f"no tables in the format {name!r}: {error!r}", PluginWarning, stacklevel=2)
                if [each.suffix for _, each in FORMATS.items()].count(format.suffix) == 1:  # it is no other's file
                    _remove([path])
            else:
                yield write_file(path, [content])


def _remove(paths: Iterable[Path]) -> None:
    """Remove tables of an earlier run, where there are any."""
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            reason = error.strerror or error
            raise ResultsError(f"cannot remove {path}: {reason}; make its folder writable") from error


def _write_text(path: Path, pieces: Iterable[str]) -> Path:
    """Write text as UTF-8; half of a surrogate pair, which a label may hold, is written as its escape."""
    return write_file(path, (piece.encode("utf-8", "backslashreplace") for piece in pieces))


def write_file(path: Path, content: Iterable[bytes]) -> Path:
    """Write `content` to `path` atomically: a reader sees the old file or the new one, never a part."""
    try:
        make_folder(path.parent)
        write_atomically(path, content)
    except OSError as error:
        raise ResultsError(
            f"cannot write {path}: {error.strerror or error}; choose another folder or make it writable"
        ) from error
    return path
