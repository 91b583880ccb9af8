"""What a change of release lets code do: from the store, from what is fetched, and never from half of it."""

from collections.abc import Mapping
from hashlib import sha256, sha512
from pathlib import Path

import pytest

from holdfast.model.lock import Lock, NpmFacts, Pin, PinnedArtifact, Scope
from holdfast.model.release_facts import CodeDelta
from holdfast.model.scan import Evidence, Scan
from holdfast.workflows.capability_deltas import CapabilityDeltas, of_its_kind, seen_code
from holdfast.workflows.scans import Scanned, Wanted, rooms, scan_all, wanted_of
from holdfast_resolver.values.targets import parse_target
from tests.support.npm_registry import release
from tests.support.packages import wheel

LOCK = Lock(Scope("", "", "", (parse_target("cp312 linux-x86_64 glibc-2.28"),)), (), ())
CALM = "def today():\n    return 'today'\n"
NET = "import socket\nsocket.create_connection(('a.example', 1))\n"
GAIN = "gains network: dates/net.py:2 via socket.create_connection"


class Shelf:
    """A store of archives, and what can be had for it. `fetched` are the file names that were asked for."""

    def __init__(self, cache: Path) -> None:
        self.cache, self.place = cache, rooms(str(cache))
        self.bytes: dict[str, bytes] = {}
        self.fetched: list[str] = []

    def put(self, artifact: PinnedArtifact, data: bytes) -> None:
        """Put an archive into the store."""
        algorithm, _, digest = artifact.hash.partition(":")
        place = self.cache / "store" / algorithm / digest[:2]
        place.mkdir(parents=True, exist_ok=True)
        (place / digest).write_bytes(data)

    def pin(self, version: str, code: str, *, stored: bool = True, offered: bool = True) -> Pin:
        """A release of `dates` with this code."""
        file = wheel("dates", version, code={"dates/net.py": code})
        artifact = PinnedArtifact(file.file, f"sha256:{sha256(file.data).hexdigest()}")
        if stored:
            self.put(artifact, file.data)
        elif offered:
            self.bytes[artifact.hash] = file.data
        return Pin("pypi", "dates", version, artifacts=(artifact,))

    def fetch(self, wanted: list[Wanted]) -> Mapping[str, str]:
        """Bring what is offered into the store."""
        failed = {}
        for artifact in [each for one in wanted for each in one.artifacts]:
            self.fetched.append(artifact.file)
            if artifact.hash in self.bytes:
                self.put(artifact, self.bytes[artifact.hash])
            else:
                failed[artifact.hash] = "the index answers 404"
        return failed

    def deltas(self, *, fetching: bool = True) -> CapabilityDeltas:
        """What tells what releases gain."""
        return CapabilityDeltas(LOCK, self.place, fetch=self.fetch if fetching else None)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty store."""
    return Shelf(tmp_path)


def test_both_sides_at_hand(shelf: Shelf) -> None:
    """What came is gained, what went is lost, and a new package gains all that it can do."""
    calm, net, deltas = shelf.pin("1.0", CALM), shelf.pin("2.0", NET), shelf.deltas()
    assert deltas(calm, net) == CodeDelta((GAIN,))
    assert deltas(net, calm) == CodeDelta((GAIN.replace("gains", "loses"),))
    assert deltas(None, net) == CodeDelta((GAIN,))
    assert deltas(net, net._replace(signers=("a",))) == CodeDelta(())
    assert shelf.fetched == []


def test_what_is_missing_is_counted_and_never_guessed(shelf: Shelf) -> None:
    """Without the new release nothing is said; without the old one what the new one has is not called gained."""
    calm, net = shelf.pin("1.0", CALM), shelf.pin("2.0", NET, stored=False)
    deltas = shelf.deltas(fetching=False)
    assert deltas.gather([(calm, net)]) == 1
    assert deltas(calm, net) == CodeDelta(None, (), 1)
    assert (deltas.absent, deltas.packages) == (1, 1)
    gone = shelf.pin("1.5", CALM, stored=False)
    assert deltas(gone, shelf.pin("2.0", NET)) == CodeDelta((GAIN.replace("gains", "has"),), (), 1)


def test_only_what_is_missing_is_fetched(shelf: Shelf) -> None:
    """Both sides of what changed, each file once, and nothing that is scanned already."""
    calm, net = shelf.pin("1.0", CALM), shelf.pin("2.0", NET, stored=False)
    deltas = shelf.deltas()
    assert deltas.gather([(calm, net)]) == 0
    assert deltas(calm, net) == CodeDelta((GAIN,))
    assert shelf.fetched == ["dates-2.0-py3-none-any.whl"]
    for path in (shelf.cache / "store").rglob("*"):
        path.unlink() if path.is_file() else None
    assert shelf.deltas().gather([(calm, net)]) == 0
    assert shelf.deltas()(calm, net) == CodeDelta((GAIN,))


def test_unasked_only_a_little_is_fetched_and_only_once(shelf: Shelf) -> None:
    """More than the bound waits until somebody asks; what failed is not tried again until then."""
    calm, gone = shelf.pin("1.0", CALM, stored=False), shelf.pin("2.0", NET, stored=False, offered=False)
    deltas = shelf.deltas()
    assert deltas.gather([(calm, gone)], 1) == 2
    assert shelf.fetched == []
    for _ in range(2):
        assert deltas.gather([(calm, gone)], 2) == 1
    assert len(shelf.fetched) == 2
    assert deltas(calm, gone) == CodeDelta(None, ("dates-2.0-py3-none-any.whl: the index answers 404",))
    deltas.gather([(calm, gone)])
    assert len(shelf.fetched) == 3


def test_code_that_cannot_be_read_is_said_where_it_is_new(shelf: Shelf) -> None:
    """By file and reason, beside what the rest of the code gains."""
    broken = "print 'two'\n"
    before, after = shelf.pin("1.0", CALM), shelf.pin("2.0", broken)
    found = shelf.deltas()(before, after)
    assert found.lines == ()
    assert [line.partition(":")[0] for line in found.unseen] == ["cannot be read"]
    assert "dates/net.py" in found.unseen[0]
    assert shelf.deltas()(after, shelf.pin("2.1", broken)) == CodeDelta(())


def test_a_release_before_of_npm_is_read_as_npm(shelf: Shelf) -> None:
    """Approvals keep no facts of npm's; read as Python all that the old release could do would seem to be gained."""
    code = {"index.js": b"require('net').connect(1, 'a.example');\n"}
    pins = []
    for version in ("1.0.0", "1.1.0"):
        data = release("thumbs", version, files=code).tarball
        artifact = PinnedArtifact(f"thumbs-{version}.tgz", f"sha512:{sha512(data).hexdigest()}")
        shelf.put(artifact, data)
        pins.append(Pin("npm", "thumbs", version, artifacts=(artifact,), npm=NpmFacts()))
    before, after = pins
    assert shelf.deltas()(before._replace(npm=None), after) == CodeDelta(())
    assert of_its_kind(before._replace(npm=None), after) == before
    python = Pin("pypi", "thumbs", "1.0")
    assert of_its_kind(python, python) == python


def test_what_an_approval_records_of_code(shelf: Shelf) -> None:
    """Words and places of all that was looked at; no places where something was missing, or nothing was scanned."""
    net = shelf.pin("2.0", NET)
    scanned = scan_all(wanted_of(LOCK, [net]), shelf.place, lambda done, every: None)
    places = (("network", "dates/net.py:2 via socket.create_connection"),)
    assert seen_code(scanned) == (("network",), places)
    assert seen_code(scanned._replace(missing=(Wanted(net, net.artifacts),))) == (("network",), None)
    assert seen_code(Scanned({}, ())) == ((), None)
    calm = scan_all(wanted_of(LOCK, [shelf.pin("1.0", CALM)]), shelf.place, lambda done, every: None)
    assert seen_code(calm) == ((), ())


def test_a_place_that_hides_is_written_so_that_it_shows(shelf: Shelf) -> None:
    """A file name with controls in it would turn around what a reader of the record sees, and be refused by it."""
    found = Scan((Evidence("network", "python-network", "a\u202eb.py", 2, "socket\n.socket", "call"),))
    assert seen_code(Scanned({"pypi:dates 1": found}, ()))[1] == (("network", "a\\u202eb.py:2 via socket\\n.socket"),)
