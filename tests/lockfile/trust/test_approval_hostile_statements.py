"""Statements that somebody made by hand: each is refused with the place and the reason, whoever signed it."""

import json
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from holdfast.model.approval import Act
from holdfast.trust import approval_statement
from holdfast.trust.approval_statement import PREDICATE, read_act, write_act
from holdfast.trust.approval_subjects import read_statement
from holdfast.trust.errors import MalformedSignature, PayloadTypeRefused
from holdfast.trust.strict_json import canonical
from tests.support.approvals import GITHUB, approval, change, make_lock, make_pin, security, sha256

RULES = security("alice", "bob", threshold=2)
OLD = make_lock(make_pin("left"), make_pin("right"))
NEW = make_lock(
    make_pin("left", "1.1", files=("left-1.1-py3-none-any.whl", "left-1.1.tar.gz"), signers=[GITHUB]),
    make_pin("right", "2.0", signed_files={"right-2.0-py3-none-any.whl": ["ed25519:00"]}),
)
UPDATE = approval(RULES, *[change(name, OLD, NEW, follows=["b" * 64]) for name in ("left", "right")])


def _edited(act: Act, edit: Callable[[Any], object], write: Callable[[Any], bytes] = canonical) -> bytes:
    document = json.loads(write_act(act))
    edit(document)
    return write(document)


def _subjects(edit: Callable[[Any], object]) -> bytes:
    return _edited(UPDATE, lambda document: edit(document["subject"]))


def _first(**fields: Any) -> bytes:
    return _edited(UPDATE, lambda document: document["predicate"]["packages"][0]["after"][0].update(fields))


def _seen(places: object) -> bytes:
    return _edited(
        UPDATE,
        lambda document: document["predicate"]["packages"][0]["seen"].update(capabilities=["network"], places=places),
    )


def _predicate(**fields: Any) -> bytes:
    return _edited(UPDATE, lambda document: document["predicate"].update(fields))


def _text(old: bytes, new: bytes, act: Act = UPDATE) -> bytes:
    payload = write_act(act)
    assert old in payload
    return payload.replace(old, new)


def _drop(document: Any, *path: Any) -> None:
    *most, last = path
    for step in most:
        document = document[step]
    del document[last]


