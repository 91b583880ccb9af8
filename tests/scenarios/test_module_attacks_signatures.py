"""Signatures that were altered, moved, left out, or made by keys that do not count, and how each command stops them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdfast.model.lock import ModuleFacts
from holdfast.trust.publishers import Publisher, Publishers
from holdfast.trust.revocations import COMPROMISE, SUPERSEDED
from tests.support.attack_cases import ALL, Attack, assert_stopped
from tests.support.attacked_modules import altered, in_predicate, nothing, payload_signed, signed_by_hand, under_id
from tests.support.module_project import DAY, HOUR, NOW, ModuleProject, ago, module_project
from tests.support.registry_thieves import Document, forge_publishers, forge_release, index_of
from tests.support.signed_modules import registered
from tests.support.signing_keys import public

GUARDS = "@acme/guards"
ABOUT = "@acme/guards 2.1.0"
OTHER_ID = "ed25519:" + "5" * 64
STOLEN = "3" * 64
SUBJECT = "pkg:holdfast/%40acme/guards@2.1.0"
Act = Callable[[ModuleProject], object]


def row(world: ModuleProject, name: str = GUARDS) -> Document:
    """The newest release of a module, as its index document has it."""
    found: Document = index_of(world.registry, name)["releases"][-1]
    return found


def envelope(world: ModuleProject, name: str = GUARDS) -> str:
    text: str = row(world, name)["envelopes"][0]
    return text


def released(**fields: object) -> Act:
    """A thief of the online key changes what the index document says of the release."""
    return lambda world: forge_release(world.registry, GUARDS, lambda release: release.update(fields))


def enveloped(make: Callable[[str], str]) -> Act:
    """The thief puts another text in the place of the publisher's envelope."""
    return lambda world: released(envelopes=[make(envelope(world))])(world)


def by_hand(change: Callable[[dict[str, Any]], object], *keys: str, **more: str) -> Act:
    """The publisher, or whoever has these keys, signs a changed statement."""
    return enveloped(lambda text: signed_by_hand(change, *keys, of=text, **more))


def json_changed(change: Callable[[dict[str, Any]], object]) -> Act:
    def make(text: str) -> str:
        document = json.loads(text)
        change(document)
        return json.dumps(document)

    return enveloped(make)


def _of_another_module(world: ModuleProject) -> None:
    released(envelopes=[envelope(world, "@acme/base")])(world)


def _of_another_version(world: ModuleProject) -> None:
    old = envelope(world)
    world.registry.publish(GUARDS, "2.2.0", now=NOW)
    forge_release(world.registry, GUARDS, lambda release: release.update(envelopes=[old]))


def _another_version_for_it(world: ModuleProject) -> None:
    released(version="2.9.0", file="acme-guards-2.9.0.tar")(world)


def _co_signature_as_publisher(world: ModuleProject) -> None:
    released(envelopes=row(world)["vetted"])(world)


def _publisher_as_co_signature(world: ModuleProject) -> None:
    released(vetted=row(world)["envelopes"])(world)


def _co_signature_of_another(world: ModuleProject) -> None:
    world.registry.publish("@acme/base", "1.2.1", cosign=True, now=NOW)
    released(vetted=row(world, "@acme/base")["vetted"])(world)


def _revocations_as_signature(world: ModuleProject) -> None:
    released(envelopes=[world.registry.state.required("revocations.json").decode()])(world)


def _bytes_of_another(world: ModuleProject) -> None:
    other = row(world, "@acme/base")
    released(sha256=other["sha256"], size=other["size"])(world)


def _another_report(world: ModuleProject) -> None:
    world.registry.publish(GUARDS, "2.2.0", cosign=True, report=b"all is well", now=NOW)
    world.must("update")
    world.must("install")
    released(report=STOLEN)(world)


def _two_must_sign(world: ModuleProject) -> None:
    """From now on two keys must sign what acme publishes; two have signed `@acme/base`, and the lock says so."""
    keys_of_acme("acme", "acme-2")(world)
    _signed_anew(world, "@acme/base", "acme", "acme-2")
    world.must("lock")
    world.must("install")
    _of_acme(world, lambda acme: acme._replace(threshold=2))


def _two_ids(world: ModuleProject) -> None:
    _two_must_sign(world)
    enveloped(lambda text: under_id(text, public("acme").id, OTHER_ID))(world)


