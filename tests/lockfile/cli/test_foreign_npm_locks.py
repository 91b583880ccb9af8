"""`import` and `check --against` with the locks of npm and pnpm, over a registry on loopback.

The `package-lock.json` is our own export, which npm itself takes (`test_export_package_lock.py`); the `pnpm-lock.yaml`
is spelled here.
"""

import base64
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.npm_project import NpmProject
from tests.support.npm_registry import Answer, NpmRegistry, Published, release, serving
from tests.support.project import Done

OLD = (
    release("app", "1.0.0", dependencies={"dep": "^1.0.0", "@acme/ui": "*"}),
    release("dep", "1.0.0"),
    release("dep", "2.0.0"),
    release("@acme/ui", "2.1.0"),
)
NEW = (
    release("app", "1.5.0", dependencies={"dep": "^1.0.0"}),
    release("dep", "1.9.0"),
    release("dep", "2.9.0"),
    release("@acme/ui", "2.9.0"),
)
WISHES = {"app": "*", "dep": "latest"}
PINS = {"app@1.0.0", "dep@1.0.0", "dep@2.0.0", "@acme/ui@2.1.0"}
NESTED = "node_modules/app/node_modules/dep"
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def registry() -> Iterator[NpmRegistry]:
    """It has what the foreign files pin."""
    with serving(*OLD) as server:
        yield server


