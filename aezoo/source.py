"""Python source that is read and never run: where a module stands, what it registers, and a digest of what it does."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any, TypeGuard

SENTENCE_END = re.compile(r"(?<=[.!?])(?<!et al\.)(?<!e\.g\.)(?<!i\.e\.)\s+(?=[A-Z`])")
DISPLAY_EQUATION = re.compile(r"^\s*\$\$\s(.+?)\s\$\$\s*$", re.DOTALL | re.MULTILINE)

DIGEST_CHARACTERS = 16
"""Of a SHA-256 in hexadecimal: a record holds dozens of digests, and nobody forges one."""


@dataclass(frozen=True)
class Declaration:
    """Declaration of a registered thing, as a source file gives it.

    Attributes:
        module: the module that registers it.
        origin: the distribution that it is part of, with its version; empty for aezoo's own.
        summary: the decorator's `summary`, or the first sentence of the docstring.
        parameters: the arguments of its function, or of its class's constructor; None where the class has none of its
            own, so that only loading can tell.
        values: what the decorator sets of these, or else their defaults, where they are written out.
        annotations: their types, where one plain name says it, such as "float".
        options: the decorator's keyword arguments, where they are literals.
    """

    module: str
    origin: str
    summary: str
    parameters: tuple[str, ...] | None
    values: Mapping[str, Any]
    annotations: Mapping[str, str]
    options: Mapping[str, Any]


@dataclass(frozen=True)
class SourceFile:
    """Source of a module: what it registers and imports.

    Attributes:
        module: its full name.
        registered: what each decorator ``@REGISTRY.register("name")`` of the module says: the registry as an absolute
            name (``aezoo.models.MODELS``, or ``MODELS`` where no import gives it), the thing's name, and the thing.
        unread: the registries of other calls of a method `register`, such as one in a loop, whose names only running
            the module can tell.
    """

    module: str
    registered: tuple[tuple[str, str, Declaration], ...]
    unread: tuple[str, ...]


def locate(module: str) -> ModuleSpec | None:
    """Return the spec of a module, whose parents are not imported; None where there is no such module."""
    top, *below = module.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except ValueError:  # a script, which has no spec
        return None
    for part in below:
        if spec is None or spec.submodule_search_locations is None:
            return None
        spec = PathFinder.find_spec(f"{spec.name}.{part}", list(spec.submodule_search_locations))
    return spec


def source_path(module: str) -> Path | None:
    """Return the Python file of a module; None where it has none, or there is no such module.

    That of a module which is imported stands in it, and may be another than its name leads to: pytest imports by path.
    """
    origin = getattr(sys.modules.get(module), "__file__", None)
    if origin is None and module not in ("__main__", "__mp_main__"):
        spec = locate(module)
        origin = spec.origin if spec is not None and spec.has_location else None
    return Path(origin) if origin is not None and origin.endswith(".py") else None


def read_source(module: str, path: Path, origin: str = "") -> SourceFile:
    """Read the file of a module; raises `SyntaxError` or `OSError` where it cannot be read."""
    return _read_source(module, path, origin, path.stat().st_mtime_ns)


@lru_cache(maxsize=1_000)
def _read_source(module: str, path: Path, origin: str, modified: int) -> SourceFile:
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    names = _imported_names(tree, _package_of(module, path))
    decorators = dict(_declarations(tree, module, origin))
    registered = tuple((_registry_of(call, names), name, thing) for call, (name, thing) in decorators.items())
    calls = [node for node in ast.walk(tree) if _is_registration(node)]
    return SourceFile(module, registered, tuple(_registry_of(call, names) for call in calls if call not in decorators))


def read_declarations(package: str) -> dict[str, Declaration]:
    """Read from the source of `package` what its files register, by name; imports none of them."""
    spec = locate(package)
    return {
        name: declaration
        for folder in (spec.submodule_search_locations or () if spec is not None else ())
        for path in sorted(Path(folder).rglob("*.py"))
        if path.stem != "__init__"
        for _, name, declaration in read_source(_module_name(package, path.relative_to(folder)), path).registered
    }


def _module_name(package: str, path: Path) -> str:
    return ".".join((package, *path.with_suffix("").parts))


def reachable(module: str, package: str, without: Collection[str] = ()) -> Iterator[tuple[str, Path]]:
    """Yield a module, and the modules of `package` that it imports, directly or not, but for the modules `without`.

    Each with its file; what has no Python source is left out.
    """
    waiting, seen = [module], {*without}
    while waiting:
        name = waiting.pop()
        path = source_path(name) if name not in seen else None
        seen.add(name)
        if path is not None:
            yield name, path
            imported = _imported_modules(path, name, path.stat().st_mtime_ns)
            waiting.extend(name for name in imported if name == package or name.startswith(f"{package}."))


def source_digest(module: str, package: str, without: Collection[str] = ()) -> str | None:
    """Return a digest of what the modules of `reachable` do; None where they have no source.

    Comments, docstrings, blank lines and formatting do not count. It is the same in every version of Python.
    """
    paths = [path for _, path in reachable(module, package, without)]
    contents = sorted(_normalised(path, path.stat().st_mtime_ns) for path in paths)
    if not contents:
        return None
    return hashlib.sha256("\n".join(contents).encode()).hexdigest()[:DIGEST_CHARACTERS]


def first_sentence(text: str) -> str:
    """Return the first sentence of a docstring, in one line and without the marks of code."""
    paragraph = " ".join(text.partition("\n\n")[0].split()).replace("``", "")
    return SENTENCE_END.split(paragraph, maxsplit=1)[0]


def display_equation(text: str) -> str:
    """Return the LaTeX of the paragraph ``$$ ... $$`` of a docstring, in one line; "" where there is none."""
    found = DISPLAY_EQUATION.search(text)
    return " ".join(found[1].split()) if found is not None else ""


@lru_cache(maxsize=1_000)
def _normalised(path: Path, modified: int) -> str:
    """Return a digest of a file's meaning; `modified` is the time at which it was last written."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    return hashlib.sha256(_dump(tree).encode()).hexdigest()


