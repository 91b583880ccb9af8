"""Archives that were altered on the way, and archives that a malicious publisher signed, with a registry that helps."""

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast.publish.registry.layout import blob_file
from holdfast.trust.archive import read_archive, tree_of
from holdfast.trust.tree import tree_digest
from holdfast_resolver.manifests.module_toml import read_module_manifest
from tests.support.attack_cases import Attack, assert_same, assert_stopped
from tests.support.hostile_archives import (
    END,
    archive,
    entry,
    file,
    pax,
    record,
    under_pax_path,
    wrong_checksum,
)
from tests.support.loopback import Reply
from tests.support.module_folders import ExportRow, manifest_text
from tests.support.module_project import ModuleProject, module_project
from tests.support.registry_thieves import put_archive

NAME, VERSION = "@acme/guards", "2.2.0"
ABOUT = f"{NAME} {VERSION}"
TOML = manifest_text(NAME, VERSION).encode()
MANIFEST = file("module.toml", TOML)
USE = ("install", "verify")
Act = Callable[[ModuleProject], object]


def published(data: bytes, *, tree: str = "") -> Act:
    """The publisher signs these bytes, the registry signs for them, and the project locks them."""

    def attack(world: ModuleProject) -> None:
        put_archive(world.registry, read_module_manifest(TOML), data, tree=tree)
        world.must("update")
        assert world.pin(NAME).version == VERSION

    return attack


def stating(text: str, *, files: bytes = b"") -> Act:
    """An archive in order, around a `module.toml` that says other than what was signed."""
    data = archive(files, file("module.toml", text.encode()))
    return published(data, tree=tree_digest(tree_of(read_archive(data))))


def served(change: Callable[[Reply], Reply]) -> Act:
    """The server answers otherwise for the archive of the locked guards."""

    def attack(world: ModuleProject) -> None:
        world.forget_archives()
        world.server.spoil(blob_file(world.pin(NAME).artifacts[0].hash), change)

    return attack


def bytes_served(change: Callable[[bytes], bytes]) -> Act:
    return served(lambda reply: Reply(200, change(reply.body)))


def _another_archive(world: ModuleProject) -> None:
    other = world.server.read(blob_file(world.pin("@acme/base").artifacts[0].hash))
    bytes_served(lambda _: other)(world)


def _zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        bundle.writestr(zipfile.ZipInfo("module.toml"), TOML)
    return stream.getvalue()


LOCKED = "@acme/guards 2.1.0"
TAMPERED, REFUSED = "module-tampered", "archive-refused"
GIB = 1024 * 1024 * 1024

