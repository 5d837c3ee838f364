import io
import subprocess
import sys
import warnings

import numpy as np
import pytest
from matplotlib import image
from support.factories import curves, gallery, record, score

from aezoo.reporting.figures import unique_stems, write_figures
from aezoo.reporting.figures.canvas import add_image, drawable_text, new_figure, tile, to_png
from aezoo.reporting.figures.curves import curves_figure
from aezoo.reporting.figures.latent import project
from aezoo.reporting.figures.rate_distortion import rate_distortion_figure
from aezoo.reporting.figures.selection import MAX_SUBJECTS, figure_data


def galleries(record):
    if record["role"] == "oracle":
        return {"samples/oracle": gallery(9)["samples/prior"]}
    return gallery(record["spec"]["seed"], ("gaussian-mixture", "prior"))


def example():
    models = [record(label, seed, curves=curves()) for label in ("ae", "vae") for seed in (1, 0)]
    return [*models, record("oracle", role="oracle")]


def test_every_figure_is_written(tmp_path):
    paths = write_figures(example(), galleries, tmp_path)
    names = ["reconstructions", "samples", "latent", "curves", "manifold-ae", "manifold-vae"]
    assert [path.name for path in paths] == [f"{name}.png" for name in names]
    for path in paths:
        assert image.imread(path).std() > 0.01
        assert path.stat().st_size < 500_000


def test_floors_stretch_no_curve(tmp_path):
    """One inside the models' range is a level line, one outside is left out."""

    def floor(label, value):
        return record(label, curves={part: {"loss": [value]} for part in ("train", "held_out")}, role="floor")

    models = [record("vae", curves=curves())]
    (scene,) = figure_data([*models, floor("inside", 250.0), floor("outside", 45.0)], lambda _: {})
    figure = curves_figure(scene)
    panel = figure.axes[0]
    assert panel.get_title() == "loss"
    assert panel.get_ylim()[0] > 200
    assert sum(list(line.get_ydata()) == [250.0, 250.0] for line in panel.lines) == 2
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["vae (seed 0)", "inside (seed 0)", "training", "held out"]
    (scene,) = figure_data([floor("alone", 45.0)], lambda _: {})
    assert [line.get_ydata()[0] for line in curves_figure(scene).axes[0].lines] == [45.0, 45.0]


def test_terms_of_an_adversary_have_axes_of_their_own():
    """And floors are level lines among losses in nats per image only."""

    def training(*terms):
        return {part: {term: [3.0, 2.0] for term in terms} for part in ("train", "held_out")}

    floor = record("mean-image", curves={"train": {"loss": [2.5]}, "held_out": {"loss": [2.5]}}, role="floor")
    models = [
        record("gan", curves=training("loss", "discriminator")),
        record("vae", curves=training("loss", "nll", "kl")),
        record("wgan", curves=training("loss", "critic")),
        record("aae", curves=training("loss", "nll", "discriminator")),
    ]
    (scene,) = figure_data([*models, floor], lambda _: {})
    panels = {panel.get_title(): panel for panel in curves_figure(scene).axes}
    assert {title: panel.get_ylabel() for title, panel in panels.items()} == {
        "loss": "nats per image",
        "nll": "nats per image",
        "kl": "nats per image",
        "discriminator of aae, gan": "nats per decision",
        "loss of gan": "nats per decision",
        "loss of wgan": "units of the critic",
        "critic of wgan": "units of the critic",
    }
    assert [len(panels[title].lines) for title in ("loss", "loss of gan")] == [2 * 3, 2]


def test_rate_distortion_curves_of_all_models_stand_in_one_panel():
    def scores(*points):
        parts = ("rate", "distortion")
        named = [(f"rd_{part}_{t}", value) for t, *point in points for part, value in zip(parts, point, strict=True)]
        return [score(name, value, "likelihood", "neither") for name, value in named]

    records = [
        record("vae", scores=scores(("1", 12.0, 20.0), ("0.1", 3.0, 35.0))),
        record("gan", scores=scores(("1", 15.0, 30.0), ("0.1", 4.0, 44.0))),
        record("ae", scores=[score("rd_rate_1", None, "likelihood", "neither")]),
    ]
    (scene,) = figure_data(records, lambda _: {})
    (panel,) = rate_distortion_figure(scene).axes
    drawn = {line.get_label().strip(): list(map(tuple, line.get_xydata())) for line in panel.lines}
    assert drawn == {
        "gan (seed 0)": [(30.0, 15.0), (44.0, 4.0)],
        "vae (seed 0)": [(20.0, 12.0), (35.0, 3.0)],
    }
    (scene,) = figure_data([record("vae")], lambda _: {})
    assert rate_distortion_figure(scene) is None


