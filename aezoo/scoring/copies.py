"""Near copies of training images among generated ones: how many, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from scipy.stats import betabinom

from aezoo.reporting.text import join_words
from aezoo.scoring.exact_copies import TRAINING
from aezoo.scoring.headline_metrics import COPYING_AUC, NEAR_DUPLICATES
from aezoo.scoring.oracle_interval import COVERAGE
from aezoo.scoring.standing import COPIES, READINGS, Standing

CERTAIN = 2
"""Times the usual share of near-duplicates from which on they are copies, where all images together lie no nearer to
training images than new real ones do: blur and lost diversity bring all of them nearer, and a share more than twice the
usual was not seen without copies."""
CERTAIN_NEARER = 10
"""The same where all together lie nearer: of new ones alone, the most alike of the ten digits, five times the usual
share is nearly a training image."""
MIDDLE = 0.5
"""Value of `copying_auc` of images that are as near to training images as new real ones are."""


def near_copy_warnings(
    standings: Sequence[Standing], real: Mapping[str, float], n: int, copiers: Collection[str], training: str = TRAINING
) -> dict[str, str]:
    """Warn of shares of near-duplicates of training images that new real images do not reach.

    Args:
        standings: of all generators.
        real: the oracle's scores, by which real images are judged where a standing has no interval.
        n: number of images behind each score.
        copiers: names of the generators whose images are surely copies; of others the finding says what may be.
        training: what stands for the generator's training images, in words.

    Returns:
        One line for each generator that has such a share, by its name.
    """
    found: dict[str, list[str]] = {}
    for standing, limit in near_shares(standings, real, n):
        if standing.samples in copiers and standing.value > limit:
            found.setdefault(standing.samples, []).append(
                f"{_percent(standing.value)} by {standing.metric} (of new real ones up to {_percent(limit)})"
            )
    return {name: f"copies: a share of the images is nearly {training}, {join_words(of)}" for name, of in found.items()}


def share_limit(share: float, n: int) -> float:
    r"""Give the largest share that n further real images reach in 99.5 of 100 cases, where n of them have `share`.

    Upper quantile of the beta-binomial predictive distribution with Jeffreys's prior: with $k = n p$ near-duplicates
    among n images, those among n others are BetaBinomial(n, k + 1/2, n - k + 1/2). For want of the oracle's interval.
    """
    count = round(share * n)
    return float(betabinom.ppf((1 + COVERAGE) / 2, n, count + 0.5, n - count + 0.5)) / n


def near_shares(standings: Sequence[Standing], real: Mapping[str, float], n: int) -> list[tuple[Standing, float]]:
    """Pair each share of near-duplicates with the largest that is usual of new real images, where that is known."""
    near = [standing for standing in standings if standing.headline == NEAR_DUPLICATES]
    limits = [
        standing.high
        if standing.high is not None
        else share_limit(real[standing.metric], n)
        if standing.metric in real
        else None
        for standing in near
    ]
    return [(standing, limit) for standing, limit in zip(near, limits, strict=True) if limit is not None]


def only_copies_explain(standings: Sequence[Standing], near: Sequence[tuple[Standing, float]]) -> bool:
    """Tell whether a share of near-duplicates of one generator is too large for blur or lost diversity.

    Args:
        standings: of the generator.
        near: its shares, each with the largest that is usual, as `near_shares` pairs them.
    """
    nearer = {standing.space: _lies_nearer(standing) for standing in standings if standing.headline == COPYING_AUC}
    return any(
        standing.value > limit * (CERTAIN_NEARER if nearer.get(standing.space, True) else CERTAIN)
        for standing, limit in near
    )


def _lies_nearer(standing: Standing) -> bool:
    """Tell whether all images together lie nearer to training images; without a band, whether they do at all."""
    return standing.place == "below" if standing.place else standing.value < MIDDLE


def copying_line(standings: Sequence[Standing]) -> str:
    """Say in one line what was seen of copying against the oracle's intervals; "" where there is none."""
    placed = [standing for standing in standings if standing.place]
    near = [standing for standing in placed if standing.headline == NEAR_DUPLICATES]
    together = [standing for standing in placed if standing.headline == COPYING_AUC]
    seen = [*_share_texts(near), *_distance_texts(together)]
    return f"copying: {'; '.join(seen)}" if seen else ""


def _share_texts(near: Sequence[Standing]) -> Iterator[str]:
    above = [standing for standing in near if standing.place == "above"]
    if above:
        shares = [f"{_percent(standing.value)} in {standing.space} features" for standing in above]
        what = COPIES if above[0].copied else READINGS[NEAR_DUPLICATES, "above"]
        yield f"{what} ({', '.join(shares)})"
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
