"""Named things that one new file adds: models, metrics, data sets, samplers, controls.

A file of the registry's package, or of another distribution through an entry point, declares its names with
``@REGISTRY.register("name", ...)``. The names are read from the source, so that listing them, or checking one,
imports nothing; the file is imported when the thing itself is asked for.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.util
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Generic, TypeVar

from aezoo.errors import UnknownNameError, UsageError

Built = TypeVar("Built")
Target = TypeVar("Target")

NAME_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SENTENCE_END = re.compile(r"(?<=[.!?])(?<!et al\.)(?<!e\.g\.)(?<!i\.e\.)\s+(?=[A-Z`])")


class PluginWarning(UserWarning):
    """A plug-in that could not be loaded; the rest goes on without it."""


def check_name(kind: str, name: str) -> str:
    """Return `name` if it may name a registered thing; raise `UsageError` otherwise."""
    if not NAME_PATTERN.fullmatch(name) or name.endswith("."):
        raise UsageError(
            f"{kind} name {name[:80]!r} is not allowed; use up to 64 letters, digits, '.', '_' and '-', "
            "starting with a letter or digit and not ending in '.'"
        )
    return name


@dataclass(frozen=True)
class Declaration:
    """What a source file says of a registered thing.

    Attributes:
        module: the module that registers it.
        summary: the decorator's `summary`, or the first sentence of the docstring.
        parameters: the arguments of its function, or of its class's constructor.
        values: what the decorator sets of these, or else their defaults, where they are written out.
        annotations: their types, where one plain name says it, such as "float".
        options: the decorator's keyword arguments that are written out as literals.
    """

    module: str
    summary: str
    parameters: tuple[str, ...]
    values: Mapping[str, Any]
    annotations: Mapping[str, str]
    options: Mapping[str, Any]


class Registry(Generic[Built]):
    """The things of one kind, by name.

    `build(name, target, **options)` turns a decorated target and the decorator's options into what `get` returns.
    """

    def __init__(self, kind: str, package: str, build: Callable[..., Built]) -> None:
        self.kind = kind
        self.package = package
        self._build = build
        self._loaded: dict[str, Built] = {}

    def register(self, name: str, **options: Any) -> Callable[[Target], Target]:  # noqa: ANN401
        """Decorator: register its target under `name` with `options`."""
        check_name(self.kind, name)

        def decorate(target: Target) -> Target:
            if name in self._loaded:
                raise UsageError(f"{self.kind} {name!r} is registered twice; give one of them another name")
            self._loaded[name] = self._build(name, target, **options)
            return target

        return decorate

    def names(self) -> list[str]:
        """Every known name, sorted; imports none of the modules behind them."""
        return sorted({*self._loaded, *self._declared, *self._plugins})

    def check(self, name: str) -> str:
        """Return `name` if it is known; raise `UnknownNameError` with near matches otherwise. Imports nothing."""
        if name not in self._loaded and name not in self._declared and name not in self._plugins:
            raise UnknownNameError(self.kind, name, self.names())
        return name

    def get(self, name: str) -> Built:
        """The thing called `name`; imports the one module that declares it."""
        self.check(name)
        if name not in self._loaded:
            if name in self._declared:
                importlib.import_module(self._declared[name].module)
            else:
                self._plugins[name].load()
        if name not in self._loaded:
            raise UsageError(
                f"{self.kind} {name!r} is announced but its module registers no such name; "
                f"its entry point and its {self.kind} decorator must agree"
            )
        return self._loaded[name]

    def items(self) -> Iterator[tuple[str, Built]]:
        """Every name with its thing, sorted; a plug-in that fails to load is a `PluginWarning`, not an error."""
        for name in self.names():
            try:
                yield name, self.get(name)
            except Exception as error:
                if name not in self._plugins:
                    raise
                reason = f"{type(error).__name__}: {error}"
                warnings.warn(f"{self.kind} {name!r} left out: {reason}", PluginWarning, stacklevel=2)

    def declaration(self, name: str) -> Declaration | None:
        """What the source says of `name`, imported from nowhere; None for a plug-in, which only loading can tell."""
        return self._declared.get(name)

    @cached_property
    def _plugins(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group=self.package)}

    @cached_property
    def _declared(self) -> dict[str, Declaration]:
        return read_declarations(self.package)


def read_declarations(package: str) -> dict[str, Declaration]:
    """Read from the source of `package` what its files register, by name; imports none of them."""
    spec = importlib.util.find_spec(package)
    return {
        name: declaration
        for folder in (spec.submodule_search_locations or () if spec is not None else ())
        for path in sorted(Path(folder).rglob("*.py"))
        if path.stem != "__init__"
        for name, declaration in _declarations(path, _module_name(package, path.relative_to(folder)))
    }


def _module_name(package: str, path: Path) -> str:
    return ".".join((package, *path.with_suffix("").parts))


def _declarations(path: Path, module: str) -> Iterator[tuple[str, Declaration]]:
    """The names in the ``@....register("name")`` decorators of a source file, with what they decorate."""
    for node in ast.parse(path.read_text(encoding="utf-8"), str(path)).body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        sentence = first_sentence(ast.get_docstring(node) or "")
        parameters, annotations = _parameters(node), _annotations(node)
        for decorator in node.decorator_list:
            match decorator:
                case ast.Call(func=ast.Attribute(attr="register"), args=[ast.Constant(value=str(name)), *_]):
                    options = _literals(decorator.keywords)
                    values = _constants(parameters) | {key: options[key] for key in parameters if key in options}
                    summary = str(options.get("summary", sentence))
                    yield name, Declaration(module, summary, tuple(parameters), values, annotations, options)


def first_sentence(text: str) -> str:
    """The first sentence of a docstring, in one line and without the marks of code."""
    paragraph = " ".join(text.partition("\n\n")[0].split()).replace("``", "")
    return SENTENCE_END.split(paragraph, maxsplit=1)[0]


def _constants(nodes: Mapping[Any, ast.expr | None]) -> dict[str, Any]:
    """Those of some expressions that are plain constants."""
    return {str(key): node.value for key, node in nodes.items() if isinstance(node, ast.Constant)}


def _literals(keywords: Iterable[ast.keyword]) -> dict[str, Any]:
    """Those of some keyword arguments that are literals: constants, and tuples and dictionaries of them."""
    values = {}
    for keyword in keywords:
        with contextlib.suppress(ValueError, TypeError):
            values[str(keyword.arg)] = ast.literal_eval(keyword.value)
    return values


def _parameters(node: ast.FunctionDef | ast.ClassDef) -> dict[str, ast.expr | None]:
    """The arguments of a function, or of a class's constructor, with their defaults."""
    function = _function(node)
    if function is None:
        return {}
    names, defaults = function.args.args, function.args.defaults
    padded = [None] * (len(names) - len(defaults)) + defaults
    return {argument.arg: default for argument, default in zip(names, padded, strict=True)}


def _annotations(node: ast.FunctionDef | ast.ClassDef) -> dict[str, str]:
    """The types of these arguments, where one plain name says it."""
    function = _function(node)
    arguments = function.args.args if function is not None else []
    return {each.arg: each.annotation.id for each in arguments if isinstance(each.annotation, ast.Name)}


def _function(node: ast.FunctionDef | ast.ClassDef) -> ast.FunctionDef | None:
    """The function itself, or the constructor of a class that has one."""
    parts = [node] if isinstance(node, ast.FunctionDef) else node.body
    named = [part for part in parts if isinstance(part, ast.FunctionDef)]
    return next((part for part in named if part is node or part.name == "__init__"), None)
