"""What the registered sample, copying and likelihood metrics say about themselves."""

import pytest

from aezoo.metrics import METRICS

ORACLE = ("target", None)
DESCRIPTION = ("neither", None)
TWO_SAMPLE = {"": ("target", 0.5), "_auc": ("target", 0.5), "_z": ("target", 0)}
DIRECTIONS = {
    "fd": {"fd": ("lower", 0)},
    "kd": {"kd": ("lower", 0)},
    "prdc": {
        "precision": ("higher", 1),
        "recall": ("higher", 1),
        "density": ("target", 1),
        "coverage": ("higher", 1),
    },
    "inception_score": {"inception_score": ("higher", None)},
    "class_kl": {"class_kl": ("lower", 0)},
    "covered_classes": {"covered_classes": ("higher", None)},
    "vendi": {"vendi": ORACLE},
    "pairwise_diversity": {"pairwise_diversity": ORACLE},
    "classifier_two_sample": {f"classifier_two_sample{end}": of for end, of in TWO_SAMPLE.items()},
    "classifier_two_sample_pixels": {f"classifier_two_sample_pixels{end}": of for end, of in TWO_SAMPLE.items()},
    "one_nearest_neighbour": {f"one_nearest_neighbour{side}": ("target", 0.5) for side in ("", "_real", "_fake")},
    "mmd_test": {"mmd": ("lower", 0), "mmd_p_value": DESCRIPTION},
    "ndb": {"ndb": ("lower", None), "ndb_divergence": ("lower", 0)},
    "sliced_wasserstein": {"sliced_wasserstein": ("lower", 0)},
    "prd_curve": {"prd_recall": ("higher", 1), "prd_precision": ("higher", 1)},
    "parzen": {"parzen_log_likelihood": ORACLE},
    "authenticity": {"authenticity": ORACLE},
    "copying_score": {"copying_z": ORACLE, "copying_auc": ORACLE, "copying_cells": ORACLE},
    "near_duplicates": {"near_duplicates": ORACLE},
    "unique_ratio": {"unique_ratio": ORACLE},
    "elbo": {"elbo_binary": ("higher", None)},
    "iwae": {
        "iwae_binary": ("higher", None),
        "iwae_effective_sample_size": DESCRIPTION,
        "iwae_degenerate": DESCRIPTION,
    },
    "iwae_5000": {
        "iwae_5000_binary": ("higher", None),
        "iwae_5000_effective_sample_size": DESCRIPTION,
        "iwae_5000_degenerate": DESCRIPTION,
    },
    "ais": {"ais_binary": ("higher", None), "ais_gap": DESCRIPTION},
    "ais_noisy": {"ais_noisy": ("higher", None), "ais_noisy_gap": DESCRIPTION},
    "grid": {"log_likelihood_binary": ("higher", None)},
    "rate": {"rate": DESCRIPTION},
    "distortion": {"distortion": DESCRIPTION},
    "kl_per_dim": {"kl_smallest_dim": DESCRIPTION, "kl_largest_dim": DESCRIPTION},
    "active_units": {"active_units": DESCRIPTION},
    "collapsed_dims": {"collapsed_dims": DESCRIPTION},
    "aggregate_posterior": {"mutual_information": DESCRIPTION, "aggregate_kl": DESCRIPTION},
}


@pytest.mark.parametrize("name", DIRECTIONS)
def test_each_score_states_its_direction_and_ideal(name):
    assert {score.name: (score.better, score.ideal) for score in METRICS.get(name).scores} == DIRECTIONS[name]


def test_every_metric_of_these_questions_is_pinned():
    found = {name for name, metric in METRICS.items() if metric.question in ("samples", "copying", "likelihood")}
    assert found == set(DIRECTIONS)
