"""The use case behind `lock`, on a shelf in memory: what is assembled, kept, blocked."""

from pathlib import Path

import pytest

from holdfast.configuration.configuration import Configuration, Project
from holdfast.drift.closure import check_closure
from holdfast.findings.finding import Place
from holdfast.model.lock import Lock
from holdfast.workflows.lock import Blocked, Locked, Order, lock, prepare
from holdfast.workflows.market import Market
from holdfast.workflows.previous import Previous, Remembered
from holdfast_resolver.resolve.request import Impossible
from holdfast_resolver.values.requirements import parse_requirement
from holdfast_resolver.values.wishes import Manifest, Source, Wish
from holdfast_resolver.versions.grid import Grid
from tests.support.shelf import PYPI, Release, Shelf, index_of

ORDER = Order("2026-01-15")
CONFIGURATION = Configuration(
    path="holdfast.toml",
    pythons=((3, 11), (3, 12)),
    platforms=(("linux-x86_64", "glibc-2.28"), ("windows-x86_64", "")),
)


class Disk:
    """Files in memory that count writes."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def read(self, name: str) -> bytes | None:
        return self.files.get(name)

    def write(self, name: str, data: bytes) -> None:
        self.files[name] = data


def project(*wishes: str, **more: tuple[str, ...]) -> Project:
    """A project with wishes, and with groups by name."""
    found = [Wish(parse_requirement(text), "project", "", "pyproject.toml", 5) for text in wishes]
    for group, texts in more.items():
        found += [Wish(parse_requirement(text), "group", group, "pyproject.toml", 9) for text in texts]
    return Project(Manifest("pyproject.toml", "web", ">=3.11", tuple(found)), CONFIGURATION)


def market(tmp_path: Path, shelf: Shelf, *more: Source) -> Market:
    """The shelf as an index that knows nothing yet."""
    return Market(index_of(shelf, str(tmp_path)), (PYPI, *more))


def locked(tmp_path: Path, shelf: Shelf, asked: Project, before: Lock | None = None, order: Order = ORDER) -> Locked:
    """A lock that stands."""
    outcome = prepare(asked, previous(before), market(tmp_path, shelf), order)
    assert isinstance(outcome, Locked)
    grid = Grid(outcome.lock.scope.targets, outcome.lock.scope.requires_python)
    assert check_closure(outcome.lock, grid) == ()
    return outcome


def previous(before: Lock | None) -> Previous:
    """A lock as it is found on the disk."""
    if before is None:
        return Previous()
    pins = [Remembered(pin.source, pin.name, pin.version, pin.artifacts, pin.when) for pin in before.packages]
    return Previous(before, tuple(pins), 0, b"")


FORKED = Shelf(
    {
        "top": [Release("1.0", requires=("low",))],
        "low": [
            Release("1.0", requires_python=">=3.11"),
            Release("2.0", requires_python=">=3.12"),
        ],
    }
)


def test_a_package_in_several_versions_says_where_each_holds(tmp_path: Path) -> None:
    """`when` markers partition the targets; a package in one version has none."""
    pins = {(pin.name, pin.version): pin.when for pin in locked(tmp_path, FORKED, project("top")).lock.packages}
    assert pins == {
        ("low", "1.0"): "python_version < '3.12'",
        ("low", "2.0"): "python_version >= '3.12'",
        ("top", "1.0"): "",
    }


def test_inputs_are_one_block_for_each_part_of_the_manifest(tmp_path: Path) -> None:
    """Sorted, each wish once; constraints and overrides are parts of their own."""
    shelf = Shelf({name: [Release("1.0"), Release("2.0")] for name in ("a", "b")})
    asked = project("b", "a", "a", dev=("b>=1",))
    constraint = Wish(parse_requirement("a<2"), "constraint", "", "holdfast.toml", 3)
    asked = asked._replace(configuration=CONFIGURATION._replace(constraints=(constraint,)))
    lock_made = locked(tmp_path, shelf, asked).lock
    assert [(one.path, one.kind, one.name, list(map(str, one.requires))) for one in lock_made.inputs] == [
        ("holdfast.toml", "constraint", "", ["pypi:a<2"]),
        ("pyproject.toml", "project", "", ["pypi:a", "pypi:b"]),
        ("pyproject.toml", "group", "dev", ["pypi:b>=1"]),
    ]
    assert [(pin.name, pin.version) for pin in lock_made.packages] == [("a", "1.0"), ("b", "2.0")]


def test_only_sources_that_are_used_are_written_down(tmp_path: Path) -> None:
    """The main index never is; a wish and an edge name the source in which they resolve."""
    shelf = Shelf({"top": [Release("1.0", requires=("acme-x",))], "acme-x": [Release("1.0")]})
    own = Source("own", "pypi", "https://own.example/", "https://own.example/", ("acme-*",))
    idle = Source("idle", "pypi", "https://idle.example/", "https://idle.example/", ("idle",))
    outcome = prepare(project("top"), Previous(), market(tmp_path, shelf, own, idle), ORDER)
    assert isinstance(outcome, Locked)
    assert [source.name for source in outcome.lock.sources] == ["own"]
    assert [(pin.source, pin.name) for pin in outcome.lock.packages] == [("own", "acme-x"), ("pypi", "top")]
    assert str(outcome.lock.packages[1].dependencies[0][0]) == "own:acme-x"


def test_the_same_again_is_nothing_to_write(tmp_path: Path) -> None:
    """The text is empty, and nothing is compared."""
    before = locked(tmp_path, FORKED, project("top")).lock
    again = locked(tmp_path, FORKED, project("top"), before)
    assert (again.text, again.difference, again.lock) == ("", None, before)


def test_pins_stay_where_newer_releases_came(tmp_path: Path) -> None:
    """Until they are freed, by name or all."""
    old = Shelf({"a": [Release("1.0")], "b": [Release("1.0")]})
    new = Shelf({"a": [Release("1.0"), Release("2.0")], "b": [Release("1.0"), Release("2.0")]})
    before = locked(tmp_path / "old", old, project("a", "b")).lock

    def versions(order: Order) -> list[str]:
        return [pin.version for pin in locked(tmp_path / "new", new, project("a", "b"), before, order).lock.packages]

    assert versions(ORDER) == ["1.0", "1.0"]
    assert versions(ORDER._replace(freed=frozenset({"b"}))) == ["1.0", "2.0"]
    assert versions(ORDER._replace(free_all=True)) == ["2.0", "2.0"]


def test_a_yanked_pin_stays_with_a_warning_and_leaves_when_freed(tmp_path: Path) -> None:
    """Nothing moves unasked."""
    before = locked(tmp_path / "old", Shelf({"a": [Release("1.0"), Release("2.0")]}), project("a")).lock
    shelf = Shelf({"a": [Release("1.0"), Release("2.0", yanked="broken")]})
    kept = locked(tmp_path / "new", shelf, project("a"), before)
    assert [(one.code, one.subject, one.found) for one in kept.findings] == [("pin-yanked", "a 2.0", "yanked: broken")]
    assert kept.findings[0].hints == ("holdfast update a --dry-run",)
    assert kept.text == ""
    freed = locked(tmp_path / "new", shelf, project("a"), before, ORDER._replace(freed=frozenset({"a"})))
    assert [pin.version for pin in freed.lock.packages] == ["1.0"]


@pytest.mark.parametrize("wish", ["a==2.0", "a==2", "a===2.0"])
@pytest.mark.parametrize("order", [ORDER, ORDER._replace(freed=frozenset({"a"})), ORDER._replace(free_all=True)])
def test_no_update_is_named_for_a_yanked_pin_that_the_project_asks_for_exactly(
    tmp_path: Path, order: Order, wish: str
) -> None:
    """It would do nothing: the wish is named instead, with its place."""
    before = locked(tmp_path / "old", Shelf({"a": [Release("1.0"), Release("2.0")]}), project(wish)).lock
    shelf = Shelf({"a": [Release("1.0"), Release("2.0", yanked="broken")]})
    (found,) = locked(tmp_path / "new", shelf, project(wish), before, order).findings
    assert found.hints == ("holdfast why a",)
    said = f"does not help: {wish} (pyproject.toml:5) admits no other release; widen that first"
    assert (found.facts, found.place) == ((("update", said),), Place("pyproject.toml", 5))


def test_files_added_to_a_pinned_release_are_left_and_said(tmp_path: Path) -> None:
    """`update` of that very name takes them in."""
    few = Shelf({"a": [Release("1.0")]})
    more = Shelf({"a": [Release("1.0", tags=("py3-none-any", "py3-none-win_amd64"))]})
    before = locked(tmp_path / "old", few, project("a")).lock
    kept = locked(tmp_path / "new", more, project("a"), before)
    assert [(one.code, one.severity, one.subject) for one in kept.findings] == [
        ("artifact-added", "note", "a-1.0-py3-none-win_amd64.whl")
    ]
    assert kept.lock == before
    freed = locked(tmp_path / "new", more, project("a"), before, ORDER._replace(freed=frozenset({"a"})))
    assert len(freed.lock.packages[0].artifacts) == 2


def test_changed_bytes_block_the_lock(tmp_path: Path) -> None:
    """Nothing is written, whatever else would change; accepting another name does not help."""
    shelf = Shelf({"a": [Release("1.0")], "b": [Release("1.0")]})
    before = locked(tmp_path, shelf, project("a")).lock
    (pin,) = before.packages
    forged = pin._replace(artifacts=(pin.artifacts[0]._replace(hash="sha256:" + 64 * "0"),))
    disk = Disk()
    for accepted in (frozenset[str](), frozenset({"b"})):
        outcome = lock(
            project("a", "b"),
            previous(before._replace(packages=(forged,))),
            disk,
            market(tmp_path, shelf),
            ORDER._replace(accepted=accepted),
        )
        assert isinstance(outcome, Blocked)
        (alarm,) = outcome.findings
        assert (alarm.code, alarm.severity, alarm.expected) == ("artifact-changed", "alarm", "sha256:" + 64 * "0")
        assert alarm.found == pin.artifacts[0].hash
        assert disk.files == {}
    outcome = lock(
        project("a", "b"),
        previous(before._replace(packages=(forged,))),
        disk,
        market(tmp_path, shelf),
        ORDER._replace(accepted=frozenset({"a"})),
    )
    assert isinstance(outcome, Locked)
    assert outcome.lock.packages[0] == pin
    assert list(disk.files) == ["holdfast.lock"]


@pytest.mark.parametrize("dry_run", [False, True])
def test_no_solution_writes_nothing(tmp_path: Path, dry_run: bool) -> None:
    """The outcome is a value, not an exception."""
    disk = Disk()
    asked = project("a>=9")
    shelf = Shelf({"a": [Release("1.0")]})
    outcome = lock(asked, Previous(), disk, market(tmp_path, shelf), ORDER._replace(dry_run=dry_run))
    assert isinstance(outcome, Impossible)
    assert disk.files == {}


def test_unknown_keys_stay_while_their_pin_does_not_move(tmp_path: Path) -> None:
    """And go when it does."""
    old = Shelf({"a": [Release("1.0")], "b": [Release("1.0")]})
    new = Shelf({"a": [Release("1.0")], "b": [Release("1.0"), Release("2.0")]})
    before = locked(tmp_path / "old", old, project("a", "b")).lock
    marked = before._replace(
        packages=tuple(pin._replace(unknown=(("note", '"ours"'),)) for pin in before.packages),
        unknown=(("top", "1"),),
    )
    after = locked(tmp_path / "new", new, project("a", "b"), marked, ORDER._replace(freed=frozenset({"b"}))).lock
    assert [pin.unknown for pin in after.packages] == [(("note", '"ours"'),), ()]
    assert after.unknown == (("top", "1"),)
