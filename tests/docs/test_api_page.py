"""The page of the API has every public function of the metrics."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
SHOWN = {line.rpartition(".")[2] for line in re.findall(r"^::: (\S+)$", PAGE, re.MULTILINE)}
PACKAGES = sorted(set(re.findall(r"^Imported from `(aezoo\.metrics\.\w+)`", PAGE, re.MULTILINE)))


def test_all_packages_of_metrics_stand_there():
    root = Path(__file__).parents[2] / "aezoo" / "metrics"
    assert {f"aezoo.metrics.{path.parent.name}" for path in root.glob("*/__init__.py")} == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_of_a_package_stands_there(package):
    assert set(import_module(package).__all__) <= SHOWN
