"""The steps of a chain: who may have signed them is not known here.

    approval a0: () -> {1.0}      approval b1, b2: {1.0} -> {1.1}, both follow a0        two acts, one step
    rejection r: {1.0} -> {1.2}, follows b1                                              result: {1.1}, as before

A step is all acts of one kind that say the same of one package: what they follow, what was there before, what is there
after. Its result is what the chain holds then: of an approval its `after`, of a rejection what was there before. A step
that follows several with different results begins with all of these. Pure; acts are consistent in themselves, since
their reader saw to that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from holdfast.model.approval import PackageChange, SecurityChange, SignedAct
from holdfast.model.pin_digest import ApprovedPin, pin_digest
from holdfast.model.security import CONFIGURATION, Security, security_digest
from holdfast_resolver.values.tuples import NamedTuple

Key = tuple[str, str]  # (source, name)
CONFIGURATION_KEY: Key = ("", CONFIGURATION)
BASELINE, APPROVAL, REJECTION, CHECKPOINT = "baseline", "approval", "rejection", "checkpoint"


class Entry(NamedTuple):
    """What one act says of one package, or of the security configuration."""

    act: SignedAct
    change: PackageChange | SecurityChange


class Result:
    """What a chain holds: pins of one package, () for none, or a security configuration. Digests on demand."""

    __slots__ = ("_digests", "pins", "security")

    def __init__(self, pins: tuple[ApprovedPin, ...] = (), security: Security | None = None) -> None:
        self.pins = pins
        self.security = security
        self._digests: tuple[str, ...] | None = None

    @property
    def digests(self) -> tuple[str, ...]:
        """Sorted digests, `sha256:<hex>`."""
        if self._digests is None:
            if self.security is not None:
                self._digests = (security_digest(self.security),)
            else:
                self._digests = tuple(sorted({pin_digest(one) for one in self.pins}))
        return self._digests

    @property
    def versions(self) -> frozenset[str]:
        return frozenset([one.pin.version for one in self.pins])

    def same(self, other: Result) -> bool:
        """Whether both have the same digests; where the pins are the same values none is computed."""
        if self is other:
            return True
        if self.pins and len(self.pins) == len(other.pins) and all(map(_alike, self.pins, other.pins)):
            return True
        return self.digests == other.digests


def _alike(one: ApprovedPin, other: ApprovedPin) -> bool:
    """Whether all that a pin digest covers is equal."""
    a, b = one.pin, other.pin
    return (
        a.version == b.version
        and a.artifacts == b.artifacts
        and a.signers == b.signers
        and a.module == b.module
        and one.records == other.records
        and one.identity == other.identity
        and a.name == b.name
    )


NOTHING = Result()


class Step:
    """One step. `results` are distinct; of a rejection that follows several with different results there are several.

    `origins` are the steps that approved these results: itself, or those behind a rejection.
    """

    __slots__ = ("after", "depth", "entries", "follows", "key", "kind", "origins", "results")

    def __init__(self, kind: str, key: Key, follows: tuple[Step, ...], after: Result, entries: list[Entry]) -> None:
        self.kind = kind
        self.key = key
        self.follows = follows
        self.after = after
        self.entries = entries
        self.depth: int = 1 + max([one.depth for one in follows]) if follows else 0
        self.origins: tuple[Step, ...] = (self,)
        self.results: tuple[Result, ...] = (after,)
        if kind == REJECTION:
            self.origins = tuple(dict.fromkeys([one for step in follows for one in step.origins]))
            self.results = distinct([result for step in follows for result in step.results]) or (NOTHING,)

    @property
    def before(self) -> tuple[str, ...]:
        """The sorted digests of all that it begins with."""
        return together(self.follows)


class Chain(NamedTuple):
    """The steps of one package that follow one another as they say, each behind those that it follows."""

    steps: tuple[Step, ...] = ()
    by_act: Mapping[str, Step] = {}  # by the digest of each act
    refused: tuple[tuple[str, str], ...] = ()  # (digest of an act, why it is no step)


Results = dict[tuple[str, Key], Result]  # by the digest of an act: its `after`, made once for a tree and its base
StandIns = Mapping[str, Mapping[Key, Step]]  # by the digest of an act, what a checkpoint says in its place


def distinct(results: Iterable[Result]) -> tuple[Result, ...]:
    """Return the results that differ, in order."""
    found: list[Result] = []
    seen: set[tuple[str, ...]] = set()
    for result in results:
        if result.digests not in seen:
            seen.add(result.digests)
            found.append(result)
    return tuple(found)


def result_of(entry: Entry, key: Key, results: Results) -> Result:
    """Return what an entry says is there after it, made once."""
    change = entry.change
    found = results.get((entry.act.digest, key))
    if found is None:
        found = Result(change.after) if isinstance(change, PackageChange) else Result(security=change.after)
        results[entry.act.digest, key] = found
    return found


def together(steps: Iterable[Step]) -> tuple[str, ...]:
    """Return the sorted digests of the results of steps."""
    return tuple(sorted({digest for step in steps for result in step.results for digest in result.digests}))


def make_chain(
    key: Key,
    roots: Iterable[Step],
    entries: Iterable[Entry],
    stands_for: StandIns,
    known: frozenset[str],
    results: Results,
) -> Chain:
    """Return the chain of one package.

    `roots`: its steps of baselines and checkpoints. `entries`: what approvals and rejections say. `stands_for`: the
    steps of a checkpoint for each act that is gone; one that is there speaks for itself. `known`: all acts.
    `results`: what was made of acts before.
    """
    return _Building(key, roots, stands_for, known, results).chain(list(entries))


class _Building:
    def __init__(
        self, key: Key, roots: Iterable[Step], stands_for: StandIns, known: frozenset[str], results: Results
    ) -> None:
        self.results = results
        self.key = key
        self.stands_for = stands_for
        self.known = known
        self.steps = list(roots)
        self.by_act = {entry.act.digest: step for step in self.steps for entry in step.entries}
        self.same: dict[tuple[str, frozenset[Step], tuple[str, ...]], Step] = {}
        self.refused: dict[str, str] = {}

    def chain(self, entries: list[Entry]) -> Chain:
        """Take each entry as soon as all that it follows was taken or refused: no recursion, each looked at once."""
        here = {entry.act.digest: entry for entry in entries}
        open_: dict[str, int] = {}
        behind: dict[str, list[str]] = {}
        for digest, entry in here.items():
            first = [one for one in entry.change.follows if one in here]
            open_[digest] = len(first)
            for one in first:
                behind.setdefault(one, []).append(digest)
        ready = [digest for digest, count in open_.items() if not count]
        for digest in ready:
            self._take(here[digest])
            for other in behind.get(digest, ()):
                open_[other] -= 1
                if not open_[other]:
                    ready.append(other)
        if len(ready) < len(here):
            self.refused.update(dict.fromkeys(here.keys() - set(ready), "it follows itself"))
        self.steps.sort(key=lambda step: step.depth)  # stable: by digest within a depth
        return Chain(tuple(self.steps), self.by_act, tuple(sorted(self.refused.items())))

    def _take(self, entry: Entry) -> None:
        digest, change, kind = entry.act.digest, entry.change, entry.act.act.kind
        follows, reason = self._followed(change.follows)
        if not reason and self.key == CONFIGURATION_KEY and not follows:
            reason = "a security configuration begins with a baseline"
        if not reason and change.before != together(follows):
            reason = "it does not begin where what it follows ends"
        if reason:
            self.refused[digest] = reason
            return
        after = result_of(entry, self.key, self.results)
        place = (kind, frozenset(follows), after.digests)
        step = self.same.get(place)
        if step is None:
            step = self.same[place] = Step(kind, self.key, follows, after, [])
            self.steps.append(step)
        step.entries.append(entry)
        self.by_act[digest] = step

    def _followed(self, digests: tuple[str, ...]) -> tuple[tuple[Step, ...], str]:
        found: dict[Step, None] = {}
        for digest in digests:
            step = self.by_act.get(digest)
            if step is None and digest not in self.known:
                step = self.stands_for.get(digest, {}).get(self.key)
            if step is None:
                return (), self._missing(digest)
            found[step] = None
        return tuple(found), ""

    def _missing(self, digest: str) -> str:
        if digest in self.refused:
            return f"it follows {digest[:12]}, which does not count"
        if digest in self.known:
            return f"it follows {digest[:12]}, which is about something else"
        return f"it follows {digest[:12]}, which is not here"
