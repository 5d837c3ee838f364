"""Leaders of questions: `compare` names those that `verdict` names, whatever the records of two models hold."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.comparisons import two_folders
from support.factories import record, sample_score, score
from support.zoos import panel_of

from aezoo.analysis.comparison import compare_models
from aezoo.analysis.verdict import verdict
from aezoo.reporting.pages.comparison_finding import finding_lines
from aezoo.reporting.pages.verdict_sentences import GOALS

PLAIN = {"mse": "lower", "ssim": "higher", "nll": "lower"}
SAMPLED = {"fd": "lower", "recall": "higher", "vendi": "target", "density": "target"}
SAMPLERS = ("prior", "standard-normal", "gaussian-mixture")

values = st.one_of(st.none(), st.integers(0, 4), st.floats(0, 4, allow_subnormal=False))


@st.composite
def runs(draw, label):
    """One to six seeds of a model, sampled with one to three samplers; some scores are missing."""
    samplers = draw(st.lists(st.sampled_from(SAMPLERS), min_size=1, max_size=3, unique=True))
    found = []
    for seed in draw(st.lists(st.integers(0, 5), min_size=1, max_size=6, unique=True)):
        scores = [score(name, draw(values), better=better) for name, better in PLAIN.items()]
        scores.append(score("ari", draw(values), "latent", "higher"))
        scores += [
            sample_score(name, draw(values), sampler, better=better, ideal=1.0 if name == "density" else None)
            for sampler in samplers
            for name, better in SAMPLED.items()
        ]
        found.append(record(label, seed, scores))
    return found


def oracle():
    return record("oracle", 0, [sample_score("vendi", 2.0, "oracle", better="target")], role="oracle")


def named_leaders(lines):
    """Who is said to be ahead: the name, and the text of what in."""
    return {line.partition(" is ")[0]: line for line in lines if re.match(r"[ab] is (surely )?ahead in ", line)}


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(st.data())
def test_compare_names_the_leaders_that_verdict_names(data):
    records = [*data.draw(runs("a")), *data.draw(runs("b")), oracle()]
    (comparison,) = compare_models(records, "a", "b")
    asked = verdict(panel_of(records)).questions
    assert {each.question: (each.winners, each.sure) for each in comparison.questions} == {
        each.question: (each.winners, each.sure) for each in asked
    }
    lines = finding_lines(comparison)
    compared = {each.question for each in comparison.scores if each.result is not None and each.is_own}
    if "equal in" in lines[0]:
        return
    said = named_leaders(lines)
    for each in asked:
        goal = f"{GOALS.get(each.question, each.question)} ("
        leads = {name for name, line in said.items() if goal in line}
        expected = set(each.winners) if len(each.winners) == 1 and each.question in compared else set()
        assert leads == expected


def everywhere(label, own, other, seeds=5, question="samples"):
    """A model's scores with its own sampler and with a mixture, which are many more."""
    return [
        record(
            label,
            seed,
            [
                sample_score("fd", own + seed / 100, "prior"),
                *(sample_score(f"m{i}", other + seed / 100, "gaussian-mixture") for i in range(9)),
                sample_score("fd", other + seed / 100, "gaussian-mixture"),
            ],
        )
        for seed in range(seeds)
    ]


def test_further_samplers_name_no_leader():
    """b is better by ten scores with a mixture, and worse by the one with its own prior."""
    (comparison,) = compare_models([*everywhere("a", 1.0, 3.0), *everywhere("b", 2.0, 1.0)], "a", "b")
    assert finding_lines(comparison) == [
        "Finding: of 1 score b is surely better by 0, a by 1; 0 are not told apart.",
        "a is surely ahead in samples (1 of 1).",
        "Not counted: 10 scores with another sampler than a model's own (gaussian-mixture).",
    ]
    assert len(comparison.scores) == 11


def test_floors_controls_and_the_oracle_lead_no_question_beside_a_model():
    """Other processors round otherwise: by three scores of yardsticks the second folder would be ahead."""

    def side(fd, off):
        yardsticks = [("pca", "floor", 5.0), ("blur", "control", 6.0), ("oracle", "oracle", 1.0)]
        models = [record("vae", seed, [sample_score("fd", fd + seed / 100)]) for seed in range(5)]
        return models + [record(name, 0, [sample_score("fd", of - off)], role=role) for name, role, of in yardsticks]

    (comparison,) = two_folders(side(1.0, 0), side(2.0, 1e-7))
    (question,) = comparison.questions
    assert (question.winners, question.sure, question.metrics) == (("before",), True, ("fd",))
    (comparison,) = two_folders(side(1.0, 0), side(2.0, 1e-7), ["pca"])
    assert [each.winners for each in comparison.questions] == [("after",)]


@pytest.mark.parametrize("count", [1, 3])
def test_two_folders_count_every_model_with_its_own_sampler(count):
    labels = ["vae", "gan", "ae"][:count]
    before = [each for label in labels for each in everywhere(label, 1.0, 3.0)]
    after = [each for label in labels for each in everywhere(label, 0.5, 4.0)]
    (comparison,) = two_folders(before, after)
    (question,) = comparison.questions
    assert (question.winners, question.sure, len(question.metrics)) == (("after",), True, count)
    assert finding_lines(comparison)[1] == f"after is surely ahead in samples ({count} of {count})."
