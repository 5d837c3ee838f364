"""`compare`: two models or two folders, paired by seed; the regression gate is in test_compare_gate.py."""

import json
import re

import pytest
from support.comparisons import MSE, on, runs, two_folders
from support.factories import PROTOCOL, record, sample_score, score
from support.folders import write_folder

from aezoo.analysis.comparison import compare_models
from aezoo.analysis.matching import NO_MATCHING_SECTION
from aezoo.analysis.pairing import DESCRIBES, NO_BASELINE, NO_CANDIDATE
from aezoo.bench.app import run_app
from aezoo.errors import UnknownNameError, UsageError


def test_pairs_by_seed_and_not_by_order():
    after = [record("vae", seed, [score("mse", MSE[seed] + 0.001 * seed)]) for seed in (4, 2, 0, 3, 1)]
    (compared,) = two_folders(runs(), after)[0].scores
    assert compared.seeds == (0, 1, 2, 3, 4)
    assert compared.result.differences == pytest.approx((0, 0.001, 0.002, 0.003, 0.004), abs=1e-12)


def test_only_common_seeds_count():
    (compared,) = two_folders(runs(), runs(values=MSE[:3]))[0].scores
    assert compared.seeds == (0, 1, 2)
    assert compared.result.p is None


def test_models_of_one_folder():
    records = [*runs("ae"), *runs("vae", [value + 0.01 for value in MSE])]
    (comparison,) = compare_models(records, "ae", "vae")
    assert (comparison.baseline, comparison.candidate) == ("ae", "vae")
    assert comparison.scores[0].result.worsening == pytest.approx(0.01)


FIRST = {
    "reconstruction": "nll",
    "likelihood": "elbo_binary",
    "latent": "ari",
    "samples": "fd",
    "copying": "copying_auc",
}


def everything(shift=0.0, seeds=5, label="vae"):
    """Runs with the first metric of each question, others beside it, two feature spaces and two samplers."""

    def scores(seed):
        value = seed + 1 + shift
        for question in ("reconstruction", "likelihood", "latent"):
            yield from (score(name, value, question) for name in (FIRST[question], f"other_{question}", "mse"))
        for question in ("samples", "copying"):
            for sampler in ("gaussian-mixture", "prior"):
                for space in ("pca", "judge"):
                    fields = {"sampler": sampler, "features": space}
                    yield score(f"{FIRST[question]}_{space}", value, question, **fields)

    return [record(label, seed, list(scores(seed))) for seed in range(seeds)]


def test_holm_corrects_for_the_metric_to_read_first_of_each_question():
    """At five tests of p = 0.0625 each becomes 0.3125, whatever else was scored."""
    scores = two_folders(everything(), everything(1.0))[0].scores
    family = [(each.metric, each.sampler) for each in scores if each.holm_p is not None]
    assert sorted(family) == [
        *(("ari", ""), ("copying_auc_judge", "prior"), ("elbo_binary", ""), ("fd_judge", "prior"), ("nll", "")),
    ]
    assert {each.holm_p for each in scores if each.holm_p is not None} == {0.3125}
    assert {each.result.p for each in scores} == {0.0625}


def test_each_model_of_two_folders_has_a_family_of_its_own():
    both = [[*everything(shift), *everything(shift, label="ae")] for shift in (0.0, 1.0)]
    scores = two_folders(*both)[0].scores
    assert [sum(each.model == model and each.holm_p is not None for each in scores) for model in ("ae", "vae")] == [
        5,
        5,
    ]
    assert {each.holm_p for each in scores if each.holm_p is not None} == {0.3125}


def test_the_next_metric_of_the_list_stands_in_for_the_first():
    (compared,) = two_folders(runs(), runs(values=[value + 1 for value in MSE]))[0].scores
    assert (compared.metric, compared.holm_p) == ("mse", 0.0625)
    (compared,) = two_folders(runs(metric="of_a_plug_in"), runs(metric="of_a_plug_in"))[0].scores
    assert (compared.result.p, compared.holm_p) == (1.0, None)


def test_what_describes_is_not_compared():
    """As stored, or since: older records give the share of collapsed dimensions a better end."""
    for directions in (("neither", "neither"), ("lower", "neither")):
        sides = [
            [*runs("ae", metric="rate", better=better), *runs("vae", metric="rate", better=better)]
            for better in directions
        ]
        (comparison,) = two_folders(*sides)
        assert [each.result for each in comparison.scores] == [None, None]
        assert comparison.scores[0].baseline == MSE
        assert [each.reason for each in comparison.scores] == [DESCRIBES] * 2


