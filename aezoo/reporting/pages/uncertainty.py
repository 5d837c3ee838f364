"""The page of uncertainties: the metrics to read first as a document, all of them as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import pandas as pd

from aezoo.analysis.conventions import headline_metrics, metric_key
from aezoo.analysis.uncertainty import ScoreUncertainty, SectionUncertainty
from aezoo.reporting.document import Document, PageSection
from aezoo.reporting.formats.csv import frame_to_csv
from aezoo.reporting.text import few_seeds_warning, format_mean, format_percent, section_names

FIRST = 4
"""So many metrics a question, of those to read first; the CSV file has all of them."""

MAX_ROWS = 200
POINTS = "the points stand in seed order, and a t interval of so few rests on their being normal"
READING = (
    "over seeds: 95 % Student t interval of the mean over seeds; it covers the training (initial weights, order, "
    "noise) and the images that each seed draws, and not the choice of the held-out images, which all seeds share",
    "bootstrap: the same by resampling seeds, percentile below ten seeds, too narrow with few",
    "over images: 95 % normal interval of the same mean if other images had been drawn and held out, the trained "
    "models as they are; all models are scored on the same held-out images, whose part largely cancels in a difference",
    "shares: of the variance of one score with another seed and other images: training, drawn images, held-out images; "
    "the training's is the variance over seeds less that of the drawn images, 0 (marked *) where that is negative",
)
COLUMNS = (
    *("question", "metric", "model", "sampler", "seeds", "points", "mean"),
    *("seeds_low", "seeds_high", "images_low", "images_high"),
    *("variance_training", "variance_drawn", "variance_held_out", "clipped"),
)


def uncertainty_document(sections: Sequence[SectionUncertainty]) -> Document:
    """Make a page of uncertainties: for each section a title with how to read it, then a table for each question."""
    names = section_names(found.section for found in sections)
    parts = (part for found in sections for part in _sections(found, names[found.section]))
    return Document(tuple(parts), tuple(sections))


def _sections(section: SectionUncertainty, name: str) -> Iterator[PageSection]:
    yield PageSection(f"Uncertainty on {name.replace(', protocol ', ', ', 1)}", tuple(_lines(section)))
    shown = [score for score in section.scores if _is_first(score)][:MAX_ROWS]
    for question, scores in groupby(shown, key=lambda score: score.question):
        yield _question(question, list(scores))


def _is_first(score: ScoreUncertainty) -> bool:
    return metric_key(score.question, score.metric, score.features)[0] < min(
        FIRST, len(headline_metrics(score.question))
    )


def uncertainty_csv(sections: Iterable[SectionUncertainty]) -> str:
    """Write a row for each score of `sections`; bounds and variances that are unknown are empty."""
    rows = [
        {
            "dataset": section.dataset,
            "fingerprint": section.fingerprint[:12],
            "protocol": section.protocol,
            **_row(each),
        }
        for section in sections
        for each in section.scores
    ]
    return frame_to_csv(pd.DataFrame(rows, columns=["dataset", "fingerprint", "protocol", *COLUMNS], dtype=object))


def _lines(section: SectionUncertainty) -> Iterator[str]:
    yield f"data: {section.dataset}, fingerprint {section.fingerprint[:12]}; protocol: {section.protocol}"
    yield from few_seeds_warning(section.least_seeds, POINTS)
    yield from READING
    hidden = sum(map(_is_first, section.scores)) - MAX_ROWS
    yield "all metrics are in uncertainty.csv" + (f", and {hidden} more rows of these" if hidden > 0 else "")
    if all(score.over_images is None for score in section.scores):
        yield "no record holds standard errors: these scores come from an earlier aezoo, or no metric declares any"
    elif section.unknown:
        yield f"without a standard error over images: {', '.join(section.unknown)}"


def _question(question: str, scores: list[ScoreUncertainty]) -> PageSection:
    sampled = ["sampler"] if any(score.sampler for score in scores) else []
    headers = ("metric", "model", *sampled, "over seeds", "bootstrap or points", "over images ±", *_SHARES)
    rows = tuple(_cells(score, bool(sampled)) for score in scores)
    return PageSection(question.capitalize(), (), headers, rows, text_columns=2 + len(sampled), level=3)


_SHARES = ("training", "drawn", "held out")


def _cells(score: ScoreUncertainty, sampled: bool) -> tuple[str, ...]:
    interval, split = score.over_seeds, score.split
    half = None if interval.high is None else interval.high - interval.mean
    bounds = score.bootstrap()
    points = ", ".join(format_mean(value, None) for value in score.points)
    shares = ("–",) * 3 if split is None or split.total == 0 else tuple(map(format_percent, split.shares))
    if split is not None and split.is_clipped:
        shares = (f"{shares[0]} *", *shares[1:])
    return (
        *(score.metric, score.model),
        *((score.sampler,) if sampled else ()),
        format_mean(interval.mean, half),
        points if bounds is None else f"{bounds[0]:.4g} to {bounds[1]:.4g}",
        "–" if score.over_images is None else f"{score.over_images:.2g}",
        *shares,
    )


def _row(score: ScoreUncertainty) -> dict[str, object]:
    interval, half, split = score.over_seeds, score.over_images, score.split
    images = (None, None) if half is None else (interval.mean - half, interval.mean + half)
    parts = (None,) * 4 if split is None else (split.between_seeds, split.generated, split.held_out, split.is_clipped)
    values: tuple[object, ...] = (
        *(score.question, score.metric, score.model, score.sampler, " ".join(map(str, score.seeds))),
        *(" ".join(f"{point:.17g}" for point in score.points), interval.mean, interval.low, interval.high),
        *(*images, *parts),
    )
    return dict(zip(COLUMNS, values, strict=True))
