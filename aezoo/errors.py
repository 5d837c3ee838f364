"""Errors that a user can mend, each with its exit code of the command line."""

from __future__ import annotations

import os
import re
import sysconfig
import traceback
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
FRAMES = re.compile(r"\{\{(?:function_node|node) [^}]*\}\}|\[Op:\w+\]")
NUMBERS = re.compile(r"\[[-+\d.,eE\s\[\]]{80,}\]?")
FRAMEWORK_PARAGRAPHS = ("in user code:", "File ", "Exception encountered when calling", "Arguments received by")
MAX_CHARACTERS = 400
LIBRARIES = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
GENERATED = ("<", "__autograph_generated_file")
"""Beginnings of the names of files that nobody wrote."""


class AezooError(Exception):
    """An error whose message says what was asked, what was found and how to mend it, in one line."""

    exit_code = 1


class UsageError(AezooError):
    """A request that is wrong: an unknown name, an impossible value."""

    exit_code = 2


class UnknownNameError(UsageError):
    """A name that no registry holds; the message lists near matches."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        choices = sorted(set(known))
        near = get_close_matches(name.lower(), choices, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(choices) or 'none'}"
        super().__init__(f"unknown {kind} {name[:80]!r}; {hint}")


class DatasetError(AezooError):
    """A data set that cannot be had or cannot be trusted."""

    exit_code = 5


class SamplesError(AezooError):
    """Images from elsewhere that cannot be read or cannot be scored."""

    exit_code = 5


class ResultsError(AezooError):
    """A results folder that cannot be read or written."""

    exit_code = 6


def one_line(error: BaseException) -> str:
    """Return an exception as its type and what it says, in one line, with the line of a user's code that it is from.

    See `plain_message` and `place`.
    """
    text, where = plain_message(error), place(error)
    said = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return f"{said} ({where})" if where else said


def place(error: BaseException) -> str:
    """Return file and line of the last call in a user's code, such as a plug-in's: "mine.py:12".

    It is empty where aezoo or an installed package raised by itself, and for errors whose message is made to be read.
    """
    if isinstance(error, AezooError | AssertionError):
        return ""
    not_users = tuple(f"{folder}{os.sep}" for folder in (Path(__file__).parent, *LIBRARIES))
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        path = Path(frame.f_code.co_filename)
        if not path.name.startswith(GENERATED) and not str(path).startswith(not_users):
            return f"{path.name}:{line}"
    return ""


def message_line(error: BaseException) -> str:
    """Return what an exception says, in one line; the name of its class where it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__


def plain_message(error: BaseException) -> str:
    """Return what an exception says, in one line, without the frames, arguments and numbers of Keras and TensorFlow."""
    if isinstance(error, AezooError):
        return message_line(error)
    text = FRAMES.sub("", ESCAPES.sub("", str(error)))
    paragraphs = [part.strip() for part in text.split("\n\n")]
    said = [part for part in paragraphs if part and not part.startswith(FRAMEWORK_PARAGRAPHS)]
    line = " ".join(NUMBERS.sub("[...]", " ".join(said or paragraphs)).split())
    return line.removeprefix(f"{type(error).__name__}: ")[:MAX_CHARACTERS]


class DamagedRecordWarning(UserWarning):
    """Warning of a file that is not what it should be; it is not used, and its trial counts as missing."""