@pytest.fixture
def project(registry: NpmRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NpmProject:
    """A project with a `package-lock.json` and a `pnpm-lock.yaml` of the old releases, and no lock of ours."""
    made = NpmProject(tmp_path, registry, WISHES).locked()
    assert made.run("export", "package-lock", "-o", str(made.folder / "package-lock.json")).code == 0
    made.write("pnpm-lock.yaml", pnpm_lock())
    (made.folder / "holdfast.lock").unlink()
    monkeypatch.chdir(made.folder)
    return made


def pnpm_lock(version: str = "9.0") -> str:
    """What pnpm writes of the same project."""
    packages = "".join(
        f"  '{one.name}@{one.version}':\n    resolution: {{integrity: {one.integrity}}}\n" for one in OLD
    )
    return f"""\
lockfileVersion: '{version}'
importers:
  .:
    dependencies:
      app: {{specifier: '*', version: 1.0.0}}
      dep: {{specifier: latest, version: 2.0.0}}
packages:
{packages}snapshots:
  app@1.0.0:
    dependencies:
      dep: 1.0.0
      '@acme/ui': 2.1.0
"""


def change(project: NpmProject, change: Change) -> str:
    """Edit the entries of the `package-lock.json`; return its text."""
    document = json.loads(project.read("package-lock.json"))
    change(document["packages"])
    project.write("package-lock.json", json.dumps(document, indent=2))
    return project.read("package-lock.json")


def forget(project: NpmProject) -> None:
    """Empty the cache: what the registry says now is what counts."""
    shutil.rmtree(project.environment["HOLDFAST_CACHE_DIR"])


def findings(done: Done) -> list[tuple[str, str, str]]:
    return [(one["severity"], one["code"], one["subject"]) for one in done.json["findings"]]


def sha1(one: Published) -> str:
    return "sha1-" + base64.b64encode(hashlib.sha1(one.tarball).digest()).decode()


@pytest.mark.parametrize("file", ["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml"])
def test_nothing_moves_though_the_registry_moved_on(file: str, project: NpmProject, registry: NpmRegistry) -> None:
    """Not even what is asked for by dist-tag; every hash is held against the registry's, and all files agree then."""
    if file == "npm-shrinkwrap.json":
        os.rename("package-lock.json", file)
    registry.publish(*NEW)
    done = project.run("import", file)
    assert done.code == 0, done.err
    assert "[" not in done.out
    assert project.versions == PINS
    for other in {file, "pnpm-lock.yaml"}:
        done = project.run("check", "--against", other)
        assert (done.code, done.out) == (0, "holdfast.lock holds: 4 npm packages\n")


def test_the_pins_of_a_begun_project_give_way(project: NpmProject, registry: NpmRegistry) -> None:
    """`import` takes the other file's pins in the place of ours; what it does not name stays as it is."""
    registry.publish(*NEW, release("left-pad", "1.0.0"), release("left-pad", "1.3.0"))
    project.write("package.json", {"name": "web", "dependencies": {**WISHES, "left-pad": "1.0.0"}})
    os.rename("package-lock.json", "old.json")
    forget(project)
    assert project.run("init").code == 0
    assert project.versions == {"app@1.5.0", "dep@1.9.0", "dep@2.9.0", "left-pad@1.0.0"}
    project.write("package.json", {"name": "web", "dependencies": {**WISHES, "left-pad": "^1.0.0"}})
    done = project.run("import", "old.json")
    assert done.code == 0, done.err
    assert project.versions == PINS | {"left-pad@1.0.0"}


@pytest.mark.parametrize("file", ["package-lock.json", "pnpm-lock.yaml"])
def test_a_hash_that_is_not_the_registrys_is_an_alarm(file: str, project: NpmProject) -> None:
    """Nothing is written; the finding names the file, and accepting the change takes the registry's bytes."""
    wrong = "sha512-" + "A" * 86 + "=="
    project.write(file, project.read(file).replace(OLD[1].integrity, wrong))
    done = project.run("import", file, "--format", "json")
    assert done.code == 1
    assert findings(done) == [("alarm", "artifact-changed", "dep 1.0.0")]
    (finding,) = done.json["findings"]
    assert finding["expected"] == f"dep-1.0.0.tgz sha512:{'0' * 128} ({file})"
    assert finding["hints"] == [f"holdfast import {file} --accept-changed dep"]
    assert not (project.folder / "holdfast.lock").exists()
    assert project.run("import", file, "--accept-changed", "dep").code == 0
    assert project.versions == PINS


@pytest.mark.parametrize("integrity", [None, sha1(OLD[1])])
def test_a_hash_that_the_file_lacks_is_fetched_and_said(integrity: str | None, project: NpmProject) -> None:
    """One note names the packages; the lock has the registry's sha512, and the file is not clean."""
    change(project, lambda packages: packages[NESTED].update(integrity=integrity))
    if integrity is None:
        change(project, lambda packages: packages[NESTED].pop("integrity"))
    done = project.run("import", "package-lock.json")
    assert done.code == 0
    assert "note[hash-fetched]: package-lock.json" in done.out
    assert "found: none for 1: dep 1.0.0" in done.out
    assert project.pin("dep", "1.0.0").artifacts[0].hash == "sha512:" + hashlib.sha512(OLD[1].tarball).hexdigest()
    done = project.run("check", "--against", "package-lock.json", "--format", "json")
    assert findings(done) == [("error", "foreign-hash", "dep 1.0.0")]


def test_a_hash_of_our_own_lock_holds_though_the_other_file_has_none(
    project: NpmProject, registry: NpmRegistry
) -> None:
    """Other bytes in the registry are an alarm: what one file leaves out does not loosen the other."""
    assert project.run("init").code == 0
    registry.publish(release("dep", "1.0.0", files={"evil.js": b""}))
    change(project, lambda packages: packages[NESTED].pop("integrity"))
    forget(project)
    done = project.run("import", "package-lock.json", "--format", "json")
    assert findings(done)[0] == ("alarm", "artifact-changed", "dep 1.0.0")
    assert "(holdfast.lock)" in done.json["findings"][0]["expected"]


def test_what_had_to_move_is_listed_with_its_reason(project: NpmProject, registry: NpmRegistry) -> None:
    """The registry does not have the release any more."""
    registry.publish(*NEW)
    registry.unpublish("dep", "1.0.0")
    forget(project)
    done = project.run("import", "package-lock.json")
    assert done.code == 0
    assert "note[moved]: dep 1.0.0" in done.out
    assert "reason: the registry does not offer this version" in done.out
    assert project.versions == PINS - {"dep@1.0.0"} | {"dep@1.9.0"}


CHANGES: dict[str, tuple[Change, tuple[str, str, str]]] = {
    "version": (lambda packages: packages[NESTED].update(version="1.0.1"), ("error", "foreign-version", "dep")),
    "hash": (
        lambda packages: packages[NESTED].update(integrity="sha512-" + "A" * 86 + "=="),
        ("alarm", "foreign-hash", "dep 1.0.0"),
    ),
    "sha1 alone": (
        lambda packages: packages[NESTED].update(integrity=sha1(OLD[1])),
        ("error", "foreign-hash", "dep 1.0.0"),
    ),
    "no hash": (lambda packages: packages[NESTED].pop("integrity"), ("error", "foreign-hash", "dep 1.0.0")),
    "host": (
        lambda packages: packages[NESTED].update(resolved="https://evil.example/dep/-/dep-1.0.0.tgz"),
        ("error", "foreign-location", "dep 1.0.0"),
    ),
    "another package": (
        lambda packages: packages[NESTED].update(resolved=packages["node_modules/app"]["resolved"]),
        ("error", "foreign-location", "dep 1.0.0"),
    ),
    "another locked version": (
        lambda packages: packages.update({NESTED: packages["node_modules/dep"], f"x/{NESTED}": packages[NESTED]}),
        ("error", "foreign-version", "dep"),
    ),
    "missing": (lambda packages: packages.pop(NESTED), ("error", "foreign-missing", "dep 1.0.0")),
    "extra": (
        lambda packages: packages.update({NESTED + "/node_modules/more": {"version": "3.0.0"}}),
        ("error", "foreign-extra", "more 3.0.0"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_single_change_is_named_with_its_entry_and_line(name: str, project: NpmProject) -> None:
    """And the command that is named makes the file whole again."""
    edit, expected = CHANGES[name]
    assert project.run("import", "package-lock.json").code == 0
    text = change(project, edit)
    done = project.run("check", "--against", "package-lock.json", "--format", "json")
    assert done.code == 1
    found = [one for one in done.json["findings"] if (one["severity"], one["code"], one["subject"]) == expected]
    assert len(found) == 1, done.out
    facts = {fact["name"]: fact["value"] for fact in found[0]["facts"]} if found[0]["facts"] else {}
    if name != "missing":
        assert facts["entry"].startswith(NESTED)
        line = text.split("\n")[found[0]["place"]["line"] - 1]
        assert line.strip().startswith(f'"{facts["entry"]}": {{')
    hint = found[0]["hints"][0].split()
    assert project.run(*hint[1:]).code == 0
    if hint[1] == "export":
        assert project.run("check", "--against", "package-lock.json").code == 0


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("'dep@1.0.0'", "'dep@1.0.1'", "foreign-version"),
        (OLD[1].integrity, "sha512-" + "A" * 86 + "==", "foreign-hash"),
        (
            f"{{integrity: {OLD[1].integrity}}}",
            f"{{integrity: {OLD[1].integrity}, tarball: https://evil.example/dep/-/dep-1.0.0.tgz}}",
            "foreign-location",
        ),
        ("      dep: 1.0.0", "      dep: 2.0.0", "foreign-version"),
    ],
)
def test_a_single_change_of_pnpms_file_is_named(old: str, new: str, code: str, project: NpmProject) -> None:
    """Version, hash, host, and what a package gets."""
    assert project.run("import", "pnpm-lock.yaml").code == 0
    text = project.read("pnpm-lock.yaml")
    assert text.count(old) == 1
    project.write("pnpm-lock.yaml", text.replace(old, new))
    done = project.run("check", "--against", "pnpm-lock.yaml", "--format", "json")
    assert done.code == 1
    (found,) = [one for one in done.json["findings"] if one["code"] == code]
    assert found["place"]["path"] == "pnpm-lock.yaml"
    assert found["place"]["line"] > 0


REFUSED = [
    (
        "package-lock.json",
        '{"lockfileVersion": 1, "dependencies": {}}',
        "lockfileVersion 2 or 3",
        "--lockfile-version 3",
    ),
    ("their.json", '{"lockfileVersion": 1, "dependencies": {}}', "lockfileVersion 2 or 3", "--lockfile-version 3"),
    ("package-lock.json", '{"lockfileVersion": 4, "packages": {}}', "lockfileVersion 2 or 3", "npm install"),
    ("package-lock.json", '{"name": "web"}', "lockfileVersion", ""),
    ("pnpm-lock.yaml", "lockfileVersion: 5.4\npackages: {}\n", "lockfileVersion 6.0 or 9.0", "pnpm install"),
    ("pnpm-lock.yaml", "lockfileVersion: '10.0'\npackages: {}\n", "lockfileVersion 6.0 or 9.0", "pnpm install"),
    ("yarn.lock", "# yarn lockfile v1\n", "pnpm-lock.yaml", ""),
]


@pytest.mark.parametrize(("file", "text", "expected", "hint"), REFUSED)
def test_a_format_that_is_not_read_is_refused_in_a_sentence(
    file: str, text: str, expected: str, hint: str, project: NpmProject
) -> None:
    """Which ones are, and how to get one; by both commands, with exit code 2."""
    project.write(file, text)
    assert project.run("init").code == 0
    for words in (("import",), ("check", "--against")):
        done = project.run(*words, file)
        assert done.code == 2
        assert expected in done.err
        assert hint in done.err
        assert len(done.err.splitlines()) <= 3


def test_the_lock_of_npm_packages_needs_a_package_json(tmp_path: Path, project: NpmProject) -> None:
    """There is nothing that its pins could answer."""
    (project.folder / "package.json").unlink()
    (project.folder / "pyproject.toml").write_text('[project]\nname = "web"\nversion = "1"\n')
    done = project.run("import", "package-lock.json")
    assert done.code == 2
    assert "a package.json" in done.err


def test_the_lock_of_another_ecosystem_moves_no_npm_package(project: NpmProject, registry: NpmRegistry) -> None:
    """A requirements file beside them has no word on what is asked for by dist-tag."""
    assert project.run("import", "package-lock.json").code == 0
    before = project.read("holdfast.lock")
    registry.publish(*NEW)
    forget(project)
    project.write("requirements.txt", "")
    assert project.run("import", "requirements.txt").code == 0
    assert project.read("holdfast.lock") == before


def test_a_registry_may_keep_its_tarballs_on_another_host(project: NpmProject, registry: NpmRegistry) -> None:
    """What its packuments say is right on the machine that has read them; elsewhere the host is named."""
    document = registry.packument("dep")
    for one in document["versions"].values():
        one["dist"]["tarball"] = f"https://files.example/blob/{one['version']}"
    registry.answers["/dep"] = Answer(200, json.dumps(document).encode())
    forget(project)
    assert project.run("import", "package-lock.json").code == 0
    assert project.run("export", "package-lock", "-o", "package-lock.json").code == 0
    assert project.read("package-lock.json").count("https://files.example/blob/") == 2
    done = project.run("check", "--against", "package-lock.json")
    assert (done.code, done.out) == (0, "holdfast.lock holds: 4 npm packages\n")
    forget(project)
    done = project.run("check", "--against", "package-lock.json", "--format", "json")
    assert {code for _, code, _ in findings(done)} == {"foreign-location"}
