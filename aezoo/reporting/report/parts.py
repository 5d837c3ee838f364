"""Parts of the page, one section of results after the other: documents for reading, and data for tables and charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from aezoo.analysis.agreement import agreement
from aezoo.analysis.conventions import natural_key
from aezoo.analysis.cost import LOADED, load_remark
from aezoo.analysis.frames import Record
from aezoo.analysis.score_array import ScoreArray, discriminating_scores, own_samplers, score_array
from aezoo.analysis.sections import Section
from aezoo.analysis.verdict import Verdict, verdict
from aezoo.reporting.document import Document, PageSection
from aezoo.reporting.figures.selection import Gallery, GalleryOf
from aezoo.reporting.markup import to_html
from aezoo.reporting.notes import POINTS, section_footer
from aezoo.reporting.pages.agreement import agreement_document
from aezoo.reporting.pages.verdict import verdict_document
from aezoo.reporting.pages.verdict_sentences import GOALS, no_verdict, short_verdict
from aezoo.reporting.report.catalogue import ModelEntry, model_entries
from aezoo.reporting.report.data import metric_families, section_data, subject_data
from aezoo.reporting.report.few_scores import MANY_MODELS
from aezoo.reporting.report.images import Wall, curve_data, wall
from aezoo.reporting.report.letters import question_letters
from aezoo.reporting.report.plain_tables import plain_tables
from aezoo.reporting.report.seeds import SeedsAsked, with_asked
from aezoo.reporting.table import Table
from aezoo.reporting.tables import tables_from
from aezoo.reporting.text import join_words, reading, tie_legend
from aezoo.statistics import kendall_tau

NO_NAME = ("that takes ", "the seeds ", "too many ", "a verdict ", "one model ")
"""Beginnings of what follows the colon of an answer, where it is not the name of a model."""
MAX_RESAMPLED = 4
"""More models would make the intervals of the agreement take longer than all the rest; its command has them."""
MAX_WARNINGS = 3
SAMPLES = "samples/"
"""Beginning of the name of an array of samples, before the sampler's."""
COMPARED = {
    "floor": ("simple baseline", "simple baselines"),
    "control": ("generator known to be bad", "generators known to be bad"),
}
"""Words for one and for more of what stands beside the models, by role."""
POINT_FILES = {
    "results.csv": "the value of each seed is in results.csv",
    "tables/uncertainty.md": "the values of each seed by the first metrics to read are in tables/uncertainty.md",
}
"""Files with the value of each seed."""

QUESTIONS = {
    "reconstruction": "Does it give back what it was given?",
    "latent": "Are its codes in order: do they separate the classes?",
    "likelihood": "How probable does it hold new images?",
    "samples": "Do its samples look real, and are they as varied as real images?",
    "copying": "Are its samples new, or copies of training images?",
    "anomaly": "Does it notice what does not belong?",
    "disentanglement": "Does each factor behind the images have a place of its own in the code?",
}
TITLES = {"latent": "Latent codes"}
"""Titles of questions whose name alone says little."""


