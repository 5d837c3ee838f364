"""The latent explorer of the report: its part of the page, and the networks that it runs there."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from scipy.stats import norm

from aezoo.analysis.conventions import natural_key
from aezoo.analysis.frames import Record, canonical_text
from aezoo.analysis.sections import sections
from aezoo.errors import ResultsError
from aezoo.messages import WEIGHTS
from aezoo.npz import from_npz
from aezoo.reporting.figures.selection import Gallery, GalleryOf
from aezoo.reporting.markup import environment
from aezoo.reporting.report.networks import (
    PIXELS,
    Floats,
    Networks,
    find_networks,
    pack_bytes,
    pack_floats,
    round_floats,
)
from aezoo.reporting.text import section_names
from aezoo.spec import PROTOCOLS, Suite, complete_protocol
from aezoo.store import Store

SCRIPTS = ("explorer",)
STYLES = ("explorer.css",)

MAX_PACKED = 2_000_000
"""Characters that the weights of all models may take in the page: three models of the chapter's size."""
FIRST = tuple(spec.label for spec in Suite.model_fields["models"].default)
"""Models of the default suite: the first two are given room first, the others after the leaders of the questions."""
FIRST_OF_ALL = 2
MAX_DIFFERENCE = 0.51 / 255
"""Largest difference of a pixel in [0, 1] from the saved reconstructions, which have 256 levels of grey."""
MAX_CODES = 600
PICKS_OF_CLASS = 2
JUDGE_MANTISSA = 8
GREY_STEP = 17
"""Training images have 16 levels of grey in the page."""


@dataclass(frozen=True)
class ExplorerSection:
    """The explorer's part of the page.

    Attributes:
        html: what stands in its section, below the heading, escaped.
        payload: values of JSON, which the page holds as the element ``explorer-data``.
        scripts: names of its modules in `static`, without the suffix, to run after the page's own.
        styles: names of its style sheets in `static`.
    """

    html: Markup
    payload: dict[str, Any]
    scripts: tuple[str, ...] = SCRIPTS
    styles: tuple[str, ...] = STYLES


@dataclass(frozen=True)
class Digits:
    """Images of the data set of a record, for the page to show; each uint8 (n, 28, 28).

    Attributes:
        train: training images, among which the nearest is looked for.
        test: images that no model was trained on.
        labels: classes of `test`, (n,).
        train_size: training images that there are.
    """

    train: NDArray[np.uint8]
    test: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    train_size: int


DigitsOf = Callable[[Record], "Digits | str"]
"""Images of the data set of a record, or the reason why there are none."""


class _UnsuitedError(Exception):
    """A model that the explorer cannot run; the message is the reason, a clause."""


@dataclass
class _Explored:
    """Facts and arrays collected for the page."""

    models: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    digits: dict[str, dict[str, Any]] = field(default_factory=dict)
    judges: dict[str, dict[str, Any]] = field(default_factory=dict)
    without_weights: list[Record] = field(default_factory=list)


