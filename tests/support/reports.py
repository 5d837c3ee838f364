"""A folder's worth of made-up records for the page of results, and the page that is made of them."""

from __future__ import annotations

import numpy as np

from aezoo.reporting.report import render_report
from support.factories import curves, gallery, record, sample_score, score

HOSTILE = "<script>alert(1)</script>"
"""The label of a model that nobody should run."""
MODELS = {"ae": 149.0, "vae": 150.0, "beta-vae": 153.5, HOSTILE: 151.0}
SEEDS = 5


def trial(label, nll, seed, role="model", load=0.5):
    """One trial with scores of four questions, on two cores; every score is worse where `nll` is higher."""
    noise = np.random.default_rng([seed, round(10 * nll)])
    near = nll - 140 + noise.normal(0, 0.2)
    scores = [
        score("nll", 140 + near, unit="nats per image", family="nll"),
        score("ssim", 1 / near, better="higher", family="ssim"),
        score("ari", 0.2 + near / 100, "latent", "higher", family="kmeans"),
        score("rate", near, "likelihood", "neither", family="rate"),
        score("distortion", 140 + 9 / near, "likelihood", "neither", family="distortion"),
        *(
            sample_score("fd_judge", 100 * near + extra, name, family="fd")
            for name, extra in (("prior", 0), ("kde", 9))
        ),
        *(
            sample_score("coverage_judge", 0.5 / near, name, better="higher", family="prdc")
            for name in ("prior", "kde")
        ),
    ]
    timing = {"total": 3.0, "train": 2.0 + near / 10} | ({} if load is None else {"load": load})
    spec = {
        "parameters": {"beta": 1.0},
        "curves": curves(start=200 + nll),
        "timing": timing,
        "parameter_count": 404_244,
        "environment": {"aezoo": "0.1.0", "cores": 2},
    }
    return record(label, seed, scores if role == "model" else scores[:2], role, **spec)


def records():
    """Trials of four models, one with a hostile name, and of a floor."""
    models = [trial(label, nll, seed) for label, nll in MODELS.items() for seed in range(SEEDS)]
    return [*models, trial("mean-image", 205.0, 0, "floor")]


def make_page(folder, found=None):
    """The page of some records with galleries, as text."""
    return render_report(
        records() if found is None else found,
        lambda record: gallery(record["spec"]["seed"], ("prior", "kde")),
        folder,
    )
