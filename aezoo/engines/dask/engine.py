"""Dask engine: trials on the workers of a scheduler that exists; needs the extra `dask`.

The driver hands each worker one trial at a time, because it knows which model a worker has compiled and how often a
trial has lost its worker. So the scheduler holds no more tasks than there are workers, however long the suite is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pydoc import locate

from distributed import Client

from aezoo import __version__
from aezoo.engines.base import Admit, check_limits
from aezoo.engines.dask.run import DaskRun, DaskSettings, Work
from aezoo.engines.dask.task import fingerprints, work
from aezoo.engines.dask.workers import SAME_VERSION, VERSION_OF, Prepare, version_text
from aezoo.errors import UsageError, message_line
from aezoo.messages import Outcome, Request

RETRIES = 2
CONNECT_SECONDS = 10.0


@dataclass
class DaskEngine:
    """An engine on an existing scheduler.

    Attributes:
        address: of the scheduler, such as ``tcp://host:8786``.
        jobs: most trials side by side; None for one on each worker.
        timeout: seconds after which a trial is ended as ``timeout``; its worker is started again by its nanny.
        retries: how often a trial that lost its worker starts again; after that its record says ``killed``.
        work: run by a worker for each request; a function that it can import.
        prepare: run by a worker before its first request, telling which data it finds; likewise.
    """

    address: str
    jobs: int | None = None
    timeout: float | None = None
    retries: int = RETRIES
    work: Work = work
    prepare: Prepare = fingerprints
    _stopped: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        check_limits(self.jobs, self.timeout)

    def __call__(self, requests: Sequence[Request], admit: Admit) -> Iterator[Outcome]:
        """Run every request that is admitted; workers may come and go meanwhile, and without any the run waits.

        Raises:
            UsageError: no scheduler answers, or one with another aezoo does; or every worker was refused, for another
                aezoo or several threads.
            DatasetError: every worker was refused, for other data.
        """
        self._stopped = False  # of an earlier run
        if not requests:
            return
        with connect(self.address) as client:
            check_version(client, self.address)
            settings = DaskSettings(
                self.jobs or len(requests),
                self.timeout,
                self.retries,
                self.work,
                self.prepare,
                lambda: self._stopped,
            )
            yield from DaskRun(client, requests, admit, settings).outcomes()

    def kill(self) -> None:
        """End what runs now, as ``killed``, within seconds."""
        self._stopped = True


@contextmanager
def connect(address: str) -> Iterator[Client]:
    """Connect to a scheduler; raises `UsageError` where none answers, also where it ceases to answer."""
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False, name="aezoo")
    except (OSError, ValueError) as error:
        raise UsageError(
            f"no Dask scheduler answers at {address} ({message_line(error)}); start one with dask scheduler, "
            "or choose --engine local"
        ) from error
    with client:
        try:
            yield client
        except OSError as error:
            raise UsageError(
                f"the Dask scheduler at {address} no longer answers ({message_line(error)}); finished trials are "
                "saved, run the same command again"
            ) from error


def check_version(client: Client, address: str) -> None:
    """Raise `UsageError` if the scheduler has another aezoo: it takes apart what goes through it."""
    found = client.run_on_scheduler(locate, VERSION_OF)
    if found != __version__:
        raise UsageError(f"scheduler {address} has {version_text(found)} {SAME_VERSION}")
