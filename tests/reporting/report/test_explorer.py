"""The explorer's part of the page: what it holds, what it leaves out and why."""

from __future__ import annotations

import base64
import json
import re
import shlex
import shutil
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.command_line import run_command
from support.explorers import TINY, gallery_of, network, trial
from support.factories import record

from aezoo.errors import UnknownNameError
from aezoo.metrics.copying.nearest_images import nearest_images
from aezoo.npz import from_npz
from aezoo.reporting.report import REPORT, write_report_page
from aezoo.reporting.report.explorer import section
from aezoo.reporting.report.explorer_kept import kept_payload
from aezoo.reporting.report.explorer_nearest import Decoded, Digits, decode_everywhere, map_square, training_images
from aezoo.reporting.report.networks import find_networks, pack_bytes, pack_floats, pack_integers, round_floats
from aezoo.store import Store


def unpack_bytes(text):
    encoded = text.translate(str.maketrans(",./", "<>&"))
    return np.frombuffer(zlib.decompress(base64.b85decode(encoded)), np.uint8)


def unpack_floats(text):
    return unpack_bytes(text).reshape(2, -1).T.copy().view("<f2").ravel()


def unpack_integers(text):
    folded = unpack_bytes(text).reshape(2, -1).T.copy().view("<u2").ravel().astype(np.int32)
    return (folded >> 1) ^ -(folded & 1)


def kept(folder):
    """The galleries of a folder."""
    return lambda record: from_npz(Store(folder).artifact(record, "gallery.npz"))


def explored(folder, digits=None):
    return section(folder, list(Store(folder).records()), kept(folder), digits)


def nothing(record):
    """No gallery."""
    return {}


@given(st.lists(st.floats(-6e4, 6e4, width=32), min_size=1), st.integers(7, 10))
def test_numbers_come_back_from_the_page_as_they_are_rounded(values, bits):
    array = np.array(values, np.float32)
    np.testing.assert_array_equal(unpack_floats(pack_floats(array)), array.astype(np.float16))
    rounded = round_floats(array, bits)
    np.testing.assert_array_equal(unpack_floats(pack_floats(rounded)), rounded)
    normal = np.abs(array) >= 2.0**-14
    np.testing.assert_allclose(rounded[normal], array[normal], rtol=2.0 ** -(bits + 1) + 2.0**-11)


def test_rounding_is_to_the_nearest_and_of_ties_to_the_even():
    ulp = 2.0**-8
    values = np.array([1, 1 + ulp / 2, 1 + 1.5 * ulp, 1 + 0.75 * ulp, -1 - 0.25 * ulp], np.float64)
    np.testing.assert_array_equal(round_floats(values, bits=8), [1, 1, 1 + 2 * ulp, 1 + ulp, -1])


@pytest.mark.parametrize("value", [7e4, np.nan])
def test_a_number_that_float16_lacks_is_refused(value):
    with pytest.raises(ValueError, match="float16"):
        pack_floats(np.array([value]))


@given(st.lists(st.integers(-32_767, 32_767), max_size=50))
def test_integers_come_back_from_the_page(values):
    array = np.array(values, np.int32)
    np.testing.assert_array_equal(unpack_integers(pack_integers(array)), array)


@given(st.binary())
def test_bytes_come_back_from_characters_that_a_page_need_not_escape(content):
    packed = pack_bytes(np.frombuffer(content, np.uint8))
    assert unpack_bytes(packed).tobytes() == content
    assert not set(packed) & set("\"\\<>&'")


@pytest.mark.parametrize("heads", [1, 2])
def test_networks_are_found_among_other_weights_by_their_shapes(heads):
    """With a weight of the model itself before them and a discriminator behind them."""
    hidden, decoder = network(784, 8, 8), network(2, 8, 8, 784)
    ends = [array for _ in range(heads) for array in network(8, 2)]
    arrays = [np.zeros(()), *hidden, *ends, *decoder, *network(2, 8, 8, 1)]
    found = list(find_networks(arrays, TINY))
    first = found[0]
    assert [len(first.hidden), len(first.heads), len(first.decoder)] == [2, heads, 3]
    assert not found[-1].heads  # the decoder alone
    np.testing.assert_array_equal(first.decoder[-1].kernel, decoder[-2])
    x = np.random.default_rng(1).random((5, 784), np.float32)
    h = x
    for kernel, bias in zip(hidden[::2], hidden[1::2], strict=True):
        h = np.maximum(h @ kernel + bias, 0)
    np.testing.assert_allclose(first.encode(x), h @ ends[0] + ends[1], rtol=1e-5)


