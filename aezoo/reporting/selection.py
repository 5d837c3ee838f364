"""Selection of what tables show: questions, metrics, models and samplers by name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from aezoo.analysis.sections import Section
from aezoo.errors import UnknownNameError, UsageError
from aezoo.reporting.table import Row


@dataclass(frozen=True)
class Selection:
    """Names of what tables show; of what has no names, tables show all.

    Attributes:
        questions: such as "samples".
        metrics: names of scores, such as "fd_judge", or without their feature space, "fd".
        models: labels of models, floors and controls.
        samplers: of models and floors. What does not depend on a sampler stays, and so do controls and the oracle.
    """

    questions: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    samplers: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.questions, self.metrics, self.models, self.samplers))

    def check(self, sections: Sequence[Section]) -> None:
        """Raise `UnknownNameError` for a name that none of the sections has."""
        known = {
            "question": (self.questions, _values(sections, "question")),
            "metric": (self.metrics, {name for section in sections for name in _metric_names(section)}),
            "model": (self.models, {str(name) for section in sections for name in section.trials["model"]}),
            "sampler": (self.samplers, _values(sections, "sampler") - {""}),
        }
        for kind, (names, found) in known.items():
            for name in names:
                if name not in found:
                    raise UnknownNameError(f"{kind} in these results", name, found)

    def has_question(self, question: str) -> bool:
        """Tell whether a question is selected."""
        return not self.questions or question in self.questions

    def has_row(self, row: Row) -> bool:
        """Tell whether a row is selected."""
        is_sampled = bool(row.sampler) and row.role in ("model", "floor")
        return (not self.models or row.model in self.models) and (
            not self.samplers or not is_sampled or row.sampler in self.samplers
        )

    def columns(self, columns: pd.DataFrame) -> pd.DataFrame:
        """Select the columns of some metrics, one a row."""
        if not self.metrics or columns.empty:
            return columns
        names = zip(columns["metric"], columns["features"], strict=True)
        return columns[[bool({metric, _stem(metric, space)} & {*self.metrics}) for metric, space in names]]

    def notes(self) -> Iterator[str]:
        """Say what to know of a table in which not all rows are shown."""
        if self.models or self.samplers:
            yield "not all rows are shown; the best is marked among the models of all rows"

    def require_something(self, tables: Collection[object]) -> None:
        """Raise `UsageError` where a selection leaves no table."""
        if self and not tables:
            parts = (f"{name} {', '.join(value)}" for name, value in vars(self).items() if value)
            raise UsageError(f"no table has all of: {'; '.join(parts)}; leave some of it out")


def _values(sections: Sequence[Section], field: str) -> set[str]:
    return {str(name) for section in sections for name in section.scores[field].unique()}


def _metric_names(section: Section) -> Iterator[str]:
    for metric, space in zip(section.columns["metric"], section.columns["features"], strict=True):
        yield from (metric, _stem(metric, space))


def _stem(metric: str, space: str) -> str:
    """Remove the feature space from the name of a score."""
    return metric.removesuffix(f"_{space}") if space else metric
