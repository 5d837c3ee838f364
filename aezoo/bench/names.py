"""Lists of names of metrics and controls, as options take them."""

from __future__ import annotations

from aezoo.controls import CONTROLS
from aezoo.errors import UsageError
from aezoo.metrics import METRICS

SPACES = ("judge", "pca", "pixels")


def listed(option: str, text: str) -> list[str]:
    """The names in `text`, comma-separated; raises `UsageError` where there is none."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise UsageError(f"{option} {text!r} names nothing; give at least one name, or leave {option} out")
    return names


def listed_metrics(option: str, text: str) -> list[str]:
    """Registered metrics; raises `UsageError` for another name, which says where to find a score that tables show."""
    names = listed(option, text)
    for name in names:
        if name not in METRICS.names():
            _refuse_score(option, name)
        METRICS.check(name)
    return names


def _refuse_score(option: str, name: str) -> None:
    """Raise `UsageError` if `name` is a score, with or without its feature space, of some metric."""
    for metric, registered in METRICS.items():
        known = {score.name for score in registered.scores}
        if name in known | {f"{score}_{space}" for score in known for space in SPACES}:
            raise UsageError(f"{option} {name!r} is a score, computed by the metric {metric}; give {option} {metric}")


def listed_controls(option: str, text: str) -> list[str]:
    """Registered controls, without parameters; raises `UsageError` otherwise."""
    names = listed(option, text)
    for name in names:
        plain, colon, _ = name.partition(":")
        CONTROLS.check(plain)
        if colon:
            raise UsageError(
                f"{option} {name!r} sets a parameter, and {option} takes names alone; for one dose, run --models {name}"
            )
    return names
