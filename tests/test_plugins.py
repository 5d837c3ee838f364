"""One file from outside for each kind of thing, with nothing else edited: installed, found and used in a trial."""

from __future__ import annotations

import numpy as np
import pytest
from support.plain_training import no_xla_module  # noqa: F401 - a fixture
from support.plugins import plugged_in  # noqa: F401 - a fixture

from aezoo.bench.commands.list import listing
from aezoo.datasets import load_dataset
from aezoo.errors import UsageError
from aezoo.messages import Request
from aezoo.npz import from_npz
from aezoo.registry import PluginWarning
from aezoo.reporting import render_tables, tables
from aezoo.runner.preflight import check_requests, check_samplers
from aezoo.runner.suite import make_suite
from aezoo.spec import Trial
from aezoo.trackers import TRACKERS, tracked_run
from aezoo.trial import run_trial

pytestmark = pytest.mark.usefixtures("no_xla_module")

METRICS_OF_A_TEST = ("mse", "fd")

MODEL = """
from keras import ops
from aezoo.models import MODELS, networks
from aezoo.models.base import Model

@MODELS.register("made-up")
class MadeUp(Model):
    "Minimises squared error."

    def __init__(self, protocol, scale: float = 1.0):
        super().__init__(protocol)
        self.scale = scale
        self.encoder = networks.encoder(protocol, heads=("code",))
        self.decoder = networks.decoder(protocol)

    def objective(self, x):
        return {"loss": self.scale * ops.sum(ops.square(x - self.decode(self.encode(x))), axis=1)}

    def encode(self, x):
        return self.encoder(x)

    def decode_logits(self, z):
        return self.decoder(z)
"""
DATASET = """
from aezoo.datasets import DATASETS, LoadedArrays, Split, load_dataset

@DATASETS.register("made-up", summary="Digits, inverted.")
def load(source):
    digits = load_dataset("mnist-5k").train
    return LoadedArrays(Split(255 - digits.images, digits.labels), None, "made up")
"""
SAMPLER = """
import numpy as np
from aezoo.samplers import SAMPLERS

@SAMPLERS.register("made-up")
def made_up(latent, n, seed):
    "Draws codes of training images."
    return latent.codes[np.random.default_rng(seed).integers(len(latent.codes), size=n)]
"""
CONTROL = """
import numpy as np
from aezoo.controls import CONTROLS

@CONTROLS.register("made-up", draws_from="train", doses=(0.25, 0.5), default=0.5, unit="intensity")
def made_up(images, labels, n, generator, dose):
    "Grey images."
    return np.full((n, 28, 28), dose, np.float32) + generator.random((n, 28, 28), np.float32) / 10
"""
METRIC = """
from aezoo.metrics import METRICS, Score

@METRICS.register("made-up", question="latent", needs=("codes",), scores=(Score("made_up", "dimensions", "neither"),))
def made_up(codes):
    "The dimensions of the code."
    return float(codes.shape[1])
"""
ARCHITECTURE = """
from aezoo.architectures import ARCHITECTURES, Architecture
from aezoo.architectures.layers import PIXELS, mlp

@ARCHITECTURES.register("made-up")
class MadeUp(Architecture):
    "Three hidden units."
    settings = frozenset()

    def encoder(self, protocol, heads, classes, name):
        return mlp(PIXELS + classes, [3], heads, name=name)

    def decoder(self, protocol, codes):
        return mlp(codes, [3], {"logits": PIXELS}, name="decoder")
"""
OPTIMIZER = """
import keras
from aezoo.optimizers import OPTIMIZERS

@OPTIMIZERS.register("made-up")
def made_up(learning_rate):
    "Steps of no length."
    return keras.optimizers.SGD(0.0)
"""
FORMAT = """
from aezoo.reporting.formats import FORMATS

@FORMATS.register("made-up", in_folders=False)
def made_up(document):
    "Headings alone."
    return "\\n".join(section.heading.upper() for section in document.sections)
"""
TRACKER = """
from aezoo.trackers import TRACKERS

@TRACKERS.register("made-up")
def made_up(run, folder):
    "Writes a name."
    (folder / run.id).write_text(run.name)
"""


@pytest.fixture
def add(plugged_in):  # noqa: F811
    """Installs one file that registers the thing "made-up" in one group."""

    def install(group: str, source: str, name: str = "made-up"):
        return plugged_in("made-up", {"made_up_file.py": source}, {f"aezoo.{group}": {name: "made_up_file"}})

    return install


