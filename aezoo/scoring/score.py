"""The verb `score`: images from any generator in, their scores beside known rows out; nothing is trained."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from aezoo.controls import CONTROLS
from aezoo.errors import UsageError
from aezoo.scoring.samples import Samples, samples_from
from aezoo.store import Store

if TYPE_CHECKING:
    from aezoo.scoring.scored import Scored

DRAWS = 10
FEWEST_DRAWS = 3


def score(
    images: ArrayLike | os.PathLike[str] | str,
    dataset: str = "mnist",
    *,
    name: str | None = None,
    array: str | None = None,
    data_file: Path | None = None,
    controls: Sequence[str] | None = None,
    against: Sequence[Path] = (),
    oracle_draws: int = DRAWS,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Scored:
    """Score images as the benchmark scores the samples of its models; nothing is trained.

    Real and generated images are equal in number: as many as were given, at most what the reference split holds (and
    at most 5,000); of more, a subset is drawn. Beside the samples stand the oracle and the controls at their default
    dose, at the same n. Minutes for 5,000 images: the oracle's draws and the controls take most of it.

    Args:
        images: uint8 in 0..255 or floating in [0, 1], shape (n, 28, 28), (n, 28, 28, 1), (n, 1, 28, 28) or (n, 784),
            n at least 1,000; or the path of an npz or npy file or of a folder of PNG files that hold them.
        dataset: a registered data set, what the images imitate.
        name: what tables call the images; None for the name of the file, or "samples".
        array: which array of an npz file with several.
        data_file: where the data set is; None to search.
        controls: names of controls; None for all, empty for none.
        against: results folders whose models and floors are shown beside the samples, as far as they were scored on the
            same data with as many images by the same versions of the metrics; `Scored.notes` says what was left out.
        oracle_draws: how often real digits are played as a generator to see how far their scores spread; 0 for never.
        seed: of all that is drawn.
        progress: called with a line from time to time.

    Raises:
        SamplesError: the images cannot be read or scored; found before anything slow begins.
        UnknownNameError: of the data set, a control or an array.
        UsageError: one or two draws of the oracle, which have no spread, or a seed below 0.
        DatasetError: the data set cannot be had or trusted.
        ResultsError: a folder to compare with cannot be read.
    """
    check_request(dataset, controls, against, oracle_draws, seed)
    samples = samples_from(images, name, array)
    return score_samples(samples, dataset, data_file, controls, against, oracle_draws, seed, progress)


def check_request(
    dataset: str, controls: Sequence[str] | None, against: Sequence[Path], oracle_draws: int, seed: int
) -> None:
    """Refuse at once what would fail in the end; raises `UsageError`, and `ResultsError` for a folder of no results."""
    from aezoo.datasets import DATASETS

    DATASETS.check(dataset)
    for control in controls or ():
        CONTROLS.check(control)
    for folder in against:
        Store(folder).ids()
    if oracle_draws != 0 and oracle_draws < FEWEST_DRAWS:
        raise UsageError(f"oracle draws are {oracle_draws}; give at least {FEWEST_DRAWS} for a spread, or 0 for none")
    if not 0 <= seed < 2**32:
        raise UsageError(f"seed {seed} is not allowed; give a whole number from 0 to 2**32 - 1")


def score_samples(
    samples: Samples,
    dataset: str,
    data_file: Path | None,
    controls: Sequence[str] | None,
    against: Sequence[Path],
    oracle_draws: int,
    seed: int,
    progress: Callable[[str], None] | None,
) -> Scored:
    """`score` of images that were read and checked."""
    from aezoo.scoring.scored import Scored
    from aezoo.scoring.scorer import Scorer  # imports TensorFlow

    scorer = Scorer(samples, dataset, data_file, seed, progress or (lambda line: None))
    own = scorer.score()
    known = scorer.known(CONTROLS.names() if controls is None else controls)
    return Scored.of(own, known, scorer.bands(oracle_draws), against, scorer.notes)
