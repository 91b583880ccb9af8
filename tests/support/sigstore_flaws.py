"""What can be wrong with an attestation: everything else stays good and is signed as if nothing were.

    world.attest(file, sha256, identity, flaws=Flaws(sct="none"))
    world.attest(file, sha256, identity, flaws=FLAWS["expired certificate"])

`FLAWS` is the table of single flaws; each of them has to be refused by whoever verifies. `ODDITIES` are certificates
that verify: whoever reads the identity out of them has to take care.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

STATEMENT = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
_NOTHING: Mapping[int, str] = MappingProxyType({})
_NO_BYTES: Mapping[int, bytes] = MappingProxyType({})


class Flaws(NamedTuple):
    """One attestation's deviations; the defaults are an honest one. Seconds count from the attestation's instant."""

    # The certificate
    valid_from: int = 0
    valid_until: int = 600
    without: tuple[int, ...] = ()  # claims left out
    claims: Mapping[int, str] = _NOTHING  # claims in place of the identity's, or beside them
    raw_claims: Mapping[int, bytes] = _NO_BYTES  # extension values as they are, DER or not
    names: tuple[tuple[str, str], ...] | None = None  # subject alternative names in place of the identity's one
    usage: str = "code-signing"  # "client", "none", "authority" (a CA certificate)
    issuer: str = "intermediate"  # "root", "unknown" (an authority that nobody trusts)
    sct: str = "good"  # "none", "two", "wrong-signature", "other-log", "other-certificate"

    # The statement and its envelope
    statement_type: str = STATEMENT
    subjects: tuple[tuple[str, str], ...] | None = None  # (file, sha256) in place of the one
    predicate_type: str = ""  # in place of the one that is asked for
    payload: bytes | None = None  # signed in place of a statement; @FILE@, @SHA256@, @PREDICATE@ are filled in
    payload_type: str = PAYLOAD_TYPE
    signature: str = "good"  # "other-key", "other-payload", "none" (empty)

    # The log entry
    integrated: int = 0
    entry: str = "good"  # "other-payload", "other-signature", "other-certificate", "no-json"
    kind: str = "dsse 0.0.1"
    proof: str = "good"  # "none", "other-root", "short"
    checkpoint: str = "good"  # "none", "wrong-signature", "other-root", "other-size", "other-log", "no-note"
    promise: str = "good"  # "none", "wrong-signature", "other-time"
    entries: int = 1

    # The attestation object
    version: int = 1


GOOD = Flaws()

_OTHER = "0" * 64
_TWICE = b"""{"_type":"https://in-toto.io/Statement/v1",\
"subject":[{"name":"other-1.0.tar.gz","digest":{"sha256":"%s"}}],"subject":[{"name":"@FILE@","digest":{"sha256":"@SHA256@"}}],\
"predicateType":"@PREDICATE@","predicate":null}""" % _OTHER.encode()
FLAWS: Mapping[str, Flaws] = MappingProxyType(
    {
        "expired certificate": Flaws(valid_from=-1200, valid_until=-600),
        "certificate not yet valid": Flaws(valid_from=600, valid_until=1200),
        "certificate for clients only": Flaws(usage="client"),
        "certificate for no use": Flaws(usage="none"),
        "certificate of an authority": Flaws(usage="authority"),
        "certificate of an unknown authority": Flaws(issuer="unknown"),
        "certificate without a name": Flaws(names=()),
        "no certificate timestamp": Flaws(sct="none"),
        "two certificate timestamps": Flaws(sct="two"),
        "certificate timestamp with a wrong signature": Flaws(sct="wrong-signature"),
        "certificate timestamp of an unknown log": Flaws(sct="other-log"),
        "certificate timestamp of another certificate": Flaws(sct="other-certificate"),
        "statement of another type": Flaws(statement_type="https://in-toto.io/Statement/v0.1"),
        "no subject": Flaws(subjects=()),
        "two subjects": Flaws(subjects=(("tool-1.0-py3-none-any.whl", _OTHER), ("tool-1.0.tar.gz", _OTHER))),
        "subject with another name": Flaws(subjects=(("other-1.0-py3-none-any.whl", _OTHER),)),
        "subject with another digest": Flaws(subjects=(("tool-1.0-py3-none-any.whl", "f" * 64),)),
        "statement with a key twice": Flaws(payload=_TWICE),
        "predicate of an unknown type": Flaws(predicate_type="https://acme.example/predicate/v1"),
        "payload that is no JSON": Flaws(payload=b"\xff not JSON"),
        "payload that is no statement": Flaws(payload=b'{"hello":"world"}'),
        "payload of another type": Flaws(payload_type="application/json"),
        "signature by another key": Flaws(signature="other-key"),
        "signature of another payload": Flaws(signature="other-payload"),
        "no signature": Flaws(signature="none"),
        "logged before the certificate": Flaws(integrated=-1),
        "logged after the certificate": Flaws(integrated=601),
        "log entry of another payload": Flaws(entry="other-payload"),
        "log entry of another signature": Flaws(entry="other-signature"),
        "log entry of another certificate": Flaws(entry="other-certificate"),
        "log entry that is no JSON": Flaws(entry="no-json"),
        "log entry of another kind": Flaws(kind="intoto 0.0.2"),
        "log entry of an unknown version": Flaws(kind="dsse 0.0.9"),
        "no inclusion proof": Flaws(proof="none"),
        "inclusion proof of another tree": Flaws(proof="other-root"),
        "inclusion proof too short": Flaws(proof="short"),
        "no checkpoint": Flaws(checkpoint="none"),
        "checkpoint with a wrong signature": Flaws(checkpoint="wrong-signature"),
        "checkpoint of another tree": Flaws(checkpoint="other-root"),
        "checkpoint of another size": Flaws(checkpoint="other-size"),
        "checkpoint of an unknown log": Flaws(checkpoint="other-log"),
        "checkpoint that is no note": Flaws(checkpoint="no-note"),
        "no inclusion promise": Flaws(promise="none"),
        "inclusion promise with a wrong signature": Flaws(promise="wrong-signature"),
        "inclusion promise for another time": Flaws(promise="other-time"),
        "no log entry": Flaws(entries=0),
        "two log entries": Flaws(entries=2),
        "attestation of an unknown version": Flaws(version=2),
    }
)

# What sigstore-python and pypi-attestations let pass: the caller's own to refuse.
LEFT_TO_THE_CALLER = ("statement with a key twice", "checkpoint of another size", "two log entries")

WITHOUT_IDS = Flaws(without=(15, 17))  # who owns which repository is told by name alone
WITHOUT_ENVIRONMENT = Flaws(without=(23, 24))  # as issued before environments were told
ONLY_FIRST_CLAIMS = Flaws(without=tuple(range(8, 25)))  # as issued before 2023

ODDITIES: Mapping[str, Flaws] = MappingProxyType(
    {
        "no ids": WITHOUT_IDS,
        "no environment": WITHOUT_ENVIRONMENT,
        "only the first claims": ONLY_FIRST_CLAIMS,
        "no claims": Flaws(without=tuple(range(25))),
        "two names": Flaws(names=(("uri", "https://one.example/"), ("uri", "https://two.example/"))),
        "two kinds of name": Flaws(names=(("uri", "https://one.example/"), ("email", "two@acme.example"))),
        "empty id": Flaws(claims={15: ""}),
        "id that is no number": Flaws(claims={15: "101/../102"}),
        "id that is no DER": Flaws(raw_claims={15: b"101"}),
        "id with bytes behind it": Flaws(raw_claims={15: b"\x0c\x03101\x00"}),
        "id that is no UTF-8": Flaws(raw_claims={15: b"\x0c\x02\xff\xfe"}),
        "id in another string type": Flaws(raw_claims={15: b"\x13\x03101"}),
        "issuers that differ": Flaws(claims={1: "https://oidc.acme.example"}),
        "repositories that differ": Flaws(claims={12: "https://github.com/evil/tool"}),
        "workflow of another repository": Flaws(
            claims={18: "https://github.com/evil/tool/.github/workflows/release.yml@refs/tags/v1.0"}
        ),
        "signer of another repository": Flaws(
            claims={9: "https://github.com/evil/tool/.github/workflows/release.yml@refs/tags/v1.0"}
        ),
        "control characters": Flaws(claims={5: "acme/to\u202eol", 14: "refs/tags/v1\n"}),
    }
)
