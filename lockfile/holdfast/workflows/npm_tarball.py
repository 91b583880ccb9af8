"""What the tarball of an npm release says of itself: a registry may list it under another name or version.

    packument: left-pad 1.3.0         package/package.json inside: {"name": "other", "version": "9.9.9"}

Of two files that unpack to one path the later counts, as for npm, and the first folder of a path is left out. Read in
memory, streaming, never extracted; what cannot be read says nothing here: its digest is what is pinned. Knows bytes;
no lock and no registry.
"""

from __future__ import annotations

import json

from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.registries.faults import answer_of
from holdfast_resolver.registries.tar_stream import TarStream
from holdfast_resolver.values.tuples import NamedTuple

_MOST_UNPACKED = 2**30  # bytes that are looked through
_LARGEST_MANIFEST = 4 * 2**20


class Claim(NamedTuple):
    """Name and version in a tarball's own package.json, as they stand there."""

    name: str
    version: str

    def is_of(self, name: str, version: str) -> bool:
        """Whether that is the release. A registry leaves out blanks, a leading `v` or `=`, and what follows a `+`."""
        own = self.version.strip().lstrip("=v").strip().partition("+")[0]
        return self.name.strip() == name and own == version.partition("+")[0]


def claim_of(body: bytes, file: str) -> Claim | None:
    """Return what a tarball says that it is; None where it says nothing that can be read, as npm then asks nobody."""
    found: bytes | None = None
    unpacked = 0
    try:
        with answer_of("", file, ""):
            stream = TarStream(body)
            for member in stream.members():
                unpacked += member.size
                if unpacked > _MOST_UNPACKED:
                    return None
                if member.kind == b"0" and member.name.removeprefix(b"./").partition(b"/")[2] == b"package.json":
                    found = stream.read(member, _LARGEST_MANIFEST)
            document = json.loads(found.decode("utf-8-sig")) if found is not None else None
    except (RegistryAnswerInvalid, ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    name, version = document.get("name"), document.get("version")
    return Claim(name, version) if isinstance(name, str) and isinstance(version, str) else None
