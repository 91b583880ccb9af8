"""The graph that measures walk, made of a lock: Python with targets, npm with instances, modules."""

from holdfast.model.lock import Input, Instance, Lock, ModuleFacts, NpmFacts, Pin, Scope
from holdfast.model.scan import Scan
from holdfast.risk.graph import RiskGraph
from holdfast_resolver.values.npm import NpmRequirement
from holdfast_resolver.values.requirements import Requirement
from tests.support.lock_scenarios import read_lock

NO_TARGETS = Scope("", "highest", "if-necessary", ())


def edges(graph: RiskGraph) -> dict[str, tuple[str, ...]]:
    """The graph by ids; what the project needs under ""."""
    found = {graph.ids[place]: graph.named(others) for place, others in enumerate(graph.successors) if others}
    return {"": graph.named(graph.direct), **found}


def test_an_edge_stands_if_it_holds_on_some_target() -> None:
    """A marker of Windows holds on one target; one of another system holds on none."""
    graph = RiskGraph.of(
        read_lock(
            "wish flask\nflask 3.0\n    click\n    colorama ; sys_platform == 'win32'\n"
            "    never ; sys_platform == 'aix'\nclick 8.1\ncolorama 0.4\nnever 1.0\n"
        ),
        {"pypi:click 8.1": Scan(files=3)},
    )
    assert edges(graph) == {"": ("pypi:flask 3.0",), "pypi:flask 3.0": ("pypi:click 8.1", "pypi:colorama 0.4")}
    assert graph.ids == ("pypi:click 8.1", "pypi:colorama 0.4", "pypi:flask 3.0", "pypi:never 1.0")
    assert [package.scan for package in graph.packages] == [Scan(files=3), None, None, None]
    assert graph.edge_count == 3


def test_extras_and_versions_of_other_targets_are_walked() -> None:
    """An extra's edge counts where the extra is asked for; a forked package stands in both versions."""
    graph = RiskGraph.of(
        read_lock(
            "wish celery[redis]\nwish numpy (group test)\ncelery 5.4\n    redis ; extra == 'redis'\n"
            "    sqs ; extra == 'sqs'\nredis 5.0\nsqs 1.0\n"
            "numpy 1.26 | when python_version < '3.12'\nnumpy 2.0 | when python_version >= '3.12'\n"
        ),
        {},
    )
    assert edges(graph) == {
        "": ("pypi:celery 5.4", "pypi:numpy 1.26", "pypi:numpy 2.0"),
        "pypi:celery 5.4": ("pypi:redis 5.0",),
    }


def test_a_constraint_is_no_dependency() -> None:
    """What merely holds a version back makes nothing direct."""
    graph = RiskGraph.of(read_lock("wish a\nconstraint b<2\na 1.0\n    b\nb 1.0\n"), {})
    assert edges(graph) == {"": ("pypi:a 1.0",), "pypi:a 1.0": ("pypi:b 1.0",)}


def test_an_edge_of_npm_leads_to_its_own_version() -> None:
    """Two versions of a name are two packages, each needed by who asks for it."""
    graph = RiskGraph.of(npm_lock(), {})
    assert edges(graph)["npm:a 1.0.0"] == ("npm:react 18.0.0", "npm:use-it 1.0.0")
    assert edges(graph)["npm:b 1.0.0"] == ("npm:react 17.0.0", "npm:use-it 1.0.0")


def test_an_instance_of_npm_is_its_release_with_the_edges_of_both() -> None:
    """The same code in two places runs with either peer; no id has a number behind it."""
    graph = RiskGraph.of(npm_lock(), {})
    assert edges(graph)["npm:use-it 1.0.0"] == ("npm:react 17.0.0", "npm:react 18.0.0")
    assert graph.ids == ("npm:a 1.0.0", "npm:b 1.0.0", "npm:react 17.0.0", "npm:react 18.0.0", "npm:use-it 1.0.0")


def test_modules_stand_beside_packages() -> None:
    """A module's id has its scope; what it needs is an edge like any other."""
    pins = (
        Pin("acme", "@acme/base", "1.0.0", module=ModuleFacts("sha256:00")),
        Pin("acme", "@acme/guards", "2.0.0", module=ModuleFacts("sha256:00"), dependencies=(edge("@acme/base ^1"),)),
    )
    wish = Requirement("acme", "@acme/guards", range="^2")
    graph = RiskGraph.of(Lock(NO_TARGETS, (Input("holdfast.toml", "module", "", (wish,)),), pins), {})
    assert edges(graph) == {"": ("acme:@acme/guards 2.0.0",), "acme:@acme/guards 2.0.0": ("acme:@acme/base 1.0.0",)}


def test_a_path_is_spelled_from_its_manifest() -> None:
    """As findings have it; a path from within the graph has no manifest."""
    graph = RiskGraph.of(read_lock("wish a (group test)\na 1.0\n    b\nb 2.0\n"), {})
    assert graph.spelled((0, 1)) == ("pyproject.toml (group test)", "a 1.0", "b 2.0")
    assert graph.spelled((1,)) == ("b 2.0",)
    assert graph.spelled(()) == ()


def edge(text: str) -> tuple[Requirement, str]:
    """An edge to a module."""
    name, _, range_ = text.partition(" ")
    return Requirement("acme", name, range=range_), ""


def npm_lock() -> Lock:
    """`a` needs react 18 and use-it beside it, `b` needs react 17 and use-it beside that."""

    def needs(name: str, range_: str, marker: str = "") -> tuple[Requirement, str]:
        return NpmRequirement("npm", name, range=range_, marker=marker), ""

    def pin(name: str, version: str, *dependencies: tuple[Requirement, str]) -> Pin:
        return Pin("npm", name, version, dependencies=dependencies, npm=NpmFacts())

    peer = NpmRequirement("npm", "react", range=">=16", marker="peer")
    return Lock(
        NO_TARGETS,
        (Input("package.json", "project", "", (needs("a", "*")[0], needs("b", "*")[0])),),
        (
            pin("a", "1.0.0", needs("react", "^18"), needs("use-it", "*")),
            pin("b", "1.0.0", needs("react", "^17"), needs("use-it", "*")),
            pin("react", "17.0.0"),
            pin("react", "18.0.0"),
            pin("use-it", "1.0.0", (peer, "")),
        ),
        instances=(Instance("npm", "use-it", "1.0.0", 2, ("npm:b 1.0.0",), ((peer, "17.0.0"),)),),
    )
