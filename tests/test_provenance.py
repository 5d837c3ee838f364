"""Parameters and digests in a record, and changes of the code that they give away."""

from __future__ import annotations

from importlib import import_module

import pytest
from support.plugins import plugged_in  # noqa: F401 - a fixture

from aezoo.metrics import METRICS
from aezoo.provenance import CurrentCode, declared_parameters, parameters_in_force, trial_sources
from aezoo.record import describe_error, environment, new_record
from aezoo.runner.rescored import merge_scores
from aezoo.samplers import SAMPLERS
from aezoo.spec import Protocol, Trial

MODEL = """
from aezoo.models import MODELS
from aezoo.models.base import Model

SLOPE = 2.0

@MODELS.register("made-up", corrupt=0.3)
class MadeUp(Model):
    "A model of a test."

    def __init__(self, protocol, corrupt: float = 0.1, depth: int = 2, *, word: str = "a", odd: object = SLOPE):
        super().__init__(protocol)

    def objective(self, x):
        return {"loss": x[:, 0]}

    def decode_logits(self, z):
        return z
"""
SAMPLER = """
import numpy as np
from aezoo.samplers import SAMPLERS

@SAMPLERS.register("made-up-sampler")
def made_up(latent, n, seed):
    "Zeros."
    return np.zeros((n, latent.codes.shape[1]), np.float32)
"""
METRIC = """
from aezoo.metrics import METRICS, Score

@METRICS.register("made-up-metric", question="latent", needs=("codes",), scores=(Score("made-up", "share", "lower"),))
def made_up(codes):
    "One."
    return 1.0
"""
FILES = {
    "made_up/__init__.py": "",
    "made_up/model.py": MODEL,
    "made_up/sampler.py": SAMPLER,
    "made_up/metric.py": METRIC,
}
POINTS = {
    "aezoo.models": {"made-up": "made_up.model"},
    "aezoo.samplers": {"made-up-sampler": "made_up.sampler"},
    "aezoo.metrics": {"made-up-metric": "made_up.metric"},
}


def trial(model="vae", **parameters):
    return Trial(dataset="mnist-5k", model=model, parameters=parameters, protocol=Protocol(), seed=0)


@pytest.mark.parametrize(("given", "expected"), [
    (trial("vae"), {"beta": 1}),
    (trial("beta-vae"), {"beta": 4}),
    (trial("beta-vae", beta=2.5), {"beta": 2.5}),
    (trial("pca"), {}),
    (trial("oracle"), {}),
    (trial("blur"), {"dose": 1}),
    (trial("mode-dropper"), {"dose": 5}),
    (trial("mode-dropper", dropped="4+9"), {"dose": 2, "dropped": "4+9"}),
])  # fmt: skip
def test_parameters_in_force_are_given_ones_over_presets_over_defaults(given, expected):
    found = parameters_in_force(given)
    assert {name: value for name, value in found.items() if value != "" or name in expected} == expected


def test_a_trial_has_digests_of_all_that_makes_it():
    sources = trial_sources(trial(), ["fd", "mse"], ["prior"])
    assert {kind: sorted(digests) for kind, digests in sources.items()} == {
        "architecture": ["mlp"], "data set": ["mnist-5k"], "metric": ["fd", "mse"], "model": ["vae"],
        "optimizer": ["rmsprop"], "sampler": ["prior"],
    }  # fmt: skip
    assert all(len(digest) == 16 for digests in sources.values() for digest in digests.values())
    assert sources["metric"]["fd"] != sources["metric"]["mse"]
    assert set(trial_sources(trial("blur"), ["fd"], role="control")) == {"control", "data set", "metric", "sampler"}


def record_of(given: Trial):
    record = new_record(given)
    names = ["fd", "mse", *(name for name in METRICS.names() if name.startswith("made"))]
    sources = trial_sources(given, names, SAMPLERS.names())
    return {**record, "parameters": parameters_in_force(given), "sources": sources, "environment": environment()}


def texts(record):
    return [change.text for change in CurrentCode().changes(record)]


def test_code_that_stays_is_no_change():
    assert texts(record_of(trial())) == []
    assert texts(record_of(trial("mode-dropper", dropped="4+9"))) == []


def test_older_records_tell_of_packages_alone():
    old = {**new_record(trial("beta-vae")), "environment": environment()}
    assert texts(old) == []
    del old["sources"], old["parameters"]
    assert texts(old) == []
    assert texts({**old, "environment": {**environment(), "keras": "1.0"}}) == [
        f"keras 1.0, now {environment()['keras']}"
    ]


def test_of_aezoos_own_metrics_the_version_counts_and_of_the_rest_aezoos():
    record = record_of(trial())
    other = {kind: dict.fromkeys(digests, "0" * 16) for kind, digests in record["sources"].items()}
    changed = texts({**record, "sources": other})
    assert "another source of model vae" in changed
    assert "another source of sampler prior" in changed
    assert not any("metric" in text for text in changed)
    upgraded = {**environment(), "aezoo": "0.0"}
    assert texts({**record, "sources": other, "environment": upgraded}) == [f"aezoo 0.0, now {environment()['aezoo']}"]


