"""The order of uploads: a reader of the store sees the old or the new registry after each single object."""

import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import urllib3

from holdfast.errors import UsageError
from holdfast.publish.registry.upload import upload_order
from holdfast.trust.registry_client import RegistryView
from tests.support.module_registry import NOW, ModuleRegistry, make_registry

BUCKET = "modules"


@pytest.fixture
def registry(tmp_path: Path) -> ModuleRegistry:
    """A registry of acme with one release."""
    made = make_registry(tmp_path / "registry", acme=("@acme/*",))
    made.publish("@acme/base", "1.0.0")
    return made


class Reader:
    """Reads a store with nothing but the pinned root, and once more as somebody who was there before."""

    def __init__(self, registry: ModuleRegistry, folder: Path, get: Callable[[Mapping[str, int]], Any]) -> None:
        self._registry = registry
        self._folder = folder
        self._get = get
        self._number = 0

    def seen(self) -> tuple[int, int]:
        """The number of releases of @acme/base and the version of the timestamp; every blob is there."""
        self._number += 1
        new, known = (self._read(name) for name in (f"new-{self._number}", "known"))
        assert new == known
        return new

    def _read(self, store: str) -> tuple[int, int]:
        view = RegistryView.open(
            "acme",
            self._registry.root,
            self._registry.root_digest,
            store=str(self._folder / store),
            get=self._get,
            now=NOW,
        )
        document = view.index_documents(["@acme/base"])["@acme/base"] or b""
        view.publishers()
        view.revocations()
        found = document.count(b'"published"'), view.state().timestamp
        view.close()
        blobs = {
            f"blobs/sha256/{one[:2].decode()}/{one[:64].decode()}": 10**9 for one in document.split(b'"sha256":"')[1:]
        }
        assert all(self._get(blobs).values())
        return found


def uploads(registry: ModuleRegistry, store: dict[str, bytes], since: int = 0) -> Iterator[str]:
    """Upload to a store in memory, one object at a time."""
    for path in upload_order(registry.folder, since):
        store[path] = (registry.path / path).read_bytes()
        yield path


def _nothing(registry: ModuleRegistry) -> None:
    pass


def _publish(registry: ModuleRegistry) -> None:
    registry.publish("@acme/base", "1.0.1", cosign=True, report=b"read")


def _rotate_online(registry: ModuleRegistry) -> None:
    registry.rotate("online")
    _publish(registry)


def _rotate_all(registry: ModuleRegistry) -> None:
    for role in ("root", "targets", "modules", "notices", "registry-cosign", "revocation"):
        registry.rotate(role)


@pytest.mark.parametrize("change", [_nothing, _publish, _rotate_online, _rotate_all], ids=lambda one: one.__name__)
@pytest.mark.parametrize("everything", [True, False], ids=["everything", "since"])
def test_old_or_new_after_each_object(
    registry: ModuleRegistry, tmp_path: Path, change: Callable[[ModuleRegistry], None], everything: bool
) -> None:
    """Also when keys were rotated in between, and when everything is uploaded again over what is there."""
    store: dict[str, bytes] = {}
    list(uploads(registry, store))
    since = registry.state.number
    reader = Reader(registry, tmp_path, lambda wanted: {path: store.get(path) for path in wanted})
    old = reader.seen()
    change(registry)
    new = ((2 if change in (_publish, _rotate_online) else 1), registry.state.number)
    for path in uploads(registry, store, 0 if everything else since):
        if path.startswith(("metadata/", "targets/")) and "bin-" not in path:  # nothing leads to a bin yet
            assert (found := reader.seen()) in (old, new), path
    assert found == new


def test_only_what_is_new(registry: ModuleRegistry) -> None:
    """After one publication: its blob, its document, its bin, snapshot, the roots, timestamp."""
    since = registry.state.number
    registry.publish("@acme/base", "1.0.1")
    order = upload_order(registry.folder, since)
    assert [path.split("/")[0] for path in order] == ["blobs", "targets", *["metadata"] * 4]
    assert order[-1] == "metadata/timestamp.json"
    assert upload_order(registry.folder, registry.state.number) == ("metadata/1.root.json", "metadata/timestamp.json")


def test_everything_is_what_a_client_may_ask_for(registry: ModuleRegistry) -> None:
    """Nothing that only earlier states had, and each path once."""
    registry.publish("@acme/base", "1.0.1")
    order = upload_order(registry.folder)
    assert len(set(order)) == len(order)
    assert sum(path.endswith(".base.json") for path in order) == 1
    assert sum(path.startswith("blobs/") for path in order) == 2


@pytest.mark.parametrize("since", [-1, 99])
def test_a_version_that_never_was(registry: ModuleRegistry, since: int) -> None:
    """Is refused."""
    with pytest.raises(UsageError):
        upload_order(registry.folder, since)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, str]]:
    """An S3 client, and the address under which anybody reads the bucket."""
    boto3 = pytest.importorskip("boto3")
    server_module = pytest.importorskip("moto.server")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    try:
        client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET, ACL="public-read")
        yield client, f"http://127.0.0.1:{port}/{BUCKET}/"
        client.close()
    finally:
        server.stop()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_s3_read_over_plain_http(registry: ModuleRegistry, tmp_path: Path, bucket: tuple[Any, str]) -> None:
    """An uploader that dies after any object leaves a bucket in which plain GETs find the old or the new registry."""
    client, address = bucket
    with urllib3.PoolManager(retries=False) as pool:

        def get(wanted: Mapping[str, int]) -> dict[str, bytes | None]:
            answers = {path: pool.request("GET", address + path) for path in wanted}
            return {path: answer.data if answer.status == 200 else None for path, answer in answers.items()}

        def put(path: str) -> None:
            body = (registry.path / path).read_bytes()
            client.put_object(Bucket=BUCKET, Key=path, Body=body, ACL="public-read")

        for path in upload_order(registry.folder):
            put(path)
        since = registry.state.number
        reader = Reader(registry, tmp_path, get)
        old = reader.seen()
        registry.publish("@acme/base", "1.0.1", cosign=True, report=b"read")
        order = upload_order(registry.folder, since)
        for dead_after in range(1, len(order) + 1):
            for path in order[:dead_after]:
                put(path)
            expected = (2, registry.state.number) if dead_after == len(order) else old
            assert reader.seen() == expected, order[dead_after - 1]
