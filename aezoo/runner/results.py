"""Results of a run, or of a folder that exists, as an object; needs no TensorFlow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from aezoo.errors import UnknownNameError
from aezoo.record import Record
from aezoo.runner.seed_scores import read_results
from aezoo.spec import as_names, model_label
from aezoo.store import Store

if TYPE_CHECKING:
    import pandas as pd

    from aezoo.analysis.score_array import ScoreArray
    from aezoo.reporting.document import Document
    from aezoo.runner.plan import Plan

MAX_NAMED = 6
"""Models that the `repr` of results names."""


class Results:
    """Finished trials and what they say.

    Attributes:
        records: one record a trial, whatever became of it.
        folder: the results folder that holds them; a temporary one is removed with this object.
        plan: what was to be computed, and why; None where nothing was run.
    """

    def __init__(
        self,
        records: Sequence[Record],
        folder: Path,
        plan: Plan | None = None,
        temporary: TemporaryDirectory[str] | None = None,
    ) -> None:
        self.records = list(records)
        self.folder, self.plan = folder, plan
        self._temporary = temporary

    @property
    def failed(self) -> list[Record]:
        """The records of trials that gave no scores: diverged, ended, or stopped by an error."""
        return [record for record in self.records if record["status"] != "done"]

    def frame(self, cost: bool = False) -> pd.DataFrame:
        """Return the tidy table: one row a score of a finished trial, with the columns of ``results.csv``.

        With `cost` parameters, seconds of training and of sampling are there as the question "cost"; the reason of a
        time says so where the machine had more work than cores, or the load was not recorded.
        """
        from aezoo.analysis.cost import with_cost
        from aezoo.analysis.frames import tidy

        return tidy(with_cost(self.records) if cost else self.records)

    def tables(self, format: str = "md", cost: bool = False) -> str:
        """Render the tables of every question, with `cost` that one too, as ``table`` prints them.

        Raises `UsageError` for an unknown format.
        """
        from aezoo.reporting import render_tables, tables

        return render_tables(tables(self.records, cost=cost), format)

    def overview(self, format: str = "text", models: Sequence[str] = ()) -> str:
        """Render what the results show on one screen, as ``run`` prints it.

        Args:
            format: as of `tables`.
            models: labels of those to show, with all of their samplers; none for those that a screen holds.

        Raises:
            UsageError: as `tables` does, and where the results have no such model.
        """
        from aezoo.reporting import render
        from aezoo.reporting.pages.overview import overview

        shown = [*map(model_label, as_names(models))]
        return render(overview(self.records, self.folder, shown), format)

    def report(self, explore: Sequence[str] = ()) -> Path:
        """Write the page ``report.html`` into the folder, and return its path.

        Args:
            explore: labels of the models whose networks the page is to hold, for its explorer; its own choice of a few,
                unless there are any.

        Raises:
            ResultsError: the folder cannot be written, or a model to explore is not among the finished ones.
        """
        from aezoo.runner.report import write_page

        return write_page(Store(self.folder), self.records, explore=[*map(model_label, as_names(explore))])

    def figures(
        self,
        data_file: Path | None = None,
        png_only: bool = False,
        models: Sequence[str] = (),
        svg: Sequence[str] = (),
        only: Sequence[str] = (),
    ) -> list[Path]:
        """Draw the figures into the folder, as the command ``figures`` does; returns their paths.

        Args:
            data_file: where the images of the data set are, if not in a cache, for samples beside training images.
            png_only: write small PNG to publish and no SVG.
            models: labels of those to draw, beside floors and controls; all, unless there are any.
            svg: file names of those that are written as SVG nevertheless, such as ``ranks``.
            only: names of the figures to draw; all, unless there are any. Files of others are left alone.

        Raises:
            ResultsError: the folder cannot be written.
            UnknownNameError: no record is of a model to draw, or there is no such figure.
        """
        from aezoo.runner.real_images import RealImages
        from aezoo.runner.report import draw_figures

        records = select_models(self.records, models)
        return draw_figures(Store(self.folder), records, RealImages(data_file), png_only, as_names(svg), as_names(only))

    def winners(self) -> pd.DataFrame:
        """Find the model that wins each metric by which two models can be told apart.

        Models are compared by their own sampler, the prior or else the standard normal, as in the verdict. A table has
        a row for each sampler and marks the best of all rows: by a sample metric that may be a model with another
        sampler, even where `winner` is a different model.

        Returns:
            One row for each data set, protocol, question and metric: `winner` (several that tie are joined by `` = ``),
            `share` of resampled seeds in which one of them wins, and `seeds`, the fewest that a model has.

        Raises:
            UsageError: nothing has been scored.
        """
        import pandas as pd

        from aezoo.analysis.score_array import discriminating_scores, score_arrays
        from aezoo.analysis.winners import winners

        columns = ("dataset", "protocol", "question", "metric", "winner", "share", "seeds")
        rows = [
            (
                array.section.dataset,
                array.section.protocol,
                won.question,
                won.metric,
                " = ".join(won.models),
                1 - won.changes,
                won.seeds,
            )
            for array in score_arrays(self.records)
            for won in winners(discriminating_scores(array.only_models()))
        ]
        return pd.DataFrame(rows, columns=list(columns))

    def question_winners(self) -> pd.DataFrame:
        """Find the model that wins each question: the lowest mean rank over its metrics, as in the verdict.

        Models are compared by their own sampler, as `winners` does metric by metric.

        Returns:
            One row for each data set, protocol and question: `winner` (several that tie are joined by `` = ``; "" where
            fewer than two models can be compared), `share` of resampled seeds in which one of them wins, `sure` if one
            alone is told from all others by five common seeds or more, and `seeds`, how many all competitors have.

        Raises:
            UsageError: nothing has been scored.
        """
        import pandas as pd

        from aezoo.analysis.question_verdict import question_winners
        from aezoo.analysis.score_array import score_arrays

        columns = ("dataset", "protocol", "question", "winner", "share", "sure", "seeds")
        rows = [
            (won.dataset, won.protocol, won.question, " = ".join(won.winners), won.share, won.sure, won.seeds)
            for won in question_winners(score_arrays(self.records))
        ]
        return pd.DataFrame(rows, columns=list(columns))

    def verdict(self, format: str | None = None, models: Sequence[str] = (), sampler: str | None = None) -> str:
        """Render who wins each question and how surely, as ``verdict`` prints it.

        Args:
            format: of the whole page, as of `tables`; one screen of text without.
            models: labels of those to judge, beside floors and controls; all, unless there are any.
            sampler: by which sample metrics are compared, among the models that have it; each model's own without.

        Raises:
            UsageError: nothing has been scored, or a name is unknown.
        """
        from aezoo.analysis.verdict import verdict
        from aezoo.reporting.pages.verdict import verdict_document, verdict_screen

        make = verdict_screen if format is None else verdict_document
        return self._render_sections(lambda arrays: make([*map(verdict, arrays)]), format, models, sampler)

    def agreement(self, format: str | None = None, models: Sequence[str] = (), sampler: str | None = None) -> str:
        """Render which metrics agree, as ``agreement`` prints it; arguments and errors are those of `verdict`."""
        from aezoo.analysis.agreement import agreement
        from aezoo.reporting.pages.agreement import agreement_document, agreement_screen

        make = agreement_screen if format is None else agreement_document
        return self._render_sections(lambda arrays: make([*map(agreement, arrays)]), format, models, sampler)

    def _render_sections(
        self,
        make: Callable[[list[ScoreArray]], Document],
        format: str | None,
        models: Sequence[str],
        sampler: str | None,
    ) -> str:
        """Render a page of the sections with two models; where none has two, the error of making it says so."""
        from aezoo.analysis.score_array import score_arrays
        from aezoo.reporting.formats import FORMATS, render

        FORMATS.check(format or "text")  # before anything is computed
        arrays = score_arrays(select_models(self.records, models), sampler)
        return render(make([each for each in arrays if each.roles.count("model") > 1] or arrays), format or "text")

    def __repr__(self) -> str:
        statuses = Counter(record["status"] for record in self.records)
        counts = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
        names = sorted({record["label"] for record in self.records if record["role"] not in ("floor", "oracle")})
        more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
        models = f"; {', '.join(names[:MAX_NAMED])}{more}" if names else ""
        return f"Results({len(self.records)} trials{counts and f': {counts}'}{models}; {str(self.folder)!r})"


def select_models(records: Sequence[Record], models: str | Sequence[str]) -> list[Record]:
    """Leave out every other model, unless none is named; floors, controls and the oracle stay.

    Raises `UnknownNameError` for a name that no record has.
    """
    chosen = [*map(model_label, as_names(models))]
    known = {record["label"] for record in records if record["role"] == "model"}
    for name in chosen:
        if name not in known:
            raise UnknownNameError("model in these results", name, known)
    return [each for each in records if not chosen or each["role"] != "model" or each["label"] in chosen]


def load_results(folder: Path | str) -> Results:
    """Load the results of every trial in a folder that `run` or the command line wrote; imports no TensorFlow.

    Warns with `DamagedRecordWarning` of records that are damaged, which are left out.

    Raises:
        ResultsError: the folder holds no results, or cannot be read.
    """
    store = Store(Path(folder))
    return Results(read_results(store), store.folder)
