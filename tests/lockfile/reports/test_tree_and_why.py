"""Trees and paths beyond the golden ones: cycles, depth, what is missing, and size."""

import json

from holdfast.model.graph import LockGraph
from holdfast.model.paths import paths_to
from holdfast.reports import tree, why
from holdfast_resolver.versions.grid import Grid
from tests.support.lock_scenarios import TARGETS, read_lock


def graph(text: str) -> LockGraph:
    """The graph of scenario text."""
    return LockGraph(read_lock(text), Grid(TARGETS))


CYCLE = graph("wish a\na 1\n    b\nb 1\n    a\n    c\nc 1\n")


def test_a_cycle_is_printed_once() -> None:
    """A pin that stands above itself is marked and not followed."""
    assert tree.render_text(CYCLE).splitlines() == [
        "pyproject.toml",
        "└── a 1",
        "    └── b 1",
        "        ├── a 1 (*)",
        "        └── c 1",
        "(*) shown in full above",
    ]


def test_depth_counts_from_the_roots() -> None:
    """Depth 0 is the roots, and each step one level more."""
    assert [len(tree.render_text(CYCLE, depth=depth).splitlines()) for depth in range(4)] == [1, 2, 3, 6]


def test_inverted_without_names_starts_at_the_leaves() -> None:
    """Without names the inverted tree starts at the pins that require nothing."""
    lines = tree.render_text(CYCLE, invert=True).splitlines()
    assert [line for line in lines if not line.startswith((" ", "│", "├", "└", "("))] == ["c 1"]


def test_what_is_not_pinned_is_shown_as_such() -> None:
    """A broken lock has a tree as well."""
    broken = graph("wish a\na 1\n    b>=2\n    c ; sys_platform == 'win32'\nc 1 | when sys_platform == 'linux'\n")
    assert tree.render_text(broken).splitlines()[2:] == [
        "    ├── b (not pinned)",
        "    └── c ; sys_platform == 'win32' (not pinned)",
    ]
    document = json.loads(tree.render_json(broken))
    assert document["packages"][0]["edges"][0] == {"requirement": "pypi:b>=2", "to": None, "targets": None}


def test_a_name_without_a_pin_has_no_tree_and_no_path() -> None:
    """Nothing is printed; who calls says what that means."""
    assert tree.render_text(CYCLE, names=("zzz",)) == ""
    assert why.render_text(CYCLE, "zzz") == ""
    assert json.loads(why.render_json(CYCLE, "zzz"))["pins"] == []


def test_paths_come_shortest_first_and_end() -> None:
    """Each path goes through a pin at most once, so cycles end."""
    found = list(paths_to(graph("wish a\nwish c\na 1\n    b\n    c\nb 1\n    a\n    c\nc 1\n"), frozenset((2,)), 10))
    assert [[step.pin for step in path.steps] for path in found] == [[2], [0, 2], [0, 1, 2]]


def test_a_path_holds_on_one_target_as_a_whole() -> None:
    """Edges that no single target takes together are no path."""
    parted = graph("wish a\na 1\n    b ; sys_platform == 'win32'\nb 1\n    c ; sys_platform == 'linux'\nc 1\n")
    assert why.render_text(parted, "c") == "c 1\n  nothing leads to it\n"


def test_long_chains_and_many_paths_are_no_trouble() -> None:
    """Two thousand pins in a row, and a graph with 2**30 paths, are printed at once."""
    chain = "wish p0\n" + "".join(f"p{i} 1\n    p{i + 1}\n" for i in range(2000)) + "p2000 1\n"
    assert tree.render_text(graph(chain)).count("\n") == 2002
    ladder = (
        "wish a0\n" + "".join(f"a{i} 1\n    a{i + 1}\n    b{i}\nb{i} 1\n    a{i + 1}\n" for i in range(30)) + "a30 1\n"
    )
    assert why.render_text(graph(ladder), "a30", limit=3).count("a30 1") == 1
    assert len(tree.render_text(graph(ladder)).splitlines()) < 200
