"""On whom a lock relies: counts, reach, order, and both forms of `holdfast trust suggest`."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.cli.commands import trust
from holdfast.cli.console import Console
from holdfast.cli.groups.trust import COMMANDS
from holdfast.cli.words import parse
from holdfast.errors import LockMissing
from holdfast.format.write import write
from holdfast.model.graph import LockGraph
from holdfast.model.lock import Lock, Signer
from holdfast.model.paths import paths_to
from holdfast.model.reliance import Reliance
from holdfast.reports.reliance import render_json, render_text
from holdfast.reports.tree import identity
from holdfast.reports.tree import render_json as render_tree
from holdfast.workflows.trust_suggest import reliances
from holdfast_resolver.versions.grid import Grid
from tests.lockfile.exports.small_locks import locks
from tests.support.lock_scenarios import TARGETS, read_lock

A = "github:101/.github/workflows/release.yml"
B = "github:202/.github/workflows/publish.yml"
SIGNERS = (
    Signer(A, "acme/tool", (("context", "ref=tag trigger=push"), ("owner-id", "7"))),
    Signer(B, "beta/tool", (("owner-id", "8"),)),
)
CHAIN = f"""
wish top
wish far ; sys_platform == 'win32'
top 1
    middle
middle 1 | signers {B}
    low
