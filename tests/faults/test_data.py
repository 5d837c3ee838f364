"""Faults 17, 18, 19 and 20: data that is damaged, hostile or out of reach, and hostile weights, on the command line."""

from __future__ import annotations

import io
import re
import socket
import struct
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from aezoo.npz import from_npz
from tests.faults.conftest import Bench

Talk = Callable[[socket.socket], None]
OVER = threading.Event()


def refuse(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")


def no_tls(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    connection.recv(4096)
    connection.sendall(b"this is no TLS at all, and never was\r\n" * 10)


def stall(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    OVER.wait(60)


def silence(connection: socket.socket) -> None:
    OVER.wait(60)


def cut(connection: socket.socket) -> None:
    connection.recv(4096)


@pytest.fixture
def proxy() -> Iterator[Callable[[Talk], str]]:
    """The address of a proxy that talks as it is told."""
    OVER.clear()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(talk: Talk) -> str:
        def answer(connection: socket.socket) -> None:
            with connection:
                talk(connection)

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=[connection], daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    OVER.set()
    listener.close()


@pytest.fixture
def nowhere(bench: Bench, tmp_path: Path) -> Bench:
    """A bench whose user has no data, and whose network is a proxy that nobody answers at."""
    bench.environment |= {"XDG_CACHE_HOME": str(tmp_path / "cache"), "KERAS_HOME": str(tmp_path / "keras")}
    bench.environment |= {
        "https_proxy": "http://127.0.0.1:1",
        "no_proxy": "",
        "NO_PROXY": "",
        "AEZOO_MNIST": "",
    }
    return bench


@pytest.mark.parametrize(
    ("talk", "found"),
    [
        (refuse, "403"),
        (no_tls, "SSL|TLS|WRONG_VERSION"),
        (stall, "timed out|no answer"),
        (silence, "timed out|no answer"),
        (cut, "closed|reset|disconnected"),
    ],
)
def test_a_network_that_does_not_work_is_one_line_and_exit_5(nowhere: Bench, proxy, talk: Talk, found: str):
    nowhere.environment["https_proxy"] = proxy(talk)
    code, output = nowhere.run("quick", "--seeds", "0", "--dataset", "mnist")
    assert code == 5, output
    assert re.search(found, output)
    assert output.startswith("error: data set 'mnist' is in no cache")
    assert "name your copy with --data-file or AEZOO_MNIST, or take --dataset mnist-5k" in output
    assert output.count("\n") == 1


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://no-such-host.invalid:80"])
def test_a_network_that_is_not_there_lets_auto_fall_back_and_say_so(nowhere: Bench, address: str):
    nowhere.environment["https_proxy"] = address
    assert nowhere.run("quick", "--seeds", "0", "--dataset", "mnist")[0] == 5
    code, output = nowhere.run("quick", "--seeds", "0", "--dataset", "auto")
    assert code == 0, output
    assert "data set mnist-5k" in output
    assert "5,000" in output or "5000" in output


@pytest.mark.parametrize("content", [b"", b"<html>please log in</html>", b"PK\x03\x04 cut"])
def test_a_damaged_cache_is_moved_aside_and_not_trained_on(nowhere: Bench, tmp_path: Path, content: bytes):
    (tmp_path / "cache" / "aezoo").mkdir(parents=True)
    (tmp_path / "cache" / "aezoo" / "mnist.npz").write_bytes(content)
    code, output = nowhere.run("quick", "--seeds", "0", "--dataset", "mnist")
    assert code == 5, output
    assert "moved aside to mnist.npz.bad" in output
    assert (tmp_path / "cache" / "aezoo" / "mnist.npz.bad").read_bytes() == content
    assert not nowhere.computed()


class Marker:
    """Creates a file when unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def hostile_array(path: Path) -> np.ndarray:
    objects = np.empty(1, dtype=object)
    objects[0] = Marker(path)
    return objects


def bomb() -> bytes:
    """A small archive that unpacks to 4 GB, which its headers promise."""
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (1369569, 28, 28)}".ljust(117) + b"\n"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for key in ("x_train", "y_train", "x_test", "y_test"):
            with archive.open(f"{key}.npy", "w", force_zip64=True) as member:
                member.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
                for _ in range(256):
                    member.write(bytes(2**20))
    return stream.getvalue()


def test_hostile_data_is_refused_and_nothing_runs(nowhere: Bench, tmp_path: Path):
    labels = np.zeros(10, np.uint8)
    images = np.zeros((10, 28, 28), np.uint8)
    np.savez(tmp_path / "pickle.npz", x_train=hostile_array(tmp_path / "ran"), y_train=labels, x_test=images,
             y_test=labels)  # fmt: skip
    (tmp_path / "bomb.npz").write_bytes(bomb())
    for name in ("pickle.npz", "bomb.npz"):
        code, output = nowhere.run("quick", "--dataset", "mnist", "--data-file", str(tmp_path / name))
        assert code == 5, output
        assert output.startswith(f"error: {tmp_path / name}")
        assert output.count("\n") == 1
    assert not (tmp_path / "ran").exists()
    assert not nowhere.computed()


def test_hostile_weights_run_nothing(tmp_path: Path):
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=True, **{"000": hostile_array(tmp_path / "ran")})
    with pytest.raises(ValueError, match="not unpickled"):
        from_npz(stream.getvalue())
    assert not (tmp_path / "ran").exists()
