"""Hooks of the site, as far as they need no builder of sites."""

from __future__ import annotations

import importlib.util
from pathlib import Path

PATH = Path(__file__).parents[2] / "docs" / "hooks.py"
SPEC = importlib.util.spec_from_file_location("hooks_of_the_site", PATH)
hooks = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(hooks)


def test_a_link_that_leads_nowhere_is_named_and_others_are_not(tmp_path):
    (tmp_path / "zoo").mkdir()
    (tmp_path / "zoo" / "a page.html").write_text(
        '<a href="../index.html#top">up</a> <a href="gone/report.html">gone</a>'
    )
    links = ('"zoo/"', '"zoo/a%20page.html"', '"#here"', '"https://example.org/x"', '"data:image/png;base64,AA"')
    (tmp_path / "index.html").write_text(" ".join(f"<a href={link}>x</a>" for link in links))
    (tmp_path / "404.html").write_text('<a href="/elsewhere/">x</a>')
    assert list(hooks.dead_links(tmp_path)) == ["zoo/a page.html links gone/report.html, which is not there"]
