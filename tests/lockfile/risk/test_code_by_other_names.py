"""Code whose file name does not say that it is code: it is read, or it is told that it was not."""

import gzip
import io
import json
import tarfile
import zipfile

import pytest

from holdfast.model.scan import Scan
from holdfast.risk.inner_archives import REASON
from holdfast.risk.scan import scan_artifact

_RUNS = b"require('child_process').execSync('x')\n"
_MANIFEST = "package/package.json"


def _npm(manifest: dict[str, object], *files: tuple[str, bytes]) -> Scan:
    return scan_artifact("npm", "a", "1.0.0", [(_MANIFEST, json.dumps({"name": "a"} | manifest).encode()), *files])


def _processes(scan: Scan) -> set[tuple[str, str]]:
    return {(one.path, one.moment) for one in scan.evidence if one.capability == "subprocess"}


@pytest.mark.parametrize(
    ("manifest", "files", "found"),
    [
        ({}, [("package/bin/a", b"#!/usr/bin/env node\n" + _RUNS)], ("package/bin/a", "call")),
        ({"bin": {"a": "./cli"}}, [("package/cli", _RUNS)], ("package/cli", "call")),
        ({"main": "index.dat"}, [("package/index.dat", _RUNS)], ("package/index.dat", "import")),
        ({"exports": {".": {"node": ["./x.css"]}}}, [("package/x.css", _RUNS)], ("package/x.css", "import")),
        ({"imports": {"#x": {"default": "./x.png"}}}, [("package/x.png", _RUNS)], ("package/x.png", "import")),
        (
            {"scripts": {"postinstall": "node build.dat"}},
            [("package/build.dat", _RUNS)],
            ("package/build.dat", "install"),
        ),
        (
            {},
            [("package/i.js", b"require('./lib/LICENSE')"), ("package/lib/LICENSE", _RUNS)],
            ("package/lib/LICENSE", "import"),
        ),
        (
            {},
            [
                ("package/i.mjs", b"import x from './one.txt'"),
                ("package/one.txt", b"require('./two.txt')"),
                ("package/two.txt", _RUNS),
            ],
            ("package/two.txt", "import"),
        ),
        (
            {},
            [("package/lib/package.json", b'{"main": "x.dat"}'), ("package/lib/x.dat", _RUNS)],
            ("package/lib/x.dat", "import"),
        ),
    ],
)
def test_what_node_runs_is_read_whatever_its_name(
    manifest: dict[str, object], files: list[tuple[str, bytes]], found: tuple[str, str]
) -> None:
    """Node reads unknown endings as JavaScript, and so do scans of what the manifest, a script or code names."""
    assert found in _processes(_npm(manifest, *files))


@pytest.mark.parametrize(
    "files",
    [
        [("package/notes.txt", _RUNS)],
        [("package/i.js", b"fs.readFileSync('./x.txt')"), ("package/x.txt", _RUNS)],
        [("package/i.js", b"import './x.css'"), ("package/x.css", b"@media print { a:hover > b { c: 1px } }")],
        [("package/i.js", b"require('./x.json')"), ("package/x.json", _RUNS)],
    ],
)
def test_what_nothing_runs_is_no_code(files: list[tuple[str, bytes]]) -> None:
    """A text that is only read, or that Node would refuse, is neither code nor unread."""
    scan = _npm({}, *files)
    assert not scan.evidence
    assert not scan.unread


def test_every_manifest_that_npm_may_take_is_read() -> None:
    """npm drops the first folder of a path, so a second first folder may bring the scripts; bundled ones run too."""
    script = json.dumps({"scripts": {"postinstall": "x"}}).encode()
    for path in ("z/package.json", "package/node_modules/@b/c/package.json"):
        scan = _npm({}, (path, script))
        assert [(one.capability, one.path) for one in scan.evidence] == [("install-script", path)]
    assert not _npm({}, ("package/test/node_modules/b/package.json", script)).evidence


def test_scripts_of_modules_are_known_by_their_first_line() -> None:
    """A module's program without an ending is read in the language that its first line names."""
    files = [("run", b"#!/usr/bin/env python3\nimport os\nos.system('x')\n"), ("go", b"#!/usr/bin/env node\n" + _RUNS)]
    assert {path for path, _ in _processes(scan_artifact("modules", "@a/b", "1.0.0", files))} == {"run", "go"}


def test_a_source_archive_is_no_wheel_for_its_folder_s_name() -> None:
    """What is named like a wheel's own folder and holds a setup.py is built, and so runs it."""
    files = [("x-1.dist-info/setup.py", b"import os\nos.system('x')\n"), ("x-1.dist-info/WHEEL", b"")]
    scan = scan_artifact("pypi", "x", "1", files)
    assert {(one.capability, one.moment) for one in scan.evidence} == {
        ("install-script", "install"),
        ("subprocess", "install"),
    }


def _zip(name: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, "x")
    return stream.getvalue()


def _tar(name: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("first"))
        archive.addfile(tarfile.TarInfo(name))
    return stream.getvalue()


@pytest.mark.parametrize("data", [_zip("a/evil.py"), _tar("evil.js"), gzip.compress(_tar("evil.so"))])
def test_an_archive_with_code_in_it_is_told_as_unread(data: bytes) -> None:
    """Whatever an inner archive is named, code in it is code that nobody has looked at."""
    scan = scan_artifact("pypi", "x", "1", [("x/data.bin", data), ("x-1.dist-info/WHEEL", b"")])
    assert [(one.path, one.reason) for one in scan.unread] == [("x/data.bin", REASON)]


@pytest.mark.parametrize(
    "data", [_zip("a.npy"), _tar("Europe/Rome"), gzip.compress(b"a,b\n"), b"\x1f\x8bx", b"PK\x03\x04" + b"x" * 40]
)
def test_an_archive_of_data_is_nothing(data: bytes) -> None:
    """Arrays, time zones and what only begins like an archive are no code."""
    assert not scan_artifact("pypi", "x", "1", [("x/data.bin", data), ("x-1.dist-info/WHEEL", b"")]).unread
