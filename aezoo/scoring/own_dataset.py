"""Data set of real images of one's own: divided, fingerprinted, with a judge only on request."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.datasets import DATASETS, Dataset, Split
from aezoo.datasets.splits import fingerprint
from aezoo.errors import SamplesError, UsageError
from aezoo.images import SIDE, to_unit_interval
from aezoo.scoring.exact_copies import TRAINING, count_exact_copies
from aezoo.scoring.own_features import REAL, TRAIN, OwnFeatures, read_features, require_rows, stand_ins
from aezoo.scoring.own_images import OwnImages, Source, describe, read_own, read_own_samples
from aezoo.scoring.reading import SampleImages
from aezoo.scoring.validation import MIN_IMAGES
from aezoo.seeds import generator
from aezoo.spec import Protocol

SPLIT_SEED = 0
"""Seed of the division, the same for everybody: the same images are divided alike, so that scores compare."""
SET_ASIDE = "the real images set aside"
"""Stand-ins of training images where none are given, in words."""
MAX_SHARED = 0.01
"""Share of the real images that may be training images as well."""
MIN_SURE = 0.95
"""Share of the real images of which a judge must be sure: of mnist's own held-out digits it is sure of nearly all."""
SURE = 0.9
MIN_CLASS_SHARE = 0.02
"""Share of the real images that a judge must find in each of its classes: it calls noise one digit, and is sure."""

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class OwnData:
    """Real images of one's own and what was generated to be like them.

    Attributes:
        dataset: the real side.
        samples: the images of each generator.
        training: what copies are looked for among, in words.
        notes: what was decided, a line each.
        digest: fingerprint of the real images in their splits, without labels, which move no score: equal for the same
            images in whatever files and folders they are.
    """

    dataset: Dataset
    samples: tuple[SampleImages, ...]
    training: str
    notes: tuple[str, ...]
    digest: str


@dataclass(frozen=True)
class OwnSources:
    """Sources of real images of one's own, as `aezoo.score` takes them.

    Attributes:
        real: the real images; None where features are given alone.
        train: training images of the generators; None to set real ones aside in their place.
        features: features of both sides; None without any.
        judge: name of the judge that takes part; None for none.
    """

    real: Source | None = None
    train: Source | None = None
    features: Any = None
    judge: str | None = None

    @property
    def are_given(self) -> bool:
        """True where there is anything of one's own to compare with."""
        return self.real is not None or self.features is not None

    def check(self) -> None:
        """Raise `UsageError` for options that make sense only beside real images of one's own."""
        if self.real is None:
            for option, value in (("train", self.train), ("judge", self.judge)):
                if value is not None:
                    raise UsageError(f"--{option} ({option}=) is given without --real (real=); give that too")

    def require_alone(self, dataset: str | None, data_file: Path | None) -> None:
        """Raise `UsageError` for a data set that is named although there is something of one's own in its place."""
        if not self.are_given:
            return
        own = "--features (features=)" if self.real is None else "--real (real=)"
        for option, value in (("--dataset (dataset=)", dataset), ("--data-file (data_file=)", data_file)):
            if value is not None:
                raise UsageError(f"{option} is given beside {own}, which takes its place; leave one of them out")


def read_own_data(
    sources: OwnSources,
    samples: Sequence[tuple[str | None, Source]],
    array: str | None = None,
    name: str | None = None,
) -> OwnData:
    """Read and divide real images, and read the generated ones.

    Args:
        sources: of the real side.
        samples: the generated images, each with its name; None for the file's. Empty where there are only features.
        array: which array of an npz file holds generated images.
        name: of the only generator where there are only features; None for that of its array.

    Raises:
        SamplesError: anything cannot be read, is too little or does not fit together.
        UsageError: options that do not go together.
    """
    sources.check()
    features = None if sources.features is None else read_features(sources.features)
    if sources.real is None:
        if samples or features is None:
            raise UsageError("features are given without real images; give --real (real=) too, or no samples")
        return _features_alone(features.named(name))
    if not samples:
        raise UsageError("real images are given and no samples; give the generated images")
    real = read_own(sources.real, "real images")
    train = None if sources.train is None else read_own(sources.train, "training images", real.shape)
    found = [read_own_samples(source, name, array, real.shape) for name, source in samples]
    given = tuple(_with_features(each, features, len(found) == 1) for each in found)
    dataset = _divided(real, train, features, sources.judge)
    read = (*real.notes, *(train.notes if train else ()))
    notes = (*read, *_judge_notes(dataset, real), *([] if train else [_training_note(dataset)]))
    return OwnData(dataset, given, TRAINING if train else SET_ASIDE, notes, _digest(dataset))


