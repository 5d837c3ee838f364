"""Catalogue of models and metrics for readers: their documentation, read from their source; nothing is imported."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from aezoo.analysis.conventions import METRIC_REGISTRY
from aezoo.plugins import installed
from aezoo.source import Declaration, display_equation, read_declarations, source_path

MODEL_REGISTRY = ("aezoo.models.MODELS", "aezoo.MODELS")


@dataclass(frozen=True)
class ModelEntry:
    """A model as its source describes it.

    Attributes:
        name: its registered name.
        text: its docstring, paragraph by paragraph: the idea, the objective and its symbols.
        equation: the objective in LaTeX; "" where the docstring has none.
        family: the idea that it belongs to, such as "variational"; "" where the source does not say.
        paper: who defined it, or "".
        parameters: with the values that they have unless others are given.
    """

    name: str
    text: tuple[str, ...]
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
        text: its docstring, paragraph by paragraph, without the parts on arguments and errors.
        minimum_n: the smallest number of images that makes sense; None where the source does not say.
    """

    name: str
    question: str
    text: tuple[str, ...]
    minimum_n: int | None


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
    return ModelEntry(
        name=name,
        text=_paragraphs(node),
        equation=display_equation(_docstring(node)),
        family=_class_attribute(declaration.module, node, "family"),
        paper=_class_attribute(declaration.module, node, "paper"),
        parameters={each: known[each] for each in named if each in known},
    )


def _metric_entry(name: str, declaration: Declaration) -> MetricEntry:
    options = declaration.options
    minimum = options.get("minimum_n")
    return MetricEntry(
        name=name,
        question=str(options.get("question", "")),
        text=_paragraphs(_definition(declaration.module, name)),
        minimum_n=minimum if isinstance(minimum, int) else None,
    )


@cache
def _module(name: str) -> ast.Module:
    path = source_path(name)
    return ast.parse("" if path is None else path.read_text(encoding="utf-8"))


def _definition(module: str, name: str) -> ast.FunctionDef | ast.ClassDef | None:
    """Find the function or the class that ``@....register("name")`` decorates."""
    for node in _module(module).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                match decorator:
                    case ast.Call(func=ast.Attribute(attr="register"), args=[ast.Constant(value=found), *_]):
                        if found == name:
                            return node
    return None


def _docstring(node: ast.FunctionDef | ast.ClassDef | None) -> str:
    return inspect.cleandoc(ast.get_docstring(node) or "") if node is not None else ""


def _paragraphs(node: ast.FunctionDef | ast.ClassDef | None) -> tuple[str, ...]:
    """Split a docstring into paragraphs, without the equation and the parts on arguments, values and errors."""
    parts = [" ".join(part.split()).replace("``", "").replace("`", "") for part in _docstring(node).split("\n\n")]
    skipped = ("Args:", "Returns:", "Raises:", "Attributes:", "Examples:", "$$ ")
    return tuple(part for part in parts if part and not part.startswith(skipped))


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
