"""Modules that pytest imports by their path: workers import the same file, and its digest is that of this file."""

from __future__ import annotations

import sys

import pytest

from aezoo.engines.local_names import PreparedWithModules, files_of
from aezoo.source import source_digest, source_path


@pytest.fixture
def forgotten(monkeypatch):
    """Names of modules that are not imported, and forgotten afterwards."""
    names = ("made_up_checks.conftest", "made_up_conftest")
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield
    for name in names:
        sys.modules.pop(name, None)


def prepared(name, file):
    PreparedWithModules(lambda: None, (name,), {name: str(file)})()
    return sys.modules.get(name)


def test_a_name_that_leads_nowhere_is_imported_from_its_file(forgotten, tmp_path):
    (tmp_path / "conftest.py").write_text("NUMBER = 7\n")
    module = prepared("made_up_checks.conftest", tmp_path / "conftest.py")
    assert module.NUMBER == 7
    assert files_of(["made_up_checks.conftest"]) == {"made_up_checks.conftest": str(tmp_path / "conftest.py")}


def test_a_name_that_leads_to_another_file_is_not_followed(forgotten, tmp_path, monkeypatch):
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "made_up_conftest.py").write_text(f"NUMBER = {number}\n")
        monkeypatch.syspath_prepend(tmp_path / str(number))
    assert prepared("made_up_conftest", tmp_path / "1" / "made_up_conftest.py").NUMBER == 1
    sys.modules.pop("made_up_conftest")
    assert prepared("made_up_conftest", tmp_path / "2" / "made_up_conftest.py").NUMBER == 2


def test_the_digest_is_that_of_the_file_which_is_imported(forgotten, tmp_path):
    file = tmp_path / "conftest.py"
    file.write_text("NUMBER = 7\n")
    prepared("made_up_checks.conftest", file)
    assert source_path("made_up_checks.conftest") == file
    before = source_digest("made_up_checks.conftest", "made_up_checks")
    file.write_text("NUMBER = 80\n")
    assert None is not before != source_digest("made_up_checks.conftest", "made_up_checks")


def test_a_module_without_a_file_has_none(monkeypatch):
    assert files_of(["sys", "no_such_module"]) == {}
