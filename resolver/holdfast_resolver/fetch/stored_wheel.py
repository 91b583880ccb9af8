"""METADATA of a wheel that lies in the store, read by the same strict reader that reads wheels on an index.

Nothing is extracted: the reader asks for ranges of bytes, and they come from the file instead of the network.
"""

import os

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
    protocol = registry(source.kind)
    reading = protocol.wheel_metadata(source, Artifact(file, "", file, ""), name, sidecar=False)
    with open(path, "rb", buffering=0) as stream:
        size = os.fstat(stream.fileno()).st_size
        try:
            request = next(reading)
            while True:
                request = reading.send(_part(stream.fileno(), size, request))
        except StopIteration as end:
            body: bytes = end.value
    return protocol.parse_core_metadata(body, "wheel", source.name, file)


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
