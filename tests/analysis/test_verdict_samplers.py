"""Who wins samples depends on the sampler, and the page says so."""

import numpy as np
import pytest
from support.factories import record, sample_score, score
from support.folders import write_folder
from support.zoos import panel_of

from aezoo.analysis.score_array import score_arrays
from aezoo.analysis.verdict import verdict
from aezoo.bench.app import run_app
from aezoo.errors import UsageError
from aezoo.reporting.pages.verdict_sentences import verdict_sentences

MIXTURE = "gaussian-mixture"


def records(mixture, seeds=5):
    """Autoencoders with their own sampler and a mixture, a GAN that has its prior alone; lower is better."""
    own = {"ae": ("standard-normal", 9.0), "vae": ("prior", 5.0), "gan": ("prior", 2.0)}
    random = np.random.default_rng(0)
    return [
        record(
            model,
            seed,
            [sample_score("fd", value + 0.01 * random.normal(), sampler)]
            + ([sample_score("fd", mixture[model] + 0.01 * random.normal(), MIXTURE)] if model in mixture else []),
        )
        for model, (sampler, value) in own.items()
        for seed in range(seeds)
    ]


def sentences(mixture, **fields):
    return [
        line for line in verdict_sentences(verdict(panel_of(records(mixture, **fields)))) if line.startswith("With ")
    ]


def test_each_model_has_its_own_sampler_unless_one_is_asked_for():
    """What lacks the sampler that is asked for stands with its own, and is not left out."""
    found = records({"ae": 1.0, "vae": 4.0})
    assert panel_of(found).means[:, 0] == pytest.approx([9.0, 2.0, 5.0], abs=0.02)
    panel = panel_of(found, MIXTURE)
    assert panel.means[:, 0] == pytest.approx([1.0, 2.0, 4.0], abs=0.02)
    assert verdict(panel).samplers == {"ae": MIXTURE, "gan": "prior", "vae": MIXTURE}
    assert verdict(panel).least_seeds == 5
    with pytest.raises(UsageError, match="gaussian-mixture, prior, standard-normal"):
        score_arrays(found, "flow")


def test_another_winner_with_another_sampler_is_said():
    assert sentences({"ae": 1.0, "vae": 4.0}) == [
        "With gaussian-mixture in place of each model's own sampler, where there is one (ae, vae), ae wins samples "
        "(mean rank 1.00, gan 2.00; 5 of 5 seeds): who wins samples depends on the sampler."
    ]


def test_the_same_winner_with_another_sampler_is_said():
    (line,) = sentences({"ae": 3.0, "vae": 4.0})
    assert "gan still wins samples (mean rank 1.00, ae 2.00; 5 of 5 seeds)" in line
    assert line.endswith("who is ahead in samples does not change with it.")


def test_where_neither_is_sure_nothing_is_claimed():
    (line,) = sentences({"ae": 1.0, "vae": 4.0}, seeds=3)
    assert "ae leads in samples" in line
    assert line.endswith("who is ahead in samples changes with the sampler, and is sure with neither.")


def test_a_sampler_that_changes_nothing_has_no_sentence():
    """Every model's own sampler is its own, whatever it is called."""
    assert sentences({}) == []


def test_with_a_sampler_that_is_asked_for_there_are_no_others():
    assert verdict(panel_of(records({"ae": 1.0}), MIXTURE)).other_samplers == ()


def test_only_questions_of_samples_are_asked_again():
    more = [record(model, 7, [score("mse", i)]) for i, model in enumerate(("ae", "vae"))]
    (other,) = verdict(panel_of([*records({"ae": 1.0, "vae": 4.0}), *more])).other_samplers
    assert (other.sampler, other.replaced) == (MIXTURE, ("ae", "vae"))
    assert [each.question for each in other.questions] == ["samples"]


def test_the_page_names_the_sampler_of_each_model(tmp_path, capsys):
    folder = write_folder(tmp_path, records({"ae": 1.0, "vae": 4.0}))
    assert run_app(["verdict", folder, "--sampler", MIXTURE]) == 0
    out = capsys.readouterr().out
    assert "sample metrics with the sampler: gaussian-mixture (ae, vae), prior (gan)" in out
    assert "ae wins samples (of 3 models), in all 5 seeds." in out
