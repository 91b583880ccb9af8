"""A small project with a history, for drawn scripts: commits and branches, locks in words, approvals as values.

A commit is a whole tree: what is locked, the security configuration, the files of approvals. Files are values with
bytes of their own, since what judges reads acts, and only compares bytes. A commit's id is its place in 40 digits.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from holdfast.approvals.judgement import State
from holdfast.model.approval import SUFFIX, Act, SignedAct
from holdfast.model.changes import KINDS, classify
from holdfast.model.lock import Lock, LockedSource, Signer
from holdfast.model.pin_digest import ApprovedPin, approved_pins
from holdfast.model.security import Approver, Security
from holdfast.model.signer_references import gathered
from holdfast.trust.approval_files import Acts, BrokenFile
from tests.support.approval_oracle_trail import Trail
from tests.support.approval_oracle_words import Digests, Key, digests_of, later
from tests.support.approvals import SCOPE, make_lock, make_pin
from tests.support.approvals import approver as make_approver
from tests.support.signing_keys import public

START = "2026-03-01T12:00:00Z"
DAY = 86_400
PACKAGES = ("pypi:click", "pypi:six", "acme:tool")
PEOPLE = ("alice", "bob", "carol", "dave")
STRANGER, RULE_KEY = "mallory", "ci"
_KIM = "github:1/.github/workflows/publish.yaml"
PUBLISHERS = {
    "kim": Signer(_KIM, "acme/kim", (("owner-id", "7"),)),
    "kim-renamed": Signer(_KIM, "acme/kimberly", (("owner-id", "7"),)),
    "kim-sold": Signer(_KIM, "acme/kim", (("owner-id", "8"),)),
    "kim-copied": Signer(_KIM.replace("1", "2"), "acme/kim", (("owner-id", "9"),)),
    "lee": Signer(_KIM.replace("1", "3"), "acme/lee", (("owner-id", "5"),)),
}


class Release(NamedTuple):
    """One locked version in words. Another `content` is other bytes; no `publisher`: nobody signed it."""

    version: str = "1.0"
    content: str = ""
    wheels: int = 1
    publisher: str = "kim"
    origin: str = ""  # where the source of the package is, if it is another than it was


Locked = Mapping[str, tuple[Release, ...]]  # package -> its releases, sorted


class File(NamedTuple):
    """A file of approvals. `signed` is None for one that cannot be read; another `spelling` is other bytes."""

    signed: SignedAct | None
    spelling: int = 0

    @property
    def data(self) -> bytes:
        return f"{self.signed and (self.signed.digest, self.signed.keys)} {self.spelling}".encode()


class Commit(NamedTuple):
    """A whole tree. `parents` are places of commits."""

    locked: Locked
    security: Security
    files: Mapping[str, File]  # by name
    parents: tuple[int, ...] = ()

    def state(self) -> State:
        """What judging gets to see of it."""
        acts = sorted([file.signed for file in self.files.values() if file.signed is not None])
        broken = [BrokenFile(name, "edited") for name, file in sorted(self.files.items()) if file.signed is None]
        raw = {name: file.data for name, file in self.files.items()}
        lock = lock_of(tuple(sorted(self.locked.items())))
        return State(lock, self.security, Acts(tuple(acts), tuple(broken)), raw)


def key_of(package: str) -> Key:
    """`pypi:click` -> ("pypi", "click")."""
    source, _, name = package.partition(":")
    return source, name


@lru_cache(10_000)
def pins_of(package: str, releases: tuple[Release, ...]) -> tuple[ApprovedPin, ...]:
    """The pins of a package, of words."""
    source, name = key_of(package)
    found: list[ApprovedPin] = []
    for one in releases:
        files = [f"{name}-{one.version}-{place}-py3-none-any.whl" for place in range(one.wheels)]
        who = [PUBLISHERS[one.publisher]] if one.publisher else []
        ids = [each.id for each in who]
        pin = make_pin(name, one.version, source=source, files=files, signers=ids, content=one.content)
        places = [LockedSource(source, "pypi", one.origin)] if one.origin else []
        found.extend(approved_pins(make_lock(pin, signers=who, sources=places))[source, name])
    return tuple(found)


@lru_cache(10_000)
def lock_of(locked: tuple[tuple[str, tuple[Release, ...]], ...]) -> Lock:
    """The lock that these words are of."""
    found = [pin for package, releases in locked for pin in pins_of(package, releases)]
    packages, signers = gathered([(one.pin, one.records) for one in found])
    order = sorted(packages, key=lambda pin: (pin.source, pin.name, pin.version))
    places = {LockedSource(one.pin.source, "pypi", one.identity) for one in found if one.identity != one.pin.source}
    return Lock(SCOPE, (), tuple(order), tuple(sorted(places)), signers)


@lru_cache(1_000)
def classes_of(before: tuple[ApprovedPin, ...], after: tuple[ApprovedPin, ...]) -> tuple[str, ...]:
    """The classes of a change of one package, the gravest first."""
    locks = []
    for pins in (before, after):
        packages, signers = gathered([(one.pin, one.records) for one in pins])
        places = {LockedSource(one.pin.source, "", one.identity) for one in pins}
        locks.append(Lock(SCOPE, (), packages, tuple(places), signers))
    return tuple(sorted({one.kind for one in classify(*locks)}, key=KINDS.index))


@lru_cache(100)
def approver(word: str, role: str = "") -> Approver:
    """An approver with a key and an address of their own."""
    return make_approver(word, role, emails=(f"{word}@acme.example",))


@lru_cache(100)
def key_id(word: str) -> str:
    """The id of somebody's key."""
    return public(word).id


