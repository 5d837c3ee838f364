"""Reading 10,000 records.

Of 55 scores each, an early panel: `table` within 20 s and 1 GB, `status` within 5 s. Of 308 scores, today's: `report`
within 60 s and 6 MB, a page that opens within 3 s.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.many_records import SEEDS, write_many_records

from aezoo.spec import canonical_json

RECORDS = 10_000
FIXTURE = Path(__file__).parents[1] / "tests" / "fixtures" / "records" / "schema-1" / "ae.json"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """2,000 models with five seeds each: a real record with some 50 scores, under other names and with other values."""
    folder = tmp_path_factory.mktemp("many")
    template = json.loads(FIXTURE.read_bytes())
    for number in range(RECORDS):
        record = renamed(template, f"model-{number // SEEDS}", number % SEEDS)
        place = folder / "trials" / record["id"]
        place.mkdir(parents=True)
        (place / "record.json").write_text(json.dumps(record, indent=1))
    return folder


@pytest.fixture(scope="module")
def todays(tmp_path_factory) -> Path:
    """As many records of a published model: all metrics by four samplers."""
    return write_many_records(tmp_path_factory.mktemp("todays"), RECORDS)


def renamed(template: dict, model: str, seed: int) -> dict:
    spec = {**template["spec"], "model": model, "seed": seed}
    scores = [{**row, "value": row["value"] and row["value"] * (1 + seed / 97)} for row in template["scores"]]
    trial_id = hashlib.sha256(canonical_json(spec).encode()).hexdigest()
    return {**template, "id": trial_id, "label": model, "spec": spec, "scores": scores}


def run_command(*arguments: str) -> dict[str, float]:
    """Seconds, processor seconds and the most megabytes of one command."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "aezoo.bench", *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    seconds = time.perf_counter() - started
    return {
        "wall": seconds,
        "processor": usage.ru_utime + usage.ru_stime,
        "megabytes": usage.ru_maxrss / 1024,
    }


def test_reading_ten_thousand_records(compare, folder):
    medians = compare(
        "Reading 10,000 records of 55 scores each",
        {
            "table": lambda: run_command("table", str(folder)),
            "status": lambda: run_command("status", str(folder)),
        },
        rounds=3,
    )
    assert medians["table"]["processor"] < 20
    assert medians["table"]["megabytes"] < 1_000
    assert medians["status"]["processor"] < 5


def test_making_the_page_of_ten_thousand_records(compare, todays):
    def make() -> dict[str, float]:
        figures = run_command("report", str(todays))
        return {**figures, "megabytes of the page": (todays / "report.html").stat().st_size / 1e6}

    medians = compare("Making the page of 10,000 records of 308 scores each", {"report": make}, rounds=3)
    assert medians["report"]["processor"] < 60
    assert medians["report"]["megabytes of the page"] < 6


def test_opening_the_page_of_ten_thousand_records(compare, todays):
    """The page opens within 3 s in Debian's chromium; needs ``pip install -e '.[browser]'``."""
    from playwright.sync_api import sync_playwright

    if not (todays / "report.html").exists():
        run_command("report", str(todays))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])

        def visit() -> dict[str, float]:
            page = browser.new_page()
            started = time.perf_counter()
            page.goto((todays / "report.html").as_uri())
            page.locator("tbody.model tr").first.wait_for()
            seconds = time.perf_counter() - started
            page.close()
            return {"wall": seconds}

        medians = compare("Opening the page of 10,000 records of 308 scores each", {"chromium": visit}, rounds=3)
        browser.close()
    assert medians["chromium"]["wall"] < 3
