"""Unpacked modules on the disk: whole or not at all, hashed from the disk, and led to by no link but our own."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from holdfast import files
from holdfast.errors import FileProblem
from holdfast.installed.layout import NotOurs, generation_of, installed_names
from holdfast.installed.look import ABSENT, AS_LOCKED, MODIFIED, OTHER, is_as_locked, look_at, look_at_all
from holdfast.installed.place import STEPS, place, remove, tidy
from holdfast.installed.revocation_lists import keep_revocations, revocations_of
from holdfast.trust.archive import ArchiveFile
from holdfast.trust.errors import Tampered, TreeRefused
from holdfast.trust.tree import TreeFile, tree_digest
from holdfast.trust.unpacked import Unpacked
from holdfast_resolver.errors import InvalidModuleName

GUARDS, BASE = "@acme/guards", "@acme/base"
STRICT = "guards/strict.md"


def unpacked(name: str, version: str = "1.0.0", **more: bytes) -> Unpacked:
    """A module with a text, a program and a file that says its version."""
    contents = {"module.toml": f"{name} {version}".encode(), STRICT: b"Refuse.\n", "run": b"#!/bin/sh\n", **more}
    listed = tuple(ArchiveFile(path, path == "run", memoryview(data)) for path, data in sorted(contents.items()))
    tree = tree_digest([TreeFile(one.path, one.executable, sha256(one.view).hexdigest()) for one in listed])
    return Unpacked(name, version, tree, listed)


OLD = (unpacked(BASE), unpacked(GUARDS))
NEW = (unpacked(GUARDS, "2.0.0"), unpacked("@other/tools"))
LISTS = {"acme": "first"}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is durable is not asked here, and a busy disk makes a test wait for it."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


def trees(modules: tuple[Unpacked, ...]) -> list[tuple[str, str]]:
    """What a lock says of modules."""
    return [(one.name, one.tree) for one in modules]


def put(project: Path, modules: tuple[Unpacked, ...] = OLD) -> Path:
    """Unpack modules and return their generation."""
    return Path(place(str(project), modules, LISTS))


def is_installed(project: Path, modules: tuple[Unpacked, ...]) -> bool:
    """Whether `modules/` is just these, whole."""
    return is_as_locked(generation_of(str(project)), trees(modules))


def everything(folder: Path) -> list[str]:
    """Every path below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def home(project: Path) -> Path:
    """Where generations stand."""
    return project / ".holdfast" / "modules"


def test_modules_is_a_link_to_what_was_placed(tmp_path: Path) -> None:
    """Each file has its bytes and its mode, nobody may write to it or beside it, and git ignores the generations."""
    generation = put(tmp_path)
    assert os.readlink(tmp_path / "modules") == f".holdfast/modules/{generation.name}"
    assert (tmp_path / "modules" / GUARDS / STRICT).read_bytes() == b"Refuse.\n"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (generation / GUARDS).rglob("*")}
    assert modes == {"module.toml": 0o444, "strict.md": 0o444, "run": 0o555, "guards": 0o555}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (generation, generation / "@acme")} == {0o555}
    assert (home(tmp_path) / ".gitignore").read_bytes() == b"*\n"
    assert is_installed(tmp_path, OLD)
    assert installed_names(str(generation)) == {BASE, GUARDS}


def test_the_record_has_the_tree_digest(tmp_path: Path) -> None:
    """Anyone can recompute the digest: the sha256 of the text beside the files."""
    generation = put(tmp_path)
    for one in OLD:
        record = (generation / ".trees" / one.name).read_bytes()
        assert "sha256:" + sha256(record).hexdigest() == one.tree


def test_another_generation_takes_the_place_of_the_first(tmp_path: Path) -> None:
    """The old one is gone, with whatever was altered in it, and nothing else is left."""
    first = put(tmp_path)
    (first / "@acme").chmod(0o755)
    (first / "@acme" / "planted").write_text("")
    second = put(tmp_path, NEW)
    assert is_installed(tmp_path, NEW)
    assert not is_installed(tmp_path, OLD)
    assert sorted(os.listdir(home(tmp_path))) == [".gitignore", ".revocations", second.name]
    assert sorted(os.listdir(tmp_path)) == [".holdfast", "modules"]