def test_networks_of_another_shape_are_not_found():
    assert list(find_networks([*network(784, 9, 2), *network(2, 9, 784)], TINY)) == []


def test_the_page_holds_every_default_model_in_less_than_its_share(smoke_run, digits):
    found = section(
        smoke_run.folder, list(Store(smoke_run.folder).records()), kept(smoke_run.folder), given_digits(digits)
    )
    assert [model["name"] for model in found.payload["models"]] == ["ae", "beta-vae", "vae"]
    assert {model["seed"] for model in found.payload["models"]} == {0}
    assert [len(model["networks"]["heads"]) for model in found.payload["models"]] == [1, 2, 2]
    assert len(json.dumps(found.payload)) < 1_950_000
    (shown,) = found.payload["digits"].values()
    assert np.bincount(shown["labels"]).tolist() == [2] * 10
    assert (shown["total"], shown["checks"]) == (100, 3 * 60)
    assert 10 < shown["count"] <= 100
    assert unpack_bytes(shown["train"]).shape == (shown["count"] * 784,)
    assert unpack_bytes(shown["test"]).shape == (20 * 784,)
    assert shown["typical"] == pytest.approx(typical_distance(digits), abs=0.02)
    assert f"The page keeps {shown['count']} of 100 training images" in found.html
    assert [found.payload["models"][place]["name"] for place in found.payload["opening"]] == ["vae", "ae", "beta-vae"]


def given_digits(dataset, count=100):
    found = some_digits(dataset.train.images[:count], dataset.held_out.images[:50], dataset.held_out.labels[:50])
    return lambda record: found


def some_digits(train, test, labels=None):
    labels = np.zeros(len(test), np.uint8) if labels is None else labels
    return Digits(train, test, labels, lambda images: nearest_images(images, train))


def typical_distance(dataset):
    train = dataset.train.images[:100].reshape(-1, 784) / 255
    test = dataset.held_out.images[:50].reshape(-1, 784) / 255
    return np.median([np.sqrt(((train - each) ** 2).sum(axis=1)).min() for each in test])


def test_training_images_of_the_page_are_the_nearest_of_all_to_what_is_decoded(digits):
    """Copies of three training images, one of them decoded often, and another at a point of the checks."""
    train = digits.train.images[:50]
    decoded = Decoded(train[[7, 3, 7, 40]], train[[3, 9]])
    found = training_images([decoded], some_digits(train, digits.held_out.images[:5]))
    kept = unpack_bytes(found["train"]).reshape(-1, 28, 28).astype(int)
    assert np.abs(kept - train[[3, 7, 40]]).max() <= 255 / 14 + 0.5  # 8 levels of grey
    assert (found["count"], found["total"], found["checks"], found["found"]) == (3, 50, 2, 0.5)
    assert found["farther"] > 1
    far = training_images([Decoded(train, train[:2])], some_digits(train, digits.held_out.images[:5]))
    assert (far["count"], far["found"], far["farther"]) == (50, 1.0, 0.0)


def test_of_too_many_training_images_those_are_kept_that_are_nearest_most_often(digits, monkeypatch):
    monkeypatch.setattr("aezoo.reporting.report.explorer_nearest.MAX_KEPT", 2)
    train = digits.train.images[:20]
    found = training_images([Decoded(train[[1, 2, 2, 5, 5, 6]], train[:1])], some_digits(train, train[:5]))
    kept = unpack_bytes(found["train"]).reshape(-1, 28, 28).astype(int)
    assert np.abs(kept - train[[2, 5]]).max() <= 255 / 14 + 0.5


@pytest.mark.parametrize(("d", "count"), [(2, 26**2), (5, 300)])
def test_a_model_is_decoded_all_over_its_codes(d, count, digits):
    """Of a plane to the edges of the map; the page has its formula once more, and a test in a browser holds it."""
    weights = [*network(784, 8, 8), *network(8, d), *network(d, 8, 8, 784)]
    networks = next(find_networks(weights, {**TINY, "latent_dim": d}))
    codes = np.random.default_rng(0).normal(size=(500, 2)).astype(np.float32) * [3, 1] + [5, 0] if d == 2 else None
    found = decode_everywhere(networks, codes, np.zeros(d, np.float32), np.ones(d, np.float32), digits.held_out.images)
    assert (found.everywhere.shape, found.checks.shape) == ((count, 28, 28), (60, 28, 28))
    assert len(np.unique(found.everywhere.reshape(count, -1), axis=0)) > 0.97 * count
    if d == 2:
        middle, radius = map_square(codes, None, None)
        corner = networks.decode((middle - radius).astype(np.float32)[None])
        np.testing.assert_allclose(found.everywhere[0].ravel(), 255 * corner[0], atol=0.51)


