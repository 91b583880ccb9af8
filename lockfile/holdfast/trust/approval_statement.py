"""The statement of an act of approval: an in-toto Statement v1 whose subjects are the artifacts that it is about.

    {"_type", "subject": [artifacts..., the security configuration], "predicateType": PREDICATE, "predicate": {
        "critical": [], "kind", "project", "configuration", "reviewer", "role", "reason", "date", "expires",
        "replaces": [act], "packages": [package, ...], "rule": null | {"reason", "classes", "facts"},
        "security": null | {"follows": [act], "before": [digest], "after": security document}}}

Packages are rows of `approval_pins`. Fields that nobody knows are passed over unless `critical` names them. What is
read is consistent in itself; whether it follows what it says, and who may say so, is judged in `approvals`.
"""

from collections.abc import Iterator

from holdfast.model.approval import KINDS, Act, RuleRecord, SecurityChange
from holdfast.model.security import CONFIGURATION, security_digest, security_document
from holdfast.trust.approval_pins import (
    Row,
    read_digests,
    read_package,
    read_step,
    read_table,
    read_texts,
    subjects_of,
    write_package,
)
from holdfast.trust.approval_subjects import Subject, Subjects, read_statement, write_subjects
from holdfast.trust.canonical_json import Shape, is_instant, optional
from holdfast.trust.errors import MalformedDocument, MalformedSignature, PayloadTypeRefused
from holdfast.trust.security_document import read_security
from holdfast.trust.strict_fields import Fields
from holdfast.trust.strict_json import canonical
from holdfast.trust.subjects import STATEMENT, malformed

PREDICATE = "https://holdfast.example/approval/v1"
LONGEST_PAYLOAD = 23 * 1024 * 1024  # bytes: in base64 it fits into a file of 32 MiB
LONGEST_REASON = 10_000  # characters
LONGEST_NAME = 200

_PLACE = "predicate"
_SHAPE = Shape(
    kind=str,
    project=str,
    configuration=str,
    reviewer=str,
    role=str,
    reason=str,
    date=str,
    expires=str,
    replaces=list,
    packages=list,
)
_SECURITY = Shape(follows=list, before=list, after=dict)
_RULE = Shape(reason=str, classes=list, facts=dict)
_UUID = [8, 4, 4, 4, 12]  # digits
_APPROVAL, _CHECKPOINT = "approval", "checkpoint"
_ROOTS = ("baseline", _CHECKPOINT)  # acts that follow nothing and speak of everything


def write_act(act: Act) -> bytes:
    """Return the payload that an act's signers sign: canonical JSON that `read_act` reads as the same act.

    Of a pin only what its digest covers is written. Raises `MalformedSignature` for what would not read back.
    """
    try:
        statement = _statement(act)
        payload = canonical(statement)
        if _statement(read_act(payload)) == statement:
            return payload
    except MalformedDocument as error:
        raise malformed("", error) from None
    raise MalformedSignature("", "it cannot be written so that it reads back")


def read_act(payload: bytes, about: str = "") -> Act:
    """Read the payload of an act, strictly; `about` names it for errors. Nothing is verified here.

    Raises `MalformedSignature` for a payload that breaks its form, contradicts itself or has an unknown name in
    `critical`; `PayloadTypeRefused` for another predicate.
    """
    try:
        statement, subjects = read_statement(payload, PREDICATE, limit=LONGEST_PAYLOAD)
        statement.constant("_type", STATEMENT)
        kind = statement.text("predicateType")
        if kind != PREDICATE:
            raise PayloadTypeRefused(about, PREDICATE, kind)
        return _act(statement.value(_PLACE), subjects)
    except MalformedDocument as error:
        raise malformed(about, error) from None


def _statement(act: Act) -> Row:
    subjects = write_subjects([*subjects_of(act.packages), *_configuration(act.security)])
    return {"_type": STATEMENT, "subject": subjects, "predicateType": PREDICATE, "predicate": _predicate(act)}


def _predicate(act: Act) -> Row:
    security, rule = act.security, act.rule
    return {
        "critical": [],
        "kind": act.kind,
        "project": act.project,
        "configuration": act.configuration,
        "reviewer": act.reviewer,
        "role": act.role,
        "reason": act.reason,
        "date": act.date,
        "expires": act.expires,
        "replaces": list(act.replaces),
        "packages": [write_package(change) for change in act.packages],
        "security": None
        if security is None
        else {
            "follows": list(security.follows),
            "before": list(security.before),
            "after": security_document(security.after),
        },
        "rule": None
        if rule is None
        else {"reason": rule.reason, "classes": list(rule.classes), "facts": dict(rule.facts)},
    }


