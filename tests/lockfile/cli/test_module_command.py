"""`module init`, `pack`, `inspect`: what they write, what they say, what they refuse."""

import io
import json
import os
import sys
import tarfile
from pathlib import Path

import pytest

from holdfast.cli.main import main
from holdfast.publish.pack import pack
from tests.support.module_folders import ExportRow, write_files, write_module


def run(*words: str) -> tuple[int, str, str]:
    """Run a command line: (exit code, stdout, stderr)."""
    out, err = io.StringIO(), io.StringIO()
    return main(words, {}, out, err), out.getvalue(), err.getvalue()


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_init_begins_a_module_that_can_be_packed(here: Path) -> None:
    """A commented manifest and a README; packing it as it is works."""
    code, out, err = run("module", "init", "guards", "--name", "@acme/guards")
    assert (code, err) == (0, "")
    assert out == f"{Path('guards/README.md')} written\n{Path('guards/module.toml')} written\n"
    packed = pack("guards")
    assert (packed.manifest.name, packed.manifest.version) == ("@acme/guards", "0.1.0")
    assert [file.path for file in packed.files] == ["README.md", "module.toml"]


def test_init_without_a_folder_means_here(here: Path) -> None:
    """The folder is the current one."""
    assert run("module", "init", "--name", "@acme/guards")[0] == 0
    assert (here / "module.toml").is_file()


def test_init_overwrites_nothing(here: Path) -> None:
    """A manifest that is there stops it; a README that is there stays."""
    (here / "README.md").write_text("mine\n")
    assert run("module", "init", "--name", "@acme/guards")[:2] == (0, f"{os.path.join('.', 'module.toml')} written\n")
    assert (here / "README.md").read_text() == "mine\n"
    before = (here / "module.toml").read_bytes()
    code, out, err = run("module", "init", "--name", "@acme/other")
    assert (code, out) == (2, "")
    assert "expected a folder without a module.toml" in err
    assert (here / "module.toml").read_bytes() == before


@pytest.mark.parametrize(
    "words", [[], ["--name", "guards"], ["--name", "@Acme/guards"], ["--name", "@acme/gu\u0430rds"]]
)
def test_init_needs_a_modules_name(here: Path, words: list[str]) -> None:
    """A scoped name of lower-case ASCII; else nothing is written."""
    code, _, err = run("module", "init", *words)
    assert code == 2
    assert "name" in err
    assert os.listdir(here) == []


def test_pack_writes_the_archive_beside_the_folder_and_says_both_digests(here: Path) -> None:
    """Named by scope, name and version; the digests are those of `pack`."""
    packed = pack(str(write_module(here / "guards", "@acme/guards", "2.1.0")))
    code, out, err = run("module", "pack", "guards")
    assert (code, err) == (0, "")
    archive = here / "acme-guards-2.1.0.tar"
    assert archive.read_bytes() == packed.archive
    assert out.splitlines() == [
        f"{archive.resolve()} written: 3 files, {len(packed.archive) / 1000:.1f} kB",
        f"archive  {packed.archive_digest}",
        f"tree     {packed.tree_digest}",
    ]
    with tarfile.open(archive) as tar:
        assert tar.getnames() == ["README.md", "guards/strict.md", "module.toml"]