# What it is, the archive, and what must be said of it.
ARCHIVES: tuple[tuple[str, bytes, tuple[str, ...]], ...] = (
    ("a symbolic link", archive(MANIFEST, entry(b"skills/link", kind=b"2", link=b"/etc/passwd")), ("skills/link",
     "symbolic link")),
    ("a symbolic link and a file behind it", archive(entry(b"a", kind=b"2", link=b"/tmp"), file("a/x"), MANIFEST),
     ("a", "symbolic link")),
    ("a hard link", archive(MANIFEST, entry(b"skills/link", kind=b"1", link=b"module.toml")), ("skills/link",
     "hard link")),
    ("a folder", archive(MANIFEST, entry(b"skills/", kind=b"5")), ("skills/", "folder")),
    ("a device", archive(MANIFEST, entry(b"null", kind=b"3")), ("null", "device")),
    ("a named pipe", archive(MANIFEST, entry(b"pipe", kind=b"6")), ("pipe", "named pipe")),
    ("a sparse file", archive(MANIFEST, entry(b"sparse", kind=b"S")), ("sparse", "sparse")),
    ("a long name of GNU tar", archive(MANIFEST, entry(b"././@LongLink", b"../x\0", kind=b"L")), ("long name",)),
    ("a path that leads up", archive(file("../../.bashrc"), MANIFEST), ("../../.bashrc",)),
    ("a path that leads up on the way", archive(file("a/../../x"), MANIFEST), ("a/../../x",)),
    ("an absolute path", archive(file("/etc/passwd"), MANIFEST), ("/etc/passwd",)),
    ("a path of Windows", archive(file("C:/x"), MANIFEST), ("C:/x",)),
    ("a backslash", archive(file("a\\..\\x"), MANIFEST), ("a",)),
    ("a device's name of Windows", archive(file("con.md"), MANIFEST), ("con.md",)),
    ("a trailing dot", archive(file("a."), MANIFEST), ("a.",)),
    ("a control character", archive(file("a\x1b[2Jb"), MANIFEST), ("character",)),
    ("a name that turns the line around", archive(MANIFEST, under_pax_path("x\u202egnp.md".encode())), ("character",)),
    ("a name that is not in normal form", archive(MANIFEST, under_pax_path("e\u0301.md".encode())), ("normal form",)),
    ("a name that is not UTF-8", archive(MANIFEST, under_pax_path(b"x\xff.md")), ("UTF-8",)),
    ("names that differ in case only", archive(file("README.md"), MANIFEST, file("readme.md")), ("readme.md",)),
    ("a file where a folder must be", archive(file("a"), file("a/b"), MANIFEST), ("a",)),
    ("one file twice", archive(MANIFEST, MANIFEST), ("module.toml", "twice")),
    ("files out of order", archive(file("z"), MANIFEST), ("module.toml", "after z")),
    ("what never belongs to a module", archive(file(".git/hooks/post-checkout"), MANIFEST),
     (".git/hooks/post-checkout",)),
    ("a hidden path", archive(MANIFEST, under_pax_path(b"../../x")), ("../../x",)),
    ("a pax header with a link", archive(MANIFEST, pax(record("linkpath", "/etc/passwd")), entry(b"x")),
     ("pax header",)),
    ("two pax headers", archive(MANIFEST, pax(record("path", "aa")), pax(record("path", "bb")), entry(b"x")),
     ("two pax headers",)),
    ("a global pax header", archive(entry(b"pax-header", record("path", "x"), kind=b"g"), MANIFEST),
     ("global pax header",)),
    ("a size of eight gibibytes", archive(MANIFEST, entry(b"x", size=b"77777777777")), ("x", f"{8 * GIB - 1} bytes")),
    ("a size in base 256", archive(MANIFEST, entry(b"x", size=b"\x80" + bytes(7) + b"\x40\0\0\0")), ("x", "size")),
    ("a header of GNU tar", archive(MANIFEST, entry(b"x", magic=b"ustar  \0")), ("x", "GNU tar")),
    ("a set-user-id program", archive(MANIFEST, entry(b"x", mode=b"0004755\0")), ("x", "header")),
    ("a wrong checksum", archive(MANIFEST, wrong_checksum(file("x"))), ("x", "checksum")),
    ("a truncated archive", archive(MANIFEST, end=END[:512]), ("truncated",)),
    ("an archive without an end", archive(MANIFEST, end=b""), ("truncated",)),
    ("bytes after its end", archive(MANIFEST) + bytes(512), ("after its end",)),
    ("bytes between files", archive(MANIFEST[:-1] + b"x"), ("module.toml", "between")),
    ("a compressed archive", gzip.compress(archive(MANIFEST), 0, mtime=0), ("header",)),
    ("a zip archive", _zipped(), ("archive",)),
    ("one byte", b"x", ("truncated",)),
    ("a path of many folders", archive(file("a/" * 40 + "b"), MANIFEST), ("a/a/",)),
    ("more files than a module may have", archive(*[file(f"a/{number:05}") for number in range(10_001)], MANIFEST),
     ("10000",)),
    ("no manifest", archive(file("README.md")), ("module.toml", "missing")),
)  # fmt: skip

