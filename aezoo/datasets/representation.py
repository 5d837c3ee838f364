"""Representations of data sets and their splits, in one line where their arrays would take hundreds."""

from __future__ import annotations

from aezoo.datasets.base import Dataset, Split

FINGERPRINT = 12
"""Characters of a fingerprint that are shown."""


def dataset_line(dataset: Dataset) -> str:
    """Return name, sizes of the splits, factors, origin and the beginning of the fingerprint."""
    sizes = ", ".join(f"{name} {len(getattr(dataset, name)):,}" for name in ("train", "reference", "oracle"))
    factors = f"; factors {', '.join(factor.name for factor in dataset.factors)}" if dataset.factors else ""
    return (
        f"<Dataset {dataset.name}: {sizes}{factors}; {dataset.origin}; fingerprint {dataset.fingerprint[:FINGERPRINT]}>"
    )


def split_line(split: Split) -> str:
    """Return the number and shape of the images, and what is known beside their labels."""
    shape = " x ".join(map(str, split.images.shape[1:]))
    more = [name for name in ("factors", "features") if getattr(split, name) is not None]
    return f"<Split of {len(split):,} images, {shape}{''.join(f', with {name}' for name in more)}>"
