"""Facts about the machine and the checkout that a time, or the last bits of a number, may depend on."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
GIT_SECONDS = 30
"""The longest that an answer of git is waited for."""
INSTRUCTIONS = ("avx512f", "avx2", "avx", "neon", "asimd")
"""Sets of vector instructions that change speed, and by the order of sums the last bits: the widest first."""


@cache
def processor() -> str:
    """Return the name that the processor gives itself, or its architecture where the system does not tell."""
    return _cpuinfo("model name") or platform.processor() or platform.machine()


@cache
def instructions() -> str:
    """Return the widest set of vector instructions that the processor has; "unknown" where the system does not tell."""
    flags = set((_cpuinfo("flags") or _cpuinfo("Features")).split())
    return next((name for name in INSTRUCTIONS if name in flags), "unknown")


def cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load() -> float | None:
    """Return how many processes ran or waited in the last minute, on average; None where the system does not tell."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


@cache
def checkout() -> str:
    """Return the commit that aezoo's files are of, with "+" where files differ from it.

    It is "" outside a checkout, and where git does not tell both.
    """
    package = Path(__file__).parent
    git = shutil.which("git")
    if git is None or not (package.parent / ".git").exists():
        return ""
    commit = _git(git, package, "rev-parse", "--short=12", "HEAD")
    changes = _git(git, package, "status", "--porcelain", "--", ".")
    return "" if commit is None or changes is None else f"{commit}{'+' if changes else ''}"


def machine() -> dict[str, str]:
    """Describe the machine and the checkout, as a record keeps them: processor, instructions, cores and commit."""
    return {
        "processor": processor(),
        "instructions": instructions(),
        "cores": str(cores()),
        "commit": checkout(),
    }


def _cpuinfo(key: str) -> str:
    """Return the first value of `key` in what Linux says of its processors; "" elsewhere."""
    if not CPUINFO.exists():
        return ""
    found = re.search(rf"^{key}\s*: (.*)$", CPUINFO.read_text(errors="replace"), re.MULTILINE)
    return found[1].strip() if found else ""


def _git(git: str, folder: Path, *arguments: str) -> str | None:
    """Run git; None where it fails, as in a checkout of another user, or answers late, as on a busy file system."""
    command = [git, "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=GIT_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
