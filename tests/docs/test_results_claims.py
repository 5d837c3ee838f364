"""What the published argument says in words is so in its numbers, and its pages are what the commands write."""

from __future__ import annotations

import shutil
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import f as fisher
from support.published import FIVE_SEEDS

import aezoo
from aezoo.analysis.cost import load_remark
from aezoo.analysis.own_sampler import CEILING_SAMPLER
from aezoo.bench.app import run_app
from aezoo.statistics import MIN_SEEDS
from aezoo.statistics.comparison import holm, paired_t_p
from aezoo.store import Store

RESULTS = Path(__file__).parents[2] / "results"
LARGE, SMALL, CHAPTER = "zoo/latent-16", "zoo/latent-2", "chapter"
AUTOENCODERS = ("ae", "vae", "beta-vae")
OWN = {"ae": "standard-normal"}
BETAS = "vae,beta-vae:beta=2,beta-vae,beta-vae:beta=8,beta-vae:beta=16"


@cache
def scores(folder: str) -> pd.DataFrame:
    """The published scores of a folder, one row a score and seed."""
    table = aezoo.load_results(RESULTS / folder).frame()
    return table[table["value"].notna()].fillna({"sampler": ""})


def mean(model: str, metric: str, sampler: str | None = None, folder: str = LARGE) -> float:
    """The mean over seeds; of a sample metric with the model's own sampler unless another is named."""
    rows = scores(folder)
    rows = rows[(rows["model"] == model) & (rows["metric"] == metric)]
    if set(rows["sampler"]) != {""} and rows["role"].iloc[0] == "model":
        rows = rows[rows["sampler"] == (sampler or OWN.get(model, "prior"))]
    assert len(rows), (model, metric, sampler)
    return float(rows["value"].mean())


def samples(metric: str, folder: str = LARGE) -> pd.Series:
    """The means of every model and sampler, but for what decodes codes of images."""
    rows = scores(folder)
    rows = rows[(rows["role"] == "model") & (rows["metric"] == metric) & (rows["sampler"] != CEILING_SAMPLER)]
    return rows.groupby(["model", "sampler"])["value"].mean()


def test_the_autoencoder_reconstructs_better_than_the_vae_and_draws_far_worse():
    assert mean("ae", "nll") < mean("vae", "nll") < mean("beta-vae", "nll")
    assert mean("ae", "fd_judge") > 2.5 * mean("vae", "fd_judge")


def test_the_importance_weighted_bound_halves_the_lead_that_the_evidence_bound_shows():
    elbo = mean("vae", "elbo_binary") - mean("beta-vae", "elbo_binary")
    iwae = mean("vae", "iwae_binary") - mean("beta-vae", "iwae_binary")
    assert 16.5 < elbo < 17.5
    assert 10 < iwae < 11


@pytest.mark.parametrize("folder", [LARGE, SMALL, CHAPTER])
def test_a_fitted_mixture_beats_the_own_sampler_of_every_autoencoder_and_the_plain_one_gains_most(folder):
    gains = {
        model: mean(model, "fd_judge", folder=folder) - mean(model, "fd_judge", "gaussian-mixture", folder)
        for model in AUTOENCODERS
    }
    assert min(gains.values()) > 0
    assert max(gains, key=lambda model: gains[model]) == "ae"
    assert folder != LARGE or mean("ae", "fd_judge", "gaussian-mixture") < mean("vae", "fd_judge", "gaussian-mixture")


def test_the_plain_gan_is_behind_the_vae_and_draws_few_classes():
    assert mean("gan", "fd_judge") > mean("vae", "fd_judge")
    rows = scores(LARGE)
    found = rows[(rows["model"] == "gan") & (rows["metric"] == "covered_classes")]["value"]
    assert set(found) <= {6, 7, 8}


def test_plainly_bad_generators_beat_every_model_by_common_metrics():
    own = samples("fd_judge")
    own = own[own.index.get_level_values("sampler").isin(["prior", "code-prior", "standard-normal"])]
    for repeats in ("duplicator", "intra-class-collapse"):
        assert mean(repeats, "fd_judge") < own.min()
    assert mean("intra-class-collapse", "fd_judge") < samples("fd_judge").min()
    assert mean("noise-mixture", "recall_judge") > samples("recall_judge").max()
    assert mean("mean-image", "precision_judge") > mean("oracle", "precision_judge")
    assert mean("moment-matched", "fd_pca") < samples("fd_pca").min()


def test_parzen_windows_prefer_blur_and_a_models_samples_to_real_digits():
    oracle = mean("oracle", "parzen_log_likelihood")
    assert mean("blur", "parzen_log_likelihood") > mean("vae", "parzen_log_likelihood", "gaussian-mixture") > oracle
    assert mean("kmeans-centroids", "parzen_log_likelihood") < oracle


