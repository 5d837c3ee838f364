"""Encoder and decoder of a trained model as files of plain Keras, with a model card."""

from __future__ import annotations

import inspect
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from aezoo.architectures.layers import PIXELS
from aezoo.errors import ResultsError, UsageError, plain_message
from aezoo.files import read_regular, write_atomically
from aezoo.models.base import Model, Tensor
from aezoo.models.capabilities import HasEncoder, HasPrior
from aezoo.record import Record
from aezoo.seeds import generator
from aezoo.source import first_sentence
from aezoo.trained.load import TrainedModel

CARD = "README.md"
MAX_CARD_BYTES = 2**20
CARD_SCORES = ("nll", "ssim", "elbo_binary", "iwae_binary", "linear_probe_accuracy", "fd_judge", "coverage_judge")
"""Scores that a card shows, as far as the record has them."""
ROWS = 3
"""Rows on which a written file is compared with the model; then the first of them alone."""
TOLERANCE = 1e-5
"""Largest difference from the model, for each output and relative to one above 1."""


def export(trained: TrainedModel, folder: Path) -> list[Path]:
    """Write `encoder.keras`, `decoder.keras` and a model card into `folder`; return their paths.

    The files hold layers and operations of Keras alone: `keras.saving.load_model` opens them without aezoo, on every
    backend. The encoder maps images (n, 784), with labels (n, 784 + classes), to codes (n, d), the decoder codes to
    mean images (n, 784). Each file is opened again and compared with the model before any is left in `folder`.

    An earlier export of the same trial, told by its card, is replaced; no other file is.

    Raises:
        UsageError: the model computes with more than operations of Keras, so that no file of Keras can hold it, or a
            file does not compute what the model does, or another file has the name of one of them. No file is written.
        ResultsError: the folder cannot be written.
    """
    model = trained.model
    parts: dict[str, keras.Model] = {}
    if isinstance(model, HasEncoder):
        parts["encoder"] = traced(model.encode, model.input_size, "encoder", model)
        codes = parts["encoder"].output_shape[-1]
    else:
        codes = int(model.sample_prior(1, 0).shape[-1]) if isinstance(model, HasPrior) else model.protocol.latent_dim
    parts["decoder"] = traced(lambda z: ops.sigmoid(model.decode_logits(z)), codes, "decoder", model)
    names = [*(f"{part}.keras" for part in parts), CARD]
    _reject_other_files(folder, names, trained.record)
    contents = {CARD: card(trained, parts).encode(), **written_parts(model, parts)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():  # the card first: an export that ends early can be made again
            write_atomically(folder / name, content)
    except OSError as error:
        raise ResultsError(f"{folder} cannot be written: {error.strerror}; choose another with --out") from error
    return [folder / name for name in names]


def _reject_other_files(folder: Path, names: Collection[str], record: Record) -> None:
    """Raise `UsageError` where one of `names` is taken, unless a card in the folder is of the same trial."""
    try:
        earlier = read_regular(folder / CARD, MAX_CARD_BYTES).decode()
    except (OSError, ValueError):
        earlier = ""
    taken = [folder / name for name in names if os.path.lexists(folder / name)]
    if taken and _signature(record) not in earlier:
        raise UsageError(
            f"{taken[-1]} is there already and is not of an export of {record['label']}, seed {record['spec']['seed']} "
            f"(trial {record['id'][:12]}), so it is not replaced; choose an empty folder with --out"
        )


def _signature(record: Record) -> str:
    """Return the sentence by which a card names its trial."""
    return f"Trial {record['id'][:12]}."


def traced(function: Callable[[Tensor], Tensor], inputs: int, name: str, model: Model) -> keras.Model:
    """Return a functional Keras model of a method of `model` that maps rows (n, inputs)."""
    symbolic = keras.Input((inputs,), name="images" if name == "encoder" else "codes")
    try:
        return keras.Model(symbolic, function(symbolic), name=name)
    except Exception as error:
        raise UsageError(
            f"the {name} of {type(model).__name__} is made of more than operations of Keras, so that it cannot be "
            f"exported: {plain_message(error)}; use aezoo.load_model"
        ) from error


def written_parts(model: Model, parts: dict[str, keras.Model]) -> dict[str, bytes]:
    """Return the files of the parts by name, each opened again and found equal to the model; raises `UsageError`."""
    images = _some_images(model)
    inputs = {"encoder": images, "decoder": _some_codes(model, images, parts["decoder"].input_shape[-1])}
    contents = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name, part in parts.items():
            path = Path(scratch) / f"{name}.keras"
            try:
                part.save(path)
                fault = _fault(path, inputs[name], model.encode if name == "encoder" else model.decode)
            except Exception as error:  # Keras raises anything for what it cannot write, read or compute
                fault = plain_message(error)
            if fault:
                raise UsageError(
                    f"the {name} of {type(model).__name__} was to be exported for plain Keras, and its file does not "
                    f"do what the model does: {fault}; use aezoo.load_model"
                )
            contents[path.name] = path.read_bytes()
    return contents


def _fault(path: Path, inputs: NDArray[np.float32], function: Callable[[Tensor], Tensor]) -> str:
    """Say in a clause why a file is not `function` in plain Keras; empty where it is. Raises what Keras raises."""
    with zipfile.ZipFile(path) as file:
        foreign = sorted(set(_foreign_classes(json.loads(file.read("config.json")))))
    if foreign:
        return f"it names {', '.join(foreign)}, which Keras does not have"
    opened = keras.saving.load_model(path, compile=False)
    for rows in (inputs, inputs[:1]):
        expected = ops.convert_to_numpy(function(ops.convert_to_tensor(rows)))
        found = ops.convert_to_numpy(opened(ops.convert_to_tensor(rows)))
        if found.shape != expected.shape:
            return f"for {len(rows)} rows it gives {found.shape}, the model {expected.shape}"
        difference = np.max(np.abs(found - expected) / np.maximum(1, np.abs(expected)))
        if not difference <= TOLERANCE:  # nor NaN
            return f"it differs by {difference:.3g}, and {TOLERANCE:g} are allowed"
    return ""


def _foreign_classes(config: object) -> Iterator[str]:
    """Yield the classes and functions in the configuration of a file that are not of Keras."""
    if isinstance(config, list):
        for value in config:
            yield from _foreign_classes(value)
    elif isinstance(config, dict):
        module = config.get("module")
        if "class_name" in config and isinstance(module, str) and module.partition(".")[0] not in ("keras", "builtins"):
            yield f"{module}.{config['class_name']}"
        for value in config.values():
            yield from _foreign_classes(value)


def _some_images(model: Model) -> NDArray[np.float32]:
    """Draw `ROWS` images as the model is given them: uniform pixels, and one-hot labels where it is told these."""
    pixels = generator(0, "export").random((ROWS, PIXELS), dtype=np.float32)
    if not model.classes:
        return pixels
    labels = np.eye(model.classes, dtype=np.float32)[np.arange(ROWS) % model.classes]
    return np.concatenate([pixels, labels], axis=1)


def _some_codes(model: Model, images: NDArray[np.float32], codes: int) -> NDArray[np.float32]:
    """Return `ROWS` codes (ROWS, codes): of the prior, else of images, else normal ones."""
    if isinstance(model, HasPrior):
        return np.asarray(model.sample_prior(ROWS, 0), np.float32)
    if isinstance(model, HasEncoder):
        return np.asarray(model.encode(ops.convert_to_tensor(images)), np.float32)
    return generator(0, "export", "codes").standard_normal((ROWS, codes), dtype=np.float32)


def card(trained: TrainedModel, parts: dict[str, keras.Model]) -> str:
    """Write the model card, Markdown: the model, its training, its scores, its limits, and code that opens it."""
    size, codes = trained.model.input_size, parts["decoder"].input_shape[-1]
    told = "" if size == PIXELS else f", then one-hot labels of {size - PIXELS} classes"
    record, trial, model = trained.record, trained.trial, trained.model
    protocol, paper = trial.protocol, model.papers.get(trial.model, model.paper)
    scores = [
        f"| {row['metric']} | {row['sampler'] or ''} | {row['value']:.5g} {row['unit']} |"
        for row in record["scores"]
        if row["metric"] in CARD_SCORES and row["value"] is not None
    ]
    lines = [
        f"# {record['label']}",
        "",
        first_sentence(inspect.getdoc(type(model)) or ""),
        f"After {paper}." if paper else "",
        "",
        f"Trained by aezoo {record['environment'].get('aezoo', '')} on {record['dataset']['name']} (fingerprint "
        f"{record['dataset']['fingerprint'][:12]}): protocol {protocol.name}, {protocol.epochs} epochs, batches of "
        f"{protocol.batch_size}, {protocol.optimizer}, latent size {protocol.latent_dim}, seed {trial.seed}. "
        f"{_signature(record)}",
        "",
        "```python",
        "import keras",
        "",
        *(f'{part} = keras.saving.load_model("{part}.keras")' for part in parts),
        *([f"codes = encoder(images)  # float32 (n, {size}): pixels in [0, 1]{told}"] if "encoder" in parts else []),
        f"images = decoder(codes)  # codes float32 (n, {codes}); mean images (n, 784)",
        "```",
        "",
        *(["| score | sampler | value |", "|:--|:--|--:|", *scores, ""] if scores else []),
        "For teaching and comparison: small networks on 28 x 28 images, not to be relied on for anything else.",
    ]
    return "\n".join(lines) + "\n"
