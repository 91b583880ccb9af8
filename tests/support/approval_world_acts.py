"""Events of a drawn history that write acts: approvals, rejections, baselines, checkpoints; most as the tool would.

An *odd* act has one thing wrong with it, or at least unusual.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any

from holdfast.model.approval import Act, PackageChange, RuleRecord, SecurityChange, Seen
from holdfast.model.pin_digest import ApprovedPin
from holdfast.model.security import Security, security_digest
from tests.support.approval_oracle_alarms import remembers
from tests.support.approval_oracle_words import ALARMS, CONFIGURATION, Council, asked, digests_of, later
from tests.support.approval_world import (
    PACKAGES,
    PEOPLE,
    RULE_KEY,
    START,
    STRANGER,
    World,
    classes_of,
    key_of,
    pins_of,
)
from tests.support.approvals import OTHER_PROJECT

ODD = (
    "by a stranger", "by the rule's key", "with a stranger", "of another project", "under another configuration",
    "from the future", "from later today", "backdated", "without an end", "ended", "ends soon", "follows an older act",
    "follows nothing", "follows what is not here", "follows another package", "begins elsewhere", "other pins",
    "unsigned", "too few", "by everybody", "claims nothing", "by one who left",
    "twice by one", "follows what is not approved",
)  # fmt: skip
ODD_SHARE = 0.2


def council_of(world: World) -> Council:
    """The configuration that acts are written under: the approved one, or what the tree says."""
    return (world.trail().councils() or [Council(world.tree.security)])[0]


def voters(world: World, random: Random, alarm: bool, package: str = "") -> list[str]:
    """As many people as it takes, with the roles that it takes."""
    council = council_of(world)
    key = key_of(package) if package else CONFIGURATION
    wanted = asked(council, [key], world.now, alarm)
    able = [one for one in council.security.approvers if one.role != "rule" and not one.revoked]
    random.shuffle(able)
    able.sort(key=lambda one: one.role not in wanted.roles)
    return [one.name for one in able[: wanted.threshold]] or [random.choice(PEOPLE)]


def step(world: World, random: Random, package: str, after: tuple[ApprovedPin, ...]) -> PackageChange:
    """The change that leads from what is approved of a package to these pins."""
    trail = world.trail()
    heads = trail.heads(key_of(package))
    before = {digest: trail.pins[digest] for digest in sorted(trail.together(heads))}
    follows = sorted({random.choice(trail.acts_of(one) or ("0" * 64,)) for one in heads})
    classes = classes_of(tuple(before.values()), after)
    gone = () if after else tuple(before.values())
    seen = Seen((), (), random.choice(["", world.days(-30), world.days(-2)]), "MIT")
    return PackageChange(*key_of(package), tuple(follows), tuple(before), after, gone, classes, seen)


def act_of(world: World, *changes: PackageChange, **fields: Any) -> Act:
    """An act under the configuration in force."""
    told = {"kind": "approval", "reviewer": "alice", "role": "", "reason": "looked at it", "date": world.now}
    configuration = security_digest(council_of(world).security)
    project = world.tree.security.project
    rows = tuple(sorted(changes, key=lambda one: one.key))
    return Act(**{**told, "project": project, "configuration": configuration, "packages": rows, **fields})


def approve(world: World, random: Random, odd: str = "") -> None:
    """Approve what waits: all of it in one act, or one package, together or each by themselves."""
    waiting = world.waiting() or [random.choice(PACKAGES)]
    chosen = waiting if random.random() < 0.3 else [random.choice(waiting)]
    changes = [step(world, random, package, world.locked(package)) for package in chosen]
    changes = [one for one in changes if one.after or one.before]
    if changes:
        _sign(world, random, "approval", changes, chosen[0], odd)


def reject(world: World, random: Random) -> None:
    """Reject what waits; one person is enough."""
    package = random.choice(world.waiting() or PACKAGES)
    change = step(world, random, package, world.locked(package))
    if change.after or change.before:
        _sign(world, random, "rejection", [change], package)


def approve_by_rule(world: World, random: Random) -> None:
    """Approve what waits with the rule's key, whatever it is."""
    package = random.choice(world.waiting() or PACKAGES)
    change = step(world, random, package, world.locked(package))
    if not (change.after or change.before):
        return
    if random.random() < 0.3:
        change = change._replace(classes=random.choice([("version-changed",), ("new-package",), ()]))
    rule = RuleRecord("as ruled", change.classes) if random.random() < 0.9 else None
    world.write(world.sign(act_of(world, change, reviewer=RULE_KEY, role="rule", rule=rule), [RULE_KEY]))


