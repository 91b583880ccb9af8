"""Our lock against another tool's: what differs, where both are for the same targets."""

from typing import Any

import pytest

from holdfast.findings.codes import CODES
from holdfast.findings.finding import Finding, Place, fails
from holdfast.imports.compare import NEXT, compare
from holdfast.imports.coverage import coverage
from holdfast.imports.port import ForeignLock, ForeignPin, Skipped
from holdfast.imports.table import ROWS, read_foreign
from holdfast.model.lock import Lock, Pin
from holdfast_resolver.versions.grid import Grid
from tests.lockfile.exports.small_locks import TARGETS, digest, lock, pin
from tests.lockfile.imports.foreign_files import UV

WHEEL, SDIST = "a-1-py3-none-any.whl", "a-1.tar.gz"
OURS = lock(pin("a", "1", "b ; sys_platform == 'win32'"), pin("b", "1"), project=("a",))


def entry(made: Pin, marker: str = "", line: int = 3) -> ForeignPin:
    files = tuple((artifact.file, artifact.hash) for artifact in made.artifacts)
    return ForeignPin(made.name, made.version, files, marker, line)


def theirs(*pins: ForeignPin, **fields: Any) -> ForeignLock:
    return ForeignLock("pylock", "pylock.toml", pins)._replace(**fields)


