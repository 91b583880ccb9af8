"""Trees: where things go without peers."""

import pytest

from holdfast_resolver.placement.port import Prepared
from holdfast_resolver.values.npm import NpmRelease
from tests.support.npm_universe import drawn, names, placed, refused, universe


@pytest.mark.parametrize(
    ("world", "wishes", "tree"),
    [
        pytest.param("a 1.0.0\n b ^1\nb 1.0.0", "a *", "a 1.0.0\nb 1.0.0", id="as high as it can go"),
        pytest.param(
            "a 1.0.0\n c ^1\nb 1.0.0\n c ^2\nc 1.0.0\nc 2.0.0",
            "a *\nb *",
            "a 1.0.0\nb 1.0.0\n  c 2.0.0\nc 1.0.0",
            id="the second version goes inside",
        ),
        pytest.param(
            "a 1.0.0\n b ^1.0.0\nb 1.0.0\nb 1.1.0\nb 2.0.0\ntag b latest 2.0.0",
            "a *\nb >=1",
            "a 1.0.0\n  b 1.1.0\nb 2.0.0",
            id="the project's own wish has the best place, and is not lowered for others",
        ),
        pytest.param(
            "a 1.0.0\n c >=1\nb 1.0.0\n c <2\nc 1.0.0\nc 2.0.0",
            "a *\nb *",
            "a 1.0.0\nb 1.0.0\n  c 1.0.0\nc 2.0.0",
            id="a newer one is not taken back",
        ),
        pytest.param(
            "a 1.0.0\n c <2\nb 1.0.0\n c >=1.5\nc 1.0.0\nc 1.5.0\nc 2.0.0\n",
            "a *\nb *",
            "a 1.0.0\nb 1.0.0\nc 1.5.0",
            id="what fits already is used again",
        ),
        pytest.param(
            "a 1.0.0\n c ^1.0.0\nb 1.0.0\n c ^1.1.0\nc 1.0.0\nc 1.1.0\ntag c latest 1.0.0",
            "a *\nb *",
            "a 1.0.0\nb 1.0.0\nc 1.1.0",
            id="an older one is replaced by a newer that serves all",
        ),
        pytest.param("a 1.0.0\n b *\nb 1.0.0\n a *", "a *", "a 1.0.0\nb 1.0.0", id="a cycle"),
        pytest.param("a 1.0.0\n a *", "a *", "a 1.0.0", id="a package that wants itself"),
        pytest.param(
            "a 1.0.0\n b 1\na 2.0.0\n b 2\nb 1.0.0\n a 2\nb 2.0.0\n a 1",
            "a 1.0.0",
            "a 1.0.0\nb 1.0.0\n  a 2.0.0\n  b 2.0.0\n    a 1.0.0\n    b -> node_modules/b",
            id="a spiral ends in a link",
        ),
        pytest.param(
            "a 1.0.0\n b npm:c@^1\nc 1.0.0\nc 2.0.0", "c *\na *", "a 1.0.0\nb c@1.0.0\nc 2.0.0", id="an alias"
        ),
        pytest.param("@a/b 1.0.0\n @a/c *\n@a/c 1.0.0", "@a/b *", "@a/b 1.0.0\n@a/c 1.0.0", id="scoped names"),
        pytest.param(
            "a 1.0.0 | bundles b\n b 2\n c *\nb 1.0.0\nc 1.0.0", "a *", "a 1.0.0\nc 1.0.0", id="bundled is no edge"
        ),
        pytest.param(
            "a 1.0.0 | bundles b\n b 2 ; optional\nb 2.0.0", "a *", "a 1.0.0", id="bundled is none though optional"
        ),
        pytest.param(
            "a 1.0.0\n b ^9 ; optional\n gone * ; optional\n c * ; optional\nb 1.0.0\nc 1.0.0\n d *",
            "a *\nb *",
            "a 1.0.0\nb 1.0.0",
            id="what optional dependencies cannot have is left out, with what has no use without it",
        ),
        pytest.param(
            "a 1.0.0\n JSONStream *\n jsonstream *\nJSONStream 1.0.0\njsonstream 1.0.0",
            "a *",
            "a 1.0.0\njsonstream 1.0.0",
            id="names that differ only by case share a place",
        ),
    ],
)
def test_the_tree_is_npms(world: str, wishes: str, tree: str) -> None:
    """Everything as high as it can go; what does not fit there beside whoever wants it."""
    assert drawn(placed(universe(world), wishes)) == tree


