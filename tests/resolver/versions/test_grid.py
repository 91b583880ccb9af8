"""The target grid against `packaging`: markers, requires-python and wheel tags, target by target."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging import tags
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet

from holdfast_resolver.values.markers import atoms, canonical_marker, parse_marker
from holdfast_resolver.values.targets import PLATFORMS, Target, parse_target
from holdfast_resolver.versions.grid import Grid
from holdfast_resolver.versions.pythons import MINORS, default_targets
from holdfast_resolver.versions.wheels import may_serve
from tests.support.environments import environment

TARGETS = tuple(
    parse_target(text)
    for text in (
        "cp310 linux-x86_64 glibc-2.28",
        "cp311 linux-aarch64 glibc-2.17",
        "cp311 linux-x86_64 musl-1.2",
        "cp312 macos-arm64 14.0",
        "cp312 macos-x86_64 11.0",
        "cp313 windows-x86_64",
    )
)
GRID = Grid(TARGETS)
PATCHES = (*range(12), 50, 99)

_ATOMS = st.sampled_from(
    [
        f"{variable} {operator} '{value}'"
        for variable, values in {
            "python_version": ("3.9", "3.10", "3.11", "3.12"),
            "python_full_version": ("3.11", "3.11.3", "3.12.0", "3.13.7"),
        }.items()
        for operator, value in itertools.product(("<", "<=", ">", ">=", "==", "!="), values)
    ]
    + [
        f"{variable} {operator} '{value}'"
        for variable, values in {
            "sys_platform": ("linux", "darwin", "win32", "emscripten"),
            "platform_system": ("Linux", "Darwin", "Windows"),
            "platform_machine": ("x86_64", "aarch64", "arm64", "AMD64"),
            "os_name": ("posix", "nt"),
            "implementation_name": ("cpython", "pypy"),
            "platform_python_implementation": ("CPython", "PyPy"),
            "extra": ("x", "Y_z"),
        }.items()
        for operator, value in itertools.product(("==", "!="), values)
    ]
    + ["'lin' in sys_platform", "python_version in '3.10 3.12'", "python_version not in '3.10 3.12'"]
    + ["python_version ~= '3.10'", "'3.11' <= python_version", "python_full_version == '3.11.*'"]
)
_MARKERS = st.recursive(
    _ATOMS,
    lambda parts: st.builds(
        lambda left, word, right: f"({left}) {word} ({right})", parts, st.sampled_from(["and", "or"]), parts
    ),
    max_leaves=4,
)


@given(_MARKERS, st.sampled_from(["", "x", "y-z"]))
def test_a_marker_may_hold_wherever_it_holds_on_some_release(marker: str, extra: str) -> None:
    """Where `packaging` says yes for some release of a minor, the grid says the marker may hold there."""
    mask = GRID.condition(canonical_marker(marker), extra)
    for place, target in enumerate(TARGETS):
        holds = [Marker(marker).evaluate(environment(target, patch, extra)) for patch in PATCHES]
        if any(holds):
            assert mask >> place & 1, (marker, str(target))
        elif not any("full" in atom.variable for atom in atoms(parse_marker(marker))):
            assert not mask >> place & 1, (marker, str(target))


@given(st.lists(st.sampled_from(["<", "<=", ">", ">=", "!=", "==", "~="]), min_size=1, max_size=2), st.data())
def test_requires_python_must_admit_every_release(operators: list[str], data: st.DataObject) -> None:
    """A range counts for a target only if `packaging` admits each release of its minor."""
    versions = st.sampled_from(["3.8", "3.10", "3.10.0", "3.11.2", "3.12.0", "3.13.99", "4.0"])
    text = ",".join(operator + data.draw(versions) for operator in operators)
    admitted = SpecifierSet(text)
    mask = GRID.requires_python(text)
    for place, target in enumerate(TARGETS):
        minor = f"{target.python[0]}.{target.python[1]}"
        assert bool(mask >> place & 1) == all(admitted.contains(f"{minor}.{patch}") for patch in range(100))


def test_a_project_that_cuts_a_minor_counts_only_the_releases_it_admits() -> None:
    """Under `>=3.11.4` a package may require `>=3.11.2`, and a marker for older releases never holds."""
    grid = Grid(TARGETS, ">=3.11.4")
    assert grid.requires_python(">=3.11.2") & 0b000010
    assert not GRID.requires_python(">=3.11.2") & 0b000010
    assert not grid.condition("python_full_version < '3.11.3'") & 0b000010
    assert GRID.condition("python_full_version < '3.11.3'") & 0b000010


def test_a_malformed_requires_python_admits_nothing_unless_it_can_be_repaired() -> None:
    """`>=2.7.*` of old releases reads as `>=2.7`; nonsense is no candidate anywhere."""
    assert GRID.requires_python(">=2.7.*") == GRID.everything
    assert GRID.requires_python("whenever") == 0


# -- wheels


def platform_tags(target: Target) -> list[str]:
    """The platform tags that an installer on the target accepts, by `packaging` or by the platform specifications."""
    machine = PLATFORMS[target.platform].wheel_machine
    if target.platform.startswith("windows"):
        return [f"win_{machine}"]
    if target.platform.startswith("macos"):
        major, _, minor = target.floor.partition(".")
        return list(tags.mac_platforms((int(major), int(minor)), machine))
    newest = int(target.floor.rpartition(".")[2])
    if target.floor.startswith("musl"):
        return [f"musllinux_1_{minor}_{machine}" for minor in range(newest + 1)] + [f"linux_{machine}"]
    found = [f"manylinux_2_{minor}_{machine}" for minor in range(newest + 1)] + [f"linux_{machine}"]
    legacy = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}
    return found + [
        f"{name}_{machine}"
        for name, glibc in legacy.items()
        if glibc <= newest and (machine == "x86_64" or name == "manylinux2014")
    ]


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_wheels_serve_where_an_installer_would_take_them(target: Target) -> None:
    """Every tag that `packaging` calls compatible serves the target, and no other tag of a broad set does."""
    platforms = platform_tags(target)
    accepted = {
        str(tag)
        for tag in itertools.chain(
            tags.cpython_tags(target.python, platforms=platforms),
            tags.compatible_tags(target.python, f"cp{target.python[0]}{target.python[1]}", platforms),
        )
        if not tag.interpreter.startswith("py") or tag.abi == "none"
    }
    accepted -= {tag for tag in accepted if f"cp{target.python[0]}{target.python[1]}t" in tag}
    place = TARGETS.index(target)
    everything = set(accepted)
    for other in TARGETS:
        for platform in platform_tags(other):
            for python in (
                "cp310-cp310",
                "cp311-cp311",
                "cp312-cp312",
                "cp37-abi3",
                "cp313-abi3",
                "py3-none",
                "py2-none",
            ):
                everything.add(f"{python}-{platform}")
    everything |= {
        "cp313-cp313t-win_amd64",
        "pp310-pypy310_pp73-win_amd64",
        "cp27-cp27mu-manylinux1_x86_64",
        "py3-none-any",
    }
    for tag in everything:
        assert bool(GRID.wheel(tag) >> place & 1) == (tag in accepted), (str(target), tag)
        if tag in accepted:
            python, _, platform = tag.rpartition("-")
            assert may_serve(python, platform), tag


def test_default_targets_are_the_supported_minors_on_four_platforms() -> None:
    """What `requires-python` admits and is in support on the day; the newest admitted minor where none is."""
    names = [str(target) for target in default_targets(">=3.12,<3.14", "2026-11-21")]
    assert names[:4] == [
        "cp312 linux-x86_64 glibc-2.28",
        "cp312 linux-aarch64 glibc-2.28",
        "cp312 macos-arm64 14.0",
        "cp312 windows-x86_64",
    ]
    assert len(names) == 8
    assert {target.python for target in default_targets("<3.10", "2026-11-21")} == {(3, 9)}
    assert {target.python for target in default_targets(">=3.11.4", "2023-01-01")} == {(3, 11)}
    assert default_targets(">=4", "2026-11-21") == ()


def test_the_table_of_minors_is_in_order() -> None:
    """Each minor follows the one before, and its support ends after it began."""
    minors = list(MINORS)
    assert minors == sorted(minors)
    assert all(first < last for first, last in MINORS.values())
