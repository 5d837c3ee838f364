"""`compare --fail-on`: the regression gate passes only what was checked."""

import json

import pytest
from support.comparisons import MSE, on, runs, two_folders
from support.factories import PROTOCOL, record, sample_score, score
from support.folders import write_folder

from aezoo.analysis.comparison import compare_models
from aezoo.analysis.gate import check_rules
from aezoo.analysis.gate_rules import Rule
from aezoo.bench.app import run_app
from aezoo.errors import UnknownNameError, UsageError


def found(rule, comparisons):
    return [finding for each in check_rules([Rule.parse(rule)], comparisons) for finding in each.findings]


def findings(rule, before, after):
    return found(rule, two_folders(before, after))


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
    _, finding = findings("mse:+5%", runs(), [*runs("ae"), record("vae", 0, status="error")])
    assert finding.failed
    assert "cannot be checked: the candidate has no value" in finding.text


@pytest.mark.parametrize("status", ["diverged", "error", "timeout", None])
def test_a_seed_that_the_candidate_lost_does_not_pass(status):
    """The remaining seed is better than before, and says nothing of those that diverged."""
    lost = [] if status is None else [record("vae", seed, status=status) for seed in range(1, 5)]
    (finding,) = findings("mse:+5%", runs(), [record("vae", 0, [score("mse", 0.03)]), *lost])
    assert finding.failed
    assert finding.missing_seeds == (1, 2, 3, 4)
    assert "cannot be checked: the candidate has no value for seeds 1, 2, 3 and 4 of the baseline's 5" in finding.text


def test_a_seed_that_only_the_candidate_has_is_no_regression():
    (finding,) = findings("mse:+5%", runs(values=MSE[:3]), runs())
    assert (finding.failed, finding.checked, finding.seeds) == (False, True, (0, 1, 2))


def test_a_lost_data_set_does_not_pass():
    passed, failed = findings("mse:+5%", [*on("mnist"), *on("mnist-5k")], on("mnist"))
    assert (passed.failed, failed.failed) == (False, True)
    assert failed.text.startswith("vae mse on mnist-5k: cannot be checked: the candidate has no finished trial")


def test_a_lost_protocol_does_not_pass_and_is_told_from_the_other():
    longer = {**PROTOCOL, "latent_dim": 16}
    passed, failed = findings("mse:+5%", [*runs(), *runs(protocol=longer)], runs())
    assert (passed.failed, failed.failed) == (False, True)
    assert passed.text.startswith("vae mse on mnist-5k, latent dim 2: 0.042 to")
    assert failed.text.startswith("vae mse on mnist-5k, latent dim 16: cannot be checked")


def test_a_protocol_that_one_model_lacks_does_not_pass():
    records = [*runs(), *runs("ae"), *runs(protocol={**PROTOCOL, "latent_dim": 16})]
    assert [each.failed for each in found("mse:+5%", compare_models(records, "vae", "ae"))] == [False, True]


def test_what_only_the_candidate_has_is_said_to_be_unchecked():
    before, after = runs(), [*runs(), *runs("gan")]
    unchecked, passed = findings("mse:+5%", before, after)
    assert (unchecked.verdict, passed.verdict) == ("not checked", "within limits")
    assert "gan mse on mnist-5k: the baseline has no value" in unchecked.text


def test_a_limit_that_overflows_is_refused():
    with pytest.raises(UsageError, match="infinitely much"):
        findings("mse:+1e308%", runs(values=[1e10]), runs(values=[1e10]))


def test_a_score_that_ranks_nothing_has_no_gate(tmp_path, capsys):
    folder = write_folder(tmp_path, runs(metric="rate", better="neither"))
    assert run_app(["compare", folder, folder, "--fail-on", "rate:+5%"]) == 2
    captured = capsys.readouterr()
    assert "rate describes and ranks nothing" in captured.err
    assert (captured.out, captured.err.count("\n")) == ("", 1)