def test_a_better_end_that_moved_is_not_compared():
    (compared,) = two_folders(runs(better="lower"), runs(better="higher"))[0].scores
    assert compared.result is None
    assert "better end differs (lower against higher)" in compared.reason


def test_what_one_side_lacks_has_a_reason():
    vae = [record("vae", 0, [score("mse", 1.0), sample_score("fd_judge", 1.0)])]
    gan = [record("gan", 0, [sample_score("fd_judge", 2.0), score("other", 1.0)])]
    (comparison,) = compare_models([*vae, *gan], "vae", "gan")
    reasons = {each.metric: each.reason for each in comparison.scores}
    assert reasons == {"mse": NO_CANDIDATE, "fd_judge": "", "other": NO_BASELINE}


def test_seeds_of_one_side_alone_are_named():
    (lacking,) = two_folders(runs(), runs(values=MSE[:2]))[0].scores
    assert (lacking.seeds, lacking.missing_seeds, lacking.extra_seeds) == ((0, 1), (2, 3, 4), ())
    (more,) = two_folders(runs(values=MSE[:2]), runs(values=MSE[:3]))[0].scores
    assert (more.seeds, more.missing_seeds, more.extra_seeds) == ((0, 1), (), (2,))


def test_a_data_set_that_the_candidate_lost_is_noted():
    both, one = [*on("mnist"), *on("mnist-5k")], on("mnist")
    kept, lost = two_folders(both, one)
    assert [kept.dataset, lost.dataset] == ["mnist", "mnist-5k"]
    assert [each.reason for each in lost.scores] == [NO_MATCHING_SECTION]
    (kept,) = two_folders(one, both)
    assert any("since the baseline lacks it: mnist-5k" in note for note in kept.notes)


def test_a_protocol_that_one_model_lost_is_noted():
    longer = {**PROTOCOL, "latent_dim": 16}
    records = [*runs(), *runs(protocol=longer), *runs("ae"), *runs("ae", status="error", protocol=longer)]
    _, lost = compare_models(records, "vae", "ae")
    assert "latent dim 16" in lost.protocol
    assert "no finished trial on this data" in lost.scores[0].reason


def test_a_protocol_that_changed_is_named():
    changed = [*runs(), *runs(protocol={**PROTOCOL, "latent_dim": 4})]
    _, lost = two_folders([*runs(), *runs(protocol={**PROTOCOL, "latent_dim": 16})], changed)
    assert "what it has instead: the protocols differ (latent_dim 16 against 4)" in lost.scores[0].reason


def test_two_judges_of_one_folder_are_not_compared():
    with pytest.raises(UsageError, match=re.escape("the judges differ (mnist against other)")):
        compare_models([*runs("vae"), *runs("ae", judge="other")], "vae", "ae")
    longer = {**PROTOCOL, "epochs": 100}
    both = [*runs("vae"), *runs("ae"), *runs("vae", protocol=longer), *runs("ae", judge="other", protocol=longer)]
    kept, lost = compare_models(both, "vae", "ae")
    assert kept.judge == lost.judge == "mnist"
    assert "what it has instead: the judges differ (mnist against other)" in lost.scores[0].reason


def test_a_prior_is_compared_with_what_stands_in_for_one():
    ae = [record("ae", 0, [sample_score("fd_judge", 9.0, "standard-normal"), sample_score("fd_judge", 5.0, "gm")])]
    vae = [record("vae", 0, [sample_score("fd_judge", 7.0, "prior"), sample_score("fd_judge", 6.0, "gm")])]
    (comparison,) = compare_models([*ae, *vae], "ae", "vae")
    assert {each.sampler: each.result.worsening for each in comparison.scores} == {"own": -2.0, "gm": 1.0}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"dataset_name": "mnist"}, "data sets differ (mnist-5k against mnist)"),
        ({"fingerprint": "f" * 64}, "fingerprints of the data differ"),
        ({"judge": "other"}, "judges differ (mnist against other)"),
        ({"protocol": {**PROTOCOL, "latent_dim": 16}}, "latent_dim 2 against 16"),
    ],
)
def test_refuses_unlike_folders_and_says_why(changed, named):
    with pytest.raises(UsageError) as refusal:
        two_folders(runs(), runs(**changed))
    assert named in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_refuses_two_versions_of_a_metric():
    after = [record("vae", seed, [score("mse", 1.0, version=2)]) for seed in range(3)]
    with pytest.raises(UsageError, match="mse version 1 against version 2"):
        two_folders(runs(), after)


