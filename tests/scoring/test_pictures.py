"""Folders of pictures: what is counted, what is refused, and how a picture of another mode is mended."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image

from aezoo.errors import SamplesError
from aezoo.scoring.pictures import OWN_RULES, read_pictures

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)
"""A picture of every grey there is."""


def in_classes(folder, classes=3, each=2):
    """A folder with so many subfolders, and so many pictures in each."""
    for number in range(classes * each):
        path = folder / f"class-{number % classes}" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(RAMP + np.uint8(number)).save(path)
    return folder


def test_what_is_left_out_of_subfolders_is_counted(tmp_path):
    folder = in_classes(tmp_path / "real")
    assert read_pictures(folder, OWN_RULES).notes == ()
    Image.fromarray(RAMP).save(folder / "class-0" / "other.bmp")
    assert read_pictures(folder, OWN_RULES).notes == (
        f"1 other entry of {folder} is no PNG or JPEG file and was left out",
    )
    (folder / "labels.txt").write_text("7")
    (folder / "class-1" / "further").mkdir()
    (folder / "class-2" / ".hidden").write_text("")
    found = read_pictures(folder, OWN_RULES)
    assert found.notes == (f"3 other entries of {folder} are no PNG or JPEG files and were left out",)
    assert found.labels.tolist() == [0, 0, 1, 1, 2, 2]


def test_pictures_beside_subfolders_with_pictures_are_refused(tmp_path):
    folder = in_classes(tmp_path / "real")
    Image.fromarray(RAMP).save(folder / "preview.png")
    said = r"real holds preview\.png beside subfolders with pictures, such as class-0; move the pictures of no class"
    with pytest.raises(SamplesError, match=said) as caught:
        read_pictures(folder, OWN_RULES)
    assert "\n" not in str(caught.value)


def test_pictures_beside_a_subfolder_without_any_are_read(tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("7")
    Image.fromarray(RAMP).save(tmp_path / "a.png")
    found = read_pictures(tmp_path, OWN_RULES)
    assert (len(found.images), found.labels) == (1, None)
    assert found.notes == (f"1 other entry of {tmp_path} is no PNG or JPEG file and was left out",)


@pytest.mark.parametrize(
    ("name", "picture", "expected"),
    [
        ("a.png", Image.fromarray(RAMP.astype(np.uint16) * 257), RAMP),
        ("a.jpg", Image.new("CMYK", (16, 16), (0, 255, 255, 0)), np.full((16, 16, 3), (255, 0, 0), np.uint8)),
    ],
)
def test_the_code_in_a_message_keeps_what_a_picture_shows(tmp_path, name, picture, expected):
    picture.save(tmp_path / name)
    with pytest.raises(SamplesError, match="has mode .*; save it with 8 bits of") as caught:
        read_pictures(tmp_path, OWN_RULES)
    code = re.search(r"(Image\.fromarray|image\.convert).*$", str(caught.value))[0]
    with Image.open(tmp_path / name) as image:
        mended = eval(code, {"np": np, "Image": Image, "image": image})  # noqa: S307 - our own message
    np.testing.assert_allclose(np.asarray(mended).astype(int), expected, atol=2)