def test_likelihood_under_noise_prefers_the_vae_to_the_gans():
    assert mean("vae", "ais_noisy") > mean("wgan-gp", "ais_noisy") > mean("gan", "ais_noisy")


def test_few_scores_are_fooled_and_only_copying_scores_see_copies():
    verdicts = pd.read_csv(RESULTS / "audit" / "verdicts.csv")
    names = verdicts.columns[0]
    assert verdicts[names].nunique() == 58
    fooled = verdicts[verdicts["verdict"] == "fooled"]
    assert fooled[names].nunique() == 12
    of_clipped = fooled[fooled[names].isin(["clipped_density_judge", "clipped_coverage_judge"])]
    for _, controls in of_clipped.groupby(names)["control"]:
        assert {"jittered-memoriser"} <= set(controls)
    assert "kmeans-centroids" in set(of_clipped["control"])
    seen = verdicts[(verdicts["control"] == "memoriser") & (verdicts["verdict"] == "detects")][names]
    assert {name.split("_")[0] for name in seen} == {"authenticity", "copying", "near"}


FAMILIES = {
    "vae and beta-vae": tuple(BETAS.split(",")),
    "beta-tcvae": ("beta-tcvae:beta=2", "beta-tcvae:beta=4", "beta-tcvae"),
    "factor-vae": ("factor-vae", "factor-vae:gamma=20", "factor-vae:gamma=50"),
    "capacity-vae": ("capacity-vae:capacity=1", "capacity-vae", "capacity-vae:capacity=2.5"),
    "dip-vae-i": (
        "dip-vae-i:diagonal=20:off_diagonal=2",
        "dip-vae-i",
        "dip-vae-i:diagonal=500:off_diagonal=50",
    ),
}
SETTINGS = sum(FAMILIES.values(), ())


def of_seeds(metric: str, models: tuple[str, ...] = SETTINGS) -> pd.DataFrame:
    """A score of models trained on sprites, a row a model and a column a seed."""
    rows = scores("sprites")
    rows = rows[(rows["role"] == "model") & (rows["metric"] == metric)]
    return rows.pivot(index="model", columns="seed", values="value").loc[list(models)]


def told_apart(metric: str, models: tuple[str, ...] = SETTINGS) -> set[frozenset[str]]:
    """The pairs of models that one score tells apart, corrected among all pairs of them."""
    table, pairs = of_seeds(metric, models), list(combinations(models, 2))
    p_values = holm([paired_t_p((table.loc[a] - table.loc[b]).to_numpy()) for a, b in pairs])
    return {frozenset(pair) for pair, p in zip(pairs, p_values, strict=True) if p < 0.05}


def share_of_strength(metric: str, models: tuple[str, ...]) -> str:
    """The intraclass correlation of runs by their setting, with its exact interval of 95 %, in percent."""
    values = of_seeds(metric, models).to_numpy()
    settings, seeds = values.shape
    between, within = settings - 1, settings * (seeds - 1)
    ratio = seeds * values.mean(axis=1).var(ddof=1) / values.var(axis=1, ddof=1).mean()
    low, high = ratio / fisher.ppf(0.975, between, within), ratio * fisher.ppf(0.975, within, between)
    cells = [f"{max(0.0, (of - 1) / (of - 1 + seeds)):.0%}".replace("%", " %") for of in (ratio, low, high)]
    return f"{cells[0]} ({cells[1].removesuffix(' %')} to {cells[2]})"


def test_on_sprites_strength_is_sure_in_reconstruction_and_in_the_gap_of_the_betas_alone():
    betas = FAMILIES["vae and beta-vae"]
    assert {of_seeds("mig").shape, of_seeds("nll").shape} == {(17, 5)}
    assert told_apart("mig") == set()
    assert told_apart("mig", betas) == {
        frozenset({"vae", "beta-vae:beta=8"}),
        frozenset({"vae", "beta-vae:beta=16"}),
        frozenset({"beta-vae:beta=2", "beta-vae:beta=16"}),
    }
    assert told_apart("dci_disentanglement") == {frozenset({"beta-vae", "factor-vae:gamma=20"})}
    assert told_apart("dci_disentanglement", betas) == set()
    assert (of_seeds("mig").loc["beta-vae:beta=8"] > of_seeds("mig").loc["vae"]).all()
    for more, less in [("beta-vae:beta=8", "beta-tcvae"), ("beta-vae", "factor-vae")]:
        assert frozenset({more, less}) in told_apart("nll")


