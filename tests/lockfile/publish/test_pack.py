"""Packing a folder: the same tree gives the same bytes, whoever packs it, whenever and wherever."""

import os
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.errors import FileProblem
from holdfast.publish.archive_writer import write_archive
from holdfast.publish.pack import pack, read_packed
from holdfast.trust.errors import ArchiveRefused, TreeRefused
from holdfast.trust.folder_tree import hash_folder
from holdfast.trust.limits import Limits
from holdfast.trust.tree import tree_digest
from holdfast_resolver.errors import ManifestError
from tests.support.module_folders import (
    GOLDEN_FILES,
    GOLDEN_PROGRAMS,
    ExportRow,
    manifest_text,
    packed_module,
    write_files,
    write_module,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")

GOLDEN_ARCHIVE = "sha256:03a52fbe8d940ce993564f897b2b695731f65fef950672c6b39cf6582d079652"
GOLDEN_TREE = "sha256:2b78cea6315cb34122c656368be73c5e7878cd813c9698973a09614cb0bf72c7"


@posix
def test_a_known_tree_has_a_known_archive_and_digest(tmp_path: Path) -> None:
    """Golden values: signatures and locks hold them, so no version of the packer may change them."""
    packed = pack(str(write_module(tmp_path / "m", files=GOLDEN_FILES, programs=GOLDEN_PROGRAMS)))
    assert packed.tree_digest == GOLDEN_TREE
    assert packed.archive_digest == GOLDEN_ARCHIVE


def test_packing_tells_what_the_module_is(tmp_path: Path) -> None:
    """Manifest, files with sizes, both digests; anyone can recompute the tree's from the folder."""
    folder = write_module(tmp_path / "m", "@acme/guards", "2.1.0", privileged=True)
    packed = pack(str(folder))
    assert (packed.manifest.name, packed.manifest.version, packed.manifest.privileged) == (
        "@acme/guards",
        "2.1.0",
        True,
    )
    assert [file.path for file in packed.files] == ["README.md", "guards/strict.md", "module.toml"]
    assert packed.sizes == tuple((folder / file.path).stat().st_size for file in packed.files)
    assert packed.tree_digest == tree_digest(hash_folder(str(folder)))


def test_an_archive_tells_the_same(tmp_path: Path) -> None:
    """What packing told is read again from the archive alone."""
    packed = packed_module(tmp_path / "m")
    assert read_packed(packed.archive) == packed


names = st.text("abAB09._-\u00e9\u65e5", min_size=1, max_size=8)
trees = st.dictionaries(
    st.lists(names, min_size=1, max_size=4).map("/".join), st.tuples(st.binary(max_size=600), st.booleans()), max_size=6
)


@posix
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trees, st.randoms(use_true_random=False))
def test_the_same_tree_packed_twice_gives_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[str, tuple[bytes, bool]], random: Random
) -> None:
    """Other order of creation, other times, other modes but for the owner's execute bit, other droppings."""
    contents = [
        ("module.toml", False, manifest_text().encode()),
        *[(path, x, data) for path, (data, x) in tree.items()],
    ]
    try:
        expected = write_archive(contents)
    except TreeRefused:
        return
    for _ in range(2):
        folder = tmp_path_factory.mktemp("tree")
        random.shuffle(contents)
        for path, executable, data in contents:
            write_files(folder, {path: data}, (path,) if executable else ())
            (folder / path).chmod(random.choice((0o700, 0o755, 0o775)) if executable else random.choice((0o600, 0o664)))
            os.utime(folder / path, (random.randrange(2**31), random.randrange(2**31)))
        if random.random() < 0.5:
            write_files(folder, {".git/HEAD": b"x", "__pycache__/a.pyc": b"y", "m.tar.sig": b"z"})
        assert pack(str(folder)).archive == expected


@posix
@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_does_not_matter(tmp_path: Path) -> None:
    """Another user's files, packed, are the same bytes."""
    folder = write_module(tmp_path / "m")
    before = pack(str(folder)).archive
    for place in folder.rglob("*"):
        os.chown(place, 4711, 4712)
    assert pack(str(folder)).archive == before


@posix
def test_a_umask_does_not_matter(tmp_path: Path) -> None:
    """Whatever mode a checkout gave its files."""
    archives = []
    for mask in (0o000, 0o077):
        before = os.umask(mask)
        try:
            folder = tmp_path / f"m{mask}"
            folder.mkdir()
            for path, data in {"module.toml": manifest_text().encode(), "a.md": b"x"}.items():
                (folder / path).write_bytes(data)
        finally:
            os.umask(before)
        archives.append(pack(str(folder)).archive)
    assert archives[0] == archives[1]


def test_a_folder_without_a_manifest_is_no_module(tmp_path: Path) -> None:
    """The missing file is named; so is a folder that is not there."""
    with pytest.raises(FileProblem) as refused:
        pack(str(tmp_path))
    assert refused.value.path == str(tmp_path / "module.toml")
    with pytest.raises(FileProblem) as refused:
        pack(str(tmp_path / "gone"))
    assert refused.value.path == str(tmp_path / "gone")


def test_an_export_must_be_there(tmp_path: Path) -> None:
    """The line of `module.toml` is named; an archive is held to the same."""
    folder = write_module(tmp_path / "m", exports=[ExportRow("lax", "guards/lax.md")])
    with pytest.raises(ManifestError) as refused:
        pack(str(folder))
    assert (refused.value.line, refused.value.found) == (7, "guards/lax.md, which is not there")
    with pytest.raises(ManifestError):
        read_packed(write_archive([("module.toml", False, (folder / "module.toml").read_bytes())]))


@posix
def test_a_link_anywhere_is_refused_with_its_path(tmp_path: Path) -> None:
    """Never followed, never left out in silence."""
    folder = write_module(tmp_path / "m")
    (folder / "guards/all").symlink_to("strict.md")
    with pytest.raises(TreeRefused) as refused:
        pack(str(folder))
    assert refused.value.path == "guards/all"


def test_limits_hold(tmp_path: Path) -> None:
    """What would not be read is not packed either."""
    folder = write_module(tmp_path / "m")
    with pytest.raises(TreeRefused):
        pack(str(folder), Limits(files=2))
    with pytest.raises(ArchiveRefused):
        read_packed(pack(str(folder)).archive, Limits(files=2))


@pytest.mark.parametrize(
    "contents",
    [
        [("a.md", False, b"")],
        [("module.toml", False, b""), ("../a.md", False, b"")],
        [("module.toml", False, b""), ("MODULE.toml", False, b"")],
        [("module.toml", False, b""), ("a/__pycache__/b", False, b"")],
        [("module.toml", False, b""), ("a", False, b""), ("a/b", False, b"")],
    ],
)
def test_the_writer_writes_nothing_that_the_reader_would_refuse(contents: list[tuple[str, bool, bytes]]) -> None:
    """A missing manifest, odd paths, clashes, names that are left out."""
    with pytest.raises(TreeRefused):
        write_archive(contents)
