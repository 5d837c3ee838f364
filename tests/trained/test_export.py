"""Exported files are opened by Keras alone, on each backend that is installed, and compute the same."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from aezoo.errors import UsageError
from aezoo.trained.export import export, traced
from aezoo.trained.load import load_trained

READER = """
import sys, numpy as np, keras
folder = sys.argv[1]
encoder, decoder = (keras.saving.load_model(f"{folder}/{name}.keras") for name in ("encoder", "decoder"))
images = np.load(f"{folder}/images.npy")
codes = np.asarray(keras.ops.convert_to_numpy(encoder(images)))
np.save(f"{folder}/codes.npy", codes)
np.save(f"{folder}/decoded.npy", np.asarray(keras.ops.convert_to_numpy(decoder(codes))))
assert not any(name.partition(".")[0] == "aezoo" for name in sys.modules)
"""
BACKENDS = ("tensorflow", "jax", "torch")


@pytest.fixture(scope="module")
def exported(smoke_run, tmp_path_factory):
    trained = load_trained(smoke_run.folder, "vae")
    folder = tmp_path_factory.mktemp("exported")
    return trained, folder, export(trained, folder)


@pytest.mark.parametrize("backend", [name for name in BACKENDS if importlib.util.find_spec(name)])
def test_plain_keras_computes_the_same(exported, digits, backend):
    trained, folder, _ = exported
    images = digits.held_out.images[:50].reshape(50, -1).astype(np.float32) / 255
    np.save(folder / "images.npy", images)
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": ""}
    command = [sys.executable, "-c", READER, str(folder)]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    codes = np.asarray(trained.model.encode(images))
    np.testing.assert_allclose(np.load(folder / "codes.npy"), codes, atol=1e-5, rtol=1e-5)
    np.testing.assert_allclose(np.load(folder / "decoded.npy"), np.asarray(trained.model.decode(codes)), atol=1e-5)


def test_the_card_says_how_it_was_trained_and_how_to_open_it(exported):
    trained, _, paths = exported
    assert [path.name for path in paths] == ["encoder.keras", "decoder.keras", "README.md"]
    text = paths[-1].read_text()
    for part in ("# vae", "Kingma and Welling 2014", "mnist-5k", "seed 0", 'load_model("encoder.keras")', "| nll |"):
        assert part in text
    assert trained.record["dataset"]["fingerprint"][:12] in text


def test_a_method_beyond_keras_is_refused_in_one_line(exported):
    model = exported[0].model
    with pytest.raises(
        UsageError, match="the encoder of VAE is made of more than operations of Keras, so that it cannot"
    ):
        traced(lambda x: tf.math.cumsum(x, axis=1), 784, "encoder", model)
