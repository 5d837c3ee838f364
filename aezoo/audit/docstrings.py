"""What a docstring says of one score: its own bullet where a function gives several, else the first paragraph."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from itertools import takewhile

SECTION = re.compile(r"(Args|Returns|Raises|Source|Sources|References?):")
BULLET = re.compile(r"- ``(?P<score>[^`]+)``: (?P<text>.*)", re.DOTALL)


def summary(documented: Callable[..., object], score: str | None = None) -> str:
    """The bullet "- ``score``: ..." of the docstring in plain words, or the first paragraph."""
    described = _paragraphs(documented)
    found = (BULLET.match(item) for paragraph in described for item in _items(paragraph))
    own = next((bullet["text"] for bullet in found if bullet and bullet["score"] == score), None)
    words = _plain((described or [""])[0] if own is None else own)
    starts_with_a_word = words[:2].isalpha()  # and not with a symbol, such as the u of a rank test
    return words[:1].upper() + words[1:] if starts_with_a_word else words


def context(documented: Callable[..., object], score: str) -> str:
    """All else that the docstring says, but for its sections and the bullets of other scores."""
    own = summary(documented, score)
    paragraphs = [part for part in _paragraphs(documented) if not part.startswith("- ")]
    return " ".join(plain for plain in map(_plain, paragraphs) if plain != own)


def _paragraphs(documented: Callable[..., object]) -> list[str]:
    """Those before the first section."""
    paragraphs = (inspect.getdoc(documented) or "").split("\n\n")
    return list(takewhile(lambda paragraph: not SECTION.match(paragraph), paragraphs))


def _items(paragraph: str) -> list[str]:
    return re.split(r"\n(?=- )", paragraph)


def _plain(text: str) -> str:
    """One line, without the marks of code."""
    return " ".join(text.replace("`", "").split())
