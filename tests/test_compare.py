"""`compare`: two models or two folders, paired by seed, and the regression gate."""

import json

import pytest
from factories import PROTOCOL, record, sample_score, score
from folders import write_folder

from aezoo.bench.app import run_app
from aezoo.errors import UnknownNameError, UsageError
from aezoo.reporting.comparison import compare_folders, compare_models
from aezoo.reporting.comparison_sheets import comparison_sheets
from aezoo.reporting.regression import Rule, check_rules
from aezoo.reporting.sheets import render_sheets

MSE = (0.040, 0.041, 0.042, 0.043, 0.044)


def runs(label="vae", values=MSE, metric="mse", better="lower", ideal=None, **fields):
    """One record per value, seeds from 0."""
    return [
        record(label, seed, [score(metric, value, better=better, ideal=ideal)], **fields)
        for seed, value in enumerate(values)
    ]


def two_folders(before, after, models=()):
    return compare_folders(("before", before), ("after", after), models)


def findings(rule, before, after):
    return check_rules([Rule.parse(rule)], two_folders(before, after))


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


def test_holm_corrects_for_every_score_of_the_comparison():
    def both(shift):
        return [
            record("vae", seed, [score("mse", seed + 1 + shift), score("nll", seed + 1 + shift)]) for seed in range(5)
        ]

    compared = two_folders(both(0), both(1))[0].scores
    assert [each.result.p for each in compared] == [0.0625, 0.0625]
    assert [each.holm_p for each in compared] == [0.125, 0.125]


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
    with pytest.raises(UsageError, match="same data and protocol"):
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


def test_the_smallest_attainable_p_is_printed():
    text = render_sheets(list(comparison_sheets(two_folders(runs(), runs())[0])))
    assert "0.0625 with 5 seeds" in text


def test_fewer_than_five_seeds_show_their_points():
    found = two_folders(runs(values=(1.0, 2.0)), runs(values=(2.0, 5.0)))[0]
    text = render_sheets(list(comparison_sheets(found)))
    assert "1.000, 3.000" in text
    assert "no test is meaningful" in text
    assert "Holm" not in text


@pytest.mark.parametrize(
    ("rule", "better", "ideal", "before", "after", "failed"),
    [
        ("m:+5%", "lower", None, 100.0, 104.0, False),
        ("m:+5%", "lower", None, 100.0, 106.0, True),
        ("m:+5%", "lower", None, -100.0, -94.0, True),
        ("m:+5%", "lower", None, 100.0, 10.0, False),
        ("m:+5%", "higher", None, 100.0, 96.0, False),
        ("m:+5%", "higher", None, 100.0, 94.0, True),
        ("m:+5%", "higher", None, 100.0, 200.0, False),
        ("m:+5%", "target", 1.0, 0.5, 0.48, False),
        ("m:+5%", "target", 1.0, 0.5, 0.47, True),
        ("m:+5%", "target", 1.0, 0.5, 1.53, True),
        ("m:+5%", "target", 1.0, 0.5, 1.4, False),
        ("m:+1.5", "lower", None, 100.0, 101.0, False),
        ("m:+1.5", "lower", None, 100.0, 102.0, True),
        ("m:+1.5", "higher", None, 100.0, 98.0, True),
        ("m:+0", "lower", None, 100.0, 100.0, False),
        ("m:+0%", "lower", None, 100.0, 100.001, True),
    ],
)
def test_the_gate_knows_what_worse_is(rule, better, ideal, before, after, failed):
    sides = [runs(values=[value] * 3, metric="m", better=better, ideal=ideal) for value in (before, after)]
    (finding,) = findings(rule, *sides)
    assert finding.failed is failed


def test_a_rule_may_name_a_sampler():
    def side(prior, mixture):
        scores = [sample_score("fd", prior, "prior"), sample_score("fd", mixture, "gaussian-mixture")]
        return [record("vae", 0, scores)]

    assert [each.failed for each in findings("fd:+5%", side(1, 1), side(1, 2))] == [False, True]
    assert [each.failed for each in findings("fd@prior:+5%", side(1, 1), side(1, 2))] == [False]


def test_what_the_candidate_lacks_does_not_pass():
    (finding,) = findings("mse:+5%", runs(), [*runs("ae"), record("vae", 0, status="error")])[:1]
    assert finding.failed
    assert "cannot be checked: the candidate has no value" in finding.text


def test_a_rule_that_checks_nothing_is_an_error():
    with pytest.raises(UnknownNameError, match="did you mean mse"):
        findings("mze:+5%", runs(), runs())
    lacking = runs(values=[None] * 5)
    with pytest.raises(UsageError, match="baseline has no value"):
        findings("mse:+5%", lacking, runs())


@pytest.mark.parametrize("text", ["mse", "mse:5%", "mse:-5%", "mse:+x", ":+5%", "mse:+5%%", "mse:+inf", "mse :+1"])
def test_rules_that_are_not_understood(text):
    with pytest.raises(UsageError, match="--fail-on"):
        Rule.parse(text)


def test_the_command_exits_4_on_a_regression_and_0_without(tmp_path, capsys):
    before = write_folder(tmp_path / "before", runs())
    after = write_folder(tmp_path / "after", runs(values=[1.1 * value for value in MSE]))
    assert run_app(["compare", before, after]) == 0
    assert run_app(["compare", before, after, "--fail-on", "mse:+20%"]) == 0
    capsys.readouterr()
    assert run_app(["compare", before, after, "--fail-on", "mse:+5%", "--fail-on", "mse:+20%"]) == 4
    errors = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in errors] == ["REGRESSION", "within limits"]
    assert "vae mse: 0.042 to 0.0462, 0.0042 worse; allowed 0.0021" in errors[0]


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