def _dump(node: object) -> str:
    """Return a syntax tree as text, without positions, strings that stand alone and empty fields.

    `ast.dump` would do, if its text were the same in all versions of Python: new ones add empty fields.
    """
    if isinstance(node, ast.AST):
        fields = ((name, _dump(value)) for name, value in ast.iter_fields(node) if name != "kind")
        return f"{type(node).__name__}({','.join(f'{name}={text}' for name, text in fields if text)})"
    if isinstance(node, list):
        kept = [each for each in node if not _is_lone_string(each)]
        return f"[{','.join(map(_dump, kept))}]" if kept else ""
    return "" if node is None else repr(node)


def _is_lone_string(node: object) -> bool:
    """Tell whether a statement is a string and nothing else, such as a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


@lru_cache(maxsize=1_000)
def _imported_modules(path: Path, module: str, modified: int) -> tuple[str, ...]:
    """List the modules that a file imports anywhere; of ``from a import b``, ``a.b`` if that is one, else ``a``."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    names = set(_imported_names(tree, _package_of(module, path)).values())
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return tuple(name if source_path(name) is not None else name.rpartition(".")[0] for name in sorted(names | plain))


def _package_of(module: str, path: Path) -> str:
    """Return the package that a module's relative imports start from."""
    return module if path.stem == "__init__" else module.rpartition(".")[0]


def _absolute(node: ast.ImportFrom, package: str) -> str:
    """Return the module that ``from ... import`` names, as seen from a file of `package`."""
    if not node.level:
        return node.module or ""
    parents = package.split(".")
    start = parents[: len(parents) - node.level + 1]
    return ".".join([*start, *([node.module] if node.module else [])])


def _imported_names(tree: ast.Module, package: str) -> dict[str, str]:
    """Map each imported name to the absolute name that it stands for."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                names[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name: f"{_absolute(node, package)}.{alias.name}" for alias in node.names}
    return names


def _is_registration(node: ast.AST) -> TypeGuard[ast.Call]:
    """Tell whether a node is a call ``X.register(...)``."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "register"


def _registry_of(call: ast.Call, names: Mapping[str, str]) -> str:
    """Return the absolute name of X in a call ``X.register(...)``; X as it is written where no import explains it."""
    parts: list[str] = []
    value = call.func
    while isinstance(value, ast.Attribute):
        parts.insert(0, value.attr)
        value = value.value
    start = names.get(value.id, value.id) if isinstance(value, ast.Name) else ""
    return ".".join([start, *parts[:-1]])


def _declarations(tree: ast.Module, module: str, origin: str) -> Iterator[tuple[ast.Call, tuple[str, Declaration]]]:
    """Yield the decorators ``@....register("name")`` of a source file, with the name and what they decorate."""
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        sentence = first_sentence(ast.get_docstring(node) or "")
        parameters, annotations = _parameters(node), _annotations(node)
        for decorator in node.decorator_list:
            match decorator:
                case ast.Call(func=ast.Attribute(attr="register"), args=[ast.Constant(value=str(name)), *_]):
                    options = _literals({keyword.arg: keyword.value for keyword in decorator.keywords})
                    known = parameters or {}
                    values = _literals(known) | {key: options[key] for key in known if key in options}
                    summary = str(options.get("summary", sentence))
                    own = None if parameters is None else tuple(parameters)
                    yield decorator, (name, Declaration(module, origin, summary, own, values, annotations, options))


def _literals(nodes: Mapping[Any, ast.expr | None]) -> dict[str, Any]:
    """Evaluate the expressions that are literals: constants, and tuples and dictionaries of them."""
    found = {}
    for key, node in nodes.items():
        if node is not None:
            with suppress(ValueError, TypeError):
                found[str(key)] = ast.literal_eval(node)
    return found


def _parameters(node: ast.FunctionDef | ast.ClassDef) -> dict[str, ast.expr | None] | None:
    """Read the arguments of a function, or of a class's own constructor, with defaults; None where it has none."""
    function = _function(node)
    if function is None:
        return None
    arguments = function.args
    padded = [None] * (len(arguments.args) - len(arguments.defaults)) + arguments.defaults
    positional = {argument.arg: default for argument, default in zip(arguments.args, padded, strict=True)}
    keywords = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return positional | {argument.arg: default for argument, default in keywords}


def _annotations(node: ast.FunctionDef | ast.ClassDef) -> dict[str, str]:
    """Return the types of these arguments, where one plain name says it."""
    function = _function(node)
    arguments = [*function.args.args, *function.args.kwonlyargs] if function is not None else []
    return {each.arg: each.annotation.id for each in arguments if isinstance(each.annotation, ast.Name)}


def _function(node: ast.FunctionDef | ast.ClassDef) -> ast.FunctionDef | None:
    """Return the function itself, or the constructor of a class that has one of its own."""
    parts = [node] if isinstance(node, ast.FunctionDef) else node.body
    named = [part for part in parts if isinstance(part, ast.FunctionDef)]
    return next((part for part in named if part is node or part.name == "__init__"), None)
