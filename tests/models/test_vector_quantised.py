"""Codebooks against k-means and brute force; groups and stages against the single codebook that they are made of."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from scipy.cluster.vq import kmeans2, vq
from support.trained_weights import trained_weights

from aezoo.errors import UsageError
from aezoo.metrics.copying import unique_ratio
from aezoo.models import MODELS
from aezoo.models.codebook import Codebook, rotated, straight_through
from aezoo.spec import Protocol

WIDE = Protocol(name="wide", latent_dim=6, hidden_units=32)
VQ = ("vq-vae", "vq-vae-gradient", "vq-vae-rotation", "simvq-vae")


def make(name: str, protocol: Protocol = WIDE, **parameters):
    return MODELS.get(name).create(protocol, 0, parameters)


@pytest.fixture(scope="module", params=VQ)
def single(request, digits) -> tuple[dict[str, object], list[np.ndarray]]:
    """A way in which a single codebook is learnt, as parameters, and the weights that it leads to."""
    options = {"codes": 16, "restart": 0.5, **MODELS.get(request.param).parameters}
    return options, trained_weights(WIDE, "vq-vae", digits.train.images, **options)


def filled_codebook(parts: np.ndarray, size: int) -> Codebook:
    """A codebook whose vectors are the first parts."""
    codebook = Codebook(parts.shape[1], size, parts.shape[2])
    codebook.table.assign(parts[:size].swapaxes(0, 1))
    codebook.sums.assign(codebook.table)
    return codebook


@pytest.mark.exact("vq-vae", "vq-vae-gradient")
@pytest.mark.parametrize("name", VQ)
def test_the_symbol_is_that_of_the_nearest_vector_for_every_image(images, name):
    model = make(name, codes=20)
    z = np.asarray(model.encoder(images))
    table = np.asarray(model.codebook.vectors())[0]
    expected, _ = vq(z.astype(np.float64), table.astype(np.float64))
    symbols = np.asarray(model.symbols(model.encode(images)))
    np.testing.assert_array_equal(symbols[:, 0], expected)
    np.testing.assert_array_equal(model.encode(images), table[expected])


@pytest.mark.slow
@pytest.mark.exact("pq-vae", "rq-vae")
@pytest.mark.parametrize(("name", "one"), [("pq-vae", {"group_size": 6}), ("rq-vae", {"depth": 1})])
def test_one_group_or_one_stage_is_the_single_codebook_to_the_bit(digits, single, name, one):
    options, expected_weights = single
    other = trained_weights(WIDE, name, digits.train.images, **options, **one)
    for expected, weight in zip(expected_weights, other, strict=True):
        np.testing.assert_array_equal(weight, expected)


def test_averages_without_memory_are_a_step_of_k_means():
    parts = np.random.default_rng(0).standard_normal((200, 1, 3)).astype(np.float32)
    codebook = filled_codebook(parts, 8)
    start = np.asarray(codebook.table)[0]
    codebook.follow(tf.constant(parts), codebook.nearest(parts), 0.0)
    means, _ = kmeans2(parts[:, 0].astype(np.float64), start.astype(np.float64), iter=1, minit="matrix")
    np.testing.assert_allclose(np.asarray(codebook.table)[0], means, atol=1e-6)


def test_averages_follow_their_recursion_and_a_vector_that_nothing_is_rounded_to_stays():
    random = np.random.default_rng(1)
    start = np.stack([np.full((2, 3), 100.0 * i) for i in range(4)]).astype(np.float32)
    codebook = filled_codebook(start, 4)
    counts, sums = np.ones((2, 4)), start.swapaxes(0, 1).astype(np.float64)
    for _ in range(30):
        parts = random.normal(0, 40, (50, 2, 3)).astype(np.float32)
        symbols = np.asarray(codebook.nearest(parts))
        codebook.follow(tf.constant(parts), symbols, 0.9)
        for place, k in np.ndindex(2, 4):
            chosen = parts[symbols[:, place] == k, place]
            counts[place, k] = 0.9 * counts[place, k] + 0.1 * len(chosen)
            sums[place, k] = 0.9 * sums[place, k] + 0.1 * chosen.sum(axis=0)
    np.testing.assert_allclose(codebook.counts, counts, rtol=1e-4)
    np.testing.assert_allclose(codebook.table, sums / counts[..., None], rtol=1e-3, atol=1e-3)
    assert (counts[:, :2] > 5).all()
    np.testing.assert_allclose(codebook.counts[:, 3], 0.9**30, rtol=1e-5)
    np.testing.assert_allclose(codebook.table[:, 3], 300, rtol=1e-5)


def test_a_vector_without_use_starts_anew_at_a_part_of_the_batch_and_others_stay():
    parts = np.random.default_rng(2).standard_normal((40, 2, 3)).astype(np.float32)
    codebook = filled_codebook(parts, 5)
    before = np.asarray(codebook.table)
    codebook.counts.assign([[8, 0, 8, 8, 0.79], [8, 8, 8, 0.81, 0]])  # the mean use is 40 / 5 = 8
    codebook.restart(tf.constant(parts), 0.1, 7)
    moved = np.array([[0, 1, 0, 0, 1], [0, 0, 0, 0, 1]], bool)
    after = np.asarray(codebook.table)
    np.testing.assert_array_equal((after != before).all(axis=2), moved)
    np.testing.assert_array_equal(after[~moved], before[~moved])
    for place, k in np.argwhere(moved):
        assert (after[place, k] == parts[:, place]).all(axis=1).any()
        assert codebook.counts[place, k] == 8
        np.testing.assert_allclose(codebook.sums[place, k], 8 * after[place, k])
    codebook.counts.assign(np.zeros((2, 5)))
    codebook.restart(tf.constant(parts), 0.0, 7)
    np.testing.assert_array_equal(codebook.table, after)


def test_restarts_bring_a_codebook_into_use_that_starts_far_from_all_codes():
    random = np.random.default_rng(7)
    used = {}
    for share in (0.0, 0.1):
        codebook = filled_codebook(random.normal(50, 1, (32, 1, 3)).astype(np.float32), 32)
        for step in range(60):
            parts = tf.constant(random.standard_normal((64, 1, 3)).astype(np.float32))
            codebook.follow(parts, codebook.nearest(parts), 0.9)
            codebook.restart(parts, share, step)
        used[share] = len(np.unique(codebook.nearest(random.standard_normal((2_000, 1, 3)).astype(np.float32))))
    assert used[0.0] <= 2
    assert used[0.1] == 32


def test_a_gradient_passes_straight_through_to_the_code():
    z, code = np.random.default_rng(3).standard_normal((2, 5, 3)).astype(np.float32)
    weights = tf.constant(np.arange(15.0, dtype=np.float32).reshape(5, 3))
    z = tf.constant(z)
    with tf.GradientTape() as tape:
        tape.watch(z)
        passed = straight_through(z, code)
        value = tf.reduce_sum(passed * weights)
    np.testing.assert_array_equal(passed, code)
    np.testing.assert_array_equal(tape.gradient(value, z), weights)


@pytest.mark.exact("vq-vae-rotation")
def test_a_rotated_gradient_has_the_angle_and_the_scale_of_the_rounding():
    random = np.random.default_rng(4)
    z, code, gradient = random.standard_normal((3, 50, 4)).astype(np.float32)
    z = tf.constant(z)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(z)
        passed = rotated(z, tf.constant(code))
        value = tf.reduce_sum(passed * gradient)
        parts = [tf.reduce_sum(passed[:, i]) for i in range(4)]
    np.testing.assert_array_equal(passed, code)
    turned = tape.gradient(value, z).numpy()
    scale = np.linalg.norm(code, axis=1) / np.linalg.norm(z, axis=1)
    np.testing.assert_allclose(np.linalg.norm(turned, axis=1), scale * np.linalg.norm(gradient, axis=1), rtol=1e-4)
    cosine = [(a * b).sum(axis=1) / np.linalg.norm(b, axis=1) for a, b in ((turned, z.numpy()), (gradient, code))]
    np.testing.assert_allclose(cosine[0] / scale, cosine[1], atol=1e-4)
    maps = np.stack([tape.gradient(part, z).numpy() for part in parts], axis=1) / scale[:, None, None]
    np.testing.assert_allclose(maps @ maps.swapaxes(1, 2), np.broadcast_to(np.eye(4), maps.shape), atol=1e-4)
    mapped = np.einsum("nij,nj->ni", maps, z / np.linalg.norm(z, axis=1, keepdims=True))
    np.testing.assert_allclose(mapped, code / np.linalg.norm(code, axis=1, keepdims=True), atol=1e-4)


def test_rotation_of_single_numbers_and_of_zeros_is_finite():
    z = tf.constant([[1.0], [-2.0], [0.0], [3.0]])
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = tf.reduce_sum(rotated(z, tf.constant([[2.0], [1.0], [1.0], [0.0]])))
    np.testing.assert_allclose(tape.gradient(value, z), [[2.0], [-0.5], [0.0], [0.0]], atol=1e-6)


def test_the_objective_is_that_of_the_paper(images):
    for name, factor in (("vq-vae", 0.25), ("vq-vae-gradient", 1.25), ("simvq-vae", 1.25)):
        model = make(name, codes=20)
        z, code = np.asarray(model.encoder(images)), np.asarray(model.encode(images))
        terms = model.objective(tf.constant(images))
        distance = np.square(z - code).sum(axis=1)
        logits = np.asarray(model.decoder(code), np.float64)
        nll = (np.logaddexp(0, logits) - images * logits).sum(axis=1)
        np.testing.assert_allclose(terms["nll"], nll, rtol=1e-5)
        np.testing.assert_allclose(terms["loss"], nll + factor * distance, rtol=1e-5)


def test_vectors_and_encoder_are_each_drawn_to_the_other(images):
    model = make("vq-vae-gradient", codes=20, commitment=0.5)
    model.decoder = lambda z: tf.zeros((len(z), 784))  # so that the two distances alone are left
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_sum(model.objective(tf.constant(images))["loss"])
    z, code = np.asarray(model.encoder(images)), np.asarray(model.encode(images))
    bias = model.encoder.get_layer("code").bias
    np.testing.assert_allclose(tape.gradient(loss, bias.value), (z - code).sum(axis=0), rtol=1e-3)
    expected = np.zeros((20, 6))
    np.add.at(expected, np.asarray(model.symbols(code))[:, 0], 2 * (code - z))
    gradient = tf.convert_to_tensor(tape.gradient(loss, model.codebook.table.value))
    np.testing.assert_allclose(gradient[0], expected, atol=1e-3)


@pytest.mark.exact("simvq-vae")
def test_simvq_with_the_identity_is_the_codebook_itself_and_its_weights_move_all_vectors(images):
    linear, plain = make("simvq-vae", codes=20), make("vq-vae-gradient", codes=20)
    plain.codebook.table.assign(linear.codebook.table)
    for term, value in plain.objective(tf.constant(images)).items():
        np.testing.assert_array_equal(linear.objective(tf.constant(images))[term], value)
    weight = np.random.default_rng(5).standard_normal((6, 6)).astype(np.float32)
    linear.codebook.maps[0].assign(weight)
    np.testing.assert_allclose(linear.codebook.vectors()[0], np.asarray(linear.codebook.table)[0] @ weight, rtol=1e-5)
    assert linear.codebook.table.trainable is False


def test_groups_are_rounded_each_by_a_codebook_of_its_own(images):
    model = make("pq-vae", group_size=2, codes=5)
    z, code = np.asarray(model.encoder(images)), np.asarray(model.encode(images))
    for group in range(3):
        table = np.asarray(model.codebook.table)[group]
        part = z[:, 2 * group : 2 * group + 2]
        np.testing.assert_array_equal(code[:, 2 * group : 2 * group + 2], table[vq(part, table)[0]])


def test_there_are_no_more_images_than_codes(images):
    points = np.random.default_rng(6).normal(0, 5, (2_000, 6)).astype(np.float32)
    for name, parameters, most in (
        ("vq-vae", {"codes": 3}, 3),
        ("pq-vae", {"codes": 5, "group_size": 6}, 5),
        ("pq-vae", {"codes": 2, "group_size": 2}, 2**3),
    ):
        logits = np.asarray(make(name, **parameters).decode_logits(points))
        assert len(np.unique(logits.round(4), axis=0)) == most
        assert unique_ratio(1 / (1 + np.exp(-logits)), threshold=1e-4) == pytest.approx(most / 2_000)


def test_vectors_and_the_last_residual_make_up_the_point(images):
    model = make("rq-vae", depth=3, codes=7)
    z = model.encoder(images)
    parts, symbols = map(np.asarray, model.assign(z))
    table, residual = np.asarray(model.codebook.table), np.asarray(z)
    for stage in range(3):
        np.testing.assert_allclose(parts[:, stage], residual, atol=1e-6)
        np.testing.assert_array_equal(symbols[:, stage], vq(residual, table[stage])[0])
        residual = residual - table[stage][symbols[:, stage]]
    vectors = np.asarray(model.codebook.look_up(symbols))
    np.testing.assert_allclose(vectors.sum(axis=1) + residual, z, atol=1e-5)
    np.testing.assert_allclose(model.features(images), vectors.sum(axis=1), atol=1e-6)
    np.testing.assert_array_equal(model.encode(images), vectors.reshape(len(images), -1))
    np.testing.assert_array_equal(model.decode_logits(model.encode(images)), model.decoder(vectors.sum(axis=1)))


@pytest.mark.exact("rq-vae")
def test_each_stage_pays_for_its_own_residual_and_its_vectors_move_to_the_means_of_theirs(images):
    model = make("rq-vae", depth=3, codes=7, commitment=0.5, decay=0.0, restart=0.0)
    residual = np.asarray(model.encoder(images), np.float64)
    expected = np.asarray(model.codebook.table, np.float64).copy()
    distance, point = np.zeros(len(images)), np.zeros_like(residual)
    for vectors in expected:
        chosen, _ = vq(residual, vectors)
        rounded = vectors[chosen]
        for symbol in np.unique(chosen):
            vectors[symbol] = residual[chosen == symbol].mean(axis=0)
        distance += np.square(residual - rounded).sum(axis=1)
        residual, point = residual - rounded, point + rounded
    logits = np.asarray(model.decoder(point.astype(np.float32)), np.float64)
    nll = (np.logaddexp(0, logits) - images * logits).sum(axis=1)
    terms = {name: np.asarray(term) for name, term in model.objective(tf.constant(images)).items()}
    np.testing.assert_allclose(terms["distance"], distance, rtol=1e-5)
    np.testing.assert_allclose(terms["loss"], nll + 0.5 * distance, rtol=1e-5)
    model.on_step(tf.constant(images), tf.constant(0.0))
    np.testing.assert_allclose(np.asarray(model.codebook.table), expected, atol=1e-5)


def test_residuals_never_grow_where_each_codebook_has_a_zero(images):
    model = make("rq-vae", depth=4, codes=7)
    table = np.asarray(model.codebook.table).copy()
    table[:, 0] = 0
    model.codebook.table.assign(table)
    norms = np.linalg.norm(model.assign(model.encoder(images))[0], axis=2)
    assert (np.diff(norms, axis=1) <= 0).all()


@pytest.mark.parametrize("name", [*VQ, "pq-vae", "rq-vae"])
def test_rounding_leaves_codes_as_they_are(images, name):
    model = make(name, codes=9)
    z = model.encode(images)
    np.testing.assert_array_equal(model.from_symbols(model.symbols(z)), z)
    drawn = np.random.default_rng(0).integers(0, 9, (50, len(model.vocabulary)))
    codes = model.from_symbols(tf.constant(drawn))
    np.testing.assert_array_equal(model.symbols(codes), drawn)
    near = np.asarray(codes) + np.random.default_rng(1).normal(0, 1e-4, codes.shape).astype(np.float32)
    np.testing.assert_array_equal(model.decode_logits(near), model.decode_logits(codes))


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("vq-vae", {"codes": 1}, "from 2"),
        ("vq-vae", {"decay": 1}, "below 1"),
        ("vq-vae", {"restart": 2}, "from 0 to 1"),
        ("vq-vae", {"codebook": "other"}, "one of ema, gradient, simvq"),
        ("vq-vae", {"estimator": "other"}, "one of straight-through, rotation"),
        ("pq-vae", {"group_size": 4}, "must divide the 6"),
        ("rq-vae", {"depth": 0}, "from 1"),
    ],
)
def test_what_makes_no_sense_is_refused(name, parameters, message):
    with pytest.raises(UsageError, match=message):
        make(name, **parameters)
