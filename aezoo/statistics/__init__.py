"""From seeds to intervals, paired comparisons, ranks and agreement between metrics. Knows arrays, no records."""

from aezoo.statistics.agreement import MIN_MODELS, kendall_tau, order_signs, reversal_probabilities, smallest_tau_p
from aezoo.statistics.comparison import (
    LEVEL,
    PairedComparison,
    compare_paired,
    holm,
    probability_of_improvement,
    seeds_needed,
    signed_rank_p,
    smallest_signed_rank_p,
)
from aezoo.statistics.direction import losses
from aezoo.statistics.intervals import (
    MIN_SEEDS,
    BootstrapInterval,
    Interval,
    bootstrap_interval,
    interquartile_mean,
    interval_half_width,
    mean_interval,
)
from aezoo.statistics.ranking import (
    MIN_CONFIDENCE,
    RESAMPLES,
    TIE,
    Ranking,
    is_winner,
    mean_ranks,
    rank_models,
    resampled_means,
    seed_means,
    win_shares,
)
from aezoo.statistics.variance_components import VarianceComponents, sampling_half_width, split_variance

__all__ = [
    "LEVEL",
    "MIN_CONFIDENCE",
    "MIN_MODELS",
    "MIN_SEEDS",
    "RESAMPLES",
    "TIE",
    "BootstrapInterval",
    "Interval",
    "PairedComparison",
    "Ranking",
    "VarianceComponents",
    "bootstrap_interval",
    "compare_paired",
    "holm",
    "interquartile_mean",
    "interval_half_width",
    "is_winner",
    "kendall_tau",
    "losses",
    "mean_interval",
    "mean_ranks",
    "order_signs",
    "probability_of_improvement",
    "rank_models",
    "resampled_means",
    "reversal_probabilities",
    "sampling_half_width",
    "seed_means",
    "seeds_needed",
    "signed_rank_p",
    "smallest_signed_rank_p",
    "smallest_tau_p",
    "split_variance",
    "win_shares",
]
