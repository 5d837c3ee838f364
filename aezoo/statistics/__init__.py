"""From seeds to intervals, paired comparisons, ranks and agreement between metrics. Knows arrays, no records."""

from aezoo.statistics.agreement import LEAST_MODELS, kendall_tau, order_signs, reversal_probabilities, smallest_tau_p
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
    LEAST_SEEDS,
    BootstrapInterval,
    Interval,
    bootstrap_interval,
    interquartile_mean,
    interval_half_width,
    mean_interval,
)
from aezoo.statistics.ranking import (
    RESAMPLES,
    SURE,
    TIE,
    Contest,
    contest,
    mean_ranks,
    resampled_means,
    seed_means,
    win_shares,
    winners,
)
from aezoo.statistics.variance_components import VarianceSplit, sampling_half_width, split_variance

__all__ = [
    "LEAST_MODELS",
    "LEAST_SEEDS",
    "LEVEL",
    "RESAMPLES",
    "SURE",
    "TIE",
    "BootstrapInterval",
    "Contest",
    "Interval",
    "PairedComparison",
    "VarianceSplit",
    "bootstrap_interval",
    "compare_paired",
    "contest",
    "holm",
    "interquartile_mean",
    "interval_half_width",
    "kendall_tau",
    "losses",
    "mean_interval",
    "mean_ranks",
    "order_signs",
    "probability_of_improvement",
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
    "winners",
]
