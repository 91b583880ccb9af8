"""The target grid: what markers, requires-python and wheel tags mean on each target, as bitmasks over the targets.

Bit i stands for `targets[i]`. A target spans every release of its Python minor that the project's own
requires-python admits, so a comparison of `python_full_version` can hold on some of them and not on others:

* `condition` says where a marker *may* hold: on at least one release of the target's minor;
* `requires_python` says where a range admits *every* release of the minor.

    marker "python_full_version < '3.11.3'"  may hold on cp311, not on cp312
    range  ">=3.11.2"                        admits every release of 3.12, not every one of 3.11

Values that only a running machine knows (`platform_release`, `platform_version`) may be anything.
"""

from __future__ import annotations

from holdfast_resolver.errors import InvalidRange, InvalidVersion
from holdfast_resolver.values.markers import All, Atom, Marker, parse_marker
from holdfast_resolver.values.names import normalize_name
from holdfast_resolver.values.targets import PLATFORMS, Target
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.pep440_keys import version_key
from holdfast_resolver.versions.pep440_ranges import repair_range
from holdfast_resolver.versions.wheels import platform_serves, python_serves

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Callable

_PATCHES = 100  # releases that a minor can have: 3.11.0 to 3.11.99
_STRING_TESTS: dict[str, Callable[[str, str], bool]] = {
    "==": lambda left, right: left == right,
    "===": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
}