CASES: tuple[Attack, ...] = (
    *[Attack(title, REFUSED, published(data), USE, (ABOUT, *says)) for title, data, says in ARCHIVES],
    # The server, or the network.
    Attack("an altered archive", TAMPERED, bytes_served(lambda data: data.replace(b"Refuse", b"Accept")), USE,
     (LOCKED, "sha256:"), heals=True),
    Attack("a truncated archive from the server", TAMPERED, bytes_served(lambda data: data[:-512]), USE, (LOCKED,
     "archive"), heals=True),
    Attack("a longer archive from the server", TAMPERED, bytes_served(lambda data: data + bytes(512)), USE, (LOCKED,
     "archive"), heals=True),
    Attack("no bytes", TAMPERED, bytes_served(lambda data: b""), USE, (LOCKED, "archive"), heals=True),
    Attack("the archive of another module", TAMPERED, _another_archive, USE, (LOCKED, "archive"), heals=True),
    Attack("an archive that is not there", "registry-tampered", served(lambda _: Reply(404)), USE, ("acme blobs/",
     "acme-guards-2.1.0.tar"), heals=True),
    Attack("a server that fails", "", served(lambda _: Reply(500, headers={"Retry-After": "0"})), USE,
     ("acme-guards-2.1.0.tar",), "RegistryUnavailable", heals=True),
    Attack("a redirect of an archive to another scheme", "",
     served(lambda _: Reply(302, headers={"Location": "ftp://elsewhere.example/x"})), USE,
     ("acme-guards-2.1.0.tar",), "RegistryRefused", heals=True),
    Attack("an archive that is cut short", "", served(lambda reply: Reply(200, reply.body, cut=1_000)), ("install",),
     ("acme-guards-2.1.0.tar",), "RegistryUnavailable", heals=True),
    Attack("an archive of a gibibyte", "", served(lambda _: Reply(200, b"x", {"Content-Length": str(GIB)})), USE,
     ("acme-guards-2.1.0.tar",), "AnswerTooLong", heals=True),
    Attack("an archive that unpacks to far more", TAMPERED,
     served(lambda _: Reply(200, gzip.compress(bytes(5_000_000)), {"Content-Encoding": "gzip"})), USE, (LOCKED,),
     heals=True),
    # Well-formed, and not what was signed for.
    Attack("the manifest of another module", TAMPERED, stating(manifest_text("@acme/other", VERSION)), USE, (ABOUT,
     "name", "@acme/other")),
    Attack("the manifest of another version", TAMPERED, stating(manifest_text(NAME, "9.9.9")), USE, (ABOUT,
     "version", "9.9.9")),
    Attack("a manifest with further permissions", TAMPERED,
     stating(manifest_text(NAME, VERSION, permissions={"programs": ["sh"]})), USE, (ABOUT, "permissions",
     "program:sh")),
    Attack("a manifest with further dependencies", TAMPERED,
     stating(manifest_text(NAME, VERSION, dependencies={"@acme/base": "^1"})), USE, (ABOUT, "dependencies")),
    Attack("a manifest with a privileged export", TAMPERED,
     stating(manifest_text(NAME, VERSION, exports=[ExportRow("x", "a.md", privileged=True)]), files=file("a.md")),
     USE, (ABOUT, "privileged")),
    Attack("a manifest that does not read", TAMPERED, stating("name = "), USE, (ABOUT, "module.toml")),
    Attack("another tree than the signed one", TAMPERED, published(archive(MANIFEST)), USE, (ABOUT, "tree",
     "sha256:777")),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_an_archive_that_is_not_in_order_is_never_unpacked(tmp_path: Path, case: Attack) -> None:
    """Install and verify name the entry or the release and what is wrong; the installed modules stay as they were."""
    with module_project(tmp_path) as world:
        assert_stopped(world, case)
        assert not list((world.cache / "store").rglob("*.part")), "no bad byte is kept"


@pytest.mark.parametrize(("data", "says"), [row[1:] for row in ARCHIVES], ids=[row[0] for row in ARCHIVES])
def test_a_hostile_archive_is_refused_when_it_is_inspected(tmp_path: Path, data: bytes, says: tuple[str, ...]) -> None:
    """Whoever looks at an archive gets the same refusal, and nothing is unpacked beside it."""
    (tmp_path / "web").mkdir()
    world = ModuleProject(tmp_path, None, None)  # type: ignore[arg-type]  # neither registry nor server is asked
    place = world.folder / "hostile.tar"
    place.write_bytes(data)
    before = world.files()
    done = world.told("module", "inspect", str(place))
    assert done.code == 1, done
    assert done.codes == [REFUSED], done.out
    assert all(word in done.out.encode().decode("unicode_escape") or word in done.out for word in says), done.out
    assert_same(world.files(), before)


def test_a_damaged_store_heals(tmp_path: Path) -> None:
    """An archive that rotted in the store is fetched anew, and what is unpacked is what was locked."""
    with module_project(tmp_path) as world:
        kept = [path for path in (world.cache / "store").rglob("*") if path.is_file()]
        assert len(kept) == 2
        for path in kept:
            path.write_bytes(path.read_bytes().replace(b"Refuse", b"Accept"))
        (world.folder / "modules").unlink()
        world.must("install")
        text = world.folder / "modules" / "@acme" / "guards" / "guards" / "strict.md"
        assert text.read_bytes() == b"Refuse.\n"
        assert world.run("verify").code == 0
