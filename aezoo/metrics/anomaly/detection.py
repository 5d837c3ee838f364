"""Anomaly scores that an autoencoder offers, each against every kind of outlier."""

from __future__ import annotations

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.anomaly.auroc import auroc, placements
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences
from aezoo.metrics.validation import check_array

OUTLIERS = ("noise", "patches", "rotated", "flipped", "faint", "foreign")
"""The kinds of outliers, which are the columns of every array of outliers."""


def _scores(by: str) -> tuple[Score, ...]:
    return tuple(Score(f"auroc_{by}_{kind}", "probability", "higher", 1.0, (0.0, 1.0)) for kind in OUTLIERS)


def _placements(by: str, inliers: str, outliers: str) -> InfluenceFunctionError:
    """The standard error of DeLong et al. 1988: an image's influence is the share of the other side that it beats."""

    def influences(**scores: Floats) -> Influences:
        usual, unusual = scores[inliers], scores[outliers]
        return {
            f"auroc_{by}_{kind}": {inliers: -placements(usual, column), outliers: placements(column, usual)}
            for kind, column in zip(OUTLIERS, unusual.T, strict=True)
        }

    return InfluenceFunctionError(influences, (inliers, outliers))


def _areas(by: str, inlier_scores: Floats, outlier_scores: Floats) -> dict[str, float]:
    columns = check_array("outliers", outlier_scores).T
    if len(columns) != len(OUTLIERS):
        raise ValueError(f"outliers have {len(columns)} columns; give one for each of {', '.join(OUTLIERS)}")
    return {f"auroc_{by}_{kind}": auroc(inlier_scores, column) for kind, column in zip(OUTLIERS, columns, strict=True)}


@METRICS.register(
    "auroc_reconstruction",
    question="anomaly",
    needs=("inlier_errors", "outlier_errors"),
    scores=_scores("reconstruction"),
    minimum_n=100,
    version=2,
    standard_error=_placements("reconstruction", "inlier_errors", "outlier_errors"),
    headline={"auroc_reconstruction_flipped": 1, "auroc_reconstruction_faint": 2},
)
def reconstruction_auroc(inlier_errors: Floats, outlier_errors: Floats) -> dict[str, float]:
    """Area under the ROC curve, `auroc`, of the squared error of a reconstruction, for outliers of each kind.

    ``mean_ij 1[error of outlier j > error of inlier i]``, in [0, 1], higher is better; 0.5 is chance, and below it
    outliers are the better reconstructed.

    Args:
        inlier_errors: ``|x - p|^2`` of held-out images, (n,).
        outlier_errors: of outliers, (m, kinds), a column for each of `OUTLIERS`.

    Raises:
        ValueError: for other shapes, NaN or infinite values.

    Limits: a model that reconstructs everything detects nothing, and images with less ink have smaller errors whatever
    they show (the kind "faint").

    Source: Sakurada and Yairi 2014, doi:10.1145/2689746.2689747; the area: Bamber 1975.
    """
    return _areas("reconstruction", inlier_errors, outlier_errors)


@METRICS.register(
    "auroc_likelihood",
    question="anomaly",
    needs=("inlier_bounds", "outlier_bounds"),
    scores=_scores("likelihood"),
    minimum_n=100,
    version=2,
    standard_error=_placements("likelihood", "inlier_bounds", "outlier_bounds"),
    headline={"auroc_likelihood_flipped": 3, "auroc_likelihood_faint": 4},
)
def likelihood_auroc(inlier_bounds: Floats, outlier_bounds: Floats) -> dict[str, float]:
    """Area under the ROC curve, `auroc`, of a low likelihood, for outliers of each kind.

    ``mean_ij 1[ln p(outlier j) < ln p(inlier i)]`` of importance-weighted bounds with 16 draws, or of ln p(x) itself
    where a model computes it. In [0, 1], higher is better; 0.5 is chance, and below it the likelihood prefers the
    wrong data: that of images with less ink is higher, also to a perfect density (the kind "faint").

    Args:
        inlier_bounds: minus ln p(x) of held-out images, in nats, (n,).
        outlier_bounds: of outliers, (m, kinds), a column for each of `OUTLIERS`.

    Raises:
        ValueError: for other shapes, NaN or infinite values.

    Limits: images with less ink have a higher likelihood, also under a perfect density, so that outliers of the kind
    "faint" are taken for inliers.

    Source: Nalisnick et al. 2019, arXiv:1810.09136, "Do deep generative models know what they don't know?".
    """
    return _areas("likelihood", inlier_bounds, outlier_bounds)


@METRICS.register(
    "auroc_code",
    question="anomaly",
    needs=("inlier_distances", "outlier_distances"),
    scores=_scores("code"),
    minimum_n=100,
    version=2,
    standard_error=_placements("code", "inlier_distances", "outlier_distances"),
    headline={"auroc_code_flipped": 5, "auroc_code_faint": 6},
)
def code_density_auroc(inlier_distances: Floats, outlier_distances: Floats) -> dict[str, float]:
    """Area under the ROC curve, `auroc`, of a low density of the code among training codes, for outliers of each kind.

    The density is that of the 5 nearest training codes, ``k / (m v r^d)`` with r the distance to the fifth, which
    orders as r does: ``mean_ij 1[r of outlier j > r of inlier i]``. In [0, 1], higher is better; 0.5 is chance.

    Args:
        inlier_distances: r of held-out images, (n,).
        outlier_distances: of outliers, (m, kinds), a column for each of `OUTLIERS`.

    Raises:
        ValueError: for other shapes, NaN or infinite values.

    Limits: a narrow code takes outliers to where digits lie, and detects none of them.

    Source: Loftsgaarden and Quesenberry 1965; of codes: Denouden et al. 2018, arXiv:1812.02765.
    """
    return _areas("code", inlier_distances, outlier_distances)
