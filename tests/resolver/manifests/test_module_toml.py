"""`module.toml`: what is read, and each fault with its line."""

import re

import pytest

from holdfast_resolver.errors import ManifestError
from holdfast_resolver.manifests.module_permissions import KINDS, fault_of_permission, is_permission
from holdfast_resolver.manifests.module_toml import check_exports, read_module_manifest
from holdfast_resolver.values.modules import PERMISSION_KINDS, Export, ModuleManifest

WHOLE = b"""\
# What this module is.
name = "@acme/guards"
version = "2.1.0-rc.1+build.5"
description = "Guards \xe2\x80\x93 for tools"
license = "apache-2.0 or mit"

[dependencies]
"@acme/base" = "^1.2"
"@acme/any" = "*"
"@other/x" = ">= 1.0   < 3"

[[exports]]
name = "strict"
path = "guards/strict.md"
kind = "guard"
privileged = true

[[exports]]
name = "all"
path = "guards"

[permissions]
network = ["api.acme.example:8443", "*.acme.example"]
programs = ["git", "clang++"]
environment = ["ACME_TOKEN"]
filesystem-read = ["data/**/*.md", "/etc/acme"]
filesystem-write = ["~/.cache/acme"]
agent = ["web-search", "files.read"]
"""
HEAD = 'name = "@acme/guards"\nversion = "1.0.0"\n'


def test_a_manifest_is_read_whole() -> None:
    """Every key; dependencies and permissions sorted, ranges and licence in their stored spelling."""
    assert read_module_manifest(WHOLE) == ModuleManifest(
        "@acme/guards",
        "2.1.0-rc.1+build.5",
        "Guards \u2013 for tools",
        "Apache-2.0 OR MIT",
        (("@acme/any", ""), ("@acme/base", "^1.2"), ("@other/x", ">=1.0 <3")),
        (Export("strict", "guards/strict.md", "guard", True), Export("all", "guards")),
        (
            "agent:files.read",
            "agent:web-search",
            "environment:ACME_TOKEN",
            "filesystem-read:/etc/acme",
            "filesystem-read:data/**/*.md",
            "filesystem-write:~/.cache/acme",
            "network:*.acme.example",
            "network:api.acme.example:8443",
            "program:clang++",
            "program:git",
        ),
    )
    assert read_module_manifest(WHOLE).privileged


def test_only_name_and_version_are_needed() -> None:
    """Everything else may be absent, and then nothing is privileged."""
    manifest = read_module_manifest(HEAD.encode())
    assert manifest == ModuleManifest("@acme/guards", "1.0.0")
    assert not manifest.privileged


