"""The pin digest: the same for the same facts, another for any other fact."""

from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.format.order import canonical as ordered
from holdfast.format.read import read
from holdfast.format.write import write
from holdfast.model.lock import Lock, LockedSource, ModuleFacts, Pin, PinnedArtifact, Signer
from holdfast.model.pin_digest import (
    ApprovedPin,
    approved_pins,
    fast_canonical,
    pin_digest,
    pin_document,
    source_identities,
)
from holdfast.model.security import (
    Allowance,
    ApprovalPolicy,
    Approver,
    Demand,
    Security,
    security_digest,
    security_document,
)
from holdfast.trust.strict_json import canonical
from holdfast_resolver.values.requirements import Requirement
from tests.lockfile.format.lock_worlds import locks
from tests.support.approvals import PROJECT, approved, approver, make_lock, make_pin, security, sha256

_Value = TypeVar("_Value")
A, B = "github:101/a.yml", "ed25519:" + "b" * 64
PIN = ApprovedPin(
    "pypi",
    Pin(
        "pypi",
        "left",
        "1.0",
        artifacts=(
            PinnedArtifact("left-1.0-py3-none-any.whl", sha256("wheel")),
            PinnedArtifact("left-1.0.tar.gz", sha256("sdist"), (A, B)),
        ),
        signers=(A,),
    ),
    (Signer(A, "acme/left", (("context", "ref=tag"), ("owner-id", "7")), (("colour", '"blue"'),)), Signer(B, "key")),
)
MODULE = ApprovedPin(
    sha256("root"),
    Pin(
        "acme",
        "@acme/guards",
        "2.1.0",
        artifacts=(PinnedArtifact("acme-guards-2.1.0.tar", sha256("archive")),),
        signers=(A,),
        module=ModuleFacts(sha256("tree"), False, ("network:a.example", "program:git"), (B,), 1),
    ),
    (Signer(A), Signer(B)),
)


def test_the_digest_is_fixed() -> None:
    """The document is the one that the module's page shows, and its digest never changes between versions."""
    assert fast_canonical(pin_document(PIN)).decode() == (
        f'{{"artifacts":[["left-1.0-py3-none-any.whl","{sha256("wheel")}",null],'
        f'["left-1.0.tar.gz","{sha256("sdist")}",["{B}","{A}"]]],"module":null,"name":"left","records":'
        f'[{{"attributes":{{}},"id":"{B}","label":"key","other":{{}}}},{{"attributes":{{"context":"ref=tag",'
        f'"owner-id":"7"}},"id":"{A}","label":"acme/left","other":{{"colour":"\\"blue\\""}}}}],"signers":["{A}"],'
        '"source":"pypi","version":"1.0","when":""}'
    )
    assert pin_digest(PIN) == "sha256:2962842734e8f0de2f0e730eed5ac9467dc13986ca9a8bdec3fe066ab622955a"
    assert pin_digest(MODULE) == "sha256:6319994818ce63576aae65978e67b6fc09ecee875cebc658e83904827c29947b"


@given(locks())
@settings(max_examples=60)
def test_the_text_is_rfc_8785(lock: Lock) -> None:
    """The quick writer writes what the standard's own does, of pins and their records."""
    for pins in approved_pins(ordered(lock)).values():
        for one in pins:
            assert fast_canonical(pin_document(one)) == canonical(pin_document(one))


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.recursive(st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | _TEXT, st.lists, max_leaves=12))
def test_any_text_is_written_as_rfc_8785_has_it(value: object) -> None:
    """Controls, quotes and every plane of Unicode, wherever no key has a character beyond the first plane."""
    assert fast_canonical({"a": value, "\u00e9": None}) == canonical({"a": value, "\u00e9": None})