def test_an_altered_generation_is_replaced_and_not_mended(tmp_path: Path) -> None:
    """The same modules again stand in a generation of another name; nothing is written into the one that is led to."""
    first = put(tmp_path)
    altered = first / GUARDS / STRICT
    altered.chmod(0o644)
    altered.write_text("Allow.\n")
    assert not is_installed(tmp_path, OLD)
    second = put(tmp_path)
    assert second != first
    assert second.name.rpartition("-")[0] == first.name.rpartition("-")[0]
    assert is_installed(tmp_path, OLD)


def test_modules_are_taken_one_at_a_time(tmp_path: Path) -> None:
    """Each is on the disk before the next is asked for, so that no two archives are in memory at once."""
    seen: list[int] = []

    def give() -> Iterator[Unpacked]:
        for one in OLD:
            (staging,) = home(tmp_path).glob(".new-*")
            seen.append(len(list(staging.glob("@*/*"))))
            yield one

    place(str(tmp_path), give(), {})
    assert seen == [0, 1]


def test_what_fails_on_the_way_leaves_everything_as_it_was(tmp_path: Path) -> None:
    """An error of whoever gives the modules is passed on; the old generation stands, and nothing is left behind."""
    put(tmp_path)
    before = everything(tmp_path)

    def give() -> Iterator[Unpacked]:
        yield NEW[0]
        raise Tampered(GUARDS, "archive", "this", "that")

    with pytest.raises(Tampered):
        place(str(tmp_path), give(), LISTS)
    assert everything(tmp_path) == before
    assert is_installed(tmp_path, OLD)


WRONG: list[tuple[str, Unpacked, type[Exception]]] = [
    ("another tree than was promised", OLD[0]._replace(tree="sha256:" + "0" * 64), Tampered),
    ("a name that leaves the folder", OLD[0]._replace(name="@acme/../../base"), InvalidModuleName),
    ("no name", OLD[0]._replace(name=".trees"), InvalidModuleName),
    *[
        (path, OLD[0]._replace(contents=(ArchiveFile(path, False, memoryview(b"")),)), TreeRefused)
        for path in ("../out", "/out", "a/../../out", "a\\b", "")
    ],
    ("a path twice", OLD[0]._replace(contents=OLD[0].contents[:1] * 2), FileProblem),
    (
        "a file that is a folder too",
        OLD[0]._replace(contents=tuple(ArchiveFile(path, False, memoryview(b"")) for path in ("a", "a/b"))),
        FileProblem,
    ),
]


@pytest.mark.parametrize(("module", "error"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_is_no_module_is_not_placed(tmp_path: Path, module: Unpacked, error: type[Exception]) -> None:
    """Whatever came past earlier checks: nothing is written outside, nothing shown, nothing left."""
    project = tmp_path / "project"
    project.mkdir()
    put(project)
    before = everything(tmp_path)
    with pytest.raises(error):
        place(str(project), (NEW[0], module), LISTS)
    assert everything(tmp_path) == before


@pytest.mark.parametrize("failing", STEPS)
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()], ids=type)
def test_a_failure_at_any_step_leaves_one_whole_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str, error: BaseException
) -> None:
    """Disk full or Ctrl-C before any effect: the old modules or the new ones, and no litter but an old generation."""
    put(tmp_path)

    def step(name: str) -> None:
        if name == failing:
            raise error

    monkeypatch.setattr(files, "step", step)
    with pytest.raises((FileProblem, KeyboardInterrupt)) as caught:
        put(tmp_path, NEW)
    if isinstance(caught.value, FileProblem):
        assert caught.value.reason == "No space left on device"
    late = failing in ("sync-link", "remove-generations")
    assert is_installed(tmp_path, NEW if late else OLD)
    assert len(list(home(tmp_path).glob("[0-9a-f.]*-[0-9]*"))) == (2 if late else 1)
    tidy(str(tmp_path))
    kept = os.path.basename(generation_of(str(tmp_path)))
    assert sorted(os.listdir(home(tmp_path))) == [".gitignore", ".revocations", kept]
    assert sorted(os.listdir(tmp_path)) == [".holdfast", "modules"]


