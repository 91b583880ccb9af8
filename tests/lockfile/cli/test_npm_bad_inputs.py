"""Manifests and registries that leave no choice, or a strange one: what is said, and what is locked all the same."""

import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.npm_project import NpmProject
from tests.support.npm_registry import Answer, Published, release, serving

REACT = tuple([release("react", version) for version in ("16.14.0", "17.0.2", "18.3.1")])
VIEW = release("view", "1.0.0", dependencies={"react": "^17.0.0 <17.0.0"})
NIGHTLY = release("view", "1.0.0", dependencies={"react": "nightly"})
HEADLESS = release("view", "1.0.0", dependencies={"gone": "*"})
ODD = (release("odd", "1.2"), release("odd", "banana"))
DOM = release("react-dom", "18.3.1", peerDependencies={"react": "^18.3.1"})
LOOP = (
    release("a", "1.0.0", peerDependencies={"b": "^1"}),
    release("b", "1.0.0", peerDependencies={"a": "^2"}),
    release("a", "2.0.0", peerDependencies={"b": "^2"}),
    release("b", "2.0.0"),
)
RING = (release("a", "1.0.0", dependencies={"b": "^1"}), release("b", "1.0.0", dependencies={"a": "^1"}))
PEER_RING = (release("a", "1.0.0", peerDependencies={"b": "^1"}), release("b", "1.0.0", peerDependencies={"a": "^1"}))


@pytest.mark.parametrize(
    ("world", "dependencies", "sentences", "change"),
    [
        (
            REACT,
            {"react": ">=17.0.0 <17.0.0"},
            [
                "package.json:5 asks for react >=17.0.0 <17.0.0",
                "no version of anything lies in >=17.0.0 <17.0.0: react has 17.0.2, 18.3.1 and 1 other",
            ],
            ("react", "^18.3.1"),
        ),
        (
            REACT,
            {"react": "^17.0.0 <17.0.0"},
            ["no version of anything lies in ^17.0.0 <17.0.0"],
            ("react", "^18.3.1"),
        ),
        (
            (*REACT, VIEW),
            {"view": "*"},
            ["package.json:5 asks for view *", "view@1.0.0 requires react ^17.0.0 <17.0.0", "no version of anything"],
            None,
        ),
        (REACT, {"react": "next"}, ["react has no dist-tag next: it has latest"], ("react", "^18.3.1")),
        (
            (*REACT, NIGHTLY),
            {"view": "*"},
            ["view@1.0.0 requires react nightly", "react has no dist-tag nightly: it has latest"],
            None,
        ),
        (
            ODD,
            {"odd": "*"},
            ["odd has no release that can be locked: its registry lists none that is whole, with a version of SemVer"],
            None,
        ),
        (
            REACT,
            {"react-dmo": "*"},
            ["there is no package react-dmo in its registry", "as registries also do to those without access"],
            None,
        ),
        ((*REACT, HEADLESS), {"view": "*"}, ["view@1.0.0 requires gone *", "there is no package gone"], None),
        (REACT, {"React": "*"}, ["there is no package React in its registry", "did you mean react?"], None),
        (
            (*REACT, DOM),
            {"react": "^17.0.0", "react-dom": "^18"},
            [
                "react-dom@18.3.1 needs react ^18.3.1 beside it",
                "package.json:5 asks for react ^17.0.0",
                "so react would have to be 17.0.2 and in ^18.3.1 at once",
            ],
            ("react", "^18.3.1"),
        ),
        (
            LOOP,
            {"a": "^1"},
            ["a@1.0.0 needs b ^1 beside it", "b@1.0.0 needs a ^2 beside it", "so a would have to be 1.0.0 and in ^2"],
            ("a", "^2.0.0"),
        ),
    ],
    ids=[
        "empty",
        "empty caret",
        "empty below",
        "tag",
        "tag below",
        "no SemVer",
        "404",
        "404 below",
        "case",
        "peer",
        "loop",
    ],
)
def test_a_refusal_is_short_and_what_it_offers_works(
    tmp_path: Path,
    world: tuple[Published, ...],
    dependencies: dict[str, str],
    sentences: list[str],
    change: tuple[str, str] | None,
) -> None:
    """At most six sentences of at most 160 letters; the change, made, locks; nothing is written before."""
    with serving(*world) as registry:
        project = NpmProject(tmp_path, registry, dependencies)
        done = project.run("lock")
        assert done.code == 4
        numbered = [line for line in done.out.splitlines() if line[:4].strip().rstrip(".").isdigit()]
        assert 0 < len(numbered) <= 6
        assert max(map(len, numbered)) <= 160
        for sentence in sentences:
            assert sentence in done.out
        assert not (project.folder / "holdfast.lock").exists()
        if change is None:
            assert "solvable" not in done.out
            return
        name, spec = change
        assert f"{name} {spec} in place of {dependencies[name]}" in done.out
        NpmProject(tmp_path, registry, {**dependencies, name: spec}).locked()


def test_what_a_registry_keeps_back_is_named(tmp_path: Path) -> None:
    """For legal reasons, and not as if there were none."""
    with serving(*REACT) as registry:
        registry.answers["/react"] = Answer(451)
        done = NpmProject(tmp_path, registry, {"react": "*"}).run("lock")
    assert done.code == 3
    assert "error: npm refused to give react: status 451, unavailable for legal reasons" in done.err