def run(model: str = "ae", dataset: str = "mnist-5k", metrics=METRICS_OF_A_TEST, **settings):
    """A short trial of what a user could ask for by these names."""
    changes = {"epochs": 1, "hidden_units": 8, **settings}
    suite = make_suite([model], [0], dataset, "smoke", changes)
    spec = suite.models[0]
    given = {"model": spec.name, "parameters": spec.parameters}
    trial = Trial(dataset=dataset, protocol=suite.protocol, seed=0, **given)
    outcome = run_trial(Request(trial, load_dataset(dataset).fingerprint, metrics=metrics))
    assert outcome.record["status"] == "done", outcome.record["error"]
    assert "error" not in {row["state"] for row in outcome.record["scores"]}
    return outcome


def listed(kind: str) -> str:
    return " ".join(" ".join(listing(kind)).split())


def test_a_model(add):
    add("models", MODEL)
    assert "made-up Minimises squared error. parameters: scale=1.0 plug-in of made-up 1.0" in listed("models")
    record = run("made-up:scale=2").record
    assert (record["role"], record["parameters"]) == ("model", {"scale": 2})
    assert list(record["curves"]["train"]) == ["loss"]


def test_a_data_set(add):
    add("datasets", DATASET)
    assert "made-up Digits, inverted. plug-in of made-up 1.0" in listed("datasets")
    record = run("pca", "made-up").record
    assert (record["dataset"]["name"], record["dataset"]["judge"]) == ("made-up", None)
    assert record["dataset"]["sizes"] == {"train": 1800, "reference": 600, "oracle": 600}


@pytest.mark.slow
def test_a_sampler(add):
    add("samplers", SAMPLER)
    assert "made-up Draws codes of training images. plug-in of made-up 1.0" in listed("samplers")
    outcome = run()
    rows = [row for row in outcome.record["scores"] if row["sampler"] == "made-up"]
    assert {row["metric"] for row in rows} == {"fd_judge", "fd_pca"}
    assert {row["state"] for row in rows} == {"ok"}
    assert "samples/made-up" in from_npz(outcome.artifacts["gallery.npz"])


def test_a_control(add):
    add("controls", CONTROL)
    assert "made-up Grey images. draws from train; doses 0.25, 0.5 (0.5 unless said), intensity" in listed("controls")
    record = run("made-up:dose=0.25", metrics=("fd",)).record
    assert (record["role"], record["label"], record["parameters"]) == ("control", "made-up:dose=0.25", {"dose": 0.25})
    assert run("made-up:dose=0.5", metrics=("fd",)).record["label"] == "made-up"


@pytest.mark.slow
def test_a_metric(add):
    add("metrics", METRIC)
    assert "made-up The dimensions of the code. latent, version 1; made_up: neither" in listed("metrics")
    (row,) = run(metrics=("made-up",), latent_dim=5).record["scores"]
    assert (row["metric"], row["value"], row["state"]) == ("made_up", 5.0, "ok")


def test_an_architecture(add):
    add("architectures", ARCHITECTURE)
    assert "made-up Three hidden units. plug-in of made-up 1.0" in listed("architectures")
    weights = from_npz(run(architecture="made-up", hidden_units=256).artifacts["weights.npz"])
    assert (784, 3) in {array.shape for array in weights.values()}


@pytest.mark.slow
def test_an_optimizer(add):
    add("optimizers", OPTIMIZER)
    assert "made-up Steps of no length. plug-in of made-up 1.0" in listed("optimizers")
    still, moved = run(optimizer="made-up", epochs=2).record, run(epochs=2).record
    assert np.ptp(still["curves"]["held_out"]["loss"]) == 0
    assert moved["curves"]["held_out"]["loss"][1] < moved["curves"]["held_out"]["loss"][0]


def test_a_table_format(add):
    add("formats", FORMAT)
    assert "made-up Headings alone. plug-in of made-up 1.0" in listed("formats")
    text = render_tables(tables([run("pca").record]), "made-up")
    assert "MNIST-5K" in text
    assert text == text.upper()


def test_a_tracker(add, tmp_path):
    add("trackers", TRACKER)
    assert "made-up Writes a name. plug-in of made-up 1.0" in listed("trackers")
    record = run("pca").record
    TRACKERS.get("made-up")(tracked_run(record), tmp_path)
    assert (tmp_path / record["id"]).read_text() == "pca seed 0"


