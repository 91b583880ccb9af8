"""`export package-lock`: what npm makes of the file that is written, over registries on loopback."""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support.npm_client import npm
from tests.support.npm_project import NpmProject
from tests.support.npm_registry import NpmRegistry, release, serving

REACT = {"react": ">=16"}
MAYBE = {"react": "*", "gone": "^1.0.0"}
META = {name: {"optional": True} for name in MAYBE}
INNER = {"node_modules/inner/package.json": json.dumps({"name": "inner", "version": "9.9.9"}).encode()}
RELEASES = (
    release("ansi", "5.0.0"),
    release("ansi", "6.0.0"),
    release("strip", "1.0.0", dependencies={"ansi": "^5.0.0"}),
    release("wide", "4.0.0", dependencies={"ansi": "^6.0.0", "strip": "*"}, bin={"wide": "a.js"}, files={"a.js": b""}),
    release("wide", "5.0.0", dependencies={"ansi": "^6.0.0"}),
    release("react", "17.0.2"),
    release("react", "18.3.1"),
    release("use-it", "1.0.0", peerDependencies=REACT),
    release("view", "1.0.0", dependencies={"use-it": "^1.0.0"}, peerDependencies=REACT),
    release("maybe", "1.0.0", peerDependencies=MAYBE, peerDependenciesMeta=META),
    release("fast-linux", "1.0.0", os=["linux"]),
    release("fast-plan9", "1.0.0", os=["plan9"], cpu=["mips"]),
    release("fast", "1.0.0", optionalDependencies={"fast-linux": "1.0.0", "fast-plan9": "1.0.0", "nowhere": "^1"}),
    release("outer", "1.0.0", dependencies={"inner": "^9.0.0", "ansi": "*"}, bundleDependencies=["inner"], files=INNER),
    release("both", "1.0.0", dependencies={"leaf": "*"}),
    release("leaf", "1.0.0", engines={"node": ">=10"}),
    release("loop-a", "1.0.0", dependencies={"loop-b": "*"}),
    release("loop-b", "1.0.0", dependencies={"loop-a": "*"}),
    release("hooked", "1.0.0", scripts={"install": "node -e \"require('fs').writeFileSync('made', '')\""}),
    release("overridden", "1.0.0"),
    release("overridden", "2.0.0"),
    release("asks", "1.0.0", dependencies={"overridden": "^1.0.0"}),
    release("tool", "2.0.0", dependencies={"both": "^1.0.0", "old": "npm:ansi@^5"}),
)  # fmt: skip
PRIVATE = (release("@acme/ui", "2.1.0", dependencies={"ansi": "^6.0.0", "@acme/theme": "~1.0.0"}),)
THEME = (release("@acme/theme", "1.0.3"),)
WISHES = {"wide": "^4.0.0", "cjs": "npm:wide@^5.0.0", "@acme/ui": "*", "fast": "*", "react": "^18.0.0", "view": "*"}
PROJECTS: dict[str, dict[str, Any]] = {
    "everything": {
        "dependencies": {**WISHES, "outer": "*", "loop-a": "*", "hooked": "*", "maybe": "*", "leaf": "latest"},
        "devDependencies": {"tool": "^2.0.0", "strip": "*"},
        "optionalDependencies": {"both": "*"},
        "workspaces": ["packages/*"],
        "packages/web": {
            "name": "@acme/web",
            "version": "0.1.0",
            "dependencies": {"react": "^17.0.0", "view": "*", "lib": "^1.0.0"},
            "devDependencies": {"ansi": "^5.0.0"},
        },
        "packages/lib": {"name": "lib", "version": "1.2.0", "peerDependencies": {"react": "*"}},
    },
    "peers that are installed for others": {"dependencies": {"view": "*"}, "devDependencies": {"use-it": "*"}},
    "flags": {
        "devDependencies": {"both": "*"},
        "optionalDependencies": {"tool": "*"},
        "peerDependencies": {"strip": "*", "react": "^17.0.0"},
    },
    "an override": {"dependencies": {"wide": "^4.0.0", "asks": "*"}, "overrides": {"asks": {"overridden": "2.0.0"}}},
    "nothing": {},
}


@pytest.fixture
def registries() -> Iterator[tuple[NpmRegistry, NpmRegistry]]:
    """The main one, and the one of the scope."""
    with ExitStack() as stack:
        yield stack.enter_context(serving(*RELEASES)), stack.enter_context(serving(*PRIVATE, *THEME))


def begun(folder: Path, registries: tuple[NpmRegistry, NpmRegistry], told: dict[str, Any]) -> NpmProject:
    """A project that is locked and exported."""
    main, private = registries
    members = {path: data for path, data in told.items() if "/" in path}
    rest = {key: value for key, value in told.items() if key not in members and key != "dependencies"}
    project = NpmProject(
        folder, main, told.get("dependencies"), npmrc=f"{main.npmrc}@acme:registry={private.url}\n", **rest
    )
    for path, data in members.items():
        project.write(f"{path}/package.json", data)
    project.locked()
    done = project.run("export", "package-lock", "--output", str(project.folder / "package-lock.json"))
    assert done.code == 0, done.err
    return project


@pytest.mark.parametrize("name", PROJECTS)
def test_npm_installs_from_it_and_finds_no_problem(
    name: str, registries: tuple[NpmRegistry, NpmRegistry], tmp_path: Path
) -> None:
    """With an empty cache; not a byte of the file changes, and `check --against` finds no difference either."""
    project = begun(tmp_path, registries, PROJECTS[name])
    ours = project.read("package-lock.json")
    npm(project.folder, project.environment, "ci")
    npm(project.folder, project.environment, "ls", "--all")
    assert project.read("package-lock.json") == ours
    assert project.run("check", "--against", str(project.folder / "package-lock.json")).code == 0


