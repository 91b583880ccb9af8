"""What an audit says of releases end to end: withdrawn, deprecated, new, old, of two sources, dynamic, not of their
source."""

import io
import os
import shutil
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest

from holdfast.workflows import comparisons
from holdfast_resolver.fetch.store import ArtifactStore
from tests.support import osv_server
from tests.support.index_server import serving
from tests.support.npm_project import NpmProject
from tests.support.npm_registry import release
from tests.support.npm_registry import serving as npm_registry
from tests.support.osv_records import affecting, python
from tests.support.packages import File, sdist, wheel
from tests.support.project import Done, Project

DAY = 86_400
MODULE = "import os\n\n\ndef home():\n    return os.sep\n"
SOURCE = '\n[tool.holdfast.sources.internal]\nkind = "pypi"\nurl = "{url}"\npackages = ["acme-*"]\n'


def day(days: int) -> str:
    """The time so many days ago."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - days * DAY))


def with_code(file: File, code: dict[str, str]) -> File:
    """A source archive with more files, below the release's folder."""
    stream = io.BytesIO(file.data)
    with tarfile.open(fileobj=stream) as archive:
        members = [(one.name, archive.extractfile(one).read()) for one in archive.getmembers()]  # type: ignore[union-attr]  # files
    root = members[0][0].partition("/")[0]
    members += [(f"{root}/{path}", text.encode()) for path, text in code.items()]
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        for path, data in members:
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return file._replace(data=made.getvalue())


def found(done: Done, code: str) -> list[dict[str, Any]]:
    """The findings of a run in JSON with a code."""
    return [one for one in done.json["findings"] if one["code"] == code]


def signals(done: Done, name: str) -> set[str]:
    """The signals of a package."""
    (risk,) = [one for one in done.json["packages"] if one["name"] == name]
    return {row["signal"] for row in risk["rows"]}


def test_new_old_and_withdrawn_releases_are_told(tmp_path: Path) -> None:
    """By the index's own dates and words; what is neither has no signal."""
    files = [
        wheel("fresh", "1.0", uploaded=day(2)),
        wheel("stale", "1.0", uploaded=day(2000)),
        wheel("plain", "1.0", uploaded=day(400)),
    ]
    with serving(files) as server:
        project = Project(tmp_path, ["fresh", "stale", "plain"], server.url).locked()
        done = project.run("audit", "--format", "json")
        assert "very-new" in signals(done, "fresh")
        assert "unmaintained" in signals(done, "stale")
        assert not {"very-new", "unmaintained", "yanked"} & signals(done, "plain")
        assert found(done, "release-new")[0]["subject"] == "fresh 1.0"
        assert found(done, "release-old")[0]["subject"] == "stale 1.0"


def test_a_release_that_was_withdrawn_since_is_told_when_the_index_is_asked(tmp_path: Path) -> None:
    """`--fetch` has the newest listing: that of the lock knew nothing of it."""
    with serving([wheel("dates", "1.0")]) as server:
        project = Project(tmp_path, ["dates"], server.url).locked()
        assert found(project.run("audit", "--format", "json"), "pin-yanked") == []
        server.add(wheel("dates", "1.0", yanked="broken zone data"))
        done = project.run("audit", "--fetch", "--refresh", "--format", "json")
        (one,) = found(done, "pin-yanked")
        assert one["found"] == "yanked: broken zone data"
        assert "yanked" in signals(done, "dates")
        again = project.run("audit", "--offline", "--format", "json")
        assert found(again, "pin-yanked") == [one]


def test_an_update_is_named_for_a_withdrawn_release_only_where_it_leaves_it(tmp_path: Path) -> None:
    """The resolver is asked: what pins the release exactly is named with its line, and then no update."""
    with serving([wheel("dates", "1.0"), wheel("zones", "1.0")]) as server:
        project = Project(tmp_path, ["dates==1.0", "zones"], server.url).locked()
        server.add(wheel("dates", "1.0", yanked="broken"), wheel("dates", "1.1"), wheel("zones", "1.0", yanked="lost"))
        done = project.run("audit", "--fetch", "--refresh", "--format", "json")
        dates, zones = sorted(found(done, "pin-yanked"), key=lambda one: str(one["subject"]))
        lines = project.manifest.read_text().splitlines()
        line = 1 + next(place for place, text in enumerate(lines) if "dates==1.0" in text)
        said = f"does not help: dates==1.0 (pyproject.toml:{line}) admits no other release; widen that first"
        assert dates["facts"] == [{"name": "update", "value": said}]
        assert (dates["hints"], dates["place"]) == (["holdfast why dates"], {"path": "pyproject.toml", "line": line})
        said = "does not help: what asks for it admits no other release"
        assert zones["facts"] == [{"name": "update", "value": said}]
        assert zones["hints"] == ["holdfast why zones"]
        server.add(wheel("zones", "0.9"))
        (zones,) = found(project.run("audit", "--fetch", "--refresh", "--format", "json"), "pin-yanked")[1:]
        assert zones["hints"] == ["holdfast update zones"]
        assert zones["facts"] == [{"name": "update", "value": "takes 0.9"}]
        assert project.run("update", "zones").code == 0
        assert [one["subject"] for one in found(project.run("audit", "--format", "json"), "pin-yanked")] == [
            "dates 1.0"
        ]


