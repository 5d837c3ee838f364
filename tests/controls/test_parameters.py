"""Parameters of controls: what a user may give, what is refused and where, and that a run honours them."""

import numpy as np
import pytest

from aezoo.bench.app import run_app
from aezoo.controls import CONTROLS, Control
from aezoo.errors import UnknownNameError, UsageError
from aezoo.images import to_bytes
from aezoo.messages import Request
from aezoo.npz import from_npz
from aezoo.runner.suite import resolve_model
from aezoo.seeds import generator
from aezoo.spec import ModelSpec, Protocol, Trial
from aezoo.trial import run_trial

PROTOCOL = Protocol(name="tiny", epochs=1, samples=200)
SEED = 3


def trial(text, digits):
    """What a run leaves of a control; no metric is computed."""
    subject = ModelSpec.parse(text)
    place = {"dataset": "mnist-5k", "protocol": PROTOCOL, "seed": SEED}
    spec = Trial(model=subject.name, parameters=subject.parameters, **place)
    return run_trial(Request(spec, digits.fingerprint, metrics=()))


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("blur", {}),
        ("blur:dose=2", {"dose": 2}),
        ("mode-dropper:dose=2:dropped=4+9", {"dose": 2, "dropped": "4+9"}),
        ("mode-dropper:dropped=4", {"dose": 1, "dropped": 4}),
        ("memoriser:dose=0.2", {"dose": 0.2}),
    ],
)
def test_a_run_shows_the_images_of_its_label(text, given, digits):
    name = text.partition(":")[0]
    outcome = trial(text, digits)
    assert (outcome.record["status"], outcome.record["label"]) == ("done", text), outcome.record["error"]
    shown = from_npz(outcome.artifacts["gallery.npz"])[f"samples/{name}"]
    random = generator(SEED, "control", name)
    np.testing.assert_array_equal(
        shown, to_bytes(CONTROLS.get(name).generate(digits, PROTOCOL.samples, random, **given))[: len(shown)]
    )
    default = CONTROLS.get(name).generate(digits, PROTOCOL.samples, generator(SEED, "control", name))
    assert np.array_equal(shown, to_bytes(default)[: len(shown)]) == (text == "blur")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("blur:sigma=2", "unknown parameter of blur 'sigma'; known: dose"),
        ("mode-dropper:droped=4", "unknown parameter of mode-dropper 'droped'; did you mean dropped"),
        ("oracle:dose=1", "control 'oracle' has no dose but was given 1; leave it out"),
        ("oracle:n=1", "unknown parameter of oracle 'n'; known: none"),
        ("blur:dose=x", "control 'blur': parameter dose=x is not a finite number; give one"),
        ("blur:dose=true", "control 'blur': parameter dose=True is not a finite number; give one"),
        ("blur:dose=-1", "control 'blur': the dose is -1; give a number of at least 0"),
        ("memoriser:dose=1.5", "the dose is 1.5; give a share from 0 to 1"),
        ("pixel-average:dose=0.6", "give a weight from 0 to 0.5"),
        ("class-imbalance:dose=0.5", "give a ratio of at least 1"),
        ("mode-dropper:dose=2.5", "give a whole number of at least 1"),
        ("mode-dropper:dose=1:dropped=4+9", "dose=1 but dropped=4+9 names 2 of the classes; leave the dose out"),
        ("mode-dropper:dropped=four", "dropped=four is not understood; write the classes to drop as in dropped=4+9"),
        ("mode-dropper:dropped=true", "dropped=True is not understood"),
    ],
)
def test_what_no_data_allows_is_refused_before_a_run_and_in_a_record(text, message, digits):
    with pytest.raises(UsageError) as refused:
        resolve_model(text)
    assert message in str(refused.value)
    record = trial(text, digits).record
    assert (record["status"], record["error"]["message"]) == ("error", str(refused.value))


