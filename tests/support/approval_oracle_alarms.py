"""How grave a node is, by definition: what it is compared with, whether that is an alarm, what a rule may approve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.model.approval import PackageChange
from holdfast.model.changes import CLASSES, classify
from holdfast.model.lock import Lock, LockedSource, Pin, Scope
from holdfast.model.signer_references import gathered
from holdfast.model.signers import bare
from tests.support.approval_oracle_acts import remembered
from tests.support.approval_oracle_words import (
    ALARMS,
    CONFIGURATION,
    Council,
    Digests,
    Key,
    Node,
    change_of,
    digests_of,
    later,
)

if TYPE_CHECKING:
    from tests.support.approval_oracle_trail import Trail

NOTHING: Digests = frozenset()


@remembered
def is_alarm(trail: Trail, node: Node) -> bool:
    """Whether an approval of a package accepts an alarm."""
    if node.kind != "approval" or node.key == CONFIGURATION:
        return False
    return bool(ALARMS & alarming_kinds(trail, node)) or is_inherited(trail, node)


@remembered
def alarming_kinds(trail: Trail, node: Node) -> frozenset[str]:
    """The classes against all that the node follows, and the alarms against what is behind that.

    What is behind counts where the package was gone, and where the node keeps a version accepted under an alarm.
    """
    followed = [result for one in node.follows for result in trail.results(one)]
    kinds = {kind for result in followed or [NOTHING] for kind in classes(trail, result, node)}
    for one in node.follows:
        if NOTHING in trail.results(one) or excepted(trail, one) & versions(trail, node.after):
            kinds |= {kind for result in past(trail, one) for kind in classes(trail, result, node) & ALARMS}
    return frozenset(kinds | ({"artifact-changed"} if is_rewritten(trail, node) else set()))


def is_inherited(trail: Trail, node: Node) -> bool:
    """Whether the node keeps a version accepted under an alarm, and nobody knows any more what was there before."""
    kept = versions(trail, node.after)
    return any(not past(trail, one) and excepted(trail, one) & kept for one in node.follows)


@remembered
def is_rewritten(trail: Trail, node: Node) -> bool:
    """Whether a file or tree that the chain has had earlier, under any version, has other bytes than then."""
    earlier = [
        one
        for one in trail.nodes(node.key)
        if one.kind != "rejection" and depth(trail, one) < depth(trail, node) and trail.stands_alone(one)
    ]
    before = [row for one in earlier for row in files_at(trail, one)]
    return any(
        file == other_file and value != other_value
        for file, value in files(trail, node.after)
        for other_file, other_value in before
        if node.follows
    )


@remembered
def had(trail: Trail, key: Key) -> frozenset[tuple[str, str]]:
    """(file, hash) of all that a package ever had, as far as the acts that are there say so."""
    standing = [one for one in trail.nodes(key) if one.kind != "rejection" and trail.stands_alone(one)]
    return frozenset([row for one in standing for row in files_at(trail, one)])


@remembered
def gone(trail: Trail, key: Key) -> Digests:
    """What a package that was removed is compared with when it comes back; or what was removed, if that is lost."""
    heads = trail.heads(key)
    compared = frozenset([digest for one in heads for result in past(trail, one) for digest in result])
    removals = [change_of(trail.acts[act].act, key) for one in heads for act in trail.acts_of(one)]
    went = [pin for change in removals if isinstance(change, PackageChange) for pin in change.gone]
    return compared or digests_of(went)


def remembers(trail: Trail, key: Key) -> tuple[Digests, frozenset[tuple[str, str]]]:
    """What a checkpoint has to say of a package besides its pins: what was removed, and the files that it had."""
    results = {result for one in trail.heads(key) for result in trail.results(one)}
    now = {row for result in results for row in files(trail, result)}
    return gone(trail, key) if results == {NOTHING} else NOTHING, had(trail, key) - now


def files_at(trail: Trail, node: Node) -> set[tuple[str, str]]:
    """The files of a node, and those that a root says were there before it."""
    change = change_of(trail.acts[min(node.root)].act, node.key) if node.root else None
    return files(trail, node.after) | set(change.had if isinstance(change, PackageChange) else ())


@remembered
def past(trail: Trail, node: Node) -> frozenset[Digests]:
    """What a later node is compared with besides the node itself: the latest that was there without an alarm."""
    behind = frozenset([result for one in node.follows for result in past(trail, one)])
    if node.root and not node.after:
        change = change_of(trail.acts[min(node.root)].act, node.key)
        return frozenset([digests_of(change.gone)]) if isinstance(change, PackageChange) else NOTHING_AT_ALL
    if node.root:
        return NOTHING_AT_ALL if node.key in trail.root_alarms(node.root) else frozenset([node.after])
    if node.kind == "rejection" or not node.after or is_alarm(trail, node):
        return behind
    return frozenset([node.after])


@remembered
def excepted(trail: Trail, node: Node) -> frozenset[str]:
    """The versions that were accepted under an alarm, as of a node."""
    if node.root:
        return versions(trail, node.after) if node.key in trail.root_alarms(node.root) else frozenset()
    if node.kind == "rejection" or not node.after:
        return frozenset([version for one in node.follows for version in excepted(trail, one)])
    return versions(trail, node.after) if is_alarm(trail, node) else frozenset()


@remembered
def depth(trail: Trail, node: Node) -> int:
    """How many nodes stand before it, on the longest way."""
    return max([1 + depth(trail, one) for one in node.follows], default=0)


def follows_a_rule(trail: Trail, node: Node, council: Council, digest: str) -> bool:
    """Whether an act by a key of the role rule says what an allowance describes, and that is what it is."""
    act = trail.acts[digest].act
    change = change_of(act, node.key)
    if node.kind != "approval" or act.rule is None or not isinstance(change, PackageChange):
        return False
    kinds = waiting(alarming_kinds(trail, node))
    if not kinds or is_alarm(trail, node) or kinds != waiting(frozenset(change.classes)):
        return False
    for one in node.follows:
        for result in trail.results(one):
            if result and node.after and people(trail, result) != people(trail, node.after):
                return False
    released = change.seen.released
    return any(
        kinds <= set(each.classes) and (not node.after or is_old_enough(released, each.minimum_age, act.date))
        for each in council.allowances(node.key, act.date)
    )


def is_old_enough(released: str, seconds: int, date: str) -> bool:
    """Whether a release was out for so long."""
    return not seconds or (bool(released) and later(released, seconds) <= date)


def waiting(kinds: frozenset[str]) -> frozenset[str]:
    """The classes that need approval; all where none of them does."""
    return frozenset([one for one in kinds if one not in CLASSES or CLASSES[one].approval]) or kinds


def classes(trail: Trail, before: Digests, node: Node) -> frozenset[str]:
    """The classes of change from what was there to what is there after a node."""
    place = ("classes", before, node.after)
    if place not in trail.answers:
        found = classify(lock_of(trail, before), lock_of(trail, node.after))
        trail.answers[place] = frozenset([one.kind for one in found])
    answer: frozenset[str] = trail.answers[place]
    return answer


def lock_of(trail: Trail, digests: Digests) -> Lock:
    """A lock that has these pins alone, and of each what its digest covers."""
    pins = [trail.pins[one] for one in sorted(digests)]
    releases = [
        (Pin(one.pin.source, one.pin.name, one.pin.version, artifacts=one.pin.artifacts, signers=one.pin.signers,
             module=one.pin.module), one.records)
        for one in pins
    ]  # fmt: skip
    packages, signers = gathered(releases)
    sources = tuple({LockedSource(one.pin.source, "", one.identity) for one in pins})
    return Lock(Scope("", "", "", ()), (), packages, sources, signers)


def versions(trail: Trail, digests: Digests) -> frozenset[str]:
    """The versions of pins."""
    return frozenset([trail.pins[one].pin.version for one in digests])


def files(trail: Trail, digests: Digests) -> set[tuple[str, str]]:
    """(file, hash) of pins; the tree of a version of a module is one as well."""
    pins = [trail.pins[one].pin for one in digests]
    found = {(artifact.file, artifact.hash) for pin in pins for artifact in pin.artifacts}
    return found | {(f"tree of {pin.version}", pin.module.tree) for pin in pins if pin.module is not None}


def people(trail: Trail, digests: Digests) -> set[object]:
    """The records of all signers of pins."""
    return {bare(record) for one in digests for record in trail.pins[one].records}


NOTHING_AT_ALL: frozenset[Digests] = frozenset()