def configure(world: World, random: Random) -> None:
    """Approve the configuration as it stands, or reject it."""
    trail = world.trail()
    heads = trail.heads(CONFIGURATION)
    follows = sorted({random.choice(trail.acts_of(one) or ("0" * 64,)) for one in heads})
    change = SecurityChange(tuple(follows), tuple(sorted(trail.together(heads))), world.tree.security)
    kind = "rejection" if random.random() < 0.1 else "approval"
    people = voters(world, random, alarm=False)
    fields: dict[str, Any] = {"kind": kind, "security": change, "reviewer": people[0]}
    if random.random() < ODD_SHARE:
        odd = random.choice(("by a stranger", "by everybody", "too few", "under another configuration", "new people"))
        world.mix[f"odd configuration: {odd}"] += 1
        if odd == "under another configuration":
            fields["configuration"] = _another_configuration(world, random)
        people = {
            "by a stranger": [STRANGER],
            "by everybody": list(PEOPLE),
            "too few": people[:-1] or [STRANGER],
            "new people": [one.name for one in world.tree.security.approvers] or people,
        }.get(odd, people)
    act = act_of(world, **fields)
    apart = random.random() < 0.3 and len(people) > 1
    world.write(
        *[world.sign(act._replace(reviewer=one), [one]) for one in people] if apart else [world.sign(act, people)]
    )


def begin(world: World, random: Random) -> None:
    """Write a baseline of what is locked: the first, or a further one."""
    security = world.tree.security
    people = [one.name for one in security.approvers if one.role != "rule" and not one.revoked]
    who = random.choice(people or [STRANGER]) if random.random() < 0.94 else random.choice([STRANGER, RULE_KEY])
    packages = [
        PackageChange(*key_of(package), (), (), pins_of(package, releases), (), ("baseline",))
        for package, releases in world.tree.locked.items()
        if releases
    ]
    date = world.now if random.random() < 0.8 else START
    carried = SecurityChange((), (), security)
    configuration = security_digest(security)
    act = act_of(
        world, *packages, kind="baseline", reviewer=who, date=date, security=carried, configuration=configuration
    )
    world.write(world.sign(act, [who]))


def prune(world: World, random: Random, keep: bool = False) -> None:
    """Write a checkpoint of what is approved, or of what is locked, in the place of all acts or of some."""
    share = random.choice([1, 1, 1, 1, 1, 0.8])
    acts = world.trail().acts
    gone = [one for one in acts if random.random() < share]
    before = [each for one in gone for each in acts[one].act.replaces]
    replaces = sorted({*gone, *(before if random.random() < 0.8 else ())})
    if not replaces:
        return
    is_exact, forgets = random.random() < 0.88, random.random() < 0.1
    packages, alarms = [], False
    for package in PACKAGES:
        results = world.approved(package)
        pins = (results[0] if results else ()) if is_exact else world.locked(package)
        heads = world.trail().heads(key_of(package))
        ends = world.trail().end(heads) if heads else "~"
        kinds: tuple[str, ...] = ("artifact-changed",) if ends != "~" and random.random() < 0.7 else ()
        kinds = kinds or random.choice([(), ("baseline",)])
        alarms = alarms or bool(ALARMS.intersection(kinds))
        lost, had = remembers(world.trail(), key_of(package))
        went = () if pins else tuple([world.trail().pins[one] for one in sorted(lost)])
        rows = () if forgets else tuple(sorted(had))
        if pins or (went and not forgets):
            packages.append(PackageChange(*key_of(package), (), (), pins, went, kinds if pins else (), had=rows))
    security = council_of(world).security if random.random() < 0.9 else world.tree.security
    there = [file.signed.act for file in world.tree.files.values() if file.signed is not None]
    expires = min([one.expires for one in there if one.expires], default=world.days(20))
    expires = random.choice([expires, expires, world.days(90), ""]) if alarms else ""
    people = voters(world, random, alarms) if random.random() < 0.7 else list(PEOPLE[: random.randint(1, 4)])
    act = act_of(
        world,
        *packages,
        kind="checkpoint",
        reviewer=people[0],
        replaces=tuple(replaces),
        security=SecurityChange((), (), security),
        configuration=security_digest(security),
        expires=expires,
    )
    signed = world.sign(act, people)
    if not keep and random.random() < 0.8:
        kept = {name: file for name, file in world.tree.files.items() if name[:64] not in gone}
        world.commit(files=kept)
    world.write(signed)


