"""How the PKG-INFO of an sdist on an index is had (PEP 643, PEP 625): from its beginning if it stands there.

Knows where PKG-INFO stands in an sdist; nothing is ever built, executed or written. What PKG-INFO says is
read in `core_metadata`.
"""

from collections.abc import Generator

from holdfast_resolver.registries.core_metadata import MAX_BYTES
from holdfast_resolver.registries.faults import AnswerFaultError, answer_of
from holdfast_resolver.registries.port import MIB, Request, Response
from holdfast_resolver.registries.remote_file import RemoteFile
from holdfast_resolver.registries.remote_zip import load_entries, read_entry
from holdfast_resolver.registries.tar_stream import ArchiveEndsEarly, TarStream
from holdfast_resolver.values.artifacts import Artifact
from holdfast_resolver.values.wishes import Source

PREFIX_BYTES = 256 * 1024
MAX_SDIST_BYTES = 100 * MIB


def sdist_metadata(source: Source, artifact: Artifact, name: str) -> Generator[Request, Response, bytes | None]:
    """Return the PKG-INFO bytes of the sdist `artifact` of the package `name`; None when it holds none.

    Raises `RegistryAnswerInvalid`.
    """
    with answer_of(source.name, artifact.file, artifact.url):
        file = RemoteFile(source.name, artifact.file, artifact.url, MAX_SDIST_BYTES)
        if artifact.file.endswith(".zip"):
            return (yield from _from_zip(file))
        yield from file.load_head(PREFIX_BYTES)
        if file.size > MAX_SDIST_BYTES:
            raise AnswerFaultError(f"expected an sdist of at most {MAX_SDIST_BYTES} bytes, found {file.size}")
        known = min(PREFIX_BYTES, file.size)
        if known < file.size:
            try:
                return find_pkg_info((yield from file.read(0, known)))
            except ArchiveEndsEarly:
                pass
        return find_pkg_info((yield from file.read(0, file.size)))


def find_pkg_info(body: bytes) -> bytes | None:
    """Return the first `<top>/PKG-INFO` of a `.tar.gz`, one directory deep; None when there is none.

    Raises `AnswerFaultError`; `ArchiveEndsEarly` of a body that is only the beginning and does not hold it.
    """
    archive = TarStream(body)
    for member in archive.members():
        if _is_pkg_info(member.name):
            if member.kind != b"0":
                raise AnswerFaultError(f"expected a plain file {member.name[:80]!r}, found a link or another kind")
            return archive.read(member, MAX_BYTES)
    return None


def _from_zip(file: RemoteFile) -> Generator[Request, Response, bytes | None]:
    directory, entries = yield from load_entries(file)
    for entry in entries:
        if _is_pkg_info(entry.name):
            return (yield from read_entry(file, directory, entry, MAX_BYTES))
    return None


def _is_pkg_info(path: bytes) -> bool:
    # foo-1.0/PKG-INFO and ./foo-1.0/PKG-INFO, but neither foo-1.0/src/foo.egg-info/PKG-INFO nor ../PKG-INFO
    top, slash, file = path.removeprefix(b"./").partition(b"/")
    return bool(slash) and file == b"PKG-INFO" and top not in (b"", b".", b"..")
