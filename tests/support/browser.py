"""A real browser for tests of pages: Debian's chromium, driven by playwright, without a network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

REQUIRED = "AEZOO_REQUIRE_BROWSER"
"""The variable under which a missing browser is a failure, as `.ci/run` sets it."""
HOW_TO = "pip install -e '.[browser]' and apt-get install chromium"


def find_browser() -> str:
    """The path of chromium; skips the test where it, or playwright, is missing, or fails where `REQUIRED` is set."""
    path = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
    if path is not None and find_spec("playwright") is not None and find_spec("axe_playwright_python") is not None:
        return path
    if os.environ.get(REQUIRED):
        pytest.fail(f"{REQUIRED} is set and there is no browser: {HOW_TO}")
    pytest.skip(f"needs a browser: {HOW_TO}")


@contextmanager
def launched() -> Iterator[Any]:
    """A running chromium."""
    path = find_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visit:
    """A visit of a page from disk.

    Attributes:
        page: playwright's page.
        requests: addresses that were asked for, but for the page itself and what it holds.
        messages: what was written to the console, and errors.
    """

    def __init__(self, browser: Any, file: Path, width: int = 1400, scheme: str = "light", **options: Any) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, **options
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(5_000)
        self.requests: list[str] = []
        self.messages: list[str] = []
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("request", lambda request: self._note(request.url))
        self.page.goto(file.as_uri())

    def _note(self, url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:")):
            self.requests.append(url)

    def fill(self) -> None:
        """Make all that waits until it is near, as a print does."""
        self.begin_print()
        self.end_print()

    def begin_print(self) -> None:
        """Say that the page is about to be printed."""
        self.page.evaluate("dispatchEvent(new Event('beforeprint'))")

    def end_print(self) -> None:
        """Say that the page was printed."""
        self.page.evaluate("dispatchEvent(new Event('afterprint'))")

    def close(self) -> None:
        """End the visit."""
        self.context.close()


def serious_violations(page: Any) -> list[str]:
    """What axe-core finds that is serious or critical, a line for each rule with an example."""
    import axe_playwright_python

    page.evaluate((Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [
        f"{each['id']}: {each['help']}; {each['nodes'][0]['html'][:120]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