# (what stands after name and version, the line of the fault, key path and expectation, what was found)
FAULTS = [
    ("nmae = 1", 3, "nmae: one of the keys", "nmae"),
    ("priviledged = true", 3, "priviledged: one of the keys", "priviledged"),
    ("description = 5", 3, "description: a string", "an integer"),
    ('description = "a\u202eb"', 3, "description: text without", "U+202E"),
    ('description = "a\\u0007b"', 3, "description: text without", "U+0007"),
    ('description = """a\nb"""', 3, "description: text without", "U+000A"),
    (f'description = "{"a" * 1001}"', 3, "description: at most 1000 characters", "1001"),
    ('license = ""', 3, "license: an SPDX", "an empty text"),
    ('license = "Apache 2"', 3, "license: an SPDX", "Apache 2"),
    ('license = "MIT AND"', 3, "license: an SPDX", "MIT AND"),
    ("license = []", 3, "license: a string", "an array"),
    ('dependencies = ["@acme/base"]', 3, "dependencies: a table", "an array"),
    ('[dependencies]\nbase = "^1"', 4, "dependencies.base: a module name", "base"),
    ('[dependencies]\n"@Acme/base" = "^1"', 4, 'dependencies."@Acme/base": a module name', "@Acme/base"),
    ('[dependencies]\n"@\u0430cme/base" = "^1"', 4, "a module name", "@\u0430cme/base"),
    ('[dependencies]\n"@acme/guards" = "^1"', 4, "another module than this one", "@acme/guards"),
    ('[dependencies]\n"@acme/base" = "not a range"', 4, 'dependencies."@acme/base": ', "not a range"),
    ('[dependencies]\n"@acme/base" = 1', 4, "a string", "an integer"),
    ('[dependencies]\n"@acme/base" = { version = "1" }', 4, "a string", "a table"),
    ("[exports]", 3, "exports: an array of tables", "a table"),
    ("exports = [1]", 3, "exports[0]: a table", "an integer"),
    ('[[exports]]\npath = "a"', 3, "exports[0].name: a string", "nothing"),
    ('[[exports]]\nname = "a"', 3, "exports[0].path: a string", "nothing"),
    ('[[exports]]\nname = "a"\npath = "a"\nprivilege = true', 6, "exports[0].privilege: one of the keys", "privilege"),
    ('[[exports]]\nname = "a"\npath = "a"\nprivileged = "yes"', 6, "exports[0].privileged: a boolean", "a string"),
    ('[[exports]]\nname = "a"\npath = "a"\nprivileged = 1', 6, "exports[0].privileged: a boolean", "an integer"),
    ('[[exports]]\nname = "a b"\npath = "a"', 4, "exports[0].name: a word", "a b"),
    ('[[exports]]\nname = "-a"\npath = "a"', 4, "exports[0].name: a word", "-a"),
    ('[[exports]]\nname = ""\npath = "a"', 4, "exports[0].name: a word", "an empty text"),
    ('[[exports]]\nname = "a"\npath = "a"\nkind = ""', 6, "exports[0].kind: a word", "an empty text"),
    (
        '[[exports]]\nname = "a"\npath = "a"\n[[exports]]\nname = "a"\npath = "b"',
        7,
        "exports[1].name: each",
        "a second a",
    ),
    *[
        (f"[[exports]]\nname = 'a'\npath = '{path}'", 5, "exports[0].path: a path inside the module", path)
        for path in ("/etc/passwd", "../a", "a/../b", "./a", "a//b", "a/", "a\\b", "C:/a", "..", "e\u0301")
    ],
    ("permissions = []", 3, "permissions: a table", "an array"),
    ("[permissions]\nprogram = []", 4, "permissions.program: one of the keys", "program"),
    ("[permissions]\nnetwork = 'a.example'", 4, "permissions.network: an array of strings", "a string"),
    ("[permissions]\nnetwork = [\n  'a.example',\n  5,\n]", 6, "permissions.network[1]: a string", "an integer"),
    ("[permissions]\nnetwork = ['a.example', 'a.example']", 4, "permissions.network[1]: each", "a.example again"),
    ("[permissions]\nprograms = ['']", 4, "permissions.programs[0]: the name", "an empty text"),
    ("name = 1", 3, "valid TOML", ""),
    ("[", 3, "valid TOML", ""),
]


@pytest.mark.parametrize(("more", "line", "expected", "found"), FAULTS, ids=[ascii(row[0])[:60] for row in FAULTS])
def test_a_fault_names_its_line_and_what_was_expected(more: str, line: int, expected: str, found: str) -> None:
    """Types, unknown keys, names, ranges, paths, permissions."""
    with pytest.raises(ManifestError) as refused:
        read_module_manifest((HEAD + more + "\n").encode())
    assert (refused.value.path, refused.value.line) == ("module.toml", line)
    assert expected in refused.value.expected
    assert found in refused.value.found


