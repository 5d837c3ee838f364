"""Pages of the site that lie outside its folder: the README as the first page, and the results with their pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from aezoo.reporting.mathml import to_mathml

if TYPE_CHECKING:
    from mkdocs.structure.files import Files

ROOT = Path(__file__).parents[1]
START = "index.md"
EQUATION = re.compile(r"^```math\n(.+?)\n```$", re.DOTALL | re.MULTILINE)
SUFFIXES = {".md", ".png", ".svg"}
PAGE = "report.html"
LINK = re.compile(r'(?:href|src)="([^"]*)"')


def on_files(files: Files, config: Any) -> Files:  # noqa: ANN401
    """Add the README, and the pages, tables and pictures of the results."""
    from mkdocs.structure.files import File  # not needed by who only wants `with_mathml`

    files.append(File.generated(config, START, content=_readme()))
    for path in sorted((ROOT / "results").rglob("*")):
        if path.suffix in SUFFIXES or path.name == PAGE:
            files.append(File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:  # noqa: ANN401
    """Turn equations into MathML, and links of pages in ``docs/`` to the results into links within the site."""
    markdown = with_mathml(markdown)
    return markdown.replace("](../results/", "](results/") if "/" not in page.file.src_uri else markdown


def on_post_build(config: Any) -> None:  # noqa: ANN401
    """Raise `PluginError` where a link within the site leads nowhere."""
    from mkdocs.exceptions import PluginError

    if dead := list(dead_links(Path(config["site_dir"]))):
        raise PluginError("; ".join(dead))


def dead_links(site: Path) -> Iterator[str]:
    """Yield the links between files of a site that lead nowhere; 404.html, whose links are absolute, is left out."""
    for page in sorted(set(site.rglob("*.html")) - {site / "404.html"}):
        for link in map(urlsplit, LINK.findall(page.read_text(encoding="utf-8"))):
            local = link.path and not link.scheme and not link.netloc
            if local and not (page.parent / unquote(link.path)).exists():
                yield f"{page.relative_to(site)} links {link.path}, which is not there"


def with_mathml(markdown: str) -> str:
    """Turn each equation, a block of code in the language `math`, into an element of MathML; GitHub reads the block."""
    return EQUATION.sub(lambda found: f"<div>{to_mathml(found[1])}</div>", markdown)


def _readme() -> str:
    """Return the README with links as of a page in ``docs/``; files that are no page of the site are named only."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").replace("](docs/", "](")
    return re.sub(r"\[([^\]]+)\]\(((?:CONTRIBUTING\.md|CHANGELOG\.md))\)", r"\1", text)
