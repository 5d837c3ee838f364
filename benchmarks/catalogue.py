"""The catalogue of models: `python benchmarks/catalogue.py [--measure all|missing|NAME,...]`.

Writes docs/models.md from the registry, the tests and `aezoo/models/measured.json`. With `--measure` it first runs the
models named, a few epochs of 3,000 digits on one thread beside `vae` in turn, and writes what they cost into that file,
model by model.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import time
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
FACTS = ROOT / "aezoo" / "models" / "measured.json"
PAGE = ROOT / "docs" / "models.md"
COMMAND = "python benchmarks/catalogue.py --measure all"
ROUNDS = 7
CODES = 3_000


def main() -> None:
    options = read_options()
    known = facts()
    if options.measure:
        measure_models(options.measure, known)
    tests = exact_tests()
    for name, one in known["models"].items():
        one["exact_test"] = tests.get(name, "")
    save(known)
    PAGE.write_text(page(known["processor"]))


def facts() -> dict:
    """What the file of measured facts holds."""
    return json.loads(FACTS.read_text())


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make the catalogue of models.")
    parser.add_argument("--measure", default="", help="all, missing, or names with commas between")
    return parser.parse_args()


def save(known: dict) -> None:
    known["models"] = dict(sorted(known["models"].items()))
    FACTS.write_text(json.dumps(known, indent=1) + "\n")


@cache
def exact_tests() -> dict[str, str]:
    """The first test that is marked as the exact one of a model, as pytest names it, by the name of the model."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for function in ast.walk(ast.parse(path.read_text())):
            for decorator in getattr(function, "decorator_list", ()):
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.exact":
                    for name in decorator.args:
                        test = f"{path.relative_to(ROOT)}::{function.name}"
                        found.setdefault(ast.literal_eval(name), test)
    return found


def measure_models(chosen: str, known: dict) -> None:
    from aezoo.engines.threads import limit_threads
    from aezoo.machine import instructions, processor

    limit_threads()
    from aezoo.models import MODELS
    from aezoo.models.catalogue import catalogue_entry

    own = [name for name in MODELS.names() if MODELS.is_builtin(name)]
    named = own if chosen in ("all", "missing") else chosen.split(",")
    known["processor"] = f"{processor()}, {instructions()}"
    known["models"] = {name: one for name, one in known["models"].items() if name in own}
    beside = {}
    for name in named:
        if chosen == "missing" and name in known["models"]:
            continue
        protocols = [
            p for p in ("chapter-16", *catalogue_entry(name).protocols) if p in catalogue_entry(name).protocols
        ]
        known["models"][name] = measure(name, protocols[0], "chapter" in protocols, beside)
        save(known)
        print(name, {key: value for key, value in known["models"][name].items() if key != "samplers"}, flush=True)


class Running:
    """A model whose epochs are compiled and run one at a time."""

    def __init__(self, name: str, protocol: str) -> None:
        import tensorflow as tf

        from aezoo.datasets import load_dataset
        from aezoo.evaluation.model_inputs import rows
        from aezoo.models import MODELS
        from aezoo.spec import get_protocol
        from aezoo.training import Trainer, epoch_order

        dataset = load_dataset("mnist-5k")
        started = time.process_time()
        self.trainer = Trainer(MODELS.get(name), get_protocol(protocol))
        self.images = rows(self.trainer.model, dataset.train)
        self.trainer.compile(self.images, rows(self.trainer.model, dataset.held_out))
        self.compile_seconds = time.process_time() - started
        self.trainer.model.adapt(self.images.astype(np.float32) / 255)
        self.tensor = tf.constant(self.images)
        self.order = epoch_order(len(self.images), self.trainer.protocol.batch_size, np.random.default_rng(0))
        self.epoch = 0

    def seconds(self) -> float:
        """Processor seconds of one epoch more."""
        self.epoch += 1
        started = time.process_time()
        self.trainer.train_epoch(self.tensor, self.order, 0, self.epoch)
        return time.process_time() - started


def measure(name: str, protocol: str, at_2: bool, beside: dict[str, Running]) -> dict:
    from aezoo.models.catalogue import Measured

    running = Running(name, protocol)
    trains = bool(running.trainer.optimizers)
    step = ratio(running, beside, protocol) if trains else None
    step_at_2 = ratio(Running(name, "chapter"), beside, "chapter") if trains and at_2 else None
    return asdict(
        Measured(
            protocol=protocol,
            weights=sum(int(np.prod(weight.shape)) for weight in running.trainer.model.weights)
            - 2,  # the noise's state
            step=step,
            step_at_2=step_at_2,
            compile_seconds=round(running.compile_seconds, 1),
            samplers=tuple(samplers_for(running)),
            exact_test="",
        )
    )


