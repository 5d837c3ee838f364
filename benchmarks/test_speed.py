"""Speed against the peers, in the same run. `python benchmarks/report.py` writes `results/speed.md` from it."""

from __future__ import annotations

import subprocess
import sys
import time


def test_training_step(compare, run_child):
    medians = compare(
        "One training step of the chapter's VAE, batch 100",
        {
            "compiled epoch, one thread": lambda: run_child("training", "compiled", threads=1),
            "Keras fit, all cores": lambda: run_child("training", "fit"),
            "Keras fit, jit_compile=True": lambda: run_child("training", "fit-jit"),
            "five matrix products, NumPy, one thread": lambda: run_child("products", threads=1),
        },
        rounds=3,
    )
    step = {name: figures["milliseconds"] for name, figures in medians.items()}
    assert step["Keras fit, all cores"] > 1.8 * step["compiled epoch, one thread"]


def test_sweep(compare, run_child):
    medians = compare(
        "Six trainings of 10 epochs on 60,000 images, start-up included",
        {
            "two workers of one thread": lambda: run_child("sweep", "workers"),
            "six Keras fits, one after the other": lambda: {
                "wall": sum(run_child("sweep", "fit", str(seed))["wall"] for seed in range(6))
            },
        },
        rounds=1,
    )
    assert medians["six Keras fits, one after the other"]["wall"] > 3.5 * medians["two workers of one thread"]["wall"]


def test_precision_recall_density_coverage(compare, run_child):
    medians = compare(
        "Precision, recall, density and coverage, 10,000 x 10,000 x 64, one core",
        {
            "aezoo": lambda: run_child("metric", "prdc", "10000", "64", threads=1),
            "prdc 0.2": lambda: run_child("metric", "peer-prdc", "10000", "64", threads=1),
        },
        rounds=3,
    )
    assert medians["prdc 0.2"]["seconds"] > 2 * medians["aezoo"]["seconds"]
    assert medians["prdc 0.2"]["megabytes"] > 4 * medians["aezoo"]["megabytes"]


def test_vendi(compare, run_child):
    compare(
        "Vendi score, 5,000 x 64",
        {
            "aezoo": lambda: run_child("metric", "vendi", "5000", "64", threads=1),
            "vendi-score 0.0.3": lambda: run_child("metric", "peer-vendi", "5000", "64", threads=1),
        },
        rounds=3,
    )


def test_ssim(compare, run_child):
    compare(
        "SSIM of 2,000 pairs of images",
        {
            "aezoo": lambda: run_child("metric", "ssim", "2000", "784", threads=1),
            "scikit-image": lambda: run_child("metric", "peer-ssim", "2000", "784", threads=1),
        },
        rounds=3,
    )


def test_help(compare):
    medians = compare(
        "`python -m aezoo.bench --help`",
        {"aezoo": lambda: timed("-m", "aezoo.bench", "--help"), "python -c pass": lambda: timed("-c", "pass")},
        rounds=10,
    )
    assert medians["aezoo"]["wall"] < 0.5


def timed(*arguments: str) -> dict[str, float]:
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return {"wall": time.perf_counter() - started}
