"""A training step of the chapter's VAE beside those of peers.

`python benchmarks/training_peers.py [--peers PYTHON] [--nightly PYTHON]`.

Each peer runs in a process of its own, on one thread, and all of them wait for their turns: a round is an epoch of
each, so that what else the machine does meets all alike. Times are processor seconds. PYTHON is an interpreter that
has the peers which are not installed here, that of `--nightly` has keras-nightly and JAX: the package `keras` is one
of the two in an environment. Writes its section of `results/speed.md`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).resolve()
IMAGES = 20_000
STEPS = IMAGES // 100
STEPS_PER_EXECUTION = 50
ROUNDS = 5
TITLE = "A training step beside those of peers, one thread"
ONE_THREAD = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    **dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1"),
}
JAX_THREAD = {"KERAS_BACKEND": "jax", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "NPROC": "1"}

Epoch = Callable[[], object]


def aezoo(images, latent: int) -> Epoch:
    """An epoch of aezoo's trainer."""
    import numpy as np
    import tensorflow as tf

    from aezoo.models import MODELS
    from aezoo.spec import Protocol
    from aezoo.training import Trainer, epoch_order

    trainer = Trainer(MODELS.get("vae"), Protocol(latent_dim=latent))
    tensor, shuffling = tf.constant(images), np.random.default_rng(0)
    return lambda: trainer.train_epoch(tensor, epoch_order(len(images), 100, shuffling), 0, 1)


def keras_vae(latent: int):
    """The VAE as a user of Keras 3 writes it, for any backend."""
    import keras
    from keras import layers, ops

    class VAE(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.hidden = layers.Dense(256, activation="relu")
            self.mean, self.log_variance = layers.Dense(latent), layers.Dense(latent)
            self.decoder = keras.Sequential([layers.Dense(256, activation="relu"), layers.Dense(784)])
            self.seeds = keras.random.SeedGenerator(0)

        def call(self, x):
            hidden = self.hidden(x)
            mean, log_variance = self.mean(hidden), self.log_variance(hidden)
            kl = 0.5 * ops.sum(ops.square(mean) + ops.exp(log_variance) - log_variance - 1, axis=-1)
            self.add_loss(ops.mean(kl) / 784)
            noise = keras.random.normal(ops.shape(mean), seed=self.seeds)
            return self.decoder(mean + ops.exp(0.5 * log_variance) * noise)

    return VAE()


def keras_fit(images, latent: int, **options) -> Epoch:
    """An epoch of Keras's `fit`, on the backend of the environment."""
    import keras

    model = keras_vae(latent)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer="rmsprop", loss=loss, **options)
    x = images.astype("float32") / 255
    return lambda: model.fit(x, x, batch_size=100, epochs=1, verbose=0)


def keras_nightly_fit(images, latent: int, **options) -> Epoch:
    """An epoch of `fit` of Keras's nightly build, which an interpreter with another Keras must not stand for."""
    import keras

    if ".dev" not in keras.__version__:
        raise RuntimeError(f"Keras is {keras.__version__}; --nightly names an interpreter with keras-nightly")
    return keras_fit(images, latent, **options)


def pytorch(images, latent: int, compiled: bool) -> Epoch:
    """An epoch of a plain loop in PyTorch; compiled, of one whose loss and whose optimizer are."""
    import torch
    from torch import nn
    from torch.nn import functional

    torch.set_num_threads(1)
    hidden = nn.Sequential(nn.Linear(784, 256), nn.ReLU())
    mean, log_variance = nn.Linear(256, latent), nn.Linear(256, latent)
    decoder = nn.Sequential(nn.Linear(latent, 256), nn.ReLU(), nn.Linear(256, 784))
    parts = nn.ModuleList([hidden, mean, log_variance, decoder])
    optimizer = torch.optim.RMSprop(parts.parameters(), lr=1e-3, alpha=0.9, eps=1e-7)
    x = torch.tensor(images).float() / 255

    def loss(batch):
        features = hidden(batch)
        m, v = mean(features), log_variance(features)
        logits = decoder(m + torch.exp(0.5 * v) * torch.randn_like(m))
        kl = 0.5 * (m.square() + v.exp() - v - 1).sum(dim=1).mean() / 784
        return functional.binary_cross_entropy_with_logits(logits, batch) + kl

    if compiled:
        loss = torch.compile(loss)
    advance = torch.compile(optimizer.step) if compiled else optimizer.step

    def epoch() -> None:
        for batch in torch.randperm(len(x)).split(100):
            optimizer.zero_grad()
            loss(x[batch]).backward()
            advance()

    return epoch


