"""The errors a user can mend, each with the exit code of the command line."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class AezooError(Exception):
    """An error whose message says what was asked, what was found and how to mend it, in one line."""

    exit_code = 1


class UsageError(AezooError):
    """The request itself is wrong: an unknown name, an impossible value."""

    exit_code = 2


class UnknownNameError(UsageError):
    """A name that no registry holds; the message lists near matches."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        choices = sorted(known)
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
