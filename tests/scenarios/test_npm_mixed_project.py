"""One project with Python packages, npm packages and signed modules: one lock, and every command over all of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.approving import FAR
from tests.support.npm_mixed import OLD, MixedProject, mixed_project
from tests.support.npm_registry import release, serving
from tests.support.story_team import ADA, DANA, codes, commands

MOVED = {"acme:@acme/base 1.3.0", "npm:debug 2.6.10", "pypi:werkzeug 3.1.0"}
GONE = {"acme:@acme/base 1.2.0", "npm:debug 2.6.9", "pypi:werkzeug 3.0.1"}
SIZE = "3 packages for 1 target, 4 npm packages and 2 modules"


@pytest.fixture
def mixed(tmp_path: Path) -> Iterator[MixedProject]:
    """The project, locked."""
    with mixed_project(tmp_path) as project:
        assert project.must("lock").out == f"holdfast.lock written: {SIZE}\n"
        yield project


def test_three_worlds_stand_in_one_lock(mixed: MixedProject) -> None:
    """A name in two worlds is two packages; locked again no byte changes; all of it is verified and checked."""
    assert mixed.pins == OLD
    before = mixed.lock.read_bytes()
    assert mixed.must("lock").out == f"holdfast.lock is up to date: {SIZE}\n"
    assert mixed.lock.read_bytes() == before
    assert mixed.must("check").out == f"holdfast.lock holds: {SIZE}\n"
    assert "verified 9 artifacts of 9 packages" in mixed.must("verify").out
    assert [one.path for one in mixed.locked.inputs] == ["holdfast.toml", "package.json", "pyproject.toml"]


def test_tree_and_why_follow_each_world(mixed: MixedProject) -> None:
    """The tree has a root for each manifest; a name means the package of each source, unless one is said."""
    assert mixed.must("tree").out == (
        "holdfast.toml\n"
        "└── @acme/guards 2.1.0\n"
        "    └── @acme/base 1.2.0\n"
        "package.json\n"
        "├── app 1.0.0\n"
        "│   ├── @babel/types 7.2.0\n"
        "│   └── debug 2.6.9\n"
        "└── debug 4.3.0\n"
        "pyproject.toml\n"
        "├── debug 1.0.0\n"
        "└── flask 3.0.0\n"
        "    └── werkzeug 3.0.1\n"
    )
    said = mixed.must("why", "debug").out
    assert ("app 1.0.0 requires debug ^2" in said, "pyproject.toml wishes debug" in said) == (True, True)
    said = mixed.must("why", "pypi:debug").out
    assert ("debug 1.0.0\n" in said, "package.json" in said) == (True, False)
    assert mixed.must("tree", "npm:debug").out == "debug 2.6.9\ndebug 4.3.0\n"
    assert "verified 2 artifacts of 2 packages" in mixed.must("verify", "npm:debug").out
    assert mixed.must("policy", "explain", "npm:debug").out.count("from npm\n") == 4  # two pins, said twice each
    done = mixed.run("why", "npm:flask")
    assert (done.code, "hint: did you mean one of pypi:flask, npm:app?\n" in done.err) == (2, True)


def test_a_change_in_each_world_waits_and_is_approved_as_one(mixed: MixedProject) -> None:
    """check by the base fails for each, diff and review show them, one approval signs them, and check passes."""
    base = mixed.begin()
    assert mixed.must("check", "--base", base).out == f"holdfast.lock holds: {SIZE}, all approved, 9 never reviewed\n"
    mixed.publish_newer()
    mixed.must("update", "--refresh")
    assert mixed.pins == OLD - GONE | MOVED
    told = mixed.must("diff").out
    for line in (
        "upgraded      @acme/base 1.2.0 -> 1.3.0 (from acme)\n",
        "upgraded      debug 2.6.9 -> 2.6.10 (from npm)\n",
        "              from: package.json -> app 1.0.0 -> debug 2.6.10\n",
        "upgraded      werkzeug 3.0.1 -> 3.1.0\n",
        "3 upgraded\n",
    ):
        assert line in told
    for words in ("check",), ("check", "--base", base):
        done = mixed.run(*words)
        assert (done.code, codes(done)) == (1, ["change-unapproved"])
        assert commands(done) == [
            "holdfast review '@acme/base'",
            "holdfast review debug",
            "holdfast review werkzeug",
        ]
    assert "  npm:debug 2.6.9, 4.3.0 -> 2.6.10, 4.3.0  needs Ada" in mixed.must("status").out
    assert "1 of 1 ── debug 2.6.9, 4.3.0 -> 2.6.10, 4.3.0 (from npm)" in mixed.run("review", "npm:debug").out
    mixed.commit(DANA, "newer")
    assert "as the lock says: 4 files" in mixed.must("approve", "--all", "--reason", "read them", by=ADA).out
    assert codes(mixed.must("check", "--base", base)) == []
    assert mixed.must("status").out.startswith("nothing waits for approval\n")
    assert "npm:debug 2.6.9, 4.3.0 -> 2.6.10, 4.3.0" in mixed.must("approvals", "list", "npm:debug").out
    mixed.commit(ADA, "approved")
    assert "all of them hold" in mixed.must("approvals", "verify", "--base", base).out


def test_a_review_says_what_runs_at_installation(mixed: MixedProject) -> None:
    """An npm package with an install script is shown as such; `diff` tells that it is new."""
    mixed.begin()
    scripts = {"postinstall": "node setup.js"}
    mixed.npm.publish(release("app", "1.0.1", scripts=scripts), release("debug", "4.4.0"))
    mixed.must("update", "npm:app", "npm:debug", "--refresh")
    assert "at install      it runs a program of its own\n" in mixed.run("review", "npm:app").out
    assert "at install" not in mixed.run("review", "npm:debug").out
    assert "runs a program of its own when it is installed\n" in mixed.must("diff").out


def test_other_bytes_of_a_pinned_tarball_are_an_alarm_for_all(mixed: MixedProject) -> None:
    """A lock in which only the hash of an npm package changed is refused by the base, by name and class."""
    base = mixed.begin()
    artifact = next(pin for pin in mixed.locked.packages if pin.name == "app").artifacts[0]
    mixed.edit(mixed.lock, artifact.hash, "sha512:" + "ab" * 64)
    done = mixed.run("check", "--base", base)
    assert (done.code, codes(done)) == (1, ["artifact-changed"])
    assert "alarm[artifact-changed]: app 1.0.0\n" in done.out
    done = mixed.run("approve", "npm:app", "--reason", "why not", "--until", FAR, by=ADA)
    assert done.code == 1
    assert "nothing was signed" in done.out + done.err


def test_findings_name_the_file_and_line_of_npm_entries(mixed: MixedProject) -> None:
    """An edited wish is told at its line of package.json, a pin at its block of the lock, in every format."""
    mixed.edit(mixed.folder / "package.json", '"app": "^1.0.0"', '"app": "^1.0.1"')
    wish = ("package.json", mixed.line_of("package.json", '"app"'))
    assert mixed.run("check").out.count("at: package.json:5\n") == 1
    found = mixed.run("check", "--format", "json").json["findings"]
    assert [(one["code"], one["subject"], _place(one["place"])) for one in found] == [
        ("manifest-changed", "npm:app ^1.0.1", wish)
    ]
    assert f"::error file={wish[0]},line={wish[1]},title=manifest-changed::npm:app ^1.0.1%0A" in _github(mixed)
    assert _sarif(mixed) == [("manifest-changed", wish)]


def test_findings_about_npm_pins_name_their_block(mixed: MixedProject) -> None:
    """What waits for approval is told where the pin begins, in every format."""
    mixed.begin()
    mixed.publish_newer()
    mixed.must("update", "npm:debug", "--refresh")
    block = ("holdfast.lock", mixed.line_of("holdfast.lock", 'version = "2.6.10"') - 3)
    assert (mixed.folder / block[0]).read_text().splitlines()[block[1] - 1] == "[[package]]"
    found = mixed.run("check", "--format", "json").json["findings"]
    assert [(one["code"], _place(one["place"])) for one in found] == [("change-unapproved", block)]
    assert f"::error file={block[0]},line={block[1]},title=change-unapproved::debug 2.6.10, 4.3.0" in _github(mixed)
    assert _sarif(mixed) == [("change-unapproved", block)]


def test_words_find_their_world(mixed: MixedProject) -> None:
    """A scoped name that a source of modules claims is a module, unless package.json or the lock has it from npm."""
    done = mixed.run("add", "@acme/view@^1")
    assert done.code == 4
    assert done.err.endswith("a source of modules claims that name; write npm:@scope/name for an npm package\n")
    done = mixed.run("add", "@acme/view")
    assert "hint: holdfast add '@acme/view@^1', or holdfast add 'npm:@acme/view' for the npm package" in done.err
    assert "added         @acme/view 1.0.0 (from npm)" in mixed.must("add", "npm:@acme/view", "npm:react").out
    assert mixed.must("add", "@acme/view@1.0.0").out.startswith("package.json edited\n")
    assert mixed.must("add", "@babel/types@^7").out.startswith("package.json edited\n")
    assert mixed.must("remove", "@acme/view").out.startswith("package.json edited\n")
    done = mixed.run("remove", "react")
    assert (done.code, "hint: holdfast remove npm:react\n" in done.err) == (2, True)
    assert mixed.must("remove", "npm:react", "@babel/types", "flask").out.startswith(
        "pyproject.toml edited\npackage.json edited\n"
    )
    mixed.must("check")


def test_a_scope_and_a_source_of_one_name_are_kept_apart(mixed: MixedProject) -> None:
    """`@acme:registry` beside [sources.acme] of modules: a module and a package of one name are two pins."""
    with serving(release("@acme/guards", "3.0.0")) as other:
        (mixed.folder / ".npmrc").write_text(f"{mixed.npm.npmrc}@acme:registry={other.url}\n")
        assert "(from npm-scope-acme)" in mixed.must("add", "npm:@acme/guards").out
        assert {pin for pin in mixed.pins if "guards" in pin} == {
            "acme:@acme/guards 2.1.0",
            "npm-scope-acme:@acme/guards 3.0.0",
        }
        mixed.must("check")
        assert mixed.must("lock").out.startswith("holdfast.lock is up to date")
        assert "verified 1 artifact of 1 package" in mixed.must("verify", "npm-scope-acme:@acme/guards").out


def _place(place: dict[str, Any]) -> tuple[str, int]:
    return place["path"], place["line"]


def _github(mixed: MixedProject) -> str:
    return mixed.run("check", "--format", "github").out


def _sarif(mixed: MixedProject) -> list[tuple[str, tuple[str, int]]]:
    """The rule and the place of each result."""
    (run,) = mixed.run("check", "--format", "sarif").json["runs"]
    places = [(one["ruleId"], one["locations"][0]["physicalLocation"]) for one in run["results"]]
    return [(rule, (one["artifactLocation"]["uri"], one["region"]["startLine"])) for rule, one in places]
