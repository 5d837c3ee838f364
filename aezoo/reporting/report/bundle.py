"""Scripts and styles of the report in one piece each, and the policy that lets nothing else run.

A page that is opened from a disk cannot import modules from files beside it, so the ES modules of `static` are linked
into one: each becomes a function that is called once, in the order of their imports, and returns what it exports.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from importlib import resources

from markupsafe import Markup

IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([a-z0-9-]+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async function\*?|function\*?|const|class) (\w+))", re.MULTILINE)
UNLINKED = re.compile(r"^\s*(?:import|export)\b", re.MULTILINE)
CLOSING = re.compile(r"</(script|style)", re.IGNORECASE)


def link_modules(names: Sequence[str]) -> Markup:
    """Link the ES modules `names` of `static`, and what they import, into one script without imports.

    A module may import names from its neighbours (``import { a, b } from "./c.js";``) and export functions,
    constants and classes where it defines them.

    Raises:
        ValueError: a module imports or exports in another way, or modules import each other in a circle.
    """
    return Markup("".join(_in_order(names, [], [])))


def _in_order(names: Sequence[str], done: list[str], open_: list[str]) -> Iterator[str]:
    for name in names:
        if name in open_:
            raise ValueError(f"modules import each other in a circle: {' -> '.join([*open_, name])}")
        if name not in done:
            source = _read(f"{name}.js")
            imported = [match[2] for match in IMPORT.finditer(source)]
            yield from _in_order(imported, done, [*open_, name])
            done.append(name)
            yield _as_function(name, source)


def _as_function(name: str, source: str) -> str:
    """Wrap one module: imports become constants, exports what the function returns."""
    exports = [match[1] for match in EXPORT.finditer(source)]
    body = EXPORT.sub("", IMPORT.sub(lambda match: f"const {{{match[1]}}} = {_variable(match[2])};\n", source))
    if UNLINKED.search(body):
        raise ValueError(
            f'{name}.js: write imports as import {{ a }} from "./b.js"; and export where a name is defined'
        )
    return f"const {_variable(name)} = (() => {{\n{body}\nreturn {{ {', '.join(exports)} }};\n}})();\n"


def _variable(name: str) -> str:
    return f"module_{name.replace('-', '_')}"


def read_styles(names: Sequence[str]) -> Markup:
    """Read the style sheets `names` of `static`, one after the other."""
    return Markup("".join(map(_read, names)))


def _read(name: str) -> str:
    text = resources.files("aezoo.reporting.report").joinpath("static", name).read_text(encoding="utf-8")
    if CLOSING.search(text):
        raise ValueError(f"{name} holds the end of its own element")
    return text


def content_hash(text: str) -> str:
    """Hash the content of a script or a style as a Content-Security-Policy names it: ``sha256-...``."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def policy(script: str, style: str) -> str:
    """Write the policy of a page: this script, this style, images within the page, and not one request."""
    return (
        f"default-src 'none'; script-src '{content_hash(script)}'; style-src '{content_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def embed_json(value: object) -> Markup:
    """Write a value as JSON that may stand inside of a script element: no text in it can close the element.

    Raises:
        ValueError: it holds NaN or an infinite number.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)
