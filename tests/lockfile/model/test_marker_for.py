"""From targets to the shortest marker that selects them."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.model.when import IndistinctTargetsError, marker_for
from holdfast_resolver.values.markers import canonical_marker
from holdfast_resolver.values.targets import DEFAULT_PLATFORMS, PLATFORMS, Target, default_floor
from holdfast_resolver.versions.grid import Grid


def targets_of(minors: tuple[int, ...], platforms: tuple[str, ...]) -> tuple[Target, ...]:
    return tuple(Target((3, minor), name, default_floor(name)) for minor in minors for name in platforms)


DEFAULT = Grid(targets_of((11, 12, 13, 14), DEFAULT_PLATFORMS))

COMMON: dict[str, Callable[[int, str], bool]] = {
    "": lambda minor, platform: True,
    "python_version < '3.12'": lambda minor, platform: minor == 11,
    "python_version >= '3.14'": lambda minor, platform: minor == 14,
    "python_version == '3.12'": lambda minor, platform: minor == 12,
    "python_version != '3.12'": lambda minor, platform: minor != 12,
    "sys_platform == 'win32'": lambda minor, platform: platform == "windows-x86_64",
    "sys_platform != 'win32'": lambda minor, platform: platform != "windows-x86_64",
    "sys_platform == 'linux'": lambda minor, platform: platform.startswith("linux"),
    "sys_platform == 'linux' and platform_machine == 'x86_64'": lambda minor, platform: platform == "linux-x86_64",
    "python_version >= '3.12' and sys_platform != 'darwin'": lambda minor, platform: (
        minor >= 12 and platform != "macos-arm64"
    ),
    "python_version >= '3.12' or sys_platform != 'win32'": lambda minor, platform: (
        minor >= 12 or platform != "windows-x86_64"
    ),
    "python_version >= '3.12' and python_version < '3.14'": lambda minor, platform: minor in (12, 13),
}


@pytest.mark.parametrize("expected", COMMON)
def test_common_sets_have_short_markers(expected: str) -> None:
    """What forks usually need is said in one or two comparisons."""
    chosen = COMMON[expected]
    mask = sum(1 << i for i, t in enumerate(DEFAULT.targets) if chosen(t.python[1], t.platform))
    assert marker_for(mask, DEFAULT) == expected


@pytest.mark.parametrize(
    "grid",
    [
        Grid(targets_of((11, 12, 13), ("linux-x86_64", "macos-arm64", "windows-x86_64"))),
        Grid(targets_of((9, 10), ("linux-x86_64", "linux-aarch64", "macos-x86_64", "macos-arm64"))),
        Grid(targets_of((11, 12, 13, 14, 15), ("linux-x86_64",))),
        Grid((Target((3, 11), "linux-x86_64", "glibc-2.28"), Target((3, 12), "windows-x86_64", ""))),
    ],
)
def test_every_set_of_a_small_grid_is_said_exactly(grid: Grid) -> None:
    """`condition(marker_for(mask)) == mask` and the text is canonical, for every mask there is."""
    for mask in range(1, grid.everything + 1):
        text = marker_for(mask, grid)
        assert grid.condition(text) == mask
        assert canonical_marker(text) == text
        assert text.count(" or ") < len(grid.targets)


@given(st.data())
def test_any_set_of_any_grid_is_said_exactly(data: st.DataObject) -> None:
    """The same for grids with holes and many platforms, whatever the order of the targets."""
    cells = st.tuples(st.integers(8, 15), st.sampled_from(sorted(PLATFORMS)))
    chosen = data.draw(st.lists(cells, min_size=1, max_size=20, unique=True))
    targets = tuple(Target((3, minor), name, default_floor(name)) for minor, name in chosen)
    grid = Grid(targets)
    mask = data.draw(st.integers(1, grid.everything))
    text = marker_for(mask, grid)
    assert grid.condition(text) == mask
    turned = Grid(targets[::-1])
    assert marker_for(turned.condition(text), turned) == text


def test_targets_that_differ_in_the_floor_cannot_be_parted() -> None:
    """No marker knows glibc from musl: the refusal names both targets."""
    glibc, musl = (Target((3, 11), "linux-x86_64", floor) for floor in ("glibc-2.28", "musl-1.2"))
    grid = Grid((glibc, musl, Target((3, 11), "windows-x86_64", "")))
    assert marker_for(0b011, grid) == "sys_platform == 'linux'"
    with pytest.raises(IndistinctTargetsError) as caught:
        marker_for(0b101, grid)
    assert caught.value.inside == str(glibc)
    assert caught.value.outside == str(musl)


@pytest.mark.parametrize("mask", [0, 1 << 16, -1])
def test_a_set_that_is_none_is_refused(mask: int) -> None:
    """There is no marker for no target, nor for targets that are not declared."""
    with pytest.raises(ValueError):
        marker_for(mask, DEFAULT)
