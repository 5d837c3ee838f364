"""The catalogue of models: `python benchmarks/catalogue.py [--measure all|missing|NAME,...] [--compilation]`.

Writes docs/models.md from the registry, the tests and `aezoo/models/measured.json`. With `--measure` it first runs the
models named, a few epochs of 3,000 digits on one thread beside `vae` in turn, and writes what they cost into that file,
model by model; with `--compilation` as well, what compiling them costs and nothing else. Samplers are asked anew each
time, once for each kind of code, which is what decides.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import time
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).parents[1]
FACTS = ROOT / "aezoo" / "models" / "measured.json"
PAGE = ROOT / "docs" / "models.md"
COMMAND = "python benchmarks/catalogue.py --measure all"
ROUNDS = 7
CODES = 20_000
"""Of a stand-in for trained codes."""
FEW = 4
"""Dimensions that stand for any number up to `MANY`, so that one compilation serves all."""
MANY = 100
"""Dimensions above which codes may be too few to fit a density to: then the number itself is asked."""


def main() -> None:
    options = read_options()
    known = facts()
    if options.measure:
        measure_models(options.measure, known, options.compilation)
    from aezoo.models.catalogue import catalogue_entry, measured_facts

    tests, samplers = exact_tests(), applicable_samplers(known)
    for name, one in known["models"].items():
        entry = catalogue_entry(name)
        one.update(family=entry.family, paper=entry.paper, protocols=list(entry.protocols))
        one.update(exact_tests=tests.get(name, []), samplers=samplers[name])
    save(known)
    measured_facts.cache_clear()  # what was read before is older
    PAGE.write_text(page(known["processor"]))


def facts() -> dict:
    """What the file of measured facts holds."""
    return json.loads(FACTS.read_text())


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make the catalogue of models.")
    parser.add_argument("--measure", default="", help="all, missing, or names with commas between")
    parser.add_argument("--compilation", action="store_true", help="measure the compilation alone, and keep the rest")
    return parser.parse_args()


def save(known: dict) -> None:
    known["models"] = dict(sorted(known["models"].items()))
    FACTS.write_text(json.dumps(known, indent=1) + "\n")


@cache
def exact_tests() -> dict[str, list[str]]:
    """The tests that are marked as exact ones of a model, as pytest names them, by the name of the model."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for function in ast.walk(ast.parse(path.read_text())):
            for decorator in getattr(function, "decorator_list", ()):
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.exact":
                    for name in decorator.args:
                        test = f"{path.relative_to(ROOT)}::{function.name}"
                        found.setdefault(ast.literal_eval(name), []).append(test)
    return found


def measure_models(chosen: str, known: dict, compilation: bool) -> None:
    from aezoo.machine import instructions, processor
    from aezoo.threads import limit_threads

    limit_threads()
    from aezoo.models import MODELS
    from aezoo.models.catalogue import catalogue_entry

    own = [name for name in MODELS.names() if MODELS.is_builtin(name)]
    named = own if chosen in ("all", "missing") else chosen.split(",")
    known["processor"] = f"{processor()}, {instructions()}"
    known["models"] = {name: one for name, one in known["models"].items() if name in own}
    beside = {"chapter-16": Running("vae", "chapter-16")}  # a process takes half a second longer for its first one
    for name in named:
        if chosen == "missing" and name in known["models"]:
            continue
        protocols = [
            p for p in ("chapter-16", *catalogue_entry(name).protocols) if p in catalogue_entry(name).protocols
        ]
        if compilation and name in known["models"]:
            known["models"][name]["compile_seconds"] = Running(name, protocols[0]).compile_seconds
        else:
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
        self.trainer = Trainer(MODELS.get(name), get_protocol(protocol))
        self.images, held_out = (rows(self.trainer.model, split) for split in (dataset.train, dataset.held_out))
        started = time.process_time()
        self.trainer.compile(self.images, held_out)
        self.compile_seconds = round(time.process_time() - started, 1)
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
            **{"family": "", "paper": "", "protocols": ()},
            protocol=protocol,
            weights=sum(int(np.prod(weight.shape)) for weight in running.trainer.model.weights),
            step=step,
            step_at_2=step_at_2,
            compile_seconds=running.compile_seconds,
            samplers=(),
            exact_tests=(),
        )
    )