def test_without_images_the_ten_that_a_trial_saved_are_shown(smoke_run):
    found = section(
        smoke_run.folder, list(Store(smoke_run.folder).records()), kept(smoke_run.folder), lambda _: "the file is gone"
    )
    (shown,) = found.payload["digits"].values()
    assert unpack_bytes(shown["test"]).shape == (10 * 784,)
    assert shown["count"] == 0
    assert "No nearest training image is shown: the file is gone." in found.html


def test_a_folder_without_weights_says_the_command_that_brings_them(smoke_run, tmp_path):
    """The command is one that runs."""
    for path in (smoke_run.folder / "trials").glob("*/record.json"):
        (tmp_path / "trials" / path.parent.name).mkdir(parents=True)
        shutil.copy(path, tmp_path / "trials" / path.parent.name)
    found = section(tmp_path, list(Store(tmp_path).records()), nothing)
    assert (found.payload["models"], found.scripts) == ([], ())
    assert "No model of this folder can be explored." in found.html
    command = found.html.partition("<code>")[2].partition("</code>")[0]
    words = shlex.split(command.replace("NEW-FOLDER", str(tmp_path / "new")))
    assert words[:3] == ["python", "-m", "aezoo.bench"]
    done = run_command(*words[3:], "--dry-run")
    assert done.returncode == 0
    assert {f"{model} seed 0" for model in ("ae", "beta-vae", "vae")} <= set(planned(done.stdout))


def planned(output):
    return [line.strip().partition(":")[0] for line in output.splitlines() if line.startswith("  ")]


def test_a_seed_with_weights_stands_for_a_model_whose_first_has_none(tmp_path):
    def made(seed, weights):
        return trial(tmp_path, weights, gallery_of(weights), label="ae", seed=seed)

    weights = [*network(784, 8, 8), *network(8, 2), *network(2, 8, 8, 784)]
    records = [made(seed, weights) for seed in (2, 1, 0)]
    (tmp_path / "trials" / records[-1]["id"] / "weights.npz").unlink()
    (model,) = section(tmp_path, records, kept(tmp_path)).payload["models"]
    assert (model["name"], model["seed"]) == ("ae", 1)


@pytest.fixture
def published(tmp_path):
    """A folder with a page of one model's networks, its records, and the weights gone since."""
    weights = [*network(784, 8, 8, 2), *network(2, 8, 8, 784)]
    records = [trial(tmp_path, weights, gallery_of(weights), label=label, seed=1) for label in ("ae", "vae")]
    write_report_page(records, kept(tmp_path), tmp_path, explore=["ae"])
    for each in records:
        (tmp_path / "trials" / each["id"] / "weights.npz").unlink()
    return tmp_path, records


def test_a_page_that_is_made_again_without_weights_keeps_its_networks(published):
    folder, records = published
    before, others = without_left_out((folder / REPORT).read_text())
    write_report_page(records, kept(folder), folder, explore=["ae"])
    again, gone = without_left_out((folder / REPORT).read_text())
    assert again == before
    assert ("vae: others were asked for" in others, "vae: the folder has no weights of it" in gone) == (True, True)
    written = (folder / REPORT).read_bytes()
    write_report_page(records, kept(folder), folder, explore=["ae"])
    assert (folder / REPORT).read_bytes() == written
    payload, found = kept_payload(folder / "report.html"), section(folder, records, kept(folder), page=folder / REPORT)
    assert found.payload["models"] == payload["models"]
    assert "vae: the folder has no weights of it" in found.html
    assert "ae: the folder" not in found.html.replace("vae: the folder", "")


def test_the_seed_whose_networks_the_page_holds_stands_for_its_model(published):
    """A lower seed of the same model has come since, without weights."""
    folder, records = published
    weights = [*network(784, 8, 8, 2), *network(2, 8, 8, 784)]
    later = trial(folder, weights, gallery_of(weights), label="ae", seed=records[0]["spec"]["seed"] - 1)
    (folder / "trials" / later["id"] / "weights.npz").unlink()
    before = kept_payload(folder / REPORT)
    found = section(folder, [later, *records], kept(folder), page=folder / REPORT)
    assert found.payload["models"] == before["models"]