def test_refuses_two_models_scored_with_two_versions():
    after = [record("ae", seed, [score("mse", 1.0, version=2)]) for seed in range(3)]
    with pytest.raises(UsageError, match="version"):
        compare_models([*runs(), *after], "vae", "ae")


def test_models_of_different_protocols_are_not_compared():
    other = runs("ae", protocol={**PROTOCOL, "epochs": 1})
    with pytest.raises(UsageError, match="the protocols differ"):
        compare_models([*runs(), *other], "vae", "ae")


def test_unknown_models_are_named():
    with pytest.raises(UnknownNameError, match="did you mean vae"):
        compare_models(runs(), "vae", "vea")


def test_a_target_metric_needs_an_aim():
    records = [*runs("ae", (1, 2, 3), "vendi", "target"), *runs("vae", (2, 3, 4), "vendi", "target")]
    (compared,) = compare_models(records, "ae", "vae")[0].scores
    assert compared.result is None
    assert "no oracle" in compared.reason
    oracle = record("oracle", 0, [score("vendi", 4.0, better="target")], role="oracle")
    (compared,) = compare_models([*records, oracle], "ae", "vae")[0].scores
    assert compared.result.differences == (-1.0, -1.0, -1.0)


@pytest.mark.parametrize("versions", [(1, 2), (2, 1)])
def test_the_aim_is_that_of_the_version_that_both_sides_have(versions):
    """The oracle ran with two first seeds, once before the metric changed."""
    aimed = {"question": "samples", "better": "target", "version": 2}
    sides = [
        record(name, seed, [score("vendi", value + seed / 100, **aimed)])
        for name, value in (("ae", 2), ("vae", 3))
        for seed in range(5)
    ]
    oracles = [
        record("oracle", seed, [score("vendi", 2.0 * version, **{**aimed, "version": version})], role="oracle")
        for seed, version in zip((0, 3), versions, strict=True)
    ]
    (comparison,) = compare_models([*oracles, *sides], "ae", "vae")
    (compared,) = comparison.scores
    assert compared.aim == 4.0
    assert compared.result.differences == pytest.approx((-1.0,) * 5)
    assert [each.winners for each in comparison.questions] == [("vae",)]


def test_sides_of_an_older_version_than_the_oracle_still_have_a_leader():
    records = [*runs("ae", MSE), *runs("vae", [value + 1 for value in MSE])]
    oracle = record("oracle", 0, [score("mse", 0.0, version=2)], role="oracle")
    (comparison,) = compare_models([*records, oracle], "ae", "vae")
    assert [each.winners for each in comparison.questions] == [("ae",)]


def test_fewer_than_five_seeds_have_no_test():
    (compared,) = two_folders(runs(values=(1.0, 2.0)), runs(values=(2.0, 5.0)))[0].scores
    assert (compared.result.differences, compared.result.p, compared.holm_p) == ((1.0, 3.0), None, None)


def test_the_command_exits_2_on_unlike_folders(tmp_path, capsys):
    before = write_folder(tmp_path / "before", runs())
    after = write_folder(tmp_path / "after", runs(fingerprint="f" * 64))
    assert run_app(["compare", before, after]) == 2
    assert "fingerprints" in capsys.readouterr().err


@pytest.mark.parametrize("models", [[], ["--models", "vae"], ["--models", "vae,vae"]])
def test_one_folder_needs_two_models(tmp_path, models, capsys):
    assert run_app(["compare", write_folder(tmp_path, runs()), *models]) == 2
    assert "--models" in capsys.readouterr().err


def test_json_holds_the_differences(tmp_path, capsys):
    folder = write_folder(tmp_path, [*runs("ae"), *runs("vae", [value + 1 for value in MSE])])
    assert run_app(["compare", folder, "--models", "ae,vae", "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["scores"][0]["result"]["differences"] == pytest.approx([1.0] * 5)
