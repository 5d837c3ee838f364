"""Text from users (labels, notes) made harmless in each format."""

from __future__ import annotations

import re
import unicodedata

LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "–": "--",
    "±": r"$\pm$",
    "≈": r"$\approx$",
    "†": r"$\dagger$",
    "‡": r"$\ddagger$",
    "→": r"$\rightarrow$",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    **{character: f"\\{character}" for character in "&%$#_"},
}
MARKDOWN_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
MARKDOWN_MARKS = re.compile(r"[\\`*\[\]|$~]|(?<![^\W_])_|_(?![^\W_])")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
FORMULA = re.compile(r"\s*[=+\-@]|[\t\r\n]")


def to_single_line(text: str) -> str:
    """Remove line breaks and control characters, which would break any table."""
    visible = (" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return " ".join("".join(visible).split())


def escape_markdown(text: str) -> str:
    """Escape text for a cell of a Markdown table: no markup, no HTML, no cell border."""
    marked = MARKDOWN_MARKS.sub(lambda match: f"\\{match[0]}", to_single_line(text))
    return "".join(MARKDOWN_ENTITIES.get(character, character) for character in marked)


def escape_latex(text: str) -> str:
    """Escape text for LaTeX; characters that its default fonts lack become their code points."""
    return "".join(LATEX.get(c) or (c if _in_latex_fonts(c) else f"[U+{ord(c):04X}]") for c in to_single_line(text))


def _in_latex_fonts(character: str) -> bool:
    """Tell ASCII, and the accented letters of Latin-1, which LaTeX composes in every font encoding."""
    accented = unicodedata.decomposition(character)
    return character.isascii() or (ord(character) < 256 and bool(accented) and not accented.startswith("<"))


def escape_csv(text: str) -> str:
    """Remove what a terminal would obey, and put an apostrophe before what a spreadsheet would run."""
    harmless = CONTROL.sub("", text)
    return f"'{harmless}" if FORMULA.match(harmless) else harmless