def without_left_out(page):
    """A page without the part that says who is not in the explorer, and that part."""
    start = page.index('<details class="note"><summary>1 model is left out of the explorer')
    end = page.index("</details>", start)
    return page[:start] + page[end:], page[start:end]


def test_a_model_without_weights_is_not_offered_to_be_asked_for(published):
    """One of two others has weights and can be asked for; of one that has none the page says what brings them."""
    folder, records = published
    offers = ("chooses others with --explore", "cannot add a model, not by --explore either: train it again")
    weights = [*network(784, 8, 8, 2), *network(2, 8, 8, 784)]
    more = trial(folder, weights, gallery_of(weights), label="dae")
    for shown, wanted in (
        (records, (False, True)),
        ([records[0], more], (True, False)),
        ([*records, more], (True, True)),
    ):
        html = section(folder, shown, kept(folder), asked=["ae"], page=folder / REPORT).html
        assert tuple(text in html for text in offers) == wanted
        assert ("dae: others were asked for" in html, "vae: the folder has no weights" in html) == wanted


@pytest.mark.parametrize("change", ["weights", "trial", "format"])
def test_networks_of_another_training_or_format_are_not_kept(published, change):
    folder, records = published
    text = (folder / REPORT).read_text()
    payload = json.loads(re.search(r'id="explorer-data">(.*?)</script>', text)[1])
    if change == "format":
        payload["format"] += 1
    else:
        payload["models"][0]["origin"][change] = "0" * 64
    element = f'<script type="application/json" id="explorer-data">{json.dumps(payload)}</script>'
    (folder / REPORT).write_text(element)
    assert section(folder, records, kept(folder), page=folder / REPORT).payload["models"] == []


def edited(payload, change):
    """The text of a payload in which somebody has changed one thing."""
    (model,), (digits,) = payload["models"], payload["digits"].values()
    match change:
        case "no digits of a model":
            payload["digits"] = {}
        case "no judge of a model":
            payload["judges"] = {}
        case "a name for a list":
            payload["models"] = "ae"
        case "a model without a code":
            del model["centre"]
        case "a model without networks":
            model["networks"] = {"weights": ""}
        case "a network without layers":
            model["networks"]["decoder"] = []
        case "a word for a number":
            model["spread"] = ["wide", "wide"]
        case "a count of nothing":
            digits["count"] = 5
        case "an infinite number":
            model["more"] = 0
            return json.dumps(payload).replace('"more": 0', '"more": 1e999')
        case "brackets":
            return "[" * 100_000
    return json.dumps(payload)


@pytest.mark.parametrize(
    "change",
    [
        "no digits of a model",
        "no judge of a model",
        "a name for a list",
        "a model without a code",
        "a model without networks",
        "a network without layers",
        "a word for a number",
        "a count of nothing",
        "an infinite number",
        "brackets",
    ],
)
def test_a_page_that_somebody_has_edited_is_replaced_by_one_without_its_networks(published, change):
    folder, records = published
    text = (folder / REPORT).read_text()
    found = re.search(r'id="explorer-data">(.*?)</script>', text)[1]
    (folder / REPORT).write_text(text.replace(found, edited(json.loads(found), change)))
    write_report_page(records, kept(folder), folder)
    assert "No model of this folder can be explored." in (folder / REPORT).read_text()


def test_names_are_escaped():
    label = "<script>alert(1)</script>"
    found = section(Path("nowhere"), [record(label)], nothing)
    assert label not in found.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;: the folder has no weights of it" in found.html


@pytest.mark.parametrize(("judge", "word"), [("mnist", "digit"), ("fashion-mnist", "image"), (None, "image")])
def test_images_that_are_no_digits_are_not_called_digits(tmp_path, judge, word):
    weights = [*network(784, 8, 8, 2), *network(2, 8, 8, 784)]
    made = trial(tmp_path, weights, gallery_of(weights), label="ae", judge=judge, dataset_name="own")
    html = section(tmp_path, [made], kept(tmp_path)).html
    assert f"codes of held-out {word}s</label>" in html
    assert ("digit" in html.lower()) == (word == "digit")
    page = write_report_page([made], kept(tmp_path), tmp_path).read_text()
    article = {"digit": "a", "image": "an"}[word]
    assert f'<a href="#explorer">Draw {article} {word}</a>' in page
    assert f'data-one="{article} {word}"' in page


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"protocol": {"architecture": "conv"}}, "its architecture is conv, and the page runs dense layers only"),
        ({}, "the folder has no weights of it"),
    ],
)
def test_a_model_that_is_left_out_says_why(fields, reason):
    assert f"vae: {reason}" in section(Path("nowhere"), [record(**fields)], nothing).html