def test_equal_input_gives_equal_bytes(tmp_path):
    first = write_figures(example(), galleries, tmp_path / "a")
    second = write_figures(reversed(example()), galleries, tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert not any(b"Software" in path.read_bytes() for path in first)


def test_nothing_to_show_writes_nothing(tmp_path):
    assert write_figures([], galleries, tmp_path) == []
    assert write_figures([record(status="diverged", curves=curves())], galleries, tmp_path) == []
    assert write_figures([record()], lambda _: {}, tmp_path) == []


def test_the_first_finished_seed_stands_for_its_model():
    records = [record("vae", 0, status="error"), record("vae", 2), record("vae", 1)]
    (scene,) = figure_data(records, lambda _: {})
    assert [subject.title for subject in scene.subjects] == ["vae (seed 1)"]


def test_protocols_get_a_folder_each(tmp_path):
    records = [record("vae", curves=curves()), record("vae", curves=curves(), protocol={"epochs": 2})]
    paths = write_figures(records, lambda _: {}, tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "mnist-5k-chapter-latent2-epochs2-012345/curves.png",
        "mnist-5k-chapter-latent2-epochs50-012345/curves.png",
    ]


def test_titles_tell_protocols_of_one_name_apart():
    records = [record("vae", protocol={"latent_dim": size}) for size in (2, 16)]
    titles = [scene.title("Samples") for scene in figure_data(records, lambda _: {})]
    assert sorted(titles) == [f"Samples: mnist-5k, protocol chapter, latent dim {size}" for size in (16, 2)]
    (scene,) = figure_data(records[:1], lambda _: {})
    assert scene.title("Samples") == "Samples: mnist-5k, protocol chapter"


def test_figures_of_an_earlier_run_are_removed_and_nothing_else(tmp_path):
    """Of two protocols one remains, and of two models: the folders and figures of the others go."""
    other = record("ae", curves=curves(), protocol={"epochs": 2})
    write_figures([*example(), other], galleries, tmp_path)
    before = set(tmp_path.rglob("*.png"))
    assert len({path.parent for path in before}) == 2
    notes = ["notes.txt", "mine.png", "latent-map.png", "folder/samples.png", "mine-latent2/samples.png"]
    mine = [tmp_path / name for name in notes]
    mine.append(next(iter(before)).parent / "kept.txt")
    for path in mine:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
    drawn = write_figures([each for each in example() if each["label"] != "vae"], galleries, tmp_path)
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {*drawn, *mine}
    assert not (tmp_path / "manifold-vae.png").exists()
    assert len([path for path in tmp_path.iterdir() if "epochs" in path.name]) == 1
    assert write_figures([record(status="error")], galleries, tmp_path) == []
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == set(mine)


def test_a_linked_folder_of_figures_is_left_alone(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "samples.png").write_text("mine")
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "mnist-chapter-latent2-epochs2-012345").symlink_to(elsewhere)
    write_figures(example(), galleries, tmp_path / "figures")
    assert (elsewhere / "samples.png").exists()


def test_too_many_models_are_left_out_and_counted():
    records = [record(f"m{i}") for i in range(MAX_SUBJECTS + 5)] + [record("oracle", role="oracle")]
    (scene,) = figure_data(records, lambda _: {})
    assert len(scene.subjects) == MAX_SUBJECTS
    assert scene.subjects[-1].role == "oracle"
    assert "6 more models not shown" in scene.title("Samples")


@pytest.mark.parametrize("label", ["../../x", r"\input{x}", "$\\frac{$", "_hidden", "数字", "a\nb", "<script>"])
def test_hostile_labels_stay_inside_the_folder(tmp_path, label):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        paths = write_figures([record(label, curves=curves())], galleries, tmp_path / "figures")
    assert len(paths) == 5
    assert {path.parent for path in paths} == {tmp_path / "figures"}


def test_tables_and_figures_import_no_tensorflow():
    """Nor pyplot, whose figures are global state."""
    forbidden = "tensorflow keras matplotlib.pyplot aezoo.metrics aezoo.models aezoo.datasets"
    code = f"import sys, aezoo.reporting.figures; print(*set({forbidden!r}.split()) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_file_names_are_safe_and_unique():
    assert unique_stems(["a:b=1", "a/b=1", "..", "x" * 200]) == ["a-b-1", "a-b-1-2", "unnamed", "x" * 80]


def test_tiles_keep_every_pixel():
    images = np.random.default_rng(0).integers(0, 255, (5, 28, 28), dtype=np.uint8)
    sheet = tile(images, 3)
    assert sheet.shape == (57, 86)
    np.testing.assert_array_equal(sheet[29:57, 29:57], images[4])
    assert (sheet[:, 28] == 255).all()
    assert (sheet[29:, 58:] == 255).all()


def test_a_pixel_of_a_digit_is_two_by_two_pixels_of_the_figure():
    digit = np.random.default_rng(1).integers(0, 256, (28, 28), dtype=np.uint8)
    figure = new_figure(100, 80)
    add_image(figure, 20, 10, digit)
    drawn = image.imread(io.BytesIO(to_png(figure)))
    assert drawn.shape[:2] == (80, 100)
    expected = np.kron(digit, np.ones((2, 2)))
    np.testing.assert_allclose(drawn[10:66, 20:76, 0] * 255, expected, atol=1.01)


def test_text_that_the_font_lacks_is_marked():
    assert drawable_text("β-数\n" + "x" * 100) == "β-? " + "x" * 35 + "…"


def test_codes_of_two_dimensions_are_shown_as_they_are():
    codes = np.random.default_rng(2).normal(size=(7, 2))
    across, up, names = project(codes, np.arange(7))
    np.testing.assert_array_equal(np.stack([across, up], axis=1), codes)
    assert names == ("code 1", "code 2")


def test_codes_of_more_dimensions_are_shown_by_principal_components():
    random = np.random.default_rng(3)
    rotation = np.linalg.qr(random.normal(size=(5, 5)))[0]
    codes = (random.normal(size=(4000, 5)) * [9, 4, 1, 0.1, 0.1]) @ rotation
    across, up, _ = project(codes, np.zeros(4000))
    eigenvalues = np.sort(np.linalg.eigvalsh(np.cov(codes.T)))[::-1]
    assert (across.var(ddof=1), up.var(ddof=1)) == pytest.approx(tuple(eigenvalues[:2]))
    assert np.corrcoef(across, up)[0, 1] == pytest.approx(0, abs=1e-9)
