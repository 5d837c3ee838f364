"""The line of the protocol: equal where scores can be compared, and nowhere else."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from aezoo.metrics import METRICS
from aezoo.record import environment
from aezoo.scoring import protocol
from aezoo.scoring.protocol import protocol_line

JUDGE = "f" * 64


def with_features(digits, shift=0.0):
    def of(split):
        return replace(split, features=np.full((len(split), 2), 1.0 + shift))

    return replace(digits, train=of(digits.train), reference=of(digits.reference), oracle=of(digits.oracle))


@pytest.fixture
def line(digits):
    return protocol_line(digits, JUDGE, 1_000)


@pytest.mark.slow
def test_the_same_things_have_the_same_line_in_another_process(line):
    code = f"""
from aezoo.datasets import load_dataset
from aezoo.scoring.protocol import protocol_line
print(protocol_line(load_dataset("mnist-5k"), {JUDGE!r}, 1_000))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == line


def test_other_data_judge_features_or_number_of_images_change_it(digits, line):
    others = [
        protocol_line(replace(digits, fingerprint="0" * 64), JUDGE, 1_000),
        protocol_line(digits, "0" * 64, 1_000),
        protocol_line(digits, None, 1_000),
        protocol_line(with_features(digits), JUDGE, 1_000),
        protocol_line(with_features(digits, 1e-9), JUDGE, 1_000),
        protocol_line(digits, JUDGE, 1_001),
    ]
    assert len({line, *others}) == len(others) + 1


@pytest.mark.parametrize(
    "name", [name for name, metric in METRICS.items() if metric.question in ("samples", "copying")]
)
def test_another_version_of_any_metric_of_samples_changes_it(digits, line, monkeypatch, name):
    metric = METRICS.get(name)
    monkeypatch.setitem(METRICS._loaded, name, replace(metric, version=metric.version + 1))
    assert protocol_line(digits, JUDGE, 1_000) != line


def test_another_version_of_aezoo_changes_it(digits, line, monkeypatch):
    monkeypatch.setattr(protocol, "environment", lambda: {**environment(), "aezoo": "9.9"})
    assert protocol_line(digits, JUDGE, 1_000) != line


def test_a_digest_of_the_data_takes_the_place_of_their_fingerprint(digits, line):
    assert protocol_line(replace(digits, fingerprint="0" * 64), JUDGE, 1_000, digits.fingerprint) == line
    assert protocol_line(digits, JUDGE, 1_000, "0" * 64) != line


def test_it_is_one_line(line):
    assert re.match(r"protocol: [0-9a-f]{8}, data ", line)
    assert "\n" not in line
    assert len(line) < 120


def test_a_part_that_changes_changes_what_a_broken_line_begins_with(digits, line):
    other = protocol_line(digits, JUDGE, 2_000)
    assert other.split(", ")[0] != line.split(", ")[0]