def test_every_step_is_announced_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Placing announces just the steps of the table, the writes of revocation lists aside."""
    seen: list[str] = []
    monkeypatch.setattr(files, "step", seen.append)
    put(tmp_path)
    assert tuple(name for name in dict.fromkeys(seen) if name not in files.STEPS) == STEPS


def test_nothing_but_our_own_litter_is_tidied(tmp_path: Path) -> None:
    """What a killed install leaves goes; files and links of others with like names stay."""
    kept = put(tmp_path)
    (home(tmp_path) / ".new-12-0123abcd" / "@acme").mkdir(parents=True)
    (home(tmp_path) / "0123456789abcdef-7").mkdir()
    (home(tmp_path) / "notes").mkdir()
    (tmp_path / ".modules-12-0123abcd").symlink_to(".holdfast/modules/0123456789abcdef-7")
    (tmp_path / ".modules-12-89abcdef").symlink_to("elsewhere")
    (tmp_path / ".modules-backup").mkdir()
    tidy(str(tmp_path))
    assert sorted(os.listdir(home(tmp_path))) == [".gitignore", ".revocations", kept.name, "notes"]
    assert {".modules-12-89abcdef", ".modules-backup"} <= set(os.listdir(tmp_path))
    assert ".modules-12-0123abcd" not in os.listdir(tmp_path)


def test_removing_leaves_no_trace(tmp_path: Path) -> None:
    """A lock without modules takes the link and all generations away; a second time there is nothing to do."""
    put(tmp_path)
    assert remove(str(tmp_path))
    assert everything(tmp_path) == [".holdfast"]
    assert not remove(str(tmp_path))


def a_folder(project: Path) -> None:
    (project / "modules").mkdir()
    (project / "modules" / "mine.txt").write_text("mine")


def a_file(project: Path) -> None:
    (project / "modules").write_text("mine")


def a_link_elsewhere(project: Path) -> None:
    (project.parent / "elsewhere").mkdir()
    (project / "modules").symlink_to("../elsewhere")


def an_absolute_link(project: Path) -> None:
    generation = put(project)
    (project / "modules").unlink()
    (project / "modules").symlink_to(generation)


def a_link_that_climbs(project: Path) -> None:
    (project / "modules").symlink_to(".holdfast/modules/../../..")


def a_linked_home(project: Path) -> None:
    (project.parent / "elsewhere" / "0123456789abcdef-0").mkdir(parents=True)
    (project / ".holdfast").mkdir()
    (project / ".holdfast" / "modules").symlink_to("../../elsewhere")
    (project / "modules").symlink_to(".holdfast/modules/0123456789abcdef-0")


def a_linked_root(project: Path) -> None:
    (project.parent / "elsewhere" / "modules" / "0123456789abcdef-0").mkdir(parents=True)
    (project / ".holdfast").symlink_to("../elsewhere")
    (project / "modules").symlink_to(".holdfast/modules/0123456789abcdef-0")


def linked_revocations(project: Path) -> None:
    (project.parent / "elsewhere").mkdir()
    (project / ".holdfast" / "modules").mkdir(parents=True)
    (project / ".holdfast" / "modules" / ".revocations").symlink_to("../../../elsewhere")


def a_file_for_home(project: Path) -> None:
    (project / ".holdfast").write_text("mine")


FOREIGN = [
    *(a_folder, a_file, a_link_elsewhere, an_absolute_link, a_link_that_climbs, a_linked_home, a_linked_root),
    *(linked_revocations, a_file_for_home),
]


@pytest.mark.parametrize("make", FOREIGN, ids=lambda make: make.__name__)
def test_what_is_not_ours_is_refused_and_left_alone(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A folder, file or link of somebody else in our way is named with the way out, never followed, never removed."""
    project = tmp_path / "project"
    project.mkdir()
    make(project)
    before = everything(tmp_path)
    assert generation_of(str(project)) == ""
    with pytest.raises(NotOurs) as caught:
        put(project)
    assert "move it away" in caught.value.hint
    assert set(before) <= set(everything(tmp_path))
    assert is_as_locked(generation_of(str(project)), []) is False
    tidy(str(project))
    assert set(before) <= set(everything(tmp_path))


