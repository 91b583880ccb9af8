"""`lock`, `update`, `check`, `tree` and `why` in a project with a package.json, over a registry on loopback."""

import json
from pathlib import Path

import pytest

from tests.support.npm_project import NpmProject
from tests.support.npm_registry import HTML, Answer, Habits, release, serving

WORLD = (
    release("left-pad", "1.3.0"),
    release("app", "1.0.0", dependencies={"left-pad": "^1", "dep": "^1.0.0"}, bin={"app": "cli.js"}),
    release("dep", "1.0.0"),
    release("dep", "2.0.0"),
    release("on-mac", "1.0.0", os=["darwin"], cpu=["arm64"]),
)


def test_a_project_with_a_package_json_alone_is_locked(tmp_path: Path) -> None:
    """Many versions of one name, facts of each release, no target; locked again nothing changes, and it checks."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, {"app": "^1.0.0", "dep": "*"}, optionalDependencies={"on-mac": "*"})
        done = project.run("lock")
        assert (done.code, done.out) == (0, "holdfast.lock written: 5 npm packages\n"), done.err
        assert project.run("lock").out == "holdfast.lock is up to date: 5 npm packages\n"
        assert project.run("lock", "--offline").out == "holdfast.lock is up to date: 5 npm packages\n"
    assert project.versions == {"app@1.0.0", "dep@1.0.0", "dep@2.0.0", "left-pad@1.3.0", "on-mac@1.0.0"}
    assert project.lock.scope.targets == ()
    app, mac = project.pin("app"), project.pin("on-mac")
    assert app.npm is not None
    assert mac.npm is not None
    assert app.npm.bins == (("app", "cli.js"),)
    assert (mac.npm.os, mac.npm.cpu, mac.npm.optional, app.npm.optional) == (("darwin",), ("arm64",), True, False)
    assert [str(need) for need, _ in app.dependencies] == ["npm:dep ^1.0.0", "npm:left-pad ^1"]
    assert app.artifacts[0].hash.startswith("sha512:")
    done = project.run("check")
    assert (done.code, done.out) == (0, "holdfast.lock holds: 5 npm packages\n")


def test_a_pin_stays_when_the_registry_moves_on(tmp_path: Path) -> None:
    """A newer release and another `latest` change nothing, until the package is named in `update`."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, {"app": "^1.0.0", "dep": ">=1"}).locked()
        before = project.read("holdfast.lock")
        registry.publish(release("left-pad", "1.4.0"), release("dep", "2.1.0"), release("app", "1.1.0"))
        assert project.run("lock", "--refresh").code == 0
        assert project.read("holdfast.lock") == before
        done = project.run("update", "left-pad", "--refresh")
        assert "upgraded      left-pad 1.3.0 -> 1.4.0 (from npm)" in done.out
        assert "left-pad@1.4.0" in project.versions
        assert "app@1.0.0" in project.versions
        assert project.run("update").code == 0
    assert {"app@1.1.0", "dep@2.1.0"} <= project.versions


