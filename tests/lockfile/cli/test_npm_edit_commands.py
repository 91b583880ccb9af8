"""`add` and `remove` of npm packages: which words mean them, which file is edited, and how it looks afterwards."""

import json
from pathlib import Path

import pytest

from tests.support.npm_project import NpmProject
from tests.support.npm_registry import release, serving

WORLD = (
    release("left-pad", "1.2.0"),
    release("left-pad", "1.3.0"),
    release("@acme/core", "2.1.0"),
    release("early", "1.0.0-beta.2"),
)


def test_a_name_alone_asks_for_the_latest_and_what_is_compatible(tmp_path: Path) -> None:
    """As npm writes it; a scoped name needs no prefix."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry)
        done = project.run("add", "left-pad", "@acme/core", "early")
        assert done.code == 0, done.out + done.err
        assert done.out.startswith("package.json edited\n")
    wanted = json.loads(project.read("package.json"))["dependencies"]
    assert wanted == {"@acme/core": "^2.1.0", "early": "1.0.0-beta.2", "left-pad": "^1.3.0"}
    assert project.versions == {"@acme/core@2.1.0", "early@1.0.0-beta.2", "left-pad@1.3.0"}


def test_a_spec_is_taken_as_it_is_and_a_group_is_a_table(tmp_path: Path) -> None:
    """A range, an alias; `--group dev` moves a name, `remove` finds it wherever it stands."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry)
        assert project.run("add", "npm:left-pad@~1.2.0", "core@npm:@acme/core@^2").code == 0
        assert project.run("add", "--group", "dev", "left-pad").code == 0
        manifest = json.loads(project.read("package.json"))
        assert manifest["dependencies"] == {"core": "npm:@acme/core@^2"}
        assert manifest["devDependencies"] == {"left-pad": "~1.2.0"}
        assert project.pin("left-pad").version == "1.2.0"
        assert project.run("remove", "left-pad").code == 0
        assert "devDependencies" not in json.loads(project.read("package.json"))
        done = project.run("remove", "left-pad")
        assert (done.code, "expected a dependency that package.json names" in done.err) == (2, True)
        assert project.run("add", "--group", "test", "left-pad").code == 2


def test_a_name_stays_in_the_table_where_it_stands(tmp_path: Path) -> None:
    """A new range without a group makes no dependency of one for development; of two tables npm's first is edited."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry)
        assert project.run("add", "--dev", "left-pad@~1.2.0").code == 0
        assert project.run("add", "--group", "peer", "left-pad@^1").code == 0
        assert project.run("add", "--group", "optional", "@acme/core@2").code == 0
        done = project.run("add", "left-pad@~1.3.0", "@acme/core@^2.1.0")
        assert done.code == 0, done.out + done.err
    manifest = json.loads(project.read("package.json"))
    assert manifest["dependencies"] == {}
    assert manifest["devDependencies"] == {"left-pad": "~1.3.0"}
    assert manifest["peerDependencies"] == {"left-pad": "^1"}
    assert manifest["optionalDependencies"] == {"@acme/core": "^2.1.0"}


def test_beside_a_pyproject_a_plain_name_is_a_python_package(tmp_path: Path) -> None:
    """Only words with the prefix, and scoped ones, concern the package.json."""
    from tests.support.index_server import serving as index
    from tests.support.packages import read_releases

    with serving(*WORLD) as registry, index(read_releases("click 8.1.8")) as pypi:
        project = NpmProject(tmp_path, registry)
        project.environment["PIP_INDEX_URL"] = pypi.url
        project.write("pyproject.toml", '[project]\nname = "web"\nversion = "1"\nrequires-python = ">=3.12"\n')
        done = project.run("add", "click", "npm:left-pad", "@acme/core@^2")
        assert done.code == 0, done.out + done.err
        assert "click" in project.read("pyproject.toml")
        assert list(json.loads(project.read("package.json"))["dependencies"]) == ["@acme/core", "left-pad"]
        assert {pin.source for pin in project.lock.packages} == {"npm", "pypi"}
        assert project.run("check").code == 0


def test_nothing_is_written_where_there_is_no_solution(tmp_path: Path) -> None:
    """The manifest stays as it was, byte for byte."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry)
        before = project.read("package.json")
        assert project.run("add", "left-pad@^9").code == 4
        assert project.run("add", "no-such").code == 3
        assert project.run("add", "left-pad@user/repo").code == 2
    assert project.read("package.json") == before
    assert not (project.folder / "holdfast.lock").exists()


