"""Selection of what figures show: of each data set and protocol, the first finished seed of each model."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, TypeVar

from numpy.typing import NDArray

from aezoo.analysis.conventions import natural_key, role_rank
from aezoo.analysis.frames import Record, canonical_text
from aezoo.analysis.score_array import ScoreArray, score_arrays
from aezoo.reporting.figures.leaders import leading_models
from aezoo.spec import settings_apart

MAX_MODELS = 32
"""Models, floors or controls of a data set and protocol that are drawn, of each kind."""

KNOWN = ("ae", "vae", "wgan-gp")
"""Models that every reader looks for: of many, they are drawn whatever their rank."""

Gallery = Mapping[str, NDArray[Any]]
GalleryOf = Callable[[Record], Gallery]
SceneKey = tuple[str, str, str]

Page = tuple[int, int]
"""The number of a page, from 1, and of how many."""

ONLY_PAGE: Page = (1, 1)

Item = TypeVar("Item")


@dataclass(frozen=True)
class TrialView:
    """A trial that stands for its model: label, role, seed, curves, gallery, and the scores that need no sampler."""

    label: str
    role: str
    seed: int
    curves: Mapping[str, Mapping[str, list[float]]]
    gallery: Gallery
    scores: Mapping[str, float]

    @property
    def title(self) -> str:
        return f"{self.label} (seed {self.seed})"


@dataclass(frozen=True)
class FigureData:
    """The trials of one data set and protocol that are drawn; `name` tells them from those of others."""

    name: str
    dataset: str
    protocol: str
    subjects: tuple[TrialView, ...]
    left_out: int
    records: tuple[Record, ...] = ()

    @cached_property
    def array(self) -> ScoreArray | None:
        """The scores of all seeds, of the judge that most rows have; None without any."""
        if not any(record["scores"] for record in self.records):
            return None
        return _largest_array(self.records)

    @property
    def models(self) -> set[str]:
        """The finished models, drawn or not."""
        return {str(record["label"]) for record in self.records if record["role"] == "model"}

    def absent(self, shown: Iterable[TrialView]) -> int:
        """Count the models that a figure of these subjects does not show, for lack of room or of something to draw."""
        return len(self.models - {subject.label for subject in shown if subject.role == "model"})

    def among(self, shown: Iterable[TrialView]) -> str:
        """Say of a superlative over these subjects that it is one of them alone; "" where they are all."""
        return " of those shown" if self.absent(shown) else ""

    def title(self, text: str, left_out: int | None = None, page: Page = ONLY_PAGE) -> str:
        """Make the title of a figure that has found nothing; `left_out` and `page` as in `finding`."""
        return f"{text}: {self.dataset}, protocol {self.protocol}{self._remarks(left_out, page)}"

    def finding(self, text: str, left_out: int | None = None, page: Page = ONLY_PAGE) -> str:
        """Make the title of a figure whose `text` says what was found.

        Args:
            text: the finding.
            left_out: how many models the figure leaves out, all its pages together, if not those that are no subjects.
            page: the number of its page, and of how many.
        """
        return f"{text} ({self.dataset}, protocol {self.protocol}{self._remarks(left_out, page)})"

    def _remarks(self, left_out: int | None, page: Page) -> str:
        number, count = page
        more = _left_out(self.left_out if left_out is None else left_out, "not shown" if count == 1 else "on no page")
        return more if count == 1 else f"; page {number} of {count}{more}"


def figure_data(records: Iterable[Record], gallery: GalleryOf) -> list[FigureData]:
    """Select what to draw for each data set and protocol with a finished trial, whatever the order of records."""
    first: dict[SceneKey, dict[tuple[str, str], Record]] = {}
    finished: dict[SceneKey, list[Record]] = {}
    for record in records:
        if record["status"] == "done":
            finished.setdefault(_key(record), []).append(record)
            chosen = first.setdefault(_key(record), {})
            model = (record["role"], record["label"])
            if model not in chosen or record["spec"]["seed"] < chosen[model]["spec"]["seed"]:
                chosen[model] = record
    scenes = [(key, list(first[key].values())) for key in sorted(first)]
    protocols = [(key[0], records[0]["spec"]["protocol"]) for key, records in scenes]
    shared = Counter(_scene_name(key, protocol) for (key, _), (_, protocol) in zip(scenes, protocols, strict=True))
    return [
        _scene(
            _scene_name(key, protocol, is_shared=shared[_scene_name(key, protocol)] > 1),
            key[0],
            records,
            sorted(finished[key], key=lambda record: str(record["id"])),
            _protocol_name(protocol, [other for name, other in protocols if name == key[0]]),
            gallery,
        )
        for (key, records), (_, protocol) in zip(scenes, protocols, strict=True)
    ]


def paged(items: Sequence[Item], size: int) -> Iterator[tuple[Page, Sequence[Item]]]:
    """Cut items into pages of at most `size`, each with its number and how many there are."""
    starts = range(0, len(items), size)
    return (((i, len(starts)), items[start : start + size]) for i, start in enumerate(starts, start=1))


def _left_out(count: int, what: str) -> str:
    return f"; {count} more model{'' if count == 1 else 's'} {what}" if count else ""


def _largest_array(records: Sequence[Record]) -> ScoreArray:
    return max(score_arrays(records), key=lambda array: len(array.models))


def _protocol_name(protocol: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> str:
    """Name a protocol, with the settings that tell it from the others of its name: ``chapter, latent dim 16``."""
    return ", ".join([protocol["name"], *settings_apart(protocol, others)])


def _key(record: Record) -> SceneKey:
    dataset = record["dataset"]
    return dataset["name"], dataset["fingerprint"], canonical_text(record["spec"]["protocol"])


def _scene_name(key: SceneKey, protocol: Mapping[str, Any], is_shared: bool = False) -> str:
    """Name a scene by what most often differs; if others share that, by a digest of all settings too."""
    dataset, fingerprint, settings = key
    digest = [hashlib.sha256(settings.encode()).hexdigest()[:6]] if is_shared else []
    details = [f"latent{protocol['latent_dim']}", f"epochs{protocol['epochs']}", fingerprint[:6]]
    return "-".join([dataset, protocol["name"], *digest, *details])


def _scene(
    name: str, dataset: str, records: list[Record], every: Sequence[Record], protocol_name: str, gallery: GalleryOf
) -> FigureData:
    ordered = sorted(records, key=lambda record: (role_rank(record["role"]), natural_key(record["label"])))
    shown = _with_room(ordered, every)
    return FigureData(
        name=name,
        dataset=dataset,
        protocol=protocol_name,
        subjects=tuple(_subject(record, gallery) for record in shown),
        left_out=len(ordered) - len(shown),
        records=tuple(every),
    )


def _with_room(ordered: Sequence[Record], every: Sequence[Record]) -> list[Record]:
    """Choose `MAX_MODELS` of each role at most: of models those known to all, and who leads a question."""
    models = [record["label"] for record in ordered if record["role"] == "model"]
    if len(models) > MAX_MODELS:
        leading = leading_models(_largest_array(every).only_models()) if any(each["scores"] for each in every) else []
        by_rank = dict.fromkeys(name for name in (*KNOWN, *leading, *models) if name in models)
        models = list(by_rank)[:MAX_MODELS]
    shown: list[Record] = []
    for role, of_role in groupby(ordered, key=lambda record: str(record["role"])):
        fitting = [record for record in of_role if role != "model" or record["label"] in models]
        shown.extend(fitting[:MAX_MODELS])
    return shown


def _subject(record: Record, gallery: GalleryOf) -> TrialView:
    return TrialView(
        label=record["label"],
        role=record["role"],
        seed=record["spec"]["seed"],
        curves=record.get("curves") or {},
        gallery=gallery(record),
        scores={
            row["metric"]: row["value"]
            for row in record["scores"]
            if row["value"] is not None and row["sampler"] is None
        },
    )