def test_a_dangling_link_of_ours_is_replaced(tmp_path: Path) -> None:
    """A fresh clone in which somebody committed the link has nothing installed, and an install works."""
    (tmp_path / "modules").symlink_to(".holdfast/modules/0123456789abcdef-0")
    assert generation_of(str(tmp_path)) == ""
    put(tmp_path)
    assert is_installed(tmp_path, OLD)


def test_a_generation_that_is_a_link_is_not_installed(tmp_path: Path) -> None:
    """The folder itself must stand there; another install puts a real one in its place, and the target stays."""
    generation = put(tmp_path)
    writable(generation).rename(tmp_path / "moved")
    generation.symlink_to(tmp_path / "moved")
    assert generation_of(str(tmp_path)) == ""
    put(tmp_path)
    assert is_installed(tmp_path, OLD)
    assert (tmp_path / "moved" / GUARDS / STRICT).exists()


def test_a_planted_link_is_not_written_through(tmp_path: Path) -> None:
    """Links where lists and the ignore file will stand are replaced or left; what they lead to is untouched."""
    (tmp_path / "victim").write_text("mine")
    project = tmp_path / "project"
    (home(project) / ".revocations").mkdir(parents=True)
    (home(project) / ".revocations" / "acme.json").symlink_to(tmp_path / "victim")
    (home(project) / ".gitignore").symlink_to(tmp_path / "new")
    put(project)
    assert (tmp_path / "victim").read_text() == "mine"
    assert not (tmp_path / "new").exists()
    assert revocations_of(str(project), "acme") == "first"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    """A read-only project is named, and stays as it is."""
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(FileProblem):
            put(tmp_path)
    finally:
        tmp_path.chmod(0o755)
    assert everything(tmp_path) == []


def test_without_links_the_system_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no link can be made, as on Windows without the right to, install stops with the system's own words."""

    def symlink(*arguments: object, **named: object) -> None:
        raise OSError(1, "A required privilege is not held by the client")

    monkeypatch.setattr(os, "symlink", symlink)
    with pytest.raises(FileProblem) as caught:
        put(tmp_path)
    assert caught.value.reason == "A required privilege is not held by the client"
    assert sorted(os.listdir(home(tmp_path))) == [".gitignore", ".revocations"]


def flip(folder: Path) -> None:
    path = folder / STRICT
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(data)
    path.chmod(0o444)


def writable(path: Path) -> Path:
    path.chmod(0o755)
    return path


def bytecode(folder: Path) -> None:
    cache = writable(folder) / "__pycache__"
    cache.mkdir()
    (cache / "x.cpython-311.pyc").write_bytes(b"")


def many(folder: Path) -> None:
    for number in range(5):
        (writable(folder) / f"{number}.md").write_text("")


def link(folder: Path) -> None:
    (writable(folder / "guards") / "strict.md").unlink()
    (folder / STRICT).symlink_to("/etc/passwd")


def as_file(folder: Path) -> None:
    writable(folder.parent)
    writable(folder).rename(folder.parent.parent.parent / "away")
    folder.write_text("")


def as_link(folder: Path) -> None:
    writable(folder.parent)
    writable(folder).rename(folder.parent.parent.parent / "away")
    folder.symlink_to(folder.parent.parent.parent / "away")


DAMAGES: list[tuple[Callable[[Path], object], str]] = [
    (flip, f"{STRICT} changed"),
    (lambda folder: (writable(folder) / "a.md").write_text(""), "a.md added"),
    (lambda folder: (writable(folder) / ".hidden").write_text(""), ".hidden added"),
    (bytecode, "__pycache__/x.cpython-311.pyc added"),
    (lambda folder: (writable(folder) / "run").unlink(), "run removed"),
    (lambda folder: (folder / STRICT).chmod(0o555), f"{STRICT} made executable"),
    (lambda folder: (folder / "run").chmod(0o444), "run no longer executable"),
    (lambda folder: (folder / "run").chmod(0o755), "run has the mode 0755, not 0555"),
    (lambda folder: (folder / STRICT).chmod(0o644), f"{STRICT} has the mode 0644, not 0444"),
    (many, "0.md added, 1.md added, 2.md added and 2 more"),
    (link, f"{STRICT}: a symbolic link, not a file or a folder"),
    (lambda folder: os.mkfifo(writable(folder) / "pipe"), "pipe: a named pipe, not a file or a folder"),
    (as_file, "a link or a file in place of its folder"),
    (as_link, "a link or a file in place of its folder"),
]