def pythae(images, latent: int) -> Epoch:
    """An epoch of pythae's trainer, with networks of the chapter's shape and a Bernoulli decoder."""
    import torch
    from pythae.data.datasets import BaseDataset
    from pythae.models import VAE, VAEConfig
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder
    from pythae.trainers import BaseTrainer, BaseTrainerConfig
    from torch import nn

    torch.set_num_threads(1)

    class Encoder(BaseEncoder):
        def __init__(self) -> None:
            super().__init__()
            self.hidden = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU())
            self.mean, self.log_variance = nn.Linear(256, latent), nn.Linear(256, latent)

        def forward(self, x):
            hidden = self.hidden(x)
            return ModelOutput(embedding=self.mean(hidden), log_covariance=self.log_variance(hidden))

    class Decoder(BaseDecoder):
        def __init__(self) -> None:
            super().__init__()
            layers = [nn.Linear(latent, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid()]
            self.layers = nn.Sequential(*layers)

        def forward(self, z):
            return ModelOutput(reconstruction=self.layers(z).reshape(-1, 1, 28, 28))

    config = VAEConfig(input_dim=(1, 28, 28), latent_dim=latent, reconstruction_loss="bce")
    x = torch.tensor(images).float().reshape(-1, 1, 28, 28) / 255
    options = {"num_epochs": 1, "learning_rate": 1e-3, "per_device_train_batch_size": 100, "no_cuda": True}
    training = BaseTrainerConfig(output_dir=tempfile.mkdtemp(), optimizer_cls="RMSprop", **options)
    trainer = BaseTrainer(VAE(config, Encoder(), Decoder()), BaseDataset(x, torch.zeros(len(x))), None, training)
    trainer.prepare_training()
    return lambda: trainer.train_step(1)


def products(library: str) -> Epoch:
    """The five large matrix products of a step, as often as an epoch has them; those with the code are left out."""
    import numpy as np

    random = np.random.default_rng(0)
    shapes = {"x": (100, 784), "hidden": (100, 256), "into": (784, 256), "out": (256, 784)}
    arrays = {name: random.random(shape, np.float32) for name, shape in shapes.items()}
    if library == "torch":
        import torch

        torch.set_num_threads(1)
        arrays = {name: torch.tensor(values) for name, values in arrays.items()}
    if library == "tensorflow":
        import tensorflow as tf

        arrays = {name: tf.constant(values) for name, values in arrays.items()}
    x, hidden, into, out = arrays.values()
    turned = {"tensorflow": lambda a: tf.transpose(a)}.get(library, lambda a: a.T)
    outward, upward, inward = (turned(each) for each in (out, hidden, x))  # views, but for TensorFlow

    def epoch() -> None:
        for _ in range(STEPS):
            x @ into, hidden @ out, x @ outward, upward @ x, inward @ hidden

    return epoch


TENSORFLOW = {"KERAS_BACKEND": "tensorflow"}
PEERS: dict[str, tuple[Callable[..., Epoch], dict[str, str]]] = {
    "aezoo": (aezoo, TENSORFLOW),
    "Keras fit, TensorFlow": (lambda x, d: keras_fit(x, d, jit_compile=False), TENSORFLOW),
    "Keras fit, TensorFlow, jit_compile=True": (lambda x, d: keras_fit(x, d, jit_compile=True), TENSORFLOW),
    f"Keras fit, JAX, steps_per_execution={STEPS_PER_EXECUTION}": (
        lambda x, d: keras_fit(x, d, steps_per_execution=STEPS_PER_EXECUTION),
        JAX_THREAD,
    ),
    f"Keras nightly fit, JAX, steps_per_execution={STEPS_PER_EXECUTION}": (
        lambda x, d: keras_nightly_fit(x, d, steps_per_execution=STEPS_PER_EXECUTION),
        JAX_THREAD,
    ),
    "PyTorch, eager": (lambda x, d: pytorch(x, d, compiled=False), {}),
    "PyTorch, torch.compile": (lambda x, d: pytorch(x, d, compiled=True), {}),
    "pythae": (pythae, {}),
    "five products, NumPy": (lambda x, d: products("numpy"), {}),
    "five products, TensorFlow": (lambda x, d: products("tensorflow"), TENSORFLOW),
    "five products, PyTorch": (lambda x, d: products("torch"), {}),
}
HERE_ONLY = {name for name, (_, environment) in PEERS.items() if environment == TENSORFLOW}
"""Peers that run on this interpreter; the others on the one of `--peers`, or of `--nightly`."""
NIGHTLY = "Keras nightly"
"""How the names of peers begin that run on the interpreter of `--nightly`."""


def child(name: str, data: str, latent: int) -> None:
    """Say what is ready, then run an epoch for each line read and print its processor seconds."""
    import numpy as np

    answers, sys.stdout = sys.stdout, sys.stderr  # libraries print what they like

    def say(**fact: object) -> None:
        answers.write(json.dumps(fact) + "\n")
        answers.flush()

    try:
        epoch = PEERS[name][0](np.load(data), latent)
        epoch()  # compiles
    except Exception as error:  # a peer may fail in its own way; the page tells it
        say(missing=f"{type(error).__name__}: {error}".splitlines()[0])
        return
    say(ready=True)
    for _ in sys.stdin:
        started = time.process_time()
        epoch()
        say(seconds=time.process_time() - started)


class Peer:
    """A process that waits for its turns."""

    def __init__(self, name: str, python: str, data: Path, latent: int) -> None:
        command = [python, str(HERE), "--child", name, str(data), str(latent)]
        environment = {**os.environ, **ONE_THREAD, **PEERS[name][1], "TF_CPP_MIN_LOG_LEVEL": "3"}
        self.process = subprocess.Popen(
            command,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.missing = ""

    def wait(self) -> None:
        """Wait until it is compiled, or until it says why it cannot run."""
        self.missing = self._answer().get("missing", "")

    def seconds(self) -> float:
        """Processor seconds of an epoch."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self._answer()["seconds"]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()

    def _answer(self) -> dict:
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"missing": f"its process ended with code {self.process.wait()}"}


def interpreter(name: str, options: argparse.Namespace) -> str:
    """The interpreter that has a peer."""
    if name in HERE_ONLY:
        return sys.executable
    return options.nightly if name.startswith(NIGHTLY) else options.peers


def measure(options: argparse.Namespace, data: Path, latent: int) -> tuple[dict[str, list[float]], dict[str, str]]:
    """Seconds of the epochs of each peer, in turn; and why others are missing."""
    with ExitStack() as open_peers:
        peers = {}
        for name in options.only:
            peers[name] = Peer(name, interpreter(name, options), data, latent)
            open_peers.callback(peers[name].close)
        for peer in peers.values():
            peer.wait()
        running = {name: peer for name, peer in peers.items() if not peer.missing}
        rounds = [{name: peer.seconds() for name, peer in running.items()} for _ in range(ROUNDS)]
    found = {name: [each[name] for each in rounds] for name in running}
    return found, {name: peer.missing for name, peer in peers.items() if peer.missing}


def table(found: dict[str, list[float]]) -> Iterator[str]:
    """Rows with the milliseconds of a step, and the ratio to aezoo's in the same round."""
    yield "| | milliseconds, least | milliseconds, median | ratio, least | ratio, median |"
    yield "|---|---:|---:|---:|---:|"
    for name, seconds in found.items():
        steps = [each / STEPS * 1e3 for each in seconds]
        ratios = [one / own for one, own in zip(seconds, found["aezoo"], strict=True)]
        figures = (min(steps), statistics.median(steps), min(ratios), statistics.median(ratios))
        yield f"| {name} | {' | '.join(f'{each:.2f}' for each in figures)} |"


def finding(latent: int, found: dict[str, list[float]]) -> str:
    """The first sentence for a latent size."""
    ratios = {
        name: statistics.median([one / own for one, own in zip(seconds, found["aezoo"], strict=True)])
        for name, seconds in found.items()
    }
    alone = {name: ratio for name, ratio in ratios.items() if name.startswith("five products")}
    peers = {name: ratio for name, ratio in ratios.items() if name not in alone and name != "aezoo"}
    best, fastest = min(peers, key=peers.__getitem__), min(alone, key=alone.__getitem__)
    return (
        f"With {latent} latent dimensions the fastest peer, {best}, takes {peers[best]:.2f} times aezoo's processor "
        f"time; aezoo's step is {1 / alone[fastest]:.2f} times its {fastest}."
    )


def section(by_latent: dict[int, dict[str, list[float]]], missing: dict[str, str], command: str) -> str:
    """The section of `results/speed.md`."""
    loaded = os.getloadavg()[0]
    state = "measured on a loaded machine, ratios in one run" if loaded > 1.5 else "measured on an idle machine"
    lines = [f"## {TITLE}", "", *(finding(latent, found) for latent, found in by_latent.items()), ""]
    lines += [
        f"`{command}`, {state} (load {loaded:.0f}). 784-256-d-256-784, batch 100, RMSprop, {STEPS} steps an epoch;",
        f"{ROUNDS} rounds of an epoch each after one that compiles; processor time. A ratio is to aezoo in its round.",
        "",
    ]
    for latent, found in by_latent.items():
        lines += [f"{latent} latent dimensions:", "", *table(found), ""]
    lines += [f"Not measured: {name} ({reason})." for name, reason in missing.items()]
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Time a training step beside those of peers.")
    parser.add_argument("--peers", default=sys.executable, help="an interpreter that has the other peers")
    parser.add_argument("--nightly", default=sys.executable, help="an interpreter that has keras-nightly and JAX")
    parser.add_argument("--latent", type=int, nargs="+", default=[2, 16])
    parser.add_argument("--only", nargs="+", default=list(PEERS), help="names of peers; aezoo among them")
    parser.add_argument("--dry", action="store_true", help="print the section and write nothing")
    options = parser.parse_args()
    import numpy as np
    from report import TARGET, sections

    from aezoo.datasets import load_dataset

    found, missing = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "digits.npy"
        digits = load_dataset("mnist-5k").train.images.reshape(-1, 784)
        np.save(data, np.tile(digits, (IMAGES // len(digits) + 1, 1))[:IMAGES])
        for latent in options.latent:
            found[latent], without = measure(options, data, latent)
            missing |= without
            sys.stderr.write("\n".join([*table(found[latent]), json.dumps(without), ""]))
    others = {"--peers": options.peers, "--nightly": options.nightly}
    command = "python benchmarks/training_peers.py"
    command += "".join(f" {option} PYTHON" for option, python in others.items() if python != sys.executable)
    text = section(found, missing, command)
    sys.stdout.write(text)
    if not options.dry:
        known = TARGET.read_text()
        TARGET.write_text(
            "\n".join([known.split("## ")[0].rstrip() + "\n", *{**sections(known), TITLE: text}.values()])
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main()
