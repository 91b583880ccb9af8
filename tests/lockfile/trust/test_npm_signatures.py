"""Signatures of releases by their registry: what holds, and all that does not."""

import base64
from collections.abc import Callable

import pytest

from holdfast.model.lock import Signer
from holdfast.trust.attestations import errors
from holdfast.trust.attestations.errors import KEY, REASONS, UNSIGNED, EvidenceRefused, ReleaseUnsigned
from holdfast.trust.npm_keys import read_registry_keys
from holdfast.trust.npm_signatures import MOST_SIGNATURES, verify_registry_signature
from holdfast.trust.npm_subjects import package_version
from holdfast_resolver.values.npm import NpmSignature
from tests.support.npm_attested import DIGEST, NAME, RELEASE, VERSION, keys_of
from tests.support.npm_evidence import NpmSigner, SigningKey, integrity

OLD, NEW = SigningKey("old", "2025-01-29T00:00:00.000Z"), SigningKey("new")
REGISTRY = NpmSigner(signing=(OLD, NEW))
OTHER = NpmSigner("https://other.example", (SigningKey("other"),))
BEFORE, AFTER = "2025-01-20T10:00:00.123Z", "2025-02-01T10:00:00Z"


def signed(
    *keys: SigningKey, registry: NpmSigner = REGISTRY, release: tuple[str, str, str] = RELEASE
) -> list[NpmSignature]:
    """`dist.signatures` as the listing holds them."""
    return [NpmSignature(row["keyid"], row["sig"]) for row in registry.signatures(*release, *keys)]


def verify(
    signatures: list[NpmSignature],
    release: tuple[str, str, str] = RELEASE,
    published: str = AFTER,
    registry: NpmSigner = REGISTRY,
) -> Signer:
    """Verify under the published keys of a registry."""
    return verify_registry_signature(keys_of(registry), *release, signatures, published)


def refused(
    signatures: list[NpmSignature],
    release: tuple[str, str, str] = RELEASE,
    published: str = AFTER,
    registry: NpmSigner = REGISTRY,
) -> EvidenceRefused:
    """The refusal; the test fails when the signatures hold."""
    with pytest.raises(EvidenceRefused) as caught:
        verify(signatures, release, published, registry)
    assert caught.value.reason in REASONS
    return caught.value


def test_a_signed_release_is_signed_by_its_registry() -> None:
    """The signer is the registry by its URL, with the role of one."""
    assert verify(signed()) == Signer("npm:https://npm.acme.example", "npm.acme.example", (("role", "registry"),))


@pytest.mark.parametrize(
    ("keys", "published"),
    [([OLD], BEFORE), ([NEW], BEFORE), ([OLD, NEW], BEFORE), ([NEW], AFTER), ([OLD], ""), ([NEW], "")],
)
def test_a_rotation_changes_nobody(keys: list[SigningKey], published: str) -> None:
    """While two keys overlap either signs, or both do; the signer stays the same record."""
    assert verify(signed(*keys), published=published) == verify(signed())


def test_two_registries_are_two_signers() -> None:
    """Another origin is another id, and so is another path of one origin."""
    path = NpmSigner("https://npm.acme.example/team", (NEW,))
    ids = [verify(signed(registry=one), registry=one).id for one in (REGISTRY, OTHER, path)]
    assert ids == ["npm:https://npm.acme.example", "npm:https://other.example", "npm:https://npm.acme.example/team"]


