"""The classes of change of two locks: signers, files, facts, and whom a pin is compared with."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.format.order import canonical
from holdfast.model.changes import CLASSES, KINDS, Change, classify
from holdfast.model.difference import compare_locks
from holdfast.model.lock import Lock, LockedSource, ModuleFacts, Pin, PinnedArtifact, Signer
from holdfast.model.predecessors import predecessor
from holdfast.model.signer_references import record_digits
from holdfast.model.signers import with_signers
from tests.lockfile.format.lock_worlds import digest, locks, sample

A, B, C = "github:101/a.yml", "github:202/b.yml", "ed25519:cc"
RECORDS = (
    Signer(A, "acme/tool", (("context", "ref=tag"), ("owner-id", "7"))),
    Signer(B, "beta/tool"),
    Signer(C, "key"),
)
FINDINGS = (Path(__file__).parents[3] / "docs" / "findings.md").read_text(encoding="utf-8")


def pin(version: str = "1.0", name: str = "tool", source: str = "pypi", **signed: str) -> Pin:
    """A pin with three files; `win`, `linux`, `sdist` say who signed each: "AB" both, "" nobody, else A."""
    ids = {"A": A, "B": B, "C": C}
    files = {
        "linux": f"{name}-{version}-cp312-cp312-manylinux_2_28_x86_64.whl",
        "win": f"{name}-{version}-cp312-cp312-win_amd64.whl",
        "sdist": f"{name}-{version}.tar.gz",
    }
    artifacts = tuple([PinnedArtifact(file, digest(number)) for number, file in enumerate(sorted(files.values()))])
    says = {files[key]: frozenset([ids[one] for one in signed.get(key, "A")]) for key in files}
    return with_signers(Pin(source, name, version, artifacts=artifacts), says)


def lock(*pins: Pin, signers: tuple[Signer, ...] = RECORDS, sources: tuple[LockedSource, ...] = ()) -> Lock:
    """A lock of these pins."""
    return canonical(sample()._replace(packages=pins, signers=signers, sources=sources, inputs=()))


def kinds(before: Lock, after: Lock) -> list[str]:
    """The classes, in order."""
    return [change.kind for change in classify(before, after)]


UNSIGNED = {"linux": "", "win": "", "sdist": ""}
BY_B = {"linux": "B", "win": "B", "sdist": "B"}

# (before, after, classes): one row for each thing that can happen to a package
PACKAGES = {
    "the same": (pin(), pin(), []),
    "a new version by the same signer": (pin("1.0"), pin("1.1"), ["version-changed"]),
    "a new version by another": (pin("1.0"), pin("1.1", **BY_B), ["signer-changed", "version-changed"]),
    "a new version unsigned": (pin("1.0"), pin("1.1", **UNSIGNED), ["signer-lost", "version-changed"]),
    "unsigned as before": (pin("1.0", **UNSIGNED), pin("1.1", **UNSIGNED), ["version-changed"]),
    "signed for the first time": (pin("1.0", **UNSIGNED), pin("1.1"), ["signer-added", "version-changed"]),
    "one unsigned wheel": (pin("1.0"), pin("1.1", win=""), ["signer-lost", "version-changed"]),
    "the same unsigned wheel as before": (pin("1.0", win=""), pin("1.1", win=""), ["version-changed"]),
    "one wheel less that is signed": (
        pin("1.0", win=""),
        pin("1.1", win="", linux=""),
        ["signer-lost", "version-changed"],
    ),
    "the unsigned wheel is signed": (pin("1.0", win=""), pin("1.1"), ["signer-added", "version-changed"]),
    "another signer of one wheel": (pin("1.0"), pin("1.1", win="B"), ["signer-changed", "version-changed"]),
    "one more signer of one wheel": (pin("1.0"), pin("1.1", win="AB"), ["signer-added", "version-changed"]),
    "one of two signers left": (
        pin("1.0", linux="AB", win="AB", sdist="AB"),
        pin("1.1"),
        ["signer-changed", "version-changed"],
    ),
    "who signed which wheel is swapped": (
        pin("1.0", win="", sdist="A"),
        pin("1.0", win="A", sdist=""),
        ["signer-lost", "signer-added"],
    ),
}


@pytest.mark.parametrize("row", PACKAGES)
def test_what_happened_to_a_package(row: str) -> None:
    """Each file is held against the one that served the same before."""
    before, after, expected = PACKAGES[row]
    assert kinds(lock(before), lock(after)) == expected


def test_a_new_wheel_of_an_unsigned_hand_is_a_lost_signature() -> None:
    """A release that was wholly signed now has a file for new tags that nobody signed."""
    old = pin("1.0")
    new = pin("1.1", win="", linux="A", sdist="A")
    renamed = tuple(
        [one._replace(file=one.file.replace("cp312-cp312-win", "cp313-cp313-win")) for one in new.artifacts]
    )
    (lost, moved) = classify(lock(old), lock(new._replace(artifacts=renamed)))
    assert (lost.kind, lost.signers_before) == ("signer-lost", (RECORDS[0],))
    assert lost.details == ("file: tool-1.1-cp313-cp313-win_amd64.whl",)
    assert (moved.kind, moved.details) == ("version-changed", ("upgraded: 1.0 -> 1.1",))


def test_signed_files_that_went_are_a_lost_signature() -> None:
    """Only the unsigned file of a release is left: nobody signs it any more."""
    old, new = pin("1.0", win=""), pin("1.0", win="")
    left = tuple([one._replace(signers=None) for one in new.artifacts if "win" in one.file])
    assert kinds(lock(old), lock(new._replace(artifacts=left))) == ["signer-lost", "artifact-removed"]


def test_files_of_a_pinned_release() -> None:
    """Other bytes are an alarm and name the file; a file that came or went is said."""
    old = pin()
    first, *rest = old.artifacts
    changed = lock(old._replace(artifacts=(first._replace(hash=digest(99)), *rest)))
    (change,) = classify(lock(old), changed)
    assert (change.kind, change.severity, change.needs_approval) == ("artifact-changed", "alarm", True)
    assert change.details == (first.file,)
    less = lock(old._replace(artifacts=tuple(rest)))
    assert [(one.kind, one.details) for one in classify(lock(old), less)] == [("artifact-removed", (first.file,))]
    assert [(one.kind, one.details) for one in classify(less, lock(old))] == [("artifact-added", (first.file,))]


def test_a_record_that_changed_concerns_every_pin_of_its_signer() -> None:
    """No pin moved, and yet each that is signed by it is another; a label alone is a rename."""
    renamed = (RECORDS[0]._replace(label="acme/tool-ng"), *RECORDS[1:])
    pins = pin(), pin(name="other"), pin(name="third", **BY_B)
    found = classify(lock(*pins), lock(*pins, signers=renamed))
    assert [(one.kind, one.name, one.details) for one in found] == [
        ("signer-renamed", "other", ("label: acme/tool -> acme/tool-ng",)),
        ("signer-renamed", "tool", ("label: acme/tool -> acme/tool-ng",)),
    ]
    rows = compare_locks(lock(*pins), lock(*pins, signers=renamed)).pins
    assert [(row.kind, row.name, len(row.classes)) for row in rows] == [("changed", "other", 1), ("changed", "tool", 1)]


OTHER_WAY = Signer(A, "acme/tool", (("context", "ref=branch:main"), ("owner-id", "7")))
AT_TAG, AT_MAIN = (f"{A}#{record_digits(record)[:8]}" for record in (RECORDS[0], OTHER_WAY))
BLOCKS = RECORDS[0]._replace(id=AT_TAG), OTHER_WAY._replace(id=AT_MAIN)


def way(*references: str, name: str = "tool", version: str = "1.0") -> Pin:
    """A pin whose three files are signed by these: one for all, or one for each."""
    files = [artifact.file for artifact in pin(version, name).artifacts]
    every = references * len(files) if len(references) == 1 else references
    return with_signers(pin(version, name), {file: frozenset([one]) for file, one in zip(files, every, strict=True)})


def test_the_other_of_two_ways_is_a_change() -> None:
    """A lock that has both ways of one publisher notices a package that goes from one to the other."""
    before = lock(way(AT_TAG), way(AT_MAIN, name="other"), signers=BLOCKS)
    after = lock(way(AT_MAIN), way(AT_MAIN, name="other"), way(AT_TAG, name="third"), signers=BLOCKS)
    found = [one for one in classify(before, after) if one.name != "third"]
    assert [(one.kind, one.name, one.details) for one in found] == [
        ("signer-changed", "tool", ("context: ref=tag -> ref=branch:main",))
    ]
    assert {one.id for one in (*found[0].signers_before, *found[0].signers_after)} == {A}


def test_how_a_lock_refers_to_a_record_is_no_change() -> None:
    """A second package of one publisher in another way: the first is called otherwise, and nothing else."""
    before = lock(way(A), signers=RECORDS[:1])
    after = lock(way(AT_TAG), way(AT_MAIN, name="other"), signers=BLOCKS)
    assert before.packages[0] != after.packages[-1]
    assert [(one.kind, one.name) for one in classify(before, after)] == [("new-package", "other")]
    assert [(one.kind, one.name) for one in classify(after, before)] == [("removed", "other")]
    assert [one.name for one in compare_locks(before, after).pins] == ["other"]
    assert compare_locks(after, lock(way(AT_TAG), way(AT_MAIN, name="other"), signers=BLOCKS)).empty


# (before, after, classes, files that are named)
WAYS = {
    "one file in the other way": (way(AT_TAG), way(AT_MAIN, AT_TAG, AT_TAG), ["signer-changed"], 1),
    "all in one way again": (way(AT_MAIN, AT_TAG, AT_TAG), way(AT_TAG), ["signer-changed"], 1),
    "who signed which in which way is swapped": (
        way(AT_MAIN, AT_TAG, AT_TAG),
        way(AT_TAG, AT_MAIN, AT_TAG),
        ["signer-changed", "signer-changed"],
        2,
    ),
    "a new release in the same ways": (
        way(AT_MAIN, AT_TAG, AT_TAG),
        way(AT_MAIN, AT_TAG, AT_TAG, version="1.1"),
        ["version-changed"],
        0,
    ),
    "a file less that was in another way": (
        way(AT_MAIN, AT_TAG, AT_TAG),
        with_signers(
            way(AT_TAG)._replace(artifacts=way(AT_TAG).artifacts[1:]),
            {one.file: frozenset([AT_TAG]) for one in way(AT_TAG).artifacts[1:]},
        ),
        ["artifact-removed"],
        0,
    ),
}


@pytest.mark.parametrize("row", WAYS)
def test_ways_of_single_files(row: str) -> None:
    """Each file is held against the one that served the same, by the record that it refers to."""
    before, after, expected, named = WAYS[row]
    found = classify(lock(before, signers=BLOCKS), lock(after, signers=BLOCKS))
    assert [one.kind for one in found] == expected
    files = {line for one in found for line in one.details if line.startswith("file: ")}
    assert len(files) == named


def test_a_new_wheel_in_one_of_the_ways_of_before_is_no_change_of_signers() -> None:
    """A file for new tags is held against the way of before that it is in, if there was one."""
    before = way(AT_MAIN, AT_TAG, AT_TAG)
    new = PinnedArtifact("tool-1.1-cp313-cp313-win_amd64.whl", digest(9), (AT_MAIN,))
    now = way(AT_MAIN, AT_TAG, AT_TAG, version="1.1")
    after = now._replace(artifacts=(*now.artifacts, new))
    assert kinds(lock(before, signers=BLOCKS), lock(after, signers=BLOCKS)) == ["version-changed"]
    gone = lock(way(AT_MAIN, AT_MAIN, AT_MAIN), signers=BLOCKS)
    assert kinds(lock(way(A), signers=(OTHER_WAY,)), gone) == []


def module(version: str = "1.0.0", signers: tuple[str, ...] = (C,), **facts: object) -> Pin:
    """A module, signed by one key that has to."""
    whole: dict[str, object] = {"tree": digest(5), "threshold": len(signers), **facts}
    return Pin(
        "acme",
        "@acme/base",
        version,
        artifacts=(PinnedArtifact(f"acme-base-{version}.tar", digest(4)),),
        signers=signers,
        module=ModuleFacts(**whole),  # type: ignore[arg-type]  # the fields of the test's rows
    )


REGISTRY = (LockedSource("acme", "modules", root=digest(1)),)
MORE = ("label: beta/tool -> acme/tool", "context: none -> ref=tag", "owner-id: none -> 7")
MODULES: dict[str, tuple[Pin, Pin, list[tuple[str, tuple[str, ...]]]]] = {
    "newly privileged": (module(), module(privileged=True), [("module-privileged", ())]),
    "no longer privileged": (module(privileged=True), module(), [("facts-changed", ("no longer privileged",))]),
    "wider permissions": (
        module(permissions=("program:git",)),
        module(permissions=("agent:x", "program:git")),
        [("permissions-widened", ("agent:x",))],
    ),
    "fewer permissions": (
        module(permissions=("program:git",)),
        module(),
        [("facts-changed", ("fewer permissions",))],
    ),
    "other files in the tree": (module(), module(tree=digest(6)), [("artifact-changed", ("tree",))]),
    "one of two publishers that have to": (
        module(signers=(A, C)),
        module(signers=(A,)),
        [("signer-lost", ()), ("threshold-lowered", ("2 -> 1",))],
    ),
    "one of two publishers, one has to": (
        module(signers=(A, C), threshold=1),
        module(signers=(A,)),
        [("signer-changed", ())],
    ),
    "a higher threshold": (
        module(signers=(A, C), threshold=1),
        module(signers=(A, C)),
        [("facts-changed", ("threshold",))],
    ),
    "a co-signer less": (module(vetted=(B,)), module(), [("vetting-changed", (f"no longer vouches: {B}",))]),
    "another co-signer": (
        module(vetted=(B,)),
        module(vetted=(A,)),
        [("vetting-changed", (f"id: {B} -> {A}", *MORE))],
    ),
    "a first co-signer": (module(), module(vetted=(B,)), [("vetting-changed", (f"vouches now: {B}",))]),
}


@pytest.mark.parametrize("row", MODULES)
def test_what_happened_to_a_module(row: str) -> None:
    """More rights and fewer signatures have classes of their own."""
    before, after, expected = MODULES[row]
    found = classify(lock(before, sources=REGISTRY), lock(after, sources=REGISTRY))
    assert [(one.kind, one.details) for one in found] == expected


def test_new_and_removed_packages_and_another_source() -> None:
    """The same name from elsewhere is a new package and says so; a source that points elsewhere concerns its pins."""
    moved = lock(pin(source="mirror"), sources=(LockedSource("mirror", "pypi", "https://a.example/"),))
    assert [(one.kind, one.source, one.details) for one in classify(lock(pin()), moved)] == [
        ("new-package", "mirror", ("the same name was locked from pypi",)),
        ("removed", "pypi", ()),
    ]
    elsewhere = moved._replace(sources=(LockedSource("mirror", "pypi", "https://b.example/"),))
    (change,) = classify(moved, elsewhere)
    assert (change.kind, change.details) == ("source-changed", ("https://a.example/ -> https://b.example/",))
    assert compare_locks(moved, elsewhere).pins == ()  # it is said once, of the source


LINES = [
    # the locked versions, the new one, the one it is compared with
    ("1.0 2.0", "2.0", "2.0"),
    ("1.0", "2.0", "1.0"),
    ("1.26.4 2.1.3", "2.1.10", "2.1.3"),
    ("1.26.4 2.1.3", "1.26.5", "1.26.4"),
    ("1.25.2 1.26.4 2.1.3", "1.26.3", "1.26.4"),  # only above in its line
    ("1.25.2 2.1.3", "1.27", "1.25.2"),
    ("1.2 1.9", "1.5", "1.2"),
    ("2.0 3.0", "1.0", "2.0"),
    ("1.0 1!1.0", "1!1.1", "1!1.0"),
    ("1.0rc1 1.0.post1", "1.0", "1.0rc1"),
    ("10.0 1.0", "10.1", "10.0"),
]


@pytest.mark.parametrize(("locked", "version", "expected"), LINES)
def test_a_pin_follows_the_nearest_release_line(locked: str, version: str, expected: str) -> None:
    """The same version, else the highest below in the line that shares the most numbers, else the lowest above."""
    found = predecessor(Pin("pypi", "a", version), [Pin("pypi", "a", one) for one in locked.split()])
    assert found is not None
    assert found.version == expected


def test_nothing_locked_before_has_no_predecessor() -> None:
    """A new package follows nothing."""
    assert predecessor(Pin("pypi", "a", "1.0"), []) is None


def test_versions_beside_each_other() -> None:
    """A second version is compared with the first, which stays; one that nobody follows is removed."""
    found = classify(lock(pin("1.0")), lock(pin("1.0"), pin("2.0", **BY_B)))
    assert [(one.kind, one.details) for one in found][1] == (
        "version-changed",
        ("upgraded: 1.0 -> 2.0", "1.0 stays locked"),
    )
    assert found[0].kind == "signer-changed"
    found = classify(lock(pin("1.0"), pin("2.0")), lock(pin("2.1")))
    assert [(one.kind, one.before and one.before.version) for one in found] == [
        ("version-changed", "2.0"),
        ("removed", "1.0"),
    ]


@given(locks())
@settings(max_examples=60, deadline=None)
def test_a_lock_has_no_change_from_itself(world: Lock) -> None:
    """compare(x, x) is nothing."""
    assert classify(world, world) == ()
    assert classify(canonical(world), canonical(world)) == ()


@given(locks(), st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_differs_has_a_class(world: Lock, data: st.DataObject) -> None:
    """Any package that came, went or differs, or whose signers' records or source do, has a class; no other has."""
    before = after = canonical(world)
    for _ in range(data.draw(st.integers(1, 3))):
        after = edited(after, data)
    found = classify(before, after)
    touched = {(one.source, one.name) for one in found}
    assert touched == {key for key in names(before) | names(after) if told(before, key) != told(after, key)}
    ranks = [(one.source, one.name, str(one.after and one.after.version), KINDS.index(one.kind)) for one in found]
    for one, other in pairwise(ranks):
        assert one[:3] != other[:3] or one[3] <= other[3]