def section(
    folder: Path,
    records: Sequence[Record],
    gallery: GalleryOf,
    digits: DigitsOf | None = None,
    leaders: Sequence[str] = (),
    asked: Sequence[str] = (),
) -> ExplorerSection | None:
    """Make the explorer of a results folder; None where the folder has no finished model.

    It holds of each model of dense layers the first seed whose weights are in the folder, as many as `MAX_PACKED` has
    room for, and says of every other why it is left out. Room is given to an autoencoder and a VAE, then to the leaders
    of the questions, then to the others; or to the models that are asked for, all of them and nobody else.

    Args:
        folder: the results folder.
        records: its records.
        gallery: the arrays kept for the figures of a record, by name; empty where there are none.
        digits: gives images of a record's data set; None where there are none to be had.
        leaders: labels of the models that lead a question.
        asked: labels of the models that it is to hold, however large; its own choice, unless there are any.

    Raises:
        ResultsError: a model that is asked for is not among the finished ones.
    """
    store = Store(folder)
    chosen = _first_seeds(records, store)
    _check_asked(asked, chosen)
    if not chosen:
        return None
    explored, names = _Explored(), _names(chosen)
    room = float("inf") if asked else MAX_PACKED
    order = list(dict.fromkeys([*FIRST[:FIRST_OF_ALL], *leaders, *FIRST]))
    for record in sorted(chosen, key=lambda each: _place(order, each["label"])):
        try:
            if asked and record["label"] not in asked:
                raise _UnsuitedError("others were asked for")
            _add(explored, store, record, names[record["id"]], gallery(record), digits, room)
        except _UnsuitedError as reason:
            explored.left_out.append((names[record["id"]], str(reason)))
    explored.models.sort(key=lambda model: list(names.values()).index(model["name"]))
    html = (
        environment()
        .get_template("explorer.html")
        .render(
            models=[model["name"] for model in explored.models],
            left_out=_by_reason(explored.left_out),
            leaders=[each for each in dict.fromkeys(leaders) if each in {model["name"] for model in explored.models}],
            asked=bool(asked),
            commands=list(_commands(explored.without_weights)),
            digits=list(explored.digits.values()),
        )
    )
    payload = {"models": explored.models, "judges": explored.judges, "digits": explored.digits}
    return ExplorerSection(Markup(html), payload, *(() if explored.models else ((), STYLES)))


def _check_asked(asked: Sequence[str], chosen: Sequence[Record]) -> None:
    known = sorted({record["label"] for record in chosen}, key=natural_key)
    missing = [label for label in asked if label not in known]
    if missing:
        raise ResultsError(f"no model {', '.join(missing)} has finished in this folder; those that have: {known}")


def _place(order: Sequence[str], label: str) -> int:
    return order.index(label) if label in order else len(order)


