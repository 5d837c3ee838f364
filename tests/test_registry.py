"""Names without imports, near matches, plug-ins."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from aezoo.errors import UnknownNameError, UsageError
from aezoo.registry import PluginWarning, Registry, first_sentence


@pytest.fixture
def registry(tmp_path, monkeypatch):
    """A registry over a package with one good file, one that fails to import, and no plug-ins."""
    package = tmp_path / "shapes_of_a_test"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from aezoo.registry import Registry\n"
        "SHAPES = Registry('shape', __name__, lambda name, target, **o: (target, o))\n"
    )
    (package / "round.py").write_text(
        "from shapes_of_a_test import SHAPES\n"
        "@SHAPES.register('circle')\n@SHAPES.register('ellipse', ratio=2)\n"
        "def round_shape(ratio: float = 1, name: str | None = None):\n    'A round shape.'\n"
    )
    (package / "broken.py").write_text("import nothing_of_this_name\n@SHAPES.register('hole')\ndef hole(): ...\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import importlib

    module = importlib.import_module("shapes_of_a_test")
    yield module.SHAPES
    for name in [name for name in sys.modules if name.startswith("shapes_of_a_test")]:
        del sys.modules[name]


def test_names_are_read_without_importing(registry):
    assert registry.names() == ["circle", "ellipse", "hole"]
    assert "shapes_of_a_test.round" not in sys.modules
    declaration = registry.declaration("ellipse")
    assert (declaration.summary, declaration.parameters) == ("A round shape.", ("ratio", "name"))
    assert declaration.annotations == {"ratio": "float"}


def test_getting_one_imports_only_its_file(registry):
    target, options = registry.get("ellipse")
    assert target.__name__ == "round_shape"
    assert options == {"ratio": 2}
    assert "shapes_of_a_test.broken" not in sys.modules


def test_a_broken_file_of_the_package_itself_is_an_error(registry):
    with pytest.raises(ModuleNotFoundError, match="nothing_of_this_name"):
        registry.get("hole")


def test_an_unknown_name_gets_near_matches(registry):
    with pytest.raises(UnknownNameError, match=r"unknown shape 'cirlce'; did you mean circle\?"):
        registry.get("cirlce")
    with pytest.raises(UnknownNameError, match="known: circle, ellipse, hole"):
        registry.check("zzz")


def test_a_name_taken_twice_is_refused(registry):
    registry.get("circle")
    with pytest.raises(UsageError, match="registered twice"):
        registry.register("circle")(lambda: None)


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "a\0b", "x" * 65, "", "<script>", "a b", "é", "ends."])
def test_names_that_no_path_should_hold_are_refused(name):
    with pytest.raises(UsageError, match="not allowed"):
        Registry("thing", "aezoo.samplers", lambda name, target: target).register(name)


def test_a_plugin_is_found_and_a_broken_one_is_a_warning_with_its_reason(registry, tmp_path, monkeypatch):
    (tmp_path / "good_plugin_of_a_test.py").write_text(
        "from shapes_of_a_test import SHAPES\n@SHAPES.register('square')\ndef square(): ...\n"
    )
    (tmp_path / "shapes_of_a_test" / "broken.py").unlink()
    points = [
        EntryPoint("square", "good_plugin_of_a_test", registry.package),
        EntryPoint("star", "no_such_module_of_a_test", registry.package),
    ]
    monkeypatch.setattr("aezoo.registry.entry_points", lambda group: points if group == registry.package else [])
    with pytest.warns(PluginWarning, match=r"shape 'star' left out: ModuleNotFoundError: .*no_such_module_of_a_test"):
        found = dict(registry.items())
    assert sorted(found) == ["circle", "ellipse", "square"]


def test_a_plugin_that_registers_another_name_is_an_error(registry, tmp_path, monkeypatch):
    (tmp_path / "odd_plugin_of_a_test.py").write_text("")
    point = EntryPoint("square", "odd_plugin_of_a_test", registry.package)
    monkeypatch.setattr("aezoo.registry.entry_points", lambda group: [point])
    with pytest.raises(UsageError, match="announced but its module registers no such name"):
        registry.get("square")


@pytest.mark.parametrize("code", [
    "import aezoo",
    "from aezoo.models import MODELS; MODELS.names(); MODELS.check('vae')",
    "import aezoo.bench.app, aezoo.bench.commands.run, aezoo.runner.sweep, aezoo.bench.commands.list, aezoo.reporting",
    "from aezoo.metrics import METRICS; dict(METRICS.items())",
])  # fmt: skip
def test_tensorflow_stays_out(code):
    check = f"{code}\nimport sys; sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("One. Two.", "One."),
        ("A line that\n    goes on: ``x.y / d``, by Goodfellow et al. 2014. Rewards blur.", None),
        ("No end, and\nno full stop\n\nAnother paragraph.", "No end, and no full stop"),
        ("", ""),
    ],
)
def test_a_summary_is_a_whole_sentence(text, sentence):
    wanted = "A line that goes on: x.y / d, by Goodfellow et al. 2014." if sentence is None else sentence
    assert first_sentence(text) == wanted


def test_parameters_are_told_with_what_presets_set():
    from aezoo.models import MODELS

    assert dict(MODELS.declaration("vae").values) == {"beta": 1.0}
    assert dict(MODELS.declaration("beta-vae").values) == {"beta": 4}
