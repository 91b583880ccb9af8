"""Includes between dependency groups (PEP 735) and a project's references to its own extras, expanded.

Knows entries with their lines; nothing of TOML. Groups that include each other in a circle are refused, as
PEP 735 asks; extras that name each other are a union, as installers read them.
"""

from holdfast_resolver.errors import ManifestError
from holdfast_resolver.values.markers import canonical_marker
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.tuples import NamedTuple


class Entry(NamedTuple):
    """A requirement and the 1-based line of its string."""

    requirement: Requirement
    line: int


class Include(NamedTuple):
    """`{ include-group = "name" }`."""

    group: str  # normalised
    line: int


class SelfReference(NamedTuple):
    """The project's own name with extras: `web[redis,email] ; marker` in the project `web`."""

    extras: tuple[str, ...]
    marker: str  # canonical; "" = always
    line: int


Item = Entry | Include | SelfReference


class Expansion:
    """The extras and groups of one manifest, for flattening. Each result names an entry once."""

    __slots__ = ("_done", "_extras", "_groups", "_name", "_path")

    def __init__(self, path: str, name: str, extras: dict[str, list[Item]], groups: dict[str, list[Item]]) -> None:
        self._path = path
        self._name = name
        self._extras = extras
        self._groups = groups
        self._done: dict[str, list[Entry]] = {}

    def group(self, name: str) -> list[Entry]:
        """Return the entries of a group, included ones in their place. Raises `ManifestError` on a circle."""
        return self._group(name, ())

    def flat(self, items: list[Item], extra: str = "") -> list[Entry]:
        """Return `items` with self-references replaced by what those extras hold.

        `extra` is the extra whose items they are. Raises `ManifestError` for an extra that does not exist.
        """
        # An ordered set: an extra that is reached twice counts once.
        found: dict[Entry, None] = {}
        self._collect(items, frozenset(), {(extra, frozenset())}, found)
        return list(found)

    def _group(self, name: str, inside: tuple[str, ...]) -> list[Entry]:
        done = self._done.get(name)
        if done is not None:
            return done
        found: dict[Entry, None] = {}
        for item in self._groups[name]:
            if isinstance(item, Include):
                self._check_include(item, (*inside, name))
                found.update(dict.fromkeys(self._group(item.group, (*inside, name))))
            else:
                found.update(dict.fromkeys(self.flat([item])))
        self._done[name] = list(found)
        return self._done[name]

    def _check_include(self, item: Include, inside: tuple[str, ...]) -> None:
        if item.group in inside:
            circle = " -> ".join((*inside[inside.index(item.group) :], item.group))
            raise ManifestError(self._path, "groups that do not include each other in a circle", circle, item.line)
        if item.group not in self._groups:
            raise ManifestError(
                self._path,
                "the name of a group in [dependency-groups]",
                item.group,
                item.line,
                hint=_nearest(item.group, self._groups),
            )

    def _collect(
        self,
        items: list[Item],
        markers: frozenset[str],
        seen: set[tuple[str, frozenset[str]]],
        found: dict[Entry, None],
    ) -> None:
        for item in items:
            if isinstance(item, Entry):
                found[Entry(_under(item.requirement, markers), item.line)] = None
            elif isinstance(item, SelfReference):
                inner = markers | {item.marker} if item.marker else markers
                for extra in item.extras:
                    self._check_extra(extra, item.line)
                    if (extra, inner) not in seen:
                        seen.add((extra, inner))
                        self._collect(self._extras[extra], inner, seen, found)

    def _check_extra(self, extra: str, line: int) -> None:
        if extra not in self._extras:
            raise ManifestError(
                self._path,
                f"an extra of {self._name}",
                f"{self._name}[{extra}]",
                line,
                hint=_nearest(extra, self._extras),
            )


def _under(requirement: Requirement, markers: frozenset[str]) -> Requirement:
    # `web[win] ; os_name == 'nt'` puts its marker on each requirement of the extra `win`.
    if not markers:
        return requirement
    parts = [requirement.marker] if requirement.marker else []
    parts += sorted(markers - {requirement.marker})
    return requirement._replace(marker=canonical_marker(" and ".join(f"({part})" for part in parts)))


def _nearest(name: str, known: dict[str, list[Item]]) -> str:
    from difflib import get_close_matches  # start-up: only for a message

    near = get_close_matches(name, known, 1)
    if near:
        return f"did you mean {near[0]}?"
    return "known are " + ", ".join(known) if known else ""