def _configuration(change: SecurityChange | None) -> tuple[Subject, ...]:
    """The last subject of an act with a security configuration."""
    return () if change is None else ((CONFIGURATION, security_digest(change.after)),)


def _act(value: object, subjects: Subjects) -> Act:
    kind, project, configuration, reviewer, role, reason, date, expires, replaces, packages = _SHAPE(value, _PLACE)
    Fields(value, _PLACE).critical()
    changes = tuple([read_package(row, f"{_PLACE}.packages[{at}]", subjects) for at, row in enumerate(packages)])
    security, rule = optional(value, "security", _PLACE), optional(value, "rule", _PLACE)
    read_digests([configuration], _PLACE, "configuration", "sha256:")
    act = Act(
        kind,
        project,
        configuration,
        reviewer,
        role,
        reason,
        date,
        changes,
        None if security is None else _read_security(security, f"{_PLACE}.security"),
        expires,
        None if rule is None else _read_rule(rule, f"{_PLACE}.rule"),
        read_digests(replaces, _PLACE, "replaces"),
    )
    subjects.end(_configuration(act.security))
    for name, expected in _faults(act):
        raise MalformedDocument(f"{_PLACE}.{name}", expected, "another")
    return act


def _read_security(value: object, place: str) -> SecurityChange:
    follows, before, after = _SECURITY(value, place)
    followed, approved = read_step(follows, before, place)
    return SecurityChange(followed, approved, read_security(after, f"{place}.after"))


def _read_rule(value: object, place: str) -> RuleRecord:
    reason, classes, facts = _RULE(value, place)
    return RuleRecord(reason, read_texts(classes, place, "classes"), read_table(facts, f"{place}.facts"))


def _faults(act: Act) -> Iterator[tuple[str, str]]:
    """Yield where an act contradicts itself or says nothing: (field, what is expected there)."""
    if act.kind not in KINDS:
        yield "kind", f"one of {', '.join(KINDS)}"
    if [len(part) for part in act.project.split("-")] != _UUID or act.project.strip("0123456789abcdef-"):
        yield "project", "a UUID in lower case"
    for name, text, most in (("reviewer", act.reviewer, LONGEST_NAME), ("reason", act.reason, LONGEST_REASON)):
        if not text.strip() or len(text) > most:
            yield name, f"text of at most {most} characters"
    for name, text in (("date", act.date), ("expires", act.expires or act.date)):
        if not is_instant(text):
            yield name, "a time such as 2026-11-21T06:40:00Z"
    keys = [change.key for change in act.packages]
    if keys != sorted(set(keys)):
        yield "packages", "packages in order, each once"
    if not keys and act.security is None:
        yield "packages", "at least one change"
    if bool(act.replaces) != (act.kind == _CHECKPOINT):
        yield "replaces", "the acts that it stands for in a checkpoint, and nothing elsewhere"
    if act.rule is not None and act.kind != _APPROVAL:
        yield "rule", "null, except in an approval"
    if act.kind != _CHECKPOINT:
        yield from _faults_beside_checkpoints(act)
    if act.kind in _ROOTS:
        yield from _faults_of_a_root(act)


def _faults_beside_checkpoints(act: Act) -> Iterator[tuple[str, str]]:
    """Only a checkpoint says what was there before it."""
    if any(not (change.after or change.follows) for change in act.packages):
        yield "packages", f"a removal that follows something, in a {act.kind}"
    if any(change.had for change in act.packages):
        yield "packages", f"nothing of bytes that files had, in a {act.kind}"


def _faults_of_a_root(act: Act) -> Iterator[tuple[str, str]]:
    if any(change.follows or not (change.after or act.kind == _CHECKPOINT) for change in act.packages):
        yield "packages", f"pins that follow nothing, in a {act.kind}"
    if act.security is None or act.security.follows:
        yield "security", f"a configuration that follows nothing, in a {act.kind}"
    elif act.kind != _CHECKPOINT:
        if act.configuration != security_digest(act.security.after):
            yield "configuration", "that of the baseline itself"
        if act.project != act.security.after.project:
            yield "project", "that of the baseline's own configuration"
