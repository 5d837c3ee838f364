"""Records of models whose scores are known, for `verdict` and `agreement`."""

import numpy as np

from aezoo.analysis.score_array import score_arrays
from support.factories import record, score

CLEAR = 0.01
"""A spread over seeds that no difference between models drowns in."""

MSE, NLL, ARI, FD = ("reconstruction", "mse"), ("reconstruction", "nll"), ("latent", "ari"), ("samples", "fd")
AGREE = {"a": {MSE: 1, NLL: 1, ARI: 1, FD: 1}, "b": {MSE: 2, NLL: 2, ARI: 2, FD: 2}}
CROSSED = {"a": {MSE: 1, NLL: 1, ARI: 1, FD: 2}, "b": {MSE: 2, NLL: 2, ARI: 2, FD: 1}}


def zoo(levels, seeds=5, spread=CLEAR, better=None, role="model"):
    """Records of models with `levels[model][(question, metric)]` as means, lower better unless said otherwise."""
    random = np.random.default_rng(0)
    return [
        record(
            model,
            seed,
            [
                score(metric, level + spread * random.normal(), question, (better or {}).get(metric, "lower"))
                for (question, metric), level in of.items()
            ],
            role=role,
        )
        for model, of in levels.items()
        for seed in range(seeds)
    ]


def by_seed(values, question="reconstruction", **fields):
    """Records of models with ``values[model][metric]``, one number for each seed; shorter lists and None lack some."""
    return [
        record(
            model,
            seed,
            [
                score(metric, of[seed], question, **fields)
                for metric, of in metrics.items()
                if seed < len(of) and of[seed] is not None
            ],
        )
        for model, metrics in values.items()
        for seed in range(max(map(len, metrics.values())))
    ]


def panel_of(records, sampler=None):
    (panel,) = score_arrays(records, sampler)
    return panel
