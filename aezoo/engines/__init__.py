"""Engines: where trials run. `aezoo.engines.base` says what an engine is; these hold for each of them:

- Every request that is admitted gives exactly one outcome, in any order; what fails is an outcome too.
- Where a trial runs changes nothing in its record but `timing` and `environment`.
- An engine writes nothing: an outcome is plain JSON and bytes, and who called the engine stores it. No file is shared.
- It raises an `AezooError` only where no trial can run at all; what it yielded before stays good.
- Closing the iterator ends the run: no trial starts after it.
- It may tell how far trials are (`ReportsProgress`); an engine that cannot tells nothing.
"""

from __future__ import annotations

from aezoo.engines.base import Admit, Engine, ReportsProgress
from aezoo.errors import UnknownNameError, UsageError
from aezoo.machine import cores

__all__ = ["ENGINES", "Admit", "Engine", "ReportsProgress", "get_engine"]

ENGINES = ("local", "dask")


def get_engine(text: str, jobs: int | None = None, timeout: float | None = None) -> Engine:
    """Make the engine that `text` names: ``local``, or ``dask=tcp://host:port`` for a scheduler that exists.

    Args:
        text: the engine's name, and the address of one that is elsewhere.
        jobs: most trials side by side; None for the cores of this machine, or for all workers of a scheduler.
        timeout: seconds after which a trial is ended; None for no limit.

    Raises:
        UnknownNameError: no engine has this name.
        UsageError: the address is missing or not wanted, the engine's package is not installed, or `jobs` or `timeout`
            is no such number.
    """
    name, _, address = text.partition("=")
    if name not in ENGINES:
        raise UnknownNameError("engine", name, ENGINES)
    return _dask(text, address, jobs, timeout) if name == "dask" else _local(text, jobs, timeout)


def _local(text: str, jobs: int | None, timeout: float | None) -> Engine:
    from aezoo.engines.local import LocalEngine

    if "=" in text:
        raise UsageError(f"engine {text[:80]!r} takes no address; write local")
    return LocalEngine(cores() if jobs is None else jobs, timeout)


def _dask(text: str, address: str, jobs: int | None, timeout: float | None) -> Engine:
    if "://" not in address:
        raise UsageError(f"engine {text[:80]!r} needs the address of a scheduler; write dask=tcp://host:8786")
    try:
        from aezoo.engines.dask.engine import DaskEngine
    except ModuleNotFoundError as error:
        raise UsageError(
            f"engine dask needs {error.name}, which is not installed; pip install 'aezoo[dask]'"
        ) from error
    return DaskEngine(address, jobs, timeout)
