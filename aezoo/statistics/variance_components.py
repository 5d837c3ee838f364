"""Variance components of a score: seeds, generated images, and the real images that it is scored on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm


@dataclass(frozen=True)
class VarianceComponents:
    """Variance of the score of one trial, as a sum of three parts in squared units of the score.

    Attributes:
        between_seeds: from seed to seed but for the generated images: initial weights, order of images, noise.
        generated: over the images that a trial generates.
        held_out: over the real images, which all seeds share, so that no number of seeds shows it.
        is_clipped: whether the seeds differ less than their generated images alone should make them, which happens
            with few seeds; `between_seeds` is then 0, not negative.
        n: number of seeds.
    """

    between_seeds: float
    generated: float
    held_out: float
    is_clipped: bool
    n: int

    @property
    def total(self) -> float:
        """Variance of a score with another seed and other images."""
        return self.between_seeds + self.generated + self.held_out

    @property
    def shares(self) -> tuple[float, float, float]:
        """Shares of seeds, generated and held-out images; they sum to 1, or are all 0 where nothing varies."""
        total = self.total
        parts = (self.between_seeds, self.generated, self.held_out)
        return parts if total == 0 else (parts[0] / total, parts[1] / total, parts[2] / total)


def split_variance(
    values: ArrayLike, standard_errors: ArrayLike, generated_errors: ArrayLike
) -> VarianceComponents | None:
    r"""Split the variance of a score of one model over seeds.

    With $s^2$ the variance of the values over seeds (divisor n - 1), and the means over seeds of the squared standard
    errors, $e^2$ over all images and $d^2$ over those that a trial generates: `held_out` is $e^2 - d^2$, `generated`
    is $d^2$, `between_seeds` is $\max(0, s^2 - d^2)$. Seeds share the held-out images, so $s^2$ holds training and
    generated images alone; an effect of training that differs on other held-out images counts as between seeds.

    Args:
        values: one a seed, shape (n,), finite.
        standard_errors: of each value over all images, shape (n,).
        generated_errors: of each value over generated images alone, shape (n,), at most `standard_errors`.

    Returns:
        The split, or None where there are fewer than two seeds or a standard error is not finite.

    Source: the variance components of a one-way layout; Searle, Casella and McCulloch 1992, section 3.6.
    """
    scores, errors, drawn = (np.asarray(of, dtype=np.float64) for of in (values, standard_errors, generated_errors))
    if scores.size < 2 or not np.isfinite([scores, errors, drawn]).all():
        return None
    between, of_drawn = float(np.var(scores, ddof=1)), float(np.mean(drawn**2))
    held_out = max(0.0, float(np.mean(errors**2)) - of_drawn)
    return VarianceComponents(max(0.0, between - of_drawn), of_drawn, held_out, between < of_drawn, scores.size)


def sampling_half_width(standard_errors: ArrayLike, generated_errors: ArrayLike, confidence: float = 0.95) -> float:
    r"""Compute half the width of the interval over images of a mean over seeds.

    $z_{(1 + c) / 2} \sqrt{d^2 / n + e^2 - d^2}$ with $e$ and $d$ as in `split_variance` and $z$ the normal quantile.
    Each seed generates images of its own, so their part $d^2$ falls with the number n of seeds; the held-out images
    are the same for all, and their part stays. The trained models are taken as they are.

    Args:
        standard_errors, generated_errors: as `split_variance` takes them, shape (n,), n >= 1.
        confidence: c, strictly between 0 and 1.

    Returns:
        In the unit of the score; NaN where a standard error is.
    """
    errors, drawn = (np.asarray(of, dtype=np.float64) for of in (standard_errors, generated_errors))
    of_drawn = np.mean(drawn**2)
    held_out = max(0.0, float(np.mean(errors**2) - of_drawn)) if np.isfinite(errors).all() else np.nan
    return float(norm.ppf((1 + confidence) / 2) * np.sqrt(of_drawn / errors.size + held_out))
