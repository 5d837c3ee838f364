"""Models that the explorer of the report runs: their networks, codes, digits and judges, packed for the page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from aezoo.analysis.frames import Record
from aezoo.errors import ResultsError
from aezoo.messages import WEIGHTS
from aezoo.npz import from_npz
from aezoo.reporting.figures.selection import Gallery
from aezoo.reporting.report.explorer_kept import Payload, kept_model, origin
from aezoo.reporting.report.explorer_nearest import Decoded, Digits, decode_everywhere, training_images
from aezoo.reporting.report.networks import (
    Floats,
    Networks,
    find_networks,
    pack_bytes,
    pack_floats,
    round_floats,
    unit,
)
from aezoo.spec import complete_protocol
from aezoo.store import Store

MAX_PACKED = 2_000_000
"""Characters that the weights of all models may take in a page for which none is asked: three of the chapter's size."""
MAX_DIFFERENCE = 0.51 / 255
"""Largest difference of a pixel in [0, 1] from the saved reconstructions, which have 256 levels of grey."""
MAX_CODES = 600
PICKS_OF_CLASS = 2
JUDGE_MANTISSA = 8


NO_WEIGHTS = "the folder has no weights of it"
TOO_LARGE = "the page would grow too large"
OTHERS_ASKED = "others were asked for"
"""Reasons why a model is left out; to ask for it mends all but the first."""

DigitsOf = Callable[[Record], "Digits | str"]
"""Images of the data set of a record, or the reason why there are none."""


class _UnsuitedError(Exception):
    """A model that the explorer cannot run; the message is the reason, a clause."""


@dataclass
class ExploredModels:
    """Facts and arrays collected for the page.

    Attributes:
        store: the results folder.
        digits_of: gives images of a record's data set; None where there are none to be had.
        limited: weights of all models together may take no more than `MAX_PACKED`.
        models: of each model its networks and codes.
        left_out: of each model that cannot be shown its name and the reason.
        digits: images of each data set, by its fingerprint.
        judges: the networks of judges, by their names.
        without_weights: records whose folder has no weights.
        decoded: of each data set, by its fingerprint, what its models decode.
    """

    store: Store
    digits_of: DigitsOf | None
    limited: bool = True
    models: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    digits: dict[str, dict[str, Any]] = field(default_factory=dict)
    judges: dict[str, dict[str, Any]] = field(default_factory=dict)
    without_weights: list[Record] = field(default_factory=list)
    decoded: dict[str, list[Decoded]] = field(default_factory=dict)
    _found: dict[str, Digits | str] = field(default_factory=dict)

    def add(self, record: Record, name: str, gallery: Gallery) -> None:
        """Add a model, or the reason why it cannot be shown."""
        try:
            self._add(record, name, gallery)
        except _UnsuitedError as reason:
            self.left_out.append((name, str(reason)))

    def leave_out(self, record: Record, name: str) -> None:
        """Leave out a model because others were asked for, or because it could not be there if it were asked for."""
        has_weights = (self.store.trials / record["id"] / WEIGHTS).exists()
        self.left_out.append((name, OTHERS_ASKED if has_weights else NO_WEIGHTS))

    def _add(self, record: Record, name: str, gallery: Gallery) -> None:
        if (architecture := complete_protocol(record["spec"]["protocol"])["architecture"]) != "mlp":
            raise _UnsuitedError(f"its architecture is {architecture}, and the page runs dense layers only")
        room = (MAX_PACKED if self.limited else float("inf")) - sum(
            map(_packed_size, (model["networks"] for model in self.models))
        )
        if room < MAX_PACKED / 10:
            raise _UnsuitedError(TOO_LARGE)
        weights = _weights(self.store, record)
        if weights is None:
            self.without_weights.append(record)
            raise _UnsuitedError(NO_WEIGHTS)
        networks = _networks(weights, record, gallery)
        rounded = networks.fitted(unit(gallery.get("originals", np.zeros((0, 28, 28), np.uint8))))
        if rounded is None:
            raise _UnsuitedError("rounding is not exact enough for its weights")
        packed = rounded.to_json()
        if _packed_size(packed) > room:
            raise _UnsuitedError(TOO_LARGE)
        codes = _codes(networks, gallery)
        key = record["dataset"]["fingerprint"]
        if key not in self._found:
            self._found[key] = self.digits_of(record) if self.digits_of else "the page was made without its images"
            self.digits[key] = _held_out(self._found[key], gallery)
        if not isinstance(found := self._found[key], str):
            centre, spread = (np.array(codes[name], np.float32) for name in ("centre", "spread"))
            shown = gallery["latent"][:MAX_CODES].astype(np.float32) if "codes" in codes else None
            self.decoded.setdefault(key, []).append(decode_everywhere(rounded, shown, centre, spread, found.test))
        judge = record["dataset"]["judge"]
        if judge and judge not in self.judges:
            self.judges[judge] = _judge(judge)
        self.models.append(
            {
                "name": name,
                "origin": origin(record),
                "seed": record["spec"]["seed"],
                "networks": packed,
                "digits": key,
                "judge": judge,
                **codes,
            }
        )

    def take_over(self, payload: Payload, names: Mapping[str, str]) -> None:
        """Add the models without weights that an earlier page of the folder holds, with their images and judges."""
        for record in list(self.without_weights):
            if model := kept_model(payload, record):
                name = names[record["id"]]
                self.models.append({**model, "name": name})
                self.digits[model["digits"]] = payload["digits"][model["digits"]]
                if judge := model["judge"]:
                    self.judges[judge] = payload["judges"][judge]
                self.without_weights.remove(record)
                self.left_out = [each for each in self.left_out if each[0] != name]

    def add_training_images(self) -> None:
        """Add to each data set the training images nearest to what its models decode, once all models are there."""
        for key, found in self._found.items():
            if not isinstance(found, str):
                self.digits[key] |= training_images(self.decoded[key], found)


