"""Sampler of a model by which it is compared with others: its own, unless one is asked for."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from aezoo.samplers import OWN_SAMPLERS

OWN_SAMPLER_LABEL = "own"
"""The sampler's name where each side was sampled with its own: a prior here, a standard normal there."""

CEILING_SAMPLER = "posterior"
"""The sampler that generates nothing: it decodes codes of training images, a ceiling of all others, never best."""


def choose_sampler(known: set[str], role: str, sampler: str | None = None) -> str:
    """Choose the sampler whose scores represent a model: `sampler` if it is among the `known`, else the default."""
    if role != "model" and len(known) == 1:
        return next(iter(known))
    if sampler in known:
        return str(sampler)
    others = known - {CEILING_SAMPLER} or known
    return next((name for name in (OWN_SAMPLER_LABEL, *OWN_SAMPLERS) if name in known), min(others))


def label_default_sampler(sides: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """Call the default samplers of two models `OWN_SAMPLER_LABEL` in their scores, where they differ."""
    defaults = [default_sampler(side) for side in sides]
    if None in defaults or defaults[0] == defaults[1]:
        return list(sides)
    return [
        side.assign(sampler=side["sampler"].replace(default, OWN_SAMPLER_LABEL))
        for side, default in zip(sides, defaults, strict=True)
    ]


def default_sampler(scores: pd.DataFrame) -> str | None:
    """Find the sampler whose scores represent a model, from its scores; None where none depends on one."""
    known = set(scores["sampler"]) - {""}
    return choose_sampler(known, str(scores["role"].iloc[0])) if known else None
