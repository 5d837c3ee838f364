"""The verb and the command `check`."""

from __future__ import annotations

import numpy as np
import pytest
from support.registries import forget_afterwards

from aezoo.bench.app import run_app
from aezoo.controls import CONTROLS
from aezoo.datasets import DATASETS, DatasetUnavailableError, Factor, LoadedArrays, Split
from aezoo.errors import UnknownNameError, UsageError
from aezoo.metrics import METRICS, Score
from aezoo.models import MODELS
from aezoo.models.vae import VAE
from aezoo.samplers import SAMPLERS, NotApplicableError
from aezoo.testing import check
from aezoo.testing.check import checked_name


@pytest.fixture
def registry(request, monkeypatch):
    """A registry that forgets after the test what was registered in it."""
    forget_afterwards(monkeypatch, request.param)
    return request.param


def test_the_command_prints_each_check_and_the_counts(capsys):
    assert run_app(["check", "oracle"]) == 0
    *lines, summary = capsys.readouterr().out.splitlines()
    result = check("oracle")
    assert lines == [str(line) for line in result.lines]
    assert summary == result.summary
    assert (len(result.ran), len(result.not_applicable), len(result.failed)) == (7, 1, 0)


def test_a_name_that_nothing_has_gets_near_matches():
    with pytest.raises(UnknownNameError, match="mnist-5k"):
        check("mnist5k")
    with pytest.raises(UnknownNameError):
        check("vae", kind="control")
    with pytest.raises(UnknownNameError):
        check("vae", kind="picture")


def test_a_score_is_checked_as_its_metric(capsys):
    assert run_app(["check", "fd_judge"]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == "fd_judge is a score of the metric fd"
    assert "fd" in rest[-1]
    assert checked_name("fd_judge") == checked_name("fd_judge", "metric") == "fd"
    assert checked_name("fd_judge", "model") == "fd_judge"


@pytest.mark.parametrize("registry", [SAMPLERS], indirect=True)
def test_a_name_of_two_kinds_asks_for_one(registry):
    registry.register("oracle")(lambda latent, n, seed: latent.codes[:n])
    with pytest.raises(UsageError, match="give kind"):
        check("oracle")
    assert check("oracle", "control").passed


@pytest.mark.parametrize("registry", [SAMPLERS], indirect=True)
@pytest.mark.parametrize(
    ("sampler", "failed"),
    [
        (lambda latent, n, seed: np.random.standard_normal((n, 2)), "gives the same codes for the same seed"),  # noqa: NPY002
        (lambda latent, n, seed: latent.codes[:n], "gives other codes for another seed"),
        (lambda latent, n, seed: np.full((n, 2), np.nan), "gives finite codes"),
    ],
)
def test_a_wrong_sampler_is_found(registry, sampler, failed):
    registry.register("wrong")(sampler)
    assert failed in [line.check for line in check("wrong").failed]


@pytest.mark.parametrize("registry", [SAMPLERS], indirect=True)
def test_a_sampler_that_refuses_everything_fails(registry):
    @registry.register("refusing")
    def refusing(latent, n, seed):
        """Refuses."""
        raise NotApplicableError("never")

    assert not check("refusing").passed


@pytest.mark.parametrize("registry", [CONTROLS], indirect=True)
def test_a_wrong_control_is_found(registry):
    @registry.register("wrong", draws_from="oracle")
    def wrong(images, labels, n, generator):
        return np.full((n, 28, 28), 2.0, np.float32)

    failed = [line.check for line in check("wrong").failed]
    assert failed == [
        "documents itself",
        "gives images between 0 and 1 at every dose",
        "gives other images for another seed",
    ]


@pytest.mark.parametrize("registry", [METRICS], indirect=True)
@pytest.mark.parametrize(
    ("metric", "failed"),
    [
        (lambda real, fake: float(np.random.standard_normal()), "is deterministic and leaves its inputs alone"),  # noqa: NPY002
        (lambda real, fake: fake.__imul__(0).sum(), "is deterministic and leaves its inputs alone"),
        (lambda real, fake: -float(np.abs(real.mean() - fake.mean())), "values lie in the stated range"),
        (lambda real, fake: 1 / (1e-9 + float(np.abs(real.mean() - fake.mean()))), "better is better"),
        (lambda real, fake: float(np.nanmean(np.abs(np.nan_to_num(real - fake)))), "nan is an error not a score"),
    ],
)
def test_a_wrong_metric_is_found(registry, metric, failed):
    gap = Score("gap", "feature units", "lower", 0.0, (0.0, np.inf))
    registry.register("wrong", question="samples", needs=("real", "fake"), scores=(gap,), minimum_n=1000)(metric)
    result = check("wrong")
    assert failed in [line.check for line in result.failed]
    assert check("wrong", "metric").summary == result.summary


@pytest.mark.parametrize("registry", [DATASETS], indirect=True)
def test_a_data_set_that_cannot_be_had_is_not_checked_which_is_a_failure(registry, capsys):
    @registry.register("absent", summary="images that nobody has")
    def absent(source):
        raise DatasetUnavailableError("nobody has them")

    result = check("absent")
    assert not result.passed
    assert {line.state for line in result.lines} == {"n/a"}
    assert {line.reason for line in result.lines} == {"nobody has them"}
    assert run_app(["check", "absent"]) == 3


@pytest.mark.parametrize("registry", [DATASETS], indirect=True)
def test_a_factor_that_never_varies_is_a_failure(registry):
    @registry.register("still", summary="noise with a factor of one value")
    def still(source):
        """Draw noise."""
        factors = np.stack([np.arange(200) % 4, np.zeros(200)], axis=1).astype(np.uint8)
        images = np.random.default_rng(0).integers(0, 256, (200, 28, 28), dtype=np.uint8)
        names = (Factor("phase", 4), Factor("nothing", 2))
        return LoadedArrays(Split(images, factors[:, 0], factors), None, "drawn", factors=names)

    [failed] = check("still").failed
    assert (failed.check, "one value only of nothing" in failed.reason) == ("every factor varies in every split", True)


@pytest.mark.parametrize("registry", [DATASETS], indirect=True)
def test_a_data_set_that_is_registered_anew_is_checked_anew(registry):
    for reason in ("nobody has them", "they are lost"):

        @registry.register("absent", summary="images that nobody has")
        def absent(source, reason=reason):
            raise DatasetUnavailableError(reason)

        assert {line.reason for line in check("absent").lines} == {reason}


@pytest.mark.parametrize("registry", [MODELS], indirect=True)
def test_a_model_that_is_registered_anew_is_checked_anew(registry):
    for reason in ("it is too small", "it is too large"):

        @registry.register("picky")
        class Picky(VAE):
            why = reason

            @classmethod
            def unsuitable(cls, protocol):
                return cls.why

        first, *_ = check("picky").lines
        assert (first.state, first.check) == ("failed", "keeps the contract")
        assert reason in first.reason