@pytest.mark.parametrize("name", PROJECTS)
def test_the_tree_is_the_one_that_npm_makes(
    name: str, registries: tuple[NpmRegistry, NpmRegistry], tmp_path: Path
) -> None:
    """Same folders, same places of tarballs, same flags: npm writes what we write."""
    project = begun(tmp_path, registries, PROJECTS[name])
    ours = project.read("package-lock.json")
    (project.folder / "package-lock.json").unlink()
    npm(project.folder, project.environment, "install", "--package-lock-only")
    assert parts(ours) == parts(project.read("package-lock.json"))


def parts(text: str) -> dict[str, dict[str, Any]]:
    """The entries of a file, without what comes with another package's tarball, and what such a package asks for.

    Of a package that an override is for, the lock has what the override makes it ask for.
    """
    found: dict[str, dict[str, Any]] = json.loads(text)["packages"]
    entries = {path: entry for path, entry in found.items() if not entry.get("inBundle")}
    for entry in entries.values():
        inner = set(entry.get("bundleDependencies", []))
        asked = {name: spec for name, spec in entry.get("dependencies", {}).items() if name not in inner}
        entry["dependencies"] = {name: spec for name, spec in asked.items() if name != "overridden"}
        entry.get("optionalDependencies", {}).pop("nowhere", "")
    return entries


def test_what_npm_installs_are_the_bytes_that_were_locked(
    registries: tuple[NpmRegistry, NpmRegistry], tmp_path: Path
) -> None:
    """Workspaces are linked, bundles come along, scripts run, and what is for another platform stays away."""
    project = begun(tmp_path, registries, PROJECTS["everything"])
    npm(project.folder, project.environment, "ci")
    modules = project.folder / "node_modules"
    assert (modules / "@acme" / "web").resolve() == project.folder / "packages" / "web"
    assert json.loads((modules / "outer/node_modules/inner/package.json").read_text())["version"] == "9.9.9"
    assert (modules / "hooked" / "made").is_file()
    assert not (modules / "fast-plan9").exists()
    assert json.loads((modules / "cjs" / "package.json").read_text())["name"] == "wide"
    versions = [
        json.loads((project.folder / at / "react" / "package.json").read_text())["version"]
        for at in ("node_modules", "packages/web/node_modules")
    ]
    assert versions == ["18.3.1", "17.0.2"]
    npm(project.folder, project.environment, "ci", "--omit", "dev", "--omit", "optional")
    assert {path.name for path in modules.iterdir()}.isdisjoint({"tool", "both", "old", "fast-linux"})
    assert (modules / "leaf").is_dir()


def test_other_bytes_are_not_installed(registries: tuple[NpmRegistry, NpmRegistry], tmp_path: Path) -> None:
    """npm holds the tarball to the integrity in the file."""
    project = begun(tmp_path, registries, {"dependencies": {"leaf": "*"}})
    registries[0].publish(release("leaf", "1.0.0", files={"evil.js": b"evil"}))
    with pytest.raises(AssertionError, match="EINTEGRITY"):
        npm(project.folder, project.environment, "ci")
    assert not (project.folder / "node_modules" / "leaf").exists()


def test_a_tarball_that_has_changed_has_no_url(registries: tuple[NpmRegistry, NpmRegistry], tmp_path: Path) -> None:
    """A URL counts only with the pinned hash; the hash of the lock stays in any case."""
    project = begun(tmp_path, registries, {"dependencies": {"leaf": "*"}})
    before = json.loads(project.read("package-lock.json"))["packages"]["node_modules/leaf"]
    registries[0].publish(release("leaf", "1.0.0", files={"evil.js": b"evil"}))
    shutil.rmtree(project.environment["HOLDFAST_CACHE_DIR"])
    out = project.run("export", "package-lock").out
    after = json.loads(out)["packages"]["node_modules/leaf"]
    assert "resolved" not in after
    assert after["integrity"] == before["integrity"]


def test_what_npm_does_not_read_is_said(tmp_path: Path) -> None:
    """Words and workspaces that pnpm alone knows: npm would refuse the project, or install less than is locked."""
    lib = {"name": "lib", "version": "1.0.0", "dependencies": {"leaf": "catalog:"}}
    web = {"name": "web", "version": "1.0.0", "dependencies": {"lib": "workspace:^"}}
    with serving(*RELEASES) as registry:
        project = NpmProject(tmp_path, registry)
        project.write("packages/lib/package.json", lib)
        project.write("packages/web/package.json", web)
        project.write("pnpm-workspace.yaml", "packages: ['packages/*']\ncatalog: {leaf: ^1.0.0}\n")
        assert project.run("lock").code == 0
        said = project.run("export", "package-lock").err
        project.write("packages/lib/package.json", {**lib, "dependencies": {"leaf": "^1.0.0"}})
        project.write("packages/web/package.json", {**web, "dependencies": {"lib": "^1.0.0"}})
        project.write("package.json", {"name": "all", "version": "1.0.0", "workspaces": ["packages/*"]})
        assert project.run("lock").code == 0
        assert project.run("export", "package-lock").err == ""
    unread, refused = said.splitlines()
    assert unread == (
        "note: npm does not read pnpm-workspace.yaml: without `workspaces` in package.json it leaves out"
        " packages/lib/package.json and 1 other"
    )
    assert refused == (
        "note: npm refuses `catalog:` and `workspace:` in a package.json: leaf in packages/lib/package.json (catalog:)"
        " and 1 other"
    )
