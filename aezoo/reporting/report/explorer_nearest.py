"""Training images that the page holds: of all of them those nearest to what its models decode.

A page has no room for 60,000 images, and a few hundred of them at random would hold hardly any copy. What a decoder of
a page can make is a small part of all images, so that few training images are nearest to any of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.images import as_bytes
from aezoo.reporting.report.networks import Floats, Networks, pack_bytes, unit

Bytes = NDArray[np.uint8]

SIDE = 26
"""Points of a map along each of its sides at which a model decodes an image."""
POINTS = 300
"""Codes of other than two dimensions at which it does: they are too many for a grid, and what is nearest differs."""
CHECKS = 60
"""Further points of each model by which the choice is judged."""
TYPICAL = 200
"""Held-out images whose distance from the nearest training image is measured."""
MAX_KEPT = 1_200
LEVELS = 8
"""Levels of grey of the images in the page."""
MIN_RADIUS = 1.0


@dataclass(frozen=True)
class Digits:
    """Images of the data set of a record, for the page to show; each uint8 (n, 28, 28).

    Attributes:
        train: all training images.
        test: images that no model was trained on.
        labels: classes of `test`, (n,).
        nearest: finds for images (n, 28, 28) the rows (n,) of the nearest of `train`.
    """

    train: Bytes
    test: Bytes
    labels: NDArray[np.uint8]
    nearest: Callable[[Bytes], NDArray[np.intp]]


@dataclass(frozen=True)
class Decoded:
    """Images that a model decodes, uint8 (n, 28, 28): all over its codes, and at other points to judge a choice by."""

    everywhere: Bytes
    checks: Bytes


def decode_everywhere(networks: Networks, codes: Floats | None, centre: Floats, spread: Floats, test: Bytes) -> Decoded:
    """Decode images at a grid of the map and at random points of it.

    Of a code of other than two dimensions, at codes of held-out images and at draws of a normal distribution.

    Args:
        networks: as the page runs them.
        codes: those that the map shows, (n, 2); None without a map of codes.
        centre: mean of the codes, (d,).
        spread: their standard deviation, (d,).
        test: held-out images.
    """
    random = np.random.default_rng(0)
    if networks.dimensions == 2:
        middle, radius = map_square(codes, centre, spread)
        across = np.linspace(-radius, radius, SIDE)
        grid = np.stack(np.meshgrid(across, across), axis=-1).reshape(-1, 2)
        points, others = middle + grid, middle + random.uniform(-radius, radius, (CHECKS, 2))
    else:
        count = POINTS + CHECKS
        points = centre + spread * random.normal(size=(count, networks.dimensions))
        if networks.heads:
            seen = networks.encode(unit(test[: count // 2]))
            points[: len(seen)] = seen
        points = random.permutation(points)
        points, others = points[CHECKS:], points[:CHECKS]
    everywhere, checks = (
        as_bytes(networks.decode(each.astype(np.float32)).reshape(-1, 28, 28)) for each in (points, others)
    )
    return Decoded(everywhere, checks)


def map_square(codes: Floats | None, centre: Floats, spread: Floats) -> tuple[Floats, float]:
    """Give centre and half side of the map as the page draws it: of all codes but the outermost hundredth each way."""
    if codes is None:
        return np.asarray(centre, np.float32), 3 * float(np.max(spread))
    ordered, cut = np.sort(codes, axis=0), len(codes) // 100
    low, high = ordered[cut], ordered[len(codes) - 1 - cut]
    return (low + high) / 2, max(MIN_RADIUS, float(0.56 * (high - low).max()))


def training_images(decoded: Sequence[Decoded], digits: Digits) -> Mapping[str, Any]:
    """Choose the training images that are nearest to what models decode, and pack them.

    Returns:
        "train", the images in `LEVELS` greys; "count" of them and "total"; "typical", the median distance of held-out
        images from the nearest of all; "checks", points at which the choice was judged; "found", the share of these at
        which the nearest in the page is the nearest of all; "farther", by how much it is farther in the worst case.
    """
    rows = digits.nearest(np.concatenate([each.everywhere for each in decoded]))
    each, counts = np.unique(rows, return_counts=True)
    kept = np.sort(each[np.argsort(-counts, kind="stable")[:MAX_KEPT]])
    train = digits.train[kept]
    levels = np.rint(train * ((LEVELS - 1) / 255)).astype(np.uint8)
    shown = np.rint(levels * (255 / (LEVELS - 1))).astype(np.uint8)
    checks = np.concatenate([each.checks for each in decoded])
    of_all = _distances(checks, digits.train[digits.nearest(checks)])
    in_page = _distances(checks, train[_nearest(checks, shown)])
    held_out = digits.test[:TYPICAL]
    typical = _distances(held_out, digits.train[digits.nearest(held_out)])
    return {
        "train": pack_bytes(shown),
        "count": len(train),
        "total": len(digits.train),
        "typical": round(float(np.median(typical)), 3),
        "checks": len(checks),
        "found": float((in_page <= of_all).mean()),
        "farther": float(((in_page - of_all) / np.maximum(of_all, 1e-9)).max()),
    }


def _nearest(images: Bytes, among: Bytes) -> NDArray[np.intp]:
    queries, rows = unit(images), unit(among)
    return np.asarray((np.square(rows).sum(axis=1) - 2 * queries @ rows.T).argmin(axis=1))


def _distances(images: Bytes, others: Bytes) -> NDArray[np.float64]:
    """Compute Euclidean distances of images and others in pairs, pixels in [0, 1]."""
    return np.asarray(np.sqrt(np.square((images.astype(np.float64) - others) / 255).sum(axis=(1, 2))))
