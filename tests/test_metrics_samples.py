"""What the registered sample metrics say about themselves."""

import pytest

from aezoo.metrics import METRICS

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
    "vendi": {"vendi": ("target", None)},
    "pairwise_diversity": {"pairwise_diversity": ("target", None)},
}


@pytest.mark.parametrize("name", DIRECTIONS)
def test_each_score_states_its_direction_and_ideal(name):
    assert {score.name: (score.better, score.ideal) for score in METRICS.get(name).scores} == DIRECTIONS[name]
