"""What registries may answer for an npm package, each with what the command says of it; nothing is written then."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from holdfast_resolver.registries.npm_packument import LARGEST
from holdfast_resolver.registries.port import MIB
from tests.support.npm_project import NpmProject
from tests.support.npm_registry import HTML, Answer, NpmRegistry, release, serving
from tests.support.project import Done

WORLD = (release("app", "1.0.0", dependencies={"dep": "^1"}), release("dep", "1.0.0"), release("dep", "1.1.0"))
Packument = dict[str, Any]

# Runs a command and tells the most memory that it, or a process of its own, had: in KiB on Linux.
MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=sys.stderr)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""


@pytest.fixture
def registry() -> Iterator[NpmRegistry]:
    """A package that asks for another, whose packument the test spoils."""
    with serving(*WORLD) as server:
        yield server


def lock(folder: Path, registry: NpmRegistry, answer: Answer) -> Done:
    """Lock a project that needs `dep`, of which the registry says this."""
    registry.answers["/dep"] = answer
    project = NpmProject(folder, registry, {"app": "*"})
    done = project.run("lock")
    assert (project.folder / "holdfast.lock").exists() == (done.code == 0)
    return done


def spoiled(registry: NpmRegistry, change: Callable[[Packument], object]) -> Answer:
    """The packument of `dep` after a change."""
    document = registry.packument("dep")
    change(document)
    return Answer(200, json.dumps(document).encode())


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (HTML, "expected a packument as JSON, found HTML"),
        (Answer(200, b""), "the JSON ends after 0 characters, unfinished: it is truncated"),
        (Answer(200, b'{"name": "dep", "versions": {'), "unfinished: it is truncated"),
        (Answer(200, b"[]"), "expected a packument, an object, found other JSON"),
        (Answer(200, b'{"error": "not found"}'), "expected the packument of dep, found one without a name"),
        (Answer(200, b'{"name": "dep", "x": ' + 200_000 * b"["), "found an endless number or nesting"),
        (Answer(200, b'{"name": "dep", "x": ' + 99_999 * b"9" + b"}"), "found an endless number or nesting"),
        (Answer(200, b'{"name": "Dep", "versions": {}}'), "expected the packument of dep, found that of 'Dep'"),
        (Answer(200, b'{"name": "d\\u0435p"}'), r"expected the packument of dep, found that of 'd\u0435p'"),
        (Answer(200, b'{"name": "dep\\u001b[2J"}'), r"found that of 'dep\x1b[2J'"),
        (Answer(200, b'{"name": "dep", "name": "other"}'), "found that of 'other'"),
        (Answer(200, b'{"name": "dep", "versions": ["1.0.0"]}'), "versions: expected an object"),
        (Answer(200, b" " * (LARGEST + 1)), f"longer than {LARGEST} bytes"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_is_no_packument_is_refused(answer: Answer, found: str, tmp_path: Path, registry: NpmRegistry) -> None:
    """Source, package and address are named, and what was found there; nothing of it reaches the terminal raw."""
    done = lock(tmp_path, registry, answer)
    assert done.code == 3
    assert done.err.startswith("error: npm gave an answer for dep that ")
    assert found in done.err
    assert f"({registry.url}dep)" in done.err
    assert "hint: check that the URL" in done.err
    assert done.err.replace("\n", "").isprintable()


@pytest.mark.parametrize("status", [400, 410, 418])
def test_a_status_that_nobody_expects_is_named(status: int, tmp_path: Path, registry: NpmRegistry) -> None:
    """It is neither a packument nor a word that there is none."""
    done = lock(tmp_path, registry, Answer(status))
    assert done.code == 3
    assert f"status {status} where 200 or 404 was expected" in done.err


def without_integrity(document: Packument) -> None:
    for entry in document["versions"].values():
        del entry["dist"]["integrity"]


def with_integrity(text: object) -> Callable[[Packument], None]:
    def change(document: Packument) -> None:
        for entry in document["versions"].values():
            entry["dist"]["integrity"] = text

    return change


@pytest.mark.parametrize(
    "change",
    [
        without_integrity,
        with_integrity(""),
        with_integrity(None),
        with_integrity("sha1-" + "A" * 27 + "="),
        with_integrity("md5-" + "A" * 22 + "=="),
        with_integrity("sha512-" + "A" * 84),
        with_integrity("sha512-" + "A" * 90 + "=="),
        with_integrity("sha512-" + "!" * 86 + "=="),
        with_integrity(["sha512-" + "A" * 86 + "=="]),
    ],
)
def test_without_a_strong_hash_nothing_is_locked(
    change: Callable[[Packument], None], tmp_path: Path, registry: NpmRegistry
) -> None:
    """None, sha1, one of another length or of other letters: the release is named."""
    done = lock(tmp_path, registry, spoiled(registry, change))
    assert done.code == 3
    assert "npm gives no sha256 or stronger for dep 1.1.0, and nothing is locked without one" in done.err


def test_versions_that_are_not_semver_are_no_candidates(tmp_path: Path, registry: NpmRegistry) -> None:
    """Nor are `__proto__` and names of another package; what is left is chosen, and a tag to what is not is none."""

    def change(document: Packument) -> None:
        best = document["versions"].pop("1.1.0")
        for version in ("1.x", "v1.1", "01.1.0", "1.1.0.0", "latest", "__proto__", "constructor", "9" * 400):
            document["versions"][version] = {**best, "version": version}
        document["versions"]["1.2.0"] = {**best, "version": "1.2.0", "name": "other"}
        document["versions"]["1.3.0"] = {**best, "version": "1.1.0"}
        document["dist-tags"] = {"latest": "1.x", "__proto__": "1.0.0"}

    project = NpmProject(tmp_path, registry, {"app": "*"})
    registry.answers["/dep"] = spoiled(registry, change)
    project.locked()
    assert project.versions == {"app@1.0.0", "dep@1.0.0"}


def test_without_a_version_that_serves_there_is_no_solution(tmp_path: Path, registry: NpmRegistry) -> None:
    """All of them are broken, or the package was unpublished; a name much like it that is known is offered."""
    registry.publish(release("deps", "1.0.0"))
    project = NpmProject(tmp_path, registry, {"deps": "*"}).locked()
    (project.folder / "holdfast.lock").unlink()
    for document in ({"name": "dep", "versions": {"1.x": {}}}, {"name": "dep", "time": {"unpublished": {}}}):
        registry.answers.clear()
        done = lock(tmp_path, registry, Answer(200, json.dumps(document).encode()))
        assert done.code == 4
        assert "none that is whole, with a version of SemVer (unpublished, perhaps)" in " ".join(done.out.split())
        assert "did you mean deps?" in done.out


@pytest.mark.parametrize("url", ["file:///etc/hostname", "javascript:alert(1)", "//host.example/x.tgz", "", None, 7])
def test_a_tarball_that_is_nowhere_makes_no_candidate(url: object, tmp_path: Path, registry: NpmRegistry) -> None:
    """A registry cannot make us read the disk."""

    def change(document: Packument) -> None:
        document["versions"]["1.1.0"]["dist"]["tarball"] = url

    project = NpmProject(tmp_path, registry, {"app": "*"})
    registry.answers["/dep"] = spoiled(registry, change)
    project.locked()
    assert project.pin("dep").version == "1.0.0"


def test_names_that_differ_by_case_are_two_packages(tmp_path: Path) -> None:
    """Each has its own packument, pin and place in the cache."""
    old, new = release("JSONStream", "1.3.5"), release("jsonstream", "1.0.3")
    with serving(old, new, release("user", "1.0.0", dependencies={"jsonstream": "*"})) as registry:
        project = NpmProject(tmp_path, registry, {"JSONStream": "*", "user": "*"}).locked()
        assert project.run("lock", "--offline").code == 0
    assert project.versions == {"JSONStream@1.3.5", "jsonstream@1.0.3", "user@1.0.0"}
    assert project.pin("JSONStream").artifacts[0].hash != project.pin("jsonstream").artifacts[0].hash


def test_two_wishes_that_npm_has_one_folder_for_are_refused(tmp_path: Path) -> None:
    """npm drops one of them without a word; the hint is a way that works."""
    with serving(release("JSONStream", "1.3.5"), release("jsonstream", "1.0.3")) as registry:
        project = NpmProject(tmp_path, registry, {"JSONStream": "*", "jsonstream": "^1"})
        done = project.run("lock")
        assert done.code == 2
        assert "package.json:6" in done.err
        assert "found JSONStream and jsonstream" in done.err
        assert 'hint: give one another name: "another": "npm:jsonstream@^1"' in done.err
        project.write("package.json", {"dependencies": {"JSONStream": "*", "another": "npm:jsonstream@^1"}})
        project.locked()
        assert project.run("check").code == 0
    assert project.versions == {"JSONStream@1.3.5", "jsonstream@1.0.3"}


@pytest.mark.parametrize(
    "name", ["d\u0435p", "dep\u200b", "..", "a/b", "@acme", "@acme/", "dep?x", "de\u202ep", " dep"]
)
def test_names_that_no_registry_can_have_are_never_asked_for(name: str, tmp_path: Path, registry: NpmRegistry) -> None:
    """Letters that only look alike, hidden ones, and those that would change the address."""
    project = NpmProject(tmp_path, registry, {name: "*"})
    done = project.run("lock")
    assert done.code in (2, 4), done.out + done.err
    assert registry.asked == []
    assert not (project.folder / "holdfast.lock").exists()


@pytest.mark.parametrize(("name", "shown"), [("d\u0435p", r"'d\u0435p'"), ("../dep", "'../dep'")])
def test_a_release_that_asks_for_a_look_alike_is_told_of_by_its_letters(name: str, shown: str, tmp_path: Path) -> None:
    """What reads like a package that there is, and is none, is written out; and it is not fetched."""
    with serving(release("app", "1.0.0", dependencies={name: "^1"}), release("dep", "1.0.0")) as registry:
        project = NpmProject(tmp_path, registry, {"app": "*"})
        done = project.run("lock")
        assert {asked.path for asked in registry.asked} <= {"/app", "/-/npm/v1/keys"}
    assert done.code == 4, done.out + done.err
    assert f"no registry can have the name {shown}, and none was asked" in done.out


def test_a_packument_of_60_mb_takes_bounded_memory(tmp_path: Path, registry: NpmRegistry) -> None:
    """What no release is told by is dropped while it is read, in a process that ends with it."""
    size = 60 * 1000 * 1000
    one = json.dumps(registry.packument("dep")["versions"]["1.0.0"])
    count = 3000
    padding = "y" * (size // count)
    rows = [one[:-1].replace("1.0.0", f"1.0.{at}") + f', "readme": "{padding}"}}' for at in range(count)]
    versions = ",".join([f'"1.0.{at}": {row}' for at, row in enumerate(rows)])
    body = f'{{"name": "dep", "dist-tags": {{"latest": "1.0.{count - 1}"}}, "versions": {{{versions}}}}}'.encode()
    assert len(body) > size
    registry.answers["/dep"] = Answer(200, body)
    project = NpmProject(tmp_path, registry, {"dep": "*"})
    command = [str(Path(sys.executable).with_name("holdfast")), "lock", "--project", str(project.folder)]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *command],
        env={**os.environ, **project.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert project.pin("dep").version == f"1.0.{count - 1}"
    assert int(done.stdout) * 1024 < 4 * size + 64 * MIB


def test_a_package_with_5000_versions_is_locked(tmp_path: Path, registry: NpmRegistry) -> None:
    """The highest that fits is the last of them."""

    def change(document: Packument) -> None:
        entry = document["versions"]["1.0.0"]
        document["versions"] = {f"1.{at}.0": {**entry, "version": f"1.{at}.0"} for at in range(5000)}
        document["dist-tags"] = {"latest": "1.4999.0"}

    project = NpmProject(tmp_path, registry, {"app": "*"})
    registry.answers["/dep"] = spoiled(registry, change)
    project.locked()
    assert project.pin("dep").version == "1.4999.0"
