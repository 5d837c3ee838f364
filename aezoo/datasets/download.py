"""Downloading a file: bounded in time and size, over HTTPS to the end, checked before anybody sees it."""

from __future__ import annotations

import hashlib
import http.client
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from aezoo.datasets.base import DatasetUnavailableError
from aezoo.errors import message_line

CONNECT_SECONDS = 4.0  # name look-up, connection and the answer's first line, together
STALL_SECONDS = 4.0  # between two pieces of the file
TOTAL_SECONDS = 600.0
SIZE_LIMIT = 128 * 2**20
CHUNK = 2**16


@dataclass(frozen=True)
class Download:
    """A file to be had from the network.

    Attributes:
        url: its address.
        path: where it goes, relative to the folder of data.
        sha256: what it hashes to; None where only the decoded arrays are known, and are checked later.
    """

    url: str
    path: str
    sha256: str | None


class _HttpsRedirects(urllib.request.HTTPRedirectHandler):
    """A handler of redirects, to HTTPS alone."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme != "https":
            raise urllib.error.URLError(f"redirected to {newurl[:80]}, which is not HTTPS")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(download: Download, folder: Path) -> None:
    """Download a file into `folder`; knows within 5 seconds that the machine is offline.

    Raises:
        DatasetUnavailableError: no answer, an error, a stall, or another file than the one expected.
    """
    target = folder / download.path
    target.parent.mkdir(parents=True, exist_ok=True)
    host = urlsplit(download.url).netloc
    try:
        with _open(download.url) as response, target.open("xb") as file:
            found = _copy(response, file)
    except (OSError, http.client.HTTPException) as error:
        raise DatasetUnavailableError(
            f"{target.name} could not be downloaded from {host} ({message_line(error)[:200]})"
        ) from error
    if download.sha256 not in (None, found):
        raise DatasetUnavailableError(
            f"{target.name} from {host} has SHA-256 {found[:12]}, not {str(download.sha256)[:12]}: not used"
        )


def _open(url: str) -> http.client.HTTPResponse:
    """Return the answer to a request; a thread asks, because a name look-up that hangs has no timeout of its own."""
    answer: list[http.client.HTTPResponse | BaseException] = []

    def ask() -> None:
        opener = urllib.request.build_opener(_HttpsRedirects)
        try:
            answer.append(opener.open(url, timeout=STALL_SECONDS))
        except BaseException as error:  # handed to the thread that waits
            answer.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(CONNECT_SECONDS)
    if not answer:
        raise TimeoutError(f"no answer within {CONNECT_SECONDS:g} s")
    if isinstance(answer[0], BaseException):
        raise answer[0]
    return answer[0]


def _copy(response: http.client.HTTPResponse, file: IO[bytes]) -> str:
    """Write the whole answer to `file` and return its SHA-256."""
    digest, size, end = hashlib.sha256(), 0, time.monotonic() + TOTAL_SECONDS
    while chunk := response.read(CHUNK):
        size += len(chunk)
        if size > SIZE_LIMIT or time.monotonic() > end:
            raise OSError(f"more than {SIZE_LIMIT >> 20} MB or {TOTAL_SECONDS:g} s")
        digest.update(chunk)
        file.write(chunk)
    if response.length:
        raise OSError(f"{response.length} bytes are missing")
    return digest.hexdigest()
