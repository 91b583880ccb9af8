"""Events of a drawn history that write no acts: edits of the lock, the configuration and files; clock, branches."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from holdfast.model.approval import SUFFIX
from holdfast.model.policy import ENFORCE
from holdfast.model.security import Allowance, Approver, Demand, Security
from tests.support.approval_world import (
    PACKAGES,
    PEOPLE,
    PUBLISHERS,
    RULE_KEY,
    STRANGER,
    Commit,
    File,
    Release,
    World,
    approver,
    key_id,
)
from tests.support.approvals import OTHER_PROJECT, PROJECT

ELSEWHERE = "acme:tool"
VERSIONS = ("1.0", "1.1", "2.0")
RULED = ("version-changed", "artifact-added", "new-package", "removed", "signer-added", "signer-changed")


def edit_lock(world: World, random: Random, how: str) -> None:
    """Change one package of the lock."""
    locked = dict(world.tree.locked)
    package = random.choice([one for one in PACKAGES if locked.get(one)] or PACKAGES)
    releases = locked.get(package, ())
    one = random.choice(releases or (Release(),))
    others = tuple([other for other in releases if other != one])
    absent = [each for each in PACKAGES if not locked.get(each)]
    if how == "add" and absent:
        package, releases = random.choice(absent), (Release(random.choice(VERSIONS)),)
    elif how == "source":  # of one package alone: a lock says it once for all packages of a source
        package, releases = ELSEWHERE, locked.get(ELSEWHERE, ())
        origin = "" if any(one.origin for one in releases) else "https://other.example/simple/"
        releases = tuple([one._replace(origin=origin) for one in releases])
    elif how == "remove":
        releases = others
    elif how == "revert":
        releases = random.choice(world.commits).locked.get(package, ())
    elif how == "fork":
        releases = (*releases, one._replace(version=random.choice(VERSIONS)))
    else:
        releases = (*others, _edited(random, how, one))
    by_version = {each.version: each for each in sorted(releases)}
    locked[package] = tuple([by_version[version] for version in sorted(by_version)])
    world.commit(locked=locked)


def _edited(random: Random, how: str, one: Release) -> Release:
    changed: dict[str, dict[str, Any]] = {
        "version": {"version": random.choice([each for each in VERSIONS if each != one.version])},
        "bytes": {"content": "" if one.content else "evil"},
        "signer": {"publisher": random.choice(["", *PUBLISHERS])},
        "wheel": {"wheels": 3 - one.wheels},
    }
    return one._replace(**changed.get(how, {}))


def edit_policy(world: World, random: Random, how: str) -> None:
    """Change the policy of the configuration."""
    security = world.tree.security
    policy = security.approval
    until = random.choice(["", world.days(-1), world.days(10)])
    changed: dict[str, dict[str, Any]] = {
        "threshold": {"threshold": random.choice([1, 1, 2])},
        "role": {"role": random.choice(["", "security"])},
        "enforce": {"enforce": random.choice(ENFORCE)},
        "independent": {"independent": not policy.independent},
        "demand": {"demands": _demands(random, until)},
        "allowance": {"allowances": (_allowance(random, until or world.days(60)),)},
    }
    if how == "rest":
        world.commit(security=security._replace(rest=f'{{"n":"{random.randint(0, 3)}"}}'))
    else:
        world.commit(security=security._replace(approval=policy._replace(**changed[how])))


def _demands(random: Random, until: str) -> tuple[Demand, ...]:
    demand = Demand((random.choice(["pypi:click", "pypi:*", "*"]),), random.choice([None, 1, 2]), None, until)
    if random.random() < 0.4:
        demand = demand._replace(role=random.choice(["security", "release"]))
    return (demand, Demand(("pypi:click",), 2, None, "")) if random.random() < 0.3 else (demand,)


def _allowance(random: Random, until: str) -> Allowance:
    classes = tuple(sorted(random.sample(RULED, random.randint(1, len(RULED)))))
    return Allowance(("*",), classes, random.choice([0, 7]) * 86_400, until, "as ruled")


def edit_approvers(world: World, random: Random, how: str) -> None:
    """Add, remove or revoke an approver, give one another role, or take a revocation back."""
    security = world.tree.security
    people = {one.name: one for one in security.approvers}
    name = random.choice(_likely(world, how, people) or sorted(people) or PEOPLE)
    if how == "add":
        name = random.choice([one for one in (*PEOPLE, RULE_KEY, STRANGER) if one not in people] or [name])
        people[name] = approver(name, _role(random, name))
    elif name in people and how == "remove":
        del people[name]
    elif name in people:
        people[name] = _changed(world, random, how, people[name])
    world.commit(security=security._replace(approvers=tuple(sorted(people.values()))))


def _likely(world: World, how: str, people: Mapping[str, Approver]) -> list[str]:
    """Who it is about: revoked are those who have signed something, but no baseline; removed those who are revoked."""
    acts = [file.signed for file in world.tree.files.values() if file.signed is not None]
    begun = {key for one in acts if one.act.kind == "baseline" for key in one.keys}
    keys = {key for one in acts for key in one.keys} - begun
    if how in ("retire", "compromise"):
        return sorted([name for name, one in people.items() if one.id in keys])
    return sorted([name for name, one in people.items() if how in ("remove", "reinstate") and one.revoked])


def _changed(world: World, random: Random, how: str, one: Approver) -> Approver:
    if how == "retire":
        return one._replace(revoked=world.days(random.choice([-5, 0, 0.5, 5])), cause="retired")
    if how == "compromise":
        places = random.choice([range(len(world.commits)), [world.place]])
        held = "" if random.random() < 0.4 else f"{random.choice(places):040}"
        return one._replace(revoked=world.now, cause="compromised", held_by=held)
    if how == "reinstate":
        return one._replace(revoked="", cause="", held_by="")
    return one._replace(role=_role(random, one.name))


def _role(random: Random, name: str) -> str:
    return "rule" if name == RULE_KEY else random.choice(["", "", "security", "release"])


def edit_project(world: World, random: Random) -> None:
    """Give the project another id, or its own again."""
    other = PROJECT if world.tree.security.project == OTHER_PROJECT else OTHER_PROJECT
    world.commit(security=world.tree.security._replace(project=other))


def give_up(world: World, random: Random) -> None:
    """Remove all approvals and all approvers, as if there never had been any."""
    world.commit(security=world.tree.security._replace(approvers=()), files={})


def edit_files(world: World, random: Random, how: str) -> None:
    """Delete, edit, respell, sign further, or bring back a file; bring back, or drop, all that a checkpoint names."""
    files = dict(world.tree.files)
    gone = {name: file for one in world.commits for name, file in one.files.items() if name not in files}
    pruned = [one for file in files.values() if file.signed is not None for one in file.signed.act.replaces]
    if how == "unprune":
        files.update({name: file for name, file in gone.items() if name.removesuffix(SUFFIX) in pruned})
    elif how == "drop":
        files = {name: file for name, file in files.items() if name.removesuffix(SUFFIX) not in pruned}
    elif how == "restore" and gone:
        name = random.choice(sorted(gone))
        files[name] = gone[name]
    elif files:
        name = random.choice(sorted(files))
        one = files[name]
        if how == "delete":
            later = [each for each, file in files.items() if file.signed and file.signed.act.kind != "baseline"]
            del files[random.choice(sorted(later) or [name])]
        elif how == "edit":
            files[name] = File(None, 1)
        elif how == "sign" and one.signed is not None:
            keys = {*one.signed.keys, key_id(random.choice((*PEOPLE, STRANGER)))}
            files[name] = one._replace(signed=one.signed._replace(keys=tuple(sorted(keys))))
        elif how == "strip" and one.signed is not None:
            files[name] = one._replace(signed=one.signed._replace(keys=one.signed.keys[1:]))
        else:
            files[name] = one._replace(spelling=one.spelling + 1)
    world.commit(files=files)


def copy_from_elsewhere(world: World, random: Random) -> None:
    """Copy an act of another project with the same people."""
    signed = [file.signed for _, file in sorted(world.tree.files.items()) if file.signed is not None]
    if signed:
        one = random.choice(signed)
        act = one.act._replace(project=OTHER_PROJECT)
        if act.kind != "baseline":
            world.commit(
                files={
                    **world.tree.files,
                    world.digest(act) + SUFFIX: File(one._replace(digest=world.digest(act), act=act)),
                }
            )


def pass_time(world: World, random: Random) -> None:
    """Move the clock, once in a while back."""
    world.now = world.days(random.choice([0.1, 1, 3, 5, 5, 30, 30, -0.5, -2]))


def branch(world: World, random: Random) -> None:
    """Go on from an earlier commit."""
    world.place = random.randrange(max(1, len(world.commits) - 6), len(world.commits))


def merge(world: World, random: Random) -> None:
    """Merge another branch: files as git does, package by package and the configuration from either side."""
    mine = world.ancestors(world.place)
    others = [one for one in range(1, len(world.commits)) if one not in mine]
    if not others:
        return
    other = others[-1] if random.random() < 0.7 else random.choice(others)
    common = world.commits[max(mine & world.ancestors(other))]
    ours, theirs = world.tree, world.commits[other]
    locked = {}
    for package in PACKAGES:
        sides = [one.locked.get(package, ()) for one in (common, ours, theirs)]
        locked[package] = _merged(random, *sides)
    security = _merged(random, common.security, ours.security, theirs.security)
    files = {}
    for name in sorted({*ours.files, *theirs.files}):
        one = _merged(random, common.files.get(name), ours.files.get(name), theirs.files.get(name))
        if one is not None:
            files[name] = one
    world.commit(other, locked=locked, security=security, files=files)


def _merged(random: Random, common: Any, ours: Any, theirs: Any) -> Any:
    """The side that changed it; of two that did, either."""
    if ours == common:
        return theirs
    if theirs == common or ours == theirs:
        return ours
    return random.choice([ours, theirs])


def first_configuration(random: Random) -> Security:
    """What a team begins with."""
    people: list[Approver] = [approver("alice", "security"), approver("bob"), approver("carol")]
    security = Security(PROJECT, (*people, approver(RULE_KEY, "rule")))
    policy = security.approval._replace(
        threshold=random.choice([1, 2]),
        role=random.choice(["", "", "security"]),
        enforce=random.choice(["changes", "changes", "alarms"]),
        independent=random.random() < 0.3,
        allowances=tuple([_allowance(random, "2026-05-01T00:00:00Z") for _ in range(2)]),
    )
    return security._replace(approval=policy)


__all__ = ["Commit", "branch", "merge"]
