"""Plug-ins: modules of other distributions that register things, found by their entry points.

The group of an entry point is the package of a registry (``aezoo.models``), its value a module, and its name the
thing's, or any other where the module registers several: a module is loaded whole, and all that it registers counts.
"""

from __future__ import annotations

import importlib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import EntryPoint, entry_points

from aezoo.errors import one_line
from aezoo.quiet_import import quieten_tensorflow
from aezoo.source import SourceFile, reachable, read_source

GROUPS = "aezoo."
"""The beginning of the names of all groups."""


@dataclass
class PluginModule:
    """A module that entry points name.

    Attributes:
        module: its full name.
        origin: the distribution, with its version.
        announced: the names of its entry points, by group.
        reason: why it cannot be used, once it has been tried; empty where it can.
        loaded: whether it has been tried.
    """

    module: str
    origin: str
    announced: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    reason: str = ""
    loaded: bool = False

    @cached_property
    def sources(self) -> tuple[SourceFile, ...]:
        """Files that are run when it is loaded: its own, those above it, and what it imports from its own package."""
        top, *below = self.module.split(".")
        parents = [".".join([top, *below[:depth]]) for depth in range(len(below))]
        try:
            files = dict(pair for name in (self.module, *parents) for pair in reachable(name, top))
            return tuple(read_source(name, path, self.origin) for name, path in files.items())
        except (OSError, SyntaxError, ValueError):  # loading it says what is wrong
            return ()

    def load(self) -> str:
        """Import it, unless that has been tried; returns why that failed, in one line, or nothing."""
        if not self.loaded:
            self.loaded = True
            self.reason = import_fault(self.module)
        return self.reason


def import_fault(module: str) -> str:
    """Import a module of a plug-in; returns why that failed, in one line, or nothing."""
    quieten_tensorflow()
    try:
        importlib.import_module(module)
    except (Exception, SystemExit) as error:  # a plug-in may raise anything, and leave
        return one_line(error)
    return ""


@cache
def installed() -> tuple[PluginModule, ...]:
    """Return every module that an entry point names, in order of the entry points' names; imports none of them."""
    modules: dict[tuple[str, str], PluginModule] = {}
    every = entry_points()
    groups = [group for group in every.groups if group.startswith(GROUPS)]
    points = [point for group in groups for point in every.select(group=group)]
    for point in sorted(points, key=lambda point: (point.group, point.name, point.value)):
        name, origin = point.value.partition(":")[0].strip(), _origin(point)
        modules.setdefault((name, origin), PluginModule(name, origin)).announced[point.group].append(point.name)
    return tuple(modules.values())


def _origin(point: EntryPoint) -> str:
    """Return the distribution of an entry point, with its version; the top-level package where there is none."""
    if point.dist is None:
        return point.value.partition(".")[0].partition(":")[0]
    return f"{point.dist.name} {point.dist.version}"