def test_a_deprecated_npm_release_is_told(tmp_path: Path) -> None:
    """In its publisher's words."""
    with npm_registry(release("request", "2.88.2", deprecated="request has been deprecated")) as registry:
        project = NpmProject(tmp_path, registry, {"request": "^2"})
        assert project.run("lock").code == 0
        done = project.run("audit", "--format", "json")
        (one,) = found(done, "release-deprecated")
        assert one["found"] == "deprecated: request has been deprecated"
        assert "deprecated" in signals(done, "request")


def test_a_name_of_two_sources_is_told_and_private_names_stay_private(tmp_path: Path) -> None:
    """The other source is asked with `--fetch`, and only where the configuration lets the name be said."""
    shelves = ([wheel("flask", "1.0"), wheel("acme-tools", "9.9")], [wheel("acme-tools", "1.0"), wheel("flask", "0.1")])
    with serving(shelves[0]) as public, serving(shelves[1]) as internal, osv_server.serving() as service:
        project = Project(tmp_path, ["flask", "acme-tools"], public.url)
        plain = project.manifest.read_text() + SOURCE.format(url=internal.url)
        project.manifest.write_text(plain)
        project.locked()
        public.asked.clear()
        said = "whether other sources have the names of 1 package of {}: `ask` of [advisories] does not name it"
        done = project.run("audit", "--fetch", "--format", "json")
        assert found(done, "name-elsewhere") == []
        assert {said.format("internal"), said.format("pypi")} <= set(done.json["asked"])
        asked = f'\n[tool.holdfast.advisories]\nurl = "{service.url}/"\nask = ["pypi"]\n'
        project.manifest.write_text(plain + asked)
        done = project.run("audit", "--format", "json")
        assert "holdfast audit --fetch` asks them" in " ".join(done.json["asked"])
        done = project.run("audit", "--fetch", "--format", "json")
        (one,) = found(done, "name-elsewhere")
        assert (one["subject"], one["found"]) == ("flask 1.0", "pypi, and internal")
        assert public.count("acme-tools") == 0
        assert [line for line in done.json["asked"] if "other sources" in line] == [said.format("internal")]
        project.manifest.write_text(plain + asked.replace('["pypi"]', '["pypi", "internal"]'))
        done = project.run("audit", "--fetch", "--format", "json")
        assert {one["subject"] for one in found(done, "name-elsewhere")} == {"acme-tools 1.0", "flask 1.0"}
        assert "name-elsewhere" in signals(done, "acme-tools")
        assert not [line for line in done.json["asked"] if "other sources" in line]


def test_a_wheel_that_is_not_made_of_its_source_archive_is_told(tmp_path: Path) -> None:
    """`--fetch` has the source archive too; what is the same is not told, and the comparison is kept."""
    evil = MODULE + "os.system('id')\n"
    files = [
        wheel("turned", "1.0", code={"turned/core.py": evil, "turned/more.py": evil}),
        with_code(sdist("turned", "1.0"), {"src/turned/core.py": MODULE}),
        wheel("honest", "1.0", code={"honest/core.py": MODULE, "honest/_version.py": "version = '1.0'\n"}),
        with_code(sdist("honest", "1.0"), {"src/honest/core.py": MODULE.replace("\n", "\r\n")}),
    ]
    with serving(files) as server:
        project = Project(tmp_path, ["turned", "honest"], server.url).locked()
        done = project.run("audit", "--fetch", "--format", "json")
        told = [(one["subject"], one["found"]) for one in found(done, "archive-differs")]
        assert told == [
            ("turned 1.0", "turned-1.0-py3-none-any.whl: turned/core.py, not as in it"),
            ("turned 1.0", "turned-1.0-py3-none-any.whl: turned/more.py, not in it"),
        ]
        assert "archive-differs" in signals(done, "turned")
        assert "archive-differs" not in signals(done, "honest")
        server.asked.clear()
        assert project.run("audit", "--fetch", "--format", "json").out == done.out
        assert server.count("/files/") == 0
        _empty(project)
        assert project.run("audit", "--offline", "--format", "json").out == done.out


