"""The notebook of the chapter runs from its first cell to its last, and is stored without outputs."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

PAGE = Path(__file__).parents[2] / "docs" / "chapter.ipynb"
NOTEBOOK = json.loads(PAGE.read_text(encoding="utf-8"))
CELLS = ["".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]


@pytest.fixture
def no_display():
    before = mpl.get_backend()
    plt.switch_backend("agg")
    yield
    plt.close("all")
    plt.switch_backend(before)


def test_outputs_are_stripped():
    cells = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)


def test_its_links_lead_somewhere():
    text = "".join("".join(cell["source"]) for cell in NOTEBOOK["cells"])
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", text)
    assert targets
    for target in targets:
        assert (PAGE.parent / target).exists(), target


class Notebook:
    """What IPython gives a cell; it keeps the magics that it was asked for."""

    def __init__(self):
        self.asked = []

    def run_line_magic(self, *words):
        self.asked.append(words)


@pytest.mark.parametrize("source", ["", "git+https://host/repository"])
def test_the_first_cell_installs_where_nothing_is(source, monkeypatch):
    """Where aezoo is there already, and this is so in all other tests, it does nothing."""
    assert "find_spec" in CELLS[0]
    cell, notebook = CELLS[0].replace('SOURCE = ""', f'SOURCE = "{source}"'), Notebook()
    names = {"get_ipython": lambda: notebook}
    exec(compile(cell, str(PAGE), "exec"), names)  # noqa: S102 - our own notebook
    assert notebook.asked == []
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    if source:
        exec(compile(cell, str(PAGE), "exec"), names)  # noqa: S102
        assert notebook.asked == [("pip", f"install --quiet {source}")]
    else:
        with pytest.raises(ModuleNotFoundError, match="set SOURCE above to where it is"):
            exec(compile(cell, str(PAGE), "exec"), names)  # noqa: S102


@pytest.mark.slow
@pytest.mark.usefixtures("no_display")
def test_every_cell_runs(smoke_run, tmp_path, monkeypatch, capsys):
    shutil.copytree(smoke_run.folder, tmp_path / "chapter-results")  # so that two of its three runs train nothing
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for cell in CELLS:
        exec(compile(cell, str(PAGE), "exec"), names)  # noqa: S102 - our own notebook
    screen = capsys.readouterr().out
    for row in ("ae, standard-normal", "vae, prior", "wgan-gp, prior", "oracle"):
        assert row in screen
    frame = names["frame"]
    replay = frame[(frame["model"] == "memoriser") & (frame["metric"] == "copying_auc_judge")]
    assert replay["value"].item() < 0.1
    assert len(plt.get_fignums()) == 2
