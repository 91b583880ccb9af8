"""Records in folders and archives: which are read, what is refused, and what the index of names remembers."""

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast_resolver.errors import RegistryAnswerInvalid, RegistryUnavailable
from holdfast_resolver.fetch import osv_files
from holdfast_resolver.fetch.osv_files import read_files
from holdfast_resolver.fetch.osv_index import NameIndex, SortedNames


def record(identifier: str, name: str) -> bytes:
    package = {"ecosystem": "npm", "name": name}
    return json.dumps({"id": identifier, "affected": [{"package": package}]}).encode()


def names_of(data: bytes) -> tuple[str, ...] | None:
    """The names of packages in a record, None where it is none."""
    try:
        return tuple(row["package"]["name"] for row in json.loads(data)["affected"])
    except ValueError:
        return None


def packed(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


FILES = {
    "b.json": record("B", "evil"),
    "a.json": record("A", "good"),
    "sub/c.json": record("C", "evil"),
    "README": b"x",
}


def found(path: Path, *wanted: str, cache: str = "") -> dict[str, bytes | str]:
    return dict(read_files(str(path), frozenset(wanted), names_of, cache))


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_an_archive_gives_the_records_that_name_a_package(tmp_path: Path, method: int) -> None:
    """Only those, cold and from the kept index alike; files of other kinds are passed over."""
    path = packed(tmp_path / "all.zip", FILES, method)
    cache = str(tmp_path / "cache")
    cold = found(path, "evil", cache=cache)
    assert cold == {"b.json": FILES["b.json"], "sub/c.json": FILES["sub/c.json"]}
    assert list((tmp_path / "cache").rglob("*.names"))
    assert found(path, "evil", cache=cache) == cold
    assert found(path, "good", "nothing", cache=cache) == {"a.json": FILES["a.json"]}


def test_the_kept_index_is_of_this_archive_and_whole(tmp_path: Path) -> None:
    """Another archive at the same place has its own; a damaged index is a miss; without a folder nothing is kept."""
    cache, path = str(tmp_path / "cache"), packed(tmp_path / "all.zip", FILES)
    found(path, "evil", cache=cache)
    packed(path, {"z.json": record("Z", "evil")})
    assert list(found(path, "evil", cache=cache)) == ["z.json"]
    for kept in (tmp_path / "cache").rglob("*.names"):
        kept.write_bytes(kept.read_bytes().replace(b"evil", b"xxxx"))
    assert list(found(path, "evil", cache=cache)) == ["z.json"]


def test_a_folder_gives_the_same(tmp_path: Path) -> None:
    """Folders within it too, in the order of their names."""
    for name, data in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert [os.path.basename(name) for name in found(tmp_path, "evil")] == ["b.json", "c.json"]


def test_links_and_long_files_are_named(tmp_path: Path) -> None:
    """What cannot be read, or is not read, comes with the reason in the place of its bytes."""
    (tmp_path / "real").write_bytes(record("A", "evil"))
    (tmp_path / "link.json").symlink_to(tmp_path / "real")
    (tmp_path / "long.json").write_bytes(b" " * (osv_files.LIMIT + 1))
    os.mkfifo(tmp_path / "pipe.json")
    reasons = {os.path.basename(name): data for name, data in found(tmp_path, "evil").items()}
    assert reasons == {
        "link.json": "a symbolic link",
        "long.json": f"more than {osv_files.LIMIT} bytes",
        "pipe.json": "a special file",
    }


def test_a_broken_file_of_an_archive_is_named_each_time(tmp_path: Path) -> None:
    """One byte of a stored record is other than its checksum says: told cold and from the index, the rest is read."""
    path = packed(tmp_path / "all.zip", FILES, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b'"good"', b'"hood"', 1))
    for _ in range(2):
        records = found(path, "evil", cache=str(tmp_path / "cache"))
        assert isinstance(records["a.json"], str)
        assert records["b.json"] == FILES["b.json"]


def test_a_bomb_is_named_and_not_inflated(tmp_path: Path) -> None:
    """A record of gigabytes, truly or by its own word."""
    path = packed(tmp_path / "all.zip", {"bomb.json": b" " * (osv_files.LIMIT * 3), **FILES})
    assert isinstance(found(path, "evil")["bomb.json"], str)


def test_records_that_share_bytes_are_refused(tmp_path: Path) -> None:
    """Two rows of the directory over the same bytes: an archive of gigabytes out of nothing."""
    path = packed(tmp_path / "all.zip", {"a.json": FILES["a.json"], "b.json": FILES["b.json"]})
    data = path.read_bytes()
    second = data.rindex(b"PK\1\2")
    path.write_bytes(data[: second + 42] + b"\0\0\0\0" + data[second + 46 :])
    with pytest.raises(RegistryAnswerInvalid, match="shares bytes"):
        found(path, "evil")


def test_the_whole_archive_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many records, or too many bytes in all."""
    path = packed(tmp_path / "all.zip", FILES)
    monkeypatch.setattr(osv_files, "TOTAL", 100)
    with pytest.raises(RegistryAnswerInvalid, match="100 bytes in all"):
        found(path, "evil")
    monkeypatch.setattr(osv_files, "FILES", 2)
    with pytest.raises(RegistryAnswerInvalid, match="at most 2 records"):
        found(path, "evil")


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    """A file that is none, one that is cut, one that is not there."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.json", FILES["a.json"])
    (tmp_path / "cut.zip").write_bytes(buffer.getvalue()[:-5])
    (tmp_path / "text.zip").write_bytes(b"{}")
    for name in ("cut.zip", "text.zip"):
        with pytest.raises(RegistryAnswerInvalid):
            found(tmp_path / name, "evil")
    with pytest.raises(RegistryUnavailable):
        found(tmp_path / "none.zip", "evil")


NAMES = st.text("ab-@/.é\t\n", max_size=3)


@given(st.lists(st.one_of(st.none(), st.lists(NAMES, max_size=3)), max_size=12), st.frozensets(NAMES, max_size=3))
def test_the_index_finds_what_a_walk_finds(records: list[list[str] | None], wanted: frozenset[str]) -> None:
    """Bisection over the sorted lines gives the records of each wanted name, and those that are always read."""
    index = NameIndex()
    for place, names in enumerate(records):
        index.add(place, None if names is None else tuple(dict.fromkeys(names)))
    plain = {name for name in wanted | {""} if name.isascii() and "\t" not in name and "\n" not in name}
    expected = [place for place, names in enumerate(records) if names is None or plain & set(names)]
    assert SortedNames(index.text()).of(wanted) == expected
