"""Proof that a publisher holds a key: the registry asks for a signature over what it made up, once.

    {"format": 1, "critical": [], "nonce": "<64 hex>", "registry": "sha256:<root digest>", "publisher": "acme",
     "expires": time}

    registry: write_challenge(Challenge(nonce, ...))  ->  publisher: answer_challenge  ->  registry: accept_answer

The payload type is of this use alone, so that no answer can serve as another signature, nor another as an answer. Both
sides compare: a publisher signs for the registry and the name it means, a registry admits the challenge it made.
Chance and clock are arguments.
"""

from holdfast.trust.dsse import parse_envelope, sign_envelope, verify_envelope, write_envelope
from holdfast.trust.ed25519 import PublicKey, is_key_id
from holdfast.trust.errors import MalformedDocument, SignerExpired, Tampered, UntrustedSigner
from holdfast.trust.publishers import publisher_name
from holdfast.trust.signing import Signer
from holdfast.trust.strict_fields import Fields
from holdfast.trust.strict_json import canonical
from holdfast.trust.subjects import malformed
from holdfast_resolver.values.tuples import NamedTuple

PAYLOAD_CHALLENGE = "application/vnd.holdfast.challenge+json"
NONCE_SIZE = 32  # bytes
LONGEST = 64 * 1024  # bytes


class Challenge(NamedTuple):
    """What is asked of a publisher. It counts once, until `expires` (excluded)."""

    nonce: bytes  # 32 random bytes
    registry: str  # "sha256:<hex>" of the registry's root
    publisher: str
    expires: str

    @property
    def subject(self) -> str:
        """What it is called in errors."""
        return f"challenge for {self.publisher}"


def write_challenge(challenge: Challenge) -> bytes:
    """Return the challenge's canonical JSON, which the publisher is given. Raises `MalformedDocument`."""
    text = canonical(
        {
            "format": 1,
            "critical": [],
            "nonce": challenge.nonce.hex(),
            "registry": challenge.registry,
            "publisher": challenge.publisher,
            "expires": challenge.expires,
        }
    )
    read_challenge(text)
    return text


def read_challenge(data: bytes) -> Challenge:
    """Read a challenge, strictly. Raises `MalformedDocument`."""
    fields = Fields.of(data, limit=LONGEST)
    fields.constant("format", 1)
    fields.critical()
    nonce = bytes.fromhex(fields.digest("nonce", ""))
    return Challenge(nonce, fields.digest("registry"), publisher_name(fields, "publisher"), fields.time("expires"))


def answer_challenge(data: bytes, signer: Signer, *, registry: str, publisher: str, now: str) -> str:
    """Return the publisher's answer: the challenge's bytes in an envelope by `signer`.

    `registry` (root digest) and `publisher` are whom the publisher means. Raises `MalformedDocument`, `Tampered` for
    a challenge of another registry or name, and `SignerExpired` when its time is over.
    """
    challenge = read_challenge(data)
    _check_meant(challenge, registry, publisher)
    _check_time(challenge, signer.public.id, now)
    return write_envelope(sign_envelope(PAYLOAD_CHALLENGE, data, [signer]))


def accept_answer(answer: str, challenge: Challenge, key: PublicKey, now: str) -> None:
    """Return if `answer` is the signature of `key` over this very challenge, in time; the registry's side.

    Raises `MalformedSignature`, `PayloadTypeRefused`, `InvalidSignature`, `UntrustedSigner` (another key signed),
    `Tampered` ("registry", "publisher" or "challenge" is another), `SignerExpired`.
    """
    envelope = parse_envelope(answer, challenge.subject, limit=LONGEST)
    if not verify_envelope(envelope, PAYLOAD_CHALLENGE, [key], challenge.subject):
        hint = envelope.signatures[0][0]
        raise UntrustedSigner(challenge.subject, hint if is_key_id(hint) else "")
    try:
        answered = read_challenge(envelope.payload)
    except MalformedDocument as error:
        raise malformed(challenge.subject, error) from None
    _check_meant(answered, challenge.registry, challenge.publisher)
    if envelope.payload != write_challenge(challenge):
        raise Tampered(challenge.subject, "challenge", challenge.nonce.hex(), answered.nonce.hex())
    _check_time(challenge, key.id, now)


def _check_meant(challenge: Challenge, registry: str, publisher: str) -> None:
    if challenge.registry != registry:
        raise Tampered(challenge.subject, "registry", registry, challenge.registry)
    if challenge.publisher != publisher:
        raise Tampered(challenge.subject, "publisher", publisher, challenge.publisher)


def _check_time(challenge: Challenge, signer: str, now: str) -> None:
    if now >= challenge.expires:
        raise SignerExpired(challenge.subject, signer, "", challenge.expires)
