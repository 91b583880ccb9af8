"""What a project pins exactly itself: no update moves that, so a withdrawn release goes only when the wish is widened.

    requests==2.32.0    lodash 4.17.0    lodash =4.17.0

Knows wishes and where they stand; asks no resolver.
"""

from __future__ import annotations

from holdfast.configuration.configuration import Project
from holdfast.findings.finding import Finding, Place
from holdfast.workflows.scope import all_wishes
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Wish

YANKED = "pin-yanked"


class Exact(NamedTuple):
    """One wish that admits one version alone, and where it stands."""

    said: str  # "requests==2.32.0"
    place: Place

    def __str__(self) -> str:
        line = f":{self.place.line}" if self.place.line else ""
        return f"{self.said} ({self.place.path}{line})"


def wishes_of(asked: Project) -> tuple[Wish, ...]:
    """Return all that a project asks for itself, of every kind of package."""
    wishes = all_wishes(asked.manifest, asked.configuration)
    if not asked.npm:
        return wishes
    from holdfast.workflows.npm_wishes import npm_wishes  # start-up: only where there is npm

    return wishes + npm_wishes(asked.npm, lambda name: "npm")


def exact_wishes(wishes: tuple[Wish, ...], name: str, version: str) -> tuple[Exact, ...]:
    """Return the wishes that admit a version of a package and no other."""
    return tuple(
        [
            Exact(wish.requirement.without_source(), Place(wish.path, wish.line))
            for wish in wishes
            if wish.requirement.name == name and _is_exact(wish.requirement.range, version)
        ]
    )


def with_ways_out(findings: tuple[Finding, ...], asked: Project) -> tuple[Finding, ...]:
    """Return what locking noticed, each withdrawn release with what to do about it.

    Whether an update would leave a release is not known here: `update --dry-run` asks the resolver.
    """
    wishes = wishes_of(asked)
    return tuple([_with_way_out(one, wishes) if one.code == YANKED else one for one in findings])


def _with_way_out(one: Finding, wishes: tuple[Wish, ...]) -> Finding:
    name, _, version = one.subject.rpartition(" ")
    word = f"'{name}'" if name.startswith("@") else name
    exact = exact_wishes(wishes, name, version)
    if not exact:
        return one._replace(hints=(f"holdfast update {word} --dry-run",))
    said = f"does not help: {exact[0]} admits no other release; widen that first"
    return one._replace(facts=(*one.facts, ("update", said)), hints=(f"holdfast why {word}",), place=exact[0].place)


def _is_exact(text: str, version: str) -> bool:
    """`==2` of 2.0 as well: both schemes fill up with zeros."""
    asked = text.lstrip("=v ")
    return asked[:1].isdigit() and _bare(asked) == _bare(version)


def _bare(version: str) -> str:
    while version.endswith(".0"):
        version = version[:-2]
    return version
