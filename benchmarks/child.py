"""What the benchmarks run in processes of their own; prints one JSON object.

python benchmarks/child.py training compiled|fit|fit-jit
python benchmarks/child.py products
python benchmarks/child.py metric prdc|peer-prdc|... N D
python benchmarks/child.py sweep fit SEED
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
EPOCHS = 4
SWEEP_EPOCHS = 10


def digits():
    """Real digits, repeated to the 60,000 of MNIST's training set: uint8 (60000, 28, 28)."""
    import numpy as np

    from aezoo.datasets import load_dataset

    return np.tile(load_dataset("mnist-5k").train.images, (20, 1, 1))


def one_thread() -> None:
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def training(kind: str) -> dict[str, float]:
    """Milliseconds a step of the chapter's VAE: the fastest of the epochs after the first, which compiles."""
    seconds = compiled_epochs() if kind == "compiled" else fit_epochs(jit=kind == "fit-jit")
    return {"milliseconds": min(seconds[1:]) / 600 * 1e3}


def compiled_epochs() -> list[float]:
    one_thread()
    import numpy as np
    import tensorflow as tf

    from aezoo.models import MODELS
    from aezoo.spec import Protocol
    from aezoo.training import Trainer, epoch_order

    trainer = Trainer(MODELS.get("vae"), Protocol())
    images = tf.constant(digits().reshape(-1, 784))
    shuffling, seconds = np.random.default_rng(0), []
    for epoch in range(EPOCHS):
        started = time.perf_counter()
        trainer.train_epoch(images, epoch_order(60_000, 100, shuffling), 0, epoch)
        seconds.append(time.perf_counter() - started)
    return seconds


def fit_epochs(jit: bool) -> list[float]:
    """Keras's own compile and fit of the same model, with Keras's defaults and all cores."""
    import numpy as np

    from aezoo.models import MODELS
    from aezoo.spec import Protocol

    model = MODELS.get("vae").create(Protocol(), 0)
    model.compile(optimizer="rmsprop", jit_compile=jit or "auto")
    x, seconds = digits().reshape(-1, 784).astype(np.float32) / 255, []
    for _ in range(EPOCHS):
        started = time.perf_counter()
        model.fit(x, batch_size=100, epochs=1, verbose=0)
        seconds.append(time.perf_counter() - started)
    return seconds


def products() -> dict[str, float]:
    """Milliseconds of the five matrix products that a step of 784-256-2-256-784 at batch 100 cannot avoid."""
    import numpy as np

    rng = np.random.default_rng(0)
    x, hidden = rng.random((100, 784), np.float32), rng.random((100, 256), np.float32)
    into, out = rng.random((784, 256), np.float32), rng.random((256, 784), np.float32)
    best = float("inf")
    for _ in range(10):
        started = time.perf_counter()
        for _ in range(100):
            x @ into, hidden @ out, x @ out.T, hidden.T @ x, x.T @ hidden
        best = min(best, (time.perf_counter() - started) / 100)
    return {"milliseconds": best * 1e3}


def sweep_fit(seed: int) -> dict[str, float]:
    """One training as the book's reader runs it: start, build, fit 10 epochs."""
    import numpy as np

    from aezoo.models import MODELS
    from aezoo.spec import Protocol

    model = MODELS.get("vae").create(Protocol(), seed)
    model.compile(optimizer="rmsprop")
    model.fit(digits().reshape(-1, 784).astype(np.float32) / 255, batch_size=100, epochs=SWEEP_EPOCHS, verbose=0)
    return {}


def train_only(seed: int) -> float:
    """What a worker of the sweep runs: the same training, by aezoo's trainer; the last loss."""
    import child

    child.TRAINER = getattr(child, "TRAINER", None) or child.make_trainer()
    trainer, images = child.TRAINER
    return trainer.fit(images, images[:1000], seed).train["loss"][-1]


def make_trainer():
    one_thread()
    from aezoo.models import MODELS
    from aezoo.spec import Protocol
    from aezoo.training import Trainer

    return Trainer(MODELS.get("vae"), Protocol(epochs=SWEEP_EPOCHS)), digits()


def sweep_workers() -> dict[str, float]:
    """Six trainings in two worker processes of one thread, each compiling once."""
    import multiprocessing

    from pebble import ProcessPool

    os.environ.update(ONE_THREAD)
    with ProcessPool(2, context=multiprocessing.get_context("spawn")) as pool:
        futures = [pool.schedule(train_only, args=[seed]) for seed in range(6)]
        return {f"loss {seed}": future.result() for seed, future in enumerate(futures)}


def metric(name: str, n: int, d: int) -> dict[str, float]:
    """Seconds of one call and the memory that it added at its peak, in MB."""
    import numpy as np

    rng = np.random.default_rng(0)
    real, fake = rng.standard_normal((n, d)), rng.standard_normal((n, d)) + 0.1
    call = METRICS[name](real, fake)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    call()
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": seconds, "megabytes": (after - before) / 1024}


def _prdc(real, fake):
    from aezoo.metrics.samples import precision_recall_density_coverage

    return lambda: precision_recall_density_coverage(real, fake, k=5)


def _peer_prdc(real, fake):
    from prdc import compute_prdc

    return lambda: compute_prdc(real, fake, nearest_k=5)


def _vendi(real, fake):
    from aezoo.metrics.samples import vendi_score

    return lambda: vendi_score(fake)


def _peer_vendi(real, fake):
    from vendi_score import vendi

    return lambda: vendi.score_dual(fake, normalize=True)


def _images(fake):
    import numpy as np

    return np.clip(fake.reshape(-1, 28, 28) / 8 + 0.5, 0, 1)


def _ssim(real, fake):
    from aezoo.metrics.reconstruction import ssim

    return lambda: ssim(_images(real), _images(fake))


def _peer_ssim(real, fake):
    from skimage.metrics import structural_similarity

    options = {"data_range": 1.0, "gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    pairs = list(zip(_images(real), _images(fake), strict=True))
    return lambda: [structural_similarity(a, b, **options) for a, b in pairs]


METRICS = {
    "prdc": _prdc,
    "peer-prdc": _peer_prdc,
    "vendi": _vendi,
    "peer-vendi": _peer_vendi,
    "ssim": _ssim,
    "peer-ssim": _peer_ssim,
}


def main(arguments: list[str]) -> None:
    match arguments:
        case ["training", kind]:
            result = training(kind)
        case ["products"]:
            result = products()
        case ["metric", name, n, d]:
            result = metric(name, int(n), int(d))
        case ["sweep", "fit", seed]:
            result = sweep_fit(int(seed))
        case ["sweep", "workers"]:
            result = sweep_workers()
        case _:
            sys.exit(__doc__)
    sys.stdout.write("\n" + json.dumps(result) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
