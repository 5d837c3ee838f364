"""Docstrings: a noun or a verb comes first, and no indirect question."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import aezoo

PACKAGE = Path(aezoo.__file__).parent
QUESTIONS = ("From", "How", "What", "Whether", "Which")

ARTICLES = ("The", "A", "An", "One")
DIGESTED = ("controls", "datasets", "metrics", "models", "samplers")
"""Folders whose sources have digests, which a word in a docstring moves."""

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def docstrings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the docstrings of modules, classes, functions and assigned names, each with its line."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for i, statement in enumerate(body if isinstance(body, list) else []):
            value = statement.value if isinstance(statement, ast.Expr) else None
            documents = (i == 0 and isinstance(node, Documented)) or isinstance(body[i - 1], ast.Assign | ast.AnnAssign)
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and documents:
                yield statement.lineno, value.value.strip()


def questions(source: str) -> list[tuple[int, str]]:
    """List the docstrings that begin with a question word."""
    return [
        (line, text)
        for line, text in docstrings(ast.parse(source))
        if text.startswith(tuple(f"{word} " for word in QUESTIONS))
    ]


def test_no_docstring_begins_with_a_question_word():
    found = {
        f"{path.relative_to(PACKAGE)}:{line}": text.splitlines()[0]
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, text in questions(path.read_text(encoding="utf-8"))
    }
    assert found == {}


def nouns(source: str) -> list[tuple[int, str]]:
    """List the docstrings of functions that begin with an article; properties are nouns."""
    return [
        (node.lineno, text)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not any("property" in ast.unparse(decorator) for decorator in node.decorator_list)
        and (text := ast.get_docstring(node) or "").startswith(tuple(f"{word} " for word in ARTICLES))
    ]


def test_no_docstring_of_a_function_begins_with_an_article():
    found = {
        f"{path.relative_to(PACKAGE)}:{line}": text.splitlines()[0]
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).parts[0] not in DIGESTED
        for line, text in nouns(path.read_text(encoding="utf-8"))
    }
    assert found == {}


def test_properties_alone_may_be_nouns():
    source = 'class A:\n    @property\n    def b(self):\n        "The b."\n    def c(self):\n        "The c."\n'
    assert nouns(source) == [(5, "The c.")]


def test_every_kind_of_docstring_is_read():
    source = '"""What."""\nA = 1\n"""How it is."""\nclass B:\n    """Whether."""\n    def c(self):\n        "From."\n'
    assert [text for _, text in docstrings(ast.parse(source))] == ["What.", "How it is.", "Whether.", "From."]
    assert [line for line, _ in questions(source.replace(".", " so."))] == [1, 3, 5, 7]
