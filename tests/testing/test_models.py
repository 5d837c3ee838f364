"""The suite of models finds what is wrong, and counts honestly."""

from __future__ import annotations

import inspect
import re
from contextlib import nullcontext
from typing import ClassVar

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops
from support.registries import forget_afterwards
from support.toy_models import TOYS, GridCode, MixturePrior

from aezoo.models import MODELS, Preset, networks, noise
from aezoo.models.base import Model
from aezoo.models.gaussian import GaussianModel
from aezoo.models.losses import bernoulli_nll, gaussian_kl, gaussian_log_density
from aezoo.testing import (
    CheckLine,
    CheckResult,
    ConformanceSuite,
    ModelTests,
    not_applicable,
    not_made,
    require,
    run_suite,
)
from aezoo.testing.batch_growth import batch_growth
from aezoo.testing.model_case import compiled_noise, kept_case
from aezoo.testing.normalisation import area_error, ratio_error

CHECKS = {
    "keras": "a keras file makes a round trip",
    "posterior": "the posterior is the density of its draws",
    "prior": "the prior is the density of its draws",
    "measure": "posterior and prior are densities of one measure",
    "compiled": "is equal compiled or not",
    "symbols": "symbols make a round trip",
    "batch": "terms are of one image and no sums over the batch",
    "logits": "decoded codes are logits",
    "deterministic": "training is deterministic",
    "same prior": "the prior gives the same codes for the same seed",
}


class Sound(GaussianModel):
    """A VAE.

    $$ x $$

    It is published nowhere.
    """

    paper: ClassVar[str] = "unpublished"

    def objective(self, x):
        z, mean, log_variance = self.code(x)
        nll = bernoulli_nll(x, self.decoder(z))
        return {"loss": nll + gaussian_kl(mean, log_variance), "nll": nll}


class WithoutLoss(Sound):
    """A VAE that does not say what is minimised.

    $$ x $$

    It is published nowhere.
    """

    paper: ClassVar[str] = "unpublished"

    def objective(self, x):
        return {"nll": super().objective(x)["nll"]}


class WrongDraws(Sound):
    """A VAE whose ln q is 0.3 nats too high.

    It is published nowhere."""

    def draw(self, x):
        z, mean, log_variance = self.code(x)
        return z, gaussian_log_density(z, mean, log_variance) + 0.3


class WrongPrior(MixturePrior):
    """A prior whose density is twice too high.

    It is published nowhere."""

    paper: ClassVar[str] = "unpublished"

    def log_prior(self, z):
        return super().log_prior(z) + np.log(2.0)


class Eager(Sound):
    """A VAE whose loss is another where it is not compiled.

    It is published nowhere."""

    def objective(self, x):
        terms = super().objective(x)
        return {**terms, "loss": terms["loss"] + float(tf.executing_eagerly())}


class Forgetful(Sound):
    """A VAE with a weight that its file does not hold.

    It is published nowhere."""

    def __init__(self, protocol):
        super().__init__(protocol)
        self.offset = np.random.default_rng().normal(size=784).astype(np.float32)

    def decode_logits(self, z):
        return self.decoder(z) + ops.convert_to_tensor(self.offset)


class WrongSymbols(GridCode):
    """A code whose symbols are shifted on the way back.

    It is published nowhere."""

    paper: ClassVar[str] = "unpublished"

    def from_symbols(self, symbols):
        return ops.cast(symbols, "float32")


class TwoLines(Sound):
    """A VAE whose closing quotes are its third line.

    $$ x $$
    """

    paper: ClassVar[str] = "unpublished"


class WithoutEquation(Sound):
    """A VAE.

    It has an objective.

    It is published nowhere.
    """

    paper: ClassVar[str] = "unpublished"


class PaperOfItsParent(Sound):
    """A VAE.

    $$ x $$

    It is published nowhere.
    """


class SumOverTheBatch(Sound):
    """A VAE that adds the KL of the whole batch to each image.

    It is published nowhere."""

    def objective(self, x):
        z, mean, log_variance = self.code(x)
        nll = bernoulli_nll(x, self.decoder(z))
        return {"loss": nll + ops.sum(gaussian_kl(mean, log_variance)), "nll": nll}


class Probabilities(Sound):
    """A VAE that decodes to means.

    It is published nowhere."""

    def decode_logits(self, z):
        return ops.sigmoid(self.decoder(z))


class OtherNoise(Sound):
    """A VAE whose noise follows from no seed of the trial.

    It is published nowhere."""

    def objective(self, x):
        mean, log_variance = self.posterior(x)
        z = mean + ops.exp(log_variance / 2) * keras.random.normal(ops.shape(mean))
        return {"loss": bernoulli_nll(x, self.decoder(z)) + gaussian_kl(mean, log_variance)}


