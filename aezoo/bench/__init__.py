"""The command line, `python -m aezoo.bench`; `python -m aezoo` and the script `aezoo` do the same."""

from __future__ import annotations

import sys
import warnings


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with a documented code."""
    from aezoo.bench.app import run_app
    from aezoo.bench.output import fit_message

    warnings.formatwarning = lambda message, *_, **__: fit_message(f"warning: {message}") + "\n"
    warnings.filterwarnings("once", category=UserWarning, append=True)  # a damaged record is met more than once
    sys.exit(run_app(sys.argv[1:] if arguments is None else arguments))