@pytest.mark.parametrize("algorithm", ["sha512", "sha384", "sha256"])
def test_strong_digests_are_signed(algorithm: str) -> None:
    """What is signed is the integrity text of whichever strong digest the release has."""
    release = (NAME, VERSION, f"{algorithm}:" + "0f" * (int(algorithm[3:]) // 8))
    assert verify(signed(release=release), release).id == "npm:https://npm.acme.example"


def test_integrity_is_the_registrys_text() -> None:
    """A digest in hex and the registry's base64 are the same bytes."""
    about = package_version(*RELEASE)
    assert about.integrity == integrity(DIGEST) == "sha512-" + base64.b64encode(bytes([0x5A] * 64)).decode()


@pytest.mark.parametrize(
    "release",
    [
        (NAME, "1.0.1", DIGEST),
        ("@acme/other", VERSION, DIGEST),
        ("tool", VERSION, DIGEST),
        (NAME, VERSION, "sha512:" + "5b" * 64),
        (NAME, VERSION, "sha256:" + "5a" * 32),
    ],
)
def test_a_signature_of_anything_else_does_not_hold(release: tuple[str, str, str]) -> None:
    """A signature over another version, name or integrity proves nothing of this one, in either direction."""
    assert refused(signed(), release).reason == errors.SIGNATURE
    assert refused(signed(release=release)).reason == errors.SIGNATURE


def test_an_unsigned_release_is_said() -> None:
    """No signature at all is a refusal of its own, which names release and registry."""
    error = refused([])
    assert isinstance(error, ReleaseUnsigned)
    assert (error.subject, error.registry, error.reason) == (f"{NAME}@{VERSION}", REGISTRY.url, UNSIGNED)


def test_a_key_of_another_registry_is_nobodys() -> None:
    """A good signature by a key that this registry does not publish is refused."""
    assert refused(signed(registry=OTHER)).reason == KEY


def test_another_registry_cannot_borrow_a_key_id() -> None:
    """A key id is a name: a signature by another key under a known id does not hold."""
    (theirs,) = signed(registry=OTHER)
    assert refused([NpmSignature(NEW.key_id, theirs.signature)]).reason == errors.SIGNATURE


def test_an_expired_key_signs_no_more() -> None:
    """What came out when its key had expired is refused, to the second."""
    error = refused(signed(OLD), published="2025-01-29T00:00:00Z")
    assert (error.reason, "2025-01-29T00:00:00Z" in error.detail) == (errors.TIME, True)
    assert verify(signed(OLD), published="2025-01-28T23:59:59Z")


@pytest.mark.parametrize("published", ["yesterday", "2025-02-01", "2025-02-01T10:00:00", "9" * 40])
def test_an_odd_time_of_publishing_is_refused(published: str) -> None:
    """A time that is none, or has no zone, is malformed and never passes as unknown."""
    assert refused(signed(), published=published).reason == errors.MALFORMED


@pytest.mark.parametrize("order", [1, -1])
def test_one_bad_signature_spoils_the_release(order: int) -> None:
    """A good signature does not make up for one beside it that does not hold."""
    both = [*signed(), *signed(registry=OTHER)][::order]
    assert refused(both).reason == KEY


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: text[:-4], errors.SIGNATURE),
        (lambda text: text.rstrip("="), errors.MALFORMED),
        (lambda text: f"{text}\n", errors.MALFORMED),
        (lambda text: "", errors.SIGNATURE),
        (lambda text: "!", errors.MALFORMED),
        (lambda text: "\u00fc", errors.MALFORMED),
        (lambda text: base64.b64encode(base64.b64decode(text) + b"\0").decode(), errors.SIGNATURE),
        (lambda text: base64.b64encode(bytes(8)).decode(), errors.SIGNATURE),
    ],
)  # fmt: skip
def test_damaged_signatures_are_refused(change: Callable[[str], str], reason: str) -> None:
    """Signatures cut off, lengthened, or in another base64 than the one canonical form."""
    (one,) = signed()
    text = change(one.signature)
    assert refused([one._replace(signature=text)]).reason == reason


def test_every_bit_of_a_signature_counts() -> None:
    """No bit of a signature can be flipped unseen."""
    (one,) = signed()
    raw = base64.b64decode(one.signature)
    for place in range(len(raw) * 8):
        other = bytearray(raw)
        other[place // 8] ^= 1 << place % 8
        assert refused([one._replace(signature=base64.b64encode(other).decode())]).reason == errors.SIGNATURE


def test_signatures_are_bounded_and_distinct() -> None:
    """More signatures than anybody needs, and one that stands twice, are refused."""
    (one,) = signed()
    assert refused([one, one]).reason == errors.MALFORMED
    many = [one._replace(key_id=str(number)) for number in range(MOST_SIGNATURES + 1)]
    assert refused(many).reason == errors.TOO_LARGE


@pytest.mark.parametrize(
    "release",
    [
        ("tool@1.0.0:sha512-x", "1.0.0", DIGEST), ("to:ol", "1.0.0", DIGEST), ("", "1.0.0", DIGEST),
        ("@acme/tool/x", "1.0.0", DIGEST), ("tool", "1.0.0:x", DIGEST), ("tool", "1.0.0@2", DIGEST),
        ("tool", "", DIGEST), ("tool", "latest", DIGEST), ("tool\n", "1.0.0", DIGEST),
    ],
)  # fmt: skip
def test_names_that_could_be_read_in_two_ways_are_refused(release: tuple[str, str, str]) -> None:
    """What is signed has to be readable in one way only, so nobody signs for odd names and versions."""
    with pytest.raises(EvidenceRefused) as caught:
        package_version(*release)
    assert caught.value.reason == errors.SUBJECT


@pytest.mark.parametrize(
    "digest", ["", "sha1:" + "0" * 40, "sha512:" + "0" * 127, "sha512:" + "A" * 128, "sha512-" + "0" * 128, "md5:00"]
)
def test_weak_and_odd_digests_are_refused(digest: str) -> None:
    """A digest that is weak, cut off or in capitals is none that a signature could be about."""
    with pytest.raises(EvidenceRefused) as caught:
        package_version(NAME, VERSION, digest)
    assert caught.value.reason == errors.DIGEST


def test_no_keys_verify_nothing() -> None:
    """Under an empty key set no signature holds."""
    with pytest.raises(EvidenceRefused) as caught:
        verify_registry_signature(read_registry_keys(b'{"keys":[]}', REGISTRY.url), *RELEASE, signed())
    assert caught.value.reason == KEY
