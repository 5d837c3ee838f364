"""Plug-in of pytest: the fixture `aezoo_regression` trains a model and holds its scores to a baseline beside the test.

pytest loads this module in every run where aezoo is installed, so that it imports the rest only when it is used.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from aezoo.analysis.comparison import Comparison
    from aezoo.record import Record

BASELINES = "aezoo_baselines"
"""Folder of the records of baselines, beside the file of the test."""
UNKNOWN = "UnknownNameError"
TOP_LEVEL = "a worker imports the file that registers it: do that at its top level, in no function and no fixture"
RENEW = "--aezoo-renew"
RETRY = ("failed", "code")
"""Trials of the cache that are trained again."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that renews baselines."""
    group = parser.getgroup("aezoo", "regression gate of aezoo")
    group.addoption(
        RENEW,
        action="store_true",
        help="write the scores that aezoo_regression meets as baselines, and hold them to nothing",
    )


_CACHE = pytest.StashKey[Path]()


@pytest.fixture
def aezoo_regression(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Regression:
    """Regression gate: ``aezoo_regression.check("my-vae", rules=["nll:+2%"])``."""
    cache = request.config.stash.get(_CACHE, None)
    if cache is None:
        kept = getattr(request.config, "cache", None)
        cache = Path(kept.mkdir("aezoo")) if kept is not None else tmp_path_factory.mktemp("aezoo")
        request.config.stash[_CACHE] = cache
    return Regression(request.path.parent / BASELINES, cache, request.config.getoption(RENEW))


@dataclass(frozen=True)
class Regression:
    """Gate of a test.

    Attributes:
        baselines: the results folder of the records that scores are held to; kept with the tests.
        cache: the results folder of what was trained, by trial id, for the tests of this run and of later ones.
        renew: write baselines in place of holding scores to them.
    """

    baselines: Path
    cache: Path
    renew: bool = False

    def check(
        self,
        model: str,
        *,
        rules: Sequence[str],
        seeds: str | Iterable[int] = range(5),
        protocol: str = "smoke",
        dataset: str = "mnist-5k",
        results: Path | str | None = None,
        **options: Any,  # noqa: ANN401
    ) -> None:
        """Train `model` with each seed unless that is done, and fail where a rule is broken.

        Args:
            model: a registered name, with parameters as on the command line: ``"my-vae:beta=2"``; not several.
            rules: of `compare --fail-on`: ``"nll:+2%"``, ``"fd_judge@prior:+10%:certain"``.
            seeds, protocol, dataset: of the trials, as `aezoo.run` takes them.
            results: a results folder that holds the trials; without it they are trained into `cache`, where edited
                code trains again.
            **options: more of `aezoo.run`: ``jobs=2``, ``epochs=3``, ``also=["grid"]``.

        Raises:
            pytest.fail.Exception: a rule is broken or cannot be checked, a trial failed, or there is no baseline.
            UsageError: a name, a value or a rule that cannot be.
        """
        __tracebackhide__ = True
        from aezoo.analysis.comparison import compare_folders
        from aezoo.analysis.gate import check_rules
        from aezoo.analysis.gate_rules import Rule
        from aezoo.errors import UsageError
        from aezoo.runner.suite import make_suite

        parsed = [Rule.parse(rule) for rule in rules]
        if not parsed:
            raise UsageError('rules is empty, so that nothing would be held to anything; give rules=["nll:+2%"]')
        whole = make_suite([model], seeds, protocol=protocol)
        models = whole.models
        if len(models) != 1:
            raise UsageError(f"{model!r} is {len(models)} models, and a gate holds one; check each by its own name")
        label = models[0].label
        listed = seeds if isinstance(seeds, str) else whole.seeds  # an iterator can be read but once
        suite = {"models": [model], "seeds": listed, "protocol": protocol, "dataset": dataset}
        if not self.renew and results is None:
            self._baseline(label, self._planned(suite, options))  # before anything is trained
        records = self._records(suite, results, options)
        if not any(record["label"] == label for record in records):
            pytest.fail(
                f"the run has no record of {label}, so that nothing can be held or kept; leave out options that "
                "keep it from running, such as shard and dry_run",
                pytrace=False,
            )
        if self.renew:
            self._write(records)
            return
        baseline = self._baseline(label, {record["id"] for record in records})
        try:
            found = check_rules(parsed, compare_folders(("baseline", baseline), ("now", records), [label]))
        except UsageError as error:
            reason = f"{label} cannot be held to its baseline: {error}; mend the rule, or renew by pytest {RENEW}"
        else:
            broken = [finding.text for each in found for finding in each.findings if finding.failed]
            reason = "\n".join([*broken, "", *moved(found, parsed)]) if broken else ""
        if reason:  # outside of the handler, whose error would be told as well
            pytest.fail(reason, pytrace=False)

    def _baseline(self, label: str, ids: Collection[str]) -> list[Record]:
        """Return the kept records of the same trials; the test fails where there is none of the model."""
        __tracebackhide__ = True
        baseline = [record for record in self._kept() if record["id"] in ids]
        if not any(record["label"] == label for record in baseline):
            pytest.fail(
                f"{self.baselines} has no baseline of {label} with these seeds, protocol and data set; make it by "
                f"pytest {RENEW}, and keep it with the tests",
                pytrace=False,
            )
        return baseline

    def _planned(self, suite: Mapping[str, Any], options: Mapping[str, Any]) -> set[str]:
        """Return the ids of the trials of a suite; trains nothing."""
        import aezoo

        # a failure that is to run again is no warning, which would end the test where warnings are errors
        given = {"retry": RETRY, **options, "dry_run": True, "progress": None}
        plan = aezoo.run(**suite, out=self.cache, **given).plan
        if plan is None:
            return set()
        return {request.trial.id for request in plan.requests} | {record["id"] for record in plan.kept}

    def _records(
        self, suite: Mapping[str, Any], results: Path | str | None, options: Mapping[str, Any]
    ) -> list[Record]:
        """Return the records of a suite, trained unless they are there; the test fails where a trial failed."""
        __tracebackhide__ = True
        import aezoo

        if results is None:
            run = aezoo.run(**suite, out=self.cache, **{"retry": RETRY, "report": False, **options})
        else:
            run = aezoo.run(**suite, out=results, **{**options, "dry_run": True})
            if run.plan is not None and run.plan.requests:
                pytest.fail(
                    f"{results}: {run.plan.count('to run')}; run them there, or leave results out", pytrace=False
                )
        if run.failed:
            told = [f"{each['label']}, seed {each['spec']['seed']}: {_reason(each)}" for each in run.failed]
            pytest.fail("\n".join(["trials failed:", *told]), pytrace=False)
        return run.records

    def _kept(self) -> Iterator[Record]:
        from aezoo.store import Store

        return Store(self.baselines).records() if (self.baselines / "trials").is_dir() else iter(())

    def _write(self, records: Sequence[Record]) -> None:
        """Keep records as the baseline, without weights, pictures and curves."""
        from aezoo.store import Store

        store = Store(self.baselines)
        store.create()
        for record in records:
            store.commit({**record, "artifacts": {}, "curves": {"train": {}, "held_out": {}}}, {})


def moved(comparisons: Sequence[Comparison], rules: Sequence[Any]) -> list[str]:
    """Write the scores that rules cover as a table: baseline, now, difference and seeds."""
    from aezoo.reporting.formats import render
    from aezoo.reporting.pages.comparison import comparison_document

    covered = [
        replace(each, scores=tuple(score for score in each.scores if any(rule.covers(score) for rule in rules)))
        for each in comparisons
    ]
    return render(comparison_document([each for each in covered if each.scores]), "text").splitlines()


def _reason(record: Record) -> str:
    error = record["error"]
    told = f": {error['message']}" if error else ""
    return f"{record['status']}{told}{f'; {TOP_LEVEL}' if error and error['type'] == UNKNOWN else ''}"