@given(locks(), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_order_and_formatting_are_no_matter(lock: Lock, random: Random) -> None:
    """A lock that is written, read, or has its tuples in another order has the same digests."""
    first = approved_pins(ordered(lock))
    again = approved_pins(read(write(ordered(lock))))
    assert {key: list(map(pin_digest, pins)) for key, pins in first.items()} == {
        key: list(map(pin_digest, pins)) for key, pins in again.items()
    }
    for pins in first.values():
        for one in pins:
            assert pin_digest(_shuffled(one, random)) == pin_digest(one)


def _shuffled(one: ApprovedPin, random: Random) -> ApprovedPin:
    def other(values: tuple[_Value, ...]) -> tuple[_Value, ...]:
        return tuple(random.sample(values, len(values)))

    pin = one.pin
    module = pin.module and pin.module._replace(
        permissions=other(pin.module.permissions), vetted=other(pin.module.vetted)
    )
    artifacts = other(tuple([file._replace(signers=file.signers and other(file.signers)) for file in pin.artifacts]))
    records = tuple(
        [record._replace(attributes=other(record.attributes), unknown=other(record.unknown)) for record in one.records]
    )
    return one._replace(
        pin=pin._replace(artifacts=artifacts, signers=other(pin.signers), module=module), records=other(records)
    )


def _pin(**changes: Any) -> ApprovedPin:
    return PIN._replace(pin=PIN.pin._replace(**changes))


def _file(place: int, **changes: Any) -> ApprovedPin:
    artifacts = list(PIN.pin.artifacts)
    artifacts[place] = artifacts[place]._replace(**changes)
    return _pin(artifacts=tuple(artifacts))


def _record(**changes: Any) -> ApprovedPin:
    return PIN._replace(records=(PIN.records[0]._replace(**changes), PIN.records[1]))


def _module(**changes: Any) -> ApprovedPin:
    assert MODULE.pin.module is not None
    return MODULE._replace(pin=MODULE.pin._replace(module=MODULE.pin.module._replace(**changes)))


OTHER = {
    "another source": PIN._replace(identity="https://packages.acme.example/simple/"),
    "another name": _pin(name="lefty"),
    "another version": _pin(version="1.0.1"),
    "other bytes": _file(0, hash=sha256("other")),
    "another algorithm": _file(0, hash="sha512:" + "0" * 128),
    "another file name": _file(0, file="left-1.0-py2-none-any.whl"),
    "swapped bytes": _pin(
        artifacts=(
            PIN.pin.artifacts[0]._replace(hash=PIN.pin.artifacts[1].hash),
            PIN.pin.artifacts[1]._replace(hash=PIN.pin.artifacts[0].hash),
        )
    ),
    "a file more": _pin(artifacts=(*PIN.pin.artifacts, PinnedArtifact("left-1.0.zip", sha256("zip")))),
    "a file less": _pin(artifacts=PIN.pin.artifacts[:1]),
    "a file of others": _file(0, signers=(B,)),
    "a file of nobody": _file(0, signers=()),
    "a file of the pin's own": _file(1, signers=None),
    "for some targets": _pin(when="python_version < '3.12'"),
    "nobody signs": _pin(signers=()),
    "another signs": _pin(signers=(B,)),
    "one more signs": _pin(signers=(A, B)),
    "another label": _record(label="beta/left"),
    "another attribute": _record(attributes=(("context", "ref=branch:main"), ("owner-id", "7"))),
    "an attribute less": _record(attributes=(("owner-id", "7"),)),
    "another id": _record(id="github:101/b.yml"),
    "something unknown of a signer": _record(unknown=(("colour", '"red"'),)),
    "a record less": PIN._replace(records=PIN.records[1:]),
    "a module": _pin(module=ModuleFacts(sha256("tree"))),
    "the module": MODULE,
    "another root": MODULE._replace(identity=sha256("other root")),
    "another tree": _module(tree=sha256("other tree")),
    "privileged": _module(privileged=True),
    "a permission more": _module(permissions=("network:a.example", "network:b.example", "program:git")),
    "a permission less": _module(permissions=("network:a.example",)),
    "another threshold": _module(threshold=2),
    "no co-signer": _module(vetted=()),
    "no facts of a module": MODULE._replace(pin=MODULE.pin._replace(module=None)),
}


def test_any_other_fact_is_another_digest() -> None:
    """Bytes, files, who signed which, every record of a signer, every fact of a module, and where it is from."""
    digests = {name: pin_digest(one) for name, one in OTHER.items()} | {"itself": pin_digest(PIN)}
    same = [(one, other) for one in digests for other in digests if one < other and digests[one] == digests[other]]
    assert same == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("requires_python", ">=3.8"),
        ("dependencies", ((Requirement("pypi", "right"), ""),)),
        ("unknown", (("colour", '"blue"'),)),
    ],
)
def test_facts_of_the_same_bytes_are_no_part_of_it(name: str, value: object) -> None:
    """What `verify` compares with the bytes needs no approval of its own."""
    other = _pin(**{name: value})
    assert other != PIN
    assert pin_digest(other) == pin_digest(PIN)