def test_an_edge_ends_where_the_lookup_ends() -> None:
    """The edges of the project and of each node lead to the node that node.js would load; optional ones to none."""
    world = universe("a 1.0.0\n c 1\n d * ; optional\nb 1.0.0\n c 2\nc 1.0.0\nc 2.0.0")
    tree = placed(world, "a *\nb *")
    paths = [node.path for node in tree.nodes]
    assert [(str(wish), paths[to or 0]) for wish, to in tree.importers[0].edges] == [
        ("npm:a *", "node_modules/a"),
        ("npm:b *", "node_modules/b"),
    ]
    (a_edges, b_edges) = (tree.edges[paths.index(f"node_modules/{name}")] for name in "ab")
    assert [(str(wish), to if to is None else paths[to]) for wish, to in a_edges] == [
        ("npm:c 1", "node_modules/c"),
        ("npm:d * ; optional", None),
    ]
    assert [(str(wish), to if to is None else paths[to]) for wish, to in b_edges] == [
        ("npm:c 2", "node_modules/b/node_modules/c")
    ]


def test_an_alias_is_written_with_both_names() -> None:
    """The requirement names the package, its marker the name it is installed under."""
    tree = placed(universe("c 1.0.0"), "b npm:c@^1")
    assert [str(wish) for wish, _ in tree.importers[0].edges] == ["npm:c ^1 ; as b"]
    assert (tree.nodes[0].name, tree.nodes[0].package, tree.nodes[0].path) == ("b", "c", "node_modules/b")


def test_what_was_replaced_leaves_nothing_behind() -> None:
    """The dependencies of a version that was replaced go with it."""
    world = universe("a 1.0.0\n c ^1.0.0\nb 1.0.0\n c ^1.1.0\nc 1.0.0\n gone-with-it *\nc 1.1.0\ngone-with-it 1.0.0")
    world.tags["c"] = {"latest": "1.0.0"}
    assert names(placed(world, "a *\nb *")) == {("a", "1.0.0"), ("b", "1.0.0"), ("c", "1.1.0")}


def test_a_prepared_release_serves_its_spec_and_no_other() -> None:
    """A tarball that was read beforehand is placed like any release, and a range does not mean it."""
    spec = "https://host.example/a.tgz"
    prepared = {spec: Prepared("a", "file", NpmRelease("7.0.0", dependencies=(("b", "*"),)))}
    world = universe("b 1.0.0\n a ^7\na 7.0.0")
    tree = placed(world, f"a {spec}", prepared=prepared)
    assert drawn(tree) == "a 7.0.0\nb 1.0.0"
    assert (tree.nodes[0].spec, tree.nodes[0].source, tree.nodes[0].number) == (spec, "file", -1)
    assert refused(world, f"a {spec}").problems[0].reason == "unsupported-spec"


def test_sources_are_named_by_the_request() -> None:
    """Each package carries the source that its name belongs to."""
    world = universe("a 1.0.0\n @acme/b *\n@acme/b 1.0.0")
    tree = placed(world, "a *", source_of=lambda name: "acme" if name.startswith("@acme/") else "npm")
    assert [(node.package, node.source) for node in tree.nodes] == [("@acme/b", "acme"), ("a", "npm")]
    assert [str(wish) for wish, _ in tree.edges[1]] == ["acme:@acme/b *"]
