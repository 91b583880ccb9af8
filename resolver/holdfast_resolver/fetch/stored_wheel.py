"""METADATA of a wheel, or PKG-INFO of an sdist, that lies in the store, read by the strict readers for an index.

Nothing is extracted: the reader asks for ranges of bytes, and they come from the file instead of the network.
"""

import os
from collections.abc import Generator

from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.fetch.folders import chosen_part
from holdfast_resolver.registries.port import Request, Response
from holdfast_resolver.registries.table import registry
from holdfast_resolver.values.artifacts import Artifact, ReleaseMetadata
from holdfast_resolver.values.wishes import Source


def stored_metadata(path: str, source: Source, name: str, file: str) -> ReleaseMetadata:
    """Return the metadata of the wheel `file` of the package `name` (normalised), whose bytes are at `path`.

    Raises `RegistryAnswerInvalid` for an archive or METADATA that breaks its rules or its bounds, `OSError`.
    """
    body = stored_text(path, source, name, file) or b""
    return registry(source.kind).parse_core_metadata(body, "wheel", source.name, file)


def stored_text(path: str, source: Source, name: str, file: str) -> bytes | None:
    """Return METADATA of a wheel, PKG-INFO of an sdist (None when it holds none); arguments and errors as above."""
    protocol = registry(source.kind)
    artifact = Artifact(file, "", file, "")
    reading: Generator[Request, Response, bytes | None] = (
        protocol.wheel_metadata(source, artifact, name, sidecar=False)
        if file.endswith(".whl")
        else protocol.sdist_metadata(source, artifact, name)
    )
    with open(path, "rb", buffering=0) as stream:
        size = os.fstat(stream.fileno()).st_size
        try:
            request = next(reading)
            while True:
                request = reading.send(_part(stream.fileno(), size, request))
        except StopIteration as end:
            found: bytes | None = end.value
            return found


def _part(descriptor: int, size: int, request: Request) -> Response:
    status, start, end = chosen_part(request.range, size)
    if end - start > request.max_bytes:
        raise RegistryAnswerInvalid(
            request.source, request.subject, request.url, f"longer than {request.max_bytes} bytes"
        )
    os.lseek(descriptor, start, os.SEEK_SET)
    body = b""
    while len(body) < end - start:
        block = os.read(descriptor, end - start - len(body))
        if not block:
            break
        body += block
    return Response(status, request.url, {"content-range": f"bytes {start}-{start + len(body) - 1}/{size}"}, body)
