"""Pages of verdict, agreement and comparison, word for word: one snapshot for each."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from support.comparisons import MSE as BASELINE
from support.comparisons import on, runs, two_folders
from support.factories import record, sample_score, score
from support.snapshots import check_snapshot
from support.zoos import AGREE, ARI, CROSSED, FD, MSE, NLL, by_seed, panel_of, zoo

from aezoo.analysis.agreement import agreement
from aezoo.analysis.comparison import compare_models
from aezoo.analysis.verdict import verdict
from aezoo.reporting import render
from aezoo.reporting.pages.agreement import agreement_document
from aezoo.reporting.pages.caveat_sentences import baseline_sentences
from aezoo.reporting.pages.comparison import comparison_document
from aezoo.reporting.pages.verdict import verdict_document
from aezoo.reporting.pages.verdict_sentences import short_verdict, verdict_sentences

SNAPSHOTS = Path(__file__).parent / "snapshots"
SSIM = ("reconstruction", "ssim")
FLOORS = zoo({"pca": {MSE: 0.5, NLL: 5, ARI: 5, FD: 5}, "raw": {MSE: 0.5, NLL: 0.5}}, role="floor")
CONTROLS = zoo({"blur": {MSE: 9, FD: 9}}, role="control")


def with_samplers(mixture, seeds=5):
    """Models with their own sampler and some with a mixture too; lower is better."""
    own = {"ae": ("standard-normal", 9.0), "vae": ("prior", 5.0), "gan": ("prior", 2.0)}
    random = np.random.default_rng(0)

    def scores(model, sampler, value):
        yield sample_score("fd", value + 0.01 * random.normal(), sampler)
        if model in mixture:
            yield sample_score("fd", mixture[model] + 0.01 * random.normal(), "gaussian-mixture")

    return [record(model, seed, list(scores(model, *of))) for model, of in own.items() for seed in range(seeds)]


VERDICTS = {
    "one model wins every question": zoo(AGREE),
    "questions have different winners": zoo(CROSSED),
    "one question alone": zoo({"a": {MSE: 1}, "b": {MSE: 2}}),
    "two metrics of a question disagree": zoo({"a": {MSE: 1, NLL: 2}, "b": {MSE: 2, NLL: 1}, "c": {MSE: 3, NLL: 3}}),
    "the seeds do not settle a question": zoo({"a": {MSE: 1, FD: 1.0}, "b": {MSE: 2, FD: 1.001}}, spread=0.2),
    "a high share and a lost seed": by_seed({"a": {"mse": [1, 1, 1, 1, 3]}, "b": {"mse": [2.5] * 5}}),
    "four seeds": zoo(AGREE, seeds=4),
    "a floor is ahead of every model": [*zoo(AGREE), *FLOORS],
    "a model lacks questions": [*zoo(AGREE), *zoo({"gan": {FD: 0.5}})],
    "one model has every question": zoo({"a": {MSE: 1, FD: 2}, "b": {MSE: 2}, "gan": {FD: 1}}),
    "no model has every question": zoo({"a": {MSE: 1}, "b": {MSE: 2}, "gan": {FD: 1}, "wgan": {FD: 2}}),
    "no two metrics share two models": zoo({"a": {MSE: 1, ARI: 1}, "b": {MSE: 2}, "c": {ARI: 2, FD: 1}, "d": {FD: 2}}),
    "a model alone in a question": zoo({"a": {MSE: 1, ARI: 1, ("latent", "nmi"): 1}, "b": {MSE: 2}}),
    "no common metric": zoo({"a": {MSE: 1, NLL: 1}, "b": {NLL: 2, SSIM: 1}, "c": {MSE: 2, SSIM: 2}}, spread=0),
    "no model has most metrics": zoo({"a": {MSE: 1}, "b": {MSE: 2}, "c": {NLL: 1}, "d": {NLL: 2}}, spread=0),
    "all models tie": zoo({name: {MSE: 1, NLL: 2} for name in "abc"}, spread=0),
    "another sampler, another winner": with_samplers({"ae": 1.0, "vae": 4.0}),
    "another sampler, the same winner": with_samplers({"ae": 3.0, "vae": 4.0}),
    "another sampler, neither is sure": with_samplers({"ae": 1.0, "vae": 4.0}, seeds=3),
}


def test_verdicts():
    """The sentences of every kind of outcome, then four whole pages."""
    parts = []
    for name, records in VERDICTS.items():
        found = verdict(panel_of(records))
        lines = [*verdict_sentences(found), *baseline_sentences(found)]
        parts.append("\n".join([f"# {name}", "", *(f"- {line}" for line in lines), ""]))
    slow = by_seed({name: {"elbo": [i] * 5, "ais": [5 - i]} for i, name in enumerate("ab")}, "likelihood")
    same = zoo({name: {MSE: i, NLL: i, ("reconstruction", "psnr"): i} for i, name in enumerate("ab")})
    whole = (slow, same, VERDICTS["a floor is ahead of every model"], VERDICTS["two metrics of a question disagree"])
    verdicts = [verdict(panel_of(records)) for records in whole]
    check_snapshot(SNAPSHOTS / "verdict.md", "\n".join([*parts, render(verdict_document(verdicts), "md")]))


@pytest.mark.parametrize("name", VERDICTS)
def test_the_short_verdict_is_three_sentences_at_most(name):
    for kept in (range(5), range(3), range(1)):
        records = [each for each in VERDICTS[name] if each["spec"]["seed"] in kept]
        text = " ".join(short_verdict(verdict(panel_of(records))))
        assert 1 <= len(re.findall(r"[.!?](?= |$)", text)) <= 3, text


def test_agreements():
    """Without controls and with them, a winner of one seed alone, and metrics that share no models."""
    slow = by_seed({name: {"ais": [i], "elbo": [i] * 5} for i, name in enumerate("ab")}, "likelihood")
    steady = zoo({name: {MSE: i, NLL: i, FD: 4 - i} for i, name in enumerate("abc")})
    apart = zoo({"a": {MSE: 1}, "b": {NLL: 1}, "c": {FD: 1}})
    folders = (slow, steady, [*zoo(CROSSED), *FLOORS, *CONTROLS], zoo(CROSSED, seeds=3), apart)
    found = [agreement(panel_of(records)) for records in folders]
    check_snapshot(SNAPSHOTS / "agreement.md", render(agreement_document(found), "md"))


FIRST = {"reconstruction": "nll", "likelihood": "elbo_binary", "latent": "ari"}


def everything(shift=0.0, seeds=5):
    """Runs with the metric to read first of some questions, others beside it, and samples."""
    return [
        record(
            "vae",
            seed,
            [
                *(score(FIRST[question], seed + 1 + shift, question) for question in FIRST),
                *(score(f"other_{question}", seed + 1 + shift, question, "higher") for question in FIRST),
                sample_score("fd_judge", seed + 1 + shift),
                sample_score("density_judge", 1 + 0.1 * seed * (1 + shift), better="target", ideal=1.0),
                score("rate", seed, "likelihood", "neither"),
            ],
        )
        for seed in range(seeds)
    ]


def test_comparisons():
    """Enough seeds and too few, other seeds, other samplers, and what only one side has."""
    names = [f"m{i}" for i in range(25)]
    vae = [record("vae", 0, [*(score(name, 1.0) for name in names), sample_score("fd_judge", 1.0)])]
    ae = [record("ae", 0, [sample_score("fd_judge", 2.0, "standard-normal"), score("other", 1.0)])]
    found = [
        *two_folders(everything(), everything(1.0)),
        *two_folders(everything(seeds=6), everything(1.0, seeds=6)),
        *two_folders(everything(seeds=8), everything(0.5, seeds=8)),
        *two_folders(runs(), runs(values=BASELINE[:2])),
        *two_folders([*on("mnist"), *on("mnist-5k")], on("mnist")),
        *two_folders(on("mnist"), [*on("mnist"), *on("mnist-5k")]),
        *compare_models([*vae, *ae], "vae", "ae"),
    ]
    check_snapshot(SNAPSHOTS / "comparison.md", render(comparison_document(found), "md"))