low 1 | signers {A}
far 1 | signers {A}
orphan 1 | signers {B}
"""


def scenario(text: str) -> LockGraph:
    """The graph of scenario text, with both signers."""
    return LockGraph(read_lock(text)._replace(signers=SIGNERS), Grid(TARGETS))


def names(graph: LockGraph, places: tuple[int, ...]) -> str:
    """The packages of some places."""
    return " ".join(graph.lock.packages[place].name for place in places)


def row(graph: LockGraph, one: Reliance) -> tuple[str, str, str, str]:
    """A reliance in names."""
    label = one.publisher.label if one.publisher else ""
    return label, names(graph, one.packages), names(graph, one.partly), names(graph, one.reach)


def with_files(graph: LockGraph, name: str, *signers: tuple[str, ...] | None) -> LockGraph:
    """The same graph where each file of one pin has signers of its own."""
    packages = tuple(
        pin._replace(artifacts=tuple(a._replace(signers=s) for a, s in zip(pin.artifacts, signers, strict=True)))
        if pin.name == name
        else pin
        for pin in graph.lock.packages
    )
    return LockGraph(graph.lock._replace(packages=packages), graph.grid)


def test_packages_and_their_dependents() -> None:
    """A publisher reaches what it signs and whatever depends on that; what nothing leads to does not count."""
    graph = scenario(CHAIN)
    found = reliances(graph)
    assert found.every == 4
    assert [row(graph, one) for one in found.publishers] == [
        ("acme/tool", "far low", "", "far low middle top"),
        ("beta/tool", "middle", "", "middle top"),
    ]
    assert row(graph, found.unsigned) == ("", "top", "", "top")


def test_of_equally_many_packages_the_wider_reach_comes_first() -> None:
    """Then the id decides."""
    apart = scenario(f"wish b\nb 1 | signers {B}\n    a\na 1 | signers {A}\n")
    assert [one.publisher and one.publisher.label for one in reliances(apart).publishers] == ["acme/tool", "beta/tool"]
    turned = scenario(f"wish a\na 1 | signers {A}\n    b\nb 1 | signers {B}\n")
    assert [one.publisher and one.publisher.label for one in reliances(turned).publishers] == ["beta/tool", "acme/tool"]
    equal = scenario(f"wish a\nwish b\na 1 | signers {B}\nb 1 | signers {A}\n")
    assert [one.publisher and one.publisher.label for one in reliances(equal).publishers] == ["acme/tool", "beta/tool"]


def test_some_files_only() -> None:
    """Files that differ count as parts: of who signed them, and of the unsigned where nobody did."""
    graph = scenario("wish top\ntop 1\n    mixed\nmixed 1 | files m-1-py3-none-any.whl m-1.tar.gz\n")
    found = reliances(with_files(graph, "mixed", (A,), None))
    assert [row(graph, one) for one in found.publishers] == [("acme/tool", "", "mixed", "mixed top")]
    assert row(graph, found.unsigned) == ("", "top", "mixed", "mixed top")
    found = reliances(with_files(graph, "mixed", (A,), (B,)))
    assert [row(graph, one)[2] for one in found.publishers] == ["mixed", "mixed"]
    assert row(graph, found.unsigned) == ("", "top", "", "top")


def test_a_signer_without_a_record_is_shown_by_its_id() -> None:
    """A lock that names an id it does not describe hides nobody."""
    graph = LockGraph(read_lock(f"wish a\na 1 | signers {A}\n"), Grid(TARGETS))
    (one,) = reliances(graph).publishers
    assert one.publisher == Signer(A)


@given(locks(), st.data())
def test_the_reach_is_what_paths_say(lock: Lock, data: st.DataObject) -> None:
    """Against the search of `why`: a package is reached by a publisher if a path of it goes to one of theirs."""
    packages = tuple(
        pin._replace(signers=tuple(data.draw(st.sampled_from(((), (A,), (B,), (A, B)))))) for pin in lock.packages
    )
    graph = LockGraph(lock._replace(packages=packages, signers=SIGNERS), Grid(lock.scope.targets))
    found = reliances(graph)
    reached = set(graph.reach(lock.inputs))
    assert found.every == len(reached)
    for one in (*found.publishers, found.unsigned):
        theirs = {
            place for place in reached
            if (one.publisher.id in packages[place].signers if one.publisher else not packages[place].signers)
        }  # fmt: skip
        assert set(one.packages) == theirs
        assert theirs <= set(one.reach) <= reached
        on_paths = {
            step.pin
            for goal in theirs
            for path in paths_to(graph, frozenset((goal,)), 20)
            for step in path.steps
        }  # fmt: skip
        assert on_paths <= set(one.reach)
        above = render_tree(graph, names=tuple({packages[place].name for place in theirs}) or ("none",), invert=True)
        assert {identity(graph, place) for place in one.reach} <= {node["id"] for node in json.loads(above)["packages"]}
    assert {one.publisher.id for one in found.publishers if one.publisher} == {
        signer for place in reached for signer in packages[place].signers
    }


def test_the_table() -> None:
    """Numbers end together, the unsigned come last, and the last line says how to read it."""
    assert render_text(reliances(scenario(CHAIN))) == (
        "publisher   signs       reach        id\n"
        f"acme/tool       2  50%      4  100%  {A}\n"
        f"beta/tool       1  25%      2   50%  {B}\n"
        "(unsigned)      1  25%      1   25%\n"
        "\n"
        "signs: packages of 4; reach: these and all that depend on them\n"
    )


def test_the_table_with_parts() -> None:
    """The column of packages signed in part is there only where there are any."""
    graph = scenario("wish mixed\nmixed 1 | files m-1-py3-none-any.whl m-1.tar.gz\n")
    assert render_text(reliances(with_files(graph, "mixed", (A,), None))).splitlines()[:3] == [
        "publisher   signs      in part  reach        id",
        f"acme/tool       0  0%        1      1  100%  {A}",
        "(unsigned)      0  0%        1      1  100%",
    ]


def test_everything_signed_has_no_row_for_the_unsigned() -> None:
    """And a lock without packages has no table."""
    assert "unsigned" not in render_text(reliances(scenario(f"wish a\na 1 | signers {A}\n")))
    assert render_text(reliances(scenario(""))) == ""


def test_small_and_large_shares_are_not_rounded_away() -> None:
    """One of three hundred is no nothing, and all but one is not all."""
    text = "wish p0\n" + "".join(f"p{i} 1\n    p{i + 1}\n" for i in range(300)) + f"p300 1 | signers {A}\n"
    made = render_text(reliances(scenario(text))).splitlines()
    assert made[1].split()[1:5] == ["1", "<1%", "301", "100%"]
    assert made[2].split()[1:] == ["300", ">99%", "300", ">99%"]


def test_harmful_labels_are_made_harmless() -> None:
    """A label that turns the line around, or begins a new one, is escaped."""
    graph = scenario(f"wish a\na 1 | signers {A}\n")
    evil = LockGraph(graph.lock._replace(signers=(Signer(A, "acme\u202e/\nloot"),)), graph.grid)
    text = render_text(reliances(evil))
    assert "\u202e" not in text
    assert r"acme\u{202e}/\u{a}loot" in text


def test_the_document() -> None:
    """Packages by their ids, shares between 0 and 1, the compared attributes of each publisher."""
    graph = scenario(CHAIN)
    document = json.loads(render_json(graph, reliances(graph), "trust suggest"))
    assert (document["command"], document["packages"]) == ("trust suggest", 4)
    assert document["publishers"][0] == {
        "id": A,
        "label": "acme/tool",
        "attributes": {"context": "ref=tag trigger=push", "owner-id": "7"},
        "packages": ["pypi:far@1", "pypi:low@1"],
        "partly": [],
        "share": 0.5,
        "reach": 4,
        "reach-share": 1.0,
    }
    assert document["unsigned"] == {
        "packages": ["pypi:top@1"], "partly": [], "share": 0.25, "reach": 1, "reach-share": 0.25,
    }  # fmt: skip


def test_a_graph_with_cycles_and_a_long_chain_ends() -> None:
    """Cycles reach each other, and two thousand pins in a row are counted at once."""
    cycle = scenario(f"wish a\na 1\n    b\nb 1 | signers {A}\n    a\n")
    assert names(cycle, reliances(cycle).publishers[0].reach) == "a b"
    chain = "wish p0\n" + "".join(f"p{i} 1\n    p{i + 1}\n" for i in range(2000)) + f"p2000 1 | signers {A}\n"
    assert len(reliances(scenario(chain)).publishers[0].reach) == 2001


def run(folder: Path, *words: str) -> str:
    """What `holdfast trust suggest` prints."""
    command = next(one for one in COMMANDS if one.name == "trust suggest")
    out, err = io.StringIO(), io.StringIO()
    console = Console(out, err, {})
    console.command = command.name
    arguments = parse(command, [*words, "--project", str(folder)], {})
    console.set_up(form=arguments.text("format", "text"), color="never", quiet=False, verbose=False)
    assert trust.suggest(arguments, {}, console) == 0
    return out.getvalue() + err.getvalue()


def test_the_command_needs_the_lock_alone(tmp_path: Path) -> None:
    """Text and JSON come from `holdfast.lock`, without a manifest's word, an index or a cache."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "web"\n')
    with pytest.raises(LockMissing):
        run(tmp_path)
    graph = scenario(CHAIN)
    (tmp_path / "holdfast.lock").write_text(write(graph.lock))
    assert run(tmp_path) == render_text(reliances(graph))
    assert json.loads(run(tmp_path, "--format", "json"))["packages"] == 4
    (tmp_path / "holdfast.lock").write_text(write(read_lock("")))
    assert "the lock has no packages" in run(tmp_path)