def test_an_unpublished_latest_leaves_the_highest(tmp_path: Path) -> None:
    """The dist-tag points nowhere; asked for by its number, the version is gone, and those that are left are named."""
    with serving(*REACT) as registry:
        registry.unpublish("react", "18.3.1")
        assert NpmProject(tmp_path, registry, {"react": "*"}).locked().versions == {"react@17.0.2"}
        done = NpmProject(tmp_path, registry, {"react": "18.3.1"}).run("lock")
    assert done.code == 4
    assert "react has no version in 18.3.1: it has 16.14.0, 17.0.2" in done.out
    assert "react ^17.0.2 in place of 18.3.1" in done.out


def test_a_pin_that_was_unpublished_is_named_by_verify_and_replaced_by_update(tmp_path: Path) -> None:
    """`lock` keeps it, since the lock alone says what it is; `update` chooses another."""
    with serving(*REACT) as registry:
        project = NpmProject(tmp_path, registry, {"react": "*"}).locked()
        registry.unpublish("react", "18.3.1")
        assert project.run("lock", "--refresh").code == 0
        assert project.versions == {"react@18.3.1"}
        done = project.run("verify")
        assert done.code != 0
        assert "react 18.3.1" in done.out + done.err
        assert project.run("update", "react", "--refresh").code == 0
    assert project.versions == {"react@17.0.2"}


def test_versions_that_are_none_are_passed_over(tmp_path: Path) -> None:
    """Even where `latest` names one."""
    with serving(*REACT) as registry:
        registry.publish(release("react", "1.2"), release("react", "not.a.version"))
        assert NpmProject(tmp_path, registry, {"react": "*"}).locked().versions == {"react@18.3.1"}


def test_five_thousand_versions_are_no_trouble(tmp_path: Path) -> None:
    """Locked in a moment; a refusal names a few of them and counts the others."""
    with serving(*[release("many", f"{number // 100}.{number % 100}.0") for number in range(5000)]) as registry:
        before = time.monotonic()
        assert NpmProject(tmp_path, registry, {"many": "~30.7"}).locked().versions == {"many@30.7.0"}
        done = NpmProject(tmp_path, registry, {"many": "^60"}).run("lock")
        assert time.monotonic() - before < 10
    assert done.code == 4
    assert "many has no version in ^60: it has 49.96.0, 49.97.0, 49.98.0, 49.99.0 and 4996 others" in done.out


@pytest.mark.parametrize("world", [RING, PEER_RING], ids=["dependencies", "peers"])
def test_rings_are_locked(tmp_path: Path, world: tuple[Published, ...]) -> None:
    """Packages that need each other, or each other beside them."""
    with serving(*world) as registry:
        project = NpmProject(tmp_path, registry, {"a": "^1"}).locked()
        assert project.run("check").code == 0
    assert project.versions == {"a@1.0.0", "b@1.0.0"}


def test_two_workspaces_with_different_majors_have_both(tmp_path: Path) -> None:
    """Each its own, and each says so in `why`."""
    with serving(*REACT) as registry:
        project = NpmProject(tmp_path, registry, workspaces=["packages/*"])
        for name, spec in (("m", "^17.0.0"), ("n", "^18.0.0")):
            project.write(f"packages/{name}/package.json", {"name": name, "dependencies": {"react": spec}})
        project.locked()
        assert project.run("check").code == 0
        done = project.run("why", "react")
    assert project.versions == {"react@17.0.2", "react@18.3.1"}
    assert "packages/m/package.json" in done.out
    assert "packages/n/package.json" in done.out


@pytest.mark.parametrize(("spec", "code"), [("*", 0), ("^1.0.0", 0), ("^2", 4)])
def test_a_workspace_may_ask_for_itself(tmp_path: Path, spec: str, code: int) -> None:
    """In a version that it has: then nothing is locked for it. Else no registry has it, and what it is is said."""
    with serving(*REACT) as registry:
        project = NpmProject(tmp_path, registry, {"react": "*"}, workspaces=["packages/*"])
        project.write("packages/m/package.json", {"name": "m", "version": "1.0.0", "dependencies": {"m": spec}})
        done = project.run("lock")
    assert done.code == code, done.out + done.err
    if code:
        assert "packages/m/package.json:5 asks for m ^2" in done.out
        assert "the workspace m (packages/m/package.json) is 1.0.0" in done.out
    else:
        assert project.versions == {"react@18.3.1"}


@pytest.mark.parametrize(
    ("dependencies", "said"),
    [
        ({"re\u0430ct": "*"}, "a name of letters, digits"),
        ({"react": "*", "React": "*"}, "names that differ by more than capital letters"),
    ],
    ids=["look-alike", "case"],
)
def test_names_that_look_alike_are_refused_with_their_line(
    tmp_path: Path, dependencies: dict[str, Any], said: str
) -> None:
    """A letter of another script is in no name of npm's; two names that share a folder cannot both be had."""
    with serving(*REACT) as registry:
        done = NpmProject(tmp_path, registry, dependencies).run("lock")
        assert registry.asked == []
    assert done.code == 2
    assert "error: package.json:" in done.err
    assert said in done.err


def test_an_optional_dependency_that_is_no_release_is_left_out(tmp_path: Path) -> None:
    """A git repository or a tarball by URL cannot be pinned: npm goes on without, and so does the lock."""
    specs = {"from-git": "git+https://code.example/x.git", "by-url": "https://files.example/x.tgz", "../up": "*"}
    with serving(release("app", "1.0.0", optionalDependencies=specs)) as registry:
        project = NpmProject(tmp_path, registry, {"app": "*"}).locked()
        assert project.pin("app").dependencies == ()
        assert project.run("check").code == 0
        assert project.run("verify").code == 0