def quick_digest(act: Act) -> str:
    """A digest of an act: as good as that of its file, where no file is made."""
    return hashlib.sha256(repr(act).encode()).hexdigest()


class World:
    """A history. Events change `tree`, the latest commit of the branch that is worked on."""

    def __init__(self, security: Security, digest: Callable[[Act], str] = quick_digest) -> None:
        self.digest = digest
        self.now = START
        self.commits = [Commit({"pypi:click": (Release(),)}, Security(security.project), {})]
        self.place = 0
        self.mix: Counter[str] = Counter()  # what happened
        self._trail: tuple[object, Trail] | None = None
        self.commit(security=security)

    @property
    def tree(self) -> Commit:
        return self.commits[self.place]

    def commit(self, *others: int, **changed: Any) -> None:
        """Add a commit to the branch: the tree with these fields changed. `others`: what is merged."""
        self.commits.append(self.tree._replace(parents=(self.place, *others), **changed))
        self.place = len(self.commits) - 1

    def held(self, commit: str) -> frozenset[str]:
        """The acts that a commit has."""
        files = self.commits[int(commit)].files.values()
        return frozenset([file.signed.digest for file in files if file.signed is not None])

    def trail(self) -> Trail:
        """What is approved in the tree, by itself: what the tool would show to whoever approves next."""
        if self._trail is None or self._trail[0] != (self.place, self.now):
            state = self.tree.state()
            trail = Trail(state.acts.acts, state.security.project, self.now, self.held)
            self._trail = (self.place, self.now), trail
        return self._trail[1]

    def write(self, *acts: SignedAct) -> None:
        """Commit the files of acts."""
        self.commit(files={**self.tree.files, **{one.digest + SUFFIX: File(one) for one in acts}})

    def sign(self, act: Act, people: Iterable[str]) -> SignedAct:
        """Sign an act with the keys of these people."""
        return SignedAct(self.digest(act), act, tuple(sorted({key_id(one) for one in people})))

    def locked(self, package: str) -> tuple[ApprovedPin, ...]:
        """What the tree locks of a package."""
        return pins_of(package, self.tree.locked.get(package, ()))

    def approved(self, package: str) -> list[tuple[ApprovedPin, ...]]:
        """What the heads of a package result in: one set of pins, or several, or none."""
        trail = self.trail()
        results: set[Digests] = {one for head in trail.heads(key_of(package)) for one in trail.results(head)}
        found = [[trail.pins[one] for one in result] for result in sorted(results, key=sorted)]
        return [tuple(sorted(pins, key=lambda one: one.pin.version)) for pins in found]

    def waiting(self) -> list[str]:
        """The packages that are not locked as approved."""
        found = []
        for package in PACKAGES:
            approved = [digests_of(pins) for pins in self.approved(package)] or [frozenset()]
            if approved != [digests_of(self.locked(package))]:
                found.append(package)
        return found

    def ancestors(self, place: int) -> set[int]:
        """A commit and all that led to it."""
        found, open_ = set(), [place]
        while open_:
            one = open_.pop()
            if one not in found:
                found.add(one)
                open_.extend(self.commits[one].parents)
        return found

    def days(self, count: float) -> str:
        """The instant so many days from now."""
        return later(self.now, round(count * DAY))
