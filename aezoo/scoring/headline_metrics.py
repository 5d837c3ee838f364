"""The few scores that fail differently: by these it is said where samples stand; the tables hold all the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

HEADLINE = {
    "fd": "Fréchet distance of the features, not the FID: means and spread are off, whatever the cause",
    "coverage": "share of the real images that have a generated neighbour: falls where kinds of images are missing",
    "one_nearest_neighbour": "how often the nearest neighbour tells generated from real: 0.5 if it cannot",
    "copying_auc": "below the band: nearer to training images than new real ones are, so copies; above: further",
    "unique_ratio": "different images among the generated ones: falls where images repeat",
    "class_kl": "how far the shares of the ten classes are from the real ones, in nats",
}
"""Names of scores, with what each looks at. Of the others, many are won by generators that are plainly bad."""


def headline_name(row: Mapping[str, Any]) -> str | None:
    """The name in `HEADLINE` of a row of a record, without its feature space; None for another score."""
    space = row["features"]
    name = str(row["metric"]).removesuffix(f"_{space}") if space else str(row["metric"])
    return name if name in HEADLINE else None


def headline_families(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """The registered metrics behind the headline scores among `rows`."""
    return {str(row["family"]) for row in rows if headline_name(row)}


def headline_only(record: Mapping[str, Any], also: Collection[str] = ()) -> dict[str, Any]:
    """The record with its headline scores and those of the metrics `also` alone."""
    return {**record, "scores": [row for row in record["scores"] if headline_name(row) or row["family"] in also]}
