"""Pages of the site that lie outside its folder: the README as the first page, and the results with their pictures."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aezoo.reporting.mathml import to_mathml

if TYPE_CHECKING:
    from mkdocs.structure.files import Files

ROOT = Path(__file__).parents[1]
START = "index.md"
EQUATION = re.compile(r"^```math\n(.+?)\n```$", re.DOTALL | re.MULTILINE)
PICTURES = {".png", ".svg"}


def on_files(files: Files, config: Any) -> Files:  # noqa: ANN401
    """Add the README and every page and picture of the results."""
    from mkdocs.structure.files import File  # not needed by who only wants `with_mathml`

    files.append(File.generated(config, START, content=_readme()))
    for path in sorted((ROOT / "results").rglob("*")):
        if path.suffix == ".md" or path.suffix in PICTURES:
            files.append(File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:  # noqa: ANN401
    """Turn equations into MathML, and links of pages in ``docs/`` to the results into links within the site."""
    markdown = with_mathml(markdown)
    return markdown.replace("](../results/", "](results/") if "/" not in page.file.src_uri else markdown


def with_mathml(markdown: str) -> str:
    """Turn each equation, a block of code in the language `math`, into an element of MathML; GitHub reads the block."""
    return EQUATION.sub(lambda found: f"<div>{to_mathml(found[1])}</div>", markdown)


def _readme() -> str:
    """Return the README with links as of a page in ``docs/``; files that are no page of the site are named only."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").replace("](docs/", "](")
    return re.sub(r"\[([^\]]+)\]\(((?:CONTRIBUTING\.md|CHANGELOG\.md|chapter\.ipynb))\)", r"\1", text)
