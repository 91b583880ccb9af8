"""Facts and edges of a lock that somebody edited: `verify` names them, and `lock` writes what the registry says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.npm_project import NpmProject
from tests.support.npm_registry import release, serving

WORLD = (
    release("react", "17.0.2"),
    release("react", "18.3.1"),
    release("view", "1.0.0", peerDependencies={"react": ">= 17"}),
    release("native", "1.0.0", os=["darwin"], cpu=["arm64"], scripts={"install": "node x"}, engines={"node": ">=18"}),
    release("tool", "1.0.0", bin={"tool": "x.js"}, dependencies={"inner": "^1"}, bundleDependencies=["inner"]),
    release("inner", "1.0.0"),
    release(
        "app",
        "1.0.0",
        dependencies={"old": "npm:inner@1.x", "react": "*", "tool": ">= 1"},
        optionalDependencies={"native": "^1", "from-git": "git+https://code.example/x.git", "gone": "^1"},
    ),
)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[NpmProject]:
    """A locked project with an alias, an override, a bundle, and optional packages that cannot be had."""
    with serving(*WORLD) as registry:
        yield NpmProject(
            tmp_path, registry, {"app": "*", "view": "*", "react": "^18"}, overrides={"view": {"react": "18"}}
        ).locked()


EDITS = [
    ("install-script = true\n", "", "native", "install-script yes, locked is no"),
    ('os = ["darwin"]\n', "", "native", "os darwin, locked is none"),
    ('cpu = ["arm64"]', 'cpu = ["x64"]', "native", "cpu arm64, locked is x64"),
    ('bin = { tool = "x.js" }', 'bin = { node = "x.js" }', "tool", "bin tool x.js, locked is node x.js"),
    ('bundled = ["inner"]\n', "", "tool", "bundled inner, locked is none"),
    ('engines = { node = ">=18" }\n', "", "native", "engines node >=18, locked is none"),
    ('    "npm:tool >=1",\n', "", "app", "requires tool >=1, locked is nothing of it"),
    ("npm:native ^1 ;", "npm:native * ;", "app", "requires native ^1 ; optional, locked is native * ; optional"),
    ("1.x ; as old", "1.0.0 ; as old", "app", "requires inner 1.x, locked is inner 1.0.0 ; as old"),
    ("1.x ; as old", "1.x ; as new", "app", "no requirement new, locked is inner 1.x ; as new"),
]


def test_an_honest_lock_differs_in_nothing(project: NpmProject) -> None:
    """Overrides, aliases, bundles, ranges with blanks, and what no lock can spell are no difference."""
    done = project.run("verify")
    assert done.code == 0, done.out
    assert project.run("lock").out.startswith("holdfast.lock is up to date")
    assert "from-git" not in project.read("holdfast.lock")


@pytest.mark.parametrize(("old", "new", "name", "said"), EDITS, ids=[said for *_, said in EDITS])
def test_what_was_edited_is_named_and_lock_writes_it_anew(
    old: str, new: str, name: str, said: str, project: NpmProject
) -> None:
    """Offline a fact cannot be known to be wrong; the registry knows, and the command that is named mends it."""
    before = project.read("holdfast.lock")
    assert old in before
    project.write("holdfast.lock", before.replace(old, new, 1))
    done = project.run("verify", name)
    assert done.code == 1
    assert f"error[facts-differ]: {name} 1.0.0" in done.out
    assert said in done.out
    assert "next: holdfast lock" in done.out
    assert project.run("lock").code == 0
    assert project.read("holdfast.lock") == before


def test_a_registry_that_says_another_thing_of_a_release_is_named(tmp_path: Path) -> None:
    """The bytes are the same: what runs at installation is what changed."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, {"inner": "*"}).locked()
        one = registry.packages["inner"]["1.0.0"]
        registry.publish(one._replace(manifest=one.manifest | {"hasInstallScript": True}))
        assert project.run("verify").code == 0  # what is cached is as old as the lock
        project.environment["HOLDFAST_CACHE_DIR"] += "-new"
        done = project.run("verify")
        assert (done.code, "install-script yes, locked is no" in done.out) == (1, True)
