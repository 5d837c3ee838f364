"""Processes, told apart across machines, restarts, containers and process ids that are used again."""

from __future__ import annotations

import os
import socket
import uuid
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict

PROC = Path("/proc")


class ProcessIdentity(BaseModel):
    """One process.

    Attributes:
        host, boot, namespace: the machine, its last start, and the container; "" where the system does not tell.
        pid, started: the process, and the clock tick in which it began.
        token: drawn anew for each `ProcessIdentity`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str
    boot: str
    namespace: str
    pid: int
    started: str
    token: str

    @classmethod
    def this_process(cls) -> ProcessIdentity:
        return cls(
            host=socket.gethostname(),
            boot=_text(PROC / "sys/kernel/random/boot_id").strip(),
            namespace=_target(PROC / "self/ns/pid"),
            pid=os.getpid(),
            started=_started(os.getpid()) or "",
            token=uuid.uuid4().hex,
        )

    def is_neighbour_of(self, other: ProcessIdentity) -> bool:
        """Whether both see the same process ids, so that one can tell whether the other lives."""
        return (self.host, self.boot, self.namespace) == (other.host, other.boot, other.namespace)

    def lives(self) -> bool:
        """Whether the process still runs; only a neighbour may ask."""
        if self.started:
            return _started(self.pid) == self.started
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host[:80]}"


def _started(pid: int) -> str | None:
    """The clock tick in which a process began; None where there is none, or only its remains."""
    fields = _text(PROC / str(pid) / "stat").rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 and fields[0] not in "ZX" else None


def _text(path: Path) -> str:
    with suppress(OSError):
        return path.read_text()
    return ""


def _target(path: Path) -> str:
    with suppress(OSError):
        return os.readlink(path)
    return ""