class Grid:
    """The declared targets, and memoised answers about them."""

    __slots__ = (
        "_atoms",
        "_blocks",
        "_conditions",
        "_minors",
        "_platforms",
        "_pythons",
        "_releases",
        "_requires",
        "_wheels",
        "everything",
        "targets",
        "within",
    )

    def __init__(self, targets: tuple[Target, ...], within: str = "") -> None:
        """`within` is the project's own requires-python: a minor that it cuts counts with the releases it admits.

        Raises `InvalidRange`.
        """
        self.targets = targets
        self.within = within
        self.everything = (1 << len(targets)) - 1 or 1  # without targets, one that has no name
        minors = sorted({target.python for target in targets})
        releases = [f"{major}.{minor}.{patch}" for major, minor in minors for patch in range(_PATCHES)]
        texts = [f"{major}.{minor}" for major, minor in minors]
        self._releases = Candidates([version_key(text) for text in releases], releases, 0)
        self._minors = Candidates([version_key(text) for text in texts], texts, 0)
        block = (1 << _PATCHES) - 1
        admitted = self._releases.mask(within)
        # One row per minor: (bits of its releases, bit in the table of minors, its targets, its text).
        self._blocks = [
            (
                admitted & block << (row * _PATCHES) or block << (row * _PATCHES),
                1 << row,
                sum(1 << i for i, target in enumerate(targets) if target.python == python),
                f"{python[0]}.{python[1]}",
            )
            for row, python in enumerate(minors)
        ]
        self._conditions: dict[tuple[str, str], int] = {("", ""): self.everything}
        self._atoms: dict[Atom, int] = {}
        self._requires: dict[str, int] = {"": self.everything}
        self._wheels: dict[str, int] = {}
        self._pythons: dict[str, int] = {}
        self._platforms: dict[str, int] = {}

    def condition(self, marker: str, extra: str = "") -> int:
        """Return the targets on which `marker` may hold when `extra` ("" = none) is asked for.

        Raises `InvalidMarker`.
        """
        key = (marker, extra)
        known = self._conditions.get(key)
        if known is None:
            known = self.everything if not marker else self._holds(parse_marker(marker), extra)
            self._conditions[key] = known
        return known

    def requires_python(self, text: str) -> int:
        """Return the targets all of whose releases `text` admits; none when it is beyond repair."""
        known = self._requires.get(text)
        if known is None:
            repaired = repair_range(text)
            known = 0 if repaired is None else self._every_release(repaired)
            self._requires[text] = known
        return known

    def admits_some(self, text: str) -> int:
        """Return the targets of whose releases `text` admits at least one. Raises `InvalidRange`."""
        mask = self._releases.mask(text)
        return sum(targets for block, _, targets, _ in self._blocks if mask & block)

    def wheel(self, tag: str) -> int:
        """Return the targets that a wheel serves, by its tag `python-abi-platform` (compressed sets allowed)."""
        known = self._wheels.get(tag)
        if known is None:
            python, _, platform = tag.rpartition("-")
            known = self._wheels[tag] = self.python_abi(python) and self.python_abi(python) & self.platform(platform)
        return known

    def python_abi(self, tags: str) -> int:
        """Return the targets whose Python suits `python-abi`, compressed sets allowed: `cp39.cp310-abi3`."""
        known = self._pythons.get(tags)
        if known is None:
            pythons, _, abis = tags.partition("-")
            known = 0
            for position, target in enumerate(self.targets):
                if any(python_serves(p, abi, target.python) for p in pythons.split(".") for abi in abis.split(".")):
                    known |= 1 << position
            self._pythons[tags] = known
        return known

    def platform(self, tags: str) -> int:
        """Return the targets whose platform and floor suit a platform tag, compressed sets allowed."""
        known = self._platforms.get(tags)
        if known is None:
            known = 0
            for position, target in enumerate(self.targets):
                if any(platform_serves(tag, target.platform, target.floor) for tag in tags.split(".")):
                    known |= 1 << position
            self._platforms[tags] = known
        return known

    def names(self, mask: int) -> tuple[str, ...]:
        """Return the spelled targets of a mask, in declared order."""
        return tuple(str(target) for i, target in enumerate(self.targets) if mask >> i & 1)

    def _every_release(self, text: str) -> int:
        try:
            mask = self._releases.mask(text)
        except (InvalidRange, InvalidVersion):
            return 0
        return sum(targets for block, _, targets, _ in self._blocks if mask & block == block)

    def _holds(self, marker: Marker, extra: str) -> int:
        if isinstance(marker, Atom):
            if marker.variable == "extra":
                return self.everything if _extra_holds(marker, extra) else 0
            known = self._atoms.get(marker)
            if known is None:
                known = self._atoms[marker] = self._atom(marker)
            return known
        if isinstance(marker, All):
            mask = self.everything
            for part in marker.parts:
                mask &= self._holds(part, extra)
            return mask
        mask = 0
        for part in marker.parts:
            mask |= self._holds(part, extra)
        return mask

    def _atom(self, atom: Atom) -> int:
        variable = atom.variable
        if variable in ("python_version", "python_full_version", "implementation_version"):
            return self._python_atom(atom)
        if variable in ("platform_release", "platform_version", "extras", "dependency_groups"):
            return self.everything
        mask = 0
        for i, target in enumerate(self.targets):
            if variable == "implementation_name":
                value = "cpython"
            elif variable == "platform_python_implementation":
                value = "CPython"
            else:
                value = getattr(PLATFORMS[target.platform], variable)
            if _compare(value, atom):
                mask |= 1 << i
        return mask

    def _python_atom(self, atom: Atom) -> int:
        full = atom.variable != "python_version"
        if not atom.literal_first and atom.operator not in ("in", "not in"):
            try:
                mask = (self._releases if full else self._minors).mask(atom.operator + atom.value.strip())
            except (InvalidRange, InvalidVersion):
                pass  # not a version: compared as text below
            else:
                return sum(targets for block, bit, targets, _ in self._blocks if mask & (block if full else bit))
        held = 0
        for _, _, targets, text in self._blocks:
            spellings = [f"{text}.{patch}" for patch in range(_PATCHES)] if full else [text]
            if any(_compare(spelling, atom) for spelling in spellings):
                held |= targets
        return held


def _compare(value: str, atom: Atom) -> bool:
    test = _STRING_TESTS.get(atom.operator)
    if test is None:  # `~=` is not defined on text
        return False
    return test(atom.value, value) if atom.literal_first else test(value, atom.value)


def _extra_holds(atom: Atom, extra: str) -> bool:
    if atom.operator not in ("==", "!=", "in", "not in") or atom.literal_first:
        return False
    if atom.operator in ("in", "not in"):
        return bool(extra) and (extra in atom.value) == (atom.operator == "in")
    return (normalize_name(atom.value) == extra) == (atom.operator == "==")
