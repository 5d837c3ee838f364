"""Exported files are opened by Keras alone, on each backend, and compute the same."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf
from support.factories import record

from aezoo.errors import ResultsError, UsageError
from aezoo.models import MODELS
from aezoo.spec import Protocol
from aezoo.trained.export import card, export, traced
from aezoo.trained.load import load_trained

READER = """
import sys, numpy as np, keras
for folder in sys.argv[1:]:
    for name in ("encoder", "decoder"):
        rows = np.load(f"{folder}/{name}-rows.npy")
        model = keras.saving.load_model(f"{folder}/{name}.keras")
        np.save(f"{folder}/{name}-{keras.backend.backend()}.npy", keras.ops.convert_to_numpy(model(rows)))
assert not any(name.partition(".")[0] == "aezoo" for name in sys.modules)
"""
ON_EACH_BACKEND = ("ae", "cvae", "fsq-vae", "gumbel-vae", "lfq-vae", "pq-vae", "rq-vae", "svae", "vamp-vae")
"""Beside a trained VAE: one model for each kind of code and of operations that lead to it."""
BACKENDS = ("tensorflow", "jax", "torch")
REFUSED = {
    "flow-matching": "the decoder of .* is made of more than operations of Keras",
    "made": "the decoder of .* is made of more than operations of Keras",
    "mean-image": "the decoder of .* is made of more than operations of Keras",
    "pca": "the decoder of .* is made of more than operations of Keras",
    "vae-iaf": "the encoder of .* it names aezoo.architectures.masked.MaskedDense, which Keras does not have",
}
"""Models that cannot be exported, and what is said of each."""


def jittered(name):
    """A small model, whose weights are no longer those in which flows are the identity."""
    model = MODELS.get(name).create(Protocol(name="small", latent_dim=16, hidden_units=8), 0)
    random = np.random.default_rng(0)
    model.set_weights([weight + 0.1 * random.random(weight.shape, np.float32) for weight in model.get_weights()])
    return model


def as_trained(model):
    """The model with a record of another, as far as a card reads it."""
    return SimpleNamespace(
        model=model, record=record(), trial=SimpleNamespace(model="vae", protocol=model.protocol, seed=0)
    )


@pytest.fixture(scope="module")
def exported(smoke_run, tmp_path_factory):
    trained = load_trained(smoke_run.folder, "vae")
    folder = tmp_path_factory.mktemp("exported")
    return trained, folder, export(trained, folder)


@pytest.fixture(scope="module")
def for_each_backend(exported, digits, tmp_path_factory):
    """Folders of exported files with the rows to compute, and the results of the models they are of."""
    models = {exported[1]: exported[0].model}
    for name in ON_EACH_BACKEND:
        folder = tmp_path_factory.mktemp(name)
        models[folder] = jittered(name)
        export(as_trained(models[folder]), folder)
    pixels = digits.held_out.images[:50].reshape(50, -1).astype(np.float32) / 255
    expected = {}
    for folder, model in models.items():
        told = np.eye(model.classes, dtype=np.float32)[np.arange(50) % 10] if model.classes else np.zeros((50, 0))
        images = np.concatenate([pixels, told], axis=1).astype(np.float32)
        codes = np.asarray(model.encode(images))
        np.save(folder / "encoder-rows.npy", images)
        np.save(folder / "decoder-rows.npy", codes)
        expected[folder] = codes, np.asarray(model.decode(codes))
    return expected


def need(backend):
    """Skip the test where a backend is missing, or fail where backends are required."""
    if importlib.util.find_spec(backend) is not None:
        return
    if os.environ.get("AEZOO_REQUIRE_BACKENDS"):
        pytest.fail(f"AEZOO_REQUIRE_BACKENDS is set and {backend} is missing")
    how_to = "pip install -e '.[backends]'" if backend == "jax" else f"pip install {backend}"
    pytest.skip(f"needs a backend: {backend} ({how_to})")


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
def test_plain_keras_computes_the_same(for_each_backend, tmp_path, backend):
    need(backend)
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": ""}
    command = [sys.executable, "-c", READER, *map(str, for_each_backend)]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for folder, (codes, decoded) in for_each_backend.items():
        found = np.load(folder / f"encoder-{backend}.npy")
        np.testing.assert_allclose(found, codes, atol=1e-5, rtol=1e-5, err_msg=folder.name)
        found = np.load(folder / f"decoder-{backend}.npy")
        np.testing.assert_allclose(found, decoded, atol=1e-5, err_msg=folder.name)


def test_the_card_says_how_it_was_trained_and_how_to_open_it(exported):
    trained, _, paths = exported
    assert [path.name for path in paths] == ["encoder.keras", "decoder.keras", "README.md"]
    text = paths[-1].read_text()
    for part in ("# vae", "Kingma and Welling 2014", "mnist-5k", "seed 0", 'load_model("encoder.keras")', "| nll |"):
        assert part in text
    assert trained.record["dataset"]["fingerprint"][:12] in text


def test_an_export_replaces_an_earlier_one_of_its_trial_and_nothing_else(exported, smoke_run, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "README.md").write_text("mine")
    with pytest.raises(UsageError, match=r"README.md is there already .* vae, seed 0 .*; choose an empty folder with"):
        export(exported[0], folder)
    assert [path.read_text() for path in folder.iterdir()] == ["mine"]
    (folder / "README.md").rename(folder / "encoder.keras")
    with pytest.raises(UsageError, match=r"encoder.keras is there already"):
        export(exported[0], folder)
    (folder / "encoder.keras").unlink()
    assert export(exported[0], folder) == export(exported[0], folder)
    kept = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(UsageError, match=r"README.md is there already .* vae, seed 1 "):
        export(load_trained(smoke_run.folder, "vae", seed=1), folder)
    assert {path: path.read_bytes() for path in folder.iterdir()} == kept


def test_a_folder_that_cannot_be_written_is_told_in_one_line(exported, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match=r"file/out cannot be written: Not a directory; choose another with --out"):
        export(exported[0], tmp_path / "file" / "out")


def test_a_method_beyond_keras_is_refused_in_one_line(exported):
    model = exported[0].model
    with pytest.raises(
        UsageError, match="the encoder of VAE is made of more than operations of Keras, so that it cannot"
    ):
        traced(lambda x: tf.math.cumsum(x, axis=1), 784, "encoder", model)


@pytest.mark.parametrize("name", MODELS.names())
def test_each_model_is_exported_as_it_is_or_refused_in_one_line(tmp_path, name):
    model, folder = jittered(name), tmp_path / "files"
    if name in REFUSED:
        with pytest.raises(UsageError, match=REFUSED[name]) as refusal:
            export(as_trained(model), folder)
        assert "\n" not in str(refusal.value)
        assert not folder.exists()
        return
    names = [path.name for path in export(as_trained(model), folder)]
    assert names == [*(["encoder.keras"] if hasattr(model, "encode") else []), "decoder.keras", "README.md"]
    parts = {part: keras.saving.load_model(folder / part) for part in names[:-1]}
    for n in (3, 1):
        rows = np.random.default_rng(1).random((n, model.input_size), np.float32)
        if "encoder.keras" in parts:
            codes = np.asarray(model.encode(rows))
            np.testing.assert_allclose(parts["encoder.keras"](rows), codes, atol=1e-5, rtol=1e-5)
        else:
            codes = np.asarray(model.sample_prior(n, 1))
        np.testing.assert_allclose(parts["decoder.keras"](codes), model.decode(codes), atol=1e-5)


def test_a_file_that_computes_something_else_is_refused_and_none_is_left(tmp_path, monkeypatch):
    model = jittered("vae")
    kept = model.decode_logits
    monkeypatch.setattr(model, "decode_logits", lambda z: kept(z) if isinstance(z, keras.KerasTensor) else 2 * kept(z))
    with pytest.raises(UsageError, match="the decoder of VAE .* it differs by 0.*, and 1e-05 are allowed"):
        export(as_trained(model), tmp_path / "files")
    assert not (tmp_path / "files").exists()


def test_the_card_says_what_the_encoder_takes():
    def written(name, codes):
        model = jittered(name)
        return card(as_trained(model), {"encoder": None, "decoder": traced(model.decode, codes, "decoder", model)})

    assert "# float32 (n, 784): pixels in [0, 1]\n" in written("vae", 16)
    assert "# float32 (n, 794): pixels in [0, 1], then one-hot labels of 10 classes\n" in written("cvae", 26)
