"""The statement of an act: written one way, read one way, and consistent in itself."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.format.order import canonical as ordered
from holdfast.model.approval import Act, PackageChange, RuleRecord, SecurityChange, Seen
from holdfast.model.lock import Lock, ModuleFacts, Signer
from holdfast.model.pin_digest import approved_pins, pin_digest, pin_document
from holdfast.model.security import security_digest
from holdfast.trust.approval_statement import LONGEST_REASON, read_act, write_act
from holdfast.trust.errors import MalformedSignature
from holdfast.trust.strict_json import canonical
from tests.lockfile.format.lock_worlds import locks
from tests.support.approvals import (
    DATE,
    GITHUB,
    LATER,
    OTHER_PROJECT,
    PROJECT,
    approval,
    approver,
    baseline,
    by_rule,
    change,
    checkpoint,
    digests,
    make_lock,
    make_pin,
    pins_of,
    rejection,
    security,
    security_change,
    sha256,
)

BASE = "b" * 64  # the digest of some act
RULES = security("alice", approver("bob", "security"), threshold=2)
LEFT = make_pin("left", files=("left-1.0-py3-none-any.whl", "left-1.0.tar.gz"), signers=[GITHUB])
OLD = make_lock(LEFT, make_pin("right"))
NEW = make_lock(
    make_pin("left", "1.1", files=("left-1.1-py3-none-any.whl", "left-1.1.tar.gz"), signers=[GITHUB]),
    make_pin("right", "2.0", signed_files={"right-2.0-py3-none-any.whl": ["ed25519:00"]}),
)
UPDATE = approval(RULES, change("left", OLD, NEW, follows=[BASE]), change("right", OLD, NEW, follows=[BASE]))
REMOVAL = approval(RULES, change("left", OLD, (), follows=[BASE], classes=["removed"]))
BASELINE = baseline(OLD, RULES)
PINS = approved_pins(OLD)["pypi", "left"]
HAD = (("left-0.9.tar.gz", "sha256:" + "a" * 64), ("left-0.9.tar.gz", "sha256:" + "b" * 64))


def _change(act: Act, place: int = 0, **changes: Any) -> Act:
    packages = list(act.packages)
    packages[place] = packages[place]._replace(**changes)
    return act._replace(packages=tuple(packages))


ACTS = {
    "an update": UPDATE,
    "a removal": REMOVAL,
    "a new package": approval(RULES, change("left", (), NEW, classes=["new-package"])),
    "a rejection": rejection(RULES, change("left", OLD, NEW, follows=[BASE])),
    "a rejected removal": rejection(RULES, change("left", OLD, (), follows=[BASE])),
    "a rejected package": rejection(RULES, change("left", (), NEW)),
    "a baseline": BASELINE,
    "a baseline of nothing": baseline(make_lock(), RULES),
    "a checkpoint": checkpoint(NEW, RULES, [BASE, "a" * 64]),
    "a checkpoint that remembers": _change(checkpoint(NEW, RULES, [BASE]), had=HAD),
    "a checkpoint of what was removed": _change(checkpoint(NEW, RULES, [BASE]), after=(), gone=PINS, had=HAD),
    "by rule": by_rule(RULES, change("left", OLD, NEW, follows=[BASE]), classes=["version-changed"]),
    "an alarm": approval(RULES, change("left", OLD, NEW, follows=[BASE]), expires=LATER),
    "two heads": approval(RULES, change("left", OLD, NEW, follows=[BASE, "a" * 64])),
    "the configuration": approval(RULES, security=security_change(RULES, security("alice"), [BASE])),
    "a rejected configuration": rejection(RULES, security=security_change(RULES, security("alice"), [BASE])),
    "both": approval(
        RULES, change("left", OLD, NEW, follows=[BASE]), security=security_change(RULES, security("eve"), [BASE])
    ),
    "any words": approval(
        RULES, change("left", (), NEW), reason='it says "why" \\ \u00fcber \U0001f600 {[', reviewer="J\u00f6rg \u5f20"
    ),
    "everything seen": approval(
        RULES, change("left", (), NEW, seen=Seen(("policy-age",), ("network", "process"), DATE, "MIT OR Apache-2.0"))
    ),
    "code that was looked at": approval(
        RULES, change("left", (), NEW, seen=Seen((), ("network",), DATE, "MIT", (("network", "x.py:4 via socket"),)))
    ),
    "code that can do nothing": approval(RULES, change("left", (), NEW, seen=Seen((), (), DATE, "MIT", ()))),
    "sha512": approval(
        RULES, change("left", (), make_lock(make_pin("left", files={"left-1.0.tgz": "sha512:" + "a" * 128})))
    ),
    "a module": approval(
        RULES,
        change(
            "@acme/guards",
            (),
            make_lock(
                make_pin(
                    "@acme/guards",
                    "2.1.0",
                    source="acme",
                    signers=["ed25519:00"],
                    module=ModuleFacts(sha256("tree"), True, ("network:a.example",), ("ed25519:11",), 1),
                )
            ),
            source="acme",
        ),
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_an_act_reads_back(name: str) -> None:
    """What was written is what is read, pins and their digests included, and has one text."""
    act = ACTS[name]
    payload = write_act(act)
    read = read_act(payload)
    assert _plain(read) == _plain(act)
    assert write_act(read) == payload == canonical(json.loads(payload))
    for after, again in zip(act.packages, read.packages, strict=True):
        assert digests(again.after) == digests(after.after)
        assert digests(again.gone) == digests(after.gone)


def _plain(act: Act) -> Any:
    """The act with its pins as documents: more of a pin is not written."""
    packages = [
        {**one._asdict(), "after": list(map(pin_document, one.after)), "gone": list(map(pin_document, one.gone))}
        for one in act.packages
    ]
    rules = act.security and (*act.security[:2], security_digest(act.security.after))
    return {**act._asdict(), "packages": packages, "security": rules}


def test_the_text_of_a_statement_is_fixed() -> None:
    """Canonical JSON: the artifacts are subjects, so that any in-toto tool can match them, and are written once."""
    right = make_pin("right", files={"right-2.0.tar.gz": "sha256:" + "5" * 64}, signers=["ed25519:00"])
    act = approval(RULES, change("right", (), make_lock(right), seen=Seen((), (), DATE, "MIT")), expires=LATER)
    assert write_act(act).decode() == (
        '{"_type":"https://in-toto.io/Statement/v1","predicate":{'
        f'"configuration":"{security_digest(RULES)}","critical":[],"date":"2026-11-20T12:00:00Z",'
        '"expires":"2027-11-21T06:40:00Z","kind":"approval","packages":[{'
        '"after":[{"artifacts":1,"module":null,"name":"right","own":{},'
        '"records":[{"attributes":{},"id":"ed25519:00","label":"acme/tool","other":{}}],'
        '"signers":["ed25519:00"],"source":"pypi","version":"1.0","when":""}],"before":[],"classes":["version-changed"],'
        '"follows":[],"gone":[],"name":"right",'
        '"seen":{"capabilities":[],"findings":[],"licence":"MIT","released":"2026-11-20T12:00:00Z"},"source":"pypi"}],'
        f'"project":"{PROJECT}","reason":"looked at it","replaces":[],"reviewer":"alice","role":"","rule":null,'
        '"security":null},"predicateType":"https://holdfast.example/approval/v1",'
        '"subject":[{"digest":{"sha256":"' + "5" * 64 + '"},"name":"right-2.0.tar.gz"}]}'
    )


def test_where_code_was_looked_at_is_told_apart_from_where_it_was_not() -> None:
    """A record without places has the text that it always had, and reads as not known; with none seen it says so."""
    known, bare = ACTS["code that can do nothing"], write_act(ACTS["everything seen"])
    assert b'"seen":{"capabilities":[],"findings":[],"licence":"MIT","places":{},"released":' in write_act(known)
    assert read_act(write_act(known)).packages[0].seen.looked_at == ()
    assert b'"places"' not in bare
    assert read_act(bare).packages[0].seen.looked_at == ("network", "process")
    assert Seen().looked_at is None


@given(
    locks(), st.sampled_from(["baseline", "approval", "rejection", "removal"]), st.text('ab "\\\u00e4\u4e2d\U0001f600')
)
@settings(max_examples=60)
def test_every_lock_can_be_approved(lock: Lock, kind: str, reason: str) -> None:
    """Any pins of any lock: references, records with unknown keys, files with signers of their own, modules."""
    pins = approved_pins(ordered(lock))
    reason = f"because {reason}"
    if kind == "removal" and pins:
        rows = [PackageChange(*key, (BASE,), digests(pins[key]), (), pins[key]) for key in sorted(pins)]
        act = approval(RULES, *rows, reason=reason)
    else:
        rows = [PackageChange(*key, (), (), pins[key]) for key in sorted(pins)]
        follows = SecurityChange((), (), RULES)
        act = approval(RULES, *rows, reason=reason, security=follows, kind="baseline" if kind == "removal" else kind)
    read = read_act(write_act(act))
    assert _plain(read) == _plain(act)
    assert {one.key: list(map(pin_digest, one.after or one.gone)) for one in read.packages} == {
        key: list(map(pin_digest, found)) for key, found in pins.items()
    }


def test_only_the_release_of_a_pin_is_written() -> None:
    """Edges, requires-python and unknown keys of a lock are no part of an act, and no fault; its targets are."""
    pin = make_pin("left")._replace(requires_python=">=3.8", when="os_name == 'nt'", unknown=(("a", "1"),))
    read = read_act(write_act(approval(RULES, change("left", (), make_lock(pin)))))
    [one] = read.packages[0].after
    assert one.pin == make_pin("left")._replace(when="os_name == 'nt'")


def _pin(act: Act, **changes: Any) -> Act:
    [first, *others] = act.packages[0].after
    return _change(act, after=(first._replace(pin=first.pin._replace(**changes)), *others))


UNWRITABLE = {
    "an unknown kind": UPDATE._replace(kind="blessing"),
    "no project": UPDATE._replace(project=""),
    "a project that is no UUID": UPDATE._replace(project="3F1B7A52-9C0E-4D6F-8A41-5E2D7C9B6F10"),
    "no configuration": UPDATE._replace(configuration=""),
    "no reviewer": UPDATE._replace(reviewer=" "),
    "no reason": UPDATE._replace(reason=""),
    "a reason without end": UPDATE._replace(reason="x" * (LONGEST_REASON + 1)),
    "a reviewer of two lines": UPDATE._replace(reviewer="alice\nbob"),
    "a reason that erases": UPDATE._replace(reason="fine\x1b[2K"),
    "a reason that turns around": UPDATE._replace(reason="fine \u202etsil"),
    "a reason with half a character": UPDATE._replace(reason="\ud800"),
    "a day": UPDATE._replace(date="2026-11-21"),
    "an offset": UPDATE._replace(date="2026-11-21T06:40:00+00:00"),
    "no such day": UPDATE._replace(date="2026-02-30T06:40:00Z"),
    "a fraction": UPDATE._replace(date="2026-11-21T06:40:00.5Z"),
    "a blank": UPDATE._replace(date="2026-11-21 06:40:00Z"),
    "a week": UPDATE._replace(date="2026-W47-6T06:40:00Z"),
    "lower case": UPDATE._replace(date="2026-11-21t06:40:00z"),
    "an end that is none": UPDATE._replace(expires="never"),
    "a release without date": _change(UPDATE, seen=Seen(released="yesterday")),
    "nothing": UPDATE._replace(packages=()),
    "packages out of order": UPDATE._replace(packages=UPDATE.packages[::-1]),
    "one package twice": UPDATE._replace(packages=(UPDATE.packages[0],) * 2),
    "a name that is not its pin's": _change(UPDATE, name="middle"),
    "no name": _change(UPDATE, name=""),
    "one version twice": _change(UPDATE, after=UPDATE.packages[0].after * 2),
    "a pin without version": _pin(UPDATE, version=""),
    "a pin without files": _pin(UPDATE, artifacts=()),
    "one file twice": _pin(UPDATE, artifacts=LEFT.artifacts[:1] * 2),
    "sha1": _pin(UPDATE, artifacts=(LEFT.artifacts[0]._replace(hash="sha1:" + "0" * 40),)),
    "a short hash": _pin(UPDATE, artifacts=(LEFT.artifacts[0]._replace(hash="sha256:" + "0" * 63),)),
    "a hash in capitals": _pin(UPDATE, artifacts=(LEFT.artifacts[0]._replace(hash="sha256:" + "A" * 64),)),
    "sha512 of 64 digits": _pin(UPDATE, artifacts=(LEFT.artifacts[0]._replace(hash="sha512:" + "0" * 64),)),
    "a file without name": _pin(UPDATE, artifacts=(LEFT.artifacts[0]._replace(file=""),)),
    "a file name that turns around": _pin(UPDATE, artifacts=(LEFT.artifacts[0]._replace(file="a\u202eb"),)),
    "a signer without record": _pin(UPDATE, signers=(GITHUB, "github:9/b.yml")),
    "a record of nobody": _change(
        UPDATE,
        after=(UPDATE.packages[0].after[0]._replace(records=(Signer(GITHUB), Signer("github:9/b.yml"))),),
    ),
    "before without following": _change(UPDATE, follows=()),
    "before out of order": _change(UPDATE, before=("sha256:" + "f" * 64, "sha256:" + "a" * 64)),
    "before twice": _change(UPDATE, before=UPDATE.packages[0].before * 2),
    "before in another form": _change(UPDATE, before=("a" * 64,)),
    "following in another form": _change(UPDATE, follows=("sha256:" + "a" * 64,)),
    "following a file": _change(UPDATE, follows=(BASE + ".json",)),
    "gone and there": _change(UPDATE, gone=pins_of(OLD, "left")),
    "other pins gone": _change(REMOVAL, before=digests(pins_of(OLD, "right"))),
    "gone without pins": _change(REMOVAL, gone=()),
    "neither there nor gone": _change(REMOVAL, gone=(), before=()),
    "a baseline that follows": _change(BASELINE, follows=(BASE,)),
    "a baseline of a removal": BASELINE._replace(packages=REMOVAL.packages),
    "a baseline without configuration": BASELINE._replace(security=None),
    "a baseline that follows a configuration": BASELINE._replace(security=security_change(RULES, RULES, [BASE])),
    "a baseline of another configuration": BASELINE._replace(configuration=security_digest(security("eve"))),
    "a baseline of another project": BASELINE._replace(project=OTHER_PROJECT),
    "a baseline that replaces": BASELINE._replace(replaces=(BASE,)),
    "a checkpoint of nothing": checkpoint(OLD, RULES, []),
    "a checkpoint that follows": _change(checkpoint(OLD, RULES, [BASE]), follows=(BASE,)),
    "a checkpoint without configuration": checkpoint(OLD, RULES, [BASE])._replace(security=None),
    "a checkpoint of no pins at all": _change(checkpoint(OLD, RULES, [BASE]), after=()),
    "a checkpoint of pins and of what was removed": _change(checkpoint(OLD, RULES, [BASE]), gone=PINS),
    "a checkpoint that remembers the same twice": _change(checkpoint(OLD, RULES, [BASE]), had=(*HAD, *HAD)),
    "a checkpoint that remembers a file without a name": _change(checkpoint(OLD, RULES, [BASE]), had=(("", "x"),)),
    "a baseline that remembers": _change(BASELINE, had=HAD),
    "a baseline of what was removed": _change(BASELINE, after=(), gone=PINS),
    "an approval that remembers": _change(UPDATE, had=HAD),
    "an approval of a removal that follows nothing": _change(UPDATE, follows=(), before=(), after=(), gone=PINS),
    "an approval that replaces": UPDATE._replace(replaces=(BASE,)),
    "a rejection by rule": UPDATE._replace(kind="rejection", rule=RuleRecord("why", ())),
    "a rule without reason's text": UPDATE._replace(rule=RuleRecord("why\n", ())),
}


@pytest.mark.parametrize("name", UNWRITABLE)
def test_an_act_that_contradicts_itself_is_not_written(name: str) -> None:
    """Nothing is signed that a reader would refuse."""
    with pytest.raises(MalformedSignature) as refused:
        write_act(UNWRITABLE[name])
    assert refused.value.reason


def _edited(act: Act, edit: Callable[[Any], object], write: Callable[[Any], bytes] = canonical) -> bytes:
    document = json.loads(write_act(act))
    edit(document)
    return write(document)


def _subjects(edit: Callable[[Any], object]) -> bytes:
    return _edited(UPDATE, lambda document: edit(document["subject"]))


def _predicate(**fields: Any) -> bytes:
    return _edited(UPDATE, lambda document: document["predicate"].update(fields))


def test_unknown_fields_are_passed_over() -> None:
    """What a later version adds and does not call critical changes nothing."""
    payload = _predicate(ticket={"id": ["HF-7", 7, None, True]})
    assert read_act(payload) == read_act(write_act(UPDATE))


def test_the_security_configuration_is_the_last_subject() -> None:
    """By its digest, so that what was signed can be matched; another one, or none, is refused."""
    act = ACTS["both"]
    assert act.security is not None
    payload = write_act(act)
    wanted = {"name": "security configuration", "digest": {"sha256": security_digest(act.security.after)[7:]}}
    assert json.loads(payload)["subject"][-1] == wanted
    edits: tuple[Callable[[Any], object], ...] = (
        lambda rows: rows.pop(),
        lambda rows: rows[-1]["digest"].update(sha256="0" * 64),
        lambda rows: rows[-1].update(name="other"),
        lambda rows: rows.append(rows[-1]),
        lambda rows: rows.insert(0, rows.pop()),
    )
    for edit in edits:
        with pytest.raises(MalformedSignature, match="subject"):
            read_act(_edited(act, lambda document: edit(document["subject"])))  # noqa: B023 # called at once
    with pytest.raises(MalformedSignature, match="subject"):
        read_act(_subjects(lambda rows: rows.append(wanted)))


def test_a_pin_cannot_be_cut_elsewhere() -> None:
    """The same subjects in the same order for other pins are other digests: counts are signed, and files sorted."""
    two = make_lock(make_pin("a", files=("a-1.whl", "b-1.whl")), make_pin("b", files=("c-1.whl",)))
    act = approval(RULES, change("a", (), two), change("b", (), two))

    def swap(document: Any) -> None:
        first, second = document["predicate"]["packages"]
        first["after"][0]["artifacts"], second["after"][0]["artifacts"] = 1, 2

    read = read_act(_edited(act, swap))
    assert [len(one.after[0].pin.artifacts) for one in read.packages] == [1, 2]
    assert digests(read.packages[0].after) != digests(act.packages[0].after)
