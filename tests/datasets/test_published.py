"""Where published data sets are looked for, in order; damaged copies; downloads from a local server."""

import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from support.registries import forget_afterwards

from aezoo.datasets import (
    DATASETS,
    DatasetUnavailableError,
    DatasetWarning,
    DataSources,
    Split,
    auto,
    download,
    load_from,
    mnist_5k,
)
from aezoo.datasets.download import Download, fetch
from aezoo.datasets.fashion_mnist import FASHION_MNIST
from aezoo.datasets.mnist import MNIST
from aezoo.datasets.published import PublishedDataset, load_published
from aezoo.datasets.splits import fingerprint
from aezoo.errors import DatasetError

HTML = b"<!DOCTYPE html><html>please log in</html>"


@dataclass
class Server:
    """What the local server answers, and what it was asked."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    missing: int = 0
    location: str = ""
    silent: bool = False
    stalled: bool = False
    requests: list[str] = field(default_factory=list)
    end: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.requests.append(self.path)
            if state.silent:
                state.end.wait(20)
                return
            self.send_response(state.status)
            self.send_header("Content-Length", str(len(state.body) + state.missing))
            if state.location:
                self.send_header("Location", state.location)
            self.end_headers()
            self.wfile.write(state.body)
            self.wfile.flush()
            if state.stalled:
                state.end.wait(20)

        def log_message(self, *args) -> None:
            return

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{http.server_port}"
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield state
    state.end.set()
    http.shutdown()
    http.server_close()


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PublishedDataset]:
    """A file of MNIST's form and the data set of which it is the one true copy."""
    random = np.random.default_rng(0)
    splits = []
    for count in (60_000, 10_000):
        images = np.zeros((count, 28, 28), dtype=np.uint8)
        images[:, 14] = random.integers(0, 256, (count, 28))
        splits.append(Split(images, (np.arange(count) % 10).astype(np.uint8)))
    path = tmp_path_factory.mktemp("original") / "mnist.npz"
    train, test = splits
    arrays = {"x_train": train.images, "y_train": train.labels, "x_test": test.images, "y_test": test.labels}
    np.savez_compressed(path, **arrays)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    downloads = (Download("http://127.0.0.1:1/mnist.npz", "mnist.npz", sha256),)
    return path, replace(MNIST, content=fingerprint(*splits), downloads=downloads)


@pytest.fixture
def source(tmp_path: Path) -> DataSources:
    return DataSources(None, tmp_path / "cache", tmp_path / "keras", {})


