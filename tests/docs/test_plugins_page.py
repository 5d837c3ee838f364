"""The package of docs/plugins.md, taken from the page, installed and run."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path

import numpy as np
import pytest
from support.command_line import run_command
from support.plugins import importable, install

from aezoo.bench.commands.list import REGISTRIES
from aezoo.datasets import load_dataset
from aezoo.models import MODELS, networks
from aezoo.models.checks import model_faults
from aezoo.spec import PROTOCOLS
from aezoo.testing import check
from aezoo.testing.batch_growth import batch_growth

TEXT = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text()
FILES = dict(re.findall(r"^`(\S+)`\n\n```(?:python|toml)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
TOML = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^    python -m aezoo\.bench (.*)$", TEXT, re.MULTILINE)
OPTIONS = ["--protocol", "smoke", "--epochs", "1", "--seeds", "0", "--jobs", "1"]


def entry_points() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for text in TOML:
        for group, points in tomllib.loads(text)["project"]["entry-points"].items():
            found.setdefault(group, {}).update(points)
    return found


@pytest.fixture(scope="module")
def aezoo(tmp_path_factory):
    """The command line beside the package of the page, which lies as an installer would leave it."""
    folder = tmp_path_factory.mktemp("site")
    files = {"aezoo_extras/__init__.py": "", **{path: text for path, text in FILES.items() if path.endswith(".py")}}
    install(folder, "aezoo-extras", files, entry_points())
    with importable(folder, "aezoo_extras"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "200")
        yield run_command


@pytest.fixture(scope="module")
def data_file(digits, tmp_path_factory):
    """A file of images of one's own, as the page describes it."""
    path = tmp_path_factory.mktemp("data") / "digits.npz"
    train, test = digits.train, digits.held_out
    images = 255 - train.images[:600]
    np.savez(path, x_train=images, y_train=train.labels[:600], x_test=255 - test.images, y_test=test.labels)
    return path


@pytest.fixture(scope="module")
def finished(aezoo, data_file, tmp_path_factory):
    """A run of everything that the page adds."""
    folder = tmp_path_factory.mktemp("results") / "extras"
    names = ["--models", "inpainting,mirrored", "--dataset", "own-images", "--data-file", str(data_file)]
    settings = ["--set", "architecture=funnel", "--set", "optimizer=momentum"]
    return folder, aezoo("run", *names, *settings, *OPTIONS, "--out", str(folder))


def test_the_package_has_six_small_files():
    first, _, _ = TEXT.partition("## A variational autoencoder")
    paths = [path for path in FILES if f"`{path}`" in first]
    assert len(paths) == 6
    assert all(len(FILES[path].splitlines()) <= 40 for path in paths)


def test_every_kind_is_on_the_page_and_in_the_package():
    groups = {registry.group for registry in REGISTRIES.values()}
    assert {group for group in groups if f"| `{group}` |" in TEXT} == groups
    assert set(entry_points()) == groups


def test_list_shows_all_of_it_with_summary_parameters_and_origin(aezoo):
    result = aezoo("list")
    assert (result.returncode, result.stderr) == (0, "")
    text = " ".join(result.stdout.split())
    assert "broken" not in text
    for name, points in entry_points().items():
        for point in points:
            assert re.search(rf" {point} .*?plug-in of aezoo-extras 1\.0", text), (name, point)
    assert re.search(
        r"strong-inpainting Inpainting autoencoder: .*? parameters: hidden=0\.6 plug-in of aezoo-extras 1\.0", text
    )


@pytest.mark.usefixtures("aezoo")
def test_its_factors_are_found_in_its_images():
    dataset = load_dataset("bars")
    assert [factor.name for factor in dataset.factors] == ["direction", "place", "width"]
    for image, (direction, place, width) in zip(dataset.train.images, dataset.train.factors, strict=True):
        lit = (image > 200).all(axis=int(direction))
        np.testing.assert_array_equal(np.flatnonzero(lit), range(place, place + width + 1))
    result = check("bars")
    assert (result.failed, result.not_made) == ([], [])
    assert "every factor varies in every split" in {line.check for line in result.ran}


@pytest.mark.usefixtures("aezoo")
def test_its_vae_keeps_the_contract_and_has_posterior_and_prior():
    model = MODELS.get("free-bits-vae").create(PROTOCOLS["smoke"], 0)
    assert model_faults(model) == []
    x = np.random.default_rng(0).random((3, 784), np.float32)
    assert [part.shape for part in model.posterior(x)] == [(3, 2), (3, 2)]
    assert model.sample_prior(5, 0).shape == (5, 2)
    terms = model.objective(x)
    assert np.all(terms["loss"] >= terms["nll"] + 2 * 0.1 - 1e-3)
    assert batch_growth(model, np.random.default_rng(0).random((256, 784), np.float32)) == ""


