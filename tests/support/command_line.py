"""The command line in this process: a process of its own takes five seconds to import TensorFlow."""

from __future__ import annotations

from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from subprocess import CompletedProcess

from aezoo.bench.app import run_app


def run_command(*arguments: str) -> CompletedProcess[str]:
    """Run a command; return its exit code and what it wrote."""
    with redirect_stdout(StringIO()) as output, redirect_stderr(StringIO()) as errors:
        code = run_app(list(arguments))
    return CompletedProcess(arguments, code, output.getvalue(), errors.getvalue())
