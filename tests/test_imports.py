"""Imports: none before it is needed, none of TensorFlow right of the records."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

HEAVY = ("jinja2", "keras", "matplotlib", "numpy", "pandas", "pydantic", "scipy", "sklearn", "tensorflow", "typer")
TENSORFLOW = ("keras", "tensorflow")


def imported(code: str, names: tuple[str, ...]) -> str:
    """Name those of `names` that `code` imports, in an interpreter of its own."""
    check = f"{code}\nimport sys\nprint(*(name for name in {names!r} if name in sys.modules))"
    return subprocess.run([sys.executable, "-c", check], check=True, capture_output=True, text=True).stdout.strip()


def processor_seconds(code: str) -> float:
    """The least of five measurements, of a whole interpreter."""

    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return min(once() for _ in range(5))


def test_importing_aezoo_imports_nothing_heavy():
    assert imported("import aezoo", HEAVY) == ""


def test_importing_aezoo_costs_little_more_than_an_interpreter():
    assert processor_seconds("import aezoo") < 4 * processor_seconds("pass") + 0.02


@pytest.mark.slow
@pytest.mark.parametrize(
    "code",
    [
        "import aezoo.analysis.sections, aezoo.analysis.verdict, aezoo.analysis.comparison, aezoo.analysis.gate",
        "import aezoo.audit.report",
        "import aezoo.reporting, aezoo.reporting.pages.verdict, aezoo.reporting.figures",
        "import aezoo.store.merge, aezoo.runner.run, aezoo.runner.sweep",
        "import aezoo.bench.app, aezoo.bench.commands.run, aezoo.bench.commands.list",
        "import aezoo; aezoo.load_results",
        "from aezoo.models import MODELS; MODELS.names(); MODELS.check('vae')",
        "from aezoo.metrics import METRICS; dict(METRICS.items())",
    ],
)
def test_reading_and_planning_import_no_tensorflow(code):
    assert imported(code, TENSORFLOW) == ""


def test_the_check_sees_what_is_imported():
    assert imported("import numpy", HEAVY) == "numpy"
