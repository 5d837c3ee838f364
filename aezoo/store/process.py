"""Identity of a process across machines, restarts, containers and process ids that are used again."""

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
        host: name of the machine.
        boot: id of the machine's last start; "" where the system does not tell.
        namespace: id of the container's process ids; "" where the system does not tell.
        pid: number of the process.
        started: clock tick in which the process began; "" where the system does not tell.
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
        """Identify the process that calls."""
        return cls(
            host=socket.gethostname(),
            boot=_text(PROC / "sys/kernel/random/boot_id").strip(),
            namespace=_target(PROC / "self/ns/pid"),
            pid=os.getpid(),
            started=_started(os.getpid()) or "",
            token=uuid.uuid4().hex,
        )

    def shares_pid_namespace(self, other: ProcessIdentity) -> bool:
        """Return whether both see the same process ids, so that one can tell whether the other lives."""
        return (self.host, self.boot, self.namespace) == (other.host, other.boot, other.namespace)

    def is_alive(self) -> bool:
        """Return whether the process still runs; only a process of the same namespace can tell."""
        started = _started(self.pid) if self.started else None
        if started is not None:
            return started == self.started
        try:  # the system may also hide the processes of others
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host[:80]}"


def _started(pid: int) -> str | None:
    """Read the clock tick in which a process began; "" where only its remains are there, None where nothing tells."""
    fields = _text(PROC / str(pid) / "stat").rpartition(")")[2].split()
    if len(fields) <= 19:
        return None
    return "" if fields[0] in "ZX" else fields[19]


def _text(path: Path) -> str:
    with suppress(OSError):
        return path.read_text()
    return ""


def _target(path: Path) -> str:
    with suppress(OSError):
        return os.readlink(path)
    return ""
