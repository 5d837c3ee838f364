"""Images that can be scored but were probably not meant."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from aezoo.scoring.validation import input_warnings

N = 1_000
NOISE = np.random.default_rng(0)


def found(images, digits):
    return input_warnings(np.asarray(images, np.float32), digits.reference.images, "mnist-5k")


UNLIKELY = {
    "inverted": (lambda x: 1 - x, "mean is 0.87 where mnist-5k has 0.13: white background"),
    "inverted and blurred": (lambda x: gaussian_filter(1 - x, (0, 2, 2)), "white background"),
    "divided twice": (lambda x: x / 255, "no pixel of the images is above 0.00392 where mnist-5k reaches 1"),
    "black": (lambda x: 0 * x, "no pixel of the images is above 0 "),
    "half as bright": (lambda x: 0.4 * x, "most images have no pixel above 0.4 where mnist-5k reaches 1"),
    "mapped twice": (lambda x: (x + 1) / 2, "most images have no pixel below 0.5 where mnist-5k goes down to 0"),
    "one image": (lambda x: np.repeat(x[:1], N, axis=0), "all 1,000 images are the same"),
    "ten images": (lambda x: np.resize(x[:10], x.shape), "only 10 of the 1,000 images differ"),
}


@pytest.mark.parametrize(("change", "message"), UNLIKELY.values(), ids=UNLIKELY)
def test_what_is_unlikely_is_said_in_one_line(digits, change, message):
    lines = found(change(digits.oracle.images / 255), digits)
    assert any(message in line for line in lines)
    assert not any("\n" in line for line in lines)
    told = 2 if message.startswith("no pixel of the images is above 0 ") else 1
    assert len(lines) == told


LIKELY = {
    "real": lambda x: x,
    "upside down": lambda x: x[:, ::-1],
    "blurred": lambda x: gaussian_filter(x, (0, 2, 2)),
    "noise": lambda x: NOISE.random(x.shape),
    "salted": lambda x: np.clip(x + 0.5 * NOISE.normal(size=x.shape), 0, 1),
    "one class": lambda x: np.concatenate([x[:600], x[:400]]),
    "a weak generator": lambda x: 0.5 * x + 0.5 * x.mean(axis=0),
}


@pytest.mark.parametrize("change", LIKELY.values(), ids=LIKELY)
def test_bad_images_are_not_unlikely_ones(digits, change):
    assert found(change(digits.oracle.images / 255), digits) == ()
