"""The order in which models stand in tables and figures, whatever the order of the records."""

from __future__ import annotations

import re

ROLES = ("samples", "model", "floor", "control", "oracle")


def role_rank(role: str) -> int:
    """Samples from elsewhere first, then models, floors, controls and the oracle."""
    return ROLES.index(role)


def natural_key(name: str) -> list[tuple[int, str]]:
    """A sort key that puts ``beta=4`` before ``beta=10``."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]
