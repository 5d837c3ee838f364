"""Inputs of metrics: the named arrays that the evaluation supplies, each declared once.

A metric asks for inputs by name, with `needs`, and takes them as arguments. Everything that depends on the nature of
an input is computed from its declaration: the number of images behind a score, the sample that a standard error
belongs to, the feature spaces of a metric, and the work that metrics share. A new input is one declaration here, and
the array of this name where `aezoo.evaluation` makes the arrays of its question.

Names never change: they are parameters of other people's metrics, and stand in stored records.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from aezoo.errors import UnknownNameError

Question = Literal["reconstruction", "likelihood", "latent", "samples", "copying", "anomaly", "disentanglement"]
Rows = Literal["generated", "held-out", "training"]
Work = Literal["features", "search"]

QUESTIONS: tuple[Question, ...] = get_args(Question)

FEATURE_QUESTIONS: tuple[Question, ...] = ("samples", "copying")
"""The questions about generated images, which are compared in feature spaces."""


@dataclass(frozen=True)
class Absent:
    """An entry in place of an input that the scored thing cannot have, which makes its scores "n/a".

    Attributes:
        reason: stands in the record.
    """

    reason: str


@dataclass(frozen=True)
class Input:
    """A named array, or another value, that metrics of one question can ask for.

    Attributes:
        name: the parameter of the metric.
        text: the content, with dtype, range and shape.
        rows: the images that the rows stand for: "generated" by a trial, "held-out" and the same for all trials, or
            "training" images; None for what has no rows.
        counts: whether the length, of a mapping that of its values, is the number of images that are scored.
        per_space: whether there is one in each feature space.
        shares: the work behind it that is done once for each set of generated images and shared with other metrics:
            extracting "features", and the "search" for the nearest training images.
    """

    name: str
    text: str
    rows: Rows | None = None
    counts: bool = False
    per_space: bool = False
    shares: tuple[Work, ...] = ()


DECLARED: dict[Question, tuple[Input, ...]] = {
    "reconstruction": (
        Input("x", "original images, float64 in [0, 1], shape (n, 28, 28)", "held-out", counts=True),
        Input(
            "p", "their reconstructions: Bernoulli means, float64 in [0, 1], shape (n, 28, 28)", "held-out", counts=True
        ),
        Input("labels", "true labels of the originals, shape (n,)", "held-out", counts=True),
        Input("judged", "the judge's labels of the reconstructions, shape (n,)", "held-out"),
        Input(
            "x_binary",
            "the originals, binarised by `likelihood.frozen_binarisation`, uint8 of 0 and 1, shape (n, 28, 28)",
            "held-out",
            counts=True,
        ),
        Input("real", "features of the real reference images, float64, shape (n, d)", "held-out", per_space=True),
        Input(
            "reconstructed",
            "features of reconstructions of as many other held-out images, float64, shape (n, d)",
            "held-out",
            counts=True,
            per_space=True,
        ),
    ),
    "likelihood": (
        Input("density", "the model as a `likelihood.Density`"),
        Input("planar_density", "the same, where its code has at most two dimensions; none where it has no code"),
        Input(
            "annealable_density", "the same as a `likelihood.AnnealableDensity`, where chains can run from its prior"
        ),
        Input("noisy_density", "the decoder under Gaussian noise as a `likelihood.DecoderNoiseDensity`"),
        Input("x_few", "the first 100 of `x`, for what takes long", "held-out", counts=True),
        Input("x", "held-out images, flattened, float64 in [0, 1], shape (n, 784)", "held-out", counts=True),
        Input(
            "rates",
            "KL(q(z|x) || p(z)) of each image, in closed form or by draws, float64, shape (n,)",
            "held-out",
            counts=True,
        ),
        Input(
            "posterior_mean",
            "means of q(z|x), or codes where that is no Gaussian, float64, shape (n, d)",
            "held-out",
            counts=True,
        ),
        Input(
            "posterior_log_variance",
            "log-variances of q(z|x), where that is Gaussian and the prior N(0, I), float64, shape (n, d)",
            "held-out",
        ),
        Input(
            "x_binary", "the first 1,000 of `x`, binarised by `likelihood.frozen_binarisation`", "held-out", counts=True
        ),
        Input("x_binary_few", "the first 100 of `x_binary`, for what takes long", "held-out", counts=True),
    ),
    "latent": (
        Input("x", "held-out images, flattened, float64 in [0, 1], shape (n, 784)", "held-out", counts=True),
        Input("codes", "their codes, float64, shape (n, d)", "held-out", counts=True),
        Input("labels", "their labels, shape (n,)", "held-out", counts=True),
        Input(
            "clusters", "the groups that the model itself sorts them into, whole numbers from 0, shape (n,)", "held-out"
        ),
        Input("symbols", "their codes as symbols, whole numbers from 0, shape (n, s)", "held-out", counts=True),
        Input("vocabulary", "how many symbols there are at each place, shape (s,)"),
        Input("train_codes", "codes of training images, shape (m, d)", "training"),
        Input(
            "path_images",
            "decoded images along straight lines between codes of two images of different labels, ends included, "
            "float64 in [0, 1], shape (n, points, 784)",
            "held-out",
            counts=True,
        ),
        Input(
            "geodesic_images",
            "the same along the shortest paths found between these codes, shape (n, points, 784)",
            "held-out",
            counts=True,
        ),
        Input(
            "path_probabilities",
            "the judge's class probabilities at points of the lines, float64, shape (n, points, classes)",
            "held-out",
            counts=True,
        ),
        Input(
            "decoder_metrics",
            "J^T J of the decoder's Jacobian at codes of images, float64, shape (n, d, d)",
            "held-out",
            counts=True,
        ),
        Input("train_labels", "labels of these training images, shape (m,)", "training"),
    ),
    "samples": (
        Input(
            "real",
            "features of the real reference images, float64, shape (n, d); once per feature space",
            "held-out",
            per_space=True,
        ),
        Input(
            "fake",
            "features of as many generated images, float64, shape (n, d); once per feature space",
            "generated",
            counts=True,
            per_space=True,
            shares=("features",),
        ),
        Input(
            "features",
            "the same array as `fake`, for metrics that look at one side only",
            "generated",
            counts=True,
            per_space=True,
            shares=("features",),
        ),
        Input(
            "probabilities",
            "the judge's class probabilities of the generated images, shape (n, classes)",
            "generated",
            counts=True,
            shares=("features",),
        ),
        Input(
            "labels",
            "the judge's labels of the generated images, shape (n,)",
            "generated",
            counts=True,
            shares=("features",),
        ),
        Input("reference_labels", "the judge's labels of the reference images, shape (n,)", "held-out"),
        Input(
            "train", "features of the training images, shape (m, d); once per feature space", "training", per_space=True
        ),
        Input(
            "bins",
            "centres of 100 k-means cells of the training features, shape (100, d); once per feature space",
            per_space=True,
        ),
        Input(
            "real_spaces",
            "features of the real reference images in every feature space: by its name float64, shape (n, d)",
            "held-out",
        ),
        Input(
            "fake_spaces",
            "features of as many generated images in the same spaces: by its name float64, shape (n, d)",
            "generated",
            counts=True,
            shares=("features",),
        ),
        Input("real_images", "the real reference images, uint8, shape (n, 28, 28)", "held-out"),
        Input("fake_images", "the generated images, rounded to uint8, shape (n, 28, 28)", "generated", counts=True),
    ),
    "copying": (  # `copying.TrainingReference` computes them
        Input("train", "features of the training images, float64, shape (m, d)", "training", per_space=True),
        Input(
            "held_out",
            "features of real images that nothing was made from, float64, shape (h, d)",
            "held-out",
            per_space=True,
        ),
        Input(
            "fake",
            "features of generated images, float64, shape (n, d)",
            "generated",
            counts=True,
            per_space=True,
            shares=("features",),
        ),
        Input(
            "fake_distances",
            "distance from each generated image to the nearest training image, shape (n,)",
            "generated",
            per_space=True,
            shares=("features", "search"),
        ),
        Input(
            "neighbour_distances",
            "distance from that training image to the nearest other one, shape (n,)",
            "generated",
            per_space=True,
            shares=("features", "search"),
        ),
        Input(
            "held_out_distances",
            "distance from each held-out image to the nearest training image, shape (h,)",
            "held-out",
            per_space=True,
        ),
        Input("threshold", "the distance up to which two images are nearly the same", per_space=True),
        Input("cells", "centres of 10 k-means cells of the training features, shape (10, d)", per_space=True),
    ),
    "anomaly": (  # a column for each of `anomaly.OUTLIERS`; the higher, the more anomalous
        Input("inlier_errors", "squared error of each held-out image, float64, shape (n,)", "held-out", counts=True),
        Input("outlier_errors", "the same of as many outliers of each kind, shape (n, kinds)", "held-out"),
        Input("inlier_bounds", "minus a bound on ln p(x) of each held-out image, shape (n,)", "held-out", counts=True),
        Input("outlier_bounds", "the same of as many outliers of each kind, shape (n, kinds)", "held-out"),
        Input(
            "inlier_distances",
            "distance from the code of each held-out image to its fifth nearest training code, shape (n,)",
            "held-out",
            counts=True,
        ),
        Input("outlier_distances", "the same of as many outliers of each kind, shape (n, kinds)", "held-out"),
    ),
    "disentanglement": (
        Input("codes", "codes of held-out images, float64, shape (n, d)", "held-out", counts=True),
        Input("factors", "the value of each factor of variation, whole numbers from 0, shape (n, k)", "held-out"),
        Input("categorical", "which factors have values without an order, bool, shape (k,)"),
        Input(
            "codes_by_seed",
            "codes of the same held-out images by several seeds of a model: by seed float64, shape (n, d); in tables, "
            "not in a trial, which has one seed",
            "held-out",
            counts=True,
        ),
    ),
}
"""The inputs of each question, without the seed, which all have."""

SEED = Input("seed", "an integer for whatever the metric draws")

INPUTS: dict[Question, dict[str, Input]] = {
    question: {declared.name: declared for declared in (*DECLARED[question], SEED)} for question in QUESTIONS
}
"""Every input by question and name."""

NEEDS: dict[Question, dict[str, str]] = {
    question: {name: declared.text for name, declared in inputs.items()} for question, inputs in INPUTS.items()
}
"""The text of every input by question and name."""


def find_inputs(metric: str, question: Question, names: Iterable[str]) -> tuple[Input, ...]:
    """Return the inputs that `metric` asks for by `names`; raise `UnknownNameError` where there is none of a name."""
    if question not in INPUTS:
        raise UnknownNameError(f"question of metric {metric!r},", question, INPUTS)
    known = INPUTS[question]
    for name in names:
        if name not in known:
            raise UnknownNameError(f"need of metric {metric!r}, which answers the question {question!r},", name, known)
    return tuple(known[name] for name in names)
