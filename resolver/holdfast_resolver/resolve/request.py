"""What is asked of `resolve`, and what comes out: values only.

The outcome is the union of one resolution per target (docs/adr/0001-targets-and-forks.md), or the first target's
proof that there is none.
"""

from __future__ import annotations

from holdfast_resolver.values.artifacts import Artifact
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.targets import Target
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Source, Wish

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from typing import TypeAlias


class Preference(NamedTuple):
    """A version to keep where nothing forces it to move. `when` is a marker, "" = on every target."""

    source: str
    name: str
    version: str
    when: str = ""


class Request(NamedTuple):
    """Everything that the answer depends on, besides the sources' own answers."""

    wishes: tuple[Wish, ...]
    targets: tuple[Target, ...]
    sources: tuple[Source, ...]  # the main index first
    strategy: str = "highest"  # or "lowest"
    prereleases: str = "if-necessary"  # or "allow", "disallow"
    preferences: tuple[Preference, ...] = ()
    minimal: bool = False  # move as few preferred pins as can be (inclusion-minimal)
    freed: frozenset[str] = frozenset()  # names whose preferences were withdrawn on purpose
    requires_python: str = ""  # the project's own: releases of a minor that it leaves out do not count
    on_trial: int = 0  # how many of the last targets (one minor's) are left out unless they are ready


class Chosen(NamedTuple):
    """One release that at least one target chose."""

    source: str
    name: str
    version: str
    targets: int  # bitmask over Request.targets
    requires_python: str
    artifacts: tuple[Artifact, ...]  # those that serve a target it is chosen for, and the sdist
    dependencies: tuple[Requirement, ...]  # its requirements that apply on a target, sorted by spelling
    yanked: str | None  # None, or the reason it was yanked ("" without one)


class Remark(NamedTuple):
    """Something worth saying about a release that was chosen or passed over."""

    code: str  # a finding code: "metadata-differs", "extra-unknown", "requires-python-malformed"
    subject: str
    detail: str


class Resolution(NamedTuple):
    """What was chosen, for every target."""

    targets: tuple[Target, ...]  # the request's, without those on trial that were left out
    packages: tuple[Chosen, ...]  # sorted by (source, name, version)
    remarks: tuple[Remark, ...]
    attempts: int
    conflicts: int
    searches: int  # how many targets needed a search of their own
    left_out: tuple[Target, ...] = ()
    not_ready: str = ""  # the release that kept them out: "numpy 2.5.5"


class Impossible(NamedTuple):
    """No solution on `target`: `sentences` say why, `suggestions` are single changes that were tried and work."""

    target: Target
    sentences: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]
    only_for_want_of_wheels: bool = False


class Suggestion(NamedTuple):
    """One change that makes the set solvable, as it was tried."""

    text: str  # in words
    wish: Wish | None  # the wish to replace
    requirement: str  # its new PEP 508 text; "" = drop it


Outcome: TypeAlias = Resolution | Impossible
