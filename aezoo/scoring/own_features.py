"""Features that somebody computed elsewhere, of real and of generated images: Inception's, DINO's, any other's.

An npz file, or a dictionary, of arrays (n, d), d the same in all:

real      of the real images; where these are given too, in their order
train     of the generator's training images; needed where these are given, else optional
others    of the images of a generator each, which bears the array's name, in their order; `fake` for the only one
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aezoo.errors import SamplesError, UsageError, message_line
from aezoo.npz import DAMAGE, ArrayFormatError, member_sizes, read_member
from aezoo.scoring.reading import as_array

REAL, TRAIN, FAKE = "real", "train", "fake"
KEYS = "give an npz file with the arrays real and fake, (n, d) each: np.savez('features.npz', real=..., fake=...)"
MIN_WIDTH = 2
MAX_BYTES = 2**31
STAND_IN = (1, 8)
"""Shape of the image that stands for a row of features where there are no images: the 8 bytes of the row's number."""

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class OwnFeatures:
    """Features of both sides, checked.

    Attributes:
        name: what tables call the real side, where there are no images.
        real: of the real images, float64 (n, d).
        train: of the training images, (m, d); None without any.
        generated: of each generator's images, (k, d), by its name.
    """

    name: str
    real: Floats
    train: Floats | None
    generated: Mapping[str, Floats]

    def named(self, name: str | None) -> OwnFeatures:
        """Give the only generator a name; raises `UsageError` where there are several, which have the arrays' names."""
        if name is None:
            return self
        if len(self.generated) > 1:
            raise UsageError(
                f"name {name[:80]!r} is given for features of {', '.join(self.generated)[:200]}, which are names "
                "already; leave it out"
            )
        (features,) = self.generated.values()
        return replace(self, generated={name: features})

    def of(self, samples: str, images: int, only: bool) -> Floats:
        """Give the features of a generator's images, by its name or, of the only one, as `fake`.

        Raises:
            SamplesError: there are none, or they are not as many as the images.
        """
        key = samples if samples in self.generated else FAKE if only else samples
        if key not in self.generated:
            found = ", ".join(self.generated) or "none"
            raise SamplesError(f"the features hold no array {key!r} (of generators: {found[:200]}); add it")
        return require_rows(self.generated[key], key, images)


def require_rows(features: Floats, key: str, images: int) -> Floats:
    """Return features if there are as many rows as images; raises `SamplesError` otherwise."""
    if len(features) != images:
        raise SamplesError(f"features {key!r} have {len(features):,} rows for {images:,} images; give one row an image")
    return features


def read_features(source: Mapping[str, ArrayLike] | os.PathLike[str] | str) -> OwnFeatures:
    """Read and check features.

    Raises:
        SamplesError: it cannot be read, lacks `real` or a generator, or holds anything but numbers of one width.
    """
    if isinstance(source, str | os.PathLike):
        name, arrays = Path(source).stem, _read_file(Path(source))
    else:
        arrays = {str(key): as_array(value, f"features {key!r}", "(n, d)") for key, value in source.items()}
        name = REAL
    if REAL not in arrays or not arrays.keys() - {REAL, TRAIN}:
        raise SamplesError(f"the features hold {', '.join(arrays)[:200] or 'nothing'}; {KEYS}")
    checked = {key: _checked(array, key) for key, array in arrays.items()}
    widths = {key: array.shape[1] for key, array in checked.items()}
    if len(set(widths.values())) > 1:
        told = ", ".join(f"{key} {width}" for key, width in widths.items())
        raise SamplesError(f"features have different widths ({told[:200]}); compute both sides by the same network")
    real, train = checked.pop(REAL), checked.pop(TRAIN, None)
    return OwnFeatures(name, real, train, checked)


def stand_ins(rows: int, start: int) -> Bytes:
    """Make images that stand for rows of features, uint8 (rows, 1, 8): each the number of its row, from `start`."""
    return np.arange(start, start + rows, dtype=">u8").view(np.uint8).reshape(rows, *STAND_IN)


def _read_file(path: Path) -> dict[str, NDArray[Any]]:
    if not path.is_file():
        raise SamplesError(f"{path} is no file; {KEYS}")
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(member_sizes(archive))
            return {name: read_member(archive, name, f"array {name[:80]!r} of {path}", MAX_BYTES) for name in names}
    except ArrayFormatError as error:
        raise SamplesError(str(error)) from error
    except DAMAGE as error:
        raise SamplesError(f"{path} is no whole npz file ({message_line(error)[:100]}); {KEYS}") from error


def _checked(array: NDArray[Any], key: str) -> Floats:
    if array.dtype.kind not in "biuf" or array.ndim != 2 or array.shape[1] < MIN_WIDTH or not len(array):
        raise SamplesError(
            f"features {key!r} are {array.dtype} of shape {array.shape}; give numbers of shape (n, d), d at least "
            f"{MIN_WIDTH}"
        )
    features = array.astype(np.float64)
    if not np.isfinite(features).all():
        broken = int((~np.isfinite(features).all(axis=1)).sum())
        raise SamplesError(f"features {key!r} hold NaN or infinity in {broken:,} of {len(features):,} rows; mend them")
    return features