def _with_features(samples: SampleImages, features: OwnFeatures | None, only: bool) -> SampleImages:
    if features is None:
        return samples
    rows = features.of(samples.name, len(samples.images), only)
    return SampleImages(samples.name, samples.images, samples.notes, rows)


def _features_alone(features: OwnFeatures) -> OwnData:
    """Make data of features without images, each of which has a stand-in."""
    features = _in_own_order(features)
    rows = len(features.real)
    real = OwnImages(features.name, "rows of features, without images", stand_ins(rows, 0))
    train = None if features.train is None else OwnImages(TRAIN, TRAIN, stand_ins(len(features.train), rows))
    dataset = _divided(real, train, features, None, has_pixels=False)
    for key, of in features.generated.items():
        if len(of) < MIN_IMAGES:
            raise SamplesError(f"features {key!r} have {len(of):,} rows; give at least {MIN_IMAGES:,}")
    samples = tuple(
        SampleImages(key, to_unit_interval(stand_ins(len(of), 2**40)), (), of) for key, of in features.generated.items()
    )
    notes = () if train else (_training_note(dataset),)
    return OwnData(dataset, samples, TRAINING if train else SET_ASIDE, notes, _digest(dataset))


def _divided(
    real: OwnImages, train: OwnImages | None, features: OwnFeatures | None, judge: str | None, has_pixels: bool = True
) -> Dataset:
    """Divide real images at random: reference, oracle, and the rest for PCA and copy tests.

    The set of images decides, not the order of the files: they are ordered by their content before.
    Reference and oracle get 5,000 each, or two fifths of fewer images; half where training images are given.
    """
    total = len(real.images)
    size = min(Protocol().samples, total // 2 if train else 2 * total // 5)
    if size < MIN_IMAGES:
        needed = f"{2 * MIN_IMAGES:,}, beside the training images" if train else f"{5 * MIN_IMAGES // 2:,}"
        divided = f"they are divided into {'two' if train else 'three'} parts, of which two need {MIN_IMAGES:,} each"
        raise SamplesError(f"{real.origin} holds {total:,} real images; give at least {needed}: {divided}")
    whole = _ordered(_whole(real, None if features is None else require_rows(features.real, REAL, total)))
    rows = generator(SPLIT_SEED, "own real images").permutation(total)
    reference, oracle, rest = (whole.take(part) for part in np.split(rows, [size, 2 * size]))
    training = rest if train is None else _training(train, features)
    if train is not None and has_pixels:
        _require_apart(training, reference.joined(oracle))
    for array in (array for split in (training, reference, oracle) for array in split.arrays):
        array.flags.writeable = False
    shown = "features" if not has_pixels else describe(real.shape)
    return Dataset(
        name=f"own-{real.name}" if real.name in DATASETS.names() else real.name,
        train=training,
        reference=reference,
        oracle=oracle,
        fingerprint=fingerprint(training, reference, oracle),
        judge=judge,
        origin=f"{real.origin} ({shown})" if has_pixels else real.origin,
        note=f"{total:,} real images of one's own, {shown}",
        has_pixels=has_pixels,
    )


def name_in_trial(dataset: Dataset) -> str:
    """Name real images of one's own so that a folder keeps apart what bears one name, or is scored with a judge too."""
    return ":".join(filter(None, [dataset.name, dataset.fingerprint[:12], dataset.judge]))


def _ordered(split: Split) -> Split:
    """Order images by a digest of each, so that the order and the folders of the files decide nothing.

    Of equal images the features decide, then the labels.
    """
    features = [b""] * len(split) if split.features is None else _digests(split.features)
    keys = list(zip(_digests(split.images), features, split.labels.tolist(), strict=True))
    return split.take(np.array(sorted(range(len(split)), key=keys.__getitem__), dtype=np.intp))


def _in_own_order(features: OwnFeatures) -> OwnFeatures:
    """Order the rows of features that stand alone by a digest of each, before they get stand-ins by their number."""

    def ordered(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        digests = _digests(rows)
        return rows[sorted(range(len(rows)), key=digests.__getitem__)]

    train = None if features.train is None else ordered(features.train)
    return replace(features, real=ordered(features.real), train=train)


def _digests(rows: NDArray[Any]) -> list[bytes]:
    return [hashlib.sha256(np.ascontiguousarray(row).data).digest() for row in rows]


def _digest(dataset: Dataset) -> str:
    splits = (dataset.train, dataset.reference, dataset.oracle)
    return fingerprint(*(replace(split, labels=np.zeros_like(split.labels)) for split in splits))


def _whole(images: OwnImages, features: NDArray[np.float64] | None) -> Split:
    labels = np.zeros(len(images.images), np.uint8) if images.labels is None else images.labels
    return Split(images.images, labels, None, features)


def _training(train: OwnImages, features: OwnFeatures | None) -> Split:
    if len(train.images) < MIN_IMAGES:
        raise SamplesError(f"{train.origin} holds {len(train.images):,} training images; give at least {MIN_IMAGES:,}")
    if features is None:
        return _ordered(_whole(train, None))
    if features.train is None:
        raise SamplesError(f"training images are given and the features hold no array {TRAIN!r}; add it, or leave both")
    return _ordered(_whole(train, require_rows(features.train, TRAIN, len(train.images))))


def _require_apart(train: Split, held_out: Split) -> None:
    shared = count_exact_copies(held_out.images, train.images)
    if shared > MAX_SHARED * len(held_out):
        raise SamplesError(
            f"{shared:,} of {len(held_out):,} real images are also among the training images; give as real those that "
            "no generator was trained on, or leave --train (train=) out"
        )


def require_known(dataset: Dataset) -> None:
    """Raise `UsageError` for a judge that is not sure of the real images, or misses a class; needs TensorFlow."""
    from aezoo.features.judge import load_judge

    judge = dataset.judge
    if judge is None:
        return
    if dataset.reference.images.shape[1:] != (SIDE, SIDE):
        size = describe(dataset.reference.images.shape[1:])
        raise UsageError(f"judge {judge!r} knows images of 28 x 28, grey; these are {size}; leave --judge (judge=) out")
    probabilities = load_judge(judge).probabilities(dataset.reference.images)
    sure = float((probabilities.max(axis=1) >= SURE).mean())
    shares = np.bincount(probabilities.argmax(axis=1), minlength=probabilities.shape[1]) / len(probabilities)
    if sure < MIN_SURE or shares.min() < MIN_CLASS_SHARE:
        raise UsageError(
            f"judge {judge!r} does not know these images: it is sure of {100 * sure:.3g} % of them, and its rarest "
            f"class is {100 * shares.min():.2g} %; leave --judge (judge=) out"
        )


def _judge_notes(dataset: Dataset, real: OwnImages) -> list[str]:
    """Say that no judge takes part, where one could."""
    if dataset.judge is not None or real.shape != (SIDE, SIDE):
        return []
    return [
        "no judge takes part; if these are digits like MNIST's, --judge (judge=) mnist adds its features and labels"
    ]


def _training_note(dataset: Dataset) -> str:
    return (
        f"no training images are given: copies are looked for among {len(dataset.train):,} real ones set aside, as if "
        "the generator had been trained on these; --train (train=) names those that it was trained on"
    )