def edited(world: Lock, data: st.DataObject) -> Lock:
    """The lock with something of it changed: a pin, a record, a source."""
    what = data.draw(st.sampled_from(["pin", "pin", "drop", "record", "source"]))
    if what == "record" and world.signers:
        place = data.draw(st.integers(0, len(world.signers) - 1))
        record = world.signers[place]
        other = data.draw(
            st.sampled_from([record._replace(label="other"), record._replace(attributes=(("context", "other"),))])
        )
        return world._replace(signers=(*world.signers[:place], other, *world.signers[place + 1 :]))
    if what == "source" and world.sources:
        place = data.draw(st.integers(0, len(world.sources) - 1))
        moved = world.sources[place]
        moved = moved._replace(root=digest(77)) if moved.root else moved._replace(identity="https://other.example/")
        return world._replace(sources=(*world.sources[:place], moved, *world.sources[place + 1 :]))
    if not world.packages:
        return world
    place = data.draw(st.integers(0, len(world.packages) - 1))
    rest = world.packages[:place], world.packages[place + 1 :]
    if what == "drop":
        return world._replace(packages=rest[0] + rest[1])
    chosen = world.packages[place]
    first, *files = chosen.artifacts
    options = [
        chosen._replace(requires_python=">=3.1"),
        chosen._replace(when="os_name == 'x'"),
        chosen._replace(dependencies=()),
        chosen._replace(unknown=(("new", "1"),)),
        chosen._replace(artifacts=(first._replace(hash=digest(88)), *files)),
        chosen._replace(artifacts=(*chosen.artifacts, PinnedArtifact("added.whl", digest(1)))),
    ]
    facts = chosen.module
    if facts is not None:
        options += [
            chosen._replace(module=facts._replace(privileged=not facts.privileged)),
            chosen._replace(module=facts._replace(permissions=("agent:new",))),
            chosen._replace(module=facts._replace(threshold=facts.threshold + 1)),
            chosen._replace(module=facts._replace(tree=digest(66))),
            chosen._replace(module=facts._replace(vetted=())),
        ]
    return world._replace(packages=(*rest[0], data.draw(st.sampled_from(options)), *rest[1]))


