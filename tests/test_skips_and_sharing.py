"""Rules of the tests: no skip is silent, slow ones wait to be asked for, what shares trained models stays together."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.distribution import unit_of
from support.skips import EXPECTED, is_expected
from support.slow import NOTE

CONFTEST = Path(__file__).with_name("conftest.py").read_text()


def test_a_skip_that_nobody_expects_is_a_failure(pytester):
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(
        """
        import pytest
        from support.skips import not_applicable

        def test_expected():
            not_applicable("the model has no prior")

        def test_missing_file():
            pytest.skip("no such file")

        @pytest.mark.skip
        def test_without_a_reason():
            pass
        """
    )
    pytester.runpytest("-p", "no:xdist").assert_outcomes(skipped=1, failed=1, errors=1)


def test_so_is_a_file_that_a_missing_package_skips(pytester):
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile("import pytest\npytest.importorskip('no_such_package')\n")
    pytester.runpytest("-p", "no:xdist").assert_outcomes(errors=1)


@pytest.mark.parametrize("reason", ["", "not applicable", "not applicable: it is late", "could not import 'prdc'"])
def test_a_reason_must_be_one_of_those_expected(reason):
    assert EXPECTED
    assert not is_expected(reason)


def test_a_run_of_everything_leaves_out_slow_tests_and_says_so(pytester, monkeypatch):
    pytester.makeconftest(CONFTEST)
    monkeypatch.setattr("support.slow.TESTS", pytester.path)
    pytester.makeini("[pytest]\nmarkers =\n    slow")
    pytester.makepyfile(
        "import pytest\n\n@pytest.mark.slow\ndef test_slow():\n    pass\n\ndef test_quick():\n    pass\n"
    )
    left_out = pytester.runpytest("-p", "no:xdist")
    left_out.assert_outcomes(passed=1, deselected=1)
    left_out.stdout.fnmatch_lines([NOTE])
    named = list(pytester.path.glob("test_*.py"))
    for asked in (["--slow"], ["-m", "slow or not slow"], ["-k", "test_"], named):
        run = pytester.runpytest("-p", "no:xdist", *asked)
        run.assert_outcomes(passed=2)
        run.stdout.no_fnmatch_line(NOTE)


@pytest.mark.slow
def test_a_run_of_a_folder_is_shared_among_processes_unless_the_user_chooses(pytester, monkeypatch):
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile("def test_in_a_worker(request):\n    assert hasattr(request.config, 'workerinput')\n")
    pytester.runpytest(".").assert_outcomes(passed=1)
    for alone in (["-n", "0", "."], ["-p", "no:xdist", "."], ["--pdb", "."], list(pytester.path.glob("test_*.py"))):
        pytester.runpytest(*alone).assert_outcomes(failed=1)


@pytest.mark.parametrize(
    ("test", "unit"),
    [
        ("tests/store/test_store.py::test_a[1]", "tests/store/test_store.py"),
        ("tests/contracts/test_models.py::test_a[vae]", "tests/contracts/test_models.py[vae]"),
        (
            "tests/contracts/test_models.py::test_a[beta-vae-gaussian-mixture]",
            "tests/contracts/test_models.py[beta-vae]",
        ),
        ("tests/contracts/test_models.py::test_a", "tests/contracts/test_models.py[]"),
    ],
)
def test_all_tests_of_a_file_run_in_one_process_and_of_the_models_contract_those_of_one_model(test, unit):
    assert unit_of(test) == unit