def test_another_package_under_a_name_serves_whoever_requires_that_name(tmp_path: Path) -> None:
    """`"dep": "npm:left-pad@^1"` is what `app` gets for its `dep ^1.0.0`, as with npm, and its edge says so."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, {"app": "^1.0.0", "dep": "npm:left-pad@^1"}).locked()
        assert project.versions == {"app@1.0.0", "left-pad@1.3.0"}
        needs = [str(need) for need, _ in project.pin("app").dependencies]
        assert needs == ["npm:left-pad ^1", "npm:left-pad ^1.0.0 ; as dep"]
        for command in ("check", "verify", "lock"):
            assert project.run(command).code == 0, command


@pytest.mark.parametrize("wish", ["^1", "*"])
def test_an_alias_of_the_project_serves_its_workspaces(tmp_path: Path, wish: str) -> None:
    """As Node looks names up: `"dep": "npm:left-pad@^1"` of the project is the `dep ^1` of a workspace."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, {"dep": "npm:left-pad@^1"}, workspaces=["packages/*"])
        member = {"name": "member", "version": "1.0.0", "dependencies": {"dep": wish}}
        (project.folder / "packages" / "member").mkdir(parents=True)
        project.write("packages/member/package.json", member)
        project.locked()
        assert project.versions == {"left-pad@1.3.0"}
        for command in ("check", "lock", "tree"):
            done = project.run(command)
            assert done.code == 0, done.out
        project.write("packages/member/package.json", {**member, "dependencies": {"dep": "^2"}})
        assert project.run("check").code == 1
        project.locked()
        assert project.versions == {"left-pad@1.3.0", "dep@2.0.0"}
        assert project.run("check").code == 0


def test_what_an_edit_does_not_force_stays(tmp_path: Path) -> None:
    """A new wish is locked at its latest; the pins beside it keep their versions."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, {"app": "^1.0.0"}).locked()
        registry.publish(release("left-pad", "1.9.0"), release("new", "3.0.0"))
        manifest = json.loads(project.read("package.json"))
        manifest["dependencies"]["new"] = "*"
        project.write("package.json", manifest)
        done = project.run("check")
        assert done.code == 1
        assert "error[manifest-changed]: npm:new *" in done.out
        assert "at: package.json:6" in done.out
        assert project.run("lock", "--refresh").code == 0
    assert project.versions == {"app@1.0.0", "dep@1.0.0", "left-pad@1.3.0", "new@3.0.0"}


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    """It says what would be written."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, {"app": "*"})
        assert "would be written: 3 npm packages" in project.run("lock", "--dry-run").out
    assert not (project.folder / "holdfast.lock").exists()


def test_overrides_hold_and_are_drift_when_they_go(tmp_path: Path) -> None:
    """The edge has the range of the override; without it the lock is made anew."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, {"app": "*"}, overrides={"dep": "2.0.0"}).locked()
        assert "dep@2.0.0" in project.versions
        assert ("npm:dep 2.0.0", "") in [(str(need), version) for need, version in project.pin("app").dependencies]
        assert project.run("check").code == 0
        manifest = json.loads(project.read("package.json"))
        del manifest["overrides"]
        project.write("package.json", manifest)
        assert "error[manifest-changed]: npm:dep 2.0.0" in project.run("check").out
        assert project.run("lock").code == 0
    assert project.versions == {"app@1.0.0", "dep@1.0.0", "left-pad@1.3.0"}


def test_workspaces_are_locked_together(tmp_path: Path) -> None:
    """Each has its own inputs and versions; a workspace that another asks for is no package of the lock."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, workspaces=["packages/*"])
        project.write("packages/a/package.json", {"name": "a", "version": "1.0.0", "dependencies": {"dep": "^1"}})
        project.write(
            "packages/b/package.json",
            {"name": "b", "version": "1.0.0", "dependencies": {"a": "^1.0.0", "dep": "^2", "b": "*"}},
        )
        project.locked()
        assert project.run("check").code == 0
    assert project.versions == {"dep@1.0.0", "dep@2.0.0"}
    assert [(part.path, [str(need) for need in part.requires]) for part in project.lock.inputs] == [
        ("packages/a/package.json", ["npm:dep ^1"]),
        ("packages/b/package.json", ["npm:dep ^2"]),
    ]


def test_a_wish_means_the_latest_though_a_higher_version_is_locked(tmp_path: Path) -> None:
    """`latest` is below what another package needs: the lock says which one the manifest means, and keeps to it."""
    tagged = (
        release("tool", "1.0.0"),
        release("able", "1.0.0", dependencies={"tool": "^1.0.0"}),
        release("user", "1.0.0", dependencies={"tool": "^2.0.0"}),
    )
    with serving(*tagged) as registry:
        registry.publish(release("tool", "2.0.0"), tag="next")
        project = NpmProject(tmp_path, registry, {"able": "*", "tool": ">=1", "user": "*"}).locked()
        assert project.versions == {"able@1.0.0", "tool@1.0.0", "tool@2.0.0", "user@1.0.0"}
        assert project.run("check").code == 0
        assert project.run("tree", "--depth", "1").out == (
            "package.json\n├── able 1.0.0\n├── tool 1.0.0\n└── user 1.0.0\n"
        )
        registry.tags["tool"]["latest"] = "2.0.0"
        before = project.read("holdfast.lock")
        assert project.run("lock", "--refresh").code == 0
        assert project.read("holdfast.lock") == before


def test_one_release_in_two_contexts(tmp_path: Path) -> None:
    """A peer is another version in each place: an instance, which check, tree and why follow."""
    world = (
        release("react", "17.0.2"),
        release("react", "18.3.1"),
        release("hook", "1.0.0", peerDependencies={"react": ">=17"}),
        release("hook", "2.0.0"),
        release("new", "1.0.0", dependencies={"hook": "^1.0.0"}),
        release("old", "1.0.0", dependencies={"react": "^17.0.0", "hook": "^1.0.0"}),
    )
    with serving(*world) as registry:
        project = NpmProject(tmp_path, registry, {"react": "^18.0.0", "hook": "*", "new": "*", "old": "*"}).locked()
        assert project.run("check").out == "holdfast.lock holds: 6 npm packages\n"
    (instance,) = project.lock.instances
    assert (instance.name, instance.number, instance.dependents) == ("hook", 2, ("npm:old 1.0.0",))
    assert [(str(need), version) for need, version in instance.dependencies] == [("npm:react >=17 ; peer", "17.0.2")]
    assert "hook 1.0.0#2 requires react >=17 ; peer" in project.run("why", "react").out
    text = project.read("holdfast.lock").replace('"npm:old 1.0.0",', '"npm:gone 1.0.0",')
    project.write("holdfast.lock", text)
    assert "error[instance-unfounded]: hook 1.0.0#2" in project.run("check").out


def test_a_lock_that_lost_an_instance_gets_it_back(tmp_path: Path) -> None:
    """`old` needs hook beside react 17: without the instance, its hook would see react 18."""
    world = (
        release("react", "17.0.2"),
        release("react", "18.3.1"),
        release("hook", "1.0.0", peerDependencies={"react": ">=17"}),
        release("old", "1.0.0", dependencies={"react": "^17.0.0", "hook": "^1.0.0"}),
    )
    with serving(*world, release("hook", "2.0.0"), release("new", "1.0.0", dependencies={"hook": "^1"})) as registry:
        project = NpmProject(tmp_path, registry, {"react": "^18.0.0", "hook": "*", "new": "*", "old": "*"}).locked()
        before = project.read("holdfast.lock")
        kept, block = before.split("[[instance]]")
        project.write("holdfast.lock", kept.rstrip() + "\n" + "".join(block.partition("[[package]]")[1:]))
        assert project.lock.instances == ()
        assert project.run("lock").code == 0
        assert project.read("holdfast.lock") == before


def test_a_pin_that_nobody_requires_is_named_and_goes(tmp_path: Path) -> None:
    """A well-formed block that somebody added is unreachable; the command that is named takes it out."""
    with serving(release("left-pad", "1.3.0"), release("stray", "1.0.0")) as registry:
        stray = NpmProject(_made(tmp_path / "other"), registry, {"stray": "*"}).locked().read("holdfast.lock")
        project = NpmProject(_made(tmp_path / "own"), registry, {"left-pad": "*"}).locked()
        before = project.read("holdfast.lock")
        project.write("holdfast.lock", before.rstrip() + "\n\n[[package]]" + stray.partition("[[package]]")[2])
        done = project.run("check")
        assert done.code == 1
        assert "error[pin-unreachable]: stray 1.0.0" in done.out.replace("npm:", "")
        assert "found: none" in done.out
        assert "next: holdfast lock" in done.out
        assert project.run("lock").code == 0
        assert project.read("holdfast.lock") == before


def test_a_mixed_project_is_one_lock(tmp_path: Path) -> None:
    """Python packages keep their targets, npm packages have none; a name in both worlds is two packages."""
    from tests.support.index_server import serving as index
    from tests.support.packages import read_releases

    with serving(*WORLD) as registry, index(read_releases("app 1.0.0\nclick 8.1.8")) as pypi:
        project = NpmProject(tmp_path, registry, {"app": "*"})
        project.environment["PIP_INDEX_URL"] = pypi.url
        project.write(
            "pyproject.toml",
            '[project]\nname = "web"\nversion = "1"\nrequires-python = ">=3.12"\ndependencies = ["app", "click"]\n'
            '[tool.holdfast.targets]\npython = ["3.12"]\nplatforms = ["linux-x86_64"]\n',
        )
        done = project.run("lock")
        assert done.out == "holdfast.lock written: 2 packages for 1 target and 3 npm packages\n", done.err
        assert project.run("check").code == 0
        assert project.run("lock").out.startswith("holdfast.lock is up to date")
        assert {pin.source for pin in project.lock.packages if pin.name == "app"} == {"npm", "pypi"}
        pypi.add(*read_releases("app 1.1.0"))
        registry.publish(release("app", "1.1.0"))
        assert "(from npm)" not in project.run("update", "pypi:app", "--refresh", "--dry-run").out
        done = project.run("update", "npm:app", "--refresh")
        assert "upgraded      app 1.0.0 -> 1.1.0 (from npm)" in done.out
        assert project.run("verify", "--refresh").code == 0


@pytest.mark.parametrize(
    ("dependencies", "code", "said"),
    [
        ({"no-such": "^1"}, 4, "there is no package no-such in its registry"),
        ({"left-pda": "^1"}, 4, "there is no package left-pda in its registry"),
        ({"left-pad": "^9"}, 4, "left-pad has no version in ^9: it has 1.3.0"),
        ({"left-pad": "nightly"}, 4, "left-pad has no dist-tag nightly"),
        ({"left-pad": ">=1.0.0 <1.0.0"}, 4, "no version of anything lies in >=1.0.0 <1.0.0"),
        ({"left-pad": "github:a/b"}, 2, "package.json:5: expected left-pad: a release of a registry"),
        ({"left-pad": "https://host.example/x.tgz"}, 2, "a tarball behind a URL cannot be pinned yet"),
        ({"left-pad": "file:vendor/x-1.0.0.tgz"}, 2, "a tarball of this machine cannot be pinned"),
        ({"left-pad": "file:../x"}, 2, "package.json:5"),
        ({"left-pad": "catalog:"}, 2, "an entry of a catalog in pnpm-workspace.yaml"),
        ({"left-pad": "workspace:*"}, 2, "a workspace of this project"),
    ],
)
def test_what_cannot_be_locked_is_said_with_its_line(
    tmp_path: Path, dependencies: dict[str, str], code: int, said: str
) -> None:
    """No solution ends with 4, a wish that cannot be locked with 2; nothing is written."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, dependencies)
        done = project.run("lock")
    assert done.code == code, done.out + done.err
    assert said in done.out + done.err
    assert "package.json:5" in done.out + done.err
    assert not (project.folder / "holdfast.lock").exists()


def test_a_single_change_that_works_is_offered(tmp_path: Path) -> None:
    """A peer that does not go with the project's own wish: the change was tried."""
    world = (
        release("react", "17.0.2"),
        release("react", "18.3.1"),
        release("view", "1.0.0", peerDependencies={"react": "^18.0.0"}),
    )
    with serving(*world) as registry:
        done = NpmProject(tmp_path, registry, {"react": "^17.0.0", "view": "^1.0.0"}).run("lock")
    assert done.code == 4
    assert "no solution for the npm packages:" in done.out
    assert "  - package.json:5: react ^18.3.1 in place of ^17.0.0" in done.out


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (Answer(451), 3, "npm refused to give left-pad"),
        (HTML, 3, "an answer for left-pad that cannot be used"),
        (Answer(404), 4, "there is no package left-pad"),
    ],
)
def test_a_registry_that_does_not_give_a_package(tmp_path: Path, answer: Answer, code: int, said: str) -> None:
    """It is named, and nothing is written."""
    with serving(*WORLD) as registry:
        registry.answers["/left-pad"] = answer
        done = NpmProject(tmp_path, registry, {"app": "*"}).run("lock")
    assert done.code == code
    assert said in done.out + done.err


def test_other_bytes_under_a_pinned_version_stop_everything(tmp_path: Path) -> None:
    """An alarm, whether or not there is something to resolve; `--accept-changed` takes them in."""
    with serving(*WORLD, habits=Habits(max_age=0)) as registry:
        project = NpmProject(tmp_path, registry, {"left-pad": "^1"}).locked()
        before = project.read("holdfast.lock")
        registry.publish(release("left-pad", "1.3.0", files={"index.js": b"other"}))
        for words in (["lock", "--refresh"], ["update", "--refresh"]):
            done = project.run(*words)
            assert done.code == 1
            assert "alarm[artifact-changed]: left-pad 1.3.0" in done.out
            assert project.read("holdfast.lock") == before
        assert "alarm[artifact-changed]" in project.run("verify", "--refresh").out
        assert project.run("lock", "--refresh", "--accept-changed", "left-pad").code == 0
        assert project.read("holdfast.lock") != before
        assert project.run("verify").code == 0


def test_a_release_without_a_strong_hash_is_refused(tmp_path: Path) -> None:
    """sha1 alone is none."""
    with serving(release("weak", "1.0.0")) as registry:
        document = registry.packument("weak")
        del document["versions"]["1.0.0"]["dist"]["integrity"]
        registry.answers["/weak"] = Answer(200, json.dumps(document).encode())
        done = NpmProject(tmp_path, registry, {"weak": "*"}).run("lock")
    assert done.code == 3
    assert "gives no sha256 or stronger for weak 1.0.0" in done.err


def test_verify_hashes_every_tarball_and_names_a_changed_one(tmp_path: Path) -> None:
    """Tarballs go into the store; what is served with other bytes is an alarm, what is gone is missing."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, {"app": "*"}).locked()
        done = project.run("verify")
        assert (done.code, done.out.split(",")[0]) == (0, "verified 3 artifacts of 3 packages")
        assert project.run("verify", "--offline").code == 0
        assert project.run("verify", "app").out.startswith("verified 1 artifact of 1 package")
        registry.answers["/dep/-/dep-1.0.0.tgz"] = Answer(200, b"other", "application/octet-stream")
        (tmp_path / "cache" / "store").rename(tmp_path / "gone")
        done = project.run("verify")
        assert done.code == 1
        assert "alarm[artifact-changed]: dep-1.0.0.tgz" in done.out


def test_a_scoped_registry_has_its_own_packages(tmp_path: Path) -> None:
    """A scope of `.npmrc` is a source of its own, with its token; nothing of it is asked of the main registry."""
    private = Habits(token="secret")
    with (
        serving(release("app", "1.0.0", dependencies={"@acme/core": "^1"}), release("@acme/core", "9.9.9")) as public,
        serving(release("@acme/core", "1.0.0"), habits=private) as acme,
    ):
        place = acme.url.partition(":")[2]
        npmrc = f"{public.npmrc}@acme:registry={acme.url}\n{place}:_authToken=${{TOKEN}}\n"
        project = NpmProject(tmp_path, public, {"app": "*"}, npmrc=npmrc)
        done = project.run("lock")
        assert done.code != 0
        assert "TOKEN" in done.err
        project.environment["TOKEN"] = "secret"
        project.locked()
        assert project.run("verify").code == 0
        assert public.count("/@acme") == 0
    assert project.pin("@acme/core").source == "acme"
    (source,) = project.lock.sources
    assert (source.name, source.kind, source.identity) == ("acme", "npm", acme.url)
    assert "secret" not in project.read("holdfast.lock")


def test_a_configured_source_claims_its_names(tmp_path: Path) -> None:
    """`[sources]` of kind npm outweighs the main registry, and check says when a pin is from elsewhere."""
    with serving(release("acme-core", "1.0.0")) as main, serving(release("acme-core", "2.0.0")) as acme:
        project = NpmProject(tmp_path, main, {"acme-core": "*"}).locked()
        assert project.pin("acme-core").version == "1.0.0"
        project.write(
            "holdfast.toml", f'[sources.acme]\nkind = "npm"\nurl = "{acme.url}"\npackages = ["acme-*", "@acme/*"]\n'
        )
        done = project.run("check")
        assert "error[source-changed]: acme-core 1.0.0" in done.out
        assert project.run("lock").code == 0
        assert project.run("check").code == 0
    assert (project.pin("acme-core").source, project.pin("acme-core").version) == ("acme", "2.0.0")


def test_init_declares_no_target_where_there_is_no_python(tmp_path: Path) -> None:
    """The configuration has an id, and is read again; the lock is the one that `lock` makes."""
    with serving(*WORLD) as registry:
        project = NpmProject(tmp_path, registry, {"app": "*"})
        done = project.run("init")
        assert done.code == 0, done.out + done.err
        assert "[targets]" not in project.read("holdfast.toml")
        assert project.run("lock").out == "holdfast.lock is up to date: 3 npm packages\n"
        assert project.run("check").code == 0


YOUNG = "2400-01-01T00:00:00.000Z"


def test_a_release_must_be_old_enough_where_policy_says_so(tmp_path: Path) -> None:
    """What is too young is no candidate; a pin of it stays; a refusal says what was left out."""
    with serving(release("left-pad", "1.2.0"), release("left-pad", "1.3.0", time=YOUNG)) as registry:
        project = NpmProject(tmp_path, registry, {"left-pad": "^1"})
        assert project.run("lock").code == 0
        assert project.pin("left-pad").version == "1.3.0"
        project.write("holdfast.toml", '[policy]\nminimum-release-age = "7 days"\n')
        assert project.run("lock").out == "holdfast.lock is up to date: 1 npm package\n"
        assert project.run("update").code == 0
        assert project.pin("left-pad").version == "1.2.0"
        project.write("package.json", {"dependencies": {"left-pad": "^1.3"}})
        done = project.run("lock")
    assert done.code == 4
    assert "left-pad 1.3.0 is left out: published 2400-01-01" in done.out


def test_what_is_newer_than_the_cutoff_is_not_chosen(tmp_path: Path) -> None:
    """`--exclude-newer` with `latest` pointing to something younger."""
    with serving(release("left-pad", "1.2.0"), release("left-pad", "1.3.0", time=YOUNG)) as registry:
        project = NpmProject(tmp_path, registry, {"left-pad": "latest"})
        assert project.run("lock", "--exclude-newer", "2030-01-01").code == 0
    assert project.pin("left-pad").version == "1.2.0"


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
