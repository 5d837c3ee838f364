"""The page of all families is what its command writes from the published records."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path

from aezoo.models.catalogue import catalogue

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "results" / "zoo" / "latent-16"


def test_the_page_is_that_of_the_records():
    found = importlib.util.spec_from_file_location("families_maker", ROOT / "benchmarks" / "families.py")
    maker = importlib.util.module_from_spec(found)
    found.loader.exec_module(maker)
    assert (FOLDER.parent / "families.md").read_text() == maker.page(FOLDER), "run python benchmarks/families.py"


def test_every_model_that_works_is_described():
    described = tomllib.loads((FOLDER.parent / "families.toml").read_text())
    working = {
        each.name for found in catalogue().values() for each in found if each.role == "model" and not each.failure
    }
    assert set(described) == working
    assert all(each["looks"] for each in described.values())
