"""Near copies of training images among generated ones: how many, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scipy.stats import betabinom

from aezoo.reporting.text import join_words
from aezoo.scoring.headline_metrics import COPYING_AUC, NEAR_DUPLICATES
from aezoo.scoring.oracle_interval import COVERAGE
from aezoo.scoring.standing import Standing


def near_copy_warnings(standings: Sequence[Standing], oracle: Mapping[str, Any], n: int) -> dict[str, str]:
    """Warn of shares of near-duplicates of training images that new real images do not reach.

    Args:
        standings: of all generators.
        oracle: record of the oracle, by which real images are judged where a standing has no interval.
        n: number of images behind each score.

    Returns:
        One line for each generator that has such a share, by its name.
    """
    real = {row["metric"]: row["value"] for row in oracle["scores"] if row["state"] == "ok"}
    found: dict[str, list[str]] = {}
    for standing, limit in _near_duplicates(standings, real, n):
        if standing.value > limit:
            found.setdefault(standing.samples, []).append(
                f"{_percent(standing.value)} by {standing.metric} (of new real ones up to {_percent(limit)})"
            )
    return {
        name: f"copies: a share of the images is nearly training images, {join_words(of)}" for name, of in found.items()
    }


def share_limit(share: float, n: int) -> float:
    r"""Give the largest share that n further real images reach in 99.5 of 100 cases, where n of them have `share`.

    Upper quantile of the beta-binomial predictive distribution with Jeffreys's prior: with $k = n p$ near-duplicates
    among n images, those among n others are BetaBinomial(n, k + 1/2, n - k + 1/2). For want of the oracle's interval.
    """
    count = round(share * n)
    return float(betabinom.ppf((1 + COVERAGE) / 2, n, count + 0.5, n - count + 0.5)) / n


def copying_line(standings: Sequence[Standing]) -> str:
    """Say in one line what was seen of copying against the oracle's intervals; "" where there is none."""
    placed = [standing for standing in standings if standing.place]
    near = [standing for standing in placed if standing.headline == NEAR_DUPLICATES]
    together = [standing for standing in placed if standing.headline == COPYING_AUC]
    seen = [*_share_texts(near), *_distance_texts(together)]
    return f"copying: {'; '.join(seen)}" if seen else ""


def _near_duplicates(
    standings: Sequence[Standing], real: Mapping[str, float], n: int
) -> Iterator[tuple[Standing, float]]:
    """Pair each score of near-duplicates with the largest that is usual of new real images."""
    for standing in standings:
        if standing.headline == NEAR_DUPLICATES:
            if standing.high is not None:
                yield standing, standing.high
            elif standing.metric in real:
                yield standing, share_limit(real[standing.metric], n)


def _share_texts(near: Sequence[Standing]) -> Iterator[str]:
    above = [standing for standing in near if standing.place == "above"]
    if above:
        shares = [f"{_percent(standing.value)} in {standing.space} features" for standing in above]
        yield f"a share of them are copies, or nearly ({', '.join(shares)})"
    elif near:
        yield "no more of them are near a training image than of new real ones"


def _distance_texts(together: Sequence[Standing]) -> Iterator[str]:
    """Say of all images together whether they are nearer to training images than new real ones, or further."""
    texts = {"below": "nearer to training images than", "above": "further from training images than"}
    for place, text in {**texts, "within": "as near to training images as"}.items():
        spaces = [standing.space for standing in together if standing.place == place]
        if spaces:
            yield f"all together {text} new real ones ({', '.join(spaces)})"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