def test_pack_from_inside_the_folder_leaves_the_folder_as_it_was(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The archive goes beside it, so that packing twice gives the same bytes."""
    folder = write_module(here / "guards")
    monkeypatch.chdir(folder)
    assert run("module", "pack")[0] == 0
    first = (here / "acme-guards-1.0.0.tar").read_bytes()
    assert run("module", "pack")[0] == 0
    assert (here / "acme-guards-1.0.0.tar").read_bytes() == first
    for inside in (".", "x.tar", "guards"):
        code, _, err = run("module", "pack", "-o", inside)
        assert code == 2
        assert "outside of @acme/guards 1.0.0" in err


def test_pack_writes_where_it_is_told(here: Path) -> None:
    """A file, or a folder that is there; as JSON with every fact."""
    write_module(here / "guards")
    (here / "dist").mkdir()
    assert run("module", "pack", "guards", "-o", "dist")[0] == 0
    assert (here / "dist/acme-guards-1.0.0.tar").is_file()
    code, out, _ = run("module", "pack", "guards", "--output", "g.tar", "--format", "json")
    said = json.loads(out)
    assert (code, said["version"], said["command"]) == (0, 1, "module pack")
    assert (said["module"]["file"], said["module"]["size"]) == ("g.tar", (here / "g.tar").stat().st_size)
    assert said["module"]["archive"] == pack("guards").archive_digest
    assert run("module", "pack", "guards", "-o", "no/such/folder/x.tar")[0] == 2


INSPECTED = """\
@acme/guards 2.1.0
Guards for tests

license  Apache-2.0
archive  {archive}
tree     {tree}

dependencies
  @acme/any   any version
  @acme/base  ^1.2

exports
  strict  guards/strict.md  guard   privileged
  all     guards            prompt

permissions
  network:api.acme.example
  program:git

files (3 files, {total} bytes; x = executable)
  -  {manifest} bytes  module.toml
  -  8 bytes    guards/strict.md
  x  2 bytes    tools/run
"""


@pytest.fixture
def rich(here: Path) -> Path:
    return write_module(
        here / "guards",
        "@acme/guards",
        "2.1.0",
        files={"guards/strict.md": b"Refuse.\n", "tools/run": b"#!"},
        programs=["tools/run"],
        dependencies={"@acme/base": "^1.2", "@acme/any": "*"},
        exports=[ExportRow("strict", "guards/strict.md", privileged=True), ExportRow("all", "guards", "prompt")],
        permissions={"network": ["api.acme.example"], "programs": ["git"]},
    )


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_inspect_shows_all_of_a_module_from_folder_and_archive_alike(rich: Path) -> None:
    """Dependencies, exports with the privileged marked, permissions, files with sizes, both digests."""
    packed = pack(str(rich))
    sizes = {file.path: size for file, size in zip(packed.files, packed.sizes, strict=True)}
    code, out, err = run("module", "inspect", "guards")
    assert (code, err) == (0, "")
    expected = INSPECTED.format(
        archive=packed.archive_digest,
        tree=packed.tree_digest,
        total=sum(packed.sizes),
        manifest=sizes["module.toml"],
    )
    assert sorted(out.splitlines()) == sorted(expected.splitlines())
    assert out.splitlines()[:15] == expected.splitlines()[:15]
    run("module", "pack", "guards")
    assert run("module", "inspect", "acme-guards-2.1.0.tar") == (0, out, "")


def test_inspect_gives_the_same_as_json(rich: Path) -> None:
    """Every key is there, for folder and archive alike."""
    run("module", "pack", "guards")
    document = json.loads(run("module", "inspect", "guards", "--format", "json")[1])
    assert document == json.loads(run("module", "inspect", "acme-guards-2.1.0.tar", "--format", "json")[1])
    module = document["module"]
    assert module["dependencies"] == {"@acme/any": "*", "@acme/base": "^1.2"}
    assert module["exports"][0] == {"name": "strict", "path": "guards/strict.md", "kind": "guard", "privileged": True}
    assert (module["privileged"], module["license"]) == (True, "Apache-2.0")
    assert [file["path"] for file in module["files"]] == ["guards/strict.md", "module.toml", "tools/run"]


def test_what_cannot_be_read_is_a_wrong_file(here: Path) -> None:
    """No such path, a folder without a manifest, a manifest with a fault: exit 2, with the place."""
    assert run("module", "inspect", "gone.tar")[0] == 2
    (here / "empty").mkdir()
    code, _, err = run("module", "pack", "empty")
    assert code == 2
    assert "module.toml" in err
    write_files(here / "bad", {"module.toml": b'name = "@acme/x"\nversion = "1"\n'})
    code, _, err = run("module", "inspect", "bad")
    assert code == 2
    assert "module.toml:2" in err


def test_an_archive_that_packing_does_not_write_is_refused(here: Path) -> None:
    """As a refusal of trust: exit 1, the entry named; so is a folder with a link."""
    (here / "x.tar").write_bytes(b"\x1f\x8b" + bytes(2000))
    code, out, err = run("module", "inspect", "x.tar")
    assert (code, "ustar" in out + err) == (1, True)
    if sys.platform != "win32":
        (write_module(here / "guards") / "link").symlink_to("README.md")
        code, out, err = run("module", "pack", "guards")
        assert (code, "symbolic link" in out + err) == (1, True)
        assert not (here / "acme-guards-1.0.0.tar").exists()
