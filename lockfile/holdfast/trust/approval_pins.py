"""The pins of an act: what it says of each package. The bytes of artifacts are written once, as subjects.

    package: {"source": "pypi", "name": "left", "follows": [act], "before": [pin digest], "after": [PIN, ...],
              "gone": [PIN, ...], "classes": ["version-changed"],
              "seen": {"findings": [], "capabilities": ["network"], "released": time, "licence": "MIT",
                       "places": {"network": "pkg/x.py:41 via socket"}},    where all of its code was looked at
              "had": {file: ["sha256:<hex>"]}}    in a checkpoint, where a file had other bytes before
    PIN:     model.pin_digest.pin_document, but "artifacts": 2 says that the next two subjects are its artifacts, and
             "own": {file: [signer ids]} who signed single ones of them

Everything has one spelling: sets are sorted and say nothing twice, every signer has its record, and nobody else has.
Knows forms only; which act follows which is not decided here.
"""

from collections.abc import Iterable, Iterator
from typing import cast

from holdfast.model.approval import PackageChange, Seen
from holdfast.model.lock import MARK, ModuleFacts, Pin, Signer
from holdfast.model.pin_digest import ApprovedPin, pin_digest, pin_document
from holdfast.model.signer_references import is_settled
from holdfast.model.signers import everybody
from holdfast.trust.approval_subjects import Subject, Subjects
from holdfast.trust.canonical_json import Shape, is_instant, optional
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import shown
from holdfast.trust.strict_json import joined
from holdfast_resolver.values.digests import STRENGTH

Row = dict[str, object]
_HEX = "0123456789abcdef"
_PACKAGE = Shape(source=str, name=str, follows=list, before=list, after=list, gone=list, classes=list, seen=dict)
_PIN = Shape(source=str, name=str, version=str, when=str, artifacts=int, own=dict, signers=list, records=list)
_RECORD = Shape(id=str, label=str, attributes=dict, other=dict)
_MODULE = Shape(tree=str, privileged=bool, permissions=list, vetted=list, threshold=int)
_SEEN = Shape(findings=list, capabilities=list, released=str, licence=str)


def subjects_of(changes: Iterable[PackageChange]) -> Iterator[Subject]:
    """Yield the subjects of changes of packages, in order."""
    for change in changes:
        for one in change.after or change.gone:
            for artifact in sorted(one.pin.artifacts):
                yield artifact.file, artifact.hash


def write_package(change: PackageChange) -> Row:
    """Return the row of a change."""
    had: dict[str, list[str]] = {}
    for file, value in change.had:
        had.setdefault(file, []).append(value)
    return {
        **({"had": had} if had else {}),
        "source": change.source,
        "name": change.name,
        "follows": list(change.follows),
        "before": list(change.before),
        "after": [_write_pin(one) for one in change.after],
        "gone": [_write_pin(one) for one in change.gone],
        "classes": list(change.classes),
        "seen": {
            "findings": list(change.seen.findings),
            "capabilities": list(change.seen.capabilities),
            "released": change.seen.released,
            "licence": change.seen.licence,
            **({} if change.seen.places is None else {"places": dict(change.seen.places)}),
        },
    }


def read_package(value: object, place: str, subjects: Subjects) -> PackageChange:
    """Read the change of a package at `place`, and take the subjects of its pins. Raises `MalformedDocument`.

    What follows nothing has no `before`; a removal has the pins that went, and their digests are `before`. What follows
    nothing may still say what went: that only a checkpoint may, its reader sees to.
    """
    source, name, follows, before, after, gone, classes, seen = _PACKAGE(value, place)
    if not source or not name:
        raise MalformedDocument(place, "a source and a name", "an empty text")
    pins = tuple([_read_pin(pin, f"{place}.after[{at}]", source, name, subjects) for at, pin in enumerate(after)])
    went = tuple([_read_pin(pin, f"{place}.gone[{at}]", source, name, subjects) for at, pin in enumerate(gone)])
    if len(pins) > 1 and len({one.pin.version for one in pins}) < len(pins):
        raise MalformedDocument(f"{place}.after", "each version once", "one twice")
    followed, approved = read_step(follows, before, place)
    removed = tuple(sorted([pin_digest(one) for one in went]))
    if not (pins or went) or (removed != (() if pins else approved) and (pins or followed)):
        raise MalformedDocument(f"{place}.gone", "the pins of `before`, of a removal only", "others")
    said = read_texts(classes, place, "classes")
    had = _read_had(cast("Row", value), place)
    return PackageChange(source, name, followed, approved, pins, went, said, _read_seen(seen, f"{place}.seen"), had)


