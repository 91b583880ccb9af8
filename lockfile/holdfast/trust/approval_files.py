"""The files of approvals: one DSSE envelope of one act each, named by the SHA-256 of its payload.

    .holdfast/approvals/4f...e1.json    {"payload": base64, "payloadType": ..., "signatures": [...]}

A file is read alone; what is wrong with one never hides another. Whose signatures hold is told apart from who may
approve: that is judged in `approvals`. Takes and gives bytes.
"""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from hashlib import sha256
from typing import TYPE_CHECKING

from holdfast.model.approval import SUFFIX, Act, SignedAct
from holdfast.trust.approval_statement import read_act, write_act
from holdfast.trust.dsse import (
    PAYLOAD_INTOTO,
    Envelope,
    parse_envelope,
    sign_envelope,
    verify_envelope,
    write_envelope,
)
from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.errors import InvalidSignature, MalformedSignature, PayloadTypeRefused
from holdfast.trust.strict_fields import shown
from holdfast_resolver.values.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from holdfast.trust.signing import Signer

LONGEST_FILE = 32 * 1024 * 1024  # bytes
_HEAD = b'{"payload":"'


class BrokenFile(NamedTuple):
    """A file that is no act, or whose signature by a known key does not hold: its name, and `reason` in words."""

    name: str
    reason: str


class Acts(NamedTuple):
    """What the files say. `acts` are sorted by digest, `broken` by name."""

    acts: tuple[SignedAct, ...]
    broken: tuple[BrokenFile, ...] = ()


def sign_act(act: Act, signers: Iterable[Signer]) -> tuple[str, bytes]:
    """Return the file of an act, signed once by each distinct key: its name `<64 hex>.json`, and its bytes.

    Raises `KeyUnreadable` when a key cannot be used, `InvalidSignature` when what it made does not hold, and
    `MalformedSignature` for an act that cannot be written, for none or more than 16 signers.
    """
    payload = write_act(act)
    everybody = tuple(signers)
    envelope = sign_envelope(PAYLOAD_INTOTO, payload, everybody)
    verify_envelope(envelope, PAYLOAD_INTOTO, [signer.public for signer in everybody], act.reviewer)
    data = write_envelope(envelope).encode("utf-8") + b"\n"
    if len(data) > LONGEST_FILE:
        raise MalformedSignature("", f"expected at most {LONGEST_FILE} bytes, found {len(data)}")
    return sha256(payload).hexdigest() + SUFFIX, data


def read_acts(files: Mapping[str, bytes], keys: Iterable[str]) -> Acts:
    """Read files (name -> bytes) and verify them by `keys`, texts of public keys, and by those that acts carry.

    A signature counts for the key that it names by its id, so that the work grows with the files alone; an act with
    none that holds has no `keys`. Broken is a file whose name is not the digest of its payload, whose form is not an
    act's, that carries a key that may not be used, or in which a signature names one of the keys and does not hold for
    it. Raises `KeyRefused` when one of `keys` may not be used.
    """
    known = {text: PublicKey.from_text(text) for text in keys}
    read: list[tuple[str, Envelope, Act]] = []
    broken: list[BrokenFile] = []
    for name in sorted(files):
        try:
            envelope, act = _read(name, files[name])
        except (MalformedSignature, PayloadTypeRefused) as refusal:
            broken.append(BrokenFile(name, _reason(refusal)))
            continue
        read.append((name, envelope, act))
        for one in act.security.after.approvers if act.security else ():
            if one.key not in known:
                known[one.key] = PublicKey.from_text(one.key)
    by_id = {key.id: key for key in known.values()}
    acts = []
    for name, envelope, act in read:
        try:
            named = [by_id[id_] for id_, _ in envelope.signatures if id_ in by_id]
            held = verify_envelope(envelope, PAYLOAD_INTOTO, named, name)
        except InvalidSignature as refusal:
            broken.append(BrokenFile(name, f"its signature by {refusal.signer} does not hold"))
            continue
        acts.append(SignedAct(name.removesuffix(SUFFIX), act, tuple(sorted([key.id for key in held]))))
    return Acts(tuple(acts), tuple(sorted(broken)))


def _read(name: str, data: bytes) -> tuple[Envelope, Act]:
    envelope = _parse(data, name)
    if envelope.payload_type != PAYLOAD_INTOTO:
        raise PayloadTypeRefused(name, PAYLOAD_INTOTO, envelope.payload_type)
    digest = sha256(envelope.payload).hexdigest()
    if name != digest + SUFFIX:
        raise MalformedSignature(name, f"it is not named by the digest of its payload, {digest}{SUFFIX}")
    return envelope, read_act(envelope.payload, name)


def _parse(data: bytes, name: str) -> Envelope:
    """Read an envelope; a payload that is written as `sign_act` does is decoded by itself, since it is most of it."""
    end = data.find(b'"', len(_HEAD))
    text = data[len(_HEAD) : end]
    if len(data) <= LONGEST_FILE and data.startswith(_HEAD) and end > 0:
        try:
            payload = a2b_base64(text, strict_mode=True)
        except Base64Error:
            payload = b""
        # Only the end of base64 can be spelled in several ways; it has no quote.
        if payload and b2a_base64(payload[-(len(payload) % 3 or 3) :], newline=False) == text[-4:]:
            return parse_envelope(_HEAD + data[end:], name)._replace(payload=payload)
    return parse_envelope(data, name, limit=LONGEST_FILE)


def _reason(refusal: MalformedSignature | PayloadTypeRefused) -> str:
    if isinstance(refusal, PayloadTypeRefused):
        return f"expected {refusal.expected}, found {shown(refusal.found)}"
    return refusal.reason
