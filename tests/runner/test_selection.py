"""All models, the models of a family, and those that a protocol does not suit."""

from __future__ import annotations

import numpy as np
import pytest

from aezoo.errors import UnknownNameError, UsageError
from aezoo.models import MODELS
from aezoo.runner import preflight
from aezoo.runner.run import run
from aezoo.runner.suite import make_suite
from aezoo.spec import ModelSpec, Protocol


@pytest.fixture
def picky(monkeypatch):
    """A VAE that wants more than two latent dimensions."""
    model = MODELS.get("vae").model
    reason = classmethod(lambda cls, protocol: "it needs 3 dimensions" if protocol.latent_dim < 3 else "")
    monkeypatch.setattr(model, "unsuitable", reason)
    return "it needs 3 dimensions"


def names(*models, **options):
    return [model.label for model in make_suite(models, **options).models]


def of_role(role):
    return [name for name, preset in MODELS.items() if preset.model.role == role]


def suitable(candidates):
    """Those that work, and make sense under the default protocol."""
    models = {name: MODELS.get(name).model for name in candidates}
    return [name for name, model in models.items() if not model.failure and not model.unsuitable(Protocol())]


def test_all_are_the_models_without_the_floors_and_those_that_the_protocol_does_not_suit():
    assert names("all") == suitable(of_role("model"))
    assert of_role("floor")
    assert len(suitable(of_role("model"))) < len(of_role("model"))


def test_a_family_is_its_models_and_stands_among_names_each_once():
    variational = suitable(of_family("variational"))
    assert names("family:variational") == variational
    mixed = names("vae:beta=2", "vae", "family:variational")
    assert mixed == ["vae:beta=2", "vae", *(name for name in variational if name != "vae")]


def test_a_mistyped_family_gets_near_matches():
    with pytest.raises(UnknownNameError, match="did you mean variational"):
        names("family:variatonal")


def test_unsuitable_models_are_left_out_with_a_line_each(picky):
    told = []
    assert "vae" not in names("all", tell=told.append)
    assert [line for line in told if picky in line] == [
        f"model {name} is left out: {picky}" for name in ("beta-vae", "vae")
    ]
    assert len(told) == len(of_role("model")) - len(names("all"))
    told.clear()
    assert "vae" in names("all", protocol="chapter-16", tell=told.append)
    assert not any(picky in line for line in told)


@pytest.mark.slow
def test_a_model_that_cannot_be_made_with_the_parameters_of_its_preset_is_left_out():
    told = []
    left = names("family:quantised", protocol="chapter-16", changes={"latent_dim": 15}, tell=told.append)
    assert told == ["model pq-vae is left out: group_size is 2; it must divide the 15 latent dimensions"]
    assert "rq-vae" in left
    with pytest.raises(UsageError, match="has no hidden_layers to set"):
        names("family:quantised", protocol="conv", changes={"hidden_layers": 2}, tell=told.append)
    assert len(told) == 1


@pytest.mark.slow
def test_a_run_tells_of_what_is_left_out(picky, tmp_path):
    events = []
    run("all", dataset="mnist-5k", seeds=[0], out=tmp_path / "none", dry_run=True, progress=events.append)
    assert [event.text for event in events if event.kind == "advice" and picky in event.text] == [
        f"model {name} is left out: {picky}" for name in ("beta-vae", "vae")
    ]


def of_family(family):
    return [name for name, preset in MODELS.items() if preset.model.family == family]


def test_a_family_of_which_nothing_is_left_is_refused(monkeypatch):
    for name in of_family("adversarial"):
        monkeypatch.setattr(MODELS.get(name).model, "unsuitable", classmethod(lambda cls, protocol: "no"))
    with pytest.raises(UsageError, match="none is left"):
        names("family:adversarial")


def test_one_named_outright_is_refused_before_anything_runs(picky, monkeypatch, tmp_path):
    monkeypatch.setattr(preflight, "_may_be_unsuitable", lambda name: name == "vae")
    with pytest.raises(UsageError, match=picky):
        run("vae", dataset="mnist-5k", seeds=[0], out=tmp_path / "none", dry_run=True)
    assert not (tmp_path / "none").exists()


def test_a_source_tells_whether_it_names_protocols(monkeypatch, tmp_path):
    path = tmp_path / "picky.py"
    monkeypatch.setattr(preflight, "reachable", lambda *_: [("aezoo.models.picky", path)])
    for text, expected in (("def unsuitable(cls, protocol): ...", True), ("def objective(self, x): ...", False)):
        path.write_text(text)
        assert preflight._may_be_unsuitable("vae") is expected


def test_the_contract_itself_does_not_count():
    assert not preflight._may_be_unsuitable("ae")
    assert not preflight._may_be_unsuitable("vae")
    assert preflight._may_be_unsuitable("iwae")


def test_specs_pass():
    assert names(ModelSpec(name="vae")) == ["vae"]


def test_seeds_may_be_whole_numbers_of_numpy_and_no_truth_values():
    suite = make_suite(["vae"], seeds=np.arange(3))
    assert (suite.seeds, {type(seed) for seed in suite.seeds}) == ((0, 1, 2), {int})
    with pytest.raises(UsageError, match="seeds"):
        make_suite(["vae"], seeds=[True])
    with pytest.raises(UsageError, match="seeds"):
        make_suite(["vae"], seeds=np.array([0.0]))


def test_one_spec_is_a_list_of_one_and_a_number_is_no_list_of_seeds():
    suite = make_suite(ModelSpec(name="vae"), seeds=[3])
    assert ([each.label for each in suite.models], suite.seeds) == (["vae"], (3,))
    with pytest.raises(UsageError, match=r"seeds is 3; write '0-2' for 3 seeds or \[3\] for one"):
        make_suite(["vae"], seeds=3)