def ratio(running: Running, beside: dict[str, Running], protocol: str) -> float:
    """The median of the ratios of epochs in turn, this model's to those of `vae`."""
    other = beside.setdefault(protocol, Running("vae", protocol)) if protocol not in beside else beside[protocol]
    running.seconds(), other.seconds()
    return round(float(np.median([running.seconds() / other.seconds() for _ in range(ROUNDS)])), 2)


def samplers_for(running: Running) -> Iterator[str]:
    """The registered samplers that give codes for a model that has run."""
    from aezoo.evaluation.inference import latent_of
    from aezoo.samplers import SAMPLERS, NotApplicableError

    latent = latent_of(running.trainer.model, running.images[:CODES])
    for name, sampler in SAMPLERS.items():
        try:
            sampler(latent, 10, 0)
        except NotApplicableError:
            continue
        yield name


def page(processor: str) -> str:
    """docs/models.md."""
    from aezoo.models.catalogue import catalogue

    families = {family: [each for each in entries if each.measured] for family, entries in catalogue().items()}
    families = {family: entries for family, entries in families.items() if entries}
    models = [each for entries in families.values() for each in entries if each.role == "model"]
    steps = {each.name: each.measured.step for each in models if each.measured and each.measured.step}
    dear = {name: step for name, step in sorted(steps.items(), key=lambda pair: -pair[1]) if step > 2}
    dearer = ", ".join(f"`{name}` {step:.1f}" for name, step in dear.items())
    kinds = len({each.family for each in models})
    lines = [
        "# Models",
        "",
        f"{len(models)} models of {kinds} families and the floors beside them, each on one setup and each held",
        "to an exact property by a test of its own. `--models all` runs what the protocol suits, `--models",
        "family:variational` one family, and `python -m aezoo.bench list models NAME` prints what stands here of one.",
        "",
        f"A step of {len(steps) - len(dear)} of {len(steps)} models costs at most twice that of `vae`."
        + (f" Dearer are {dearer}." if dear else ""),
        "",
        "`step` is the processor time of a training step relative to `vae` in the same process, under chapter-16 or",
        "the protocol named; `compile` is in processor seconds, once for each model and worker; `weights` counts all",
        f"the numbers kept. Measured on one thread of {processor} by",
        f"`{COMMAND}`; this page is made by `python benchmarks/catalogue.py`.",
        "",
    ]
    for family, entries in families.items():
        lines += [
            f"## {family.capitalize()}",
            "",
            "| model | minimises | step | compile | weights |",
            "|:--|:--|--:|--:|--:|",
        ]
        lines += [row(each) for each in entries]
        lines.append("")
        for each in entries:
            lines += detail(each)
    return "\n".join(lines).rstrip() + "\n"


def row(entry) -> str:
    facts = entry.measured
    name = f"{entry.name} (floor)" if entry.role == "floor" else entry.name
    cells = [name, escape(entry.objective)]
    under = "" if facts.protocol == "chapter-16" else f" ({facts.protocol})"
    step = "" if facts.step is None else f"{facts.step:.2f}{under}"
    cells += [step, f"{facts.compile_seconds:.1f}", f"{facts.weights:,}"]
    return f"| {' | '.join(cells)} |"


def detail(entry) -> list[str]:
    """Lines of what the table has no room for."""
    from aezoo.models.catalogue import parameter_text, protocols_by_reason

    parts = [entry.paper] if entry.paper else []
    if entry.parameters:
        parts.append(f"`{parameter_text(entry.parameters)}`")
    if entry.unsuitable:
        reasons = protocols_by_reason(entry.unsuitable).items()
        parts += [f"not under {', '.join(names)}: {reason}" for reason, names in reasons]
    parts.append("samplers " + (", ".join(entry.measured.samplers) or "none"))
    if entry.measured.exact_test:
        parts.append(f"exact test `{entry.measured.exact_test}`")
    return [f"**{entry.name}**: {escape('; '.join(parts))}.", ""]


def escape(text: str) -> str:
    """Text in Markdown whose bars, stars and underscores are meant as such, but for those within backticks."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"([|*_<\\])", r"\\\1", part) for part in parts[::2]]
    return "`".join(parts)


if __name__ == "__main__":
    main()
