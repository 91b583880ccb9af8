"""What `update NAME` and a changed override move, and what they leave alone, over a registry on loopback."""

import json
from pathlib import Path

import pytest

from tests.support.npm_project import NpmProject
from tests.support.npm_registry import release, serving

WORLD = (
    release("app", "1.0.0", dependencies={"dep": "^1.0.0", "side": "^1.0.0"}),
    release("dep", "1.0.0", dependencies={"inner": "^1.0.0"}),
    release("inner", "1.0.0"),
    release("side", "1.0.0"),
)
NEWER = (
    release("app", "1.1.0", dependencies={"dep": "^1.0.0", "side": "^1.0.0"}),
    release("dep", "1.1.0", dependencies={"inner": "^1.1.0"}),
    release("inner", "1.1.0"),
    release("side", "1.1.0"),
)


def test_update_moves_a_name_and_what_it_forces(tmp_path: Path) -> None:
    """The new release needs a newer one of another package, which moves; nobody else does."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, {"app": "^1.0.0"}).locked()
        registry.publish(*NEWER)
        done = project.run("update", "dep", "--refresh")
    assert done.code == 0, done.out + done.err
    assert project.versions == {"app@1.0.0", "dep@1.1.0", "inner@1.1.0", "side@1.0.0"}
    assert "dep 1.0.0 -> 1.1.0" in done.out
    assert "inner 1.0.0 -> 1.1.0" in done.out
    assert "side" not in done.out


def test_update_of_what_others_hold_back_changes_nothing(tmp_path: Path) -> None:
    """A release out of everybody's range is not taken, though it is the latest."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, {"app": "^1.0.0"}).locked()
        before = project.read("holdfast.lock")
        registry.publish(release("dep", "2.0.0"))
        assert project.run("update", "dep", "--refresh").code == 0
    assert project.read("holdfast.lock") == before


def test_one_of_two_majors_is_updated_in_its_own_range(tmp_path: Path) -> None:
    """Both are freed, each stays in the range of those who need it; the rest holds."""
    world = (*WORLD, release("dep", "2.0.0"))
    with serving(*world) as registry:
        project = NpmProject(tmp_path, registry, {"app": "^1.0.0", "dep": "^2.0.0"}).locked()
        registry.publish(*NEWER, release("dep", "2.3.0"))
        assert project.run("update", "dep", "--refresh").code == 0
    assert project.versions == {"app@1.0.0", "dep@1.1.0", "dep@2.3.0", "inner@1.1.0", "side@1.0.0"}


def test_a_removed_override_is_judged_anew(tmp_path: Path) -> None:
    """What only the override admitted goes back into range; what fits without it stays where it was pinned."""
    world = (*WORLD, *NEWER, release("dep", "2.0.0"))
    with serving(*world) as registry:
        overrides = {"dep": "2.0.0", "side": "1.0.0"}
        project = NpmProject(tmp_path, registry, {"app": "1.0.0"}, overrides=overrides).locked()
        assert project.versions == {"app@1.0.0", "dep@2.0.0", "side@1.0.0"}
        manifest = json.loads(project.read("package.json"))
        del manifest["overrides"]
        project.write("package.json", manifest)
        assert project.run("lock").code == 0
        assert project.versions == {"app@1.0.0", "dep@1.1.0", "inner@1.1.0", "side@1.0.0"}
        assert project.run("check").code == 0


def test_a_nested_override_that_goes_leaves_one_version(tmp_path: Path) -> None:
    """Below one package alone another version was locked; without the rule both edges meet again."""
    world = (*WORLD, release("other", "1.0.0", dependencies={"side": "^1.0.0"}), release("side", "1.1.0"))
    with serving(*world) as registry:
        overrides = {"other": {"side": "1.0.0"}}
        project = NpmProject(tmp_path, registry, {"app": "*", "other": "*"}, overrides=overrides).locked()
        assert {"side@1.0.0", "side@1.1.0"} <= project.versions
        manifest = json.loads(project.read("package.json"))
        del manifest["overrides"]
        project.write("package.json", manifest)
        assert project.run("lock").code == 0
        assert project.run("check").code == 0
    assert len([one for one in project.versions if one.startswith("side@")]) == 1


def test_rules_for_yarn_count_beside_a_lock_of_yarn(tmp_path: Path) -> None:
    """`resolutions` is Yarn's; without its lock nothing speaks for Yarn, and npm reads none."""
    with serving(*WORLD, *NEWER) as registry:
        project = NpmProject(tmp_path, registry, {"app": "*"}, resolutions={"app/side": "1.0.0"}).locked()
        assert "side@1.1.0" in project.versions
        project.write("yarn.lock", "# yarn lockfile v1\n")
        assert "side 1.0.0" in project.run("check").out
        assert project.run("lock").code == 0
        assert "side@1.0.0" in project.versions


@pytest.mark.parametrize("command", ["why", "tree", "update", "verify"])
@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("@acme/ui", "@acme/ui is a workspace of this project (packages/ui/package.json)"),
        ("npm:my.tools", "my.tools is a workspace of this project (packages/tools/package.json)"),
        ("web", "web is this project itself (package.json)"),
        ("apq", "did you mean app?"),
    ],
)
def test_a_name_of_the_project_is_told_from_that_of_a_package(
    tmp_path: Path, command: str, name: str, hint: str
) -> None:
    """A workspace is no package of the lock: the refusal says what it is; of any other name, what is near."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, {"app": "^1.0.0"}, workspaces=["packages/*"])
        project.write("packages/ui/package.json", {"name": "@acme/ui", "version": "1.0.0"})
        project.write("packages/tools/package.json", {"name": "my.tools", "version": "1.0.0"})
        done = project.locked().run(command, name)
    assert done.code == 2
    assert f"hint: {hint}" in done.err
