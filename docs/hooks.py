"""Pages of the site that lie outside its folder: the README as the first page, and the results with their pictures."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
START = "index.md"
PICTURES = {".png", ".svg"}


def on_files(files: Files, config: Any) -> Files:  # noqa: ANN401
    """Add the README and every page and picture of the results."""
    files.append(File.generated(config, START, content=_readme()))
    for path in sorted((ROOT / "results").rglob("*")):
        if path.suffix == ".md" or path.suffix in PICTURES:
            files.append(File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:  # noqa: ANN401
    """Turn links of pages in ``docs/`` to the results into links within the site."""
    return markdown.replace("](../results/", "](results/") if "/" not in page.file.src_uri else markdown


def _readme() -> str:
    """Return the README with links as of a page in ``docs/``; files that are no page of the site are named only."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").replace("](docs/", "](")
    return re.sub(r"\[([^\]]+)\]\(((?:CONTRIBUTING\.md|CHANGELOG\.md|chapter\.ipynb))\)", r"\1", text)
