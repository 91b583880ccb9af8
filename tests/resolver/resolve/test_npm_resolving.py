"""Resolving npm packages: engines, refusals, damaged records, releases without a hash."""

from typing import Any, cast

import pytest

from holdfast_resolver.errors import ArtifactUnhashed
from holdfast_resolver.fetch.index import Absent
from holdfast_resolver.fetch.npm_index import NpmIndex
from holdfast_resolver.placement.port import PEER_CONFLICT, NoPackage
from holdfast_resolver.resolve.npm import NpmImpossible, NpmOutcome, NpmRequest, NpmResolution, resolve_npm
from holdfast_resolver.resolve.npm_engines import lowest_engines
from holdfast_resolver.values.npm import NpmOverride
from holdfast_resolver.values.wishes import Source
from tests.support.npm_universe import Universe, project, universe

NPM = Source("npm", "npm", "", "npm")


class LateIndex:
    """A world that is there only once it was waited for; `forget` heals what is damaged."""

    def __init__(self, world: Universe) -> None:
        self.world = world
        self.here: dict[str, Any] = {}
        self.rounds: list[list[str]] = []
        self._asked: list[str] = []

    def listing(self, source: Source, name: str) -> Any:
        return self.here.get(name)

    def ask(self, need: Any) -> None:
        self._asked.append(need.name)

    def wait(self, needs: Any) -> None:
        self.rounds.append(sorted(set(self._asked)))
        for name in {*self._asked, *[need.name for need in needs]}:
            record = self.world.record(name)
            self.here[name] = Absent(NPM, name) if isinstance(record, NoPackage) else record
        self._asked = []

    def forget(self, source: str, name: str) -> None:
        self.world.damaged.pop(name, None)
        self.here.pop(name, None)

    def names_seen(self, source: Source) -> list[str]:
        return sorted(self.world.releases)


def hashed(text: str) -> LateIndex:
    """A world whose releases all have a hash."""
    world = universe(text)
    for releases in world.releases.values():
        releases.update({version: one._replace(integrity="sha512:00") for version, one in releases.items()})
    return LateIndex(world)


def resolved(index: LateIndex, wishes: str, **options: Any) -> NpmOutcome:
    """What comes of some wishes."""
    return resolve_npm(NpmRequest((project(wishes),), lambda _: NPM, **options), cast(NpmIndex, index))


def versions(outcome: NpmOutcome) -> list[str]:
    """`name@version` of what was chosen."""
    assert isinstance(outcome, NpmResolution), outcome
    return [f"{one.name}@{one.version}" for one in outcome.packages]


def test_what_can_be_seen_coming_is_asked_for_at_once() -> None:
    """As many rounds as the graph is deep."""
    index = hashed("a 1.0.0\n    b *\n    c *\nb 1.0.0\n    d *\nc 1.0.0\n    e *\nd 1.0.0\ne 1.0.0")
    assert versions(resolved(index, "a *")) == ["a@1.0.0", "b@1.0.0", "c@1.0.0", "d@1.0.0", "e@1.0.0"]
    assert len([asked for asked in index.rounds if asked]) <= 4


def test_a_damaged_record_is_had_anew() -> None:
    """Damage of the cache never decides what is chosen."""
    index = hashed("a 1.0.0\na 2.0.0 | damaged")
    assert versions(resolved(index, "a *")) == ["a@2.0.0"]


def test_a_release_without_a_strong_hash_is_refused() -> None:
    """With its name and version."""
    with pytest.raises(ArtifactUnhashed) as caught:
        resolved(LateIndex(universe("a 1.0.0")), "a *")
    assert caught.value.subject == "a 1.0.0"


def test_a_refusal_names_lines_and_a_change_that_was_tried() -> None:
    """The change leads to a tree, and only one that does is offered."""
    outcome = resolved(hashed("a 1.0.0\na 1.1.0\nb 1.0.0\n    a ^9 "), "a ^2")
    assert isinstance(outcome, NpmImpossible)
    assert outcome.sentences[0] == "package.json:1 asks for a ^2"
    assert [one.text for one in outcome.suggestions] == ["package.json:1: a ^1.1.0 in place of ^2"]
    outcome = resolved(hashed("a 1.0.0\nb 1.0.0\n    a ^9"), "b *")
    assert isinstance(outcome, NpmImpossible)
    assert outcome.suggestions == ()


def test_a_contested_wish_is_offered_what_the_peer_asks_for() -> None:
    """Not the newest release, which the peer does not want either."""
    world = "base 5.0.0\nbase 7.2.0\nbase 9.0.0\nguest 1.0.0\n    base ^6 || ^7 ; peer"
    outcome = resolved(hashed(world), "base ^5.0.0\nguest ^1.0.0")
    assert isinstance(outcome, NpmImpossible)
    assert [one.text for one in outcome.suggestions] == ["package.json:1: base ^7.2.0 in place of ^5.0.0"]
    assert "base@7.2.0" in versions(resolved(hashed(world), "base ^7.2.0\nguest ^1.0.0"))


