"""One module registry on the servers that people have: behind nginx, and as objects on S3; the same lock from both."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.publish.registry.upload import upload_order
from tests.peers import conftest, peer_servers
from tests.peers.peer_servers import Peer
from tests.support.loopback import Reply
from tests.support.module_project import NOW, ModuleProject, module_project

pytestmark = pytest.mark.peer
BUCKET = "modules"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ModuleProject]:
    """A project that was locked from our own server; from here on that server is not asked."""
    with module_project(tmp_path / "world", installed=False) as made:
        made.forget()
        made.server.answer_with("*", Reply(404))
        yield made


@pytest.fixture
def nginx(world: ModuleProject, tmp_path: Path) -> Iterator[Peer]:
    """nginx over the registry's folder."""
    program = peer_servers.nginx_program()
    if program is None:
        conftest.missing("there is no nginx here")
    (tmp_path / "nginx").mkdir()
    with peer_servers.nginx(program, world.registry.path, tmp_path / "nginx") as peer:
        yield peer


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """An object store that answers as S3 does."""
    for package in ("moto", "boto3", "flask"):
        if not peer_servers.installed(package):
            conftest.missing("moto[server] and boto3 are not installed (`pip install --group peers`)")
    with peer_servers.moto(tmp_path_factory.mktemp("moto")) as peer:
        yield peer


class Store:
    """A bucket that anybody may read. `upload` brings it from the state that it has to the registry's."""

    def __init__(self, endpoint: str) -> None:
        import boto3  # type: ignore[import-untyped]  # it has no types of its own

        words = {"aws_access_key_id": "for-these-tests", "aws_secret_access_key": "only", "region_name": "us-east-1"}
        self.client = boto3.client("s3", endpoint_url=endpoint, **words)
        self.client.create_bucket(Bucket=BUCKET, ACL="public-read")
        self.url = f"{endpoint}/{BUCKET}"

    def upload(self, world: ModuleProject, since: int = 0) -> int:
        """Put the files that are new, in their order; return how many they are."""
        paths = upload_order(world.registry.folder, since)
        for path in paths:
            self.client.put_object(Bucket=BUCKET, Key=path, Body=world.server.read(path), ACL="public-read")
        return len(paths)


def _use(world: ModuleProject, url: str) -> None:
    text = world.configuration.read_text(encoding="utf-8")
    world.configuration.write_text(text.replace(world.server.url, url), encoding="utf-8")


def _locks_and_installs(world: ModuleProject) -> None:
    """The lock from this server has the bytes of the one from ours, and everything is unpacked from it."""
    text = world.lock_file.read_bytes()
    world.must("lock")
    assert world.lock_file.read_bytes() == text, "where a registry is served from is no part of a lock"
    world.lock_file.unlink()
    world.must("lock")
    assert world.lock_file.read_bytes() == text
    world.must("install")
    assert (world.folder / "modules" / "@acme" / "guards" / "guards" / "strict.md").read_bytes() == b"Refuse.\n"
    world.must("verify")


def test_a_registry_behind_nginx(world: ModuleProject, nginx: Peer) -> None:
    """The folder as it is, compressed on the way as web servers do; a new state is seen as soon as it is published."""
    _use(world, nginx.url)
    _locks_and_installs(world)
    world.registry.publish("@acme/guards", "2.2.0", dependencies={"@acme/base": "^1.2"}, now=NOW)
    world.must("update")
    world.must("install")
    assert world.pin("@acme/guards").version == "2.2.0"


def test_a_registry_on_s3(world: ModuleProject, moto: Peer) -> None:
    """Objects that were uploaded in the registry's order; only what is new is uploaded again."""
    store = Store(moto.url)
    uploaded = store.upload(world)
    _use(world, store.url)
    _locks_and_installs(world)
    state = world.registry.state.number
    world.registry.publish("@acme/guards", "2.2.0", dependencies={"@acme/base": "^1.2"}, now=NOW)
    assert store.upload(world, state) < 10 < uploaded
    world.must("update")
    world.must("install")
    assert world.pin("@acme/guards").version == "2.2.0"


def test_an_attack_on_s3_is_stopped(world: ModuleProject, moto: Peer) -> None:
    """An archive that somebody replaced in the bucket is not unpacked."""
    store = Store(moto.url)
    store.upload(world)
    _use(world, store.url)
    path = str(world.registry.archive("@acme/base", "1.2.0").relative_to(world.registry.path))
    store.client.put_object(Bucket=BUCKET, Key=path, Body=b"other bytes", ACL="public-read")
    assert world.told("install").codes == ["module-tampered"]
    store.client.delete_object(Bucket=BUCKET, Key="metadata/timestamp.json")
    done = world.run("lock")
    assert done.code == 3, done
