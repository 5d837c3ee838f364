"""What the published zoo says in words is so in its records."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from scipy.stats import kendalltau

import aezoo
from aezoo.analysis.score_array import CEILING_SAMPLER

FOLDER = Path(__file__).parents[2] / "results/zoo/latent-16"
OWN = ("prior", "code-prior", "standard-normal")


@cache
def scores() -> pd.DataFrame:
    frame = aezoo.load_results(FOLDER).frame()
    return frame[frame["value"].notna() & (frame["role"] == "model")]


def by_model(metric: str) -> pd.Series:
    """The score of each model, of a sample metric by its own sampler."""
    rows = scores()[scores()["metric"] == metric]
    rows = rows.assign(place=rows["sampler"].map({name: i for i, name in enumerate(OWN)}).fillna(-1))
    rows = rows[(rows["sampler"] == "") | rows["sampler"].isna() | rows["sampler"].isin(OWN)]
    return rows.sort_values("place").groupby("model")["value"].first()


def fitted(metric: str) -> pd.DataFrame:
    """The scores by every sampler that is not the own one, the ceiling left out."""
    rows = scores()[scores()["metric"] == metric]
    return rows[~rows["sampler"].isin([*OWN, CEILING_SAMPLER])]


@pytest.mark.parametrize(
    ("losses", "other", "models", "tau"),
    [("nll", "fd_judge", 51, -0.06), ("elbo_binary", "fd_judge", 32, 0.12), ("nll", "elbo_binary", 31, 0.89)],
)
def test_orders_of_models_agree_as_it_says(losses, other, models, tau):
    sign = {"elbo_binary": -1}
    both = pd.concat([sign.get(name, 1) * by_model(name) for name in (losses, other)], axis=1).dropna()
    found = kendalltau(both.iloc[:, 0], both.iloc[:, 1]).statistic
    assert len(both) == models
    assert found == pytest.approx(tau, abs=0.006)


def test_only_one_model_is_ahead_of_the_gan_by_its_own_sampler_and_fourteen_with_a_fitted_sampler():
    own = by_model("fd_judge")
    assert list(own[own < own["wgan-gp"]].index) == ["rq-vae"]
    best = fitted("fd_judge").groupby("model")["value"].min()
    assert (best < own["wgan-gp"]).sum() == 14
    rows = fitted("fd_judge").set_index(["model", "sampler"])["value"]
    assert rows.idxmin() == ("cb-vae", "kde")


def test_what_a_fitted_sampler_draws_is_no_copy():
    near = fitted("near_duplicates_judge").set_index(["model", "sampler"])["value"]
    assert near["cb-vae", "kde"] < 0.0072


def test_two_models_of_symbols_lead_by_coverage():
    assert list(by_model("coverage_judge").nlargest(3).index) == ["rq-vae", "pq-vae", "vamp-vae"]


def test_published_orders():
    bound = by_model("iwae_binary")
    assert list(bound[["vamp-vae", "ladder-vae", "iwae", "vae"]].sort_values(ascending=False).index) == [
        *("vamp-vae", "ladder-vae", "iwae", "vae")
    ]
    assert bound.idxmax() == "vamp-vae"
    flow = fitted("fd_judge").set_index(["sampler", "model"])["value"]["flow"]
    assert flow["ae"] < flow["rae-l2"] < flow["vae"]


def test_a_likelihood_prefers_another_data_set():
    areas = by_model("auroc_likelihood_foreign")
    assert ((areas < 0.5).sum(), len(areas)) == (33, 36)


def test_on_garments_the_same_holds_but_for_flow_matching():
    frame = aezoo.load_results(FOLDER.parents[1] / "fashion").frame()
    means = frame[frame["role"] == "model"].groupby(["metric", "model", "sampler"], dropna=False)["value"].mean()
    fd = means["fd_judge"]
    assert (fd.idxmax(), fd.idxmin()) == (("ae", "standard-normal"), ("ae", "gaussian-mixture"))
    assert fd["vamp-vae", "prior"] < fd["vae", "prior"]
    assert means["nll"].idxmin()[0] == "ae"
    bound = means["iwae_binary"].droplevel("sampler")
    assert bound["vamp-vae"] > bound["iwae"] > bound["vae"]
    assert (means["auroc_likelihood_foreign"].dropna() < 0.1).all()
    assert fd["flow-matching", "prior"] < fd["vae", "prior"]
    digits = by_model("fd_judge")
    assert digits["flow-matching"] > digits["vae"]
