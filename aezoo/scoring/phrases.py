"""Words for where a value stands among rows of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NAMED = 3
"""So many rows are named, more are counted."""

ONE = {"model": "model", "floor": "floor", "control": "control"}
MANY = {"model": "rows of models", "floor": "rows of floors", "control": "controls"}
REAL = "real images"


@dataclass(frozen=True)
class Among:
    """The names of the rows of one role by how they compare with a value, the nearest first."""

    role: str
    better: tuple[str, ...] = ()
    equal: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return len(self.better) + len(self.equal) + len(self.worse)


def compared(among: Sequence[Among]) -> str:
    """``better than all 8 rows of models; worse than real images and the control memoriser``; nothing among none."""
    real_first = sorted(among, key=lambda each: each.role in ONE)
    sides = {
        "better than": [_named(each.role, each.worse, each.total) for each in real_first],
        "worse than": [_named(each.role, each.better, each.total) for each in real_first],
        "equal to": [_named(each.role, each.equal, each.total) for each in real_first],
    }
    told = {words: [each for each in rows if each] for words, rows in sides.items()}
    return "; ".join(f"{words} {_listed(rows)}" for words, rows in told.items() if rows)


def _named(role: str, names: Sequence[str], total: int) -> str:
    """Rows of one role: "" for none."""
    if not names or role not in ONE:
        return REAL if names else ""
    if len(names) == 1:
        return f"the {ONE[role]} {names[0]}"
    if len(names) == total:
        return f"all {total} {MANY[role]}"
    told = f" ({', '.join(names)})" if len(names) <= NAMED else ""
    return f"{len(names)} of {total} {MANY[role]}{told}"


def _listed(words: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