def test_what_the_data_does_not_allow_stands_in_the_record(digits):
    error = trial("mode-dropper:dropped=4+12", digits).record["error"]
    assert error["message"].startswith("dropped=4+12 asks for classes that are not there; there are [0, 1, 2")


def test_a_plain_name_imports_no_plug_in(monkeypatch):
    monkeypatch.setattr(CONTROLS, "get", lambda name: pytest.fail("imported"))
    assert resolve_model("blur").label == "blur"


@pytest.fixture
def plug_in():
    """A control from another package: its own name for the dose, and a parameter of its own."""
    seen = []

    @CONTROLS.register("grey", draws_from="oracle", doses=(0.1, 0.5), default=0.5, unit="intensity")
    def grey(pictures, classes, number, random, strength, contrast: float = 0.0, name="x"):
        seen.append((pictures.shape[1:], classes.shape, strength, contrast, name))
        return np.full((number, 28, 28), strength, np.float32)

    yield seen
    CONTROLS._loaded.pop("grey")


def test_a_plug_in_with_a_plain_function_gets_its_dose_and_its_own_parameters(plug_in, digits):
    control, random = CONTROLS.get("grey"), np.random.default_rng(0)
    assert list(control.annotations) == ["dose", "contrast", "name"]
    control.generate(digits, 10, random)
    control.generate(digits, 10, random, dose=0.3)
    control.generate(digits, 10, random, contrast=2, name="y")
    shapes = (28, 28), (len(digits.oracle),)
    assert plug_in == [(*shapes, 0.5, 0.0, "x"), (*shapes, 0.3, 0.0, "x"), (*shapes, 0.5, 2, "y")]
    with pytest.raises(UsageError, match="control 'grey': parameter contrast=high is not a finite number"):
        resolve_model("grey:contrast=high")
    with pytest.raises(UnknownNameError, match="unknown parameter of grey 'strength'; known: contrast, dose, name"):
        resolve_model("grey:strength=1")


def test_the_parameters_of_a_control_without_doses_are_checked_too():
    def check_level(dose, level):
        if level > 1:
            raise ValueError(f"level={level} is above 1; give less")

    def flat(images, labels, n, generator, level: float = 0.5):
        return np.full((n, 28, 28), level, np.float32)

    control = Control("flat", flat, "oracle", check=check_level)
    assert control.resolve_parameters({}) == {}
    assert control.resolve_parameters({"level": 1}) == {"level": 1}
    with pytest.raises(UsageError, match="control 'flat': level=2 is above 1; give less"):
        control.resolve_parameters({"level": 2})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["audit", "--controls", ","], "--controls ',' names nothing; give at least one name, or leave --controls out"),
        (["audit", "--controls", ""], "--controls '' names nothing"),
        (["audit", "--metrics", ", "], "--metrics ', ' names nothing"),
        (["audit", "--metrics", "fd,precision"], "'precision' is a score, computed by the metric prdc; give --metrics"),
        (["audit", "--metrics", "recall_pca"], "'recall_pca' is a score, computed by the metric prdc"),
        (["audit", "--metrics", "prdk"], "unknown metric 'prdk'; did you mean prdc"),
        (["audit", "--controls", "blur:dose=2"], "takes names alone; for one dose, run --models blur:dose=2"),
        (["audit", "--controls", "blurr"], "unknown control 'blurr'; did you mean blur?"),
        (["score", "x.npy", "--controls", ","], "--controls ',' names nothing"),
        (["score", "x.npy", "--controls", "blur:dose=2"], "takes names alone; for one dose, run --models blur:dose=2"),
        (["run", "--models", "blur:dose=-1"], "control 'blur': the dose is -1; give a number of at least 0"),
    ],
)
def test_a_wrong_list_is_one_line_and_exit_code_2(arguments, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_app([*arguments, *([] if arguments[0] == "score" else ["--dataset", "mnist-5k"])]) == 2
    error = capsys.readouterr().err.strip()
    assert message in error
    assert len(error.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