def test_folders_without_a_finished_model_have_no_explorer():
    assert section(Path("nowhere"), [record(status="error"), record("pca", role="floor")], nothing) is None


def test_models_of_the_default_suite_are_given_room_first(tmp_path, monkeypatch):
    weights = [*network(784, 8, 8, 2), *network(2, 8, 8, 784)]
    gallery = gallery_of(weights)
    records = [trial(tmp_path, weights, gallery, label=label) for label in ("aae", "vae", "ae")]
    images = gallery["originals"].reshape(10, -1).astype(np.float32) / 255
    packed = next(find_networks(weights, TINY)).fitted(images).to_json()
    size = len(packed["weights"]) + len(packed["integers"])
    monkeypatch.setattr("aezoo.reporting.report.explorer_models.MAX_PACKED", int(2.5 * size))
    found = section(tmp_path, records, kept(tmp_path))
    assert [model["name"] for model in found.payload["models"]] == ["ae", "vae"]


@pytest.fixture
def four(tmp_path):
    """Records of four models of one folder, alike but for their names, and the size of one of them in the page."""
    weights = [*network(784, 8, 8, 2), *network(2, 8, 8, 784)]
    gallery = gallery_of(weights)
    records = [trial(tmp_path, weights, gallery, label=label) for label in ("aae", "beta-vae", "vae", "wae-mmd")]
    (model, *_) = section(tmp_path, records, kept(tmp_path)).payload["models"]
    return records, len(model["networks"]["weights"]) + len(model["networks"]["integers"])


def test_leaders_of_questions_are_given_room_after_the_autoencoder_and_the_vae(four, tmp_path, monkeypatch):
    records, size = four
    monkeypatch.setattr("aezoo.reporting.report.explorer_models.MAX_PACKED", int(2.5 * size))
    found = section(tmp_path, records, kept(tmp_path), leaders=["wae-mmd", "aae"])
    assert [model["name"] for model in found.payload["models"]] == ["vae", "wae-mmd"]
    assert "leaders of the questions (wae-mmd)" in found.html
    assert "aae, beta-vae: the page would grow too large" in found.html


def test_models_that_are_asked_for_are_all_there_and_no_others(four, tmp_path, monkeypatch):
    records, size = four
    monkeypatch.setattr("aezoo.reporting.report.explorer_models.MAX_PACKED", size)
    found = section(tmp_path, records, kept(tmp_path), leaders=["vae"], asked=["wae-mmd", "aae", "beta-vae"])
    assert [model["name"] for model in found.payload["models"]] == ["aae", "beta-vae", "wae-mmd"]
    assert "vae: others were asked for" in found.html
    assert "The explorer holds the models that were asked for, aae, beta-vae, wae-mmd." in found.html
    with pytest.raises(UnknownNameError, match="unknown finished model of this folder 'wea-mmd'; did you mean wae-mmd"):
        section(tmp_path, records, kept(tmp_path), asked=["wea-mmd"])


def test_networks_that_do_not_make_the_saved_images_are_left_out(tmp_path):
    weights = [*network(784, 8, 8, 2), *network(2, 8, 8, 784)]
    right = gallery_of(weights)
    records = [
        trial(tmp_path, weights, right, label="right"),
        trial(tmp_path, weights, {**right, "reconstructions": 255 - right["reconstructions"]}, label="wrong"),
        trial(tmp_path, weights, {}, label="untold"),
        trial(tmp_path, network(784, 9), {}, label="other"),
    ]
    found = section(tmp_path, records, kept(tmp_path))
    assert [model["name"] for model in found.payload["models"]] == ["right"]
    assert "wrong: its saved images are not made by an encoder and a decoder alone" in found.html
    assert "untold: no saved image tells whether its networks are read rightly" in found.html
    assert "other: its networks are more than an encoder and a decoder" in found.html


