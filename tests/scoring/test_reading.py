"""Samples from files that anybody may have written: what is read, and what is refused and how."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aezoo.errors import AezooError, SamplesError, UnknownNameError
from aezoo.scoring.own_features import read_features
from aezoo.scoring.own_images import read_own
from aezoo.scoring.reading import MAX_ARRAY_BYTES, to_samples

N = 1_000


@pytest.fixture(scope="module")
def pixels(digits) -> np.ndarray:
    return digits.oracle.images[:N]


def pictures(folder: Path, images, mode: str = "L") -> Path:
    folder.mkdir()
    for i, image in enumerate(images):
        Image.fromarray(image).convert(mode).save(folder / f"{i:05d}.png")
    return folder


def npy(path: Path, array, **options) -> Path:
    np.save(path, array, **options)
    return path


def npz(path: Path, **arrays) -> Path:
    np.savez_compressed(path, **arrays)
    return path


FORMATS = {
    "npy": lambda folder, x: npy(folder / "a.npy", x),
    "npy, columns first": lambda folder, x: npy(folder / "a.npy", np.asfortranarray(x)),
    "npy float64": lambda folder, x: npy(folder / "a.npy", x / 255),
    "npy with another suffix": lambda folder, x: npy(folder / "a.npy", x).rename(folder / "a.dat"),
    "npz float32": lambda folder, x: npz(folder / "a.npz", anything=(x / 255).astype(np.float32)),
    "npz with labels": lambda folder, x: npz(folder / "a.npz", samples=x, labels=np.zeros(len(x))),
    "npz flat": lambda folder, x: npz(folder / "a.npz", arr_0=x.reshape(-1, 784)),
    "npz channels last": lambda folder, x: npz(folder / "a.npz", x=x[..., None]),
    "npz channels first": lambda folder, x: npz(folder / "a.npz", images=x[:, None]),
    "grey PNG": lambda folder, x: pictures(folder / "png", x),
    "grey PNG saved as colour": lambda folder, x: pictures(folder / "png", x, "RGB"),
    "grey PNG saved with opacity": lambda folder, x: pictures(folder / "png", x, "RGBA"),
    "array": lambda folder, x: x,
    "array of floats": lambda folder, x: (x / 255).astype(np.float32)[..., None],
}


@pytest.mark.parametrize("write", FORMATS.values(), ids=FORMATS)
def test_every_format_gives_the_same_images(tmp_path, pixels, write):
    samples = to_samples(write(tmp_path, pixels))
    expected = to_samples(pixels)
    assert samples.images.dtype == np.float32
    np.testing.assert_array_equal(samples.images, pixels / np.float32(255))
    assert samples.sha256 == expected.sha256


def test_half_precision_is_read_as_it_is(pixels):
    halves = (pixels / 255).astype(np.float16)
    np.testing.assert_array_equal(to_samples(halves).images, halves.astype(np.float32))


def test_they_are_called_after_their_file_or_as_asked(tmp_path, pixels):
    assert to_samples(pixels).name == "samples"
    assert to_samples(npy(tmp_path / "my-gan.npy", pixels)).name == "my-gan"
    assert to_samples(pictures(tmp_path / "my.gan", pixels)).name == "my.gan"
    assert to_samples(npy(tmp_path / "a.npy", pixels), name="other").name == "other"


def test_one_of_several_arrays_is_named(tmp_path, pixels):
    path = npz(tmp_path / "a.npz", images=pixels, x=pixels[::-1])
    with pytest.raises(SamplesError, match=r"2 arrays \(images, x\).*--array"):
        to_samples(path)
    np.testing.assert_array_equal(to_samples(path, array="x").images, to_samples(pixels[::-1]).images)
    with pytest.raises(UnknownNameError, match="'image'; did you mean images"):
        to_samples(path, array="image")


def test_an_array_of_a_file_without_names_is_refused(tmp_path, pixels):
    for source in (npy(tmp_path / "a.npy", pixels), pictures(tmp_path / "png", pixels), pixels):
        with pytest.raises(AezooError, match=r"array 'x' .* npz") as caught:
            to_samples(source, array="x")
        assert caught.value.exit_code == 2


def test_other_files_of_a_folder_are_left_out_and_counted(tmp_path, pixels):
    folder = pictures(tmp_path / "png", pixels)
    (folder / "labels.txt").write_text("7")
    (folder / ".hidden").write_text("")
    samples = to_samples(folder)
    assert len(samples.images) == N
    assert samples.notes == (f"1 other entry of {folder} is no PNG file and was left out",)


WRONG_ARRAYS = {
    "too few": (lambda x: x[:999], "999 images; give at least 1,000"),
    "none": (lambda x: x[:0], "0 images"),
    "one image": (lambda x: x[0], r"shape \(28, 28\).*images\[None\]"),
    "padded": (lambda x: np.pad(x, ((0, 0), (2, 2), (2, 2))), r"32, 32.*images\[:, 2:30, 2:30\]"),
    "padded channels first": (lambda x: np.pad(x, ((0, 0), (2, 2), (2, 2)))[:, None], r"images\[:, :, 2:30, 2:30\]"),
    "another size": (
        lambda x: x[:, :14, :14],
        r"\(1000, 14, 14\); give \(n, 28, 28\).*, or --real .* of this size$",
    ),
    "colour": (lambda x: np.stack([x] * 3, -1), r"colour; give --real .*images\.mean\(axis=-1\) / 255$"),
    "colour, channels first": (lambda x: np.stack([x] * 3, 1), r"colour; .*images\.mean\(axis=1\) / 255$"),
    "colour in floats": (lambda x: np.stack([x / 255] * 3, -1), r"images\.mean\(axis=-1\)$"),
    "colour and opacity": (lambda x: np.stack([x] * 4, -1), r"images\[\.\.\., :3\]\.mean\(axis=-1\) / 255$"),
    "colour and opacity first": (lambda x: np.stack([x] * 4, 1), r"images\[:, :3\]\.mean\(axis=1\) / 255$"),
    "padded colour": (
        lambda x: np.stack([np.pad(x, ((0, 0), (2, 2), (2, 2)))] * 3, -1),
        r"images\.mean\(axis=-1\)\[:, 2:30, 2:30\] / 255$",
    ),
    "images last": (lambda x: np.moveaxis(x, 0, -1), r"\(28, 28, 1000\).*np\.moveaxis\(images, -1, 0\)"),
    "columns": (lambda x: x.reshape(N, -1).T, r"\(784, 1000\).*images\.T"),
    "no dimension": (lambda x: np.array(5), r"shape \(\)"),
    "bytes as floats": (lambda x: x.astype(np.float32), r"from 0 to 255; give \[0, 1\].*images / 255"),
    "minus one to one": (lambda x: x / 127.5 - 1, r"from -1 to 1.*\(images \+ 1\) / 2"),
    "standardised": (lambda x: (x / 255 - 0.1307) / 0.3081, "undo the generator's scaling"),
    "NaN": (lambda x: np.where(np.arange(len(x))[:, None, None] == 3, np.nan, x / 255), "infinity in 1 of 1,000"),
    "infinity": (lambda x: np.where(x > 250, np.inf, x / 255), "infinity"),
    "integers": (lambda x: x.astype(np.int64), r"int64 from 0 to 255; .*: images\.astype\('uint8'\)$"),
    "integers of 0 and 1": (
        lambda x: (x > 127).astype(np.int32),
        r"int32 from 0 to 1; .*: images\.astype\('float32'\)$",
    ),
    "large integers": (lambda x: x.astype(np.uint16) * 257, r"uint16 from 0 to 65535; give .* floats in \[0, 1\]$"),
    "truth values": (lambda x: x > 127, r"bool from 0 to 1; .*: images\.astype\('float32'\)$"),
    "bytes of 0 and 1": (lambda x: (x > 127).astype(np.uint8), r"without any value above 1.*images \* 255"),
    "complex": (lambda x: x.astype(complex), "complex128, not numbers"),
    "text": (lambda x: x[:, 0, 0].astype(str), "not numbers"),
}


@pytest.mark.parametrize(("change", "message"), WRONG_ARRAYS.values(), ids=WRONG_ARRAYS)
@pytest.mark.parametrize("stored", [False, True])
def test_a_wrong_array_is_refused_in_one_line_that_mends_it(tmp_path, pixels, change, message, stored):
    source = npy(tmp_path / "a.npy", change(pixels)) if stored else change(pixels)
    with pytest.raises(SamplesError, match=message) as caught:
        to_samples(source)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 5
    assert ("a.npy" in str(caught.value)) == stored


def truncated(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def header(shape: str, dtype: str = "<f8") -> bytes:
    """An npy file that claims a shape and holds nothing."""
    text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def archive(path: Path, name: str, content: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, content)
    return path


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def with_picture(path: Path, content: bytes) -> Path:
    written(folder(path) / "7.png", content)
    return path


def encoded(image: Image.Image, format: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


GREY = Image.fromarray(np.arange(784, dtype=np.uint8).reshape(28, 28))
HUGE = MAX_ARRAY_BYTES // 784 // 8 + 1
JPEG_ALONE = r"holds no PNG file, only others \(7\.jpg\); .* as PNG, not as JPEG, which changes pixels$"
WRONG_FILES = {
    "missing": (lambda at, x: at / "a.npz", "does not exist"),
    "empty": (lambda at, x: written(at / "a.npz", b""), "is empty"),
    "a web page": (lambda at, x: written(at / "a.npz", b"<html>"), "neither npz nor npy"),
    "a pipe": (lambda at, x: pipe(at / "a.npy"), "not a regular file"),
    "a single picture": (lambda at, x: written(at / "a.png", encoded(GREY)), "single picture; give .* folder"),
    "cut npy": (lambda at, x: truncated(npy(at / "a.npy", x)), "cut short"),
    "longer npy": (lambda at, x: written(at / "a.npy", npy(at / "b.npy", x).read_bytes() + b"0"), "its size denies"),
    "cut npz": (lambda at, x: truncated(npz(at / "a.npz", images=x)), "cannot be read"),
    "npy header alone": (lambda at, x: written(at / "a.npy", b"\x93NUMPY"), "cannot be read"),
    "npy of the future": (lambda at, x: written(at / "a.npy", b"\x93NUMPY\x09\x00" + bytes(99)), "format"),
    "huge npy": (lambda at, x: written(at / "a.npy", header(f"({HUGE}, 28, 28)")), "MB; give at most 1,024 MB"),
    "huge npz": (lambda at, x: archive(at / "a.npz", "x.npy", header(f"({HUGE}, 28, 28)")), "give at most"),
    "npz bomb": (lambda at, x: archive(at / "a.npz", "x.npy", header("(9, 28, 28)") + bytes(2**24)), "its size denies"),
    "negative shape": (lambda at, x: written(at / "a.npy", header("(-1, 28, 28)")), "its size denies|cannot be read"),
    "objects in npy": (lambda at, x: npy(at / "a.npy", np.array([{}, None]), allow_pickle=True), "not unpickled"),
    "objects in npz": (lambda at, x: npz(at / "a.npz", x=np.array([{}, None])), "not unpickled"),
    "fields": (lambda at, x: npy(at / "a.npy", np.zeros(9, [("a", "f4")])), "not numbers"),
    "npz without arrays": (lambda at, x: archive(at / "a.npz", "readme.txt", b"7"), r"0 arrays \(none\)"),
    "npz of a data set": (lambda at, x: npz(at / "a.npz", x_train=x, y_train=x), r"2 arrays \(x_train, y_train\)"),
    "empty folder": (lambda at, x: folder(at / "png"), "png is empty; put"),
    "folder of folders": (lambda at, x: folder(folder(at / "p") / "7").parent, r"only subfolders \(7\), which are not"),
    "folder of JPEG": (
        lambda at, x: written(folder(at / "p") / "7.jpg", encoded(GREY, "JPEG")).parent,
        r"no PNG file, only others \(7\.jpg\).* as PNG, not as JPEG, which changes pixels$",
    ),
    "too few PNG": (lambda at, x: with_picture(at / "p", encoded(GREY)), "holds 1 images"),
    "coloured PNG": (
        lambda at, x: with_picture(at / "p", encoded(Image.new("RGB", (28, 28), (9, 0, 0)))),
        r"7.png is coloured.*convert\('L'\)",
    ),
    "coloured palette": (
        lambda at, x: with_picture(at / "p", encoded(Image.new("RGB", (28, 28), (9, 0, 0)).convert("P"))),
        "7.png is coloured",
    ),
    "transparent PNG": (lambda at, x: with_picture(at / "p", encoded(Image.new("LA", (28, 28)))), "is transparent"),
    "deep PNG": (
        lambda at, x: with_picture(at / "p", encoded(Image.fromarray(np.zeros((28, 28), np.uint16)))),
        r"mode I.*8 bits of grey, Image\.fromarray",
    ),
    "large PNG": (lambda at, x: with_picture(at / "p", encoded(Image.new("L", (32, 30)))), "32 x 30 pixels; .*28 x 28"),
    "cut PNG": (lambda at, x: with_picture(at / "p", encoded(GREY)[: len(encoded(GREY)) // 2]), "no whole PNG file"),
    "JPEG called PNG": (lambda at, x: with_picture(at / "p", encoded(GREY, "JPEG")), "no whole PNG file"),
    "folder called PNG": (lambda at, x: folder(folder(at / "p") / "a.png").parent, "is no file"),
    "pipe called PNG": (lambda at, x: pipe(folder(at / "p") / "a.png").parent, "is no file"),
}


@pytest.mark.parametrize(("write", "message"), WRONG_FILES.values(), ids=WRONG_FILES)
def test_a_wrong_file_is_refused_in_one_line_that_names_it(tmp_path, pixels, write, message):
    path = write(tmp_path, pixels)
    with pytest.raises(SamplesError, match=message) as caught:
        to_samples(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400 + len(str(path))


def test_nothing_is_allocated_for_a_size_that_only_a_header_claims(tmp_path, monkeypatch):
    monkeypatch.setattr(np.lib.format, "read_array", lambda *given, **options: pytest.fail("read"))
    for path in (
        written(tmp_path / "a.npy", header(f"({HUGE}, 28, 28)")),
        archive(tmp_path / "a.npz", "x.npy", header(f"({HUGE}, 28, 28)")),
    ):
        with pytest.raises(SamplesError):
            to_samples(path)


@pytest.mark.parametrize("name", ["integers", "integers of 0 and 1", "truth values"])
def test_the_conversion_in_a_message_is_of_images_that_are_read(pixels, name):
    images = WRONG_ARRAYS[name][0](pixels)
    with pytest.raises(SamplesError) as caught:
        to_samples(images)
    mended = eval(str(caught.value).rpartition(": ")[2], {"images": images})  # noqa: S307 - our own message
    assert to_samples(mended).images.max() == 1


class Tensor:
    """Stands for one of torch that gives no array as it is."""

    def __init__(self, error):
        self.error = error

    def __array__(self, dtype=None, copy=None):
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("Can't call numpy() on Tensor that requires grad.\nUse tensor.detach().numpy() instead."),
        TypeError("Got unsupported ScalarType BFloat16"),
    ],
)
def test_a_tensor_that_gives_no_array_is_told_how_to_become_one(error):
    code = r"\(.*(requires grad|BFloat16).*\); give one, of a tensor tensor\.detach\(\)\.cpu\(\)\.float\(\)\.numpy\(\)$"
    for read in (to_samples, lambda tensor: read_own(tensor, "images")):
        with pytest.raises(SamplesError, match="images are no NumPy array " + code) as caught:
            read(Tensor(error))
        assert "\n" not in str(caught.value)
    with pytest.raises(SamplesError, match="features 'fake' are no NumPy array " + code):
        read_features({"real": np.ones((9, 2)), "fake": Tensor(error)})


COLOURED = {name: of for name, of in WRONG_ARRAYS.items() if "colour" in name or name in ("images last", "columns")}


@pytest.mark.parametrize(("change", "message"), COLOURED.values(), ids=COLOURED)
def test_the_code_in_a_message_makes_the_images_readable(pixels, change, message):
    images = change(pixels)
    with pytest.raises(SamplesError) as caught:
        to_samples(images)
    code = re.search(r"(images\.T|np\.moveaxis\(images, -1, 0\)|images[.\[].*)( puts|$)", str(caught.value))[1]
    mended = eval(code, {"np": np, "images": images})  # noqa: S307 - our own message
    np.testing.assert_allclose(to_samples(mended).images, pixels / np.float32(255), atol=1e-6)


def test_a_link_to_a_file_is_followed(tmp_path, pixels):
    link = tmp_path / "link.npy"
    link.symlink_to(npy(tmp_path / "a.npy", pixels))
    assert len(to_samples(link).images) == N


@pytest.mark.slow
@pytest.mark.parametrize("way", ["aezoo.score(np.zeros((9, 28, 28)))", "run_app(['score', 'nothing.npz'])"])
def test_what_is_wrong_is_said_before_tensorflow_is_imported(way):
    code = f"""
import sys
import numpy as np
import aezoo
from aezoo.bench.app import run_app
try:
    code = {way}
except aezoo.AezooError as error:
    code = error.exit_code
assert "tensorflow" not in sys.modules, "imported"
sys.exit(code)
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 5, result.stderr
