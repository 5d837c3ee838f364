"""The verb `score`: images from any generator in, their scores beside known rows out; nothing is trained."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from aezoo.errors import UsageError
from aezoo.messages import Outcome
from aezoo.scoring.own_dataset import OwnData, OwnSources, read_own_data
from aezoo.scoring.own_images import Source
from aezoo.scoring.reading import SampleImages, to_samples
from aezoo.scoring.request import DRAWS, ScoreRequest, choose_dataset
from aezoo.scoring.validation import SamplesWarning
from aezoo.spec import as_names

if TYPE_CHECKING:
    from aezoo.record import Record
    from aezoo.scoring.finding import Finding
    from aezoo.scoring.oracle_interval import PredictionInterval
    from aezoo.scoring.result import ScoreResult
    from aezoo.scoring.scorer import SampleScorer
    from aezoo.scoring.standing import Standing


def score(
    images: Source | Mapping[str, Source] | None = None,
    dataset: str | None = None,
    *,
    real: Source | None = None,
    train: Source | None = None,
    features: Mapping[str, ArrayLike] | os.PathLike[str] | str | None = None,
    judge: str | None = None,
    name: str | None = None,
    array: str | None = None,
    data_file: Path | None = None,
    controls: Sequence[str] | None = None,
    against: Sequence[Path] = (),
    oracle_draws: int = DRAWS,
    also: Sequence[str] = (),
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> ScoreResult:
    """Score images as the benchmark scores the samples of its models; nothing is trained, and nothing printed.

    Real and generated images are equal in number: as many as were given, at most what the reference split holds (and
    at most 5,000); of more, a subset is drawn. Beside the samples stand the oracle and the controls at their default
    dose, at the same n. They take minutes for 5,000 images, and are kept in the user's cache for the next time.

    Warns with `SamplesWarning` of images that are probably not what was meant, such as black digits on white, of copies
    of training images, and of a folder of which nothing can stand beside the samples; `ScoreResult.warnings` holds the
    same lines.

    Args:
        images: uint8 in 0..255 or floating in [0, 1], shape (n, 28, 28), (n, 28, 28, 1), (n, 1, 28, 28) or (n, 784),
            n at least 1,000; or the path of an npz or npy file or of a folder of PNG files that hold them. Several
            generators side by side: a dictionary of their names and images.
        dataset: a registered data set, what the images imitate; None for that of `against`, or mnist without. It is
            refused with `real` or `features`, which take its place.
        real: real images of one's own in its place, at least 2,500, of any size and colour that the generated ones have
            too: an array, a file or a folder, also with a subfolder for each class. They are divided, the same for
            everybody, into reference and oracle, and the rest, to which PCA is fitted and among which copies are looked
            for.
        train: images that the generators were trained on, in place of that rest.
        features: features of both sides that were computed elsewhere, of any width: the path of an npz file, or a
            dictionary, of arrays (n, d). `real`, `train`, and one for each generator by its name, or `fake` for the
            only one. Without `real` and `images` they are all that is compared.
        judge: name of the judge that takes part beside `real`; None for none, since no image tells that it is a digit.
        name: what tables call the images; None for the name of the file, or "samples"; of features alone, for that of
            the array.
        array: which array of an npz file with several.
        data_file: where the data set is; None to search.
        controls: names of controls; None for all, empty for none.
        against: results folders whose models and floors are shown beside the samples, as far as they were scored on the
            same data with as many images by the same versions of the metrics; `ScoreResult.notes` says what was left
            out.
        oracle_draws: how often real digits are played as a generator to see how far their scores spread; 0 for never.
        also: names of slow metrics to compute for the samples, the oracle and the controls; "slow" for all of them.
        seed: of all that is drawn.
        progress: called with a line from time to time; with the images' own scores as soon as they are known.

    Raises:
        SamplesError: the images cannot be read or scored; found before anything slow begins.
        UnknownNameError: of the data set, a control, a metric or an array.
        UsageError: one or two draws of the oracle, which have no spread, a seed below 0, two generators that cannot
            be told apart, options that do not go together, or a judge that does not know the real images.
        DatasetError: the data set cannot be had or trusted, or has fewer than 1,000 reference or oracle images.
        ResultsError: a folder to compare with cannot be read.
    """
    folders, sources = tuple(map(Path, _paths(against))), OwnSources(real, train, features, judge)
    sources.require_alone(dataset, data_file)
    chosen = choose_dataset(dataset, folders, sources.are_given)
    named = None if controls is None else as_names(controls)
    request = ScoreRequest(chosen, data_file, named, folders, oracle_draws, as_names(also), seed)
    request.check()
    own, samples = read_both_sides(sources, _named(images, name), array, name)
    result = score_samples(samples, request, progress or (lambda line: None), own=own)
    for line in result.warnings:
        warnings.warn(line, SamplesWarning, stacklevel=2)
    return result


def _paths(folders: Iterable[Path] | str | Path) -> tuple[Path | str, ...]:
    """List folders; one alone is a list of one."""
    return (folders,) if isinstance(folders, str | os.PathLike) else tuple(folders)


def _named(images: Source | Mapping[str, Source] | None, name: str | None) -> list[tuple[str | None, Source]]:
    """List generated images with their names; None for that of the file."""
    if images is None:
        return []
    if not isinstance(images, Mapping):
        return [(name, images)]
    if name is not None or not images:
        asked = f"name {name[:80]!r} is given" if name is not None else "no images are given"
        raise UsageError(f"{asked} with a dictionary; give names and images as its keys and values")
    return [(str(key), source) for key, source in images.items()]


def read_both_sides(
    own: OwnSources, samples: Sequence[tuple[str | None, Source]], array: str | None, name: str | None
) -> tuple[OwnData | None, Sequence[SampleImages]]:
    """Read the generated images, and real ones of one's own; None where the request names a data set.

    `name` is for the only generator of features alone; images come with theirs.
    """
    own.check()
    if own.are_given:
        data = read_own_data(own, samples, array, name)
        return data, data.samples
    if not samples:
        raise UsageError("no images are given; give a file, a folder or an array of them")
    return None, [to_samples(source, name, array) for name, source in samples]


def score_samples(
    samples: Sequence[SampleImages],
    request: ScoreRequest,
    tell: Callable[[str], None],
    keep: Callable[[Outcome], None] = lambda outcome: None,
    own: OwnData | None = None,
) -> ScoreResult:
    """`score` of images that were read and checked; `keep` is called with each outcome, the images' own first."""
    from aezoo.threads import import_tensorflow

    import_tensorflow()
    from aezoo.scoring.copies import near_copy_warnings
    from aezoo.scoring.finding import oracle_scores
    from aezoo.scoring.reference_models import load_comparable
    from aezoo.scoring.result import ScoreResult
    from aezoo.scoring.scorer import SampleScorer
    from aezoo.scoring.standing import standings

    scorer = SampleScorer(samples, request, tell, own)
    _report_all(tell, scorer.warnings, scorer.notes)
    scored: list[Outcome] = []
    for outcome in map(scorer.with_protocol, scorer.score()):
        keep(outcome)
        scored.append(outcome)
        _report_scores(tell, outcome.record)
    models = load_comparable(request.against, scored[0].record, hint=own is None)
    _report_all(tell, models.warnings, models.notes)
    references: list[Outcome] = []
    scoring = scorer.references()
    for outcome in map(scorer.with_protocol, scoring.outcomes()):
        keep(outcome)
        references.append(outcome)
    records = tuple(outcome.record for outcome in scored)
    beside = (*(outcome.record for outcome in references), *models.records)
    intervals = scoring.intervals()
    placed = standings([*records, *beside], intervals)
    findings = _findings(records, placed, intervals, [outcome.record for outcome in references], scorer)
    copiers = {finding.samples for finding in findings if finding.copied}
    placed = tuple(replace(standing, copied=standing.samples in copiers) for standing in placed)
    real = oracle_scores(references[0].record)
    found = near_copy_warnings(placed, real, scorer.n, copiers, scorer.training)
    copies = [f"{scorer.prefix(name)}{line}" for name, line in found.items()]
    _report_all(tell, copies, ())
    return ScoreResult(
        records=records,
        references=beside,
        standings=placed,
        notes=(*scorer.notes, *models.notes),
        warnings=(*copies, *scorer.warnings, *models.warnings),
        protocol=scorer.protocol,
        findings=findings,
        extra_metrics=request.slow_metrics(),
        outcomes=(*scored, *references),
    )