OLD = """
view 15.0.0
view 16.0.0
dom 15.0.0
    view ^15 ; peer
dom 16.0.0
    view ^16 ; peer
adapter 1.0.0
    view ^16 ; peer
    dom ^16 ; peer
"""


def test_where_no_single_wish_helps_peers_the_overrides_are_offered_that_do() -> None:
    """All that one package needs, with `$` where the project itself asks for it: tried, like any other change."""
    outcome = resolved(hashed(OLD), "view ^15\ndom ^15\nadapter *")
    assert isinstance(outcome, NpmImpossible)
    (offered,) = outcome.suggestions
    assert offered.text == 'package.json: "overrides": {"adapter": {"dom": "$dom", "view": "$view"}}'
    assert offered.wish is None
    root = project("view ^15\ndom ^15\nadapter *")
    overrides = tuple([NpmOverride((("adapter", ""),), name, "", "^15") for name in ("view", "dom")])
    request = NpmRequest((root._replace(overrides=overrides),), lambda _: NPM)
    done = resolve_npm(request, cast(NpmIndex, hashed(OLD)))
    assert versions(done) == ["adapter@1.0.0", "dom@15.0.0", "view@15.0.0"]


def test_an_override_names_the_version_that_is_there_where_the_project_asks_for_none() -> None:
    """What a peer of another package brought in."""
    world = "view 15.0.0\nview 16.0.0\nold 1.0.0\n    view ^15 ; peer\nnew 1.0.0\n    view ^16 ; peer"
    outcome = resolved(hashed(world), "old *\nnew *")
    assert isinstance(outcome, NpmImpossible)
    (offered,) = outcome.suggestions
    assert offered.text in (
        'package.json: "overrides": {"old": {"view": "16.0.0"}}',
        'package.json: "overrides": {"new": {"view": "15.0.0"}}',
    )


def test_no_override_is_offered_that_helps_nothing() -> None:
    """Behind the conflict lies a package that does not exist."""
    world = OLD + "broken 1.0.0\n    nowhere ^1\n"
    outcome = resolved(hashed(world), "view ^15\ndom ^15\nadapter *\nbroken *")
    assert isinstance(outcome, NpmImpossible)
    assert [one.reason for one in outcome.problems] == [PEER_CONFLICT]
    assert outcome.suggestions == ()


@pytest.mark.parametrize("world", ["@acme/ui 1.0.0", "@acme/ui 1.0.0\n@acme/utils 1.9.0"])
def test_a_workspace_in_another_version_is_told_before_what_registries_have(world: str) -> None:
    """No other name is guessed at, and the range that takes the workspace is offered."""
    app = project("@acme/utils ^2", "packages/app/package.json", "@acme/app")
    utils = project("", "packages/utils/package.json", "@acme/utils", "1.0.3")
    request = NpmRequest((project(""), app, utils), lambda _: NPM)
    outcome = resolve_npm(request, cast(NpmIndex, hashed(world)))
    assert isinstance(outcome, NpmImpossible)
    assert outcome.sentences[:2] == (
        "packages/app/package.json:1 asks for @acme/utils ^2",
        "the workspace @acme/utils (packages/utils/package.json) is 1.0.3",
    )
    assert len(outcome.sentences) == 3
    assert [one.text for one in outcome.suggestions] == [
        "packages/app/package.json:1: @acme/utils ^1.0.3 in place of ^2"
    ]


def test_a_misspelled_name_is_told_its_neighbour() -> None:
    """Of the packages that the source is known to have."""
    outcome = resolved(hashed("left-pad 1.0.0"), "left-pda *")
    assert isinstance(outcome, NpmImpossible)
    assert outcome.sentences[-1] == "did you mean left-pad?"


@pytest.mark.parametrize(
    ("text", "lowest"),
    [
        (">=18", "18.0.0"),
        ("^20.19.0 || ^22.13.0 || >=24", "20.19.0"),
        (">16", "17.0.0"),
        (">16.1", "16.2.0"),
        (">16.1.2 <17", "16.1.3"),
        ("18.x", "18.0.0"),
        ("20", "20.0.0"),
        ("14.21.3", "14.21.3"),
        ("*", ""),
        ("<20", ""),
        ("", ""),
        (">=20 <18", ""),
        ("not a range!", ""),
    ],
)
def test_the_lowest_engine_that_a_project_admits(text: str, lowest: str) -> None:
    """A bound below is needed."""
    assert lowest_engines((("node", text), ("vscode", "^1"))) == ((("node", lowest),) if lowest else ())
