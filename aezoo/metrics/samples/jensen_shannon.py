"""Jensen-Shannon distance of real and generated images, bounded below by classifiers that tell them apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_expit
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences
from aezoo.metrics.validation import check_features

FOLDS = 4

Sides = tuple[Floats, Floats]


def _influences(real_spaces: Mapping[str, Floats], fake_spaces: Mapping[str, Floats]) -> Influences:
    """The influences ``-l / (4 d)`` of rows, l the cross-entropy in bits of each, d the distance.

    One classifier, the best of those fitted to the even rows and scored on the odd ones, stands for all: how the
    fitting varies counts in the second order only, because a fitted classifier minimises l. A distance of 0, where
    the bound is cut, has none.
    """
    spaces = _checked(real_spaces, fake_spaces)
    found = [_row_losses(real, fake) for space in spaces for real, fake in (space, _squared(space))]
    best = min(found, key=lambda sides: float(np.mean(sides)))
    distance = np.sqrt(max(0.0, 1 - float(np.mean(best))))
    if distance == 0:
        return {}
    of_real, of_fake = (-losses / (4 * distance) for losses in best)
    return {"jensen_shannon": {"real_spaces": of_real, "fake_spaces": of_fake}}


def jensen_shannon(real: Floats, fake: Floats, seed: int = 0) -> float:
    """Lower bound on the Jensen-Shannon distance of two sets of features: `largest_jensen_shannon` in one space.

    ``sqrt(max(0, 1 + (mean_real log2 D + mean_fake log2 (1 - D)) / 2))``, D the probability of being real that a
    classifier gives to rows that it has not seen, in 4 folds. In [0, 1], lower is better; 0 where nothing tells them
    apart, 1 where everything does. Of N(0, 1) and N(1, 1) it is at most 0.4009.

    Args:
        real: features of real images, (n, d), n >= 8.
        fake: features of as many generated images, (n, d).
        seed: of the folds.

    Raises:
        ValueError: for differing widths or numbers of rows, fewer than 8, NaN or infinite values.

    Source: Krimmel et al. 2026, arXiv:2510.06122; the bound itself: Goodfellow et al. 2014, arXiv:1406.2661,
    equation 6.
    """
    return largest_jensen_shannon({"features": real}, {"features": fake}, seed)


@METRICS.register(
    "jensen_shannon",
    question="samples",
    needs=("real_spaces", "fake_spaces", "seed"),
    scores=(Score("jensen_shannon", "distance", "lower", 0.0, (0.0, 1.0)),),
    minimum_n=1000,
    standard_error=InfluenceFunctionError(_influences, ("real_spaces", "fake_spaces")),
)
def largest_jensen_shannon(real_spaces: Mapping[str, Floats], fake_spaces: Mapping[str, Floats], seed: int) -> float:
    """Lower bound on the Jensen-Shannon distance of real and generated images, by the best of some classifiers.

    ``sqrt(max(0, 1 + (mean_real log2 D + mean_fake log2 (1 - D)) / 2))``, D the probability of being real that a
    classifier gives to rows that it has not seen, in 4 folds. In [0, 1], lower is better; 0 where nothing tells
    the sides apart, 1 where everything does. In expectation no classifier exceeds the distance itself. There are two
    in each feature space, logistic regression of standardised features, and of these and their squares; each fold is
    scored by the one that does best on the other folds, so that the choice does not favour the generator's fold.

    Args:
        real_spaces: features of real images by feature space, each (n, d), n >= 8.
        fake_spaces: features of as many generated images in the same spaces.
        seed: of the folds.

    Raises:
        ValueError: for other spaces on one side, differing widths or numbers of rows, fewer than 8, NaN or infinite
            values.

    Source: Krimmel et al. 2026, arXiv:2510.06122 (the bound, and the largest of several feature spaces); the bound
    itself: Goodfellow et al. 2014, arXiv:1406.2661, equation 6.
    """
    sides = list(_checked(real_spaces, fake_spaces))
    n = len(sides[0][0])
    fold = np.random.default_rng(seed).permuted(np.arange(n) % FOLDS)
    losses = np.array([_fold_losses(real, fake, fold) for space in sides for real, fake in (space, _squared(space))])
    others = losses.sum(axis=1, keepdims=True) - losses
    chosen = losses[others.argmin(axis=0), np.arange(FOLDS)]
    weights = np.bincount(fold, minlength=FOLDS) / n
    return float(np.sqrt(np.clip(1 - weights @ chosen, 0, 1)))


def _checked(real_spaces: Mapping[str, Floats], fake_spaces: Mapping[str, Floats]) -> Iterator[Sides]:
    if set(real_spaces) != set(fake_spaces) or not real_spaces:
        raise ValueError(f"real has feature spaces {sorted(real_spaces)} and fake {sorted(fake_spaces)}; give the same")
    for space, features in real_spaces.items():
        real, fake = check_features(features, fake_spaces[space], minimum_rows=2 * FOLDS)
        if len(real) != len(fake):
            raise ValueError(f"there are {len(real)} reals and {len(fake)} fakes in {space}; give as many of each")
        yield real, fake


def _squared(sides: Sides) -> Sides:
    """Both sides with the squares of their columns, standardised by all rows so that the squares are of one scale."""
    both = np.concatenate(sides)
    spread = both.std(axis=0)
    centre = both.mean(axis=0)
    real, fake = ((side - centre) / np.where(spread > 0, spread, 1.0) for side in sides)
    return np.hstack([real, np.square(real)]), np.hstack([fake, np.square(fake)])


def _fold_losses(real: Floats, fake: Floats, fold: NDArray[np.int64]) -> list[float]:
    """The mean cross-entropy in bits of each fold, both sides alike, of logistic regression fitted to the others."""
    return [float(np.mean(_losses(real, fake, fold != held_out))) for held_out in range(FOLDS)]


def _row_losses(real: Floats, fake: Floats) -> Sides:
    """The cross-entropy in bits of the odd rows of both sides."""
    return _losses(real, fake, np.arange(len(real)) % 2 == 0)


def _losses(real: Floats, fake: Floats, seen: NDArray[np.bool_]) -> Sides:
    """The cross-entropy in bits of the rows that are not seen, by logistic regression fitted to those that are."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit(np.concatenate([real[seen], fake[seen]]), np.repeat([1, 0], seen.sum()))
    of_real, of_fake = (
        -log_expit(sign * model.decision_function(side[~seen])) / np.log(2) for sign, side in ((1, real), (-1, fake))
    )
    return of_real, of_fake
