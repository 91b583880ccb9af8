"""Small histories of approvals in words, judged without signatures, files or git.

    story = History(security("alice", "bob"))
    story.begin("alice", "click 1.0", "flask 3.0")
    story.approve("bob", "click 1.0 -> 1.1")
    story.codes("click 1.1", "flask 3.0")

A release in words: `1.0`; `1.0!evil` has other bytes; `1.0+win` has one more file; `1.0@kim` is signed by the
publisher kim, `1.0@kim/fork` by another one of the same name. `1.0,2.0` are two of them, `-` is none. An act follows
the latest act that ended where it begins, unless `follows` says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from holdfast.approvals.judge import Judgement, State, judge, remember
from holdfast.approvals.memory import Memory
from holdfast.model.approval import SUFFIX, Act, PackageChange, SecurityChange, Seen, SignedAct
from holdfast.model.lock import Lock, Pin, Signer
from holdfast.model.pin_digest import ApprovedPin, approved_pins, pin_digest
from holdfast.model.security import Security, security_digest
from holdfast.trust.approval_files import Acts
from tests.support.approvals import (
    DATE,
    NOW,
    SEEN,
    act,
    as_signed,
    by_rule,
    checkpoint,
    digests,
    everything,
    make_lock,
    make_pin,
)

SOON = "2026-12-01T00:00:00Z"  # an end date after now


def release(name: str, word: str) -> Pin:
    """`1.0!evil@kim` -> the pin of it."""
    word, _, publisher = word.partition("@")
    word, _, content = word.partition("!")
    version, _, more = word.partition("+")
    source, _, bare = name.rpartition(":")
    wheel = f"{bare}-{version}-py3-none-any.whl"
    files = [wheel, *([f"{bare}-{version}-{more}.whl"] if more else [])]
    signers = (_identity(publisher),) if publisher else ()
    return make_pin(bare, version, source=source or "pypi", files=files, signers=signers, content=content)


def _identity(publisher: str) -> str:
    """kim -> github:1/..., kim/fork -> github:2/...: one number for each."""
    return f"github:{sum(publisher.encode())}/.github/workflows/publish.yaml"


def _records(words: Iterable[str]) -> list[Signer]:
    """Each publisher's record; a fork has the label of the one it is a fork of."""
    publishers = {word.partition("@")[2] for word in words if "@" in word}
    return [Signer(_identity(one), f"acme/{one.partition('/')[0]}") for one in sorted(publishers)]


def lock(*packages: str) -> Lock:
    """`click 1.0,2.0`, `flask 3.0` -> the lock of these."""
    words = [(name, word) for name, _, rest in (one.partition(" ") for one in packages) for word in rest.split(",")]
    pins = [release(name, word) for name, word in words if word != "-"]
    return make_lock(*pins, signers=_records([word for _, word in words]))


def pins(name: str, words: str) -> tuple[ApprovedPin, ...]:
    """`click`, `1.0,2.0` -> its pins."""
    source, _, bare = name.rpartition(":")
    return approved_pins(lock(f"{name} {words}")).get((source or "pypi", bare), ())


