"""Equations of models as MathML: every model of aezoo's own has one, and no LaTeX can bring more than mathematics."""

from __future__ import annotations

import html
import importlib.util
import re
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from support.reports import make_page, trial

from aezoo.models import MODELS
from aezoo.models.catalogue import catalogue_entry
from aezoo.reporting.mathml import ATTRIBUTES, ELEMENTS, to_mathml
from aezoo.reporting.report import catalogue
from aezoo.source import display_equation

ROOT = Path(__file__).parents[2]
OWN = [name for name in MODELS.names() if MODELS.is_builtin(name) and MODELS.get(name).model.role == "model"]
SCRIPT = "<script>alert(1)</script>"
MODEL_PART = re.compile(r'<details class="model"[^>]* data-label="([^"]+)">(.*?)</details>', re.DOTALL)
HOSTILE = [
    SCRIPT,
    rf"\text{{{SCRIPT}}}",
    r"\text{&lt;script&gt;alert(1)&lt;/script&gt;}",
    r"\text{<img src=x onerror=alert(1)>}",
    r"\href{javascript:alert(1)}{x}",
    r"\style{background: url(https://example.org)}{x}",
    r'\class{x" onclick="alert(1)}{x}',
    r"\color{red;background:url(//example.org)}{x}",
    r"\unicode{x3c} s",
    rf"\frac{{{SCRIPT}",
    "\\" + SCRIPT,
]


@pytest.mark.parametrize("name", OWN)
def test_every_model_has_an_equation_that_converts(name):
    equation = catalogue_entry(name).equation
    assert equation, "give its docstring a paragraph $$ ... $$, in LaTeX"
    assert to_mathml(equation).startswith("<math"), f"{equation!r} is no LaTeX that latex2mathml reads"
    assert catalogue.model_entries()[name].equation == equation


def test_the_page_shows_the_equation_of_every_model(tmp_path):
    page = make_page(tmp_path, [trial(name, 150 + place, 0) for place, name in enumerate(OWN)])
    shown = {
        label: found
        for label, part in re.findall(
            r'<details class="model"[^>]* data-label="([^"]+)">(.*?)</details>', page, re.DOTALL
        )
        for found in re.findall(r"<math.*</math>", part)
    }
    assert shown == {name: str(to_mathml(catalogue_entry(name).equation)) for name in OWN}
    assert "$$" not in page


def test_the_page_of_the_site_shows_the_equation_of_every_model():
    found = importlib.util.spec_from_file_location("site_hooks", ROOT / "docs" / "hooks.py")
    hooks = importlib.util.module_from_spec(found)
    found.loader.exec_module(hooks)
    text = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    made = hooks.with_mathml(text)
    assert "```" not in made
    for name in OWN:
        equation = catalogue_entry(name).equation
        assert f"\n\n```math\n{equation}\n```\n" in text[text.index(f"\n**{name}**") :]
        assert f"<div>{to_mathml(equation)}</div>" in made


def test_a_fraction_is_a_fraction():
    root = fromstring(to_mathml(r"\frac{1}{k} < \mathbb{E}"))
    assert root.find(".//mfrac") is not None
    assert "".join(root.itertext()) == "1k<𝔼"


@pytest.mark.parametrize("latex", HOSTILE)
def test_hostile_latex_brings_mathematics_and_text_alone(latex):
    root = fromstring(to_mathml(latex))
    assert {each.tag for each in root.iter()} <= {*ELEMENTS, "code"}
    assert {key for each in root.iter() for key in each.attrib} <= set(ATTRIBUTES)


@pytest.mark.parametrize("latex", [r"x_a_b", r"\nosuchcommand x", r"\begin{aligned}x &= y\end{aligned}"])
def test_an_equation_that_does_not_convert_is_shown_as_it_is_written(latex):
    assert to_mathml(latex) == f"<code>{html.escape(latex)}</code>"


def test_a_plugins_docstring_is_harmless_on_the_page(tmp_path, monkeypatch):
    entry = catalogue.model_entries()["vae"]
    hostile = catalogue.ModelEntry("vae", entry.text, "", {}, rf"\text{{{SCRIPT}}} = x", "", "", {})
    silent = catalogue.ModelEntry("ae", entry.text, "", {}, "", "", "", {})
    monkeypatch.setattr("aezoo.reporting.report.parts.model_entries", lambda: {"vae": hostile, "ae": silent})
    page = make_page(tmp_path, [trial("vae", 150, 0), trial("ae", 151, 0)])
    assert SCRIPT not in page
    assert page.count("<math") == 1
    assert "<mtext>&lt;script&gt;alert(1)&lt;/script&gt;</mtext>" in page


@pytest.mark.parametrize(
    ("text", "equation"),
    [
        ("A model.\n\n    $$\n    x +\n    y\n    $$\n\n    More.", "x + y"),
        ("A model.\n\n$$ x $$\n\nMore.", "x"),
        ("A model that costs $$ or so, and $$ again.", ""),
    ],
)
def test_the_equation_is_the_paragraph_between_dollars(text, equation):
    assert display_equation(text) == equation