def _two_envelopes(world: ModuleProject) -> None:
    _two_must_sign(world)
    released(envelopes=[envelope(world), signed_by_hand(nothing, "acme", of=envelope(world))])(world)


def _of_acme(world: ModuleProject, change: Callable[[Publisher], Publisher]) -> None:
    """The offline key changes what stands there of the publisher acme."""

    def changed(by: Publishers) -> Publishers:
        return by._replace(publishers=tuple(change(one) if one.name == "acme" else one for one in by.publishers))

    forge_publishers(world.registry, changed)


def keys_of_acme(*keys: str, until: str = "", since: str = "2026-01-01T00:00:00Z") -> Act:
    """The offline key gives the publisher acme these keys, with this time."""
    rows = tuple(registered(key, since, until) for key in keys)
    return lambda world: _of_acme(world, lambda acme: acme._replace(keys=rows))


def _signed_anew(world: ModuleProject, name: str, *keys: str) -> None:
    text = signed_by_hand(nothing, *keys, of=envelope(world, name))
    forge_release(world.registry, name, lambda release: release.update(envelopes=[text]))


def revoked(value: Callable[[ModuleProject], str], cause: str = COMPROMISE, effective: str = "") -> Act:
    return lambda world: world.registry.revoke(value(world), cause, effective=effective, now=NOW)


def facts(world: ModuleProject) -> ModuleFacts:
    """What the lock has of the guards besides what every pin has."""
    found = world.pin(GUARDS).module
    assert found is not None
    return found


def trusting(key: str, names: str = "@acme/*", **more: str) -> Act:
    """The project trusts this key for these names."""

    def change(world: ModuleProject) -> None:
        rows = [f'{name} = "{value}"' for name, value in more.items()]
        world.append("\n".join(["[[trust]]", f'key = "{public(key).text}"', f'names = ["{names}"]', *rows, ""]))

    return change


def _taken_over(world: ModuleProject) -> None:
    """Whoever has all keys of the registry gives the names to another, who signs the pinned releases anew."""
    keys_of_acme("mallory")(world)
    _signed_anew(world, "@acme/base", "mallory")
    _signed_anew(world, GUARDS, "mallory")


def _taken_over_from_trusted(world: ModuleProject) -> None:
    trusting("acme")(world)
    _taken_over(world)


def wishing(name: str, *steps: Act) -> Act:
    """The project wishes another module, after `steps`."""

    def change(world: ModuleProject) -> None:
        for step in steps:
            step(world)
        text = world.configuration.read_text(encoding="utf-8")
        world.configuration.write_text(text.replace("[modules]\n", f'[modules]\n"{name}" = "*"\n'), encoding="utf-8")

    return change


def _power(world: ModuleProject) -> None:
    world.registry.publish("@acme/power", "1.0.0", privileged=True, now=NOW)


def _unsigned(**fields: object) -> Act:
    """A module whose name no publisher claims, in which nobody signed anything."""

    def change(world: ModuleProject) -> None:
        packed = world.registry.pack("@prompts/nice", "1.0.0", privileged=bool(fields.get("privileged")))
        from tests.support.registry_thieves import put_archive

        put_archive(world.registry, packed.manifest, packed.archive, tree=packed.tree_digest, keys=())

    return change


def _policy(text: str) -> Act:
    return lambda world: world.append(f"[policy]\n{text}\n")


def _signed_by(key: str) -> Callable[[ModuleProject], str]:
    return lambda world: public(key).id


INVALID, MISPLACED, MALFORMED = "signature-invalid", "signature-misplaced", "signature-malformed"
MISSING, UNTRUSTED, REVOKED, EXPIRED = "signature-missing", "signer-untrusted", "signer-revoked", "signer-expired"
TAMPERED, THRESHOLD, WORD = "module-tampered", "threshold-unmet", "release-revoked"
PRIVILEGED = "privileged-untrusted"
ACME, MALLORY = public("acme").id, public("mallory").id

