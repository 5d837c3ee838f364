"""TensorFlow's chatter is for nobody, whoever imports it first; what plug-ins say is shown."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys

import pytest
from support.plugins import install

from aezoo import quiet_import
from aezoo.quiet_import import QuietFinder, quieten_tensorflow

NOISY = 'import os\nos.write(2, b"drivers\\n")\nVALUE = 3\n'


@pytest.fixture
def noisy(tmp_path, monkeypatch):
    """A module that talks while it is imported, as TensorFlow does."""
    (tmp_path / "made_up_noisy.py").write_text(NOISY)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(quiet_import, "NOISY", "made_up_noisy")
    yield "made_up_noisy"
    sys.modules.pop("made_up_noisy", None)
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, QuietFinder)]


def test_the_first_import_is_quiet_and_whole(noisy, capfd):
    quieten_tensorflow()
    quieten_tensorflow()
    assert sum(isinstance(finder, QuietFinder) for finder in sys.meta_path) == 1
    module = importlib.import_module(noisy)
    os.write(2, b"what else is said\n")
    assert capfd.readouterr().err == "what else is said\n"
    assert module.VALUE == 3
    assert module.__spec__.loader is module.__loader__
    assert importlib.reload(module) is module
    assert not any(isinstance(finder, QuietFinder) for finder in sys.meta_path)


def test_without_it_the_module_talks(noisy, capfd):
    importlib.import_module(noisy)
    assert capfd.readouterr().err == "drivers\n"


def test_an_error_within_is_raised(noisy, tmp_path):
    (tmp_path / "made_up_noisy.py").write_text("1 / 0\n")
    quieten_tensorflow()
    with pytest.raises(ZeroDivisionError):
        importlib.import_module(noisy)


@pytest.mark.slow
def test_a_plug_in_that_imports_keras_makes_no_noise_and_may_speak(tmp_path):
    source = """
        import sys
        import keras
        from aezoo.models import MODELS
        from aezoo.models.ae import Autoencoder

        print("the plug-in speaks", file=sys.stderr)
        for name in ("made-up",):
            MODELS.register(name)(type("MadeUp", (Autoencoder,), {}))
    """
    site = install(tmp_path, "made-up", {"made_up/__init__.py": source}, {"aezoo.models": {"made-up": "made_up"}})
    paths = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")]))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    listed = subprocess.run(
        [sys.executable, "-m", "aezoo.bench", "list", "models"],
        capture_output=True,
        text=True,
        check=True,
        env={**environment, "PYTHONPATH": paths},
    )
    assert "made-up" in listed.stdout
    assert listed.stderr == "the plug-in speaks\n"
