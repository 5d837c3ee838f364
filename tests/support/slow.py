"""Slow tests: marked `slow`, one in five, which take two thirds of the time; a run of everything leaves them out.

`--slow` runs them too, and so does whoever chooses tests: by a file, a folder within `tests`, `-m` or `-k`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
NOTE = "Slow tests were left out; pytest --slow runs them too."


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect slow tests, where nobody asks for them."""
    if not are_left_out(config):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if not item.get_closest_marker("slow")]


def are_left_out(config: pytest.Config) -> bool:
    """Whether this is a run of all tests that does not ask for the slow ones."""
    option = config.option
    if option.slow or option.markexpr or option.keyword or not config.args:
        return False
    return all(Path(argument).resolve() in (TESTS, TESTS.parent) for argument in config.args)
