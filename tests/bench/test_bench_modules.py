"""The bench's module registries and the server of a folder: small ones are what the big ones are measured as."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from hashlib import sha256
from pathlib import Path

import pytest

from bench import cold, module_registry, module_rows, module_setup
from bench.budgets import BUDGETS, Budget
from bench.module_places import BLOCK, DEPTH, inbox_of, keys_of, module_name
from bench.table import Row, render
from holdfast.publish.registry.folder import RegistryFolder
from holdfast.publish.registry.inbox import waiting
from holdfast.publish.registry.state import RegistryState
from holdfast.workflows.registry_publish import Options, publish_inbox


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A registry as `module_registry` makes them, of three modules."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    module_registry.make(module_registry.Plan(str(tmp_path / "small"), 3, 2, "none", now))
    return tmp_path / "small"


def state_of(registry: Path) -> RegistryState:
    return RegistryState.load(RegistryFolder(str(registry)))


def test_a_project_of_the_bench_locks_a_whole_block_to_its_depth() -> None:
    """The first module of a block leads to all 200 of it, and its graph is as deep as the table says."""
    levels = [[0]]
    while below := [need for one in levels[-1] for need in module_registry.needs(one, 10_000)]:
        levels.append(below)
    assert sorted(number for level in levels for number in level) == list(range(BLOCK))
    assert len(levels) == DEPTH
    assert module_name(7) == module_registry.module_name(7)


def test_a_crowd_of_publishers_publishes_nothing(small: Path) -> None:
    """Further publishers stand in the registry's document; who published keeps the modules."""
    module_setup.crowd(small, 5)
    publishers = state_of(small).publishers()
    assert len(publishers.publishers) == 5
    owner = publishers.for_name(module_name(0))
    assert owner is not None
    assert owner.name == "bench"


def test_a_release_that_is_submitted_is_published_and_its_bytes_are_counted(small: Path) -> None:
    """One release more: the index document, its bin, snapshot and timestamp are new, the archive does not count."""
    module_setup.submit(small, 1, "1.2.0")
    assert len(waiting(str(inbox_of(small)))) == 1
    time.sleep(0.05)
    begun = time.time() - 0.02  # a file's time is that of the kernel's last tick
    done = publish_inbox(module_setup._desk(small), str(inbox_of(small)), Options())
    assert not done.refused
    listing = state_of(small).listing(module_name(1))
    assert listing is not None
    assert [release.version for release in listing.releases] == ["1.0.0", "1.1.0", "1.2.0"]
    new = dict(module_rows._written_since(small, begun))
    assert sorted(name.partition(".")[2].partition(".json")[0].split("-")[0] for name in new) == sorted(
        ["bin", "json", "m0001", "snapshot"]
    )
    assert sum(new.values()) == sum(done.written.values())


def test_heavy_modules_are_really_published(tmp_path: Path) -> None:
    """Each has its own archive, which the registry has under its digest."""
    module_setup.make_heavy(tmp_path / "heavy", 2, 10)
    state = state_of(tmp_path / "heavy")
    digests = set()
    for number in range(2):
        listing = state.listing(module_name(number))
        assert listing is not None
        digests.add(listing.releases[0].archive.removeprefix("sha256:"))
    blobs = {blob.name: blob for blob in (tmp_path / "heavy" / "blobs").rglob("*") if blob.is_file()}
    assert set(blobs) == digests
    assert all(sha256(blob.read_bytes()).hexdigest() == name for name, blob in blobs.items())
    assert (keys_of(tmp_path / "heavy") / "publisher.pem").exists()


def test_a_folder_is_served_as_it_is_now_and_nothing_beside_it(tmp_path: Path) -> None:
    """Files are read anew; what is not there, or not below the folder, is 404; every request is counted."""
    folder = tmp_path / "served"
    (folder / "metadata").mkdir(parents=True)
    (folder / "metadata" / "timestamp.json").write_bytes(b"old")
    (tmp_path / "secret").write_bytes(b"key")
    with cold.serving(["bench.folder_server", str(folder)]) as port:
        url = f"http://127.0.0.1:{port}"
        got = [_get(f"{url}/metadata/timestamp.json")]
        (folder / "metadata" / "timestamp.json").write_bytes(b"new")
        got += [_get(f"{url}/{path}") for path in ("metadata/timestamp.json", "metadata", "../secret", "2.root.json")]
        assert got == [(200, b"old"), (200, b"new"), *[(404, b"no such file")] * 3]
        assert cold.Replay(port).counts().requests == 5


def test_budgets_in_numbers_are_shown_with_their_unit() -> None:
    """A row without a peer shows what was found, in the unit of its budget, and figures without a second half."""
    row = Row("modules lock requests", "its requests", runs=3, found=501.0, packages=(200, 0))
    assert BUDGETS[row.name] == Budget(500.0, 400.0, absolute=True, unit="requests")
    line = render([row]).splitlines()[2]
    assert "501 requests" in line
    assert "500 requests" in line
    assert "BROKEN" in line
    assert line.endswith(" 200")


def test_the_rows_need_nothing_of_holdfast_in_the_measuring_process() -> None:
    """What measures stays small: the rows of modules import none of what is measured."""
    code = "import sys, bench.run; sys.exit(any(name.startswith('holdfast') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False).returncode == 0


def _get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