def _packed_size(networks: Mapping[str, Any]) -> int:
    return len(networks["weights"]) + len(networks["integers"])


def _weights(store: Store, record: Record) -> list[NDArray[Any]] | None:
    """Read the weights of a trial, in order; None where the folder has none."""
    try:
        content = store.artifact(dict(record), WEIGHTS)
        return None if content is None else list(from_npz(content).values())
    except (ResultsError, ValueError) as error:
        raise _UnsuitedError(f"its weights cannot be used: {error}") from error


def _networks(arrays: list[NDArray[Any]], record: Record, gallery: Gallery) -> Networks:
    """Find the networks of a trial: those that make the images that the trial saved."""
    candidates = list(find_networks(arrays, record["spec"]["protocol"]))
    if not candidates:
        raise _UnsuitedError("its networks are more than an encoder and a decoder of the protocol's dense layers")
    differences = [_difference(each, gallery) for each in candidates]
    for networks, difference in zip(candidates, differences, strict=True):
        if difference is not None and difference <= MAX_DIFFERENCE:
            return networks
    if differences == [None] * len(candidates):
        raise _UnsuitedError("no saved image tells whether its networks are read rightly")
    raise _UnsuitedError("its saved images are not made by an encoder and a decoder alone")


def _difference(networks: Networks, gallery: Gallery) -> float | None:
    """Compute the largest difference of a pixel from saved images; None where none is saved that these could make."""
    if networks.heads and "reconstructions" in gallery:
        codes, saved = networks.encode(unit(gallery["originals"])), gallery["reconstructions"]
    elif not networks.heads and "manifold" in gallery and networks.dimensions == 2:
        codes, saved = _grid(len(gallery["manifold"])), gallery["manifold"]
    else:
        return None
    return float(np.abs(networks.decode(codes) - unit(saved)).max())


def _grid(side: int) -> Floats:
    """Make the codes of a manifold of a standard normal prior, top row first."""
    across = norm.ppf(np.linspace(0.05, 0.95, side))
    return np.stack(np.meshgrid(across, across[::-1]), axis=-1).reshape(-1, 2).astype(np.float32)


def _codes(networks: Networks, gallery: Gallery) -> dict[str, Any]:
    """Give codes of held-out digits with their classes, of two dimensions, and centre and spread of each dimension."""
    d = networks.dimensions
    if not networks.heads:
        return {"centre": [0.0] * d, "spread": [1.0] * d}
    if "latent" not in gallery or gallery["latent"].shape[1] != d or d != 2:
        codes = networks.encode(unit(gallery["originals"]))
        return {"centre": _plain(codes.mean(axis=0)), "spread": _plain(codes.std(axis=0))}
    codes, labels = gallery["latent"][:MAX_CODES], gallery["latent_labels"][:MAX_CODES]
    if not np.isfinite(codes).all():
        raise _UnsuitedError("its codes are beyond the range of float16, in which they are saved")
    return {
        "centre": _plain(codes.mean(axis=0, dtype=np.float64)),
        "spread": _plain(codes.std(axis=0, dtype=np.float64)),
        "codes": pack_floats(codes),
        "labels": pack_bytes(labels),
    }


def _held_out(found: Digits | str, gallery: Gallery) -> dict[str, Any]:
    """Pack some held-out images of a data set; of an unknown one only the ten that a trial saved."""
    if isinstance(found, str):
        originals = gallery.get("originals", np.zeros((0, 28, 28), np.uint8))
        return {"test": pack_bytes(originals), "labels": [], "count": 0, "reason": found}
    picked = [row for each in np.unique(found.labels) for row in np.flatnonzero(found.labels == each)[:PICKS_OF_CLASS]]
    return {"test": pack_bytes(found.test[picked]), "labels": found.labels[picked].tolist(), "reason": ""}


def _judge(name: str) -> dict[str, Any]:
    """Read the weights of a judge that ships with aezoo, as packed arrays in order."""
    weights = resources.files("aezoo").joinpath("features", "weights")
    facts = json.loads(weights.joinpath(f"{name}.json").read_text(encoding="utf-8"))
    arrays = [array for _, array in sorted(from_npz(weights.joinpath(f"{name}.npz").read_bytes()).items())]
    return {
        "shapes": [list(array.shape) for array in arrays],
        "weights": pack_floats(np.concatenate([round_floats(array, JUDGE_MANTISSA) for array in arrays])),
        "accuracy": facts["accuracy"],
    }


def _plain(values: NDArray[Any]) -> list[float]:
    return [round(float(value), 4) for value in values]