def test_without_a_package_json_the_prefix_has_nothing_to_edit(tmp_path: Path) -> None:
    """It is said, and what to do."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry)
        (project.folder / "package.json").unlink()
        project.write("pyproject.toml", '[project]\nname = "web"\nversion = "1"\n')
        done = project.run("add", "npm:left-pad")
    assert done.code == 2
    assert "expected a package.json to edit, found none" in done.err


def test_in_a_workspace_its_own_manifest_is_edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run below a member, the project is the one that claims it, and the member asks."""
    from tests.support.project import Done

    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, workspaces=["packages/*"])
        project.write("packages/a/package.json", {"name": "a", "version": "1.0.0"})
        monkeypatch.chdir(project.folder / "packages" / "a")
        import io

        from holdfast.cli.main import main

        out, err = io.StringIO(), io.StringIO()
        done = Done(main(["add", "left-pad"], project.environment, out, err), out.getvalue(), err.getvalue())
        assert done.code == 0, done.out + done.err
    assert done.out.startswith("packages/a/package.json edited\n")
    assert project.lock.inputs[0].path == "packages/a/package.json"


def test_a_dist_tag_moves_the_pin_once(tmp_path: Path) -> None:
    """Asked for anew, a tag frees the name, and an unknown one is refused; answered, the pin stays as tags move."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, {"left-pad": "1.2.0"}).locked()
        done = project.run("add", "left-pad@nightly")
        assert (done.code, "left-pad has no dist-tag nightly" in done.out) == (4, True)
        assert project.run("add", "left-pad@latest").code == 0
        assert project.versions == {"left-pad@1.3.0"}
        registry.publish(release("left-pad", "1.4.0"))
        assert project.run("lock", "--refresh").out.startswith("holdfast.lock is up to date")
        assert project.run("add", "early").code == 0
        assert project.pin("left-pad").version == "1.3.0"
        assert project.run("update", "left-pad").code == 0
        assert project.pin("left-pad").version == "1.4.0"


def test_what_is_too_young_is_not_asked_for(tmp_path: Path) -> None:
    """A name alone asks for the latest of what policy lets in."""
    world = (release("tool", "1.0.0"), release("tool", "2.0.0", time="2999-01-01T00:00:00.000Z"))
    with serving(*world) as registry:
        project = NpmProject(tmp_path, registry)
        project.write("holdfast.toml", '[policy]\nminimum-release-age = "3 days"\n')
        assert project.run("add", "tool").code == 0
    assert json.loads(project.read("package.json"))["dependencies"] == {"tool": "^1.0.0"}


def test_dev_is_a_table_of_its_own(tmp_path: Path) -> None:
    """`--dev` is `--group dev`, which `tree` and `why` tell apart; it goes with no other place."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry)
        assert project.run("add", "--dev", "left-pad").code == 0
        assert json.loads(project.read("package.json"))["devDependencies"] == {"left-pad": "^1.3.0"}
        assert project.run("tree").out == "package.json (dev)\n└── left-pad 1.3.0\n"
        assert "package.json (dev) wishes left-pad ^1.3.0" in project.run("why", "left-pad").out
        assert project.run("add", "--dev", "--group", "optional", "early").code == 2
        assert project.run("remove", "--dev", "left-pad").code == 0
        done = project.run("check")
    assert (done.code, done.out) == (0, "holdfast.lock holds: 0 packages\n")


@pytest.mark.parametrize("word", ["npm:", "npm:a b", "npm:@@@", "npm:../x", "npm:.hidden"])
def test_a_word_that_is_no_package_is_refused_as_one_of_npm(tmp_path: Path, word: str) -> None:
    """The refusal shows how such a word is written."""
    with serving(*WORLD) as registry:
        done = NpmProject(tmp_path, registry).run("add", word)
    assert (done.code, f"an npm package such as npm:left-pad@^1.3, found {word}\n" in done.err) == (2, True)
