"""Catalogue of models and metrics for readers: their documentation, read from their source; nothing is imported."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from aezoo.analysis.conventions import METRIC_REGISTRY
from aezoo.plugins import installed
from aezoo.source import Declaration, display_equation, read_declarations, source_path

MODEL_REGISTRY = ("aezoo.models.MODELS", "aezoo.MODELS")


OBJECTIVE = re.compile(r": (?:[\w ]+ )?minimises ")
"""Words after which the first paragraph of a model gives its objective, which stands below as an equation."""

LIMITS = "Limits: "
"""Begin of the paragraph of a metric's docstring that says what fools it."""

Paragraph = str | tuple[str, ...]
"""Prose, or the items of a list."""


@dataclass(frozen=True)
class ModelEntry:
    """A model as its source describes it.

    Attributes:
        name: its registered name.
        text: its docstring, paragraph by paragraph: the idea, the objective and its symbols.
        summary: the idea in a few words, and of several presets of one class the parameters in which this one differs.
        defaults: where the default of each parameter comes from.
        equation: the objective in LaTeX; "" where the docstring has none.
        family: the idea that it belongs to, such as "variational"; "" where the source does not say.
        paper: who defined it, or "".
        parameters: with the values that they have unless others are given.
    """

    name: str
    text: tuple[Paragraph, ...]
    summary: str
    defaults: Mapping[str, str]
    equation: str
    family: str
    paper: str
    parameters: Mapping[str, object]


@dataclass(frozen=True)
class MetricEntry:
    """A metric as its source describes it.

    Attributes:
        name: its registered name; one metric may give several scores.
        question: which question it belongs to.
        text: its docstring, paragraph by paragraph, without the parts on arguments, errors and limits.
        minimum_n: the smallest number of images that makes sense; None where any number does.
        limits: what fools it or what it does not see, the paragraph ``Limits:`` of its docstring; "" where it has none.
    """

    name: str
    question: str
    text: tuple[Paragraph, ...]
    minimum_n: int | None
    limits: str


@cache
def model_entries() -> Mapping[str, ModelEntry]:
    """Read the entries of all registered models, plug-ins' too, by name."""
    found = {**read_declarations("aezoo.models"), **dict(_plugged(MODEL_REGISTRY))}
    return {name: _model_entry(name, declaration) for name, declaration in found.items()}


@cache
def metric_entries() -> Mapping[str, MetricEntry]:
    """Read the entries of all registered metrics, plug-ins' too, by name."""
    found = {**read_declarations("aezoo.metrics"), **dict(_plugged(METRIC_REGISTRY))}
    return {name: _metric_entry(name, declaration) for name, declaration in found.items()}


def _plugged(registries: tuple[str, ...]) -> Iterator[tuple[str, Declaration]]:
    for plugin in installed():
        for source in plugin.sources:
            yield from ((name, each) for registry, name, each in source.registered if registry in registries)


def _model_entry(name: str, declaration: Declaration) -> ModelEntry:
    node = _definition(declaration.module, name)
    known = declaration.values
    named = [each for each in declaration.parameters or known if each not in ("self", "protocol")]
    parameters = {each: known[each] for each in named if each in known}
    return ModelEntry(
        name=name,
        text=_paragraphs(node),
        summary=_summary(node, parameters),
        defaults=_defaults(node),
        equation=display_equation(_docstring(node)),
        family=_class_attribute(declaration.module, node, "family"),
        paper=_class_attribute(declaration.module, node, "paper"),
        parameters=parameters,
    )


def _metric_entry(name: str, declaration: Declaration) -> MetricEntry:
    options = declaration.options
    minimum, node = options.get("minimum_n"), _definition(declaration.module, name)
    return MetricEntry(
        name=name,
        question=str(options.get("question", "")),
        text=_paragraphs(node),
        minimum_n=minimum if isinstance(minimum, int) else None,
        limits=_limits(node),
    )


