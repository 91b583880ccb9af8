"""What releases require, remembered for ever: a journal per package, keyed by the artifact's hash.

Each line is one artifact's core metadata, parsed and normalised once:

    crc32  hash  static  requires-python  extras  requirement  requirement ...

or, where the metadata cannot be used, `crc32  hash  !reason`. A requirement's parts (name, extras, range, marker) are
separated by U+001F. Lines are appended in one write each, so parallel processes never mix; a line that does not match
its checksum is as if it were not there.
"""

from zlib import crc32

from holdfast_resolver.errors import DirectReference, InvalidInput
from holdfast_resolver.values.artifacts import ReleaseMetadata
from holdfast_resolver.values.requirements import Requirement, parse_requirement
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.pep440_ranges import canonical_range, repair_range

_UNIT = "\x1f"


class Facts(NamedTuple):
    """What one artifact requires."""

    static: bool  # may be trusted without building
    requires_python: str
    extras: tuple[str, ...]
    requires: tuple[Requirement, ...]
    reason: str = ""  # why the metadata cannot be used; "" when it can


def facts_of(metadata: ReleaseMetadata, source: str) -> Facts:
    """Reduce core metadata to facts; a requirement beyond repair makes them unusable, with the reason."""
    requires = []
    for text in metadata.requires:
        try:
            requires.append(_requirement(text, source))
        except DirectReference:
            return Facts(metadata.static, "", (), (), f"it requires {text!r}, which is not from an index")
        except InvalidInput as error:
            return Facts(metadata.static, "", (), (), f"its metadata has {text!r}: expected {error.expected}")
    python = repair_range(metadata.requires_python)
    if python is None:
        return Facts(metadata.static, "", (), (), f"its requires-python {metadata.requires_python!r} is no range")
    return Facts(metadata.static, python, metadata.extras, tuple(requires))


def _requirement(text: str, source: str) -> Requirement:
    try:
        requirement = parse_requirement(text, source)
        return requirement._replace(range=canonical_range(requirement.range))
    except DirectReference:
        raise
    except InvalidInput:
        head, semicolon, marker = text.partition(";")
        end = next((i for i, character in enumerate(head) if character in "(<>=!~"), len(head))
        repaired = repair_range(head[end:].strip().removeprefix("(").removesuffix(")"))
        if repaired is None:
            raise
        return parse_requirement(head[:end] + repaired + semicolon + marker, source)


def spell(digest: str, facts: Facts) -> bytes:
    """Return the journal's line for the artifact with this digest."""
    if facts.reason:
        fields = [digest, "!" + " ".join(facts.reason.split())]
    else:
        fields = [
            digest,
            "1" if facts.static else "0",
            " ".join(facts.requires_python.split()),
            " ".join(facts.extras),
        ]
        fields += [
            _UNIT.join((need.source, need.name, ",".join(need.extras), need.range, need.marker))
            for need in facts.requires
        ]
    rest = "\t".join(fields).encode()
    return b"\n%x\t%s\n" % (crc32(rest), rest)


def load(path: str) -> bytes:
    """Read a journal. A missing or unreadable journal is an empty one."""
    try:
        with open(path, "rb", buffering=0) as stream:
            return stream.read()
    except OSError:
        return b""


def find(data: bytes, digest: str) -> Facts | None:
    """Return what a journal has of the artifact with this digest: the latest whole line; None = nothing."""
    wanted = b"\t" + digest.encode() + b"\t"
    place = data.rfind(wanted)
    while place >= 0:
        start = data.rfind(b"\n", 0, place) + 1
        end = data.find(b"\n", place)
        known = parse(data[start : end if end >= 0 else len(data)])
        if known is not None:
            return known
        place = data.rfind(wanted, 0, place)
    return None


def parse(line: bytes) -> Facts | None:
    """Decode a line; None when it is damaged."""
    crc, _, rest = line.partition(b"\t")
    try:
        if int(crc, 16) != crc32(rest):
            return None
        fields = rest.decode().split("\t")
    except ValueError:
        return None
    if fields[1].startswith("!"):
        return Facts(False, "", (), (), fields[1][1:])
    requires = []
    for text in fields[4:]:
        source, name, extras, range_text, marker = text.split(_UNIT)
        requires.append(Requirement(source, name, tuple(extras.split(",")) if extras else (), range_text, marker))
    return Facts(fields[1] == "1", fields[2], tuple(fields[3].split()), tuple(requires))