def read_step(follows: list[object], before: list[object], place: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which acts a change follows, and the digests of what was approved by those. Both are sets, sorted.

    Raises `MalformedDocument` for digests of another form, and for any `before` of what follows nothing.
    """
    followed = read_digests(follows, place, "follows")
    approved = read_digests(before, place, "before", "sha256:")
    if approved and not followed:
        raise MalformedDocument(f"{place}.before", "nothing where it follows nothing", f"{len(approved)} digests")
    return followed, approved


def read_digests(values: list[object], place: str, name: str, prefix: str = "") -> tuple[str, ...]:
    """Return the field `name` of `place`, a sorted set of digests: `prefix` and 64 hex digits each.

    Raises `MalformedDocument`.
    """
    found = _read_set(values, place, name)
    length = len(prefix) + 64
    for at, value in enumerate(found):
        if len(value) != length or not value.startswith(prefix) or value[len(prefix) :].strip(_HEX):
            raise MalformedDocument(f"{place}.{name}[{at}]", f"{prefix}<64 hex digits>", shown(value))
    return found


def read_texts(values: list[object], place: str, name: str) -> tuple[str, ...]:
    """Return the field `name` of `place`, texts of which none is empty. Raises `MalformedDocument`."""
    for at, value in enumerate(values):
        if type(value) is not str or not value:
            raise MalformedDocument(f"{place}.{name}[{at}]", "text", shown(value))
    return tuple(cast("list[str]", values))


def _read_set(values: list[object], place: str, name: str) -> tuple[str, ...]:
    if not values:
        return ()
    found = read_texts(values, place, name)
    if len(found) > 1 and list(found) != sorted(set(found)):
        raise MalformedDocument(f"{place}.{name}", "texts in order, each once", "others")
    return found


def _read_had(row: Row, place: str) -> tuple[tuple[str, str], ...]:
    """(file, hash) of files that had other bytes; () where nothing is said."""
    if "had" not in row:
        return ()
    value, place = row["had"], f"{place}.had"
    if type(value) is not dict or not value:
        raise MalformedDocument(place, "an object with files", shown(value))
    found = []
    for file in sorted(value):
        hashes = _read_set(_list(value[file], place), place, file)
        if not file or not hashes:
            raise MalformedDocument(joined(place, file), "hashes of a file", "none")
        found.extend([(file, one) for one in hashes])
    return tuple(found)


def _read_seen(value: object, place: str) -> Seen:
    findings, capabilities, released, licence = _SEEN(value, place)
    if released and not is_instant(released):
        raise MalformedDocument(f"{place}.released", "a time such as 2026-11-21T06:40:00Z", shown(released))
    words = _read_set(capabilities, place, "capabilities")
    return Seen(
        _read_set(findings, place, "findings"), words, released, licence, _read_places(cast("Row", value), words, place)
    )


def _read_places(seen: Row, words: tuple[str, ...], place: str) -> tuple[tuple[str, str], ...] | None:
    """Where each capability was seen; None where nothing is said."""
    if "places" not in seen:
        return None
    value, where = seen["places"], f"{place}.places"
    if type(value) is not dict:
        raise MalformedDocument(where, "an object with places", shown(value))
    found = read_table(value, where)
    if tuple([word for word, _ in found]) != words:
        raise MalformedDocument(where, "a place for each of `capabilities`", "others")
    return found


def _write_pin(one: ApprovedPin) -> Row:
    document = pin_document(one)
    artifacts = one.pin.artifacts
    own = {artifact.file: sorted(artifact.signers) for artifact in artifacts if artifact.signers is not None}
    return {**document, "artifacts": len(artifacts), "own": own}


def _read_pin(value: object, place: str, source: str, name: str, subjects: Subjects) -> ApprovedPin:
    identity, its_name, version, when, count, own, signers, known = _PIN(value, place)
    if its_name != name or not version or not identity or count < 1:
        raise MalformedDocument(place, f"a version of {shown(name)} from somewhere with files", "another pin")
    single = {file: _read_set(_list(own[file], place), place, "own") for file in own}
    facts = optional(value, "module", place)
    module = None if facts is None else _read_module(facts, f"{place}.module")
    artifacts = subjects.artifacts(count, single)
    pin = Pin(source, name, version, "", when, artifacts, _read_set(signers, place, "signers"), (), (), module)
    records = tuple([_read_record(one, f"{place}.records[{at}]") for at, one in enumerate(known)])
    ids = tuple([record.id for record in records])
    if ids != (everybody(pin) if own or module else pin.signers):
        raise MalformedDocument(f"{place}.records", "a record of everybody that the pin names, in order", "others")
    if MARK in "".join(ids) and not is_settled(records):
        raise MalformedDocument(f"{place}.records", "ids with # only where one has several records", "others")
    return ApprovedPin(identity, pin, records)


def _read_module(value: object, place: str) -> ModuleFacts:
    tree, privileged, permissions, vetted, threshold = _MODULE(value, place)
    algorithm, _, digits = tree.partition(":")
    if len(digits) != STRENGTH.get(algorithm) or digits.strip(_HEX):
        raise MalformedDocument(f"{place}.tree", "a digest such as sha256:<64 hex digits>", shown(tree))
    if threshold < 0:
        raise MalformedDocument(f"{place}.threshold", "0 or more", str(threshold))
    rights, co_signers = _read_set(permissions, place, "permissions"), _read_set(vetted, place, "vetted")
    return ModuleFacts(tree, privileged, rights, co_signers, threshold)


def _read_record(value: object, place: str) -> Signer:
    id_, label, attributes, other = _RECORD(value, place)
    return Signer(id_, label, read_table(attributes, f"{place}.attributes"), read_table(other, f"{place}.other"))


def read_table(table: dict[str, object], place: str) -> tuple[tuple[str, str], ...]:
    """Return an object whose values are texts as sorted pairs. Raises `MalformedDocument`."""
    for key, value in table.items():
        if type(value) is not str:
            raise MalformedDocument(joined(place, key), "text", shown(value))
    return tuple(sorted(cast("dict[str, str]", table).items()))


def _list(value: object, place: str) -> list[object]:
    if type(value) is not list:
        raise MalformedDocument(f"{place}.own", "arrays", shown(value))
    return value
