"""Docstrings as the descriptions of scores: a score's own bullet where there are several, else the first paragraph.

Apart from the record of an audit, because it reads any function and knows nothing of audits.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from itertools import takewhile

SECTION = re.compile(r"(Args|Returns|Raises|Source|Sources|References?):")
BULLET = re.compile(r"- ``(?P<score>[^`]+)``: (?P<text>.*)", re.DOTALL)


def summary(documented: Callable[..., object], score: str | None = None) -> str:
    """Return the bullet "- ``score``: ..." of the docstring in plain text, or the first paragraph."""
    paragraphs = _paragraphs(documented)
    bullets = (BULLET.match(item) for paragraph in paragraphs for item in _items(paragraph))
    own = next((bullet["text"] for bullet in bullets if bullet and bullet["score"] == score), None)
    text = _plain((paragraphs or [""])[0] if own is None else own)
    starts_with_a_word = text[:2].isalpha()  # and not with a symbol, such as the u of a rank test
    return text[:1].upper() + text[1:] if starts_with_a_word else text


def context(documented: Callable[..., object], score: str) -> str:
    """Return everything else that the docstring says, but for its sections and the bullets of other scores."""
    own = summary(documented, score)
    paragraphs = [part for part in _paragraphs(documented) if not part.startswith("- ")]
    return " ".join(plain for plain in map(_plain, paragraphs) if plain != own)


def _paragraphs(documented: Callable[..., object]) -> list[str]:
    """List the paragraphs before the first section."""
    paragraphs = (inspect.getdoc(documented) or "").split("\n\n")
    return list(takewhile(lambda paragraph: not SECTION.match(paragraph), paragraphs))


def _items(paragraph: str) -> list[str]:
    return re.split(r"\n(?=- )", paragraph)


def _plain(text: str) -> str:
    """Put the text in one line, without the marks of code."""
    return " ".join(text.replace("`", "").split())