CASES: tuple[Attack, ...] = (
    # Whoever has the online key, and no publisher's.
    Attack("no signature any more", MISSING, released(envelopes=[]), ALL, (ABOUT,)),
    Attack("the signature of another module", TAMPERED, _of_another_module, ALL, (ABOUT, "@acme/base")),
    Attack("the signature of another version", TAMPERED, _of_another_version, ("update",), ("@acme/guards 2.2.0",
     "2.1.0")),
    Attack("another version with the signature of this one", TAMPERED, _another_version_for_it, ("lock",),
     ("@acme/guards 2.9.0", "2.1.0")),
    Attack("a co-signature as the publisher's", MISPLACED, _co_signature_as_publisher, ALL, (ABOUT,
     "verification_summary")),
    Attack("the publisher's signature as a co-signature", MISPLACED, _publisher_as_co_signature, ALL, (ABOUT,
     "module/v1")),
    Attack("the co-signature of another module", TAMPERED, _co_signature_of_another, ALL, (ABOUT, "@acme/base")),
    Attack("a revocation list as the publisher's signature", MISPLACED, _revocations_as_signature, ALL, (ABOUT,
     "revocations")),
    Attack("another payload type, well signed", MISPLACED,
     by_hand(nothing, payload_type="application/vnd.acme+json"), ALL, (ABOUT, "vnd.acme")),
    Attack("another predicate, well signed", MISPLACED,
     by_hand(lambda one: one.update(predicateType="https://acme.example/v1")), ALL, (ABOUT, "https://acme.example/v1")),
    Attack("an altered statement", INVALID, enveloped(lambda text: altered(text, in_predicate(signed=ago(DAY)))),
     ALL, (ABOUT, ACME)),
    Attack("an altered signature", INVALID,
     json_changed(lambda one: one["signatures"][0].update(sig="A" * 86 + "==")), ALL, (ABOUT, ACME)),
    Attack("the key of a stranger", UNTRUSTED, by_hand(nothing, "mallory"), ALL, (ABOUT, MALLORY)),
    Attack("the key of another publisher", UNTRUSTED, by_hand(nothing, "umbrella"), ALL, (ABOUT,
     public("umbrella").id)),
    Attack("a stranger's signature under the publisher's id", INVALID,
     enveloped(lambda text: under_id(signed_by_hand(nothing, "mallory", of=text), ACME)), ALL, (ABOUT, ACME)),
    Attack("bytes of another module", TAMPERED, _bytes_of_another, ALL, (ABOUT, "archive")),
    Attack("another tree", TAMPERED, released(tree=STOLEN), ALL, (ABOUT, "tree", STOLEN)),
    Attack("other dependencies than were signed", TAMPERED, released(dependencies={}), ALL, (ABOUT, "dependencies",
     "@acme/base")),
    Attack("other permissions than were signed", TAMPERED, released(permissions=["network:evil.example"]), ALL,
     (ABOUT, "permissions", "evil.example")),
    Attack("privileged, which was not signed", TAMPERED, released(privileged=True), ALL, (ABOUT, "privileged")),
    Attack("another vetting report", TAMPERED, _another_report, ALL, ("@acme/guards 2.2.0", "report", STOLEN)),
    Attack("no co-signature any more", MISSING, released(vetted=[]), ("install", "verify"), (ABOUT, "co-signer",
     "lock names")),
    Attack("a pinned release that is no longer there", TAMPERED, _another_version_for_it, ("install", "verify"),
     (ABOUT, "none in acme")),
    # Documents of odd form.
    Attack("a signature that is no JSON", MALFORMED, enveloped(lambda text: "hello"), ALL, (ABOUT,)),
    Attack("a key twice in an envelope", MALFORMED,
     enveloped(lambda text: text.replace("{", '{"payloadType": "x", ', 1)), ALL, (ABOUT, "payloadType")),
    Attack("an unknown field in an envelope", MALFORMED, json_changed(lambda one: one.update(note="x")), ALL, (ABOUT,
     "note")),
    Attack("a payload that is not base64", MALFORMED, json_changed(lambda one: one.update(payload="!")), ALL, (ABOUT,
     "payload")),
    Attack("seventeen signatures", MALFORMED,
     json_changed(lambda one: one.update(signatures=one["signatures"] * 17)), ALL, (ABOUT, "16")),
    Attack("a statement that is no JSON, well signed", MALFORMED, enveloped(lambda text: payload_signed(b"hello")),
     ALL, (ABOUT,)),
    Attack("a key twice in a statement, well signed", MALFORMED,
     enveloped(lambda text: payload_signed(b'{"_type": "x", "_type": "y"}')), ALL, (ABOUT, "_type")),
    Attack("an unknown critical field, well signed", MALFORMED, by_hand(in_predicate(critical=["sandbox"])), ALL,
     (ABOUT, "sandbox")),
    Attack("one subject instead of two, well signed", MALFORMED, by_hand(lambda one: one["subject"].pop()), ALL,
     (ABOUT, "subject")),
    # Thresholds and keys that do not count any more.
    Attack("one signature where two must be", THRESHOLD, _two_must_sign, ALL, (ABOUT, "2", "1")),
    Attack("a threshold met by one key under two ids", THRESHOLD, _two_ids, ALL, (ABOUT, "2", "1")),
    Attack("a threshold met by one key in two envelopes", THRESHOLD, _two_envelopes, ALL, (ABOUT, "2", "1")),
    Attack("a publisher's key that was revoked", REVOKED, revoked(_signed_by("acme")), ALL, ("@acme/base 1.2.0",
     ACME, "laptop lost")),
    Attack("a key that was superseded before", REVOKED, revoked(_signed_by("acme"), cause=SUPERSEDED,
     effective=ago(HOUR)), ALL, ("@acme/base 1.2.0", ACME, "superseded")),
    Attack("a co-signer's key that was revoked", REVOKED,
     revoked(lambda world: facts(world).vetted[0]), ALL, (ABOUT,
     "compromise")),
    Attack("a publisher's key that was replaced", UNTRUSTED, keys_of_acme("acme-2"), ALL, ("@acme/base 1.2.0", ACME)),
    Attack("a publisher's key whose time was over", EXPIRED, keys_of_acme("acme", until=ago(HOUR)), ALL,
     ("@acme/base 1.2.0", ACME, ago(HOUR))),
    Attack("a publisher's key before its time", EXPIRED, keys_of_acme("acme", since=ago(-DAY)), ALL,
     ("@acme/base 1.2.0", ACME, ago(-DAY))),
    Attack("an archive that was revoked", WORD, revoked(lambda world: world.pin(GUARDS).artifacts[0].hash), ALL,
     (ABOUT, "sha256:", "laptop lost")),
    Attack("a tree that was revoked", WORD,
     revoked(lambda world: facts(world).tree), ALL, (ABOUT, "sha256:")),
    # What the project itself says.
    Attack("a key that the project revoked", REVOKED, trusting("acme", revoked="2026-02-01", reason="lost"),
     ("check", *ALL), ("@acme/base 1.2.0", ACME)),
    Attack("trust that has run out", EXPIRED, trusting("acme", until="2026-02-01"), ALL, ("@acme/base 1.2.0", ACME,
     "2026-02-01")),
    Attack("a name for which the project trusts another", UNTRUSTED, trusting("acme-2"), ("check", *ALL),
     ("@acme/base 1.2.0", ACME)),
    Attack("a registry that gives a trusted name away", UNTRUSTED, _taken_over_from_trusted, ALL,
     ("@acme/base 1.2.0", MALLORY)),
    Attack("a registry that gives a name away", TAMPERED, _taken_over, ("install", "verify"), ("@acme/base 1.2.0",
     "signers", MALLORY, ACME)),
    Attack("a privileged module that the project trusts nobody for", PRIVILEGED, wishing("@acme/power", _power),
     ("lock",), ("@acme/power 1.0.0", ACME)),
    Attack("a privileged module by another key than the trusted", PRIVILEGED, wishing("@acme/power", _power,
     trusting("acme-2", "@acme/power")), ("lock",), ("@acme/power 1.0.0", ACME)),
    Attack("a privileged module that nobody signed", MISSING, wishing("@prompts/nice", _unsigned(privileged=True)),
     ("lock",), ("@prompts/nice 1.0.0",)),
    Attack("an unsigned module where policy asks for signatures", MISSING, wishing("@prompts/nice", _unsigned(),
     _policy('require-signatures = ["acme:*"]')), ("lock",), ("@prompts/nice 1.0.0",)),
    Attack("an unsigned module of a name that the project trusts a key for", MISSING, wishing("@prompts/nice",
     _unsigned(), trusting("acme", "@prompts/*")), ("lock",), ("@prompts/nice 1.0.0",)),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_an_attack_on_signatures_is_stopped(tmp_path: Path, case: Attack) -> None:
    """Every command stops with the finding of its own, names the release and the full id, and changes nothing."""
    with module_project(tmp_path) as world:
        assert_stopped(world, case)
