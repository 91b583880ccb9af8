"""`install` and advisories: what stops it, what it only tells, what is ignored, and what it does offline."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.module_projects import ModuleProject, clock, live_registry, serving_folder
from tests.support.osv_records import affecting, npm
from tests.support.project import Done

GUARDS, BASE = "@acme/guards", "@acme/base"
MODULE = {"ecosystem": "holdfast", "name": BASE}
HIGH = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}]
MALICIOUS = affecting("MAL-2026-7", MODULE, "SEMVER", "introduced 1.2.0", "fixed 1.2.1")
FLAW = affecting("ACME-1", MODULE, "SEMVER", "introduced 0", "fixed 1.2.1", severity=HIGH)
IGNORE = '[[policy.ignore]]\nadvisory = "{}"\nreason = "we looked"\nuntil = "2099-01-01"'


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is durable is not asked here, and a busy disk makes a test wait for it."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> ModuleProject:
    """A locked project with two modules, as it is copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    registry = live_registry(folder / "registry")
    registry.publish(BASE, "1.2.0", now=clock())
    registry.publish(GUARDS, "2.1.0", dependencies={BASE: "^1.2"}, now=clock())
    with serving_folder(registry.path) as server:
        return ModuleProject(folder, registry, server.url, {GUARDS: "^2.1"}).locked()


@pytest.fixture
def project(template: ModuleProject, tmp_path: Path) -> Iterator[ModuleProject]:
    """A locked project with two modules, nothing installed yet."""
    with serving_folder(template.registry.path) as server:
        yield template.copied(tmp_path, server)


def advise(project: ModuleProject, record: dict[str, object]) -> None:
    """Have the modules' registry publish a record."""
    project.registry.advise(json.dumps(record).encode(), now=clock())


def configure(project: ModuleProject, *more: str, records: bool = False) -> None:
    """Write the configuration anew, with a folder of records where that is asked for."""
    sources = ["[advisories]", 'records = ["advisories/"]'] if records else []
    project.configure({GUARDS: "^2.1"}, more="\n".join([*more, *sources]))


def put(project: ModuleProject, *records: dict[str, object]) -> None:
    """Put records into the project's own folder of them."""
    (project.folder / "advisories").mkdir(exist_ok=True)
    for record in records:
        (project.folder / "advisories" / f"{record['id']}.json").write_text(json.dumps(record))


def told(done: Done) -> list[tuple[str, str]]:
    """Severity and code of each finding of a run in JSON."""
    return [(finding["severity"], finding["code"]) for finding in done.json["findings"]]


def test_a_malicious_release_of_the_registry_stops_it(project: ModuleProject) -> None:
    """With an alarm that names the release, the path to it and the record; no archive is fetched for it."""
    advise(project, MALICIOUS)
    done = project.run("install")
    assert done.code == 1
    assert "alarm[advisory-malicious]: @acme/base 1.2.0" in done.out
    assert "found: MAL-2026-7: what MAL-2026-7 says" in done.out
    assert "from: holdfast.toml -> @acme/guards 2.1.0 -> @acme/base 1.2.0" in done.out
    assert "nothing was installed" in done.out
    assert not project.modules.is_symlink()
    assert not (project.cache / "store").exists()
    assert told(project.run("install", "--format", "json")) == [("alarm", "advisory-malicious")]


def test_a_malicious_release_in_a_local_file_stops_it_offline(project: ModuleProject) -> None:
    """Without the network, and where everything is installed already; what is installed stays."""
    project.installed()
    generation = os.readlink(project.modules)
    configure(project, records=True)
    put(project, MALICIOUS)
    for words in (("install", "--offline"), ("install",)):
        done = project.run(*words, "--format", "json")
        assert (done.code, told(done)) == (1, [("alarm", "advisory-malicious")])
        assert os.readlink(project.modules) == generation
    project.modules.unlink()
    assert project.run("install", "--offline").code == 1
    assert not project.modules.is_symlink()


def test_a_record_of_the_registry_serves_offline_from_the_cache(project: ModuleProject) -> None:
    """What an earlier command saw of the registry is remembered with it."""
    advise(project, MALICIOUS)
    assert project.run("install").code == 1
    done = project.run("install", "--offline", "--format", "json")
    assert (done.code, told(done)) == (1, [("alarm", "advisory-malicious")])


