"""The weight of the model against that of the sampler, on records whose split is known."""

import pytest
from support.factories import record, score
from support.zoos import panel_of

from aezoo.analysis.agreement import agreement
from aezoo.analysis.model_or_sampler import model_or_sampler
from aezoo.reporting import render
from aezoo.reporting.pages.agreement import agreement_document

SAMPLERS = ("prior", "gaussian", "kde")


def sampled(model, values, seed=0):
    return record(model, seed, [score("fd", value, "samples", sampler=name) for name, value in values.items()])


def split_of(records):
    return model_or_sampler(panel_of(records).section)


def test_models_alone():
    found = split_of([sampled(model, dict.fromkeys(SAMPLERS, float(i))) for i, model in enumerate("abcd")])
    assert (found.models, found.samplers) == (("a", "b", "c", "d"), ("own", "gaussian", "kde"))
    assert (found.median.rows, found.median.columns, found.median.interaction) == pytest.approx((1, 0, 0))


def test_samplers_alone():
    found = split_of([sampled(model, {name: float(j) for j, name in enumerate(SAMPLERS)}) for model in "abcd"])
    assert (found.median.rows, found.median.columns, found.median.interaction) == pytest.approx((0, 1, 0))


def test_the_own_sampler_of_a_model_without_a_prior_is_the_standard_normal():
    records = [sampled(model, {"prior": i, "standard-normal": 99, "gaussian": i}) for i, model in enumerate("abc")]
    found = split_of([*records, sampled("ae", {"standard-normal": 3, "gaussian": 3})])
    assert (found.models, found.samplers) == (("a", "b", "c", "ae"), ("own", "gaussian"))
    assert found.median.rows == pytest.approx(1)


def test_what_decodes_training_images_and_what_few_have_is_left_out():
    values = {"prior": 1, "gaussian": 2, "posterior": 0}
    records = [sampled(model, {name: v + i for name, v in values.items()}) for i, model in enumerate("abc")]
    found = split_of([*records, sampled("gan", {"prior": 9}), sampled("vq", {"code-prior": 1})])
    assert (found.models, found.samplers) == (("a", "b", "c"), ("own", "gaussian"))


def test_a_model_whose_sampler_failed_is_left_out():
    """It has rows of the sampler, each without a value."""
    values = {name: float(j) for j, name in enumerate(SAMPLERS)}
    for name in ("gaussian", "prior"):
        records = [*(sampled(model, values) for model in "abc"), sampled("broken", {**values, name: None})]
        found = split_of(records)
        assert (found.models, found.samplers) == (("a", "b", "c"), ("own", "gaussian", "kde"))
        assert found.median.columns == pytest.approx(1)


def test_too_little_to_split():
    assert split_of([sampled(model, {"prior": 1, "kde": 2}) for model in "ab"]) is None
    assert split_of([sampled(model, {"prior": i}) for i, model in enumerate("abcd")]) is None


def test_the_page_shows_it():
    records = [sampled(model, dict.fromkeys(SAMPLERS, float(i))) for i, model in enumerate("abcd")]
    text = render(agreement_document([agreement(panel_of(records))]), "md")
    assert "| median of 1 sample metrics |    100% |        0% |        0% |" in text