def _by_reason(left_out: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Gather the names of the models that are left out, by the reason."""
    found: dict[str, list[str]] = {}
    for name, reason in left_out:
        found.setdefault(reason, []).append(name)
    return found


def _first_seeds(records: Sequence[Record], store: Store) -> list[Record]:
    """Select of each model under each protocol the first finished seed with weights, or the first; sorted by name."""

    def place(record: Record) -> tuple[bool, int]:
        return not (store.trials / record["id"] / WEIGHTS).exists(), record["spec"]["seed"]

    first: dict[tuple[str, ...], Record] = {}
    for record in records:
        if record["status"] == "done" and record["role"] == "model":
            dataset = record["dataset"]
            key = (dataset["name"], dataset["fingerprint"], canonical_text(record["spec"]["protocol"]), record["label"])
            if key not in first or place(record) < place(first[key]):
                first[key] = record
    return [first[key] for key in sorted(first, key=lambda key: (*key[:3], natural_key(key[3])))]


def _names(chosen: Sequence[Record]) -> dict[str, str]:
    """Name models by label, with data set and protocol where there are several; by the id of the trial."""
    found = sections(chosen)
    names = section_names(found, with_protocol=False)
    of_trial = {trial: names[each] for each in found for trial in each.trials["trial"]}
    more = len(found) > 1
    return {each["id"]: each["label"] + (f" ({of_trial[each['id']]})" if more else "") for each in chosen}


def _add(
    explored: _Explored,
    store: Store,
    record: Record,
    name: str,
    gallery: Gallery,
    digits: DigitsOf | None,
    most: float,
) -> None:
    """Add a model to what is collected, if all packed weights are no more than `most` characters then.

    Raises:
        _UnsuitedError: it cannot be added; with the reason.
    """
    if (architecture := complete_protocol(record["spec"]["protocol"])["architecture"]) != "mlp":
        raise _UnsuitedError(f"its architecture is {architecture}, and the page runs dense layers only")
    room = most - sum(map(_packed_size, (model["networks"] for model in explored.models)))
    if room < MAX_PACKED / 10:
        raise _UnsuitedError("the page would grow too large")
    weights = _weights(store, record)
    if weights is None:
        explored.without_weights.append(record)
        raise _UnsuitedError("the folder has no weights of it")
    networks = _networks(weights, record, gallery)
    rounded = networks.fitted(_unit(gallery.get("originals", np.zeros((0, 28, 28), np.uint8))))
    if rounded is None:
        raise _UnsuitedError("rounding is not exact enough for its weights")
    packed = rounded.to_json()
    if _packed_size(packed) > room:
        raise _UnsuitedError("the page would grow too large")
    key = record["dataset"]["fingerprint"]
    if key not in explored.digits:
        explored.digits[key] = _digits(digits(record) if digits else "the page was made without its images", gallery)
    judge = record["dataset"]["judge"]
    if judge and judge not in explored.judges:
        explored.judges[judge] = _judge(judge)
    explored.models.append(
        {
            "name": name,
            "seed": record["spec"]["seed"],
            "networks": packed,
            "digits": key,
            "judge": judge,
            **_codes(networks, gallery),
        }
    )


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
        codes, saved = networks.encode(_unit(gallery["originals"])), gallery["reconstructions"]
    elif not networks.heads and "manifold" in gallery and networks.dimensions == 2:
        codes, saved = _grid(len(gallery["manifold"])), gallery["manifold"]
    else:
        return None
    return float(np.abs(networks.decode(codes) - _unit(saved)).max())


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
        codes = networks.encode(_unit(gallery["originals"]))
        return {"centre": _plain(codes.mean(axis=0)), "spread": _plain(codes.std(axis=0))}
    codes, labels = gallery["latent"][:MAX_CODES], gallery["latent_labels"][:MAX_CODES]
    return {
        "centre": _plain(codes.mean(axis=0, dtype=np.float64)),
        "spread": _plain(codes.std(axis=0, dtype=np.float64)),
        "codes": pack_floats(codes),
        "labels": pack_bytes(labels),
    }


def _digits(found: Digits | str, gallery: Gallery) -> dict[str, Any]:
    """Pack the images of a data set; of an unknown one only the ten that a trial saved."""
    if isinstance(found, str):
        originals = gallery.get("originals", np.zeros((0, 28, 28), np.uint8))
        return {"test": pack_bytes(originals), "labels": [], "count": 0, "reason": found}
    train = np.rint(found.train / GREY_STEP).astype(np.uint8) * np.uint8(GREY_STEP)
    picked = [row for each in np.unique(found.labels) for row in np.flatnonzero(found.labels == each)[:PICKS_OF_CLASS]]
    distances = cdist(_unit(found.test), _unit(train)).min(axis=1)
    return {
        "test": pack_bytes(found.test[picked]),
        "labels": found.labels[picked].tolist(),
        "train": pack_bytes(train),
        "count": len(train),
        "total": found.train_size,
        "typical": round(float(np.median(distances)), 3),
        "reason": "",
    }


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


def _commands(records: Sequence[Record]) -> Iterator[str]:
    """Yield the commands that train the models of these records again, one for each data set and protocol."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        groups.setdefault((record["dataset"]["name"], canonical_text(record["spec"]["protocol"])), []).append(record)
    for (dataset, _), alike in groups.items():
        labels = ",".join(record["label"] for record in alike)
        seeds = ",".join(map(str, sorted({record["spec"]["seed"] for record in alike})))
        words = [
            "run",
            "--models",
            labels,
            "--seeds",
            seeds,
            "--dataset",
            dataset,
            *_options(alike[0]["spec"]["protocol"]),
        ]
        yield f"python -m aezoo.bench {shlex.join(words)} --out NEW-FOLDER"


def _options(protocol: Mapping[str, Any]) -> Iterator[str]:
    """Yield the options that give a protocol: its name, and the settings in which it differs from that."""
    yield from ("--protocol", protocol["name"])
    known = PROTOCOLS.get(protocol["name"])
    for name, value in complete_protocol(protocol).items():
        if name != "name" and (known is None or getattr(known, name) != value):
            yield from ("--set", f"{name}={value}")


def _unit(images: NDArray[np.uint8]) -> Floats:
    return np.asarray(images.reshape(-1, PIXELS) / np.float32(255), np.float32)


def _plain(values: NDArray[Any]) -> list[float]:
    return [round(float(value), 4) for value in values]
