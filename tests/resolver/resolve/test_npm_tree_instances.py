"""Places of one release in a tree become instances."""

from holdfast_resolver.placement.port import Importer, Placed, Placement
from holdfast_resolver.resolve.npm_instances import releases_and_instances
from holdfast_resolver.values.npm import NpmRequirement

Tree = dict[str, str]  # path below node_modules, "/" for the next: "b/use-it" -> "1.0.0"


def wish(text: str) -> NpmRequirement:
    name, _, rest = text.partition(" ")
    range_, _, marker = rest.partition(" ; ")
    return NpmRequirement("npm", name, (), range_ or "*", marker)


def placed(tree: Tree, edges: dict[str, dict[str, str | None]], root: dict[str, str]) -> Placement:
    """A placement: `edges[place][requirement]` is the place where it ends."""
    paths = sorted(tree)
    at = {path: place for place, path in enumerate(paths)}

    def ends(table: dict[str, str | None]) -> tuple[tuple[NpmRequirement, int | None], ...]:
        return tuple([(wish(text), None if end is None else at[end]) for text, end in table.items()])

    nodes = []
    for path in paths:
        name = path.rpartition("/")[2]
        version, _, link = tree[path].partition(" link ")
        where = "".join([f"/node_modules/{part}" for part in path.split("/")])[1:]
        nodes.append(Placed(where, name, name, "npm", version, -1 if link else 0, link))
    importers = (Importer("", ends({**root})), Importer("packages/web", ends({"use-it *": paths[-1]} if root else {})))
    return Placement(tuple(nodes), tuple([ends(edges.get(path, {})) for path in paths]), importers)


def said(placement: Placement) -> tuple[dict[str, list[str]], list[str]]:
    """Edges of releases, and instances, as texts."""
    edges, instances = releases_and_instances(placement)
    releases = {
        f"{name} {version}": [f"{r.name} => {v}" for r, v in found] for (_, name, version), found in edges.items()
    }
    return releases, [
        f"{one.name} {one.version}#{one.number} for {', '.join(one.dependents)}: "
        + ", ".join([f"{r.name} => {v}" for r, v in one.dependencies])
        for one in instances
    ]


def test_a_release_beside_two_peers_is_two_instances() -> None:
    """The place nearest to the top is the release; the other says who sees it and what differs."""
    tree = {"a": "1.0.0", "b": "1.0.0", "react": "18.2.0", "use-it": "1.0.0", "b/react": "17.0.2", "b/use-it": "1.0.0"}
    edges: dict[str, dict[str, str | None]] = {
        "a": {"use-it ^1": "use-it"},
        "b": {"react ^17": "b/react", "use-it ^1": "b/use-it"},
        "use-it": {"react * ; peer": "react", "fsevents ^2 ; optional": None},
        "b/use-it": {"react * ; peer": "b/react", "fsevents ^2 ; optional": None},
    }
    releases, instances = said(placed(tree, edges, {"a *": "a", "b *": "b"}))
    assert releases["use-it 1.0.0"] == ["react => 18.2.0", "fsevents => none"]
    assert instances == ["use-it 1.0.0#2 for npm:b 1.0.0: react => 17.0.2"]


def test_places_that_lead_to_the_same_are_one_instance() -> None:
    """Copies of a release, wherever they stand."""
    tree = {"a": "1.0.0", "c": "1.0.0", "x": "2.0.0", "a/x": "1.0.0", "c/x": "1.0.0"}
    edges: dict[str, dict[str, str | None]] = {"a": {"x ^1": "a/x"}, "c": {"x ^1": "c/x"}}
    assert said(placed(tree, edges, {"a *": "a", "c *": "c", "x *": "x"}))[1] == []


def test_a_difference_further_down_makes_instances_all_the_way_up() -> None:
    """`mid` leads to the same version in both places, but to another instance of it."""
    tree = {"a": "1.0.0", "b": "1.0.0", "low": "1.0.0", "mid": "1.0.0", "peer": "2.0.0"}
    tree |= {"b/low": "1.0.0", "b/mid": "1.0.0", "b/peer": "1.0.0"}
    edges: dict[str, dict[str, str | None]] = {
        "a": {"mid *": "mid"},
        "b": {"mid *": "b/mid", "peer ^1": "b/peer"},
        "mid": {"low *": "low"},
        "b/mid": {"low *": "b/low"},
        "low": {"peer * ; peer": "peer"},
        "b/low": {"peer * ; peer": "b/peer"},
    }
    assert said(placed(tree, edges, {"a *": "a", "b *": "b"}))[1] == [
        "low 1.0.0#2 for npm:mid 1.0.0#2: peer => 1.0.0",
        "mid 1.0.0#2 for npm:b 1.0.0: ",
    ]


def test_a_circle_of_copies_stays_one_instance() -> None:
    """Places that only differ by which copy of each other they lead to do not differ."""
    tree = {"a": "1.0.0", "b": "1.0.0", "c": "1.0.0", "c/a": "1.0.0", "c/b": "1.0.0"}
    edges: dict[str, dict[str, str | None]] = {
        "a": {"b *": "b"},
        "b": {"a *": "a"},
        "c": {"a *": "c/a"},
        "c/a": {"b *": "c/b"},
        "c/b": {"a *": "c/a"},
    }
    assert said(placed(tree, edges, {"a *": "a", "c *": "c"}))[1] == []


def test_links_to_workspaces_are_neither_releases_nor_edges() -> None:
    """A workspace is an importer: it sees instances by the path of its manifest."""
    tree = {"web": " link packages/web", "a": "1.0.0", "x": "1.0.0", "y": "2.0.0", "a/x": "1.0.0", "a/y": "1.0.0"}
    edges: dict[str, dict[str, str | None]] = {
        "a": {"web *": "web", "x *": "a/x"},
        "x": {"y *": "y"},
        "a/x": {"y *": "a/y"},
    }
    placement = placed(tree, edges, {"web *": "web", "a *": "a"})
    where = [node.path for node in placement.nodes].index("node_modules/a/node_modules/x")
    importers = (placement.importers[0], Importer("packages/web", ((wish("x *"), where),)))
    releases, instances = said(placement._replace(importers=importers))
    assert releases["a 1.0.0"] == ["x => 1.0.0"]
    assert instances == ["x 1.0.0#2 for npm:a 1.0.0, packages/web/package.json: y => 1.0.0"]