def test_a_model_whose_saved_codes_overflowed_is_left_out_and_another_is_shown(tmp_path, digits):
    weights = [*network(784, 8, 8, 2), *network(2, 8, 8, 784)]
    labels = np.zeros(10, np.uint8)
    latents = {"ae": np.full((10, 2), np.inf, np.float16), "vae": np.ones((10, 2), np.float16)}
    records = [
        trial(tmp_path, weights, {**gallery_of(weights), "latent": latent, "latent_labels": labels}, label=label)
        for label, latent in latents.items()
    ]
    for shown, names in ((records, ["vae"]), (records[:1], [])):
        found = section(tmp_path, shown, kept(tmp_path), given_digits(digits))
        assert [model["name"] for model in found.payload["models"]] == names
        assert "ae: its codes are beyond the range of float16" in found.html


def test_models_beyond_the_room_are_left_out_and_named(smoke_run, monkeypatch):
    monkeypatch.setattr("aezoo.reporting.report.explorer_models.MAX_PACKED", 1_300_000)
    found = explored(smoke_run.folder)
    assert [model["name"] for model in found.payload["models"]] == ["ae", "vae"]
    assert "beta-vae: the page would grow too large" in found.html


def test_rounded_networks_are_those_of_keras(smoke_run, images):
    """Encoded, and decoded, by the model that was trained; the page is held to the same in a browser."""
    from aezoo.trained.load import load_model

    records = {each["label"]: each for each in Store(smoke_run.folder).records() if each["spec"]["seed"] == 0}
    for name in ("ae", "vae"):
        model = load_model(smoke_run.folder, name, 0)
        content = Store(smoke_run.folder).artifact(records[name], "weights.npz")
        found = next(find_networks(list(from_npz(content).values()), records[name]["spec"]["protocol"]))
        networks = found.fitted(images)
        codes = np.asarray(model.encode(images))
        np.testing.assert_allclose(networks.decode(codes), np.asarray(model.decode(codes)), atol=5e-3)
        np.testing.assert_allclose(networks.decode(networks.encode(images)), np.asarray(model(images)), atol=5e-3)


@pytest.mark.parametrize("scale", [0.01, 1.0, 1e5])
def test_weights_are_rounded_no_further_than_pixels_allow(scale):
    """Weights that hardly matter get the coarsest steps; of such that one decides a pixel no step is fine enough."""
    hidden, ends, decoder = network(784, 64), network(64, 2), network(2, 64, 784)
    decoder[2] *= scale
    protocol = {**TINY, "hidden_units": 64, "hidden_layers": 1}
    networks = next(find_networks([*hidden, *ends, *decoder], protocol))
    images = np.random.default_rng(0).random((10, 784), np.float32)
    fitted = networks.fitted(images)
    if scale > 1:
        assert fitted is None
        return
    last, step = fitted.decoder[-1], fitted.decoder[-1].step
    codes = networks.encode(images)
    np.testing.assert_allclose(fitted.decode(codes), networks.decode(codes), atol=5e-3)
    np.testing.assert_allclose(fitted.encode(images), codes, atol=1e-3 * np.abs(codes).max())
    np.testing.assert_allclose(last.kernel, networks.decoder[-1].kernel, atol=0.51 * step)
    np.testing.assert_allclose(last.kernel / step, np.rint(last.kernel / step), atol=1e-3)
    if scale < 1:
        assert step == pytest.approx(networks.decoder[-1].kernel.std() / 2**4, rel=1e-3)


def test_packed_weights_are_those_that_were_rounded():
    """Kernel by kernel and bias by bias, as the page reads them."""
    arrays = [*network(784, 64), *network(64, 2), *network(2, 64, 784)]
    networks = next(find_networks(arrays, {**TINY, "hidden_units": 64, "hidden_layers": 1})).rounded(5, 6)
    packed = networks.to_json()
    floats, integers = unpack_floats(packed["weights"]), unpack_integers(packed["integers"])
    for layer in networks.layers:
        size = layer.kernel.size
        if layer.step:
            kernel, integers = integers[:size] * layer.step, integers[size:]
        else:
            kernel, floats = floats[:size], floats[size:]
        np.testing.assert_allclose(kernel, layer.kernel.ravel(), rtol=1e-6)
        np.testing.assert_array_equal(floats[: layer.bias.size], layer.bias)
        floats = floats[layer.bias.size :]
    assert (len(floats), len(integers)) == (0, 0)
