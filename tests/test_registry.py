"""Names without imports, near matches, plug-ins."""

from __future__ import annotations

import importlib
import os
import sys

import pytest
from support.plugins import install

from aezoo import plugins
from aezoo.errors import UnknownNameError, UsageError
from aezoo.registry import PluginWarning, Registry
from aezoo.source import first_sentence


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


@pytest.fixture
def installed_plugin(registry, tmp_path, monkeypatch):
    """Installs a distribution beside the package of the test's registry."""
    (tmp_path / "shapes_of_a_test" / "broken.py").unlink()

    def add(distribution, files, entry_points):
        install(tmp_path, distribution, files, {registry.package: entry_points})
        importlib.invalidate_caches()
        plugins.installed.cache_clear()

    monkeypatch.setattr("aezoo.plugins.GROUPS", registry.package)
    yield add
    plugins.installed.cache_clear()
    for name in [name for name in sys.modules if name.partition(".")[0].endswith("_plugin_of_a_test")]:
        del sys.modules[name]


SQUARE = """
from shapes_of_a_test import SHAPES

@SHAPES.register("square", summary="Four equal sides.")
def square(side: float = 2.5, name: str = "it"): ...

@SHAPES.register("rhombus")
def rhombus():
    "Four equal sides, askew. And more."
"""


def test_a_plugin_is_read_without_importing_it(registry, installed_plugin):
    installed_plugin("good", {"good_plugin_of_a_test.py": SQUARE}, {"square": "good_plugin_of_a_test"})
    assert registry.names() == ["circle", "ellipse", "rhombus", "square"]
    declared = registry.declaration("square")
    assert (declared.origin, declared.summary) == ("good 1.0", "Four equal sides.")
    assert (declared.values, declared.annotations) == ({"side": 2.5, "name": "it"}, {"side": "float", "name": "str"})
    assert registry.declaration("rhombus").summary == "Four equal sides, askew."
    assert "good_plugin_of_a_test" not in sys.modules
    assert registry.is_builtin("circle")
    assert not registry.is_builtin("square")


@pytest.mark.parametrize("first", ["square", "rhombus"])
def test_all_that_a_plugin_registers_is_known_whichever_is_asked_for_first(registry, installed_plugin, first):
    installed_plugin("good", {"good_plugin_of_a_test.py": SQUARE}, {"any-name": "good_plugin_of_a_test"})
    assert registry.get(first)[0].__name__ == first
    assert [name for name, _ in registry.items()] == ["circle", "ellipse", "rhombus", "square"]


def test_what_a_plugin_imports_from_its_own_package_is_part_of_it(registry, installed_plugin):
    files = {
        "whole_plugin_of_a_test/__init__.py": "from whole_plugin_of_a_test import more",
        "whole_plugin_of_a_test/more.py": "from .square import square\n",
        "whole_plugin_of_a_test/square.py": SQUARE,
        "whole_plugin_of_a_test/unused.py": SQUARE.replace("square", "unused").replace("rhombus", "unseen"),
    }
    installed_plugin("whole", files, {"whole": "whole_plugin_of_a_test"})
    assert registry.names() == ["circle", "ellipse", "rhombus", "square"]
    assert registry.get("rhombus")[0].__name__ == "rhombus"


@pytest.mark.parametrize("code", [
    "for name in ('cube', 'ball'):\n    SHAPES.register(name)(lambda: None)",
    "def add(name, to=SHAPES):\n    to.register(name)(lambda: None)\nadd('cube')\nadd('ball')",
    "CUBE = 'cube'\n@SHAPES.register(CUBE)\ndef cube(a: int = 1):\n    'Six faces. Twelve edges.'\n"
    "@SHAPES.register('ball')\ndef ball(): ...",
])  # fmt: skip
def test_a_plugin_whose_source_does_not_tell_its_names_is_loaded_before_they_are_looked_up(
    registry, installed_plugin, code
):
    source = f"from shapes_of_a_test import SHAPES\n{code}\n"
    installed_plugin("loop", {"loop_plugin_of_a_test.py": source}, {"loop": "loop_plugin_of_a_test"})
    assert registry.names() == ["ball", "circle", "cube", "ellipse"]
    assert registry.declaration("cube").origin == "loop 1.0"
    assert registry.get("ball")


def test_what_is_declared_for_another_registry_is_not_of_this_kind(registry, installed_plugin):
    source = SQUARE + "\nfrom aezoo.samplers import SAMPLERS\n@SAMPLERS.register('elsewhere')\ndef other(): ...\n"
    installed_plugin("both", {"both_plugin_of_a_test.py": source}, {"square": "both_plugin_of_a_test"})
    assert registry.names() == ["circle", "ellipse", "rhombus", "square"]
    assert "elsewhere" in Registry("sampler", "aezoo.samplers", lambda name, target: target).names()


