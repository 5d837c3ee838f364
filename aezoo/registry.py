"""Named things that one new file adds: models, metrics, data sets, samplers, controls.

A file of the registry's package, or of another distribution through an entry point, declares its names with
``@REGISTRY.register("name", ...)``. The names are read from the source, so that listing them, or checking one,
imports nothing; the file is imported when the thing itself is asked for. A plug-in whose source does not tell all
names, such as one that registers in a loop, is imported before anything is looked up.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Generic, TypeVar

from aezoo.errors import UnknownNameError, UsageError
from aezoo.plugins import PluginModule, import_fault, installed
from aezoo.quiet_import import quieten_tensorflow
from aezoo.source import Declaration, first_sentence, read_declarations, source_digest

Built = TypeVar("Built")
Target = TypeVar("Target")

Offer = tuple[PluginModule, Declaration | None]
"""A plug-in, and what its source says of a name; None where only its entry point tells the name."""

NAME_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class PluginWarning(UserWarning):
    """A plug-in that could not be loaded, or that was refused; the rest goes on without it."""


def check_name(kind: str, name: str) -> str:
    """Return `name` if it may name a registered thing; raise `UsageError` otherwise."""
    if not NAME_PATTERN.fullmatch(name) or name.endswith("."):
        raise UsageError(
            f"{kind} name {name[:80]!r} is not allowed; use up to 64 letters, digits, '.', '_' and '-', "
            "starting with a letter or digit and not ending in '.'"
        )
    return name


class Registry(Generic[Built]):
    """The things of one kind, by name.

    `build(name, target, **options)` turns a decorated target and the decorator's options into what `get` returns.
    The registry stands in its package under the package's name in capitals: ``aezoo.models.MODELS``. Other
    distributions add to it by entry points of `group`, by default the name of the package.
    """

    def __init__(self, kind: str, package: str, build: Callable[..., Built], group: str = "") -> None:
        self.kind = kind
        self.package = package
        self.group = group or package
        self._build = build
        self._loaded: dict[str, Built] = {}
        self._registered: dict[str, tuple[str, Any]] = {}
        self._options: dict[str, dict[str, Any]] = {}

    def register(self, name: str, **options: Any) -> Callable[[Target], Target]:  # noqa: ANN401
        """Decorator: register its target under `name` with `options`; raises `UsageError` for a name that is taken."""
        check_name(self.kind, name)
        module: str = sys._getframe(1).f_globals.get("__name__", "")

        def decorate(target: Target) -> Target:
            self._require_free(name, module, target)
            self._loaded[name] = self._build(name, target, **options)
            self._registered[name] = (module, target)
            self._options[name] = options
            return target

        return decorate

    def names(self) -> list[str]:
        """Return every known name, sorted; those of plug-ins that cannot be loaded are among them."""
        plugged = self._plugged  # may load modules, which then register
        return sorted({*plugged, *self._loaded, *self._own})

    def check(self, name: str) -> str:
        """Return `name` if it is known; raise `UnknownNameError` with near matches otherwise."""
        if name not in self._own and name not in self.names():
            raise UnknownNameError(self.kind, name, self.names())
        return name

    def get(self, name: str) -> Built:
        """Return the thing called `name`; imports the one module that declares it.

        Raises:
            UnknownNameError: there is no such name.
            UsageError: a plug-in declares it and cannot be loaded, or two of them do.
        """
        self.check(name)
        quieten_tensorflow()
        if name not in self._loaded and name in self._own:
            importlib.import_module(self._own[name].module)
        elif problem := self.problem(name):
            raise UsageError(f"{problem}; mend the plug-in or uninstall it")
        return self._loaded[name]

    def items(self) -> Iterator[tuple[str, Built]]:
        """Yield every name with its thing, sorted; a plug-in that cannot be used is a `PluginWarning`, not an error."""
        for name in self.names():
            if problem := self.problem(name):
                warnings.warn(f"{problem}; it is left out", PluginWarning, stacklevel=2)
            else:
                yield name, self.get(name)

    def declaration(self, name: str) -> Declaration | None:
        """Return what the source says of `name`, which is not imported; None for a plug-in that cannot be loaded."""
        if name in self._own:
            return self._own[name]
        declared = next((declaration for _, declaration in self._plugged.get(name, ())), None)
        if declared is None and name in self._registered:
            return _inspected(*self._registered[name], self._options.get(name, {}))
        return declared

    def problem(self, name: str) -> str:
        """Say why the plug-in behind `name` cannot be used, in one line; empty where it can. Imports its module."""
        candidates = self._plugged.get(name)
        if candidates is None:
            return ""
        plugin, declaration = candidates[0]
        if len(candidates) > 1:
            places = " and ".join(each.origin for each, _ in candidates)
            return f"{self.kind} {name!r} has two makers, {places}"
        reason = plugin.load()
        if not reason and declaration is not None:
            reason = import_fault(declaration.module)
        if not reason and name not in self._loaded:
            reason = f"{plugin.module} registers no {self.kind} of that name"
        return f"{self.kind} {name!r} of {plugin.origin} cannot be loaded: {reason}" if reason else ""

    def refused(self) -> list[str]:
        """Return a line for each plug-in whose name aezoo's own has: which one, and where both come from."""
        return [
            f"{self.kind} {name!r} of {plugin.origin} ({plugin.module}) is refused: {self._own[name].module} of aezoo "
            "has the name; give the plug-in's another"
            for plugin in installed()
            for name in dict.fromkeys(name for name, _ in self._offered(plugin))
            if name in self._own
        ]

    def digest(self, name: str) -> str | None:
        """Return the digest of the source of `name`: its module's, and of what that imports from its own package.

        The package of aezoo's own things is the registry's. None where there is no source.
        """
        declared = self.declaration(name)
        if declared is None:
            return None
        if name in self._own:
            return source_digest(declared.module, self.package, without=(self.package,))
        return source_digest(declared.module, declared.module.partition(".")[0])

    def is_builtin(self, name: str) -> bool:
        """Tell whether `name` is aezoo's own and no plug-in's."""
        return name in self._own

    def local_modules(self) -> dict[str, str]:
        """Return the names that neither aezoo's own files nor plug-ins have, each with the module that registered it.

        They are known where that module was imported, and in no other process.
        """
        known = {*self._own, *self._plugged}
        return {name: module for name, (module, _) in self._registered.items() if name not in known}

    @cached_property
    def _own(self) -> dict[str, Declaration]:
        return read_declarations(self.package)

    @cached_property
    def _plugged(self) -> dict[str, list[Offer]]:
        """Offers of plug-ins, by name; a name that aezoo's own things have is refused, which a warning says."""
        found: dict[str, dict[tuple[str, str], Offer]] = {}
        for plugin in installed():
            for name, declaration in self._offered(plugin):
                if name not in self._own:
                    module = declaration.module if declaration is not None else plugin.module
                    found.setdefault(name, {}).setdefault((plugin.origin, module), (plugin, declaration))
        for line in self.refused():
            warnings.warn(line, PluginWarning, stacklevel=4)
        return {name: list(offers.values()) for name, offers in found.items()}

    def _offered(self, plugin: PluginModule) -> list[tuple[str, Declaration | None]]:
        """Return the names that a plug-in's source declares for this registry.

        One that announces something of this kind and whose source does not tell what is loaded. Where that fails, or
        registers nothing here, what it announces stands for what it would have registered.
        """
        announced = plugin.announced.get(self.group, [])
        offers: list[tuple[str, Declaration | None]] = [
            (name, declaration)
            for source in plugin.sources
            for registry, name, declaration in source.registered
            if self._is_meant(registry)
        ]
        unread = any(
            self._is_meant(registry) or "." not in registry for source in plugin.sources for registry in source.unread
        )
        if announced and (unread or not offers):
            reason = plugin.load()
            top = plugin.module.partition(".")[0]
            registers = any(module.partition(".")[0] == top for module, _ in self._registered.values())
            if not offers and (reason or not registers):
                offers = [(name, None) for name in announced]
        return offers

    def _is_meant(self, registry: str) -> bool:
        """Tell whether an absolute name, as a source file gives it, is this registry's: ``aezoo.MODELS`` is one too."""
        module, _, name = registry.rpartition(".")
        parent, _, constant = self.package.rpartition(".")
        return module == self.package or (module in (parent, "aezoo") and name == constant.upper())

    def _require_free(self, name: str, module: str, target: object) -> None:
        """Raise `UsageError` where the name is taken; a module that is loaded again, or a cell, may define it anew."""
        own = self._own.get(name)
        known = self._registered.get(name)
        if own is None and known is not None and known[0] == module and _same_name(known[1], target):
            return
        holder = own.module if own is not None else self._registered.get(name, ("another module",))[0]
        if name in self._loaded or (own is not None and own.module != module):
            raise UsageError(
                f"{self.kind} {name!r} of {module} is registered twice: {holder} has the name; "
                "give one of them another name"
            )


def _same_name(one: object, other: object) -> bool:
    return getattr(one, "__qualname__", None) == getattr(other, "__qualname__", "")


def _inspected(module: str, target: Any, options: dict[str, Any]) -> Declaration:  # noqa: ANN401
    """Declare a function or class that `module` registered from itself, where the source does not tell."""
    function = target.__init__ if inspect.isclass(target) else target
    arguments = {name: each for name, each in inspect.signature(function).parameters.items() if name != "self"}
    types = {name: each.annotation for name, each in arguments.items()}
    top = module.partition(".")[0]
    return Declaration(
        module=module,
        origin=next((plugin.origin for plugin in installed() if plugin.module.partition(".")[0] == top), ""),
        summary=first_sentence(inspect.getdoc(target) or ""),
        parameters=tuple(arguments),
        values={name: each.default for name, each in arguments.items() if each.default is not each.empty},
        annotations={
            name: each if isinstance(each, str) else getattr(each, "__name__", "") for name, each in types.items()
        },
        options=options,
    )
