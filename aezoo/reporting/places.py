"""The lines over a page: where its numbers come from, and the word that few seeds need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from aezoo.statistics import LEAST_SEEDS

SHARES = "shares of resampled seeds say little"


class Placed(Protocol):
    """What is computed from one section."""

    @property
    def dataset(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def protocol(self) -> str: ...
    @property
    def least_seeds(self) -> int: ...
    @property
    def samplers(self) -> Mapping[str, str]: ...


def place_lines(found: Placed) -> Iterator[str]:
    """Data set and protocol, with what each model was sampled, and a word where a model has few seeds."""
    yield f"data: {found.dataset}, fingerprint {found.fingerprint[:12]}; protocol: {found.protocol}"
    if found.samplers:
        yield _sampler_line(found.samplers)
    yield from few_seeds(found.least_seeds, SHARES)


def few_seeds(least: int, then: str) -> Iterator[str]:
    """The word that fewer than five seeds need; `then` says what it means for this page."""
    if least < LEAST_SEEDS:
        yield f"seeds: {least} for some model, and with fewer than {LEAST_SEEDS} no test is meaningful; {then}"


def _sampler_line(samplers: Mapping[str, str]) -> str:
    by_sampler: dict[str, list[str]] = {}
    for model, sampler in samplers.items():
        by_sampler.setdefault(sampler, []).append(model)
    # A control is its own sampler: to name both says nothing.
    alone = [sampler for sampler, models in by_sampler.items() if models == [sampler]]
    words = [f"{name} ({', '.join(models)})" for name, models in by_sampler.items() if name not in alone]
    words += ["the others as they are"] if alone else []
    return f"sample metrics with the sampler: {', '.join(words)}"
