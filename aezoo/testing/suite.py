"""Conformance suites: classes of checks that run with pytest or without it."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NoReturn
from unittest import SkipTest

from aezoo.errors import one_line
from aezoo.registry import Registry

State = Literal["ok", "n/a", "failed", "not made"]

PREFIX = "test_"
"""The beginning of the name of a check, as pytest expects it."""


class NotApplicable(SkipTest):
    """A check that makes no sense for this thing, with its reason."""


def not_applicable(reason: str) -> NoReturn:
    """End a check that makes no sense here."""
    raise NotApplicable(f"not applicable: {reason}")


class NotMade(SkipTest):
    """A check that cannot be made, because something failed that another check reports."""


def not_made(reason: str) -> NoReturn:
    """End a check that needs what is broken; another check must fail with the cause."""
    raise NotMade(f"not made: {reason}")


def require(condition: object, message: str) -> None:
    """Fail a check with `message` unless `condition` is true; raises `AssertionError`, also under ``python -O``."""
    if not condition:
        raise AssertionError(message)


class ConformanceSuite:
    """Checks of one registered thing: every method whose name begins with ``test_``, without arguments.

    Derive a class whose name begins with ``Test`` in a test module, set `name`, and pytest runs it:

        class TestInpainting(ModelTests):
            name = "inpainting"

    A check returns if all is well, raises `AssertionError` if not, and ends in `not_applicable` where it makes no
    sense, or in `not_made` where another check fails with the cause. A class of one's own may add checks, and replace
    one.

    Attributes:
        name: the registered name of what is checked.
        registry: the things of its kind.
    """

    name: ClassVar[str] = ""
    registry: ClassVar[Registry[Any]]

    @classmethod
    def checks(cls) -> list[str]:
        """Return the names of the checks, those of the base classes first, in the order of the source."""
        found = [name for base in reversed(cls.__mro__) for name in vars(base) if name.startswith(PREFIX)]
        return [name for name in dict.fromkeys(found) if callable(getattr(cls, name))]


@dataclass(frozen=True)
class CheckLine:
    """The result of one check.

    Attributes:
        check: its name, without the prefix and in words.
        state: "ok", "n/a", "failed", or "not made" where it needs what another check found broken.
        reason: why it failed, makes no sense or was not made; empty where it is well.
        seconds: how long it took.
    """

    check: str
    state: State
    reason: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.state:6}  {self.check}" + (f": {self.reason}" if self.reason else "")


@dataclass(frozen=True)
class CheckResult:
    """The results of all checks of one thing.

    Attributes:
        kind: "model", "metric" ...
        name: its registered name.
        lines: a result for each check.
    """

    kind: str
    name: str
    lines: tuple[CheckLine, ...]

    @property
    def ran(self) -> list[CheckLine]:
        """The checks that came to a verdict, good or bad."""
        return [line for line in self.lines if line.state in ("ok", "failed")]

    @property
    def not_applicable(self) -> list[CheckLine]:
        """The checks that make no sense for this thing."""
        return [line for line in self.lines if line.state == "n/a"]

    @property
    def not_made(self) -> list[CheckLine]:
        """The checks that need what another check found broken."""
        return [line for line in self.lines if line.state == "not made"]

    @property
    def failed(self) -> list[CheckLine]:
        """The checks that failed."""
        return [line for line in self.lines if line.state == "failed"]

    @property
    def passed(self) -> bool:
        """Mark of a suite of which some checks ran, none failed and none was not made: to run none is a failure."""
        return bool(self.ran) and not self.failed and not self.not_made

    @property
    def summary(self) -> str:
        """One line: how many checks ran, were not applicable, failed and were not made."""
        counts = f"{len(self.ran)} checks ran, {len(self.not_applicable)} not applicable, {len(self.failed)} failed"
        reasons = "; ".join(dict.fromkeys(line.reason for line in self.not_made))
        counts += f"; {len(self.not_made)} not made: {reasons}" if self.not_made else ""
        end = "" if self.ran else "; nothing was checked, which is a failure"
        return f"{self.kind} {self.name}: {counts}{end}"

    def __str__(self) -> str:
        return "\n".join([*(str(line) for line in self.lines if line.state != "not made"), self.summary])


def run_suite(suite: type[ConformanceSuite], on_line: Callable[[CheckLine], None] | None = None) -> CheckResult:
    """Run every check of a suite, each on a new instance; `on_line` is told at once of each that was made."""
    lines = []
    for line in _lines(suite):
        lines.append(line)
        if on_line is not None and line.state != "not made":
            on_line(line)
    return CheckResult(suite.registry.kind, suite.name, tuple(lines))


def _lines(suite: type[ConformanceSuite]) -> Iterator[CheckLine]:
    for name in suite.checks():
        started = time.perf_counter()
        state, reason = _outcome(getattr(suite(), name))
        yield CheckLine(name.removeprefix(PREFIX).replace("_", " "), state, reason, time.perf_counter() - started)


def _outcome(check: Callable[[], None]) -> tuple[State, str]:
    parameters = inspect.signature(check).parameters
    if parameters:
        return "failed", f"it takes {', '.join(parameters)}; a check takes no arguments"
    try:
        check()
    except NotMade as reason:
        return "not made", str(reason).removeprefix("not made: ")
    except SkipTest as reason:
        return "n/a", str(reason).removeprefix("not applicable: ")
    except AssertionError as error:
        return "failed", one_line(error).removeprefix("AssertionError: ")
    except Exception as error:  # what is checked may raise anything
        return "failed", one_line(error)
    return "ok", ""