def test_the_page_of_sprites_says_which_settings_the_verdict_tells_apart():
    told = {}
    for row in (RESULTS / "sprites" / "verdict.md").read_text().replace("\\|", ";").splitlines():
        cells = [cell.strip() for cell in row.split("|")]
        if cells[1:2] in (["reconstruction"], ["disentanglement"]) and cells[4] == "17":
            groups = [{name.strip().rsplit(" ", 1)[0] for name in of.split(",")} for of in cells[8].split(";")]
            assert set().union(*groups) == set(SETTINGS)
            told[cells[1]] = [pair for pair in combinations(SETTINGS, 2) if not any({*pair} <= of for of in groups)]
    assert {question: len(pairs) for question, pairs in told.items()} == {"reconstruction": 112, "disentanglement": 0}
    within = [sum({*pair} <= {*models} for pair in told["reconstruction"]) for models in FAMILIES.values()]
    assert (within[0], sum(within[1:])) == (10, 9)
    sure = {frozenset(pair) for pair in told["reconstruction"]}
    for one, other in [("beta-vae:beta=8", "beta-tcvae"), ("beta-vae", "factor-vae"), ("vae", "dip-vae-i")]:
        assert frozenset({one, other}) in sure


def test_the_page_of_sprites_has_the_shares_of_strength_that_its_records_give():
    page = " ".join((RESULTS / "sprites" / "README.md").read_text().split())
    for name, models in {**FAMILIES, "all settings": SETTINGS}.items():
        shares = [share_of_strength(metric, models) for metric in ("mig", "dci_disentanglement", "nll")]
        assert f"| {name} | {len(models)} | {' | '.join(shares)} |" in page, (name, shares)
    gaps = of_seeds("mig")
    assert f"Seed 2 has the largest gap in {(gaps.idxmax(axis=1) == 2).sum()} of 17 settings" in page
    assert f"seed 1 the smallest in {(gaps.idxmin(axis=1) == 1).sum()}" in page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "page"),
    [
        (["compare", "sprites", "--models", "vae,beta-vae:beta=8", "--all"], "beta-8"),
        (["verdict", "sprites", "--models", BETAS, "--all"], "betas-verdict"),
        (["verdict", "sprites", "--all"], "verdict"),
        (["verdict", "zoo/latent-16", "--models", FIVE_SEEDS, "--all"], "leaders-verdict"),
        (["verdict", "zoo/latent-2", "--all"], "verdict"),
        (["agreement", "zoo/latent-16", "--sampler", "gaussian-mixture", "--all"], "agreement-gaussian-mixture"),
        (["table", "chapter", "--question", "cost"], "cost"),
        (["table", "fashion", "--question", "cost"], "cost"),
    ],
)
def test_pages_of_packed_folders_are_what_the_command_writes(arguments, page, capsys):
    command, folder, *options = arguments
    assert run_app([command, str(RESULTS / folder), *options]) == 0
    assert capsys.readouterr().out.strip() == (RESULTS / folder / f"{page}.md").read_text().strip()


def test_the_chapters_times_are_of_a_quiet_machine_and_no_model_saves_half():
    records = list(Store(RESULTS / "chapter").records())
    assert {load_remark(record) for record in records if record["role"] != "oracle"} == {""}
    seconds: dict[str, list[float]] = {}
    for record in records:
        if record["role"] == "model":
            seconds.setdefault(record["label"], []).append(record["timing"]["train"])
    means = [np.mean(of) for of in seconds.values()]
    assert {len(of) for of in seconds.values()} == {MIN_SEEDS}
    assert min(means) > max(means) / 2


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "pages"), [("audit", 20), ("audit/slow", 5), ("audit/fashion-mnist", 20)])
def test_the_audits_pages_follow_from_its_record(folder, pages, tmp_path):
    shutil.copy(RESULTS / folder / "audit.json", tmp_path)
    if (figures := RESULTS / folder / "figures").exists():
        shutil.copytree(figures, tmp_path / "figures")  # the page names those that are there
    if (checks := RESULTS / folder / "checks.md").exists():
        shutil.copy(checks, tmp_path)
    assert run_app(["audit", "--tables-only", "--out", str(tmp_path)]) == 0
    made = {path.relative_to(tmp_path): path.read_text() for path in tmp_path.rglob("*.md")}
    assert len(made) > pages
    for path, text in made.items():
        assert text == (RESULTS / folder / path).read_text(), path


def test_few_scores_of_the_audit_are_ever_fooled():
    scored = pd.read_csv(RESULTS / "audit/metrics.csv")
    different = set(scored[scored["same_as"].isna()]["name"])
    fooled = pd.read_csv(RESULTS / "audit/verdicts.csv").query("verdict == 'fooled'")
    counts = (len(different), fooled["metric"].nunique(), fooled[fooled["default"]]["metric"].nunique())
    assert counts == (54, 12, 10)
    assert set(fooled["metric"]) <= different
    text = " ".join((RESULTS / "details.md").read_text().split())
    assert "12 of its 54 different scores at some dose, 10 at the default doses" in text
