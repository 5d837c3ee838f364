"""The script that counts the checks of all that is registered."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from support.registries import forget_afterwards

from aezoo.controls import CONTROLS
from aezoo.models import Preset
from aezoo.models.vae import VAE
from aezoo.spec import Protocol
from aezoo.testing import check
from aezoo.testing.check import SUITES


@pytest.fixture(scope="module")
def script():
    """benchmarks/conformance.py, as a module."""
    path = Path(__file__).parents[2] / "benchmarks" / "conformance.py"
    found = importlib.util.spec_from_file_location("conformance_script", path)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def rows(script, capsys, *arguments):
    """Run the script; return its exit code, the cells of each row but the seconds, and the lines of what it found."""
    with pytest.raises(SystemExit) as ended:
        script.main(arguments)
    printed = capsys.readouterr()
    cells = [[cell.strip() for cell in line.strip("|").split("|")][:-1] for line in printed.out.splitlines()[2:]]
    return ended.value.code, cells, printed.err.splitlines()


def test_it_knows_every_kind_that_has_a_suite(script):
    assert set(script.KINDS) == set(SUITES)


def test_it_counts_the_checks_of_each_thing(script, capsys):
    results = [check("blur"), check("oracle")]
    ran, senseless = (sum(len(getattr(each, state)) for each in results) for state in ("ran", "not_applicable"))
    code, cells, told = rows(script, capsys, "--kind", "control", "--names", "oracle,blur")
    assert (code, cells) == (0, [["control", "2", str(ran), str(senseless), "0"]])
    assert told == [each.summary for each in results]


def test_a_failure_is_said_and_ends_with_another_code(script, capsys, monkeypatch):
    forget_afterwards(monkeypatch, CONTROLS)

    @CONTROLS.register("wrong", draws_from="oracle")
    def wrong(images, labels, n, generator):
        """Grey images."""
        return np.full((n, 28, 28), 2.0, np.float32)

    code, cells, told = rows(script, capsys, "--kind", "control", "--names", "wrong")
    assert code == 3
    assert cells[0][-1] == str(len(check("wrong").failed)) == str(len(told) - 1) != "0"


def test_names_that_nothing_has_are_no_success(script, capsys):
    code, cells, _ = rows(script, capsys, "--kind", "control", "--names", "oracel")
    assert (code, cells) == (3, [["control", "0", "0", "0", "0"]])


def test_models_are_made_under_protocols_or_say_why_they_are_not(script, capsys):
    code, cells, told = rows(script, capsys, "--protocols", "burda,conv", "--names", "vae,cb-vae")
    assert (code, cells) == (0, [["burda", "2", "1", "1", "0"], ["conv", "2", "2", "0", "0"]])
    assert told == ["n/a     cb-vae under burda: its likelihood is of grey images, not of binary ones"]


class Wordy(VAE):
    """A VAE that says in two lines why a protocol does not suit it."""

    @classmethod
    def unsuitable(cls, protocol):
        return "one\ntwo"


class Broken(VAE):
    """A VAE without a loss."""

    def objective(self, x):
        return {"nll": super().objective(x)["nll"]}


@pytest.mark.parametrize(("model", "reason"), [(Wordy, "its reason has lines"), (Broken, "no 'loss'")])
def test_a_model_that_breaks_its_contract_fails_under_a_protocol(script, model, reason):
    state, said = script.verdict(Preset("mine", model, {}), Protocol(hidden_units=8))
    assert state == "failed"
    assert reason in said
