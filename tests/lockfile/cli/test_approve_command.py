"""`approve` on the command line: what is signed was fetched and verified just now, and nothing else is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.model.approval import Seen
from tests.support import packages
from tests.support.approving import FAR, ApprovingProject, Person, approving
from tests.support.index_server import IndexServer, serving, status
from tests.support.packages import read_releases, wheel
from tests.support.signing_keys import public

SHELF = "click 8.1.7 | sdist static\nflask 3.0.0\n"
OLD = "2024-05-01T10:00:00Z"


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """An index with one release of two packages."""
    with serving(read_releases(SHELF)) as server:
        yield server


def moved(folder: Path, index: IndexServer, *people: Person | str, policy: str = "") -> ApprovingProject:
    """A project of these people in which a new release of click waits."""
    project = approving(folder, index, ["click", "flask"], *(people or ("ann",)), policy=policy)
    index.add(wheel("click", "8.1.8", uploaded=OLD))
    project.must("update", "click", "--refresh")
    return project


def test_a_new_release_waits_until_it_is_approved(tmp_path: Path, index: IndexServer) -> None:
    """`check` fails before and holds after; the act says what was seen and who looked."""
    project = moved(tmp_path, index)
    assert project.run("check").code == 1
    before = project.files()
    index.asked.clear()
    done = project.must("approve", "click", "--reason", "read the changes", *project.key("ann"))
    assert index.count("/simple/click/") == 1
    assert index.count("/files/click-8.1.8") == 1
    assert index.count("/simple/flask/") == 0
    assert "approving as ann:\n  click 8.1.7 -> 8.1.8 (pypi): version-changed\n" in done.out
    assert "click: approved\nnothing waits for approval\n" in done.out
    act = project.newest(before)
    assert act.keys == (public("ann").id,)
    assert (act.act.kind, act.act.reviewer, act.act.reason) == ("approval", "ann", "read the changes")
    (change,) = act.act.packages
    assert (change.name, change.classes) == ("click", ("version-changed",))
    assert change.seen == Seen(("version-changed",), (), OLD, "", ())  # its code was looked at, and can do nothing
    assert [one.pin.version for one in change.after] == ["8.1.8"]
    assert project.run("check").code == 0


@pytest.mark.parametrize("sdist", [False, True])
def test_the_licence_is_that_of_the_files(
    tmp_path: Path, index: IndexServer, monkeypatch: pytest.MonkeyPatch, sdist: bool
) -> None:
    """As METADATA of the wheel, or PKG-INFO where there is no wheel, declares it; the earliest upload is the date."""
    project = approving(tmp_path, index, ["click"], "ann")
    plain = packages.core_metadata
    with monkeypatch.context() as context:
        context.setattr(packages, "core_metadata", lambda *words: plain(*words) + b"License: mit or Zlib\n")
        new = read_releases(f"click 8.1.8 | sdist static | uploaded {OLD}{' | tags' if sdist else ''}\n")
    index.add(*[one._replace(uploaded="2024-06-01T00:00:00.5Z") if one.is_wheel else one for one in new])
    project.must("update", "click", "--refresh")
    before = project.files()
    project.must("approve", "click", "--reason", "fine", *project.key("ann"))
    capabilities = ("install-script",) if sdist else ()  # its setup.py
    seen = project.newest(before).act.packages[0].seen
    assert seen._replace(places=None) == Seen(("version-changed",), capabilities, OLD, "MIT OR Zlib")
    assert tuple([word for word, _ in seen.places or ()]) == capabilities


def test_nothing_comes_from_the_cache_or_the_store(tmp_path: Path, index: IndexServer) -> None:
    """Other bytes on the index are found, though cache and store still have the right ones."""
    project = moved(tmp_path, index)
    project.must("verify")
    index.add(wheel("click", "8.1.8", salt="evil"))
    before = project.files()
    done = project.run("approve", "click", "--reason", "fine", *project.key("ann"))
    assert done.code == 1
    assert "alarm[artifact-changed]: click-8.1.8-py3-none-any.whl" in done.out
    assert "nothing was signed: what waits is not as the lock says" in done.out
    assert project.files() == before


def test_a_hash_that_exists_nowhere_is_refused(tmp_path: Path, index: IndexServer) -> None:
    """A lock edited by hand names bytes that no index serves: nobody can approve them."""
    project = moved(tmp_path, index)
    pinned = index.files["click-8.1.8-py3-none-any.whl"].sha256
    project.lock.write_text(project.lock.read_text().replace(pinned, "ab" * 32))
    before = project.files()
    done = project.run("approve", "--all", "--reason", "fine", *project.key("ann"))
    assert done.code == 1
    assert f"expected: sha256:{'ab' * 32}" in done.out
    assert project.files() == before


def test_one_bad_package_stops_all(tmp_path: Path, index: IndexServer) -> None:
    """Nothing is signed for the good one; the bad one is named."""
    project = moved(tmp_path, index)
    index.add(wheel("flask", "3.0.1"))
    project.must("update", "flask", "--refresh")
    index.add(wheel("click", "8.1.8", salt="evil"))
    before = project.files()
    done = project.run("approve", "--all", "--reason", "fine", *project.key("ann"))
    assert done.code == 1
    assert "click-8.1.8" in done.out
    assert "flask-3.0.1" not in done.out
    assert project.files() == before
    assert project.run("approve", "flask", "--reason", "fine", *project.key("ann")).code == 0


@pytest.mark.parametrize("path", ["/simple/click/", "/files/click-8.1.8-py3-none-any.whl"])
def test_what_cannot_be_asked_is_not_signed(tmp_path: Path, index: IndexServer, path: str) -> None:
    """The listing or the file cannot be had: 3, and no file."""
    project = moved(tmp_path, index)
    index.faults[path] = [status(403)]
    before = project.files()
    done = project.run("approve", "click", "--reason", "fine", *project.key("ann"))
    assert done.code == 3
    assert project.files() == before


def test_without_a_network_nothing_is_signed(tmp_path: Path) -> None:
    """The index is gone, and the cache has everything: 3 all the same."""
    with serving(read_releases(SHELF)) as index:
        project = moved(tmp_path, index)
        project.must("verify")
        before = project.files()
    done = project.run("approve", "click", "--reason", "fine", *project.key("ann"))
    assert done.code == 3
    assert "pypi did not answer for click" in done.err
    assert done.err.endswith("\nhint: check the connection; approving fetches anew and never uses the cache\n")
    assert project.files() == before


def test_nothing_of_the_proof_is_left(tmp_path: Path, index: IndexServer) -> None:
    """The folder in which it was fetched is gone, whether it held or not."""
    project = moved(tmp_path, index)
    project.must("approve", "click", "--reason", "fine", *project.key("ann"))
    assert not list(project.cache.glob("proof-*"))


def test_a_removal_needs_no_network(tmp_path: Path) -> None:
    """What goes is not fetched; it is approved like any change."""
    with serving(read_releases(SHELF)) as index:
        project = approving(tmp_path, index, ["click", "flask"], "ann")
        project.must("remove", "flask")
    assert project.run("check").code == 1
    before = project.files()
    done = project.must("approve", "flask", "--reason", "not used", *project.key("ann"))
    assert "flask 3.0.0, removed (pypi): removed" in done.out
    (change,) = project.newest(before).act.packages
    assert (change.after, [one.pin.version for one in change.gone]) == ((), ["3.0.0"])
    assert project.run("check").code == 0


def test_the_way_back_is_a_change_like_any_other(tmp_path: Path, index: IndexServer) -> None:
    """The old lock, put back, waits again, though its pins were approved once."""
    project = moved(tmp_path, index)
    project.must("approve", "click", "--reason", "fine", *project.key("ann"))
    after = project.lock.read_text()
    index.remove("click-8.1.8-py3-none-any.whl")
    project.must("update", "click", "--refresh")
    assert project.lock.read_text() != after
    assert project.run("check").code == 1
    done = project.must("approve", "click", "--reason", "8.1.8 is broken", *project.key("ann"))
    assert "click 8.1.8 -> 8.1.7" in done.out
    assert project.run("check").code == 0


def test_two_approvers_add_up(tmp_path: Path, index: IndexServer) -> None:
    """With a threshold of two the first one is told that another is missing, and the second settles it."""
    project = moved(tmp_path, index, "ann", "bob", policy="threshold = 2")
    done = project.must("approve", "click", "--reason", "fine", *project.key("ann"))
    assert "click: 1 of 2 approvers (ann); waits for another\n" in done.out
    assert project.run("check").code == 1
    done = project.must("approve", "click", "--reason", "still fine", *project.key("ann"))
    assert "click: 1 of 2 approvers (ann); waits for another\n" in done.out
    assert len(project.files()) == 2
    done = project.must("approve", "click", "--reason", "fine too", *project.key("bob"))
    assert "click: approved\n" in done.out
    assert project.run("check").code == 0


def test_an_alarm_needs_an_end_and_two_people(tmp_path: Path, index: IndexServer) -> None:
    """Other bytes of a pinned release, really served: refused without --until, and one approver is not enough."""
    project = approving(tmp_path, index, ["click", "flask"], "ann", "bob")
    index.add(wheel("flask", "3.0.0", salt="rebuilt"))
    project.must("update", "flask", "--refresh", "--accept-changed", "flask")
    assert "artifact-changed" in project.run("check").out
    done = project.run("approve", "flask", "--reason", "rebuilt by us", *project.key("ann"))
    assert done.code == 2
    assert "--until DATE, since an alarm is accepted for a time only: flask" in done.err
    words = ["approve", "flask", "--reason", "rebuilt by us", "--until", FAR]
    done = project.must(*words, *project.key("ann"))
    assert "artifact-changed (alarm)" in done.out
    assert "flask: 1 of 2 approvers (ann); waits for another, since it is an alarm" in done.out
    assert project.run("check").code == 1
    before = project.files()
    project.must(*words, *project.key("bob"))
    assert project.newest(before).act.expires == f"{FAR}T00:00:00Z"
    assert project.run("check").code == 0


def test_dry_run_signs_nothing(tmp_path: Path, index: IndexServer) -> None:
    """Everything is shown and proved, also without a key; no file is written."""
    project = moved(tmp_path, index)
    before = project.files()
    done = project.must("approve", "--all", "--dry-run")
    assert "click 8.1.7 -> 8.1.8" in done.out
    assert done.out.endswith("nothing was signed: --dry-run\n")
    assert project.files() == before
    index.add(wheel("click", "8.1.8", salt="evil"))
    assert project.run("approve", "--all", "--dry-run").code == 1


def test_nothing_waits(tmp_path: Path, index: IndexServer) -> None:
    """It is said, and is no failure; a name that is approved already is none either."""
    project = approving(tmp_path, index, ["click"], "ann")
    done = project.must("approve", "--all", "--reason", "x", *project.key("ann"))
    assert done.out == "nothing waits for approval\n"
    assert project.must("approve", "click").out == "click waits for nothing\nnothing was signed\n"
    assert project.must("approve", "--configuration").out.startswith("the security configuration waits for nothing\n")


def test_what_was_written_as_json(tmp_path: Path, index: IndexServer) -> None:
    """An approval with `--format json` says which file it wrote."""
    project = moved(tmp_path, index)
    before = project.files()
    done = project.must("approve", "click", "--reason", "x", "--format", "json", *project.key("ann"))
    act = project.newest(before)
    assert done.json["summary"]["facts"]["written"] == f".holdfast/approvals/{act.digest}.json"


def test_the_key_comes_from_the_environment(tmp_path: Path, index: IndexServer) -> None:
    """`HOLDFAST_KEY` and `HOLDFAST_PASSPHRASE_FILE` are read; a flag wins."""
    from tests.support.approving import key_file

    project = moved(tmp_path, index)
    secret = tmp_path / "passphrase"
    secret.write_text("over the hills\n")
    secret.chmod(0o600)
    project.environment["HOLDFAST_KEY"] = str(key_file(tmp_path, "ann", b"over the hills"))
    assert project.run("approve", "click", "--reason", "x").code == 2
    project.environment["HOLDFAST_PASSPHRASE_FILE"] = str(secret)
    assert "no approver's" in project.run("approve", "click", "--reason", "x", *project.key("mallory")).err
    assert "click: approved" in project.must("approve", "click", "--reason", "x").out