def put(original: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mnist.npz").write_bytes(original.read_bytes())
    return folder / "mnist.npz"


def online(published: PublishedDataset, server: Server) -> PublishedDataset:
    (file,) = published.downloads
    return replace(published, downloads=(replace(file, url=f"{server.url}/mnist.npz"),))


def test_mnists_download_is_the_file_and_hash_of_keras():
    (file,) = MNIST.downloads
    assert file.url == "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
    assert file.sha256 == "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"


def test_every_download_is_over_https():
    assert all(file.url.startswith("https://") for file in MNIST.downloads + FASHION_MNIST.downloads)
    assert len(FASHION_MNIST.downloads) == 4


def test_the_order_is_file_then_environment_then_cache_then_keras(original, source, tmp_path):
    file, published = original
    places = [put(file, tmp_path / name) for name in ("keras", "cache", "environment", "option")]
    found = [load_published(published, source).origin]
    places[1].unlink()
    found.append(load_published(published, source).origin)
    named = replace(source, environment={"AEZOO_MNIST": str(places[2])})
    found.append(load_published(published, named).origin)
    places[2].rename(tmp_path / "moved.npz")
    found.append(load_published(published, replace(named, data_file=places[3])).origin)
    given = "mnist.npz, given by the user"
    assert found[:2] == ["mnist.npz, aezoo's cache", "mnist.npz, Keras's cache"]
    assert found[2:] == [given, given]


def test_a_given_file_of_other_digits_is_used_and_said_in_the_note(original, source):
    file, published = original
    other = replace(published, content="0" * 64)
    assert load_published(published, replace(source, data_file=file)).note == ""
    assert "does not hold the original MNIST arrays" in load_published(other, replace(source, data_file=file)).note


def test_a_given_file_of_another_published_data_set_is_an_error(original, source, monkeypatch):
    file, published = original
    clothes = replace(DATASETS.get("fashion-mnist"), content=published.content)
    forget_afterwards(monkeypatch, DATASETS)
    DATASETS._loaded["fashion-mnist"] = clothes
    with pytest.raises(DatasetError, match="holds fashion-mnist and not mnist; give --dataset fashion-mnist"):
        load_published(replace(published, content="0" * 64), replace(source, data_file=file))


def test_a_file_of_other_images_leads_to_the_page_of_plug_ins(source, tmp_path):
    images, labels = np.full((30, 28, 28), 9, np.uint8), (np.arange(30) % 10).astype(np.uint8)
    np.savez(tmp_path / "own.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    with pytest.raises(DatasetError, match="has 30 images where MNIST has 60000; .* write a data set: docs/plugins.md"):
        load_published(MNIST, replace(source, data_file=tmp_path / "own.npz"))
    np.savez(tmp_path / "own.npz", images=images)
    with pytest.raises(DatasetError, match=r"docs/plugins\.md"):
        load_published(MNIST, replace(source, data_file=tmp_path / "own.npz"))


def test_a_given_file_that_is_missing_or_bad_is_an_error_even_for_auto(source, tmp_path):
    (tmp_path / "page.npz").write_bytes(HTML)
    for name, found in (("nowhere.npz", "does not exist"), ("page.npz", "is a web page")):
        for asked in ("mnist", "auto"):
            for given in (
                {"data_file": tmp_path / name},
                {"environment": {"AEZOO_MNIST": str(tmp_path / name)}},
            ):
                with pytest.raises(DatasetError, match=found) as error:
                    load_from(asked, replace(source, **given))
                assert (error.value.exit_code, type(error.value)) == (5, DatasetError)


@pytest.mark.parametrize("label", [0, 10])
def test_a_given_file_without_the_ten_labels_is_an_error(source, tmp_path, label):
    images, labels = np.zeros((60_000, 28, 28), np.uint8), np.arange(60_000) % 10
    images[:, 3, 3] = 9
    wrong = np.where(labels == 9, label, labels)
    split = {"x_test": images[:10_000], "y_test": labels[:10_000]}
    np.savez(tmp_path / "ten.npz", x_train=images, y_train=wrong, **split)
    with pytest.raises(DatasetError, match=r"has the labels .* MNIST has 0 to 9"):
        load_from("mnist", replace(source, data_file=tmp_path / "ten.npz"))


def test_a_given_file_of_the_wrong_size_is_an_error(source, tmp_path):
    images, labels = np.full((10, 28, 28), 9, np.uint8), np.arange(10)
    np.savez(tmp_path / "few.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    with pytest.raises(DatasetError, match="10 images where MNIST has 60000"):
        load_from("mnist", replace(source, data_file=tmp_path / "few.npz"))


@pytest.mark.parametrize("damage", [b"", HTML, b"PK\x03\x04 cut short"])
def test_a_damaged_cache_is_moved_aside_and_fetched_again(original, source, server, damage):
    file, published = original
    server.body = file.read_bytes()
    put(file, source.cache).write_bytes(damage)
    with pytest.warns(DatasetWarning, match=r"moved aside to mnist\.npz\.bad"):
        found = load_published(online(published, server), source)
    assert found.origin == "mnist.npz, downloaded"
    assert (source.cache / "mnist.npz.bad").read_bytes() == damage
    assert server.requests == ["/mnist.npz"]


def test_a_damaged_cache_offline_is_an_error(original, source):
    file, published = original
    for suffix in (".bad", ".1.bad"):
        put(file, source.cache).write_bytes(HTML)
        with (
            pytest.warns(DatasetWarning, match="web page"),
            pytest.raises(DatasetUnavailableError, match="AEZOO_MNIST"),
        ):
            load_published(published, source)
        assert (source.cache / f"mnist.npz{suffix}").exists()


def test_other_digits_in_a_cache_are_not_used(original, source):
    file, published = original
    put(file, source.keras_cache)
    with (
        pytest.warns(DatasetWarning, match=r"not hold the original MNIST arrays \[passed over\]"),
        pytest.raises(DatasetUnavailableError),
    ):
        load_published(replace(published, content="0" * 64), source)
    assert (source.keras_cache / "mnist.npz").exists()


def test_a_download_is_cached_and_not_repeated(original, source, server):
    file, published = original
    server.body = file.read_bytes()
    load_published(online(published, server), source)
    assert load_published(online(published, server), source).origin == "mnist.npz, aezoo's cache"
    assert server.requests == ["/mnist.npz"]
    assert sorted(path.name for path in source.cache.iterdir() if path.suffix != ".lock") == ["mnist.npz"]


def test_two_at_once_download_once(original, source, server):
    file, published = original
    server.body = file.read_bytes()
    threads = [threading.Thread(target=load_published, args=(online(published, server), source)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"status": 403, "body": HTML}, "403"),
        ({"status": 500}, "500"),
        ({"body": HTML}, "SHA-256"),
        ({"body": b"PK", "missing": 10}, "10 bytes are missing"),
        ({"body": b"PK", "missing": 10, "stalled": True}, "timed out"),
        ({"silent": True}, "timed out|no answer"),
        ({"status": 302, "location": "http://example.org/mnist.npz"}, "not HTTPS"),
        ({"status": 302, "location": "file:///etc/hostname"}, "not allowed"),
    ],
)
def test_a_bad_answer_leaves_nothing_behind(original, source, server, monkeypatch, answer, found):
    monkeypatch.setattr(download, "CONNECT_SECONDS", 0.4)
    monkeypatch.setattr(download, "STALL_SECONDS", 0.4)
    vars(server).update(answer)
    with pytest.raises(DatasetUnavailableError, match=found) as error:
        load_published(online(original[1], server), source)
    assert "\n" not in str(error.value)
    assert [path.name for path in source.cache.iterdir() if path.suffix != ".lock"] == []


def test_a_download_that_never_ends_is_cut_off(server, monkeypatch, tmp_path):
    server.body = bytes(300_000)
    monkeypatch.setattr(download, "SIZE_LIMIT", 2**17)
    with pytest.raises(DatasetUnavailableError, match="more than"):
        fetch(Download(f"{server.url}/file", "file", None), tmp_path)


def test_files_without_a_hash_are_checked_by_their_arrays(original, source, server):
    server.body = HTML
    published = online(original[1], server)
    unhashed = replace(published, downloads=(replace(published.downloads[0], sha256=None),))
    with pytest.raises(DatasetUnavailableError, match="web page"):
        load_published(unhashed, source)


@pytest.mark.slow
def test_a_name_look_up_that_hangs_is_given_up_within_5_seconds(original, source, monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: over.wait(30))
    start = time.monotonic()
    with pytest.raises(DatasetUnavailableError, match="no answer within"):
        load_published(original[1], source)
    assert time.monotonic() - start < 5
    over.set()


def test_a_cache_that_cannot_be_written_is_named(original, source):
    source.cache.write_text("a file where the folder should be")
    with pytest.raises(DatasetUnavailableError, match="cannot be written"):
        load_published(original[1], source)


def test_auto_falls_back_with_a_note_and_a_named_data_set_does_not(source, monkeypatch):
    unreachable = (Download("http://127.0.0.1:1/mnist.npz", "mnist.npz", None),)
    monkeypatch.setattr("aezoo.datasets.mnist.MNIST", replace(MNIST, downloads=unreachable))
    dataset = load_from("auto", source)
    assert (dataset.name, dataset.judge, dataset.note) == ("mnist-5k", "mnist", f"{auto.NOTE}; {mnist_5k.NOTE}")
    with pytest.raises(DatasetUnavailableError, match="--data-file") as error:
        load_from("mnist", source)
    assert error.value.exit_code == 5


def test_auto_takes_full_mnist_where_it_is(original, source, monkeypatch):
    file, published = original
    put(file, source.cache)
    monkeypatch.setattr("aezoo.datasets.mnist.MNIST", published)
    dataset = load_from("auto", source)
    assert (dataset.name, dataset.note, len(dataset.train)) == ("mnist", "", 60_000)
    assert [np.bincount(split.labels).tolist() for split in (dataset.reference, dataset.oracle)] == [[500] * 10] * 2