@pytest.mark.parametrize(("damage", "words"), DAMAGES, ids=[words for _, words in DAMAGES])
def test_every_damage_is_seen_and_named(tmp_path: Path, damage: Callable[[Path], object], words: str) -> None:
    """One flipped bit, one file more or less, one mode: the module is modified, the others are as locked."""
    generation = put(tmp_path)
    damage(generation / GUARDS)
    look = look_at(str(generation), GUARDS, OLD[1].tree)
    assert (look.standing, look.words) == (MODIFIED, words)
    assert look_at(str(generation), BASE, OLD[0].tree).standing == AS_LOCKED
    assert not is_installed(tmp_path, OLD)
    put(tmp_path)
    assert is_installed(tmp_path, OLD)


def test_a_damage_without_a_record_is_still_seen(tmp_path: Path) -> None:
    """The record names what differs; it proves nothing, and one that lies or is gone hides nothing."""
    generation = put(tmp_path)
    flip(generation / GUARDS)
    record = generation / ".trees" / GUARDS
    for text in (b"", b"holdfast-tree-v1\n", None):
        writable(record.parent)
        if text is None:
            record.unlink()
        else:
            record.chmod(0o644)
            record.write_bytes(text)
        look = look_at(str(generation), GUARDS, OLD[1].tree)
        assert (look.standing, look.words) == (MODIFIED, "other files than were locked")


def test_other_releases_and_absent_modules_are_no_damage(tmp_path: Path) -> None:
    """After the lock moved on, what is installed is another release, whole; what is not there is absent."""
    generation = str(put(tmp_path))
    assert look_at(generation, GUARDS, NEW[0].tree).standing == OTHER
    assert look_at(generation, "@other/tools", NEW[1].tree).standing == ABSENT
    assert look_at("", GUARDS, OLD[1].tree).standing == ABSENT


@pytest.mark.parametrize("stranger", ["notes.md", "@acme/notes.md", "@evil/thing/x", "@empty"])
def test_a_stranger_among_the_modules_is_named(tmp_path: Path, stranger: str) -> None:
    """Whatever the lock does not have makes the whole not as locked, and has a name."""
    generation = put(tmp_path)
    writable(generation)
    writable(generation / "@acme")
    path = generation / stranger
    if stranger == "@empty":
        path.mkdir()
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    name = "/".join(stranger.split("/")[:2])
    assert installed_names(str(generation)) == {BASE, GUARDS, name}
    assert not is_installed(tmp_path, OLD)


def test_a_look_survives_an_install_in_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the generation goes away while it is hashed, the next one is looked at."""
    first = str(put(tmp_path))
    put(tmp_path, (OLD[1],))
    answers = iter([first])
    real = generation_of
    monkeypatch.setattr("holdfast.installed.look.generation_of", lambda project: next(answers, real(project)))
    generation, looks = look_at_all(str(tmp_path), trees((OLD[1],)))
    assert generation == real(str(tmp_path)) != first
    assert looks[GUARDS].standing == AS_LOCKED


def test_revocation_lists_are_those_of_the_registries_in_use(tmp_path: Path) -> None:
    """A list is replaced whole, that of a registry no longer in use goes, and leftovers of killed writes go."""
    keep_revocations(str(tmp_path), {"acme": "first", "other": "one"})
    (home(tmp_path) / ".revocations" / ".acme.json.12.ab.tmp").write_text("")
    keep_revocations(str(tmp_path), {"acme": "second"})
    assert os.listdir(home(tmp_path) / ".revocations") == ["acme.json"]
    assert revocations_of(str(tmp_path), "acme") == "second"
    assert revocations_of(str(tmp_path), "other") is None