def ratio(running: Running, beside: dict[str, Running], protocol: str) -> float:
    """The median of the ratios of epochs in turn, this model's to those of `vae`."""
    other = beside.setdefault(protocol, Running("vae", protocol)) if protocol not in beside else beside[protocol]
    running.seconds(), other.seconds()
    return round(float(np.median([running.seconds() / other.seconds() for _ in range(ROUNDS)])), 2)


class Kind(NamedTuple):
    """What samplers can tell one model from another by, before a weight is trained."""

    dimensions: int
    has_prior: bool
    has_posterior: bool
    is_discrete: bool


def applicable_samplers(known: dict) -> dict[str, list[str]]:
    """The registered samplers that give codes for each model that was measured, under the protocol it was measured."""
    from aezoo.datasets import load_dataset
    from aezoo.evaluation.inference import latent_of
    from aezoo.evaluation.model_inputs import rows
    from aezoo.models import MODELS
    from aezoo.spec import get_protocol

    split, found = load_dataset("mnist-5k").train, {}
    for name, one in known["models"].items():
        model = MODELS.get(name).create(get_protocol(one["protocol"]), 0)
        latent = latent_of(model, rows(model, split)[:1])
        dimensions = latent.codes.shape[1]
        kind = Kind(
            min(dimensions, FEW) if dimensions <= MANY else dimensions,
            latent.prior is not None,
            latent.posterior is not None,
            latent.symbols is not None,
        )
        found[name] = list(samplers_for(kind)) if model.generative else []
    return found


@cache
def samplers_for(kind: Kind) -> tuple[str, ...]:
    """The samplers that do not refuse codes of a kind; their fits end after a step."""
    from aezoo.samplers import SAMPLERS, NotApplicableError
    from aezoo.samplers.fitting import at_most

    latent, found = stand_in(kind), []
    for name, sampler in SAMPLERS.items():
        try:
            with at_most(1):
                sampler(latent, 2, 0)
        except NotApplicableError:
            continue
        found.append(name)
    return tuple(found)


def stand_in(kind: Kind):
    """Codes of a kind in ten clear groups, which a mixture finds at once, with the draws and symbols the kind has."""
    from aezoo.samplers import Latent, Symbols

    def draw(n: int, seed: int) -> np.ndarray:
        random, width = np.random.default_rng(seed), kind.dimensions or 2
        centres = np.random.default_rng(0).normal(0, 20, (10, width))
        return (centres[random.integers(10, size=n)] + random.standard_normal((n, width))).astype(np.float32)

    symbols = Symbols((2,), lambda codes: (codes[:, :1] > 0).astype(np.int64), lambda drawn: draw(len(drawn), 0))
    return Latent(
        draw(CODES, 0)[:, : kind.dimensions],
        draw if kind.has_prior else None,
        draw if kind.has_posterior else None,
        symbols if kind.is_discrete else None,
    )