@pytest.mark.parametrize(("source", "reason"), [
    (None, "ModuleNotFoundError: No module named 'star_plugin_of_a_test'"),
    ("import nothing_of_this_name", "ModuleNotFoundError: No module named 'nothing_of_this_name'"),
    ("def (", "SyntaxError: invalid syntax (star_plugin_of_a_test.py, line 1)"),
    ("raise RuntimeError('no\\nluck')", "RuntimeError: no luck"),
    ("", "star_plugin_of_a_test registers no shape of that name"),
    ("from shapes_of_a_test import SHAPES\n@SHAPES.register('star')\ndef star(): ...\n1 / 0",
     "ZeroDivisionError: division by zero"),
])  # fmt: skip
def test_a_broken_plugin_is_a_warning_with_its_reason_in_one_line(registry, installed_plugin, source, reason):
    files = {} if source is None else {"star_plugin_of_a_test.py": source}
    installed_plugin("stars", files, {"star": "star_plugin_of_a_test"})
    assert "star" in registry.names()
    assert registry.problem("circle") == ""
    assert registry.problem("star").startswith(f"shape 'star' of stars 1.0 cannot be loaded: {reason}")
    with pytest.warns(PluginWarning, match="shape 'star' of stars 1.0 cannot be loaded") as caught:
        assert [name for name, _ in registry.items()] == ["circle", "ellipse"]
    assert "\n" not in str(caught[0].message)
    with pytest.raises(UsageError, match="shape 'star' of stars 1.0 cannot be loaded") as refused:
        registry.get("star")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "code", ["@SHAPES.register('circle')\ndef mine(): ...", "SHAPES.register('cir' + 'cle')(lambda: 0)"]
)
@pytest.mark.parametrize("loaded", [False, True])
def test_a_name_of_aezoos_own_is_refused_to_a_plugin(registry, installed_plugin, code, loaded):
    source = f"from shapes_of_a_test import SHAPES\n{code}\n"
    installed_plugin("imitator", {"false_plugin_of_a_test.py": source}, {"circle": "false_plugin_of_a_test"})
    if loaded:
        importlib.import_module("shapes_of_a_test.round")
    with pytest.warns(PluginWarning) as caught:
        assert registry.names() == ["circle", "ellipse"]
    (line,) = [str(warning.message) for warning in caught]
    assert line == (
        "shape 'circle' of imitator 1.0 (false_plugin_of_a_test) is refused: shapes_of_a_test.round of aezoo has the "
        "name; give the plug-in's another"
    )
    assert registry.get("circle")[0].__name__ == "round_shape"
    assert registry.declaration("circle").origin == ""
    with pytest.raises(UsageError, match=r"false_plugin_of_a_test is registered twice: shapes_of_a_test\.round"):
        importlib.import_module("false_plugin_of_a_test").mine  # noqa: B018 - its import is what fails


def test_two_plugins_of_one_name_are_both_refused_and_named(registry, installed_plugin):
    for name in ("one", "two"):
        files = {f"{name}_plugin_of_a_test.py": SQUARE.replace("rhombus", name)}
        installed_plugin(name, files, {"square": f"{name}_plugin_of_a_test"})
    with pytest.raises(UsageError, match=r"shape 'square' has two makers, one 1\.0 and two 1\.0"):
        registry.get("square")


def test_a_digest_follows_what_a_plugin_does_and_not_how_it_is_written(registry, installed_plugin, tmp_path):
    files = {
        "whole_plugin_of_a_test/__init__.py": "",
        "whole_plugin_of_a_test/square.py": "from .sides import SIDES\nfrom numpy import pi\n" + SQUARE,
        "whole_plugin_of_a_test/sides.py": "SIDES = 4\n",
        "whole_plugin_of_a_test/other.py": "OTHER = 1\n",
    }
    installed_plugin("whole", files, {"square": "whole_plugin_of_a_test.square"})
    before = registry.digest("square")
    folder = tmp_path / "whole_plugin_of_a_test"

    def written(name, text):
        (folder / name).write_text(text)
        stamp = (folder / name).stat().st_mtime_ns + 1_000_000
        os.utime(folder / name, ns=(stamp, stamp))
        return registry.digest("square")

    assert written("other.py", "OTHER = 2\n") == before
    assert written("sides.py", "# how many\nSIDES = (\n    4\n)\n'''Of a square.'''\n") == before
    assert written("sides.py", "SIDES = 5\n") != before
    assert written("sides.py", "SIDES = 4\n") == before
    changed = files["whole_plugin_of_a_test/square.py"].replace("2.5", "3.5")
    assert written("square.py", changed) != before


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


def test_a_module_that_is_loaded_again_defines_its_own_names_anew(registry):
    def square():
        return 1

    registry.register("square")(square)
    first = registry.get("square")

    def square():
        return 2

    registry.register("square")(square)
    assert (first[0](), registry.get("square")[0]()) == (1, 2)
    with pytest.raises(UsageError, match="'square' of .* is registered twice"):
        registry.register("square")(lambda: 3)


def test_a_plugin_that_leaves_while_it_is_loaded_is_left_out_and_nobody_else(registry, installed_plugin):
    body = "import sys\nfrom shapes_of_a_test import SHAPES\n@SHAPES.register('cube')\ndef cube(): ...\n"
    source = body + "sys.exit('no GPU')"
    installed_plugin("leaver", {"leaving_plugin_of_a_test.py": source}, {"cube": "leaving_plugin_of_a_test"})
    with pytest.raises(UsageError, match="cannot be loaded: SystemExit: no GPU"):
        registry.get("cube")
    assert registry.get("circle")


def test_a_module_of_a_plugin_that_is_imported_late_and_cannot_be_is_a_warning(registry, installed_plugin):
    files = {
        "late_plugin_of_a_test/__init__.py": "",
        "late_plugin_of_a_test/square.py": f"{SQUARE}\ndef later():\n    from .star import star\n",
        "late_plugin_of_a_test/star.py": (
            "import nothing_of_this_name\nfrom shapes_of_a_test import SHAPES\n"
            "@SHAPES.register('star')\ndef star(): ...\n"
        ),
    }
    installed_plugin("late", files, {"square": "late_plugin_of_a_test.square"})
    with pytest.warns(PluginWarning, match="shape 'star' of late 1.0 cannot be loaded: ModuleNotFoundError"):
        assert [name for name, _ in registry.items()] == ["circle", "ellipse", "rhombus", "square"]
    with pytest.raises(UsageError, match="shape 'star' of late 1.0 cannot be loaded"):
        registry.get("star")
