"""The page on the audit: its Python runs, and it names every option of the command."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

TEXT = (Path(__file__).parents[2] / "docs" / "audit.md").read_text()
[BLOCK] = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.slow
def test_its_python_runs_and_leaves_what_it_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, few in (("BAND_DRAWS", 4), ("FRESH_DRAWS", 2), ("SIZE_DRAWS", 2)):
        monkeypatch.setattr(f"aezoo.audit.plan.{name}", few)
    exec(BLOCK, {"__name__": "__main__"})  # noqa: S102 - our own page
    verdict, median = capsys.readouterr().out.split()
    assert verdict in ("detects", "blind", "fooled")
    assert float(median) > 0
    assert {path.name for path in (tmp_path / "my-audit").iterdir()} == {
        "audit.json", "audit.csv", "verdicts.csv", "metrics.csv", "README.md", "cards",
    }  # fmt: skip


def test_its_table_names_every_option():
    from aezoo.bench.app import make_app

    shown = CliRunner().invoke(make_app(), ["audit", "--help"], env={"COLUMNS": "200"}).output
    options = set(re.findall(r"--[a-z]+(?:-[a-z]+)*", shown)) - {"--help"}
    assert options == set(re.findall(r"--[a-z]+(?:-[a-z]+)*", TEXT.partition("| option")[2].partition("\n\n")[0]))
