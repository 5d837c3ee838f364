"""Workers of a Dask scheduler: those that came, those that went, and those that may run trials."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from pydoc import locate

from distributed import Client, Future

from aezoo import __version__
from aezoo.errors import AezooError, DatasetError, UsageError
from aezoo.spec import ModelSpec

Prepare = Callable[[list[str]], dict[str, str]]

POLL_SECONDS = 1.0
ANSWER_SECONDS = 30.0
"""An answer that takes longer to come was lost with its worker, after it had been given."""
RESTART_SECONDS = 10.0

VERSION_OF = "aezoo.__version__"
SAME_VERSION = f"but the run was started with aezoo {__version__}; install the same on both"


class WorkerWarning(UserWarning):
    """Warning of a worker that was refused, or of a wait for workers; the run goes on."""


@dataclass
class Workers:
    """A watch on a scheduler's workers.

    Attributes:
        client: the connection.
        prepare: run by a worker before its first trial; returns fingerprints by name of data set.
        wanted: fingerprints of the data sets that the run was started with, by name.
        idle: admitted workers without a trial, and the model that each has compiled.
        refused: the reason why a worker gets no trials, by address.
    """

    client: Client
    prepare: Prepare
    wanted: Mapping[str, str]
    idle: dict[str, ModelSpec | None] = field(default_factory=dict)
    refused: dict[str, AezooError] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)
    _polled_at: float = float("-inf")

    def poll(self) -> tuple[list[str], list[str]]:
        """Return the workers that came and those that went since the last look, at most once in `POLL_SECONDS`."""
        if time.monotonic() - self._polled_at < POLL_SECONDS:
            return [], []
        present: dict[str, int] = self.client.nthreads()
        came = [address for address in present if address not in self._seen]
        gone = [address for address in self._seen if address not in present]
        for address in gone:
            self.idle.pop(address, None)
            self.refused.pop(address, None)
        self._seen, self._polled_at = dict(present), time.monotonic()
        return self._compatible(came), gone

    def probe(self, address: str) -> Future:
        """Ask a worker to prepare itself and to say which data it finds; `admit` takes the answer."""
        return self.client.submit(self.prepare, sorted(self.wanted), workers=[address], pure=False)

    def admit(self, address: str, answer: Future) -> None:
        """Let a worker have trials if its data sets are those of the run."""
        try:
            found: dict[str, str] = answer.result(timeout=ANSWER_SECONDS)
        except (CancelledError, TimeoutError):
            self.forget(address)
            return
        except Exception as error:
            self._refuse(address, DatasetError(f"worker {address} cannot run trials: {error}; mend it, or end it"))
            return
        other = [name for name in self.wanted if found.get(name) != self.wanted[name]]
        if other:
            self._refuse(address, _dataset_mismatch(address, other[0], found.get(other[0], ""), self.wanted[other[0]]))
        else:
            self.idle[address] = None

    def check_some_left(self) -> None:
        """Raise the reason of a refusal if all workers that there are have been refused."""
        if self._seen and len(self.refused) == len(self._seen):
            raise next(iter(self.refused.values()))

    def end(self, addresses: set[str]) -> None:
        """End workers with the trials on them; their nannies start them again, and one without a nanny is refused.

        Nothing can end such a worker, and its trial may run for ever: no other must wait behind it.
        """
        present = self.client.scheduler_info(n_workers=-1)["workers"]  # else some releases tell of five alone
        nannies = {address for address in addresses if present.get(address, {}).get("nanny")}
        for address in nannies:
            self.forget(address)
        if nannies:
            self.client.restart_workers(sorted(nannies), timeout=RESTART_SECONDS, raise_for_error=False)
        for address in addresses.intersection(present) - nannies:
            reason = "has no nanny, so that the trial on it cannot be ended and runs on; start it without --no-nanny"
            self._refuse(address, UsageError(f"worker {address} {reason}"))

    def forget(self, address: str) -> None:
        """Take a worker for a new one at the next look: its process may have been started again."""
        self._seen.pop(address, None)

    def _compatible(self, came: list[str]) -> list[str]:
        """Return the new workers that have this aezoo and one thread; they are asked by the standard library alone."""
        if not came:
            return []
        versions = self.client.run(locate, VERSION_OF, workers=came, on_error="return")
        for address in came:
            error = _incompatibility(address, versions.get(address), self._seen[address])
            if error is not None:
                self._refuse(address, error)
        return [address for address in came if address not in self.refused]

    def _refuse(self, address: str, error: AezooError) -> None:
        self.refused[address] = error
        warnings.warn(f"{error}; it gets no trials", WorkerWarning, stacklevel=2)


def _incompatibility(address: str, version: object, threads: int) -> AezooError | None:
    if version != __version__:
        return UsageError(f"worker {address} has {version_text(version)} {SAME_VERSION}")
    if threads != 1:
        return UsageError(
            f"worker {address} has {threads} threads, which would share one TensorFlow; "
            f"start it with dask worker --nthreads 1 --nworkers {threads}"
        )
    return None


def version_text(found: object) -> str:
    """Describe what a machine answered that was asked for its aezoo."""
    return f"aezoo {found}" if isinstance(found, str) else "no aezoo that can be imported"


def _dataset_mismatch(address: str, name: str, found: str, wanted: str) -> DatasetError:
    return DatasetError(
        f"worker {address} finds data set {name!r} with fingerprint {found[:12]} but the run was started with "
        f"{wanted[:12]}; give both the same file"
    )