@given(locks(), st.data())
@settings(max_examples=80, deadline=None)
def test_one_edited_pin_is_noticed(world: Lock, data: st.DataObject) -> None:
    """A signature taken away from any one file, or added to it, is a change of signers of that package alone."""
    world = canonical(world)
    python = [one for one in world.packages if one.module is None and one.artifacts]
    if not python or not world.signers:
        return
    chosen = data.draw(st.sampled_from(python))
    signer = data.draw(st.sampled_from(world.signers)).id
    file = data.draw(st.sampled_from(chosen.artifacts)).file
    signed = {one.file: frozenset(chosen.signers if one.signers is None else one.signers) for one in chosen.artifacts}
    signed[file] ^= {signer}
    edited = with_signers(chosen, signed)
    after = canonical(world._replace(packages=tuple([edited if one is chosen else one for one in world.packages])))
    found = classify(world, after)
    assert found
    assert {(one.source, one.name, one.after and one.after.version) for one in found} == {chosen[:3]}
    assert all(one.kind.startswith("signer-") and one.needs_approval for one in found)
    nobody = not signed[file]
    assert ("signer-lost" in [one.kind for one in found]) == nobody


def names(world: Lock) -> set[tuple[str, str]]:
    return {(one.source, one.name) for one in world.packages}


def told(world: Lock, key: tuple[str, str]) -> object:
    """All that a lock says of a package: pins, records, what its source is."""
    pins = [one for one in world.packages if (one.source, one.name) == key]
    ids = {id_ for one in pins for id_ in (*one.signers, *(one.module.vetted if one.module else ()))}
    ids |= {id_ for one in pins for artifact in one.artifacts for id_ in artifact.signers or ()}
    where = [(one.root, one.identity) for one in world.sources if one.name == key[0]] or [("", "")]
    return pins, [one for one in world.signers if one.id in ids], where if pins else []


def test_the_classes_are_on_the_page() -> None:
    """`docs/findings.md` has the table, row by row, in the order of gravity."""
    rows = [
        f"| `{kind}` | {one.severity} | {'yes' if one.approval else 'no'} | {one.meaning} |"
        for kind, one in CLASSES.items()
    ]
    assert "\n".join(rows) in FINDINGS
    order = ["alarm", "error", "warning", "note"]
    ranks = [order.index(one.severity) for one in CLASSES.values()]
    assert ranks == sorted(ranks)
    assert all(one.approval for kind, one in CLASSES.items() if kind != "facts-changed")
    assert Change("removed", "pypi", "a", None, None).needs_approval
