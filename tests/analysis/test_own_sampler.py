"""The sampler by which a model is compared with others."""

import pytest

from aezoo.analysis.own_sampler import choose_sampler


@pytest.mark.parametrize(
    ("known", "asked", "chosen"),
    [
        ({"posterior", "standard-normal", "prior"}, None, "prior"),
        ({"flow", "own", "prior"}, None, "own"),
        ({"flow", "prior"}, "flow", "flow"),
        ({"flow", "prior"}, "kde", "prior"),
        ({"posterior", "two-stage", "resampled"}, None, "resampled"),
        ({"posterior"}, None, "posterior"),
    ],
)
def test_a_model_stands_with_its_own_sampler_and_not_with_the_ceiling_while_it_has_another(known, asked, chosen):
    assert choose_sampler(known, "model", asked) == chosen