def _sign(world: World, random: Random, kind: str, changes: list[PackageChange], package: str, odd: str = "") -> None:
    """Write one act, or one for each person; sometimes an odd one."""
    alarm = any(ALARMS.intersection(one.classes) for one in changes)
    people = voters(world, random, alarm, package) if kind == "approval" else voters(world, random, False)[:1]
    has_end = (alarm and kind == "approval") or random.random() < 0.05
    fields: dict[str, Any] = {"kind": kind, "expires": world.days(random.choice([3, 3, 40])) if has_end else ""}
    if odd or random.random() < ODD_SHARE:
        odd = odd or random.choice(ODD)
        world.mix[f"odd: {odd}"] += 1
        people, changes = _odd(world, random, odd, people, changes, fields)
    act = act_of(world, *changes, **{**fields, "reviewer": (*people, "nobody")[0]})
    if odd == "twice by one":
        world.write(*[world.sign(act._replace(reason=reason), people[:1]) for reason in ("once", "twice")])
        return
    apart = len(people) > 1 and random.random() < 0.5
    if apart:
        world.write(*[world.sign(act._replace(reviewer=one), [one]) for one in people])
    else:
        world.write(world.sign(act, people))


def _odd(
    world: World, random: Random, odd: str, people: list[str], changes: list[PackageChange], fields: dict[str, Any]
) -> tuple[list[str], list[PackageChange]]:
    left = [one for one in council_of(world).security.approvers if one.revoked]
    fields.update(
        {
            "of another project": {"project": OTHER_PROJECT},
            "under another configuration": {"configuration": _another_configuration(world, random)},
            "from the future": {"date": world.days(3)},
            "from later today": {"date": world.days(0.5)},
            "backdated": {"date": START},
            "by one who left": {"date": later(left[0].revoked, -1) if left else START},
            "without an end": {"expires": ""},
            "ended": {"expires": world.days(-1)},
            "ends soon": {"expires": world.days(1)},
        }.get(odd, {})
    )
    people = {
        "by one who left": [one.name for one in left[:1]] or people,
        "by a stranger": [STRANGER],
        "by the rule's key": [RULE_KEY],
        "with a stranger": [*people, STRANGER],
        "unsigned": [],
        "too few": people[:-1] or [STRANGER],
        "by everybody": list(PEOPLE),
    }.get(odd, people)
    first = changes[0]
    older = [
        digest for digest, one in world.trail().acts.items() if first.key in [each.key for each in one.act.packages]
    ]
    others = sorted(set(world.trail().acts) - set(older))
    elsewhere = digests_of(pins_of("pypi:click", world_release(random)))
    changed: dict[str, dict[str, Any]] = {
        "follows an older act": _after_an_older_act(world, random, first, older, frozenset([True, False])),
        "follows what is not approved": _after_an_older_act(world, random, first, older, frozenset([False])),
        "follows nothing": {"follows": (), "before": ()},
        "follows what is not here": {"follows": ("f" * 64,)},
        "follows another package": {"follows": tuple(random.sample(others, 1))} if others else {},
        "begins elsewhere": {"before": tuple(sorted(elsewhere)) if first.follows else ()},
        "other pins": {"after": pins_of(":".join(first.key), world_release(random)), "gone": ()},
        "claims nothing": {"classes": ()},
    }
    return people, [first._replace(**changed.get(odd, {})), *changes[1:]]


def _after_an_older_act(
    world: World, random: Random, change: PackageChange, older: list[str], standing: frozenset[bool]
) -> dict[str, Any]:
    """What to follow and to begin with, to go on from an act that need not be a head."""
    trail = world.trail()
    nodes = {one: trail.node(one, change.key) for one in sorted(older)}
    known = [(digest, node) for digest, node in nodes.items() if node is not None]
    known = [(digest, node) for digest, node in known if trail.stands(node) in standing]
    if not known:
        return {}
    digest, node = random.choice(known)
    before = tuple(sorted(trail.together([node])))
    gone = () if change.after else tuple([trail.pins[one] for one in before])
    return {"follows": (digest,), "before": before, "gone": gone}


def world_release(random: Random) -> tuple[Any, ...]:
    """Some release."""
    from tests.support.approval_world import Release

    return (Release(random.choice(["1.0", "1.1", "2.0"])),)


def _another_configuration(world: World, random: Random) -> str:
    """The digest of a configuration that is not in force: of the past, or of the tree alone."""
    known: Iterable[Security] = [world.tree.security, *[one.security for one in world.commits]]
    return security_digest(random.choice(list(known)))
