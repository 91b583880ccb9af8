"""The Node to choose for: what `--node` may say, and how that of a machine is found."""

import json
from pathlib import Path

import pytest

from holdfast.cli.machine_node import asked_node, node_here
from holdfast.errors import UsageError
from tests.support.npm_project import NpmProject
from tests.support.npm_registry import release, serving

HEADER = """
#ifndef SRC_NODE_VERSION_H_
#define NODE_MAJOR_VERSION 22
#define NODE_MINOR_VERSION 3
#define NODE_PATCH_VERSION 1
#define NODE_VERSION_IS_RELEASE {released}
"""


def machine(folder: Path, *, header: str = "", says: str = "exit 1") -> dict[str, str]:
    """An environment whose PATH has a `node`, with or without the header of an installation."""
    program = folder / "prefix" / "bin" / "node"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{says}\n")
    program.chmod(0o755)
    if header:
        place = folder / "prefix" / "include" / "node" / "node_version.h"
        place.parent.mkdir(parents=True)
        place.write_text(header)
    return {"PATH": f"bin:{folder / 'nothing'}:{program.parent}"}


@pytest.mark.parametrize(
    ("text", "version"), [("24", "24.0.0"), ("22.12.1", "22.12.1"), (">=20.5", "20.5.0"), ("any", "")]
)
def test_a_node_is_asked_for(text: str, version: str) -> None:
    """A version, its beginning, or a range, of which the lowest counts; `any` is none."""
    assert asked_node(text) == version


@pytest.mark.parametrize("text", ["lts", "x", "<0", "-1"])
def test_what_is_no_node_is_refused(text: str) -> None:
    """Names of lines are not versions."""
    with pytest.raises(UsageError, match="a version such as 22"):
        asked_node(text)


def test_the_header_of_an_installation_says_the_version(tmp_path: Path) -> None:
    """The program is not run for it, and a link to it is followed."""
    environment = machine(tmp_path, header=HEADER.format(released=1), says=f"touch {tmp_path / 'ran'}")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "node").symlink_to(tmp_path / "prefix" / "bin" / "node")
    assert node_here(environment) == "22.3.1"
    assert node_here({"PATH": str(tmp_path / "links")}) == "22.3.1"
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("header", ["", HEADER.format(released=0), "#define NODE_MAJOR_VERSION 22\n"])
def test_else_the_program_is_asked(tmp_path: Path, header: str) -> None:
    """Where there is no header, one of a nightly build, or one cut off; without the user's NODE_OPTIONS."""
    environment = machine(tmp_path, header=header, says='test -z "$NODE_OPTIONS" && echo v22.4.0')
    assert node_here({**environment, "NODE_OPTIONS": "--require ./mine.js"}) == "22.4.0"


@pytest.mark.parametrize("says", ["exit 1", "echo hello", "echo v22.4.0; exit 3"])
def test_a_program_that_does_not_say_has_no_version(tmp_path: Path, says: str) -> None:
    """A failing program, and one that says something else."""
    assert node_here(machine(tmp_path, says=says)) == ""


def test_a_machine_without_node_has_none(tmp_path: Path) -> None:
    """Folders that do not exist and relative ones are passed over."""
    assert node_here({"PATH": f"{tmp_path}:."}) == ""
    assert node_here({}) == ""


WORLD = (
    release("tool", "1.0.0", engines={"node": ">=16"}),
    release("tool", "2.0.0", engines={"node": ">=22"}),
)


def test_a_first_lock_takes_the_node_of_the_machine_and_keeps_it(tmp_path: Path) -> None:
    """It is said once, stands in `[scope]`, and another machine's Node changes nothing, not even in a full update."""
    old, new = tmp_path / "old", tmp_path / "new"
    olds = machine(old, header=HEADER.format(released=1).replace("22", "18"))
    news = machine(new, header=HEADER.format(released=1))
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, {"tool": "*"})
        project.environment.update(olds)
        done = project.run("lock")
        assert "for node 18.3.1, which this machine has: package.json names none in `engines`\n" in done.err
        assert (project.versions, project.lock.scope.node) == ({"tool@1.0.0"}, "18.3.1")
        project.environment.update(news)
        for command in ("lock", "update"):
            done = project.run(command)
            assert (done.code, "node" in done.err) == (0, False)
            assert (project.versions, project.lock.scope.node) == ({"tool@1.0.0"}, "18.3.1")


def test_another_node_is_asked_for(tmp_path: Path) -> None:
    """`update --node` chooses anew for it; `lock --node` keeps the pins; `any` takes the highest."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, {"tool": "*"})
        assert project.run("lock", "--node", "18").code == 0
        assert project.versions == {"tool@1.0.0"}
        done = project.run("lock", "--node", "24")
        assert "node          18.0.0 -> 24.0.0" in done.out
        assert project.versions == {"tool@1.0.0"}
        assert project.run("update", "--node", "24").code == 0
        assert (project.versions, project.lock.scope.node) == ({"tool@2.0.0"}, "24.0.0")
        assert project.run("update", "--node", "any").code == 0
        assert project.lock.scope.node == ""


def test_engines_of_the_manifest_decide(tmp_path: Path) -> None:
    """Over `--node` and the machine; edited ones are drift until the lock is made for them."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, {"tool": "*"}, engines={"node": "^18.2 || >=20"})
        assert project.run("lock", "--node", "24").code == 0
        assert (project.versions, project.lock.scope.node) == ({"tool@1.0.0"}, "18.2.0")
        manifest = json.loads(project.read("package.json"))
        manifest["engines"] = {"node": ">=22"}
        project.write("package.json", manifest)
        done = project.run("check")
        assert done.code == 1
        assert "error[scope-changed]: node\n  expected: 22.0.0 (package.json)\n  found: 18.2.0" in done.out
        assert project.run("lock").code == 0
        assert project.run("check").code == 0
        assert project.lock.scope.node == "22.0.0"
