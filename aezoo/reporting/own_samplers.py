"""Two models that are sampled in different ways: what each is sampled with by itself has one name on both sides."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from aezoo.reporting.panel import choose_sampler

OWN = "own"
"""The sampler's name where each side was sampled with its own: a prior here, a standard normal there."""


def rename_own(sides: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """The scores of two models with their own samplers called `OWN`, where these differ."""
    owns = [_own_sampler(each) for each in sides]
    if None in owns or owns[0] == owns[1]:
        return list(sides)
    return [side.assign(sampler=side["sampler"].replace(own, OWN)) for side, own in zip(sides, owns, strict=True)]


def _own_sampler(scores: pd.DataFrame) -> str | None:
    known = set(scores["sampler"]) - {""}
    return choose_sampler(known, str(scores["role"].iloc[0])) if known else None