def _findings(
    records: Sequence[Record],
    placed: Sequence[Standing],
    intervals: Mapping[str, PredictionInterval],
    references: Sequence[Record],
    scorer: SampleScorer,
) -> tuple[Finding, ...]:
    """Write the finding on each generator."""
    from aezoo.scoring.failures import AUDITED_JUDGE, diagnose
    from aezoo.scoring.finding import CopyEvidence, find, oracle_scores

    are_digits = scorer.dataset.judge == AUDITED_JUDGE
    oracle, *controls = references
    return tuple(
        find(
            record["label"],
            [standing for standing in placed if standing.samples == record["label"]],
            diagnose(record["scores"], intervals, controls, scorer.left_out, are_digits),
            CopyEvidence(scorer.exact_copies[record["label"]], scorer.n, oracle_scores(oracle), scorer.training),
        )
        for record in records
    )


def _report_all(tell: Callable[[str], None], warned: Sequence[str], notes: Sequence[str]) -> None:
    for line in (*(f"warning: {line}" for line in warned), *(f"note: {line}" for line in notes)):
        tell(line)


def _report_scores(tell: Callable[[str], None], record: Record) -> None:
    """Tell the images' own scores, which need nothing beside them."""
    from aezoo.scoring.page import value_text
    from aezoo.scoring.standing import standings

    tell(f"the scores of {record['label']}; those of real images and of controls come next:")
    for standing in standings([record], {}):
        tell(f"  {value_text(standing)}")
