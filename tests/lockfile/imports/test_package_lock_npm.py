"""`package-lock.json`: every entry is a pin, or named with what it is instead."""

import json
from typing import Any

import pytest

from holdfast.errors import ForeignFileError
from holdfast.imports.table import detect, read_foreign
from tests.lockfile.imports.npm_foreign_files import ENTRIES, HOST, entry, hexed, package_lock, sri

PATH = "package-lock.json"


def pins(text: str) -> list[tuple[str, str, str]]:
    return [(pin.name, pin.version, pin.entry) for pin in read_foreign(PATH, text).pins]


def alone(key: str, written: dict[str, Any]) -> str:
    return package_lock(entries={"": {"name": "web"}, key: written})


def refusal(text: str) -> ForeignFileError:
    with pytest.raises(ForeignFileError) as caught:
        read_foreign(PATH, text)
    return caught.value


def test_releases_of_a_registry_become_pins() -> None:
    """Nested ones as well, and an alias under the package's own name."""
    assert pins(package_lock()) == [
        ("@acme/ui", "2.1.0", "node_modules/@acme/ui"),
        ("ansi", "5.0.1", "node_modules/@acme/ui/node_modules/ansi"),
        ("ansi", "6.0.0", "node_modules/ansi"),
        ("string-width", "4.2.3", "node_modules/cjs"),
    ]


def test_a_pin_has_its_hash_its_place_and_the_line_of_its_entry() -> None:
    """The hash is hex, the URL without what may be secret."""
    secret = "https://user:word@registry.example:443/ansi/-/ansi-6.0.0.tgz?token=x#y"
    text = package_lock({"node_modules/ansi": entry("ansi", "6.0.0", resolved=secret)})
    found = next(pin for pin in read_foreign(PATH, text).pins if pin.version == "6.0.0")
    assert found.artifacts == (("ansi-6.0.0.tgz", hexed("ansi@6.0.0")),)
    assert found.location == f"{HOST}/ansi/-/ansi-6.0.0.tgz"
    assert text.split("\n")[found.line - 1] == '    "node_modules/ansi": {'


def test_what_is_no_release_is_named() -> None:
    """What comes with another tarball, links, folders, git, and tarballs that a manifest asks for by URL or path."""
    text = package_lock()
    skipped = read_foreign(PATH, text).skipped
    assert [entry[:2] for entry in skipped] == [
        ("inner", "bundled"),
        ("local", "file"),
        ("packed", "url"),
        ("tool", "git"),
        ("web-app", "link"),
        ("web-app", "folder"),
    ]
    assert skipped[3][:3] == ("tool", "git", text.split("\n").index('    "node_modules/tool": {') + 1)


def test_a_url_that_nobody_asked_for_is_no_excuse() -> None:
    """An entry counts as a release when its URL is not the spec of what asks for it."""
    moved = {**ENTRIES["node_modules/packed"], "resolved": "https://evil.example/packed-1.0.0.tgz"}
    found = read_foreign(PATH, package_lock({"node_modules/packed": moved})).pins
    assert [(pin.name, pin.location) for pin in found][-1] == ("packed", "https://evil.example/packed-1.0.0.tgz")


def test_wishes_and_requirements_lead_where_node_would_look() -> None:
    """The nearest folder above wins; what is no release, or not there, is no edge."""
    text = package_lock()
    foreign = read_foreign(PATH, text)
    edges = {(pin.name, pin.version): pin.edges for pin in foreign.pins}
    (nested,) = edges["@acme/ui", "2.1.0"]
    assert nested[:2] == ("ansi", "5.0.1")
    assert nested.entry == "node_modules/@acme/ui/node_modules/ansi"
    assert text.split("\n")[nested.line - 1].strip() == f'"{nested.entry}": {{'
    assert [edge[:2] for edge in edges["string-width", "4.2.3"]] == [("ansi", "6.0.0")]
    assert [(folder, [edge[:2] for edge in found]) for folder, found in foreign.importers] == [
        ("", [("@acme/ui", "2.1.0"), ("ansi", "6.0.0"), ("cjs", "4.2.3")]),
        ("packages/app", [("ansi", "6.0.0")]),
    ]


def test_one_release_in_several_places_is_one_pin() -> None:
    """It has the edges of all of them. Where its entries differ, each of them is looked at."""
    again = {"node_modules/x/node_modules/ansi": entry("ansi", "6.0.0")}
    assert len(pins(package_lock(again))) == 4
    twice = {"node_modules/x": entry("string-width", "4.2.3", name="string-width", dependencies={"ansi": "^5"})}
    twice["node_modules/x/node_modules/ansi"] = entry("ansi", "5.0.1")
    width = next(pin for pin in read_foreign(PATH, package_lock(twice)).pins if pin.name == "string-width")
    assert [edge.version for edge in width.edges] == ["6.0.0", "5.0.1"]
    other = {"node_modules/x/node_modules/ansi": entry("ansi", "6.0.0", integrity=sri("evil"))}
    assert pins(package_lock(other))[-1] == ("ansi", "6.0.0", "node_modules/x/node_modules/ansi")


