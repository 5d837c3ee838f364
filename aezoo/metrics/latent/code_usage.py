"""Use of a discrete code: how many of the symbols of each place are taken, and how evenly."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aezoo.metrics import METRICS, Score


@METRICS.register(
    "code_usage",
    question="latent",
    needs=("symbols", "vocabulary"),
    scores=(
        Score("perplexity", "symbols", "neither", range=(1.0, np.inf)),
        Score("used_codes", "share", "neither", range=(0.0, 1.0)),
    ),
    minimum_n=1000,
)
def code_usage(symbols: ArrayLike, vocabulary: ArrayLike) -> dict[str, float]:
    """Perplexity and share of used symbols of a discrete code, each the mean over its places.

    - ``perplexity``: ``mean_j exp(-sum_k f_jk ln f_jk)``, f_jk the frequency of symbol k at place j; in
      [1, vocabulary], 1 where all images have one symbol, the vocabulary where they use all evenly. Its logarithm, of
      one place, is the entropy of the place in nats.
    - ``used_codes``: ``mean_j #{k: f_jk > 0} / vocabulary_j``; in (0, 1].

    Neither end is better: a model that needs fewer symbols is not worse for it, and dead symbols of a large vocabulary
    may cost nothing. Of n images no more than n symbols can be seen to be used; where the vocabulary is not far below
    n both are too low, the entropy by about (symbols - 1) / 2n nats: Miller 1955.

    Args:
        symbols: whole numbers from 0 to vocabulary - 1, (n, s), n >= 1, s >= 1.
        vocabulary: how many symbols there are at each place, (s,).

    Raises:
        ValueError: for another shape, for what is no whole number, or leaves the vocabulary.

    Limits: symbols by chance use a vocabulary evenly too: whether they tell anything of the image goes unseen.

    Source: van den Oord et al. 2017, arXiv:1711.00937; Mentzer et al. 2024, arXiv:2309.15505, section 4.1.
    """
    found, sizes = np.asarray(symbols), np.asarray(vocabulary)
    if found.ndim != 2 or sizes.shape != found.shape[1:] or not found.size:
        raise ValueError(f"symbols have shape {found.shape} and vocabulary {sizes.shape}; give (n, s) and (s,)")
    if not (np.issubdtype(found.dtype, np.integer) and np.issubdtype(sizes.dtype, np.integer)):
        raise ValueError(f"symbols are {found.dtype} and vocabulary {sizes.dtype}; give whole numbers")
    if found.min() < 0 or (found >= sizes).any():
        raise ValueError(f"symbols run from {found.min()} to {found.max()}; they must be in [0, vocabulary)")
    places = [np.bincount(column, minlength=size) for column, size in zip(found.T, sizes, strict=True)]
    return {
        "perplexity": float(np.mean([_perplexity(counts[counts > 0] / len(found)) for counts in places])),
        "used_codes": float(np.mean([np.mean(counts > 0) for counts in places])),
    }


def _perplexity(frequencies: np.ndarray) -> float:
    return float(np.exp(-(frequencies * np.log(frequencies)).sum()))
