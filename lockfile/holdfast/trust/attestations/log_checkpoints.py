"""What all entries of a transparency log have alike: numbers as text, and the checkpoint of an inclusion proof.

Sources: the protobuf JSON mapping for 64-bit numbers; the signed notes that logs publish (C2SP tlog-checkpoint). Knows
forms; whose signature it is, and whether it holds, is verified elsewhere.
"""

import re

from holdfast.trust.attestations.provenance import decode_base64
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import Fields, shown
from holdfast.trust.strict_json import LARGEST
from holdfast_resolver.values.tuples import NamedTuple

_WHOLE = re.compile(r"0|[1-9][0-9]{0,15}")
_HINT = 4  # bytes of a log's id before a signature of a note
_SIGNATURE = re.compile(r"\u2014 ([^\s+]+) (\S+)\n")  # "— rekor.acme.example wNI9ajBF..."


class Checkpoint(NamedTuple):
    """A signed note over a tree's size and root."""

    note: bytes  # what is signed
    hint: bytes  # the first bytes of the log's id
    signature: bytes


def read_checkpoint(fields: Fields, size: int, root: bytes) -> Checkpoint:
    """Read a signed note: origin, size and root, an empty line, and the log's signature alone.

    rekor.acme.example - 1193050959916656506
    25901137
    <root, base64>

    — rekor.acme.example <key hint and signature, base64>
    """
    place = fields.at("envelope")
    body, _, signatures = fields.text("envelope", lines=True).partition("\n\n")
    lines = body.split("\n")
    if len(lines) < 3 or lines[1] != str(size):
        raise MalformedDocument(place, f"a checkpoint of the proof's size {size}", shown(body))
    if decode_base64(lines[2], place) != root:
        raise MalformedDocument(place, "a checkpoint of the proof's root", shown(lines[2]))
    found = _SIGNATURE.fullmatch(signatures)
    if found is None:
        raise MalformedDocument(place, "one signature of the log", shown(signatures))
    if found[1] != lines[0].partition(" - ")[0]:
        raise MalformedDocument(place, "a signature in the name of the log", shown(found[1]))
    signature = decode_base64(found[2], place)
    return Checkpoint(f"{body}\n".encode(), signature[:_HINT], signature[_HINT:])


def whole_number(fields: Fields, name: str) -> int:
    """Return a number that stands as text, as protobuf's JSON has 64-bit ones."""
    text = fields.text(name)
    if not _WHOLE.fullmatch(text) or int(text) > LARGEST:
        raise fields.wrong(name, "a whole number as text")
    return int(text)
