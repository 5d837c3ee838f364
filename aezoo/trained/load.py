"""Loading a trained model from a results folder, with the record of its trial."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from aezoo.datasets import Dataset, load_dataset
from aezoo.errors import DatasetError, ResultsError, UnknownNameError, UsageError
from aezoo.messages import WEIGHTS
from aezoo.npz import DAMAGE, from_npz
from aezoo.record import TRAINED_ROLES, Record
from aezoo.spec import ModelSpec, Protocol, Trial, complete_protocol
from aezoo.store import Store
from aezoo.threads import import_tensorflow

if TYPE_CHECKING:
    from aezoo.models.base import Model

DATASET = "dataset"
"""The one setting by which trials are told apart that is none of the protocol."""


@dataclass(frozen=True)
class TrainedModel:
    """A trained model, the record of the trial that trained it, and the settings by which it was asked for."""

    model: Model
    record: Record
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def trial(self) -> Trial:
        """The trial: model, parameters, protocol, data set, seed."""
        return Trial.model_validate(self.record["spec"])

    def stem(self, what: str = "") -> str:
        """Return a name for its files, such as ``vae-seed0-samples``, without characters that a shell reads.

        With the settings that were asked for, by which models of a folder differ: ``vae-latent_dim_16-seed0-samples``.
        """
        asked = [f"{name}_{value}" for name, value in self.settings.items()]
        label = re.sub(r"[^A-Za-z0-9._-]", "_", "-".join([self.record["label"], *asked]))
        return f"{label}-seed{self.trial.seed}{what and '-'}{what}"

    def load_data(self, data_file: Path | str | None = None) -> Dataset:
        """Load the images that it was trained on; raises `DatasetError` where what is found is other data."""
        name, fingerprint = self.record["dataset"]["name"], self.record["dataset"]["fingerprint"]
        found = load_dataset(name, data_file)
        if found.fingerprint != fingerprint:
            raise DatasetError(
                f"{self.record['label']} was trained on {name} with fingerprint {fingerprint[:12]}; the one found here "
                f"has {found.fingerprint[:12]}; give the data that it was trained on"
            )
        return found


def load_model(
    folder: Path | str, model: str, seed: int | None = None, settings: Mapping[str, Any] | None = None
) -> Model:
    """Load the trained Keras model of a trial: `decode`, and `encode` and `sample` as far as it has them.

    `model.sample(64, seed=0)` are images (64, 28, 28), `model.encode(x)` codes (n, d) of images (n, 784) in [0, 1], and
    `model.decode(z)` mean images (n, 784) of codes.

    Args:
        folder: a results folder.
        model: a model as tables show it: ``vae``, ``beta-vae:beta=10``.
        seed: of the trial; None for the lowest that was trained.
        settings: of the protocol, such as ``{"latent_dim": 16}``, or the data set, ``{"dataset": "mnist"}``, where the
            folder holds several.

    Raises:
        ResultsError: the folder holds no weights of the model, or they are not those of today's code.
        UnknownNameError: the folder holds no such model.
        UsageError: it holds the model without such a seed or setting, or several trials are meant, or what has the
            name is not trained, such as the oracle.
    """
    return load_trained(folder, model, seed, settings).model


def load_trained(
    folder: Path | str, model: str, seed: int | None = None, settings: Mapping[str, Any] | None = None
) -> TrainedModel:
    """Load a trained model with its record; arguments and errors are those of `load_model`."""
    store = Store(Path(folder))
    record = find_trial(store, model, seed, settings or {})
    content = store.artifact(record, WEIGHTS)
    if content is None:
        raise ResultsError(
            f"{store.folder} has scores of {model} and no weights, which published results leave out; train it again "
            "into a folder of your own, or give the folder that it was trained in"
        )
    return TrainedModel(_rebuild(record, content), record, settings or {})


def find_trial(store: Store, model: str, seed: int | None, settings: Mapping[str, Any]) -> Record:
    """Find the record of one finished trial of a model; arguments and errors are those of `load_model`."""
    for name in settings:
        if name not in (DATASET, *Protocol.model_fields):
            known = ", ".join(Protocol.model_fields)
            raise UsageError(f"a protocol has no setting {name!r}; its settings are {known}; beside them, {DATASET}")
    label = ModelSpec.parse(model).label
    records = [record for record in store.records() if record["status"] == "done"]
    labelled = [record for record in records if record["label"] == label and record["role"] in TRAINED_ROLES]
    if not labelled:
        raise _no_model(label, records)
    named = [record for record in labelled if _has(record, settings)]
    if not named:
        asked = ", ".join(f"{name} {value}" for name, value in settings.items())
        raise UsageError(f"{store.folder} holds no finished trial of {label} with {asked}; see `status`")
    seeds = sorted({record["spec"]["seed"] for record in named})
    wanted = seeds[0] if seed is None else seed
    if wanted not in seeds:
        raise UsageError(f"{store.folder} holds {label} with seeds {', '.join(map(str, seeds))}, not {wanted}")
    found = [record for record in named if record["spec"]["seed"] == wanted]
    if len(found) > 1:
        raise UsageError(
            f"{store.folder} holds {len(found)} trials of {label} with seed {wanted}, which differ in "
            f"{differences(found)}; say which by settings"
        )
    return found[0]


def _no_model(label: str, records: Sequence[Record]) -> UsageError:
    """Make the error of a name that no trained model has."""
    known = {record["label"] for record in records if WEIGHTS in record["artifacts"]}
    roles = {record["role"] for record in records if record["label"] == label}
    if not roles:
        return UnknownNameError("trained model of this folder", label, known)
    names = ", ".join(sorted(known)) or "none"
    return UsageError(f"{label} is not a trained model, its role is {min(roles)}; trained models here: {names}")


def differences(records: Sequence[Record]) -> str:
    """Name the settings in which trials differ, with their values: ``latent_dim 2, 16``; the name of the protocol last.

    That comes into question where two protocols are alike in all else.
    """
    settings = [_settings(record) for record in records]
    values = {name: list(dict.fromkeys(each[name] for each in settings)) for name in settings[0]}
    told = [f"{name} {', '.join(map(str, each))}" for name, each in values.items() if len(each) > 1 and name != "name"]
    return "; ".join(told) or f"name {', '.join(values['name'])}"


def _has(record: Record, settings: Mapping[str, Any]) -> bool:
    found = _settings(record)
    return all(found[name] == value for name, value in settings.items())


def _settings(record: Record) -> dict[str, Any]:
    """Return the settings of a trial's protocol, and its data set."""
    return {DATASET: record["dataset"]["name"], **complete_protocol(record["spec"]["protocol"])}


def _rebuild(record: Record, content: bytes) -> Model:
    """Make the model of a record and give it its weights."""
    import_tensorflow()
    from aezoo.models import MODELS

    trial = Trial.model_validate(record["spec"])
    model = MODELS.get(trial.model).create(trial.protocol, trial.seed, trial.parameters)
    try:
        weights = list(from_npz(content).values())
        shapes = [tuple(np.shape(weight)) for weight in model.get_weights()]
        if [weight.shape for weight in weights] != shapes:
            raise ValueError(f"its {len(weights)} arrays have other shapes than the {len(shapes)} of today's code")
        model.set_weights(weights)
    except DAMAGE as error:
        raise ResultsError(
            f"the weights of {record['label']}, seed {trial.seed}, cannot be used: {error}; train it again"
        ) from error
    return model