@dataclass(frozen=True)
class Model:
    """A model's part of the page.

    Attributes:
        label: as tables show it.
        entry: of the catalogue; None for a model that is not installed here.
        parameters: every parameter in force.
        facts: name and value of what is known of its trainings.
    """

    label: str
    entry: ModelEntry | None
    parameters: Mapping[str, object]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Part:
    """One section of results on the page.

    Attributes:
        name: the section's name, which no other has.
        section: data set and protocol.
        records: its records.
        gallery: the arrays kept for the figures of a record.
        seeds_asked: how many seeds were asked of each subject; what is not in it is out of the tables' number.
        folder: the results folder; None where there is none.
    """

    name: str
    section: Section
    records: tuple[Record, ...]
    gallery: GalleryOf
    seeds_asked: SeedsAsked = field(default_factory=dict)
    folder: Path | None = None

    @cached_property
    def tables(self) -> list[Table]:
        """All of its tables."""
        return [with_asked(table, self.seeds_asked) for table in tables_from([self.section])]

    @cached_property
    def models(self) -> list[str]:
        """The labels of its models that have scores."""
        scores = self.section.scores
        return sorted(set(scores.loc[scores["role"] == "model", "model"]), key=natural_key)

    @property
    def is_reduced(self) -> bool:
        """True where it has the first scores of each model's own sampler alone, because there are very many models."""
        return len(self.models) > MANY_MODELS

    @cached_property
    def verdict(self) -> Verdict | None:
        """The winner of each question; None where nobody can win, or there are too many models for a moment."""
        return verdict(score_array(self.section)) if no_verdict(self.models) is None else None

    @cached_property
    def ranked(self) -> ScoreArray | None:
        """The scores that tell its models apart; None with fewer than two models, or too many."""
        if no_verdict(self.models) is not None:
            return None
        found = discriminating_scores(score_array(self.section).only_models())
        return found if len(found.scores) > 1 else None

    @cached_property
    def wall(self) -> Wall | None:
        """Its images."""
        return wall(self.records, self._own_images if self.is_reduced else self.gallery)

    def _own_images(self, record: Record) -> Gallery:
        """Give the arrays kept for a record, of a model without the samples of other samplers than its own."""
        found = self.gallery(record)
        own = self._own_samplers.get(record["label"]) if record["role"] == "model" else None
        other = {name for name in found if name.startswith(SAMPLES) and own not in (None, name.removeprefix(SAMPLES))}
        return {name: images for name, images in found.items() if name not in other}

    @property
    def asked(self) -> str:
        """One sentence: who was trained how often, on what."""
        trials = self.section.trials
        counts = trials.groupby("role")["model"].nunique()
        seeds = trials[trials["role"] == "model"].groupby("model")["seed"].nunique().tolist() or [0]
        fewer = f"{min(seeds)} to " if min(seeds) < max(seeds) else ""
        times = "once" if max(seeds) == 1 else f"{fewer}{max(seeds)} times"
        numbers = {words: int(counts.get(role, 0)) for role, words in COMPARED.items()}
        beside = join_words([_count(number, *words) for words, number in numbers.items() if number])
        models = _count(int(counts.get("model", 0)), "model")
        return (
            f"{models}, each trained {times} ({fewer}{_count(max(seeds), 'seed')})"
            f"{beside and f', beside {beside}'}, on {self.name}."
        )

    @property
    def answer(self) -> list[str]:
        """Three sentences at most: the verdict's."""
        if self.verdict is not None:
            return short_verdict(self.verdict)
        return list(filter(None, [no_verdict(self.models)]))

    @property
    def headline(self) -> str:
        """The answer's first words: all before the colon of its first sentence, with which the `reasons` begin."""
        return self.answer[0].partition(": ")[0].removesuffix(".")

    @property
    def reasons(self) -> list[str]:
        """The rest of the answer, a paragraph each."""
        reason = self.answer[0].partition(": ")[2]
        if reason.startswith(NO_NAME):  # the name of a model stays as it is
            reason = reason[0].upper() + reason[1:]
        return [text for text in (reason, *self.answer[1:]) if text]

    @cached_property
    def questions(self) -> list[tuple[str, str, str, Markup]]:
        """Each question, its title, the question in words, and its tables for a reader without scripts."""
        found: dict[str, list[Table]] = {}
        for table in self.tables:
            found.setdefault(table.question, []).append(table)
        return [
            (name, TITLES.get(name, name.capitalize()), QUESTIONS.get(name, ""), plain_tables(tables, self.is_reduced))
            for name, tables in found.items()
        ]

    def notes(self) -> Markup:
        """Say how to read the tables, where they come from, and what is missing."""
        footers = dict.fromkeys(self._in_folder(line) for table in self.tables for line in table.footer)
        return to_html(Document((PageSection("", (*reading(self.section), *footers)),)))

    @property
    def no_ties(self) -> str:
        """Say that no ties are marked in its tables; empty where seeds are many enough to mark them."""
        return next((line for line in tie_legend(self.section) if "no ties are marked" in line), "")

    def has_file(self, name: str) -> bool:
        """Tell whether its folder has a file or a folder: a packed one has fewer."""
        return self.folder is not None and (self.folder / name).exists()

    def _in_folder(self, line: str) -> str:
        """Name in a line of a footer the files that the folder has."""
        places = [text for name, text in POINT_FILES.items() if self.has_file(name)]
        return line.replace(f"; {POINTS}", "".join(f"; {place}" for place in places))

    def verdict_page(self) -> Markup:
        """Render the page of the command `verdict`."""
        return Markup() if self.verdict is None else to_html(verdict_document([self.verdict]), shift=2)

    def agreement_page(self) -> Markup:
        """Render the page of the command `agreement`; empty where resampling seeds would take too long."""
        if self.ranked is None or len(self.models) > MAX_RESAMPLED:
            return Markup()
        return to_html(agreement_document([agreement(score_array(self.section))]), shift=1)

    def provenance(self) -> Markup:
        """Say which data, protocol and software the numbers come from."""
        lines = tuple(map(self._in_folder, section_footer(self.section, several_judges=True)))
        return to_html(Document((PageSection("", lines),)))

    def model_parts(self) -> list[Model]:
        """Make the part of each model."""
        labels = [label for label in self.models if label in self._by_label]
        return [self._model(label, self._by_label[label]) for label in labels[:MANY_MODELS]]

    @cached_property
    def _by_label(self) -> dict[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        for record in self.records:
            if record["role"] == "model":
                found.setdefault(record["label"], []).append(record)
        return found

    def _model(self, label: str, records: Sequence[Record]) -> Model:
        done = [record for record in records if record["status"] == "done"]
        seconds = [record["timing"]["train"] for record in done if record["timing"].get("train") is not None]
        weights = next((count for record in done if (count := record.get("parameter_count"))), None)
        found = {load_remark(record) for record in done} - {""}
        remarks = "".join(f"; {'the machine was busy' if each == LOADED else each}" for each in sorted(found))
        warned = dict.fromkeys(text for record in done for text in record.get("warnings", ()))
        asked = max(len(records), self.seeds_asked.get(("model", label), 0))
        facts = [("seeds", f"{len(done)} of {asked} finished")]
        if weights:
            facts.append(("weights", f"{weights:,}"))
        if seconds:
            facts.append(("training", f"{sum(seconds) / len(seconds):.3g} s a seed{remarks}"))
        facts += [("warning", text) for text in list(warned)[:MAX_WARNINGS]]
        return Model(
            label=label,
            entry=model_entries().get(records[0]["spec"]["model"]),
            parameters=records[0].get("parameters") or records[0]["spec"]["parameters"],
            facts=tuple(facts),
        )

    def data(self) -> dict[str, Any]:
        """Give what its tables and charts show, as values of JSON."""
        entries = {record["label"]: model_entries().get(record["spec"]["model"]) for record in self.records}
        known = {key: each for key, each in entries.items() if each}
        subjects = subject_data(self.records, known, self._own_samplers)
        return {
            "name": self.name,
            **section_data(self.section, self.tables, subjects, metric_families(self.records)),
            "verdict": self._verdict_data(),
            "agreement": self._agreement_data(),
            "curves": curve_data(self.records) if not self.is_reduced else {},
        }

    @cached_property
    def _own_samplers(self) -> dict[str, str]:
        """Find the sampler by which the verdict compares each model."""
        if self.section.scores.empty:
            return {}
        return own_samplers(self.section)

    def _verdict_data(self) -> list[dict[str, Any]]:
        found = () if self.verdict is None else self.verdict.questions
        letters = question_letters(score_array(self.section), found) if found else {}
        return [
            {
                "question": each.question,
                "title": GOALS.get(each.question, each.question),
                "ranks": {label: round(rank, 6) for label, rank in each.mean_ranks.items()},
                "winners": list(each.winners),
                "sure": each.sure,
                "groups": [list(group) for group in letters[each.question].groups],
                "letters": letters[each.question].note,
            }
            for each in found
            if each.contested
        ]

    def _agreement_data(self) -> dict[str, Any] | None:
        """Give Kendall's tau of each two metrics over the models that both score, by the means over seeds."""
        if self.ranked is None:
            return None
        array, known = self.ranked, self.ranked.is_known.astype(int)
        tau = kendall_tau(array.means)
        shared = known.T @ known
        return {
            "among": len(array.models),
            "metrics": [[score.metric, score.question] for score in array.scores],
            "pairs": [
                [int(i), int(j), round(float(tau[i, j]), 2), int(shared[i, j])]
                for i, j in zip(*np.triu_indices(len(array.scores), 1), strict=True)
                if np.isfinite(tau[i, j])
            ],
        }


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
