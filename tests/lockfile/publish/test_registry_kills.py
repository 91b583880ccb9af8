"""Whatever ends a running `publish`, the registry is whole: the old state or the new, and the next act heals it."""

import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast.publish.registry import folder as folder_module
from holdfast.publish.registry.admit import Submission
from holdfast.publish.registry.check import ERROR, check_registry
from holdfast.publish.registry.inbox import drop, waiting
from holdfast.trust.registry_client import RegistryView
from holdfast.workflows.registry_publish import Options, publish_inbox
from tests.support.module_registry import NOW, ModuleRegistry, make_registry

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked and killed")
OPTIONS = Options(cosign=True, report=b"read all of it", allow_similar=True)


class Desk:
    """A registry with one release, and how to drop further ones into its inbox."""

    def __init__(self, folder: Path) -> None:
        self.registry = make_registry(folder / "registry", acme=("@acme/*",))
        self.registry.publish("@acme/base", "1.0.0")
        self.inbox = str(folder / "inbox")
        self.stores = folder / "stores"

    def drop(self, name: str, version: str) -> None:
        """A good submission."""
        made = self.registry.submission(self.registry.pack(name, version))
        drop(self.inbox, Submission("x", *made[1:]))

    def publish(self) -> None:
        """What the forked process does."""
        done = publish_inbox(self.registry.desk(), self.inbox, OPTIONS)
        assert not done.refused, done.refused

    def versions(self, *, thorough: bool = True) -> tuple[str, ...]:
        """What a client with nothing but the pinned root reads; and `check` has no fault to tell, if `thorough`."""
        store = self.stores / str(time.monotonic_ns())
        opened = RegistryView.open(
            "acme", self.registry.root, self.registry.root_digest, store=str(store), get=self.registry.get, now=NOW
        )
        document = opened.index_documents(["@acme/base"])["@acme/base"]
        opened.close()
        assert document is not None
        if thorough:
            assert [one for one in check_registry(self.registry.folder, NOW) if one.severity == ERROR] == []
        listing = self.registry.state.listing("@acme/base")
        assert listing is not None
        return tuple(release.version for release in listing.releases)


def forked(act: Callable[[], None]) -> int:
    """Start `act` in a process of its own and return the process id."""
    number = os.fork()
    if number:
        return number
    try:
        act()
    except BaseException:  # noqa: BLE001 - the child must not go on with the parent's tests
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def ended(number: int) -> int:
    """Wait for a process; return its exit code, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def killed_before(effect: int) -> Callable[[str], None]:
    """A step that kills its process before the effect of this number."""
    left = [effect]

    def step(name: str) -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    return step


def publish_killed_before(desk: Desk, effect: int) -> int:
    """Publish in a process that dies before its effect of this number."""

    def act() -> None:
        folder_module.step = killed_before(effect)
        desk.publish()

    return ended(forked(act))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A registry with one release."""
    return Desk(tmp_path)


def test_killed_before_every_effect(desk: Desk) -> None:
    """Killed before any effect on the disk, a client reads the old or the new state; the next publish finishes it."""
    done = ["1.0.0"]
    killed = 0
    for effect in range(1, 200):
        version = f"1.0.{effect}"
        desk.drop("@acme/base", version)
        code = publish_killed_before(desk, effect)
        assert desk.versions() in (tuple(done), (*done, version)), f"killed before effect {effect}"
        desk.publish()
        done.append(version)
        assert desk.versions(thorough=False) == tuple(done), f"after the kill before effect {effect}"
        assert not waiting(desk.inbox)
        if code == 0:
            break
        assert code == -signal.SIGKILL
        killed += 1
    assert killed > 20, "a publication has more effects than this"
    assert not [path for path in desk.registry.path.rglob("*") if ".tmp" in path.parts]


def test_killed_at_random_moments(desk: Desk) -> None:
    """Killed at fifty random moments, over what earlier kills left behind, the registry is whole."""
    moments = random.Random(50)
    desk.drop("@acme/base", "0.1.0")
    begun = time.perf_counter()
    assert ended(forked(desk.publish)) == 0
    usual = time.perf_counter() - begun
    before, killed = desk.versions(), 0
    for number in range(50):
        version = f"1.1.{number}"
        desk.drop("@acme/base", version)
        process = forked(desk.publish)
        time.sleep(moments.random() * usual)
        os.kill(process, signal.SIGKILL)
        killed += ended(process) == -signal.SIGKILL
        now = desk.versions(thorough=number % 3 == 0)
        assert set(now) - set(before) <= {f"1.1.{one}" for one in range(number + 1)}, f"kill number {number}"
        assert set(before) <= set(now), f"kill number {number}"
        before = now
    assert killed > 10, "most kills came too late to mean anything"
    desk.publish()
    assert len(desk.versions()) == 52


def test_two_publishers_at_once(desk: Desk) -> None:
    """Two processes that publish from one inbox and from two: nothing is lost, nobody fails."""
    other = Desk.__new__(Desk)
    other.__dict__.update(desk.__dict__, inbox=desk.inbox + "2")
    for number in range(5):
        desk.drop("@acme/base", f"2.{number}.0")
        desk.drop("@acme/base", f"2.{number}.1")
        other.drop("@acme/base", f"2.{number}.2")
        assert [ended(one) for one in [forked(desk.publish), forked(desk.publish), forked(other.publish)]] == [0, 0, 0]
    assert len(desk.versions()) == 16


def test_a_reader_during_publications(desk: Desk) -> None:
    """A client that reads all the while never meets a state that is neither old nor new."""

    def publishing() -> None:
        for number in range(20):
            registry: ModuleRegistry = desk.registry
            registry.publish("@acme/base", f"3.0.{number}")

    process = forked(publishing)
    seen: set[int] = set()
    while not os.waitpid(process, os.WNOHANG)[0]:
        store = str(desk.stores / str(time.monotonic_ns()))
        registry = desk.registry
        view = RegistryView.open("acme", registry.root, registry.root_digest, store=store, get=registry.get, now=NOW)
        document = view.index_documents(["@acme/base"])["@acme/base"]
        view.close()
        assert document is not None
        seen.add(document.count(b'"published"'))
    assert len(seen) > 3
    assert len(desk.versions()) == 21
