"""The page of all families is what its command writes from the published records."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path

from aezoo.models.catalogue import catalogue

ROOT = Path(__file__).parents[2]
SHOWN = {each.name: each for found in catalogue().values() for each in found if each.role == "model"}
FOLDER = ROOT / "results" / "zoo" / "latent-16"


def test_the_page_is_that_of_the_records():
    found = importlib.util.spec_from_file_location("families_maker", ROOT / "benchmarks" / "families.py")
    maker = importlib.util.module_from_spec(found)
    found.loader.exec_module(maker)
    assert (FOLDER.parent / "families.md").read_text() == maker.page(FOLDER), "run python benchmarks/families.py"


def test_every_model_is_described():
    described = tomllib.loads((FOLDER.parent / "families.toml").read_text())
    assert set(described) == set(SHOWN)
    assert all(each["looks"] for each in described.values())


def test_a_model_that_fails_has_a_line_with_its_reason_and_no_row():
    lines = (FOLDER.parent / "families.md").read_text().splitlines()
    failing = [each for each in SHOWN.values() if each.failure]
    assert failing
    for each in failing:
        (line,) = [line for line in lines if each.name in line.split("(")[0]]
        assert line.startswith(f"`{each.name}` has no row, because {each.failure}, and gives ")
