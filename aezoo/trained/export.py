"""Encoder and decoder of a trained model as files of plain Keras, with a model card."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import keras
from keras import ops

from aezoo.errors import UsageError, plain_message
from aezoo.models.base import Model, Tensor
from aezoo.models.capabilities import HasEncoder, HasPrior
from aezoo.source import first_sentence
from aezoo.trained.load import TrainedModel

CARD = "README.md"
CARD_SCORES = ("nll", "ssim", "elbo_binary", "iwae_binary", "linear_probe_accuracy", "fd_judge", "coverage_judge")
"""Scores that a card shows, as far as the record has them."""


def export(trained: TrainedModel, folder: Path) -> list[Path]:
    """Write `encoder.keras`, `decoder.keras` and a model card into `folder`; return their paths.

    The files hold layers and operations of Keras alone: `keras.saving.load_model` opens them without aezoo, on every
    backend. The encoder maps images (n, 784) to codes (n, d), the decoder codes to mean images (n, 784).

    Raises:
        UsageError: the model computes with more than operations of Keras, so that no file of Keras can hold it.
    """
    model = trained.model
    parts: dict[str, keras.Model] = {}
    if isinstance(model, HasEncoder):
        parts["encoder"] = traced(model.encode, model.input_size, "encoder", model)
        codes = parts["encoder"].output_shape[-1]
    else:
        codes = int(model.sample_prior(1, 0).shape[-1]) if isinstance(model, HasPrior) else model.protocol.latent_dim
    parts["decoder"] = traced(lambda z: ops.sigmoid(model.decode_logits(z)), codes, "decoder", model)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, part in parts.items():
        part.save(folder / f"{name}.keras")
        written.append(folder / f"{name}.keras")
    (folder / CARD).write_text(card(trained, list(parts), codes), encoding="utf-8")
    return [*written, folder / CARD]


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


def card(trained: TrainedModel, parts: list[str], codes: int) -> str:
    """Write the model card, Markdown: the model, its training, its scores, its limits, and code that opens it."""
    record, trial, model = trained.record, trained.trial, trained.model
    protocol = trial.protocol
    scores = [
        f"| {row['metric']} | {row['sampler'] or ''} | {row['value']:.5g} {row['unit']} |"
        for row in record["scores"]
        if row["metric"] in CARD_SCORES and row["value"] is not None
    ]
    lines = [
        f"# {record['label']}",
        "",
        first_sentence(inspect.getdoc(type(model)) or ""),
        f"After {model.paper}." if model.paper else "",
        "",
        f"Trained by aezoo {record['environment'].get('aezoo', '')} on {record['dataset']['name']} (fingerprint "
        f"{record['dataset']['fingerprint'][:12]}): protocol {protocol.name}, {protocol.epochs} epochs, batches of "
        f"{protocol.batch_size}, {protocol.optimizer}, latent size {protocol.latent_dim}, seed {trial.seed}. Trial "
        f"{record['id'][:12]}.",
        "",
        "```python",
        "import keras",
        "",
        *(f'{part} = keras.saving.load_model("{part}.keras")' for part in parts),
        *(["codes = encoder(images)  # float32 (n, 784) in [0, 1]"] if "encoder" in parts else []),
        f"images = decoder(codes)  # codes float32 (n, {codes}); mean images (n, 784)",
        "```",
        "",
        *(["| score | sampler | value |", "|:--|:--|--:|", *scores, ""] if scores else []),
        "For teaching and comparison: small networks on 28 x 28 images, not to be relied on for anything else.",
    ]
    return "\n".join(lines) + "\n"