def page(processor: str) -> str:
    """docs/models.md."""
    from aezoo.models.catalogue import catalogue

    families = {family: [each for each in entries if each.measured] for family, entries in catalogue().items()}
    families = {family: entries for family, entries in families.items() if entries}
    every = [each for entries in families.values() for each in entries]
    lines = [
        "# Models",
        "",
        *finding([each for each in every if each.role == "model" and not each.failure]),
        *failures([each for each in every if each.failure]),
        "",
        "Each model runs on one setup and is held to an exact property by a test of its own. `--models all` runs what",
        "the protocol suits, `--models family:variational` one family; `python -m aezoo.bench list models NAME` prints",
        "what stands here of one. [What became of each](../results/zoo/families.md): the look of its samples, its",
        "scores.",
        "",
        "`step` is the processor time of a training step relative to `vae` in the same process, under chapter-16 or",
        "the protocol named; `compile` is the processor seconds that the compilation of an epoch and of the held-out",
        "means takes, once for each model and worker, without the building and the checks of the model before it;",
        "`weights` counts all the numbers kept. Measured on one thread of",
        f"{processor} by `{COMMAND}`; this page is made by `python benchmarks/catalogue.py`.",
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
    lines += sampler_table(every)
    return "\n".join(lines).rstrip() + "\n"


def finding(models) -> list[str]:
    """The first lines: how many models there are, and which cost more than they should."""
    steps = {each.name: each.measured.step for each in models if each.measured.step}
    dear = {name: step for name, step in sorted(steps.items(), key=lambda pair: -pair[1]) if step > 2}
    compiled = {each.name: each.measured.compile_seconds for each in models if each.measured.step}
    slow = {name: cost for name, cost in sorted(compiled.items(), key=lambda pair: -pair[1]) if cost > 5}

    reasons = {each.name: each.dearer for each in models}

    def named(costs: dict[str, float]) -> str:
        return ", ".join(f"`{name}` {cost:.1f}" for name, cost in costs.items())

    lines = [
        f"There are {len(models)} models of {len({each.family for each in models})} families. A step of training takes "
        f"at most twice as long as for `vae` for {len(steps) - len(dear)} of them, longer for {len(dear) or 'none'}."
    ]
    if dear:
        lines.append("Dearer, in times of `vae`, and why:")
        lines += ["", *(f"- `{name}` {step:.1f}: {reasons[name]}" for name, step in dear.items()), ""]
    if slow:
        lines.append(f"Compilation takes longer than 5 s, in seconds: {named(slow)}.")
    return lines


def failures(entries) -> list[str]:
    """A line for each model that is kept to be seen and does not work."""
    return [f"`{each.name}` does not work, and `--models all` leaves it out: {each.failure}." for each in entries]


def sampler_table(entries) -> list[str]:
    """Lines that say once for all models of a kind which samplers apply."""
    by_samplers: dict[tuple[str, ...], list[str]] = {}
    for each in entries:
        by_samplers.setdefault(each.measured.samplers, []).append(each.name)
    lines = [
        "## Samplers",
        "",
        "What applies depends on the kind of code, not on its weights: a point, draws from q(z|x), symbols or none,",
        "with a prior or without. The mixture needs a hundred training images for each dimension.",
        "",
        "| samplers | models |",
        "|:--|:--|",
    ]
    for samplers, names in sorted(by_samplers.items(), key=lambda pair: -len(pair[1])):
        lines.append(f"| {', '.join(samplers) or 'none'} | {', '.join(sorted(names))} |")
    return lines


def row(entry) -> str:
    facts = entry.measured
    name = f"{entry.name} (floor)" if entry.role == "floor" else entry.name
    cells = [name, escape(entry.objective)]
    under = "" if facts.protocol == "chapter-16" else f" ({facts.protocol})"
    step = "" if facts.step is None else f"{facts.step:.2f}{under}"
    compiled = "" if facts.step is None else f"{facts.compile_seconds:.1f}"
    cells += [step, compiled, f"{facts.weights:,}"]
    return f"| {' | '.join(cells)} |"


def detail(entry) -> list[str]:
    """Lines of what the table has no room for."""
    from aezoo.models.catalogue import parameter_text, protocols_by_reason

    parts = [entry.paper] if entry.paper else []
    parts += [f"does not work: {entry.failure}"] if entry.failure else []
    if entry.parameters:
        parts.append(f"`{parameter_text(entry.parameters)}`")
    if entry.unsuitable:
        reasons = protocols_by_reason(entry.unsuitable).items()
        parts += [f"not under {', '.join(names)}: {reason}" for reason, names in reasons]
    if tests := entry.measured.exact_tests:
        parts.append(f"exact test{'s' * (len(tests) > 1)} " + ", ".join(f"`{test}`" for test in tests))
    equation = ["```math", entry.equation, "```", ""] if entry.equation else []
    sources = [f"- `{name}`: {escape(source)}" for name, source in entry.defaults.items()]
    lines = [*equation, *sources, ""] if sources else equation
    return [f"**{entry.name}**: {escape('; '.join(parts))}.", "", *lines] if parts else lines


def escape(text: str) -> str:
    """Text in Markdown whose bars, stars and underscores are meant as such, but for those within backticks."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"([|*_<\\])", r"\\\1", part) for part in parts[::2]]
    return "`".join(parts)


if __name__ == "__main__":
    main()