class History:
    """The acts of a project as they are written, and the configuration that they are written under."""

    def __init__(self, rules: Security) -> None:
        self.rules = rules
        self.acts: list[SignedAct] = []
        self.at: dict[tuple[str, str], str] = {}  # (name, words) -> the latest act that ended there

    def add(self, one: Act, *keys: str) -> str:
        """Sign an act with the keys of these words; return its digest."""
        signed = as_signed(one, *keys)
        self.acts = [*[other for other in self.acts if other.digest != signed.digest], signed]
        return signed.digest

    def begin(self, who: str, *packages: str, rules: Security | None = None, **fields: Any) -> str:
        """Write a baseline."""
        rules = rules or self.rules
        told = {"kind": "baseline", "reviewer": who, "security": SecurityChange((), (), rules), **fields}
        digest = self.add(act(rules, *everything(lock(*packages)), **told), who)
        self.at.update({(name, words): digest for name, _, words in (one.partition(" ") for one in packages)})
        self.at["configuration", security_digest(rules)] = digest
        return digest

    def approve(self, who: str, *steps: str, kind: str = "approval", **fields: Any) -> str:
        """`approve("bob carol", "click 1.0 -> 1.1")`: sign a step with the keys of all of them; return the digest.

        `follows`, `classes` and `seen` are of every change; others are fields of the act.
        """
        people = who.split()
        changes = [self.change(step, fields) for step in steps]
        told = {key: value for key, value in fields.items() if key not in ("follows", "classes", "seen", "rules")}
        rules = fields.get("rules") or self.rules
        one = act(rules, *changes, **{"kind": kind, "reviewer": people[0], "reason": f"{kind} of {people[0]}", **told})
        digest = self.add(one, *people)
        for step in steps:
            name, before, after = _parts(step)
            self.at[name, before if kind == "rejection" else after] = digest
        return digest

    def reject(self, who: str, *steps: str, **fields: Any) -> str:
        """Write a rejection; it ends where it begins."""
        return self.approve(who, *steps, kind="rejection", **fields)

    def by_rule(self, who: str, step: str, classes: str = "version-changed", **fields: Any) -> str:
        """Approve with a key of the role rule."""
        kinds = tuple(classes.split())
        change = self.change(step, {"classes": kinds, **fields})
        told = {key: value for key, value in fields.items() if key not in ("follows", "classes", "seen", "rules")}
        digest = self.add(by_rule(fields.get("rules") or self.rules, change, classes=kinds, **told), who)
        name, _, after = _parts(step)
        self.at[name, after] = digest
        return digest

    def configure(
        self, who: str, after: Security, *, before: Security | None = None, kind: str = "approval", **fields: Any
    ) -> str:
        """Approve another security configuration; from then on acts are written under it."""
        before = before or self.rules
        follows = fields.pop("follows", None) or (self.at["configuration", security_digest(before)],)
        change = SecurityChange(tuple(sorted(follows)), fields.pop("digests", (security_digest(before),)), after)
        told = {"kind": kind, "reviewer": who.split()[0], "security": change, **fields}
        digest = self.add(act(before, **told), *who.split())
        ends = before if kind == "rejection" else after
        self.at["configuration", security_digest(ends)] = digest
        if kind == "approval":
            self.rules = after
        return digest

    def prune(self, who: str, *packages: str, replaces: Iterable[str] = (), **fields: Any) -> str:
        """Write a checkpoint in the place of all acts, or of those named; `forgets`: it says nothing of the past."""
        gone = set(replaces) or {one.digest for one in self.acts}
        forgets = fields.pop("forgets", False)
        rules = fields.pop("rules", self.rules)
        keep = fields.pop("keep", False)
        before = {digest for one in self.acts if one.digest in gone for digest in one.act.replaces}
        one = checkpoint(lock(*packages), rules, gone if forgets else gone | before, reviewer=who, **fields)
        if not forgets:
            memories = remember(self.state(*packages, rules=rules), NOW, lambda commit: frozenset())
            one = one._replace(packages=_with_memories(one.packages, memories))
        if not keep:
            self.acts = [other for other in self.acts if other.digest not in gone]
        digest = self.add(one, *who.split())
        self.at.update({(name, words): digest for name, _, words in (one.partition(" ") for one in packages)})
        self.at["configuration", security_digest(rules)] = digest
        return digest

    def change(self, step: str, fields: dict[str, Any]) -> PackageChange:
        """`click 1.0 -> 1.1` -> the change; `1.0|1.1 -> 1.1` begins with two results."""
        name, before, after = _parts(step)
        old = tuple([pin for words in before.split("|") for pin in pins(name, words)])
        new = pins(name, after)
        follows = fields.get("follows")
        if follows is None:
            known = [self.at.get((name, words)) for words in before.split("|")]
            follows = [one for one in known if one is not None]
        begins = tuple(sorted({pin_digest(pin) for pin in old}))
        gone = () if new else tuple({pin_digest(pin): pin for pin in old}.values())
        source, _, bare = name.rpartition(":")
        told = {"classes": ("version-changed",), "seen": SEEN, **fields}
        seen: Seen = told["seen"]
        return PackageChange(
            source or "pypi", bare, tuple(sorted(follows)), begins, new, gone, tuple(told["classes"]), seen
        )

    def drop(self, *acts: str) -> None:
        """Delete acts."""
        self.acts = [one for one in self.acts if one.digest not in acts]

    def state(self, *packages: str, rules: Security | None = None) -> State:
        """The tree as it is: with this lock, and this configuration."""
        acts = tuple(sorted(self.acts))
        raw = {one.digest + SUFFIX: repr(one).encode() for one in acts}
        return State(lock(*packages), rules or self.rules, Acts(acts), raw)

    def judge(
        self, *packages: str, base: State | None = None, rules: Security | None = None, now: str = NOW, **fields: Any
    ) -> Judgement:
        """Judge the tree with this lock."""
        return judge(self.state(*packages, rules=rules), base, now, **fields)

    def codes(self, *packages: str, **fields: Any) -> list[str]:
        """The codes of the findings, each with its subject: `change-unapproved click 1.1`."""
        return [f"{one.code} {one.subject}" for one in self.judge(*packages, **fields).findings]

    def passes(self, *packages: str, **fields: Any) -> bool:
        """Whether nothing makes a check fail."""
        return not [one for one in self.judge(*packages, **fields).findings if one.severity in ("error", "alarm")]


def _with_memories(
    rows: Iterable[PackageChange], memories: Mapping[tuple[str, str], Memory]
) -> tuple[PackageChange, ...]:
    found = {one.key: one for one in rows}
    for key, memory in memories.items():
        one = found.get(key) or PackageChange(*key, (), (), ())
        found[key] = one._replace(gone=() if one.after else memory.gone, had=memory.had)
    return tuple([found[key] for key in sorted(found) if found[key].after or found[key].gone])


def _parts(step: str) -> tuple[str, str, str]:
    name, _, rest = step.partition(" ")
    before, _, after = rest.partition(" -> ")
    return name, before, after


__all__ = ["DATE", "NOW", "SOON", "History", "digests", "lock", "pins", "release"]
