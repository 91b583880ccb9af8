"""Tarballs of npm packages that are made to harm whoever unpacks them: looked at in `review`, and never unpacked."""

import gzip
import io
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.approving import approver_text, key_file
from tests.support.npm_project import NpmProject
from tests.support.npm_registry import Answer, Habits, NpmRegistry, Published, release, serving
from tests.support.reviewing import ASKED
from tests.support.terminal import Terminal

MIB = 1024 * 1024


def entry(name: str, data: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = "") -> Callable[[], bytes]:
    """A tarball with package.json and this entry behind it."""

    def make() -> bytes:
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for path, content, one in (("package/package.json", b"{}", tarfile.REGTYPE), (name, data, kind)):
                info = tarfile.TarInfo(path)
                info.type, info.linkname, info.size = one, link if path == name else "", len(content)
                archive.addfile(info, io.BytesIO(content))
        return gzip.compress(stream.getvalue(), mtime=0)

    return make


TRICKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb": (entry("package/zeros", bytes(64 * MIB)), "inflates to more than 200 times its size"),
    "case": (entry("package/PACKAGE.json", b"{}"), "only case tells it from package/package.json"),
    "cut": (lambda: entry("package/a", 4096 * b"ab")()[:-40], "the archive ends early: it is truncated"),
    "device": (entry("package/null", kind=tarfile.CHRTYPE), "package/null: a character device"),
    "hard": (entry("package/x", kind=tarfile.LNKTYPE, link="/etc/passwd"), "package/x: a hard link"),
    "html": (lambda: b"<!DOCTYPE html><html></html>", "not compared"),
    "link": (entry("package/x", kind=tarfile.SYMTYPE, link="../../x"), "package/x: a symbolic link"),
    "root": (entry("/etc/cron.d/x", b"* * * * *"), "/etc/cron.d/x: an absolute path"),
    "twice": (entry("package/package.json", b'{"scripts": {}}'), "package/package.json: it is there twice"),
    "up": (entry("package/../../x", b"x"), "package/../../x: the part .. in its path"),
}


def hostile(name: str) -> Published:
    """A release of which the packument is as it should be."""
    return release(name, "1.1.0")._replace(tarball=TRICKS[name][0]())


def moved(folder: Path, registry: NpmRegistry) -> NpmProject:
    """A project with approvals, in which a hostile release of each package waits."""
    project = NpmProject(folder, registry, dict.fromkeys(TRICKS, "*"))
    assert project.run("init").code == 0
    text = project.read("holdfast.toml") + approver_text("ann").replace("{holdfast}.", "")
    project.write("holdfast.toml", text)
    done = project.run("approvals", "baseline", "--key", str(key_file(folder, "ann")))
    assert done.code == 0, done.out + done.err
    registry.publish(*[hostile(name) for name in TRICKS])
    assert project.run("update", "--refresh").code == 0
    return project


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo terminal")
def test_a_hostile_tarball_is_refused_by_its_entry_in_a_review(tmp_path: Path) -> None:
    """Each is named with the reason, in bounded memory; no file of it is anywhere afterwards."""
    with serving(*[release(name, "1.0.0") for name in TRICKS], habits=Habits(max_age=0)) as registry:
        project = moved(tmp_path, registry)
        before = sorted(project.folder.iterdir())
        words = ("review", "--key", str(key_file(tmp_path, "ann")))
        with Terminal(project.folder, project.environment, *words, rows=60, columns=160) as terminal:
            for name, (_, reason) in TRICKS.items():
                assert f"{name} 1.0.0 -> 1.1.0" in terminal.expect(ASKED)
                terminal.press("d")
                shown = terminal.expect(ASKED)
                assert f"{name}-1.0.0.tgz -> {name}-1.1.0.tgz: refused, and not compared" in shown
                assert reason in shown
                terminal.press("s")
            terminal.end()
        assert sorted(project.folder.iterdir()) == before
    assert not [path for path in tmp_path.rglob("*") if path.name in ("x", "zeros", "PACKAGE.json")]


def test_verify_hashes_a_tarball_and_opens_none(tmp_path: Path) -> None:
    """A bomb with the pinned hash is its bytes; one that is longer than a tarball may be is cut off and named."""
    with serving(hostile("bomb")) as registry:
        project = NpmProject(tmp_path, registry, {"bomb": "*"}).locked()
        assert project.run("verify").code == 0
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < MIB


@pytest.mark.parametrize("body", [b"", b"<html></html>", release("tool", "1.0.0").tarball[:-1]])
def test_other_bytes_than_the_pinned_ones_are_an_alarm(body: bytes, tmp_path: Path) -> None:
    """Nothing, an answer in HTML, or one byte less."""
    with serving(release("tool", "1.0.0")) as registry:
        project = NpmProject(tmp_path, registry, {"tool": "*"}).locked()
        registry.answers["/tool/-/tool-1.0.0.tgz"] = Answer(200, body, "application/octet-stream")
        done = project.run("verify")
    assert done.code == 1
    assert "alarm[artifact-changed]: tool-1.0.0.tgz" in done.out
