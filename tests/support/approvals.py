"""Acts of approval for tests: pins, locks, security configurations, acts, and their signed files.

    rules = security("alice", approver("bob", "security"), threshold=2)
    old, new = make_lock(make_pin("left", "1.0")), make_lock(make_pin("left", "1.1"))
    files = trail(signed(baseline(old, rules), "alice"))
    files |= trail(signed(approval(rules, change("left", old, new, follows=files)), "alice", "bob"))
    acts = read_all(files, rules)

Everything is the same in every run: keys by `signing_keys.signer(word)`, bytes by the pin's words.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from holdfast.format.order import canonical
from holdfast.model.approval import SUFFIX, Act, PackageChange, RuleRecord, SecurityChange, Seen, SignedAct
from holdfast.model.lock import Lock, LockedSource, ModuleFacts, Pin, PinnedArtifact, Scope, Signer
from holdfast.model.pin_digest import ApprovedPin, approved_pins, pin_digest
from holdfast.model.security import ApprovalPolicy, Approver, Security, security_digest
from holdfast.model.signers import everybody, with_signers
from holdfast.trust.approval_files import Acts, read_acts, sign_act
from holdfast.trust.approval_statement import write_act
from holdfast_resolver.values.modules import archive_file_name
from holdfast_resolver.values.targets import parse_target
from tests.support.signing_keys import public, signer

PROJECT = "3f1b7a52-9c0e-4d6f-8a41-5e2d7c9b6f10"
OTHER_PROJECT = "c0a7de11-2b3c-4d5e-9f60-718293a4b5c6"
DATE = "2026-11-20T12:00:00Z"  # of acts
NOW = "2026-11-21T06:40:00Z"
LATER = "2027-11-21T06:40:00Z"  # an end date
SCOPE = Scope(">=3.11", "highest", "if-necessary", (parse_target("cp312 linux-x86_64 glibc-2.28"),))
GITHUB = "github:19465412/.github/workflows/publish.yaml"
OTHER_GITHUB = "github:777/.github/workflows/publish.yaml"

SEEN = Seen((), (), "2026-06-01T00:00:00Z", "MIT")

Before = Lock | tuple[ApprovedPin, ...]
Follows = Mapping[str, bytes] | Iterable[str]


def sha256(*words: str) -> str:
    """`sha256:<hex>` of words: bytes that are the same in every run."""
    return "sha256:" + hashlib.sha256("\0".join(words).encode()).hexdigest()


def make_pin(
    name: str,
    version: str = "1.0",
    *,
    source: str = "pypi",
    files: Mapping[str, str] | Iterable[str] = (),
    signers: Iterable[str] = (),
    signed_files: Mapping[str, Iterable[str]] | None = None,
    content: str = "",
    module: ModuleFacts | None = None,
) -> Pin:
    """A pin. `files` are names, or names with hashes; none: one wheel. Another `content` is other bytes.

    `signers` sign every file; `signed_files` says of single files who signed those instead.
    """
    wheel = archive_file_name(name, version) if name[0] == "@" else f"{name}-{version}-py3-none-any.whl"
    if not isinstance(files, Mapping):
        files = {file: sha256(name, version, file, content) for file in (tuple(files) or (wheel,))}
    artifacts = tuple([PinnedArtifact(file, files[file]) for file in sorted(files)])
    says = {file: frozenset(signers) for file in files}
    says.update({file: frozenset(ids) for file, ids in (signed_files or {}).items()})
    return with_signers(Pin(source, name, version, artifacts=artifacts, module=module), says)


def make_lock(
    *pins: Pin, signers: Iterable[Signer] = (), sources: Iterable[LockedSource] = (), names: str = "acme/tool"
) -> Lock:
    """A lock of these pins in canonical order; who has no record in `signers` gets one with the label `names`."""
    known = {id_: Signer(id_, names) for pin in pins for id_ in everybody(pin)}
    known.update({one.id: one for one in signers})
    return canonical(Lock(SCOPE, (), tuple(pins), tuple(sources), tuple(known.values())))


def approved(pin: Pin, *records: Signer, identity: str = "") -> ApprovedPin:
    """One pin outside of a lock, with records of everybody it names."""
    known = {id_: Signer(id_, "acme/tool") for id_ in everybody(pin)} | {one.id: one for one in records}
    return ApprovedPin(identity or pin.source, pin, tuple([known[id_] for id_ in sorted(known)]))


def pins_of(lock: Before, name: str, source: str = "pypi") -> tuple[ApprovedPin, ...]:
    """The pins of one package."""
    return approved_pins(lock).get((source, name), ()) if isinstance(lock, Lock) else lock


def digests(pins: Iterable[ApprovedPin]) -> tuple[str, ...]:
    """Their sorted pin digests: `before`, or the approved set."""
    return tuple(sorted([pin_digest(one) for one in pins]))


def approver(word: str, role: str = "", **fields: Any) -> Approver:
    """The approver of that name, with the key `signing_keys.signer(word)`; `fields` as `Approver` has them."""
    key = public(word)
    return Approver(**{"name": word, "key": key.text, "id": key.id, "role": role, **fields})


def security(
    *approvers: str | Approver, project: str = PROJECT, rest: str = '{"policy":{}}', **policy: Any
) -> Security:
    """A security configuration; words are approvers without a role. `policy` as `ApprovalPolicy` has it."""
    people = tuple([approver(one) if isinstance(one, str) else one for one in approvers])
    return Security(project, people, ApprovalPolicy(**policy), rest)


def change(
    name: str,
    before: Before,
    after: Before,
    *,
    follows: Follows = (),
    source: str = "pypi",
    classes: Iterable[str] = ("version-changed",),
    seen: Seen = SEEN,
) -> PackageChange:
    """The change of one package between two locks (or tuples of pins; () = none)."""
    old, new = pins_of(before, name, source), pins_of(after, name, source)
    return PackageChange(
        source, name, heads(follows), digests(old), new, () if new else old, tuple(classes), seen
    )  # a removal says which pins went


def heads(follows: Follows) -> tuple[str, ...]:
    """Digests of acts, sorted, from digests, file names or files."""
    return tuple(sorted([one.removesuffix(SUFFIX) for one in follows]))


def everything(lock: Lock, classes: Iterable[str] = ("baseline",)) -> tuple[PackageChange, ...]:
    """All packages of a lock as a baseline or a checkpoint has them."""
    found = approved_pins(lock)
    return tuple([PackageChange(*key, (), (), found[key], (), tuple(classes)) for key in sorted(found)])


def act(rules: Security, *packages: PackageChange, **fields: Any) -> Act:
    """An act under a security configuration; `fields` as `Act` has them."""
    told = {"kind": "approval", "reviewer": "alice", "role": "", "reason": "looked at it", "date": DATE}
    given = {"project": rules.project, "configuration": security_digest(rules), **told, **fields}
    return Act(**given, packages=tuple(sorted(packages, key=lambda one: one.key)))


def baseline(lock: Lock, rules: Security, **fields: Any) -> Act:
    """The act that `init` writes."""
    return act(
        rules,
        *everything(lock),
        **{"kind": "baseline", "reason": "baseline", "security": SecurityChange((), (), rules), **fields},
    )


def approval(rules: Security, *packages: PackageChange, **fields: Any) -> Act:
    """An approval of changes of packages."""
    return act(rules, *packages, **fields)


def security_change(before: Security | None, after: Security, follows: Follows = ()) -> SecurityChange:
    """A change of the security configuration, for `approval(before, security=...)`."""
    return SecurityChange(heads(follows), () if before is None else (security_digest(before),), after)


def rejection(rules: Security, *packages: PackageChange, **fields: Any) -> Act:
    """A rejection: `after` of the changes is what was rejected."""
    return act(rules, *packages, **{"kind": "rejection", "reason": "not like this", **fields})


def checkpoint(lock: Lock, rules: Security, replaces: Follows, **fields: Any) -> Act:
    """The act that stands for those that it replaces, with the approved state."""
    return act(
        rules,
        *everything(lock, ()),
        **{
            "kind": "checkpoint",
            "reason": "pruned",
            "security": SecurityChange((), (), rules),
            "replaces": heads(replaces),
            **fields,
        },
    )


def by_rule(rules: Security, *packages: PackageChange, classes: Iterable[str], **fields: Any) -> Act:
    """An approval by a key of the role `rule`."""
    record = RuleRecord("same signers, a week old", tuple(classes), (("signers", "the same"),))
    return act(rules, *packages, **{"reviewer": "ci", "role": "rule", "rule": record, **fields})


def signed(one: Act, *words: str) -> tuple[str, bytes]:
    """The file of an act, signed by the keys of these words: (name, bytes)."""
    return sign_act(one, [signer(word) for word in words])


def trail(*files: tuple[str, bytes]) -> dict[str, bytes]:
    """Files by their names, as the folder of approvals has them."""
    return dict(files)


def read_all(files: Mapping[str, bytes], *rules: Security) -> Acts:
    """What the files say, with the approvers' keys of these configurations."""
    return read_acts(files, [one.key for each in rules for one in each.approvers])


def as_signed(one: Act, *words: str) -> SignedAct:
    """A signed act as a value, without making a signature: for what judges acts."""
    digest = hashlib.sha256(write_act(one)).hexdigest()
    return SignedAct(digest, one, tuple(sorted([public(word).id for word in words])))