def test_the_pins_of_a_lock() -> None:
    """By source and name, with the records of everybody whom they name, and what their source is."""
    guards = MODULE.pin
    lock = make_lock(
        make_pin("left", "1.10", signers=[A]),
        make_pin("left", "1.9"),
        make_pin("left", "1.0", source="acme"),
        guards._replace(source="registry"),
        signers=[Signer(A, "acme/left")],
        sources=[
            LockedSource("acme", "pypi", "https://packages.acme.example/simple/"),
            LockedSource("registry", "modules", root=sha256("root")),
        ],
    )
    found = approved_pins(lock)
    assert list(found) == [("acme", "left"), ("pypi", "left"), ("registry", "@acme/guards")]
    assert [(one.identity, one.pin.version) for one in found["pypi", "left"]] == [("pypi", "1.9"), ("pypi", "1.10")]
    assert found["pypi", "left"][1].records == (Signer(A, "acme/left"),)
    assert found["acme", "left"][0].identity == "https://packages.acme.example/simple/"
    [module] = found["registry", "@acme/guards"]
    assert (module.identity, [record.id for record in module.records]) == (sha256("root"), [B, A])


def test_what_a_source_is() -> None:
    """A registry is its root, an index its address; one that says neither is the default of its kind."""
    sources = [
        LockedSource("acme", "modules", "https://a.example/", root=sha256("root")),
        LockedSource("own", "pypi", "https://packages.acme.example/simple/"),
        LockedSource("plain", "pypi"),
    ]
    assert source_identities(sources) == {
        "acme": sha256("root"),
        "own": "https://packages.acme.example/simple/",
        "plain": "pypi",
    }


RULES = Security(
    PROJECT,
    (approver("alice", "security", emails=("a@acme.example", "b@acme.example")), approver("bob")),
    ApprovalPolicy(
        "changes",
        2,
        "security",
        False,
        (Demand(("npm:*",), 2, None, "2027-01-01T00:00:00Z"), Demand(("*",), None, "security", "")),
        (Allowance(("pypi:*",), ("version-changed",), 604800, "2027-01-01T00:00:00Z", "known publishers"),),
    ),
    '{"policy":{}}',
)


def _alice(**changes: Any) -> Security:
    alice: Approver = RULES.approvers[0]._replace(**changes)
    return RULES._replace(approvers=(alice, RULES.approvers[1]))


def _policy(**changes: Any) -> Security:
    return RULES._replace(approval=RULES.approval._replace(**changes))


OTHER_RULES = {
    "another project": RULES._replace(project=""),
    "an approver less": RULES._replace(approvers=RULES.approvers[:1]),
    "another rest": RULES._replace(rest="{}"),
    "another name": _alice(name="ann"),
    "another key": _alice(key=approver("eve").key),
    "another role": _alice(role=""),
    "another address": _alice(emails=("a@acme.example",)),
    "revoked": _alice(revoked="2026-01-01T00:00:00Z"),
    "a cause": _alice(cause="retired"),
    "held by a commit": _alice(held_by="0" * 40),
    "alarms": _policy(enforce="alarms"),
    "another threshold": _policy(threshold=1),
    "no role": _policy(role=""),
    "independent": _policy(independent=True),
    "a demand less": _policy(demands=RULES.approval.demands[:1]),
    "demands in another order": _policy(demands=RULES.approval.demands[::-1]),
    "no allowances": _policy(allowances=()),
    "another age": _policy(allowances=(RULES.approval.allowances[0]._replace(minimum_age=1),)),
    "another class": _policy(allowances=(RULES.approval.allowances[0]._replace(classes=("new-package",)),)),
}


def test_any_other_rule_is_another_configuration() -> None:
    """Every field counts; the order of demands too, since the first that fits decides."""
    digests = {name: security_digest(one) for name, one in OTHER_RULES.items()} | {"itself": security_digest(RULES)}
    assert len(set(digests.values())) == len(digests)


def test_order_of_approvers_is_no_matter() -> None:
    """Neither where an approver stands, nor in which order it has its addresses."""
    alice, bob = RULES.approvers
    other = RULES._replace(approvers=(bob._replace(line=3), alice._replace(emails=alice.emails[::-1], line=9)))
    assert security_digest(other) == security_digest(RULES)
    assert security_document(other) == security_document(RULES)
    assert fast_canonical(security_document(RULES)) == canonical(security_document(RULES))


def test_builders_make_what_they_say() -> None:
    """The same words make the same pins, other content other bytes, and a configuration that has its approvers."""
    assert make_pin("left") == make_pin("left")
    assert make_pin("left").artifacts != make_pin("left", content="swapped").artifacts
    [one] = approved_pins(make_lock(make_pin("left", signers=[A])))["pypi", "left"]
    assert one == approved(make_pin("left", signers=[A]))
    assert [one.name for one in security("alice", approver("bob", "rule")).approvers] == ["alice", "bob"]
