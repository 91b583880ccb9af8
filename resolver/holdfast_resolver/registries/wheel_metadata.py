"""How the METADATA of a wheel on an index is had: from its sidecar (PEP 658), else by ranges of the wheel.

Knows where METADATA stands in a wheel (binary distribution format); what it says is read in `core_metadata`.
"""

import hashlib
from collections.abc import Generator

from holdfast_resolver.registries.core_metadata import MAX_BYTES
from holdfast_resolver.registries.faults import AnswerFaultError, answer_of
from holdfast_resolver.registries.port import Request, Response
from holdfast_resolver.registries.remote_file import Reading, RemoteFile
from holdfast_resolver.registries.remote_zip import load_entries, read_entry
from holdfast_resolver.registries.zip_directory import Entry
from holdfast_resolver.values.artifacts import Artifact
from holdfast_resolver.values.names import normalize_name
from holdfast_resolver.values.wishes import Source

_ENDING = ".dist-info/METADATA"


def wheel_metadata(source: Source, artifact: Artifact, name: str, sidecar: bool) -> Reading:
    """Return the METADATA bytes of the wheel `artifact` of the package `name` (normalised).

    With `sidecar`, `<url>.metadata` is asked for first; on 404 the wheel itself is read. A sidecar whose
    digest the listing told is checked against it. Raises `RegistryAnswerInvalid`.
    """
    with answer_of(source.name, artifact.file, artifact.url):
        if sidecar:
            body = yield from _sidecar(source, artifact)
            if body is not None:
                return body
        file = RemoteFile(source.name, artifact.file, artifact.url)
        directory, entries = yield from load_entries(file)
        return (yield from read_entry(file, directory, _metadata_entry(entries, name), MAX_BYTES))


def sidecar_url(url: str) -> str:
    """PEP 658: the file's own URL path with `.metadata` appended; a query stays behind it."""
    path, mark, query = url.partition("?")
    return f"{path}.metadata{mark}{query}"


def _sidecar(source: Source, artifact: Artifact) -> Generator[Request, Response, bytes | None]:
    url = sidecar_url(artifact.url)
    response = yield Request(source.name, f"{artifact.file}.metadata", url, max_bytes=MAX_BYTES)
    if response.status == 404:
        return None
    if response.status != 200:
        raise AnswerFaultError(f"expected status 200 or 404 for the metadata file, found {response.status}")
    algorithm, colon, expected = artifact.metadata.partition(":")
    if colon:
        found = hashlib.new(algorithm, response.body).hexdigest()
        if found != expected:
            raise AnswerFaultError(f"expected metadata with {algorithm} {expected}, found {algorithm} {found}")
    elif not artifact.metadata and b"metadata-version:" not in response.body[:4096].lower():
        # Not advertised, only probed for: some servers answer every address with a page of theirs.
        return None
    return response.body


def _metadata_entry(entries: list[Entry], name: str) -> Entry:
    found = [entry for entry in entries if _is_metadata_of(entry.name, name)]
    if len(found) != 1:
        raise AnswerFaultError(f"expected one {name}-<version>{_ENDING} in the wheel, found {len(found)}")
    return found[0]


def _is_metadata_of(path: bytes, name: str) -> bool:
    # Directory names are ASCII where the package name is; other bytes cannot match.
    text = path.decode("ascii", "replace")
    if not text.endswith(_ENDING) or text.count("/") != 1:
        return False
    distribution, hyphen, version = text.removesuffix(_ENDING).partition("-")
    return bool(hyphen and version) and normalize_name(distribution) == name
