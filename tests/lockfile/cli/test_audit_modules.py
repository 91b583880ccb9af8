"""An audit of a project of signed modules: their archives fetched and read, their registry's advisories, and what they
do without asking for it."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.module_projects import ModuleProject, clock, live_registry, serving_folder
from tests.support.osv_records import affecting
from tests.support.project import Done

GUARDS, BASE = "@acme/guards", "@acme/base"
REPORT = b"""import urllib.request


def report(text):
    return urllib.request.urlopen("https://collect.example/", text)
"""
RUNS = b"import subprocess\n\n\ndef build():\n    subprocess.run(['make'])\n"
FILES = {"hooks/report.py": REPORT, "hooks/build.py": RUNS, "README.md": b"# Guards\n"}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is durable is not asked here, and a busy disk makes a test wait for it."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> ModuleProject:
    """A locked project; one module does two things and declares one of them."""
    folder = tmp_path_factory.mktemp("template")
    registry = live_registry(folder / "registry")
    registry.publish(BASE, "1.2.0", now=clock())
    declared = {"programs": ["make"]}
    needs = {BASE: "^1.2"}
    registry.publish(GUARDS, "2.1.0", files=FILES, dependencies=needs, permissions=declared, now=clock())
    with serving_folder(registry.path) as server:
        return ModuleProject(folder, registry, server.url, {GUARDS: "^2.1"}).locked()


@pytest.fixture
def project(template: ModuleProject, tmp_path: Path) -> Iterator[ModuleProject]:
    """A locked project with two modules, nothing fetched yet."""
    with serving_folder(template.registry.path) as server:
        yield template.copied(tmp_path, server)


def advise(project: ModuleProject, *records: dict[str, Any]) -> None:
    """Have the modules' registry publish records."""
    for record in records:
        project.registry.advise(json.dumps(record).encode(), now=clock())


def module(name: str) -> dict[str, str]:
    """A module as records name it."""
    return {"ecosystem": "holdfast", "name": name}


def found(done: Done, code: str) -> list[dict[str, Any]]:
    """The findings of a run in JSON with a code."""
    return [one for one in done.json["findings"] if one["code"] == code]


def test_a_modules_archives_are_fetched_and_read(project: ModuleProject) -> None:
    """Once, into the store; without the flag nothing is, and the report says what was not looked at."""
    done = project.run("audit")
    assert "2 archives of 2 packages: not in the store" in done.out
    assert not (project.cache / "store").exists()
    done = project.run("audit", "--fetch", "--format", "json")
    assert done.json["asked"] == []
    (risk,) = [one for one in done.json["packages"] if one["name"] == GUARDS]
    assert {"network", "subprocess"} <= set(risk["capabilities"])
    shutil.rmtree(project.cache / "store")
    assert project.run("audit", "--offline", "--format", "json").out == done.out


def test_a_module_that_does_what_it_does_not_declare_is_a_finding(project: ModuleProject) -> None:
    """With the path from the project, the file and the line; what it declares is none."""
    done = project.run("audit", "--fetch", "--format", "json")
    assert done.code == 1
    (one,) = found(done, "capability-undeclared")
    assert (one["severity"], one["subject"]) == ("error", "@acme/guards 2.1.0")
    assert one["expected"] == "a permission for network"
    assert "hooks/report.py:5" in one["found"]
    assert one["path"] == ["holdfast.toml", "@acme/guards 2.1.0"]
    told = project.run("audit")
    assert "error[capability-undeclared]: @acme/guards 2.1.0" in told.out
    assert "from: holdfast.toml -> @acme/guards 2.1.0" in told.out
    assert "holdfast audit --explain '@acme/guards'" in told.out
    explained = project.run("audit", "--explain", GUARDS)
    assert "undeclared-capability" in explained.out
    assert "hooks/report.py:5" in explained.out


def test_a_policy_denies_a_capability_of_modules(project: ModuleProject) -> None:
    """By a rule about them, with the file and the line of the rule and of the code."""
    rule = '[[policy.rule]]\npackage = "acme:*"\ndeny-capabilities = ["subprocess"]\nreason = "guards only read"'
    project.configure({GUARDS: "^2.1"}, more=rule)
    (one,) = found(project.run("audit", "--fetch", "--format", "json"), "capability-denied")
    assert "hooks/build.py:5" in one["found"]
    assert one["place"]["path"] == "holdfast.toml"


def test_the_records_of_a_registry_are_judged(project: ModuleProject) -> None:
    """Its own modules by its own records: affected, malicious, with the path, and an update only where it helps."""
    advise(
        project,
        affecting("ACME-1", module(BASE), "SEMVER", "introduced 0", "fixed 1.2.1"),
        affecting("MAL-2026-1", module(GUARDS), "SEMVER", "introduced 2.1.0"),
        affecting("ACME-3", module(BASE), "SEMVER", "introduced 0", "fixed 1.1.0"),
        affecting("ACME-4", module("@acme/other"), "SEMVER", "introduced 0"),
    )
    done = project.run("audit", "--format", "json")
    assert done.code == 1
    (flaw,), (alarm,) = found(done, "advisory-known"), found(done, "advisory-malicious")
    assert flaw["found"] == "ACME-1: what ACME-1 says"
    assert flaw["path"] == ["holdfast.toml", "@acme/guards 2.1.0", "@acme/base 1.2.0"]
    assert flaw["expected"] == "a release that ACME-1 does not affect: 1.2.1"
    assert alarm["severity"] == "alarm"
    assert "holdfast update" not in " ".join(flaw["hints"])
    (risk,) = [one for one in done.json["packages"] if one["name"] == GUARDS]
    assert any(row["signal"] == "malware" for row in risk["rows"])
    assert project.run("audit", "--offline", "--format", "json").json["findings"] == done.json["findings"]


def test_a_record_of_a_registry_whose_cache_is_gone_is_said_offline(project: ModuleProject) -> None:
    """Nothing known is not the same as nothing asked, and the audit is undecided."""
    shutil.rmtree(project.cache)
    done = project.run("audit", "--offline")
    assert "advisories of acme" in done.out
    assert done.code == 3