NOISE = (-0.2, 0.3, -0.1, 0.4, -0.15)
"""Mean 0.05: more than 5 % of 0.6, and much less than its own spread."""


@pytest.mark.parametrize(
    ("better", "sign", "shift", "plain", "certain"),
    [
        ("lower", 1, 0.0, True, False),
        ("higher", -1, 0.0, True, False),
        ("lower", 1, 1.0, True, True),
        ("higher", -1, 1.0, True, True),
        ("lower", 1, -1.0, False, False),
        ("higher", -1, -1.0, False, False),
    ],
)
def test_the_certain_form_fails_only_beyond_the_noise(better, sign, shift, plain, certain):
    before = runs(values=[-0.6] * 5, metric="m", better=better)
    after = runs(values=[-0.6 + sign * (shift + each) for each in NOISE], metric="m", better=better)
    assert [findings(rule, before, after)[0].failed for rule in ("m:+5%", "m:+5%:certain")] == [plain, certain]


def test_the_interval_stands_beside_the_limit():
    before, after = (runs(values=[-0.6 + each for each in of], metric="m") for of in ((0,) * 5, NOISE))
    (finding,) = findings("m:+5%", before, after)
    assert (finding.low, finding.high) == pytest.approx((-0.290, 0.390), abs=0.02)
    assert "0.05 worse (95 % interval 0.29" in finding.text
    assert "better to 0.3" in finding.text
    assert "allowed 0.03, which lies in the interval" in finding.text


def test_without_an_interval_the_certain_form_is_the_plain_one_and_says_so():
    before = runs(values=[1.0] * 4, metric="m")
    (finding,) = findings("m:+5%:certain", before, runs(values=[1.0, 1.0, 1.0, 1.4], metric="m"))
    assert finding.failed
    assert "as without :certain, since fewer than 5 seeds have no interval" in finding.text
    (finding,) = findings("m:+5%:certain", before, runs(values=[1.0] * 4, metric="m"))
    assert not finding.failed
    assert "since fewer than 5 seeds have no interval" in finding.text


def test_the_certain_form_does_not_excuse_a_lost_seed():
    (finding,) = findings("mse:+5%:certain", runs(), runs(values=MSE[:4]))
    assert finding.failed


def test_json_holds_the_findings_and_their_place(tmp_path, capsys):
    before = write_folder(tmp_path / "before", [*on("mnist"), *on("mnist-5k")])
    after = write_folder(tmp_path / "after", on("mnist"))
    assert run_app(["compare", before, after, "--fail-on", "mse:+5%", "--format", "json"]) == 4
    captured = capsys.readouterr()
    found = [finding for comparison in json.loads(captured.out) for finding in comparison["findings"]]
    assert [(each["dataset"], each["failed"], each["limit"]) for each in found] == [
        ("mnist", False, pytest.approx(0.0021)),
        ("mnist-5k", True, None),
    ]
    assert [line.split(": ", 1)[1] for line in captured.err.splitlines()] == [each["text"] for each in found]


def test_a_rule_that_checks_nothing_is_an_error():
    with pytest.raises(UnknownNameError, match="did you mean mse"):
        findings("mze:+5%", runs(), runs())
    lacking = runs(values=[None] * 5)
    with pytest.raises(UsageError, match="baseline has no value"):
        findings("mse:+5%", lacking, runs())


RULES_OF_NO_FORM = [
    *("mse", "mse:5%", "mse:-5%", "mse:+x", ":+5%", "mse:+5%%", "mse:+inf", "mse :+1"),
    *("mse:+1e999", "mse:+1e999%", "mse:+5%:sure", "mse:certain", "mse:+5%:certain:certain"),
]


@pytest.mark.parametrize("text", RULES_OF_NO_FORM)
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
    assert "vae mse on mnist-5k: 0.042 to 0.0462, 0.0042 worse (95 % interval 0.004 to 0.0044 worse)" in errors[0]
    assert errors[0].endswith("; allowed 0.0021 [mse:+5%, 5 seeds]")