def test_a_flaw_is_a_warning_and_the_install_goes_on(project: ModuleProject) -> None:
    """However grave: `audit` is what fails by it."""
    advise(project, FLAW)
    done = project.run("install")
    assert done.code == 0
    assert "warning[advisory-known]: @acme/base 1.2.0" in done.out
    assert "2 modules in modules/: verified and unpacked" in done.out
    assert project.modules.is_symlink()
    again = project.run("install", "--format", "json")
    assert (again.code, told(again)) == (0, [("warning", "advisory-known")])
    assert told(project.run("audit", "--format", "json"))[:1] == [("error", "advisory-known")]


@pytest.mark.parametrize(
    ("policy", "code", "severity"),
    [
        ('deny-advisories = "high"', 1, "error"),
        ('deny-advisories = "critical"', 0, "warning"),
        ('[[policy.rule]]\npackage = "acme:@acme/*"\ndeny-advisories = "low"\nreason = "they guard"', 1, "error"),
        ('[[policy.rule]]\npackage = "acme:@acme/guards"\ndeny-advisories = "low"\nreason = "x"', 0, "warning"),
    ],
)
def test_policy_makes_a_flaw_stop_it(project: ModuleProject, policy: str, code: int, severity: str) -> None:
    """`deny-advisories` of `[policy]` or of a rule about the package, from a severity up; who says so is named."""
    configure(project, policy)
    advise(project, FLAW)
    done = project.run("install", "--format", "json")
    assert (done.code, told(done)) == (code, [(severity, "advisory-known")])
    assert project.modules.is_symlink() == (code == 0)
    named = [fact["value"] for fact in done.json["findings"][0]["facts"] if fact["name"] == "refused"]
    assert len(named) == code
    assert all("holdfast.toml" in one for one in named)


@pytest.mark.parametrize(
    ("record", "severity"), [(FLAW, "note"), (MALICIOUS, "warning")], ids=["a flaw", "a malicious release"]
)
def test_what_is_ignored_stops_nothing(project: ModuleProject, record: dict[str, object], severity: str) -> None:
    """The ignore of the policy counts here as it does in an audit, also against `deny-advisories`."""
    configure(project, 'deny-advisories = "low"', IGNORE.format(record["id"]))
    advise(project, record)
    done = project.run("install", "--format", "json")
    assert (done.code, told(done)) == (0, [(severity, "advisory-ignored")])


def test_an_ignore_that_ended_ignores_nothing(project: ModuleProject) -> None:
    """The malicious release stops the install again."""
    configure(project, IGNORE.format("MAL-2026-7").replace("2099", "2020"))
    advise(project, MALICIOUS)
    done = project.run("install", "--format", "json")
    assert (done.code, told(done)) == (1, [("alarm", "advisory-malicious")])


def test_records_about_others_are_silent(project: ModuleProject) -> None:
    """Another version, another ecosystem, another registry's word: nothing is told."""
    configure(project, records=True)
    put(
        project,
        affecting("MAL-2026-8", MODULE, "SEMVER", "introduced 1.3.0"),
        affecting("MAL-2026-9", npm(BASE), "SEMVER", "introduced 0"),
        affecting("MAL-2026-10", {"ecosystem": "holdfast:other", "name": BASE}, "SEMVER", "introduced 0"),
    )
    done = project.run("install", "--format", "json")
    assert (done.code, told(done)) == (0, [])


def test_what_the_cache_lacks_offline_is_said(project: ModuleProject) -> None:
    """An advisory that was never fetched: the install goes on, and says whom it did not ask."""
    advise(project, FLAW)
    project.installed()
    project.modules.unlink()
    for blob in (project.cache / "modules").rglob("*"):
        if blob.is_file() and b"ACME-1" in blob.read_bytes() and b'"affected"' in blob.read_bytes():
            blob.unlink()
    done = project.run("install", "--offline")
    assert done.code == 0
    assert "advisories of acme were not asked: offline, and the cache does not have them" in done.err


def test_an_advisory_that_does_not_verify_stops_it(project: ModuleProject) -> None:
    """Another byte in what the registry signed is an alarm, and nothing is installed."""
    advise(project, FLAW)
    (path,) = project.registry.path.rglob("*ACME-1.json")
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data.replace(b"1.2.1", b"1.0.1"))
    done = project.run("install", "--format", "json")
    assert (done.code, [one["code"] for one in done.json["findings"]]) == (1, ["registry-tampered"])
    assert not project.modules.is_symlink()


def test_a_folder_of_records_that_is_not_there_is_refused(project: ModuleProject) -> None:
    """A gate that is configured and gone is no gate."""
    configure(project, records=True)
    done = project.run("install")
    assert done.code == 2
    assert "there is no such file" in done.err
    assert not project.modules.is_symlink()