def test_an_encoder_gives_one_output_or_a_list_as_the_page_says():
    x = np.zeros((3, 784), np.float32)
    assert networks.encoder(PROTOCOLS["smoke"], heads=("code",))(x).shape == (3, 2)
    several = networks.encoder(PROTOCOLS["smoke"], heads=("mean", "log_variance"))(x)
    assert isinstance(several, list)
    assert [each.shape for each in several] == [(3, 2), (3, 2)]
    assert [each.shape for each in networks.encoder(PROTOCOLS["smoke"], heads={"mean": 2, "scale": 1})(x)] == [
        (3, 2), (3, 1)
    ]  # fmt: skip


@pytest.mark.slow
def test_a_run_of_all_of_it(finished):
    folder, result = finished
    assert result.returncode == 0, result.stderr
    records = [json.loads(path.read_text()) for path in folder.glob("trials/*/record.json")]
    assert {record["status"] for record in records} == {"done"}
    assert {record["dataset"]["name"] for record in records} == {"own-images"}
    (model,) = [record for record in records if record["label"] == "inpainting"]
    assert model["parameters"] == {"hidden": 0.3}
    assert {kind: list(names) for kind, names in model["sources"].items() if len(names) == 1} == {
        "architecture": ["funnel"], "data set": ["own-images"], "model": ["inpainting"], "optimizer": ["momentum"],
    }  # fmt: skip
    (ink,) = [row for row in model["scores"] if row["family"] == "ink"]
    assert (ink["state"], ink["n"], ink["better"]) == ("ok", 2000, "target")
    states = {row["state"] for row in model["scores"] if row["sampler"] == "code-noise"}
    assert "ok" in states
    assert "error" not in {row["state"] for record in records for row in record["scores"]}
    (mirrored,) = [record for record in records if record["label"] == "mirrored"]
    assert (mirrored["role"], mirrored["parameters"]) == ("control", {"dose": 1})


@pytest.mark.slow
def test_its_format_writes_the_tables_too(finished, aezoo):
    folder, _ = finished
    lines = (folder / "tables" / "reconstruction.tsv").read_text().splitlines()
    assert lines[0].startswith("model\t")
    assert any(line.startswith("inpainting\t") for line in lines)
    printed = aezoo("table", str(folder), "--format", "tsv")
    assert printed.returncode == 0
    assert set(lines) <= set(printed.stdout.splitlines())


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("inpainting:hiden=0.3", "unknown parameter of inpainting 'hiden'; did you mean hidden?"),
        ("inpainting:hidden=much", "model 'inpainting': parameter hidden=much is not a finite number"),
        ("inpainting:hidden=2", "model 'inpainting' cannot be made with {'hidden': 2}: hidden is 2"),
        ("vae:beta=-1", "model 'vae' cannot be made with {'beta': -1}"),
    ],
)
@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_wrong_parameters_end_a_run_before_anything_runs(aezoo, tmp_path, model, message, options):
    result = aezoo("run", "--models", model, "--dataset", "mnist-5k", "--out", str(tmp_path / "none"), *options)
    assert result.returncode == 2
    (line,) = result.stderr.splitlines()
    assert message in line
    assert not (tmp_path / "none").exists()


def test_a_parameter_with_the_value_of_the_preset_is_none(aezoo, tmp_path):
    names = "inpainting,inpainting:hidden=0.3,strong-inpainting:hidden=0.6,vae,vae:beta=1,vae:beta=1.0,blur:dose=1"
    options = ["--dataset", "mnist-5k", "--seeds", "0", "--dry-run", "--out", str(tmp_path / "none")]
    result = aezoo("run", "--models", names, *options)
    assert result.returncode == 0, result.stderr
    models = [line.split()[0] for line in result.stdout.splitlines() if " seed 0:" in line]
    assert models[:4] == ["inpainting", "strong-inpainting", "vae", "blur"]
    assert not any(":" in model for model in models)


@pytest.mark.slow
@pytest.mark.usefixtures("aezoo")
def test_its_tests_pass(pytester):
    pytester.makepyfile(test_extras=FILES["tests/test_extras.py"])
    result = pytester.inline_run("-q", "-p", "no:cacheprovider", "-p", "no:xdist")
    passed, _, failed = result.countoutcomes()
    assert failed == 0
    assert passed > 20


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_page_exist(command):
    words = shlex.split(command)
    name = words[0] if not words[0].startswith("-") else "run"
    ended = run_command(name, "--help")
    assert ended.returncode == 0
    assert all(word in ended.stdout for word in words if word.startswith("--"))