BROKEN = "import nothing_of_this_name\n"


@pytest.mark.parametrize(
    ("group", "choice"),
    [
        ("models", {"model": "made-up"}),
        ("controls", {"model": "made-up"}),
        ("architectures", {"architecture": "made-up"}),
        ("optimizers", {"optimizer": "made-up"}),
    ],
)
def test_what_cannot_be_imported_is_broken_in_list_and_ends_a_run_before_it(add, group, choice):
    add(group, BROKEN)
    reason = "of made-up 1.0 cannot be loaded: ModuleNotFoundError: No module named 'nothing_of_this_name'"
    assert f"broken: {group[:-1]} 'made-up' {reason}" in listed(group)
    suite = make_suite([choice.pop("model", "ae")], [0], "mnist-5k", "smoke", choice)
    requests = [Request(trial, "0" * 64) for trial in suite.trials("mnist-5k")]
    with pytest.raises(UsageError, match="cannot be loaded: ModuleNotFoundError"):
        check_requests(requests)


def test_a_data_set_that_cannot_be_imported_ends_a_run_before_it(add):
    add("datasets", BROKEN)
    with pytest.raises(UsageError, match="dataset 'made-up' of made-up 1.0 cannot be loaded: ModuleNotFoundError"):
        load_dataset("made-up")


def test_a_sampler_that_cannot_be_imported_costs_its_own_rows(add):
    add("samplers", BROKEN)
    trial = Trial(dataset="mnist-5k", model="pca", protocol=make_suite(protocol="smoke").protocol, seed=0)
    record = run_trial(Request(trial, load_dataset("mnist-5k").fingerprint, metrics=("fd",))).record
    states = {(row["sampler"], row["state"]) for row in record["scores"]}
    assert states == {("made-up", "error"), ("prior", "ok"), ("gaussian-mixture", "ok")}
    assert "sampler made-up failed" in record["warnings"][0]


def test_a_sampler_that_cannot_be_imported_is_said_before_a_run_and_ends_it_where_it_was_asked_for(add):
    add("samplers", BROKEN)
    trial = Trial(dataset="mnist-5k", model="pca", protocol=make_suite(protocol="smoke").protocol, seed=0)
    requests = [Request(trial, "0" * 64, samplers=("made-up", "prior"))]
    reason = "sampler 'made-up' of made-up 1.0 cannot be loaded: ModuleNotFoundError"
    with pytest.warns(PluginWarning, match=f"{reason}.*; its rows will say error"):
        check_samplers(requests, ["all"])
    with pytest.raises(UsageError, match=reason):
        check_samplers(requests, ["made-up"])


def test_a_model_that_breaks_its_contract_ends_a_run_before_it(add):
    add("models", MODEL.replace('return {"loss":', 'return {"los":'))
    suite = make_suite(["made-up"], [0], "mnist-5k", "smoke")
    with pytest.raises(UsageError, match="model 'made-up': objective returns 'los' and no 'loss'"):
        check_requests([Request(trial, "0" * 64) for trial in suite.trials("mnist-5k")])


def test_all_models_that_break_their_contract_are_named_before_anything_runs(add):
    faulty = MODEL.replace('return {"loss":', 'return {"los":')
    add("models", faulty + faulty.replace("made-up", "made-down"))
    suite = make_suite(["made-up", "vae", "made-down"], [0], "mnist-5k", "smoke")
    with pytest.raises(UsageError) as raised:
        check_requests([Request(trial, "0" * 64) for trial in suite.trials("mnist-5k")])
    named = [line.partition(": ")[0] for line in str(raised.value).splitlines()]
    assert named == ["model 'made-up'", "model 'made-down'"]


def test_a_metric_that_asks_for_what_there_is_not_is_broken(add):
    add("metrics", METRIC.replace('"codes"', '"codez"').replace("(codes)", "(codez)"))
    assert "broken: metric 'made-up' of made-up 1.0 cannot be loaded: UnknownNameError" in listed("metrics")
    assert "codez" in listed("metrics")


def test_a_model_called_vae_is_refused_with_both_origins(add):
    add("models", MODEL.replace('"made-up"', '"vae"'), name="vae")
    with pytest.warns(PluginWarning, match="is refused"):
        make_suite(["vae"])
    text = listed("models")
    assert "vae Variational autoencoder" in text
    assert "model 'vae' of made-up 1.0 (made_up_file) is refused: aezoo.models.vae of aezoo has the name" in text
