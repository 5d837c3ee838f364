"""The fixture `aezoo_regression` with models that are registered beside the test, whatever imports the test."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import pytest

import aezoo
from aezoo.pytest_plugin import Regression
from aezoo.store import Store

MODEL = """
from aezoo.models import MODELS
from aezoo.models.ae import Autoencoder


@MODELS.register("{name}")
class Mine(Autoencoder):
    \"\"\"Autoencoder of mine.\"\"\"
"""
TEST = """

def test_gate(aezoo_regression):
    for model in ("of-the-conftest", "of-the-test"):
        aezoo_regression.check(
            model, seeds="0", epochs=1, hidden_units=8, rules=["nll:+2%"], jobs=1, questions=["reconstruction"]
        )
"""


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["prepend", "importlib"])
def test_workers_know_the_models_of_a_conftest_and_of_a_test(tmp_path, mode):
    """In a process of its own, whose path has not the folder of the tests unless pytest puts it there."""
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "conftest.py").write_text(MODEL.format(name="of-the-conftest"))
    (tmp_path / "checks" / "test_gate.py").write_text(MODEL.format(name="of-the-test") + TEST)
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:benchmark", f"--import-mode={mode}"]
    for options in (["--aezoo-renew"], []):
        done = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:]
    records = list(Store(tmp_path / "checks" / "aezoo_baselines").records())
    assert {"of-the-conftest", "of-the-test"} <= {record["label"] for record in records}
    assert all(record["sources"]["model"] for record in records if record["label"].startswith("of-the-"))


def test_a_model_that_a_function_registers_is_told_where_to_register_it(tmp_path, monkeypatch):
    error = {"type": "UnknownNameError", "message": "unknown model 'mine'", "traceback": ""}
    failed = {"label": "mine", "spec": {"seed": 0}, "status": "error", "error": error}
    monkeypatch.setattr(aezoo, "run", lambda **_: SimpleNamespace(failed=[failed]))
    gate = Regression(tmp_path, tmp_path, renew=True)
    with pytest.raises(pytest.fail.Exception, match=r"mine, seed 0: error: unknown model 'mine'; .* at its top level"):
        gate.check("ae", rules=["nll:+2%"])
