"""Peers: placed beside whoever needs them, in a version that suits all; conflicts told, or overruled."""

import pytest

from holdfast_resolver.placement.explain import explain
from tests.support.npm_universe import drawn, placed, refused, universe

_WORLD = universe(
    """
react 16.0.0
react 17.0.2
react 18.2.0
react-dom 17.0.2
 react ^17.0.0 ; peer
react-dom 18.2.0
 react ^18.0.0 ; peer
ui 1.0.0
 react >=16 ; peer
 react-dom >=16 ; peer
old 1.0.0
 widget *
widget 1.0.0
 react ^17.0.0 ; peer
loose 1.0.0
 react ^17.0.0 ; peer optional
both 1.0.0
 widget *
 modern *
modern 1.0.0
 react ^18.0.0 ; peer
twisted 1.0.0
 left *
left 1.0.0
 right ^1.0.0 ; peer
right 1.0.0
 left ^2.0.0 ; peer
left 2.0.0
 right ^2.0.0 ; peer
right 2.0.0
tag left latest 1.0.0
tag right latest 1.0.0
"""
)


@pytest.mark.parametrize(
    ("wishes", "tree"),
    [
        pytest.param("react-dom *", "react 18.2.0\nreact-dom 18.2.0", id="a peer comes along"),
        pytest.param("ui *", "react 18.2.0\nreact-dom 18.2.0\nui 1.0.0", id="peers of peers too"),
        pytest.param(
            "react >=17\nreact-dom ^17",
            "react 17.0.2\nreact-dom 17.0.2",
            id="in a version that suits all",
        ),
        pytest.param("loose *", "loose 1.0.0", id="an optional peer does not come along"),
        pytest.param("loose *\nreact ^17", "loose 1.0.0\nreact 17.0.2", id="and is used where it is there"),
        pytest.param(
            "react ^18\nold *",
            "old 1.0.0\n  react 17.0.2\n  widget 1.0.0\nreact 18.2.0",
            id="what has another peer goes deeper, with its peer",
        ),
        pytest.param("left 2.0.0", "left 2.0.0\nright 2.0.0", id="peers that want each other"),
    ],
)
def test_a_peer_stands_beside_what_needs_it(wishes: str, tree: str) -> None:
    """Never inside its dependent, always where the project's own wishes still hold."""
    assert drawn(placed(_WORLD, wishes)) == tree


def test_peers_that_exclude_each_other_in_a_dependency_are_overruled() -> None:
    """Below the project, npm keeps the first peer and says which one is not met; so do we."""
    tree = placed(_WORLD, "both *\nreact ^16")
    assert drawn(tree) == "both 1.0.0\n  modern 1.0.0\n  react 17.0.2\n  widget 1.0.0\nreact 16.0.0".replace(
        "17.0.2", "18.2.0"
    )
    assert [(found.asker, str(found.requirement), found.found) for found in tree.overruled] == [
        ("widget@1.0.0", "npm:react ^17.0.0 ; peer", "18.2.0")
    ]


@pytest.mark.parametrize(
    ("wishes", "sentences"),
    [
        pytest.param(
            "react ^16\nreact-dom ^18",
            (
                "package.json:2 asks for react-dom ^18",
                "react-dom@18.2.0 needs react ^18.0.0 beside it",
                "package.json:1 asks for react ^16",
                "so react would have to be 16.0.0 and in ^18.0.0 at once",
            ),
            id="with a wish",
        ),
        pytest.param(
            "widget *\nmodern *",
            (
                "package.json:1 asks for widget *",
                "widget@1.0.0 needs react ^17.0.0 beside it",
                "package.json:2 asks for modern *",
                "modern@1.0.0 needs react ^18.0.0 beside it",
                "so react would have to be 18.2.0 and in ^17.0.0 at once",
            ),
            id="with another peer",
        ),
        pytest.param(
            "react ^18\nloose *",
            (
                "package.json:2 asks for loose *",
                "loose@1.0.0 needs react ^17.0.0 beside it",
                "package.json:1 asks for react ^18",
                "so react would have to be 18.2.0 and in ^17.0.0 at once",
            ),
            id="an optional peer that is there",
        ),
    ],
)
def test_a_conflict_of_the_projects_own_wishes_is_refused(wishes: str, sentences: tuple[str, ...]) -> None:
    """What the project itself asks for is never overruled: both chains are told."""
    assert explain(refused(_WORLD, wishes)) == sentences


def test_peers_that_cannot_agree_end() -> None:
    """A circle of peers that want each other in other versions is refused or placed, and ends."""
    world = universe(
        """
a 1.0.0
 b ^1.0.0 ; peer
b 1.0.0
 a ^2.0.0 ; peer
a 2.0.0
 b ^2.0.0 ; peer
b 2.0.0
 a ^1.0.0 ; peer
"""
    )
    (problem,) = refused(world, "a ^1.0.0").problems
    assert problem.reason == "peer-conflict"


def test_a_chain_of_peers_longer_than_any_real_one_is_refused() -> None:
    """A registry cannot make us go deeper and deeper."""
    lines = [f"p{number} 1.0.0\n p{number + 1} * ; peer" for number in range(400)]
    (problem,) = refused(universe("\n".join([*lines, "p400 1.0.0"])), "p0 *").problems
    assert problem.reason == "entangled"


def test_a_chain_of_nested_versions_is_placed_however_deep() -> None:
    """Depth of the tree is no depth of the program."""
    lines = [f"a {number}.0.0\n b {number}.0.0\nb {number}.0.0\n a {number + 1}.0.0" for number in range(1, 400)]
    tree = placed(universe("\n".join([*lines, "a 400.0.0"])), "a 1.0.0")
    assert max(node.path.count("node_modules/") for node in tree.nodes) > 300


_SHIELDS = universe(
    """
yaml 1.0.0
yaml 2.0.0
 reader *
reader 1.0.0
style 1.0.0
 config *
config 1.0.0
 yaml ^2.0.0 ; peer optional
"""
)


@pytest.mark.parametrize(
    ("wishes", "tree"),
    [
        pytest.param(
            "style *\nyaml ^1.0.0",
            "reader 1.0.0\nstyle 1.0.0\n  config 1.0.0\n  yaml 2.0.0\nyaml 1.0.0",
            id="another version is in its way",
        ),
        pytest.param("style *", "config 1.0.0\nstyle 1.0.0", id="nothing is"),
        pytest.param(
            "style *\nyaml ^2.0.0",
            "config 1.0.0\nreader 1.0.0\nstyle 1.0.0\nyaml 2.0.0",
            id="what it wants is there",
        ),
    ],
)
def test_an_optional_peer_never_finds_a_version_that_it_does_not_want(wishes: str, tree: str) -> None:
    """What nobody else needs stays between the two, with what it needs itself."""
    placement = placed(_SHIELDS, wishes)
    assert drawn(placement) == tree
    assert placement.overruled == ()