@cache
def _module(name: str) -> ast.Module:
    path = source_path(name)
    return ast.parse("" if path is None else path.read_text(encoding="utf-8"))


def _definition(module: str, name: str) -> ast.FunctionDef | ast.ClassDef | None:
    """Find the function or the class that ``@....register("name")`` decorates."""
    for node in _module(module).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and name in dict(_registrations(node)):
            return node
    return None


def _docstring(node: ast.FunctionDef | ast.ClassDef | None) -> str:
    return inspect.cleandoc(ast.get_docstring(node) or "") if node is not None else ""


def _paragraphs(node: ast.FunctionDef | ast.ClassDef | None) -> tuple[Paragraph, ...]:
    """Split a docstring into paragraphs and lists, without the equation and the parts on arguments and errors."""
    skipped = ("Args:", "Returns:", "Raises:", "Attributes:", "Examples:", "Defaults:", LIMITS, "$$\n", "$$ ")
    found: list[Paragraph] = []
    for part in _docstring(node).split("\n\n"):
        prose, *items = re.split(r"^- ", part, flags=re.MULTILINE)
        if not part.startswith(skipped):
            found += [text for text in (_plain(prose), tuple(map(_plain, items))) if text]
    return tuple(found)


def _limits(node: ast.FunctionDef | ast.ClassDef | None) -> str:
    parts = (part for part in _docstring(node).split("\n\n") if part.startswith(LIMITS))
    return _plain(next(parts, "").removeprefix(LIMITS))


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("``", "").replace("`", "")


def _defaults(node: ast.FunctionDef | ast.ClassDef | None) -> dict[str, str]:
    """Read the section ``Defaults:`` of a docstring: where the default of each parameter comes from."""
    section = _docstring(node).partition("\nDefaults:\n")[2].partition("\n\n")[0]
    entries = re.split(r"^ {4}(?=\w+: )", section, flags=re.MULTILINE)[1:]
    return {name: _plain(source) for name, _, source in (entry.partition(": ") for entry in entries)}


def _summary(node: ast.FunctionDef | ast.ClassDef | None, parameters: Mapping[str, object]) -> str:
    """Cut the first paragraph before the objective, and add the parameters that other presets of the class change."""
    first = next((each for each in _paragraphs(node) if isinstance(each, str)), "")
    idea = OBJECTIVE.split(first)[0]
    presets = {} if node is None else dict(_registrations(node))
    changed = [key for key in parameters if any(key in options for options in presets.values())]
    said = ", ".join(f"{key} = {_brief(parameters[key])}" for key in changed) if len(presets) > 1 else ""
    return f"{idea.rstrip('.')}: {said}" if said else idea


def _brief(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _registrations(node: ast.FunctionDef | ast.ClassDef) -> Iterator[tuple[str, list[str]]]:
    """Yield the names that a node is registered by, and the options that each sets."""
    for decorator in node.decorator_list:
        match decorator:
            case ast.Call(func=ast.Attribute(attr="register"), args=[ast.Constant(value=str(found)), *_]):
                yield found, [each.arg for each in decorator.keywords if each.arg]


def _class_attribute(module: str, node: ast.FunctionDef | ast.ClassDef | None, name: str) -> str:
    """Read a class's text attribute from its body, or from those of the classes that it derives from."""
    if not isinstance(node, ast.ClassDef):
        return ""
    for statement in node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.Constant(value=str(value))) if found == name:
                return value
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.Constant(value=str(value))) if found == name:
                return value
    bases = (_base(module, base) for base in node.bases)
    return next((value for each in bases if each and (value := _class_attribute(*each, name))), "")


def _base(module: str, base: ast.expr) -> tuple[str, ast.ClassDef] | None:
    """Find the definition of a base class, in the module itself or where that imports it from."""
    if not isinstance(base, ast.Name):
        return None
    tree = _module(module)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == base.id:
            return module, node
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                if (alias.asname or alias.name) == base.id:
                    return _base(node.module, ast.Name(id=alias.name))
    return None
