"""Protocol of engines: requests in, outcomes out as they finish; and the outcome of a trial that failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, runtime_checkable

from aezoo.controls import role_of
from aezoo.errors import UsageError
from aezoo.messages import OnEpoch, Outcome, Request
from aezoo.record import failed_record

Admit = Callable[[Request], bool]
"""Called right before a trial begins; a trial that is not admitted is left out, and never asked for again."""

INTERRUPTED_MESSAGE = "interrupted before it finished; the next run computes it"


class Engine(Protocol):
    """A place where trials run. It never raises because of a trial: whatever happens to one stands in its outcome."""

    def __call__(self, requests: Sequence[Request], admit: Admit) -> Iterator[Outcome]:
        """Run every request that is admitted; yield outcomes as they finish."""
        ...

    def kill(self) -> None:
        """End what runs now, as ``killed``, soon; called from a signal handler, so it only takes note."""


@runtime_checkable
class ReportsProgress(Protocol):
    """An engine that can tell how far its trials are; one that cannot lacks the attribute.

    Progress may be late or left out, and is never waited for: no trial fails or slows because of it.

    Attributes:
        on_epoch: called in the thread that takes the outcomes, for each epoch that ended; None to be told nothing.
    """

    on_epoch: OnEpoch | None


def check_limits(jobs: int | None, timeout: float | None) -> None:
    """Raise `UsageError` for fewer than one job, or a limit of time that is not positive; None is no limit."""
    if jobs is not None and jobs < 1:
        raise UsageError(f"jobs is {jobs}, the trials side by side; give at least 1, or leave it out")
    if timeout is not None and not timeout > 0:
        raise UsageError(f"timeout is {timeout:g}, the seconds of a trial; give more than 0, or leave it out")


def failed_outcome(request: Request, status: str, error: BaseException, message: str = "") -> Outcome:
    """Make the outcome of a trial that ended with `status` and left nothing but the reason."""
    trial = request.trial
    return Outcome(failed_record(trial, role_of(trial.model), status, error, message))
