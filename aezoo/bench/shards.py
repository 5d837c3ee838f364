"""One part of a suite, for a scheduler that aezoo does not talk to: Slurm arrays, GNU parallel, make."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from aezoo.errors import UsageError

PATTERN = re.compile(r"([1-9]\d{0,6})/([1-9]\d{0,6})")

Item = TypeVar("Item")


@dataclass(frozen=True)
class Shard:
    """Part `index` of `count`, counted from 1; the parts of one suite are disjoint and together all of it."""

    index: int = 1
    count: int = 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``i/n`` with 1 <= i <= n; raises `UsageError`."""
        match = PATTERN.fullmatch(text)
        if match is None or int(match[1]) > int(match[2]):
            raise UsageError(f"shard {text[:80]!r} is not understood; write i/n with i from 1 to n, such as 1/3")
        return cls(int(match[1]), int(match[2]))

    def take(self, items: Sequence[Item]) -> Sequence[Item]:
        """Every `count`-th item from the `index`-th on: models that take long are spread over all parts.

        What a part holds depends on the suite alone, not on what has been run, so that each can be run again.
        """
        return items[self.index - 1 :: self.count]


WHOLE = Shard()
