"""Registration of a metric: what is refused before anything runs, and what follows from the inputs that it asks for."""

from inspect import Parameter, Signature

import pytest

from aezoo.errors import UsageError
from aezoo.metrics import METRICS, NEEDS, Metric, Score
from aezoo.metrics.compute import compute_rows
from aezoo.metrics.inputs import INPUTS, QUESTIONS

SCORES = (Score("mine", "share", "higher"),)


def taking(*names):
    """A function with parameters of these names."""

    def function(**arrays):
        return 0.5

    function.__signature__ = Signature([Parameter(name, Parameter.KEYWORD_ONLY) for name in names])
    return function


def metric(question, *needs, **options):
    return Metric("mine", taking(*needs), question, needs, SCORES, **options)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_input_is_asked_for_by_a_metric(question):
    asked = {need for _, metric in METRICS.items() if metric.question == question for need in metric.needs}
    assert set(NEEDS[question]) - {"seed"} <= asked


@pytest.mark.parametrize(
    ("question", "need", "named"),
    [
        ("samples", "reel", "real"),
        ("copying", "fake_distance", "fake_distances"),
        ("latent", "p", "known: clust"),
    ],
)
def test_a_need_that_no_evaluation_supplies_is_refused_in_one_line(question, need, named):
    with pytest.raises(UsageError) as refused:
        METRICS.register("mine", question=question, needs=(need,), scores=SCORES)(taking(need))
    message = str(refused.value)
    assert "'mine'" in message
    assert repr(need) in message
    assert named in message
    assert "\n" not in message
    assert "mine" not in METRICS.names()


def test_a_question_that_is_none_is_refused():
    with pytest.raises(UsageError, match="did you mean samples"):
        metric("sample", "fake")


@pytest.mark.parametrize("needs", [("real", "fake"), ()])
def test_needs_and_parameters_must_agree(needs):
    with pytest.raises(UsageError, match="every need must be a parameter"):
        Metric("mine", taking("real"), "samples", needs, SCORES)


@pytest.mark.parametrize("better", ["up", "max", None])
def test_a_direction_that_is_none_is_refused(better):
    with pytest.raises(UsageError, match="score 'mine' has the direction .*; give one of lower, higher, target, nei"):
        Score("mine", "share", better)


@pytest.mark.parametrize(("scores", "named"), [(SCORES * 2, "mine, mine"), ((), "none")])
def test_scores_have_names_of_their_own(scores, named):
    with pytest.raises(UsageError, match=f"metric 'mine' gives the scores {named}; give each"):
        Metric("mine", taking("fake"), "samples", ("fake",), scores)


@pytest.mark.parametrize("options", [{"headline": {"other": 1}}, {"redundant_with": {"fd": "mine"}}])
def test_only_scores_of_its_own_stand_in_headline_and_redundant_with(options):
    with pytest.raises(UsageError, match="name its own scores"):
        metric("samples", "fake", **options)


@pytest.mark.parametrize(
    ("question", "needs", "expected"),
    [
        ("samples", ("labels",), False),
        ("samples", ("real_images", "fake_images", "seed"), False),
        ("samples", ("features", "labels"), True),
        ("samples", ("bins",), True),
        ("copying", ("fake_distances", "threshold"), True),
        ("latent", ("codes",), False),
    ],
)
def test_a_metric_is_computed_in_each_feature_space_where_one_of_its_inputs_is(question, needs, expected):
    assert metric(question, *needs).per_feature_space == expected


@pytest.mark.parametrize(
    ("question", "needs", "lengths", "n"),
    [
        ("samples", ("real", "fake"), {"real": 3, "fake": 7}, 7),
        ("latent", ("train_codes", "codes"), {"train_codes": 3, "codes": 7}, 7),
        ("copying", ("fake_distances", "fake"), {"fake_distances": 7, "fake": 7}, 7),
        ("reconstruction", ("labels", "judged"), {"labels": 7}, 7),
        ("likelihood", ("density",), {}, 0),
    ],
)
def test_the_number_of_images_is_that_of_an_input_that_counts(question, needs, lengths, n):
    inputs = {name: [0.0] * length for name, length in lengths.items()}
    assert [row["n"] for row in compute_rows(metric(question, *needs), inputs, None, None)] == [n]


def test_a_metric_of_the_model_alone_has_no_images_that_could_be_too_few():
    (row,) = compute_rows(metric("likelihood", "density"), {"density": object()}, None, None)
    assert (row["state"], row["value"], row["n"]) == ("ok", 0.5, 0)


def test_every_question_has_a_seed_and_every_input_a_text():
    assert {question for question in QUESTIONS if "seed" in INPUTS[question]} == set(QUESTIONS)
    assert all(text for needs in NEEDS.values() for text in needs.values())
    names = [name for question in QUESTIONS for name, declared in INPUTS[question].items() if declared.name != name]
    assert names == []
