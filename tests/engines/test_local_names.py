"""Names that are registered in a script or a notebook, and what workers know of them."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

import aezoo
from aezoo.engines import local_names
from aezoo.engines.local_names import PreparedWithModules, modules_to_import, names_unknown_to_workers
from aezoo.errors import UsageError
from aezoo.messages import Request
from aezoo.models import MODELS
from aezoo.runner.preflight import check_workers_know
from aezoo.spec import Protocol, Trial

OURS = [("model", "mine", "__main__"), ("model", "other", "mymodels"), ("metric", "own", "__main__")]


@pytest.fixture
def notebook(monkeypatch):
    """A main module without a file, and names that it and another module have registered."""
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    monkeypatch.setattr(local_names, "local_names", lambda: iter(OURS))


def request(model):
    return Request(Trial(dataset="mnist-5k", model=model, protocol=Protocol(name="smoke"), seed=0), "")


def test_a_registered_name_of_no_plug_in_is_local(monkeypatch):
    monkeypatch.setattr(MODELS, "_registered", {**MODELS._registered, "mine": ("mymodels", object)})
    assert ("model", "mine", "mymodels") in set(local_names.local_names())
    assert ("model", "vae", "aezoo.models.vae") not in set(local_names.local_names())
    assert "mymodels" in modules_to_import()


def test_workers_of_a_notebook_know_what_is_imported_and_not_what_is_defined_there(notebook):
    assert modules_to_import() == ("mymodels",)
    assert names_unknown_to_workers() == [OURS[0], OURS[2]]
    assert names_unknown_to_workers(elsewhere=True) == OURS


def test_workers_import_a_guarded_script(notebook, monkeypatch, tmp_path):
    (tmp_path / "script.py").write_text('if __name__ == "__main__":\n    pass\n')
    sys.modules["__main__"].__file__ = str(tmp_path / "script.py")
    assert names_unknown_to_workers() == []


def test_what_workers_cannot_know_is_said_before_anything_runs(notebook):
    with pytest.raises(UsageError) as raised:
        check_workers_know([request("mine"), request("other")])
    assert str(raised.value) == (
        "worker processes cannot know model 'mine' (of __main__), metric 'own' (of __main__): put it into a file of "
        "its own, mine.py, and import that"
    )
    with pytest.raises(UsageError, match=r"model 'other' \(of mymodels\).*: install a plug-in there"):
        check_workers_know([request("other")], elsewhere=True)
    check_workers_know([])


def test_a_worker_imports_the_modules_after_its_preparation(monkeypatch, tmp_path):
    (tmp_path / "made_up_module.py").write_text("import sys\nsys.prepared_before_import = sys.made_up_preparation\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "made_up_module", raising=False)
    prepare = PreparedWithModules(lambda: setattr(sys, "made_up_preparation", "done"), ("no_such", "made_up_module"))
    prepare()
    assert sys.prepared_before_import == "done"
    del sys.prepared_before_import, sys.made_up_preparation, sys.modules["made_up_module"]


def test_a_class_in_the_place_of_a_name_is_refused():
    class Mine:
        pass

    with pytest.raises(UsageError, match="models has 'Mine', which is no name; register the class"):
        aezoo.run([Mine], dataset="mnist-5k")
