"""Small synthetic records and galleries for the tests of tables and figures."""

import hashlib
import json

import numpy as np

FINGERPRINT = "0123456789abcdef" * 4
PROTOCOL = {"name": "chapter", "latent_dim": 2, "epochs": 50, "batch_size": 100}


def score(metric, value, question="reconstruction", better="lower", **fields):
    """One score; `value` None makes it n/a unless a state is given."""
    state = "ok" if value is not None else "n/a"
    return {
        **{
            "question": question,
            "metric": metric,
            "version": 1,
            "sampler": None,
            "features": None,
            "value": value,
        },
        **{"unit": "share", "better": better, "ideal": None, "n": 1000, "state": state, "reason": ""},
        **fields,
    }


def sample_score(metric, value, sampler="prior", features="judge", better="lower", **fields):
    return score(metric, value, "samples", better, sampler=sampler, features=features, **fields)


def record(label="vae", seed=0, scores=(), role="model", status="done", **fields):
    """One record; `protocol`, `dataset_name`, `fingerprint`, `note` and `judge` may be given too."""
    protocol = {**PROTOCOL, **fields.pop("protocol", {})}
    name = fields.pop("dataset_name", "mnist-5k")
    dataset = {
        "name": name,
        "fingerprint": fields.pop("fingerprint", FINGERPRINT),
        "note": fields.pop("note", ""),
        "judge": fields.pop("judge", "mnist"),
        "sizes": {"train": 3000, "reference": 1000, "oracle": 1000},
    }
    spec = {"dataset": name, "model": label, "parameters": {}, "protocol": protocol, "seed": seed}
    identity = json.dumps([spec, dataset["fingerprint"]], sort_keys=True)
    return {
        **{
            "schema_version": 1,
            "id": hashlib.sha256(identity.encode()).hexdigest(),
            "label": label,
            "role": role,
        },
        **{
            "spec": spec,
            "status": status,
            "error": None,
            "dataset": dataset,
            "scores": list(scores),
            "curves": {},
        },
        **{"timing": {"total": 1.0}, "artifacts": {}},
        "environment": {"aezoo": "0.1.0", "tensorflow": "2.21.0", "keras": "3.15.1", "numpy": "2.4.6"},
        **fields,
    }


def curves(epochs=5, start=260.0):
    """Falling loss and nll, rising kl."""
    steps = np.arange(epochs)
    terms = {
        "loss": start - 10 * np.sqrt(steps),
        "nll": start - 12 * np.sqrt(steps),
        "kl": 2 * np.sqrt(steps),
    }
    return {
        "train": {name: values.tolist() for name, values in terms.items()},
        "held_out": {name: (values + 1).tolist() for name, values in terms.items()},
    }


def gallery(seed=0, samplers=("prior",), latent_dim=2):
    """A gallery of noise in the shapes that a trial keeps."""
    random = np.random.default_rng(seed)

    def images(*shape):
        return random.integers(0, 256, (*shape, 28, 28), dtype=np.uint8)

    arrays = {"originals": images(10), "reconstructions": images(10)}
    arrays |= {f"samples/{sampler}": images(16) for sampler in samplers}
    arrays["latent"] = random.normal(size=(200, latent_dim)).astype(np.float16)
    arrays["latent_labels"] = random.integers(0, 10, 200)
    if latent_dim == 2:
        arrays["manifold"] = images(5, 5)
    return arrays
