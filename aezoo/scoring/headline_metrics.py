"""The few scores that fail differently: by these it is said where samples stand; the tables hold all the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

NEAR_DUPLICATES = "near_duplicates"
COPYING_AUC = "copying_auc"
COPYING = (NEAR_DUPLICATES, COPYING_AUC)
"""Names of the scores that say nothing of quality: of copies alone."""

HEADLINE = {
    "fd": "Fréchet distance of the features, not the FID: means and spread are off, whatever the cause",
    "coverage": "share of the real images that have a generated neighbour: falls where kinds of images are missing",
    "one_nearest_neighbour": "how often the nearest neighbour tells generated from real: 0.5 if it cannot",
    NEAR_DUPLICATES: "share of the images that are nearly a training image: about 0.01 of new real ones, 1 of copies",
    COPYING_AUC: "all images together: 0.5 where they are as near to training images as new real ones are, less where "
    "nearer, more where further; a minority of copies hardly moves it",
    "unique_ratio": "different images among the generated ones: falls where images repeat",
    "class_kl": "how far the shares of the ten classes are from the real ones, in nats",
}
"""Names of scores, with what each looks at. Of the others, many are won by generators that are plainly bad."""


def headline_name(row: Mapping[str, Any]) -> str | None:
    """Find the name in `HEADLINE` of a row of a record, which has no feature space; None for another score."""
    space = row["features"]
    name = str(row["metric"]).removesuffix(f"_{space}") if space else str(row["metric"])
    return name if name in HEADLINE else None


def headline_families(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Name the registered metrics behind the headline scores among `rows`."""
    return {str(row["family"]) for row in rows if headline_name(row)}


def headline_only(record: Mapping[str, Any], extra_metrics: Collection[str] = ()) -> dict[str, Any]:
    """Restrict a record to its headline scores and those of the metrics `extra_metrics`."""
    rows = [row for row in record["scores"] if headline_name(row) or row["family"] in extra_metrics]
    return {**record, "scores": rows}