@pytest.mark.parametrize(("file", "old", "new", "expected"), [
    ("model", "x[:, 0]", "x[:, 1]", ["another source of model made-up"]),
    ("model", "corrupt=0.3", "corrupt=0.5",
     ["model made-up with corrupt 0.3, now 0.5", "another source of model made-up"]),
    ("model", "depth: int = 2", "depth: int = 3",
     ["model made-up with depth 2, now 3", "another source of model made-up"]),
    ("model", 'word: str = "a"', 'word: str = "b"',
     ["model made-up with word a, now b", "another source of model made-up"]),
    ("model", "SLOPE = 2.0", "SLOPE = -2.0", ["another source of model made-up"]),
    ("sampler", "np.zeros", "np.ones", ["another source of sampler made-up-sampler"]),
    ("metric", "return 1.0", "return 2.0", ["another source of metric made-up-metric"]),
    ("metric", "return 1.0", "return 1.0  # one", []),
    ("model", "A model of a test.", "Another docstring.", []),
    ("metric", "def made_up(codes):", "\n\ndef made_up(\n    codes\n):", []),
])  # fmt: skip
def test_what_a_plugins_author_changes_is_noticed(plugged_in, file, old, new, expected):  # noqa: F811
    folder = plugged_in("made-up", FILES, POINTS)
    record = record_of(trial("made-up"))
    assert record["parameters"] == {"corrupt": 0.3, "depth": 2, "word": "a", "odd": 2}
    assert texts(record) == []
    source = (folder / f"made_up/{file}.py").read_text()
    assert old in source
    (folder / f"made_up/{file}.py").write_text(source.replace(old, new))
    plugged_in.again()
    assert texts(record) == expected
    assert declared_parameters("made-up")["depth"] in (2, 3)


def test_a_parameter_that_was_given_does_not_follow_the_default(plugged_in):  # noqa: F811
    folder = plugged_in("made-up", FILES, POINTS)
    record = record_of(trial("made-up", corrupt=0.5))
    (folder / "made_up/model.py").write_text(MODEL.replace("corrupt=0.3", "corrupt=0.4"))
    plugged_in.again()
    assert texts(record) == ["another source of model made-up"]


def test_a_plugin_that_is_gone_is_no_change(plugged_in):  # noqa: F811
    folder = plugged_in("made-up", FILES, POINTS)
    record = record_of(trial("made-up"))
    (folder / "made_up-1.0.dist-info" / "entry_points.txt").write_text("")
    plugged_in.again()
    assert texts(record) == []


def row(family, sampler=None):
    return {"family": family, "sampler": sampler}


def scored(metrics, digest, samplers=("prior",)):
    sources = {"metric": dict.fromkeys(metrics, digest), "sampler": dict.fromkeys(samplers, digest)}
    return {
        **new_record(trial()),
        "metrics": dict.fromkeys(metrics, 1),
        "samplers": list(samplers),
        "scores": [row("fd", "prior"), row("kd", "prior"), row("mse")],
        "sources": {**sources, "model": {"vae": digest}},
    }


def test_scores_that_are_computed_again_bring_their_digests_and_no_others():
    old = scored(["fd", "kd", "mse"], "old")
    sources = merge_scores(old, scored(["fd"], "new"))["sources"]
    assert sources["metric"] == {"fd": "new", "kd": "old", "mse": "old"}
    assert (sources["model"], sources["sampler"]) == ({"vae": "old"}, {"prior": "old"})
    sources = merge_scores(old, scored(["fd", "kd"], "new"))["sources"]
    assert sources["sampler"] == {"prior": "new"}
    older = {key: value for key, value in old.items() if key != "sources"}
    assert merge_scores(older, scored(["mse"], "new"))["sources"] == {"metric": {"mse": "new"}}


def test_the_trace_of_an_error_names_no_folder_of_the_machine(tmp_path, monkeypatch):
    (tmp_path / "made_up_fault.py").write_text("def fail():\n    raise ValueError('no')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ValueError, match="no") as caught:
        import_module("made_up_fault").fail()
    trace = describe_error(caught.value)["traceback"]
    assert 'File "made_up_fault.py", line 2, in fail' in trace
    assert str(tmp_path) not in trace


def test_a_parameter_that_a_control_no_longer_has_is_no_error():
    given = trial("mode-dropper", gone=3)
    record = {**new_record(given, "control"), "environment": environment(), "parameters": {"dose": 5, "gone": 3}}
    assert texts(record) == []
    assert texts({**record, "sources": {"control": {"mode-dropper": "0" * 16}}}) == [
        "another source of control mode-dropper"
    ]
