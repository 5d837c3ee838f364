"""Commands about a trained model, as a user types them."""

from __future__ import annotations

import numpy as np
import pytest

from aezoo.bench.app import run_app
from aezoo.npz import from_npz


@pytest.mark.parametrize(
    ("words", "stem", "shape"),
    [
        (["sample", "--n", "5"], "vae-seed0-samples", (5, 28, 28)),
        (["sample", "--n", "5", "--nearest"], "vae-seed0-samples-nearest", (5, 28, 28)),
        (["sample", "--n", "5", "--sampler", "standard-normal"], "", ()),
        (["interpolate", "--n", "2", "--steps", "3"], "vae-seed0-interpolations", (2, 3, 28, 28)),
        (["sample", "--n", "5", "--set", "dataset=mnist-5k"], "vae-dataset_mnist-5k-seed0-samples", (5, 28, 28)),
        (
            ["traverse", "--steps", "3", "--seed", "1", "--set", "latent_dim=2"],
            "vae-latent_dim_2-seed1-traversals",
            (2, 3, 28, 28),
        ),
    ],
)
def test_images_are_written_and_their_paths_printed(smoke_run, tmp_path, capsys, words, stem, shape):
    name, *options = words
    code = run_app([name, str(smoke_run.folder), "vae", *options, "--out", str(tmp_path)])
    printed = capsys.readouterr()
    if not stem:  # the VAE has a prior, and that sampler is for models without one
        assert code == 2
        assert "makes no sense for this model" in printed.err
        return
    assert code == 0, printed.err
    assert printed.out.split() == [str(tmp_path / f"{stem}.png"), str(tmp_path / f"{stem}.npz")]
    images = from_npz((tmp_path / f"{stem}.npz").read_bytes())["images"]
    assert images.shape == shape
    assert np.isfinite(images).all()


@pytest.mark.parametrize("command", ["sample", "export"])
def test_a_folder_that_cannot_be_written_is_a_line_and_exit_code_6(smoke_run, tmp_path, capsys, command):
    (tmp_path / "file").write_text("")
    assert run_app([command, str(smoke_run.folder), "vae", "--out", str(tmp_path / "file" / "out")]) == 6
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {tmp_path / 'file' / 'out'}")
    assert "cannot be written: Not a directory; choose another" in line


def test_a_model_is_exported(smoke_run, tmp_path, capsys):
    assert run_app(["export", str(smoke_run.folder), "beta-vae", "--out", str(tmp_path / "out")]) == 0
    names = ["encoder.keras", "decoder.keras", "README.md"]
    assert capsys.readouterr().out.split() == [str(tmp_path / "out" / name) for name in names]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["traverse", "mean-image"], 2, "the code of MeanImage has no number, so nothing can be moved; use sample"),
        (["interpolate", "mean-image"], 2, "has no number"),
        (["sample", "gan"], 2, "unknown trained model of this folder 'gan'"),
        (["sample", "oracle"], 2, "oracle is not a trained model"),
        (["export", "vae", "--set", "dataset=mnist"], 2, "no finished trial of vae with dataset mnist"),
        (["export", "vae", "--set", "latent_dim"], 2, "write --set latent_dim=16"),
        (["export", "vae", "--set", "latent_dim=2", "--set", "latent_dim=3"], 2, "--set latent_dim is given twice"),
        (["traverse", "vae", "--seed", "9"], 2, "with seeds 0, 1, not 9"),
        (["traverse", "vae", "--figure"], 2, "has 2 dimensions; the figure shows 1, or 3 to 128"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(smoke_run, capsys, words, code, message):
    name, *rest = words
    assert run_app([name, str(smoke_run.folder), *rest]) == code
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1