_ONE = {"name": "left-1.1.zip", "digest": {"sha256": "0" * 64}}
_CHANGE = ("predicate", "packages", 0)
UNREADABLE = {
    "nothing": (b"", "a JSON document"),
    "no JSON": (b"{", "a JSON document"),
    "a number": (b"1", "an object"),
    "null": (b"null", "an object"),
    "truncated": (write_act(UPDATE)[:-1], "a JSON document"),
    "cut in half": (write_act(UPDATE)[: len(write_act(UPDATE)) // 2], "a JSON document"),
    "a byte order mark": (b"\xef\xbb\xbf" + write_act(UPDATE), "byte order mark"),
    "not UTF-8": (_text(b"looked at it", b"looked \xff it"), "UTF-8"),
    "another statement": (_edited(UPDATE, lambda one: one.update(_type="https://in-toto.io/Statement/v2")), "_type"),
    "keys in another order": (_edited(UPDATE, lambda _: None, lambda one: json.dumps(one).encode()), "RFC 8785"),
    "blanks": (_text(b'"kind":', b'"kind": '), "RFC 8785"),
    "a line feed at the end": (write_act(UPDATE) + b"\n", "RFC 8785"),
    "an escape": (_text(b"looked at it", b"looked \\u0061t it"), "escapes"),
    "an escaped control": (_text(b"looked at it", b"looked \\n it"), "escapes"),
    "a key twice": (_text(b'"kind":"approval",', b'"kind":"approval","kind":"approval",'), "each key once"),
    "a key twice in a pin": (_text(b'"module":null,', b'"module":null,"module":null,'), "each key once"),
    "a key twice in a subject": (_text(b'"name":"left-1.1.tar.gz"}', b'"name":"x","name":"left-1.1.tar.gz"}'), "once"),
    "an algorithm twice": (_text(b'"digest":{', b'"digest":{"sha256":"00",'), "once"),
    "a fraction": (_text(b'"artifacts":2', b'"artifacts":2.0'), "whole number"),
    "a number beyond": (_text(b'"artifacts":2', b'"artifacts":9007199254740993'), "whole number"),
    "too many": (_text(b'"artifacts":2', b'"artifacts":9007199254740991'), "subject"),
    "no number": (_text(b'"artifacts":2', b'"artifacts":NaN'), "whole number"),
    "deep": (_text(b'"critical":[]', b'"critical":[],"d":' + b"[" * 40 + b"]" * 40), "at most 32 levels"),
    "very deep": (b"[" * 200_000, "at most 32 levels"),
    "deep behind a text": (_text(b'"critical":[]', b'"critical":["]]]]]]]]"],"d":' + b"[" * 40 + b"]" * 40), "levels"),
    "critical": (_predicate(critical=["quorum"]), "understands"),
    "no critical": (_edited(UPDATE, lambda one: _drop(one, "predicate", "critical")), "critical"),
    "critical null": (_predicate(critical=None), "critical"),
    "no predicate": (_edited(UPDATE, lambda one: _drop(one, "predicate")), "predicate"),
    "a predicate of another type": (_edited(UPDATE, lambda one: one.update(predicate=[])), "predicate"),
    "no kind": (_edited(UPDATE, lambda one: _drop(one, "predicate", "kind")), "predicate.kind"),
    "a kind null": (_predicate(kind=None), "predicate.kind"),
    "a kind that is a list": (_predicate(kind=["approval"]), "predicate.kind"),
    "no security": (_edited(UPDATE, lambda one: _drop(one, "predicate", "security")), "predicate.security"),
    "a security false": (_predicate(security=False), "predicate.security"),
    "no rule": (_edited(UPDATE, lambda one: _drop(one, "predicate", "rule")), "predicate.rule"),
    "a rule without facts": (_predicate(rule={"reason": "x", "classes": []}), "predicate.rule.facts"),
    "facts of numbers": (_predicate(rule={"reason": "x", "classes": [], "facts": {"a": 1}}), "rule.facts.a"),
    "packages null": (_predicate(packages=None), "predicate.packages"),
    "packages of texts": (_predicate(packages=["left"]), "predicate.packages[0]"),
    "a package without seen": (_edited(UPDATE, lambda one: _drop(one, *_CHANGE, "seen")), "packages[0].seen"),
    "places of nothing": (_seen({}), "seen.places"),
    "places of others": (_seen({"network": "a", "secret": "b"}), "seen.places"),
    "places null": (_seen(None), "seen.places"),
    "a place that is a number": (_seen({"network": 4}), "seen.places.network"),
    "a date that is a number": (_predicate(date=0), "predicate.date"),
    "a missing subject": (_subjects(lambda rows: rows.pop()), "subject"),
    "no subjects": (_subjects(lambda rows: rows.clear()), "subject"),
    "an extra subject": (_subjects(lambda rows: rows.append(_ONE)), "no subjects but"),
    "an extra subject in front": (_subjects(lambda rows: rows.insert(0, _ONE)), "in order"),
    "a subject twice": (_subjects(lambda rows: rows.insert(1, rows[0])), "in order"),
    "subjects in another order": (_subjects(lambda rows: rows.reverse()), "subject"),
    "subjects null": (_edited(UPDATE, lambda one: one.update(subject=None)), "subject"),
    "a subject that is a text": (_subjects(lambda rows: rows.append("left")), "subject[3]"),
    "a subject with more": (_subjects(lambda rows: rows[0].update(uri="https://a.example/")), "subject[0]"),
    "a subject without name": (_subjects(lambda rows: rows[0].update(name="")), "subject[0]"),
    "a subject without digest": (_subjects(lambda rows: rows[0].update(digest={})), "subject[0]"),
    "two digests": (_subjects(lambda rows: rows[0]["digest"].update(sha512="0" * 128)), "subject[0]"),
    "sha1": (_subjects(lambda rows: rows[0].update(digest={"sha1": "0" * 40})), "subject[0]"),
    "md5": (_subjects(lambda rows: rows[0].update(digest={"md5": "0" * 32})), "subject[0]"),
    "capitals": (_subjects(lambda rows: rows[0].update(digest={"sha256": "A" * 64})), "subject[0]"),
    "a short digest": (_subjects(lambda rows: rows[0].update(digest={"sha256": "a" * 63})), "subject[0]"),
    "a digest that is a number": (_subjects(lambda rows: rows[0].update(digest={"sha256": 0})), "subject[0]"),
    "a file that turns around": (_subjects(lambda rows: rows[0].update(name="a\u202eb")), "U+202E"),
    "a byte more in a pin": (_first(artifacts=3), "subject"),
    "a file less in a pin": (_first(artifacts=1), "no subjects but"),
    "no files in a pin": (_first(artifacts=0), "with files"),
    "minus one": (_first(artifacts=-1), "with files"),
    "true files": (_first(artifacts=True), "artifacts"),
    "files by name": (_first(artifacts=["left-1.1.tar.gz"]), "artifacts"),
    "another name in the pin": (_first(name="right"), "a version of 'left'"),
    "own of no file": (_first(own={"other.whl": []}), "signers of their own"),
    "own of a text": (_first(own={"left-1.1.tar.gz": "ed25519:00"}), "own"),
    "own out of order": (_first(own={"left-1.1.tar.gz": ["b", "a"]}), "own"),
    "signers twice": (_first(signers=[GITHUB, GITHUB]), "signers"),
    "an empty signer": (_first(signers=["", GITHUB]), "signers"),
    "no records": (_first(records=[]), "records"),
    "a record null": (_first(records=[None]), "records[0]"),
    "a record with a number": (
        _first(records=[{"id": GITHUB, "label": "a", "attributes": {"owner-id": 7}, "other": {}}]),
        "attributes.owner-id",
    ),
    "digits of no record": (
        _first(
            signers=[f"{GITHUB}#00000000"],
            records=[{"id": f"{GITHUB}#00000000", "label": "a", "attributes": {}, "other": {}}],
        ),
        "several records",
    ),
    "a module that is a text": (_first(module="yes"), "module"),
    "a module without tree": (_first(module={"privileged": False}), "module.tree"),
    "a module of sha1": (
        _first(
            module={"tree": "sha1:" + "0" * 40, "privileged": False, "permissions": [], "vetted": [], "threshold": 1}
        ),
        "module.tree",
    ),
    "a threshold below": (
        _first(module={"tree": sha256(), "privileged": False, "permissions": [], "vetted": [], "threshold": -1}),
        "module.threshold",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_unreadable_act(name: str) -> None:
    """One strict form: what is refused says where and why, whoever signed it."""
    payload, words = UNREADABLE[name]
    with pytest.raises(MalformedSignature) as refused:
        read_act(payload, "a.json")
    assert refused.value.subject == "a.json"
    assert words in refused.value.reason


@pytest.mark.parametrize(
    "other", ["https://holdfast.example/module/v1", "https://slsa.dev/provenance/v1", PREDICATE + "1"]
)
def test_another_predicate(other: str) -> None:
    """A statement made for another purpose is none of approval."""
    with pytest.raises(PayloadTypeRefused) as refused:
        read_act(_edited(UPDATE, lambda document: document.update(predicateType=other)))
    assert (refused.value.expected, refused.value.found) == (PREDICATE, other)


_ROW = b',{"digest":{"sha256":"0"},"name":"x"}'
_PIECES = st.sampled_from([b"", *[bytes([one]) for one in b'",{}]\\ \n0A'], b'"},{', _ROW, b"\xc3\xa4"])


def _outcome(payload: bytes) -> Act | None:
    try:
        return read_act(payload)
    except (MalformedSignature, PayloadTypeRefused):
        return None


@given(st.integers(0, 1400), st.integers(0, 3), _PIECES)
@example(0, 0, b"")
@settings(max_examples=300)
def test_the_quick_way_reads_as_the_plain_one(back: int, cut: int, piece: bytes) -> None:
    """Subjects that are split out of the text are those of the parsed document, or both are refused."""
    place = len(_PAYLOAD) - min(back, len(_PAYLOAD))
    payload = _PAYLOAD[:place] + piece + _PAYLOAD[place + cut :]
    quick = _outcome(payload)
    with patch.object(
        approval_statement, "read_statement", lambda data, _, *, limit: read_statement(data, "", limit=limit)
    ):
        assert _outcome(payload) == quick
    assert (quick is not None) or payload != _PAYLOAD


@given(st.integers(0, 10_000), st.integers(0, 255))
@settings(max_examples=300)
def test_an_altered_byte_is_refused_or_is_another_act(place: int, byte: int) -> None:
    """No two texts are one act: what reads at all says something else."""
    payload = bytearray(_PAYLOAD)
    if payload[place % len(payload)] == byte:
        return
    payload[place % len(payload)] = byte
    try:
        read = read_act(bytes(payload))
    except (MalformedSignature, PayloadTypeRefused):
        return
    assert write_act(read) == payload != _PAYLOAD


_PAYLOAD = write_act(UPDATE)
