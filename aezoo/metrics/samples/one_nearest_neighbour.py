"""One-nearest-neighbour test (1-NN): the leave-one-out accuracy in telling two interleaved sides apart."""

from __future__ import annotations

import numpy as np

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.pairwise import nearest_neighbours, nearest_other_distances
from aezoo.metrics.validation import check_features

SHARE = (0.0, 1.0)


@METRICS.register(
    "one_nearest_neighbour",
    question="samples",
    needs=("real", "fake"),
    scores=(
        Score("one_nearest_neighbour", "share", "target", 0.5, SHARE),
        Score("one_nearest_neighbour_real", "share", "target", 0.5, SHARE),
        Score("one_nearest_neighbour_fake", "share", "target", 0.5, SHARE),
    ),
    minimum_n=1000,
    headline={"one_nearest_neighbour": 3},
    redundant_with={
        "one_nearest_neighbour_real": "one_nearest_neighbour",
        "one_nearest_neighbour_fake": "one_nearest_neighbour",
    },
)
def one_nearest_neighbour(real: Floats, fake: Floats) -> dict[str, float]:
    """Leave-one-out accuracy of the nearest neighbour in telling generated features from real ones.

    A row counts 1 if its nearest other row is of its own side, 0 if of the other, 1/2 if both are equally
    near. In [0, 1]: expected to be 0.5 for equal distributions and equal n; 1 for sides apart; below 0.5 the
    fakes sit nearer to single reals than reals do: copies of this very set, down to 0.

    - ``one_nearest_neighbour_real``: the mean over reals; low beside a high other half: fakes crowd on few
      modes.
    - ``one_nearest_neighbour_fake``: the mean over fakes; near 1 for repeated images, whose neighbour is
      their twin.
    - ``one_nearest_neighbour``: the mean over all rows.

    Args:
        real: features of real images, (n, d), n >= 2.
        fake: features of generated images, (m, d), m >= 2.

    Raises:
        ValueError: for differing widths, a side of fewer than 2 rows, NaN or infinite values.

    Source: Schilling 1986; Lopez-Paz and Oquab 2017, arXiv:1610.06545; Xu et al. 2018, arXiv:1806.07755, for
    the halves.
    """
    real, fake = check_features(real, fake, minimum_rows=2)
    halves = {"real": _same_side_is_nearer(real, fake), "fake": _same_side_is_nearer(fake, real)}
    means = {f"one_nearest_neighbour_{side}": float(half.mean()) for side, half in halves.items()}
    return {"one_nearest_neighbour": float(np.concatenate(list(halves.values())).mean()), **means}


def _same_side_is_nearer(own: Floats, other: Floats) -> Floats:
    within, across = nearest_other_distances(own), nearest_neighbours(own, other)[0]
    return np.where(within == across, 0.5, (within < across).astype(np.float64))