def said(findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    return [(finding.code, finding.severity, finding.subject) for finding in findings]


SAME = (entry(OURS.packages[0]), entry(OURS.packages[1], "sys_platform == 'win32'"))


def test_the_same_pins_are_no_finding() -> None:
    """Nothing is said of two files that agree."""
    assert compare(OURS, theirs(*SAME)) == ()


def test_a_pin_of_ours_alone_is_missing() -> None:
    """The finding names the entry, both files, the targets, and the next command."""
    assert compare(OURS, theirs(SAME[0])) == (
        Finding(
            "foreign-missing",
            "error",
            "b 1",
            "b 1 (holdfast.lock)",
            "no entry (pylock.toml)",
            facts=(("targets", "cp311 windows-x86_64, cp312 windows-x86_64"),),
            hints=("holdfast export pylock --output pylock.toml",),
            place=Place("pylock.toml", 0),
        ),
    )


def test_a_pin_of_theirs_alone_is_extra() -> None:
    """The place is the line of their entry."""
    (finding,) = compare(OURS, theirs(*SAME, entry(pin("six", "1"), line=9)))
    assert (finding.code, finding.severity, finding.place) == (
        "foreign-extra",
        "error",
        Place("pylock.toml", 9),
    )
    assert (finding.expected, finding.found) == ("no pin (holdfast.lock)", "six 1 (pylock.toml)")


def test_what_they_have_for_other_platforms_alone_is_no_drift() -> None:
    """An entry whose marker holds on none of our targets is not looked at."""
    assert compare(OURS, theirs(*SAME, entry(pin("js", "1"), "sys_platform == 'emscripten'"))) == ()


def test_other_versions_on_a_target_are_named() -> None:
    """Each pair of versions that meet is one finding."""
    found = compare(OURS, theirs(entry(pin("a", "2"), line=5), SAME[1]))
    assert said(found) == [("foreign-version", "error", "a")]
    assert (found[0].expected, found[0].found) == ("a 1 (holdfast.lock)", "a 2 (pylock.toml)")
    assert found[0].place.line == 5


def test_forks_are_compared_target_by_target() -> None:
    """Two versions that each hold on their own targets agree with ours, and swapped they do not."""
    old, new = "python_version < '3.12'", "python_version >= '3.12'"
    ours = lock(pin("a", "1", when=old), pin("a", "2", when=new), project=("a",))
    first, second = (entry(made) for made in ours.packages)
    assert compare(ours, theirs(first._replace(marker=old), second._replace(marker=new))) == ()
    swapped = compare(ours, theirs(first._replace(marker=new), second._replace(marker=old)))
    assert said(swapped) == [("foreign-version", "error", "a")] * 2
    assert swapped[0].facts[0][1].startswith("cp311 ")


def test_other_bytes_of_a_file_are_an_alarm() -> None:
    """The same file with another hash: found wherever the entry applies."""
    changed = entry(pin("a", "1"))._replace(artifacts=((WHEEL, digest("evil")), (SDIST, digest(SDIST))))
    for made in (changed, changed._replace(marker="sys_platform == 'emscripten'")):
        alarms = [finding for finding in compare(OURS, theirs(made, SAME[1])) if finding.severity == "alarm"]
        assert said(tuple(alarms)) == [("foreign-hash", "alarm", WHEEL)]
        assert alarms[0].expected == f"{digest(WHEEL)} (holdfast.lock)"
        assert alarms[0].found == f"{digest('evil')} (pylock.toml)"
        assert alarms[0].hints == ("holdfast verify a",)


def test_an_entry_with_fewer_files_is_a_note() -> None:
    """A lock made for one platform lists fewer files: worth a word, no failure."""
    fewer = entry(pin("a", "1"))._replace(artifacts=((WHEEL, digest(WHEEL)),))
    found = compare(OURS, theirs(fewer, SAME[1]))
    assert said(found) == [("foreign-hash", "note", SDIST)]


def test_an_entry_with_other_files_is_an_error() -> None:
    """As many files as ours, and one of ours not among them."""
    other = entry(pin("a", "1"))._replace(artifacts=((WHEEL, digest(WHEEL)), ("a-1.zip", digest("zip"))))
    assert said(compare(OURS, theirs(other, SAME[1]))) == [("foreign-hash", "error", SDIST)]


def test_wheels_for_platforms_where_they_do_not_need_the_package_may_be_absent() -> None:
    """A wheel of ours that serves none of the targets of their entry is no difference."""
    windows, macos = "b-1-cp311-cp311-win_amd64.whl", "b-1-cp311-cp311-macosx_11_0_arm64.whl"
    ours = lock(pin("b", "1", files=(windows, macos)), project=("b ; sys_platform == 'win32'",))
    listed = ((windows, digest(windows)), ("b-1-cp310-cp310-win_amd64.whl", digest("x")))
    assert compare(ours, theirs(ForeignPin("b", "1", listed, "sys_platform == 'win32'"))) == ()


def test_nameless_hashes_are_compared_as_a_set() -> None:
    """In a requirements file an edited hash is a hash of ours that is not there."""
    nameless = [made._replace(artifacts=tuple(sorted(("", value) for _, value in made.artifacts))) for made in SAME]
    assert compare(OURS, theirs(*nameless)) == ()
    edited = nameless[0]._replace(artifacts=(("", digest("evil")), ("", digest(SDIST))))
    assert said(compare(OURS, theirs(edited, nameless[1]))) == [("foreign-hash", "error", WHEEL)]


def test_hashes_of_other_kinds_and_entries_without_any_are_not_compared() -> None:
    """sha512 against sha256 says nothing; nor does an entry without hashes."""
    other_kind = entry(pin("a", "1"))._replace(artifacts=((SDIST, "sha512:" + "0" * 128), (WHEEL, "")))
    assert compare(OURS, theirs(other_kind, SAME[1]._replace(artifacts=()))) == ()


def test_a_package_on_fewer_targets_is_a_note() -> None:
    """Both have it, on targets that are not quite the same."""
    wide = lock(pin("a", "1"), project=("a",))
    narrow = lock(pin("a", "1"), project=("a ; sys_platform == 'win32'",))
    on_windows = entry(pin("a", "1"), "sys_platform == 'win32'")
    assert said(compare(wide, theirs(on_windows))) == [("foreign-missing", "note", "a 1")]
    assert said(compare(narrow, theirs(entry(pin("a", "1"))))) == [("foreign-extra", "note", "a 1")]


@pytest.mark.parametrize("fields", [{"requires_python": ">=3.12"}, {"environments": ("python_version >= '3.12'",)}])
def test_targets_that_they_do_not_cover_are_not_judged(fields: dict[str, Any]) -> None:
    """Where their file is for other Pythons, ours may have what it wants."""
    ours = lock(pin("a", "1", "old ; python_version < '3.12'"), pin("old", "1"), project=("a",))
    alone = theirs(entry(pin("a", "1")))
    assert [finding.subject for finding in compare(ours, alone)] == ["old 1"]
    assert compare(ours, alone._replace(**fields)) == ()


def test_extras_and_groups_of_ours_may_be_left_out_of_an_exported_file() -> None:
    """A file made for some extras and groups need not have the others: a note; a whole lock must."""
    ours = lock(pin("a", "1"), pin("t", "1"), project=("a",), groups={"test": ("t",)})
    exported = theirs(entry(pin("a", "1")), complete=False)
    assert said(compare(ours, exported)) == [("foreign-missing", "note", "t 1")]
    assert said(compare(ours, exported._replace(complete=True))) == [("foreign-missing", "error", "t 1")]


def test_entries_by_git_or_path_are_not_missing() -> None:
    """A package that they have from elsewhere than an index is there."""
    assert compare(OURS, theirs(SAME[0], skipped=(Skipped("b", "git"),))) == ()


def test_a_file_that_does_not_say_where_its_entries_apply_may_have_more() -> None:
    """Poetry's older locks have no markers: what is extra there is a note."""
    found = compare(OURS, theirs(*SAME, entry(pin("six", "1")), marked=False))
    assert said(found) == [("foreign-extra", "note", "six 1")]
    assert not any(fails(finding) for finding in found)


def uv_twin() -> Lock:
    """What holdfast would lock for the project of the uv fixture."""
    foreign = read_foreign("uv.lock", UV)
    files = {f"{made.name} {made.version}": tuple(made.artifacts) for made in foreign.pins}

    def twin(name: str, version: str, *edges: str, when: str = "") -> Pin:
        made = pin(name, version, *edges, when=when, files=tuple(f for f, _ in files[f"{name} {version}"]))
        hashes = dict(files[f"{name} {version}"])
        return made._replace(artifacts=tuple(a._replace(hash=hashes[a.file]) for a in made.artifacts))

    return lock(
        twin("celery", "5.4.0", "vine", "redis ; extra == 'redis'"),
        twin("django", "5.2", when="python_version < '3.12'"),
        twin("django", "6.0", when="python_version >= '3.12'"),
        twin("redis", "5.0", "jsfetch ; sys_platform == 'emscripten'"),
        twin("vine", "5.1.0"),
        project=("celery[redis] ; sys_platform != 'darwin'", "django"),
        groups={"test": ("vine",)},
    )


def test_uv_packages_apply_where_its_graph_leads() -> None:
    """uv writes no markers on entries: its own edges say where they apply."""
    foreign = read_foreign("uv.lock", UV)
    grid = Grid(TARGETS)
    covered = coverage(foreign, grid)
    assert {f"{p.name} {p.version}": bin(mask) for p, mask in zip(foreign.pins, covered.pins, strict=True)} == {
        "celery 5.4.0": "0b10111011",
        "django 5.2": "0b1111",
        "django 6.0": "0b11110000",
        "jsfetch 1.0": "0b0",
        "redis 5.0": "0b10111011",
        "vine 5.1.0": "0b11111111",
    }
    assert compare(uv_twin(), foreign) == ()


@pytest.mark.parametrize(
    ("old", "new", "code", "subject"),
    [
        ('"5.1.0"', '"5.2.0"', "foreign-version", "vine"),
        ("a" * 64, "f" * 64, "foreign-hash", "celery-5.4.0-py3-none-any.whl"),
        ('name = "redis"\nversion', 'name = "rodis"\nversion', "foreign-missing", "redis 5.0"),
        (" == 'emscripten'", " == 'win32'", "foreign-extra", "jsfetch 1.0"),
    ],
)
def test_one_edit_of_a_uv_lock_is_named(old: str, new: str, code: str, subject: str) -> None:
    """An edited version, hash, name or marker is one failing finding with its line."""
    assert old in UV
    failing = [f for f in compare(uv_twin(), read_foreign("uv.lock", UV.replace(old, new, 1))) if fails(f)]
    assert [(finding.code, finding.subject) for finding in failing] == [(code, subject)]


def test_every_code_is_in_the_table_with_the_usual_severity() -> None:
    """The codes that `compare` uses are documented, and every format has a next command."""
    assert {code: CODES[code].severity for code in CODES if code.startswith("foreign-")} == {
        "foreign-missing": "error",
        "foreign-extra": "error",
        "foreign-version": "error",
        "foreign-hash": "alarm",
        "foreign-location": "error",
    }
    assert NEXT.keys() == {row.tool for row in ROWS}
