"""The dice throw worlds that are worth placing: all that is hard comes up, and is chosen."""

from collections import Counter

from holdfast_resolver.placement.port import Placement, Unplaceable
from tests.support.npm_universe import Throw, placed, run, universe


def _seen(throw: Throw, tree: Placement) -> Counter[str]:
    """What stands in a tree."""
    found: Counter[str] = Counter()
    releases = throw.world.releases
    found["unmet peer"] += len(tree.overruled)
    for node in tree.nodes:
        if node.link:
            found["link"] += 1
            continue
        release = releases[node.package][node.version]
        found["alias"] += node.name != node.package
        found["alias of another's name"] += node.name != node.package and node.name in releases
        found["pre-release"] += "-" in node.version
        found["deprecated"] += bool(release.deprecated)
        found["unsuited engine"] += bool(throw.engines) and dict(release.engines).get("node", "") in (">=22", "<16")
        found["nested"] += node.path.count("node_modules/") > 1
        found["optional only"] += node.optional
    asked = [*tree.edges, *(importer.edges for importer in tree.importers)]
    for requirement, end in [edge for edges in asked for edge in edges]:
        found[requirement.kind or "dependency"] += end is not None
        found["left out"] += end is None
        found["dist-tag"] += requirement.range in ("next", "latest")
    ends = [{end for _, end in edges if end is not None} for edges in tree.edges]
    peers = [{end for one, end in edges if end is not None and one.kind == "peer"} for edges in tree.edges]
    found["ring"] += any(place in ends[other] for place, some in enumerate(ends) for other in some)
    found["peer ring"] += any(place in peers[other] for place, some in enumerate(peers) for other in some)
    return found


def test_everything_that_is_hard_comes_up() -> None:
    """In 600 worlds each of these stands in ten trees or more; overrides that changed something among them."""
    found: Counter[str] = Counter()
    for seed in range(600):
        throw = Throw(seed, members=seed % 3 == 0, overrides=seed % 3 == 1, wild=seed % 2 == 0)
        outcome = run(throw.request(), throw.world)
        if isinstance(outcome, Unplaceable):
            found["refused"] += 1
            continue
        found.update({what: 1 for what, times in _seen(throw, outcome).items() if times})
        if throw.overrides:
            found["override"] += outcome != run(throw.request()._replace(overrides=()), throw.world)
    expected = "refused,unmet peer,link,alias,alias of another's name,pre-release,deprecated,nested,unsuited engine"
    expected += ",optional only,dependency,optional,peer,peer optional,left out,dist-tag,ring,peer ring,override"
    assert {what: found[what] for what in expected.split(",") if found[what] < 10} == {}


def test_an_alias_above_does_not_leave_a_want_open() -> None:
    """A package under the name of another serves by its version; what stands in between gives way."""
    throw = Throw(509, peers=False, wild=True)
    tree = run(throw.request(), throw.world)
    assert isinstance(tree, Placement)
    assert ("node_modules/a/node_modules/c", "c", "3.2.0") in [
        (node.path, node.package, node.version) for node in tree.nodes
    ]


def test_a_small_tree_with_an_alias_above() -> None:
    """The project's `c` is another package; below `a`, two want the true `c` in versions that exclude each other."""
    world = universe("a 1.0.0\n c ^1\n d *\nd 1.0.0\n c ^2\nc 1.0.0\nc 2.0.0\nc 3.0.0\ne 2.5.0")
    tree = placed(world, "c npm:e@*\na *")
    assert {(node.path, node.package, node.version) for node in tree.nodes} >= {
        ("node_modules/c", "e", "2.5.0"),
        ("node_modules/a/node_modules/c", "c", "1.0.0"),
    }
