"""MathML of equations in LaTeX: mathematics and text alone, whoever wrote the LaTeX, as a page needs."""

from __future__ import annotations

import html
from itertools import zip_longest
from xml.etree.ElementTree import Element, SubElement, tostring

from latex2mathml.converter import convert_to_element
from markupsafe import Markup, escape

ELEMENTS = [
    "math",
    "mrow",
    "mi",
    "mn",
    "mo",
    "ms",
    "mtext",
    "mspace",
    "msub",
    "msup",
    "msubsup",
    "munder",
    "mover",
    "munderover",
    "mfrac",
    "msqrt",
    "mroot",
    "mstyle",
    "mpadded",
    "mphantom",
    "mtable",
    "mtr",
    "mtd",
]
ATTRIBUTES = [
    "display",
    "displaystyle",
    "scriptlevel",
    "mathvariant",
    "stretchy",
    "fence",
    "form",
    "separator",
    "accent",
    "accentunder",
    "largeop",
    "movablelimits",
    "minsize",
    "maxsize",
    "lspace",
    "rspace",
    "width",
    "height",
    "depth",
    "columnalign",
    "columnspacing",
    "rowspacing",
    "linethickness",
]


def to_mathml(latex: str) -> Markup:
    r"""Convert an equation to a ``math`` element for display; LaTeX that cannot be read becomes ``code``, as written.

    Elements and attributes other than those of `ELEMENTS` and `ATTRIBUTES` are left out, such as the links of
    ``\href``, and all text is escaped.
    """
    try:
        return _convert(latex)
    except ValueError:
        return Markup("<code>") + escape(latex) + Markup("</code>")


def _convert(latex: str) -> Markup:
    try:
        found = convert_to_element(latex, display="block")
    except Exception as error:  # the converter raises errors of many kinds, IndexError among them
        raise ValueError(f"the equation {latex!r} is no LaTeX that latex2mathml reads: {error!r}") from error
    root = Element("math", {"display": "block"})
    _copy_children(found, root)
    if any((element.text or "").startswith(("\\", "&")) and element.tag != "mtext" for element in root.iter()):
        raise ValueError(f"the equation {latex!r} has a command or an environment that latex2mathml does not know")
    return Markup(tostring(root, encoding="unicode", short_empty_elements=False))


def _copy_children(source: Element, target: Element) -> None:
    """Copy the elements of mathematics below `source`, as plain text and the attributes allowed."""
    for child, following in zip_longest(source, source[1:]):
        if child.tag in ELEMENTS:
            kept = SubElement(target, child.tag, {key: v for key, v in child.attrib.items() if key in ATTRIBUTES})
            # The converter writes characters as references, in text that it does not escape itself.
            kept.text = html.unescape(child.text) if child.text else child.text
            _copy_children(child, kept)
            if child.tag == "mi" and len(kept.text or "") > 1 and following is not None and following.tag != "mo":
                SubElement(target, "mspace", {"width": "0.167em"})  # browsers set ln p as one word
        else:
            _copy_children(child, target)