@pytest.mark.parametrize(
    ("text", "line", "expected", "found"),
    [
        (b"", 0, "name: a string", "nothing"),
        (b'name = "@a/b"', 0, "version: a string", "nothing"),
        (b'name = "guards"\nversion = "1.0.0"', 1, "name: a module name", "guards"),
        (b'name = "@a/b/c"\nversion = "1.0.0"', 1, "name: a module name", "@a/b/c"),
        (b'name = "@a/b"\nversion = "1.0"', 2, "version: a version", "1.0"),
        (b'name = "@a/b"\nversion = "v1.0.0"', 2, "version: a version", "v1.0.0"),
        (b'name = "@a/b"\nversion = "01.0.0"', 2, "version: a version", "01.0.0"),
        (b'name = "@a/b"\nversion = 1.0', 2, "version: a string", "a float"),
        (b'\xef\xbb\xbfname = "@a/b"', 1, "byte order mark", ""),
        (b"\xff", 1, "UTF-8", "0xff"),
    ],
)
def test_name_and_version_must_be_there_and_exact(text: bytes, line: int, expected: str, found: str) -> None:
    """A version is spelled the one way there is; a name is scoped and lower case."""
    with pytest.raises(ManifestError) as refused:
        read_module_manifest(text, "base/module.toml")
    assert (refused.value.path, refused.value.line) == ("base/module.toml", line)
    assert expected in refused.value.expected
    assert found in refused.value.found


GOOD = {
    "network": [
        "a",
        "api.acme.example",
        "10.0.0.1",
        "*.acme.example",
        "a.example:1",
        "a.example:65535",
        "xn--a-b.example",
    ],
    "program": ["git", "python3.11", "clang++", "7z"],
    "environment": ["HOME", "_x", "acme_Token2"],
    "filesystem-read": ["a", "./a", "/etc/**", "~/x", "a/*.md", "a..b", "[ab]?.md", "\u00e9"],
    "filesystem-write": ["out/"],
    "agent": ["web-search", "files.read", "tool:bash", "a/b2"],
}
BAD = {
    "network": [
        "*",
        "http://a.example",
        "a.example/",
        "A.example",
        "a b",
        "a.example:0",
        "a.example:65536",
        "*.*.example",
        "a..example",
        "-a.example",
        "a-.example",
        ".example",
        "a.example:",
        "a_b.example",
        "x" * 64,
        "\u00e9.example",
        "a\n",
    ],
    "program": ["/bin/sh", "./x", "a b", "-x", "a;b", "a\n"],
    "environment": ["A-B", "1A", "A*", "A=B", "A "],
    "filesystem-read": ["../a", "a/../b", "a/..", "..", "a b", "a\\b", "a\tb", "a\n"],
    "filesystem-write": ["", "../x"],
    "agent": ["Web", "web search", "-a", "a-", "a--b", "a\n"],
}


@pytest.mark.parametrize("kind", PERMISSION_KINDS)
def test_each_kind_of_permission_has_its_spelling(kind: str) -> None:
    """What is taken and what is not; never a blank, a control character or a way upwards."""
    assert [text for text in GOOD[kind] if fault_of_permission(kind, text)] == []
    assert [text for text in [*BAD[kind], "x" * 257] if not fault_of_permission(kind, text)] == []
    assert is_permission(f"{kind}:{GOOD[kind][0]}")
    assert not is_permission(f"{kind}:{BAD[kind][0]}")
    assert not is_permission(kind)


def test_every_kind_of_permission_has_a_key() -> None:
    """The manifest's keys and the recorded kinds are the same set; no other kind is one."""
    assert sorted(KINDS.values()) == sorted(PERMISSION_KINDS)
    assert not is_permission("clipboard:read")


def test_exports_must_be_there() -> None:
    """A file or a folder of files; else the line of the path is named."""
    manifest = read_module_manifest(WHOLE)
    check_exports(WHOLE, manifest, ["module.toml", "guards/strict.md"])
    with pytest.raises(ManifestError, match=re.escape("exports[0].path")) as refused:
        check_exports(WHOLE, manifest, ["module.toml", "guards/other.md"])
    assert (refused.value.line, refused.value.found) == (14, "guards/strict.md, which is not there")
    with pytest.raises(ManifestError, match=re.escape("exports[0].path")):
        check_exports(WHOLE, manifest, ["guards/strict.md.txt", "guards"])