class KerasNoise(Sound):
    """A VAE that draws by Keras, from its own seeds.

    It is published nowhere."""

    def objective(self, x):
        mean, log_variance = self.posterior(x)
        epsilon = keras.random.normal(ops.shape(mean), seed=self.noise)
        uniform = keras.random.uniform(ops.shape(mean), seed=self.noise)
        z = mean + ops.exp(log_variance / 2) * (epsilon + 0 * uniform)
        return {"loss": bernoulli_nll(x, self.decoder(z)) + gaussian_kl(mean, log_variance)}


class NamedHeads(Sound):
    """A VAE that takes the outputs of its encoder by name.

    It is published nowhere."""

    def posterior(self, x):
        out = self.encoder(x)
        return out["mean"], out["log_variance"]

    def encode(self, x):
        return self.posterior(x)[0]


class WithoutPrior(Model):
    """A VAE of which nobody can draw.

    It is published nowhere."""

    def __init__(self, protocol):
        super().__init__(protocol)
        self.encoder = networks.encoder(protocol, heads=("mean", "log_variance"))
        self.decoder = networks.decoder(protocol)

    def objective(self, x):
        mean, log_variance = self.posterior(x)
        z = mean + ops.exp(log_variance / 2) * noise.normal(ops.shape(mean), self.noise)
        return {"loss": bernoulli_nll(x, self.decoder(z)) + gaussian_kl(mean, log_variance)}

    def posterior(self, x):
        return self.encoder(x)

    def encode(self, x):
        return self.posterior(x)[0]

    def decode_logits(self, z):
        return self.decoder(z)


@pytest.fixture
def run(monkeypatch):
    """Runs the suite on a class that is registered for the time of the test."""
    forget_afterwards(monkeypatch, MODELS)

    def checked(model, steps=40, xla=False):
        name = model.__name__.lower()
        monkeypatch.setattr(Model, "xla", xla)  # which takes two seconds of a model
        MODELS._loaded[name] = Preset(name, model, {})
        MODELS._registered[name] = (__name__, model)
        suite = type("Suite", (ModelTests,), {"name": name, "steps": steps})
        return {line.check: line for line in run_suite(suite).lines}

    yield checked
    kept_case.cache_clear()


@pytest.mark.slow
def test_a_sound_model_passes(run):
    assert {line.check for line in run(Sound, xla=True).values() if line.state == "failed"} == set()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "check"),
    [
        (WrongDraws, "posterior"),
        (WrongPrior, "prior"),
        (Eager, "compiled"),
        (Forgetful, "keras"),
        (WrongSymbols, "symbols"),
    ],
)
def test_a_fault_is_found(run, model, check):
    line = run(model)[CHECKS[check]]
    assert line.state == "failed"
    assert line.reason


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "check", "reason"),
    [
        (SumOverTheBatch, "batch", r"term 'loss' grows with the number of images of a batch: .*, axis=-1$"),
        (
            Probabilities,
            "logits",
            r"decode_logits gives numbers from 0?.* all of them in \[0, 1\], .* without a sigmoid$",
        ),
        (OtherNoise, "deterministic", r"other curves; draw noise by noise\.normal\(shape, self\.noise\)$"),
    ],
)
def test_a_fault_of_a_new_author_is_the_only_one_and_says_how_to_mend_it(run, model, check, reason):
    lines = run(model)
    failed = {line.check: line.reason for line in lines.values() if line.state == "failed"}
    kept = {CHECKS[check], "documents itself", CHECKS["compiled"]}  # noise from elsewhere is never the same
    assert set(failed) <= kept
    assert re.search(reason, failed[CHECKS[check]])


@pytest.mark.slow
def test_noise_by_keras_from_the_seeds_of_a_model_is_as_good(run):
    failed = {line.check: line.reason for line in run(KerasNoise, xla=True).values() if line.state == "failed"}
    assert set(failed) <= {"documents itself"}, failed


def test_what_several_methods_raise_is_said_once_with_file_and_line(run):
    reason = run(NamedHeads)["keeps the contract"].reason
    line = inspect.getsourcelines(NamedHeads.posterior)[1] + 2
    assert reason == (
        "model 'namedheads': objective, encode, posterior's mean and posterior's log-variance raise TypeError: list "
        f"indices must be integers or slices, not str (test_models.py:{line})"
    )


@pytest.mark.slow
def test_a_posterior_without_draws_of_the_prior_is_told(run):
    line = run(WithoutPrior)[CHECKS["same prior"]]
    assert (line.state, line.reason) == (
        "n/a", "it has a posterior and no sample_prior: derive from GaussianModel, or write one"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "grows"),
    [("sum", True), ("minus", True), ("pairs", True), ("mean", False), ("logarithm", False), ("bias", False)],
)
def test_growth_of_a_sum_is_told_from_that_of_an_estimate(name, grows):
    class Terms:
        def objective(self, x):
            n = float(len(x))
            term = {
                "sum": 0.1 * n, "minus": -0.1 * n, "pairs": 0.001 * n**2,
                "mean": 500.0, "logarithm": 10 * np.log(n), "bias": 1_000 / n,
            }[name]  # fmt: skip
            return {"loss": tf.fill([len(x)], np.float32(400 + term))}

    assert bool(batch_growth(Terms(), np.zeros((256, 784)))) is grows


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (Sound, ""),
        (TwoLines, "its docstring has 2 lines of text"),
        (WithoutEquation, "its docstring has no equation"),
        (PaperOfItsParent, "its class has no paper of its own"),
    ],
)
def test_a_model_documents_itself_as_the_readme_says(monkeypatch, model, reason):
    forget_afterwards(monkeypatch, MODELS)
    monkeypatch.setitem(MODELS._loaded, "documented", Preset("documented", model, {}))
    suite = type("Suite", (ModelTests,), {"name": "documented"})
    with pytest.raises(AssertionError, match=reason) if reason else nullcontext():
        suite().test_documents_itself()


