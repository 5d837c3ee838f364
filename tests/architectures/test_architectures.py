"""Architectures: sizes, shapes, seeds, and settings without effect refused."""

from __future__ import annotations

import numpy as np
import pytest

from aezoo.architectures import ARCHITECTURES
from aezoo.errors import UsageError
from aezoo.models import MODELS, check_protocol
from aezoo.models.networks import decoder, discriminator, encoder, weights_from
from aezoo.spec import PROTOCOLS, Protocol, get_protocol


def shapes(network):
    return [tuple(variable.shape) for variable in network.trainable_variables]


def test_the_chapters_network_has_one_layer_of_256():
    assert shapes(encoder(Protocol(), ["code"])) == [(784, 256), (256,), (256, 2), (2,)]
    assert shapes(decoder(Protocol())) == [(2, 256), (256,), (256, 784), (784,)]


def test_burdas_network_has_two_tanh_layers_of_200_and_50_latent_dimensions():
    burda = get_protocol("burda")
    network = encoder(burda, ["mean", "log_variance"])
    assert shapes(network)[::2] == [(784, 200), (200, 200), (200, 50), (200, 50)]
    assert shapes(decoder(burda))[::2] == [(50, 200), (200, 200), (200, 784)]
    assert {layer.activation.__name__ for layer in network.layers[1:3]} == {"tanh"}


def test_the_clustering_network_is_500_500_2000():
    dec = get_protocol("dec")
    assert shapes(encoder(dec, ["code"]))[::2] == [(784, 500), (500, 500), (500, 2000), (2000, 10)]
    assert shapes(decoder(dec))[::2] == [(10, 2000), (2000, 500), (500, 500), (500, 784)]


def test_the_convolutional_pair_is_small():
    assert MODELS.get("vae").create(get_protocol("conv"), 0).count_params() == 220_385


@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_networks_take_heads_by_size_labels_and_codes_of_any_length(name):
    protocol = Protocol(architecture=name, hidden_units=8, latent_dim=3)
    x = np.random.default_rng(0).random((2, 784 + 10), np.float32)
    logits, code = encoder(protocol, {"logits": 20, "code": 5}, classes=10)(x)
    assert (logits.shape, code.shape) == ((2, 20), (2, 5))
    other_label = np.concatenate([x[:, :784], 1 - x[:, 784:]], axis=1)
    assert not np.allclose(code, encoder(protocol, {"logits": 20, "code": 5}, classes=10)(other_label)[1])
    assert encoder(protocol, ["code"])(x[:, :784]).shape == (2, 3)
    assert decoder(protocol, codes=13)(np.zeros((2, 13), np.float32)).shape == (2, 784)
    assert discriminator(protocol)(x[:, :784]).shape == (2, 1)
    assert discriminator(protocol, codes=4)(np.zeros((2, 4), np.float32)).shape == (2, 1)


@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_weights_follow_from_the_seed(name):
    protocol = Protocol(architecture=name, hidden_units=8, latent_dim=3)

    def weights(seed):
        with weights_from(seed):
            networks = encoder(protocol, ["code"]), decoder(protocol)
        return [weight for network in networks for weight in network.get_weights() if weight.ndim > 1]

    for first, again, other in zip(weights(1), weights(1), weights(2), strict=True):
        np.testing.assert_array_equal(first, again)
        assert (first != other).any()


@pytest.mark.parametrize("name", ["conv", "dec"])
def test_a_setting_without_effect_is_refused(name):
    with pytest.raises(UsageError, match="hidden_layers is 2; leave it at 1"):
        MODELS.get("ae").create(Protocol(architecture=name, hidden_units=8, hidden_layers=2), 0)


@pytest.mark.parametrize(("field", "value"), [("architecture", "covn"), ("optimizer", "adm")])
def test_a_name_that_there_is_not_is_refused_at_once(field, value):
    for refuse in (check_protocol, lambda protocol: MODELS.get("ae").create(protocol, 0)):
        with pytest.raises(UsageError, match=f"unknown {field} '{value}'; did you mean"):
            refuse(Protocol(**{field: value}))


def test_every_protocol_is_called_by_its_name_and_names_what_there_is():
    for name, protocol in PROTOCOLS.items():
        assert protocol.name == name
        check_protocol(protocol)
        ARCHITECTURES.get(protocol.architecture).check(protocol)