@pytest.mark.parametrize(
    ("written", "digest"),
    [
        ({"integrity": None}, ""),
        ({"integrity": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="}, ""),
        ({"integrity": f"sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk= {sri('x')}?opt"}, hexed("x")),
        ({"integrity": "sha256-" + "A" * 43 + "="}, "sha256:" + "0" * 64),
        ({"integrity": f"sha256-{'A' * 43}= {sri('x')} {sri('x')}"}, hexed("x")),
    ],
)
def test_the_strongest_hash_counts(written: dict[str, Any], digest: str) -> None:
    """Below sha256 there is none."""
    (found,) = read_foreign(PATH, alone("node_modules/a", entry("a", "1.0.0", **written))).pins
    assert found.artifacts == (("a-1.0.0.tgz", digest),)


def test_resolved_may_be_missing() -> None:
    """Some projects leave it out; so did old releases of npm, with `false`."""
    for resolved in (None, False):
        (found,) = read_foreign(PATH, alone("node_modules/a", entry("a", "1.0.0", resolved=resolved))).pins
        assert found.location == ""


@pytest.mark.parametrize("version", [2, 3])
def test_both_versions_are_read(version: int) -> None:
    """Of version 2 the part for older clients says nothing new."""
    assert len(pins(package_lock(version=version))) == 4


@pytest.mark.parametrize("version", [1, 4, "3", True, None])
def test_other_versions_are_refused(version: Any) -> None:
    """The refusal says which are read and how to get one."""
    error = refusal(package_lock(version=version))
    assert error.expected == "lockfileVersion 2 or 3"
    assert error.hint == "npm install --package-lock-only --lockfile-version 3"


@pytest.mark.parametrize(
    ("key", "written", "expected"),
    [
        ("node_modules/a", {}, "the key 'version'"),
        ("node_modules/a", entry("a", "1.0"), "a version (SemVer)"),
        ("node_modules/a", entry("a", "1.0.0", version=1), "text"),
        ("node_modules/a", entry("a", "1.0.0", name="../a"), "a name that does not begin with '.', '-' or '_'"),
        ("node_modules/a", entry("a", "1.0.0", name="a\u202eb"), "text without control characters"),
        ("node_modules/a", entry("a", "1.0.0", integrity="sha512-AAAA"), "64 bytes in base64 after sha512-"),
        ("node_modules/a", entry("a", "1.0.0", integrity="sha512"), "hashes such as sha512-<base64>"),
        ("node_modules/a", entry("a", "1.0.0", integrity=f"{sri('x')} {sri('y')}"), "one sha512 hash"),
        ("node_modules/a", entry("a", "1.0.0", resolved="https://[x"), "a URL"),
        ("node_modules/a", entry("a", "1.0.0", resolved="https:///a.tgz"), "a URL with a host"),
        ("node_modules/a", entry("a", "1.0.0", resolved=7), "text"),
        ("node_modules/../../etc/a", entry("a", "1.0.0"), "a path that begins at the project"),
        ("/node_modules/a", entry("a", "1.0.0"), "a path that begins at the project"),
        ("C:/node_modules/a", entry("a", "1.0.0"), "a path that begins at the project"),
        ("node_modules\\a", entry("a", "1.0.0"), "a path that begins at the project"),
        ("node_modules/a\u0000", entry("a", "1.0.0"), "a path that begins at the project"),
        ("node_modules/a/node_modules/", entry("a", "1.0.0"), "a path that begins at the project"),
        ("node_modules/a b", entry("a", "1.0.0"), "a name of letters, digits, '-', '_' and '.', or @scope/name"),
    ],
)
def test_hostile_entries_are_refused(key: str, written: dict[str, Any], expected: str) -> None:
    """Names, paths, hashes and URLs that are none; the fault is placed."""
    error = refusal(alone(key, written))
    assert error.expected == expected
    assert error.where.startswith("packages.")
    assert (error.where + error.found).isprintable()


@pytest.mark.parametrize("key", ["../shared", "..", "../shared/node_modules/a", "packages/web"])
def test_folders_that_are_linked_to_may_stand_elsewhere(key: str) -> None:
    """npm names them by their path from the project."""
    foreign = read_foreign(PATH, alone(key, entry("a", "1.0.0")))
    assert len(foreign.pins) + len(foreign.skipped) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"lockfileVersion": 3}',
        '{"lockfileVersion": 3, "packages": []}',
        '{"lockfileVersion": 3, "packages": {"node_modules/a": 1}}',
        '{"lockfileVersion": 3, "packages": {}, "packages": {}}',
        '{"lockfileVersion": 3, "packages": {"a": {"version": "1.0.0", "version": "2.0.0"}}}',
        '{"lockfileVersion": 3, "packages": {}, "x": 1e99}',
        '{"lockfileVersion": 3, "packages": {}, "x": "\\ud800"}',
        '{"lockfileVersion": 3, "packages": ' + "[" * 70 + "]" * 70 + "}",
        '{"lockfileVersion": 3, "packages": {"a": {"dependencies": ["x"]}}}',
        "\ufeff{}",
    ],
)
def test_json_that_two_readers_could_read_differently_is_refused(text: str) -> None:
    """Keys twice, endless numbers, depth, halves of characters, and what is no JSON at all."""
    assert refusal(text).expected


def test_there_is_a_limit_on_the_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted before anything is parsed."""
    monkeypatch.setattr("holdfast.imports.npm_reading.LARGEST", 100)
    assert refusal(package_lock()).expected == "at most 100 characters"


def test_the_file_is_known_by_its_name_or_by_what_it_contains() -> None:
    """A shrinkwrap is the same format."""
    assert detect("npm-shrinkwrap.json", "").tool == "npm"
    assert detect("old/locks.json", package_lock()).tool == "npm"
    assert json.loads(package_lock())["packages"][""] == ENTRIES[""]
