"""The catalogue knows of every model of aezoo's own what its page says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from aezoo.bench import main
from aezoo.bench.app import run_app
from aezoo.errors import UsageError
from aezoo.models import MODELS
from aezoo.models.catalogue import (
    SOURCES,
    catalogue,
    catalogue_entry,
    default_sources,
    measured_facts,
    protocols_by_reason,
    read_measured,
)
from aezoo.spec import get_protocol
from aezoo.training import Trainer

ROOT = Path(__file__).parents[2]
OWN = [name for name in MODELS.names() if MODELS.is_builtin(name)]
HOW = "run python benchmarks/catalogue.py --measure missing"


@pytest.fixture(scope="module")
def maker():
    """benchmarks/catalogue.py, as a module."""
    found = importlib.util.spec_from_file_location("catalogue_maker", ROOT / "benchmarks" / "catalogue.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", OWN)
def test_every_default_says_where_it_comes_from(name):
    entry = catalogue_entry(name)
    assert list(entry.defaults) == list(entry.parameters), "write a section Defaults: into the docstring of its class"
    for parameter, source in entry.defaults.items():
        assert source.startswith(SOURCES), f"{parameter}: begin with one of {', '.join(SOURCES)}"


def test_a_section_of_defaults_is_read_entry_by_entry():
    assert default_sources("A model: x.\n\nDefaults:\n    a: paper, b: c\n        and more.\n    k_2: chosen.") == {
        "a": "paper, b: c and more.",
        "k_2": "chosen.",
    }
    assert default_sources("A model without parameters.") == {}


@pytest.mark.parametrize("name", OWN)
def test_every_model_has_an_exact_test(maker, name):
    entry = catalogue_entry(name)
    if entry.role == "model":
        assert name in maker.exact_tests(), f'mark the test that holds it with @pytest.mark.exact("{name}")'


def test_the_page_is_the_one_that_its_command_makes(maker):
    assert (ROOT / "docs" / "models.md").read_text() == maker.page(maker.facts()["processor"]), HOW


def test_compilation_is_timed_without_the_building_of_the_model(maker, monkeypatch):
    """A clock that each part moves by another amount tells which of them are in the figure."""
    clock = SimpleNamespace(process_time=lambda: clock.now, now=0.0)
    built, compiled = Trainer.__init__, Trainer.compile

    def build(self, *arguments):
        clock.now += 1_000
        built(self, *arguments)

    def compile_model(self, *arguments):
        clock.now += 7
        return compiled(self, *arguments)

    monkeypatch.setattr(maker, "time", clock)
    monkeypatch.setattr(Trainer, "__init__", build)
    monkeypatch.setattr(Trainer, "compile", compile_model)
    assert maker.Running("mean-image", "chapter-16").compile_seconds == 7
    assert clock.now == 1_007


@pytest.mark.slow
def test_weights_are_those_of_the_models():
    for name, facts in measured_facts().items():
        model = MODELS.get(name).create(get_protocol(facts.protocol), 0, {})
        assert facts.weights == sum(int(np.prod(weight.shape)) for weight in model.weights), f"{name}: {HOW}"


def test_what_was_measured_is_registered():
    assert set(measured_facts()) <= set(OWN), HOW


def test_a_mark_names_a_model(maker):
    assert set(maker.exact_tests()) <= set(OWN)


def test_an_entry_has_the_parameters_in_force():
    entry = catalogue_entry("beta-vae")
    assert entry.parameters == {"beta": 4}
    assert entry.family == "variational"
    assert "chapter" in entry.protocols


def test_each_model_stands_in_its_family_once():
    names = [entry.name for entries in catalogue().values() for entry in entries]
    assert sorted(names) == OWN


def test_protocols_with_one_reason_are_said_once():
    assert protocols_by_reason({"a": "x", "b": "y", "c": "x"}) == {"x": ["a", "c"], "y": ["b"]}


def test_a_fact_too_many_says_which_command_mends_it():
    with pytest.raises(UsageError, match=r"vae.*run python benchmarks/catalogue.py"):
        read_measured("vae", {"samplers": [], "speed": 1})


def test_list_prints_one_model(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["list", "models", "vae"])
    assert not ended.value.code
    text = " ".join(capsys.readouterr().out.split())
    for part in ("Kingma and Welling 2014", "beta=1.0", "times that of vae", "test_loss_equals_the_formula"):
        assert part in text


@pytest.mark.parametrize("width", [80, 120])
def test_the_last_line_of_the_list_names_the_command_that_prints_the_rest(capsys, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    assert run_app(["list", "models"]) == 0
    *entries, last = capsys.readouterr().out.splitlines()
    assert "exact test" not in "".join(entries)
    prefix, command = last.split(": python -m aezoo.bench ")
    assert run_app(command.replace("NAME", "vae").split()) == 0
    card = capsys.readouterr().out
    assert [text for text in prefix.removesuffix(" of one").split(" and ") if f" {text}:" not in card] == []


def test_list_prints_the_models_of_a_family(capsys):
    assert run_app(["list", "models", "family:quantised"]) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert names == [name for name, preset in MODELS.items() if preset.model.family == "quantised"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["models", "vea"], "unknown model 'vea'"),
        (["models", "family:quantized"], "unknown family of models 'quantized'; did you mean quantised"),
        (["metrics", "msr"], "unknown metric 'msr'; did you mean"),
    ],
)
def test_list_refuses_what_it_cannot_print(capsys, words, message):
    with pytest.raises(SystemExit) as ended:
        main(["list", *words])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