def test_a_model_that_cannot_be_built_is_one_failure_and_what_needs_it_is_not_made(run):
    lines = run(WithoutLoss)
    result = CheckResult("model", "withoutloss", tuple(lines.values()))
    (failed,) = result.failed
    assert failed.check == "keeps the contract"
    assert failed.reason == "model 'withoutloss': objective returns 'nll' and no 'loss', which is what is minimised"
    assert [line.check for line in result.ran] == ["keeps the contract", "documents itself"]
    assert len(result.not_made) == len(ModelTests.checks()) - 2
    assert not result.passed
    assert str(result).count("no 'loss'") == 1
    assert len(str(result).splitlines()) == 3


@pytest.mark.slow
@pytest.mark.parametrize("model", TOYS)
def test_models_with_every_hook_are_checked_to_the_end(run, model):
    """They have no paper, and two of them have no images to learn: nothing else may fail."""
    failed = {line.check: line.reason for line in run(model).values() if line.state == "failed"}
    assert set(failed) <= {"documents itself", "the loss falls"}, failed


def test_area_and_ratio_know_a_density_from_a_multiple_of_it():
    random = np.random.default_rng(0)
    z = random.standard_normal((8_000, 2))
    log_q = -0.5 * np.square(z).sum(axis=1) - np.log(2 * np.pi)
    assert area_error(z, log_q) == ratio_error(0 * log_q) == ""
    assert area_error(z, log_q + 0.2)
    assert area_error(z, log_q - 0.2)
    assert ratio_error(0 * log_q + 0.2)
    assert ratio_error(0 * log_q - 0.2)


@pytest.mark.parametrize("still", [1.0, 0.95], ids=["all", "most"])
def test_draws_without_spread_in_a_dimension_have_no_density_in_the_plane(still):
    random = np.random.default_rng(0)
    z = random.standard_normal((8_000, 2))
    z[random.random(8_000) < still, 1] = 0.3
    assert "no spread in some dimension" in area_error(z, -0.5 * np.square(z).sum(axis=1) - np.log(2 * np.pi))


def test_eager_noise_is_that_of_compiled_code():
    def draw(seed):
        return tf.random.stateless_normal((5, 3), seed, alg="philox")

    seed = tf.constant([1, 2])
    compiled = tf.function(draw, jit_compile=True)(seed)
    with compiled_noise(xla=True):
        np.testing.assert_array_equal(draw(seed), compiled)
    assert not np.array_equal(draw(seed), compiled)


def test_nothing_checked_is_a_failure():
    lines = (CheckLine("a", "n/a", "no prior", 0.0),)
    assert not CheckResult("model", "x", lines).passed
    assert not CheckResult("model", "x", ()).passed
    assert CheckResult("model", "x", (*lines, CheckLine("b", "ok", "", 0.0))).passed
    unmade = (CheckLine("a", "not made", "there is no model", 0.0), CheckLine("b", "ok", "", 0.0))
    assert not CheckResult("model", "x", unmade).passed
    assert not CheckResult("model", "x", (CheckLine("b", "failed", "so", 0.0),)).passed


def test_each_state_is_reported_with_its_reason():
    class Suite(ConformanceSuite):
        name, registry = "x", MODELS

        def test_well(self):
            require(True, "never")

        def test_bad(self):
            require(False, "it is bad")

        def test_broken(self):
            raise ValueError("it is broken")

        def test_senseless(self):
            not_applicable("it makes no sense")

        def test_without_ground(self):
            not_made("it needs what is bad")

    told = []
    raised = inspect.getsourcelines(Suite.test_broken)[1] + 1
    result = run_suite(Suite, told.append)
    assert tuple(told) == result.lines[:-1]
    assert [(line.check, line.state, line.reason) for line in result.lines] == [
        ("well", "ok", ""),
        ("bad", "failed", "it is bad"),
        ("broken", "failed", f"ValueError: it is broken (test_models.py:{raised})"),
        ("senseless", "n/a", "it makes no sense"),
        ("without ground", "not made", "it needs what is bad"),
    ]
    assert (len(result.ran), len(result.not_applicable), len(result.failed)) == (3, 1, 2)