def test_wheels_without_their_source_archive_are_said_to_be_uncompared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the wheel was fetched and the source archive is gone."""
    files = [wheel("a", "1.0", code={"a/core.py": MODULE}), with_code(sdist("a", "1.0"), {"a/core.py": MODULE})]
    with serving(files) as server:
        project = Project(tmp_path, ["a"], server.url).locked()
        project.run("audit", "--fetch")
        os.unlink(ArtifactStore(str(project.cache / "store")).path_of(f"sha256:{files[1].sha256}"))
        assert "source archive to compare" not in project.run("audit").out
        monkeypatch.setattr(comparisons, "COMPARISON_VERSION", "another")
        done = project.run("audit")
        assert "1 source archive to compare wheels with: not in the store; `holdfast audit --fetch`" in done.out


def test_a_refused_source_archive_is_said(tmp_path: Path) -> None:
    """A link in it: nothing is compared, and that is told by the archive and the entry."""
    bad = sdist("a", "1.0")
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        entry = tarfile.TarInfo("a-1.0/PKG-INFO")
        entry.size = len(bad.metadata)
        archive.addfile(entry, io.BytesIO(bad.metadata))
        link = tarfile.TarInfo("a-1.0/link")
        link.type, link.linkname = tarfile.SYMTYPE, "PKG-INFO"
        archive.addfile(link)
    with serving([wheel("a", "1.0", code={"a/core.py": MODULE}), bad._replace(data=stream.getvalue())]) as server:
        done = Project(tmp_path, ["a"], server.url).locked().run("audit", "--fetch")
        assert "whether wheels are made of their source archives: a-1.0.tar.gz: a-1.0/link: a symbolic link" in done.out


def test_requirements_that_only_a_build_knows_are_told(tmp_path: Path) -> None:
    """Where the source archive is what is installed; beside a wheel for every target it is none."""
    declared = '\n[[tool.holdfast.metadata]]\nname = "legacy"\nversion = "1.0"\nrequires = []\nreason = "we read it"\n'
    files = [sdist("legacy", "1.0", static=False), sdist("tidy", "1.0")]
    files += [wheel("both", "1.0"), sdist("both", "1.0", static=False)]
    with serving(files) as server:
        project = Project(tmp_path, ["legacy", "tidy", "both"], server.url)
        project.manifest.write_text(project.manifest.read_text() + declared)
        project.locked()
        done = project.run("audit", "--fetch", "--format", "json")
        assert [one["subject"] for one in found(done, "metadata-dynamic")] == ["legacy 1.0"]
        assert "dynamic-metadata" in signals(done, "legacy")


def test_policy_makes_a_low_advisory_an_error(tmp_path: Path) -> None:
    """`deny-advisories` of `[policy]`: a warning without it; who refuses it is named; an ignore still counts."""
    low = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"}]
    record = affecting("GHSA-1", python("dates"), "ECOSYSTEM", "introduced 0", severity=low)
    with serving([wheel("dates", "1.0")]) as server, osv_server.serving(record) as service:
        project = Project(tmp_path, ["dates"], server.url)
        asked = f'\n[tool.holdfast.advisories]\nurl = "{service.url}/"\n'
        project.manifest.write_text(project.manifest.read_text() + asked)
        project.locked()
        done = project.run("audit")
        assert done.code == 0
        assert "warning[advisory-known]: dates 1.0" in done.out
        policy = '\n[tool.holdfast.policy]\ndeny-advisories = "low"\n'
        project.manifest.write_text(project.manifest.read_text() + policy)
        done = project.run("audit")
        assert done.code == 1
        assert "error[advisory-known]: dates 1.0" in done.out
        assert "refused: by deny-advisories of [policy] in pyproject.toml" in done.out
        assert project.run("check").code == 0
        words = ("--ignore", "GHSA-1", "--reason", "we looked", "--until", "2099-01-01")
        assert project.run("audit", *words).code == 0


def test_advisories_are_asked_in_batches_and_their_age_is_shown(tmp_path: Path) -> None:
    """One question for all packages; the next audit within the hour asks nothing; offline says what was never asked."""
    with serving([wheel("dates", "1.0"), wheel("zones", "1.0")]) as server, osv_server.serving() as service:
        project = Project(tmp_path, ["dates", "zones"], server.url)
        asked = f'\n[tool.holdfast.advisories]\nurl = "{service.url}/"\n'
        project.manifest.write_text(project.manifest.read_text() + asked)
        project.locked()
        never = project.run("audit", "--offline")
        assert "advisories of 2 packages: offline, and the service was never asked about them" in never.out
        assert "advisories as of" not in never.out
        done = project.run("audit")
        assert service.asked == ["POST /v1/querybatch"]
        assert f"advisories as of {day(0)[:10]}" in done.out
        assert project.run("audit").out == done.out
        assert project.run("audit", "--offline").out == done.out
        assert service.asked == ["POST /v1/querybatch"]


def _empty(project: Project) -> None:
    """Remove what the store has."""
    shutil.rmtree(project.cache / "store")
