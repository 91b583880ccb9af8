"""Our lock against npm's or pnpm's: whatever differs is named, both ways, and nothing else is."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.errors import ForeignFileError
from holdfast.findings.finding import Finding
from holdfast.imports.compare import compare
from holdfast.imports.npm_compare import Registries
from holdfast.imports.npm_locations import is_place_of
from holdfast.imports.table import read_foreign
from holdfast.model.lock import Lock, LockedSource, Pin
from tests.lockfile.exports.small_locks import lock as python_lock
from tests.lockfile.exports.small_locks import pin as python_pin
from tests.lockfile.imports.foreign_files import UV
from tests.lockfile.imports.npm_foreign_files import (
    ENTRIES,
    HOST,
    OURS,
    PNPM_6,
    PNPM_9,
    entry,
    hexed,
    lock,
    package_lock,
    pin,
    sri,
)

UI, OLD_ANSI, ANSI, WIDTH = OURS.packages
NESTED = "node_modules/@acme/ui/node_modules/ansi"


def against(ours: Lock, text: str, registries: Registries | None = None) -> tuple[Finding, ...]:
    path = "package-lock.json" if text.startswith("{") else "pnpm-lock.yaml"
    return compare(ours, read_foreign(path, text), registries=registries)


def changed(key: str, **more: Any) -> str:
    """The package-lock with some keys of one entry replaced."""
    written = {**ENTRIES[key], **more}
    return package_lock({key: {name: value for name, value in written.items() if value is not None}})


def said(findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    return [(finding.code, finding.severity, finding.subject) for finding in findings]


@pytest.mark.parametrize("text", [package_lock(), package_lock(version=2), PNPM_9, PNPM_6])
def test_the_same_releases_are_no_finding(text: str) -> None:
    """Workspaces, aliases, bundled packages and what is no release are no difference."""
    assert against(OURS, text) == ()


def test_a_changed_version_is_named_with_its_place() -> None:
    """The finding has both sides, the entry, its line, and the next command."""
    text = package_lock({NESTED: entry("ansi", "5.0.2")})
    (finding,) = against(OURS, text)
    assert said((finding,)) == [("foreign-version", "error", "ansi")]
    assert finding.expected == "ansi 5.0.1 (holdfast.lock)"
    assert finding.found == "ansi 5.0.2 (package-lock.json)"
    assert finding.facts == (("entry", NESTED),)
    assert finding.hints == ("holdfast export package-lock --output package-lock.json",)
    assert text.split("\n")[finding.place.line - 1].strip() == f'"{NESTED}": {{'


def test_versions_that_one_side_has_are_set_against_each_other_in_order() -> None:
    """What is left over is missing, or too much."""
    ours = lock(UI, pin("ansi", "5.0.1"), pin("ansi", "5.0.10"), pin("ansi", "6.0.0"), WIDTH)
    text = package_lock({NESTED: entry("ansi", "5.0.9")})
    found = against(ours, text)
    assert said(found) == [("foreign-version", "error", "ansi"), ("foreign-missing", "error", "ansi 5.0.10")]
    more = package_lock({"node_modules/x": entry("x", "1.0.0"), "node_modules/y/node_modules/x": entry("x", "2.0.0")})
    assert said(against(OURS, more)) == [("foreign-extra", "error", "x 1.0.0"), ("foreign-extra", "error", "x 2.0.0")]


@pytest.mark.parametrize(
    ("resolved", "found"),
    [
        ("git+ssh://git@evil.example/ansi.git#0123", "an entry from git"),
        ("file:../ansi.tgz", "an entry from a file"),
    ],
)
def test_a_package_of_ours_from_elsewhere_is_missing(resolved: str, found: str) -> None:
    """The same name and version from git or a file is not the release that we pin."""
    (finding,) = against(OURS, changed(NESTED, resolved=resolved))
    assert (finding.code, finding.severity, finding.found) == (
        "foreign-missing",
        "error",
        f"{found} (package-lock.json)",
    )


def test_another_hash_is_an_alarm() -> None:
    """In any of the places where the release stands."""
    for text in (
        changed("node_modules/ansi", integrity=sri("evil")),
        package_lock({"node_modules/x/node_modules/ansi": entry("ansi", "6.0.0", integrity=sri("evil"))}),
        PNPM_9.replace(sri("ansi@6.0.0"), sri("evil")),
    ):
        (finding,) = against(OURS, text)
        assert said((finding,)) == [("foreign-hash", "alarm", "ansi 6.0.0")]
        assert finding.expected.startswith(hexed("ansi@6.0.0"))
        assert finding.found.startswith(hexed("evil"))
        assert finding.hints == ("holdfast verify ansi",)


@pytest.mark.parametrize(
    "integrity", [None, "", "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "sha256-" + "A" * 43 + "=", "md5-x"]
)
def test_a_missing_or_weaker_hash_is_an_error(integrity: str | None) -> None:
    """npm installs whatever comes for such an entry."""
    (finding,) = against(OURS, changed("node_modules/ansi", integrity=integrity))
    assert said((finding,)) == [("foreign-hash", "error", "ansi 6.0.0")]


@pytest.mark.parametrize(
    "resolved",
    [
        f"{HOST}/ansii/-/ansii-6.0.0.tgz",
        f"{HOST}/ansi/-/ansi-6.0.1.tgz",
        f"{HOST}/@evil/ansi/-/ansi-6.0.0.tgz?x=/ansi/-/ansi-6.0.0.tgz",
        f"{HOST}/evil/-/ansi-6.0.0.tgz",
        f"{HOST}/ansi-6.0.0.tgz",
    ],
)
def test_a_tarball_of_another_package_is_named(resolved: str) -> None:
    """`resolved` decides what is installed; the name in front of it does not."""
    (finding,) = against(OURS, changed("node_modules/ansi", resolved=resolved.replace("@evil/ansi", "evil")))
    assert said((finding,)) == [("foreign-location", "error", "ansi 6.0.0")]
    assert finding.expected == "a tarball of ansi 6.0.0 (holdfast.lock)"


def test_a_tarball_from_another_host_is_named() -> None:
    """The right host is the configured one, or that of the source in the lock, or that of most entries."""
    elsewhere = "https://evil.example/ansi/-/ansi-6.0.0.tgz"
    text = changed("node_modules/ansi", resolved=elsewhere)
    identity = lock(*OURS.packages, sources=(LockedSource("npm", "npm", f"{HOST}/npm/"),))
    for found in (
        against(OURS, text),
        against(identity, text),
        against(OURS, text, Registries({"npm": (f"{HOST}/npm/",)})),
    ):
        assert said(found) == [("foreign-location", "error", "ansi 6.0.0")]
        assert found[0].expected == f"a tarball from {HOST} (holdfast.lock)"
        assert found[0].found == f"{elsewhere} (package-lock.json)"
    assert against(OURS, text, Registries({"npm": (HOST, "https://evil.example/")})) == ()
    assert len(against(OURS, text, Registries({"npm": ("https://mirror.example/",)}))) == 4


@pytest.mark.parametrize(
    "host", ["http://registry.example", "https://registry.example:8443", "https://registry.exampl"]
)
def test_scheme_and_port_are_part_of_the_host(host: str) -> None:
    """A step down to http is a change."""
    found = against(OURS, package_lock({"node_modules/ansi": entry("ansi", "6.0.0", host)}))
    assert said(found) == [("foreign-location", "error", "ansi 6.0.0")]


def test_another_host_without_the_pinned_hash_is_an_alarm() -> None:
    """Nothing holds the bytes then."""
    elsewhere = "https://evil.example/ansi/-/ansi-6.0.0.tgz"
    found = against(OURS, changed("node_modules/ansi", resolved=elsewhere, integrity=None))
    assert said(found) == [("foreign-hash", "error", "ansi 6.0.0"), ("foreign-location", "alarm", "ansi 6.0.0")]
    extra = package_lock({"node_modules/x": entry("x", "1.0.0", "https://evil.example")})
    assert said(against(OURS, extra)) == [
        ("foreign-extra", "error", "x 1.0.0"),
        ("foreign-location", "alarm", "x 1.0.0"),
    ]


@pytest.mark.parametrize("url", ["https://files.example/ansi/-/ansi-6.0.0.tgz", "https://files.example/blob/0a1b"])
def test_a_place_that_the_registry_gives_is_right(url: str) -> None:
    """Some registries keep their tarballs on another host, under names that say nothing."""
    text = changed("node_modules/ansi", resolved=url)
    known = Registries({"npm": (HOST,)}, lambda pin: url if pin == ANSI else "")
    assert against(OURS, text, known) == ()
    other = Registries({"npm": (HOST,)}, lambda pin: f"{url}x")
    assert said(against(OURS, text, other)) == [("foreign-location", "error", "ansi 6.0.0")]


def test_every_source_has_its_own_host() -> None:
    """A scoped package from the public registry is a private name that somebody else may have taken."""
    own = "https://packages.acme.example"
    ours = lock(pin("@acme/ui", "2.1.0", "acme", bundled=("inner",)), OLD_ANSI, ANSI, WIDTH)
    registries = Registries({"npm": (HOST,), "acme": (own,)})
    assert said(against(ours, package_lock(), registries)) == [("foreign-location", "error", "@acme/ui 2.1.0")]
    right = {**ENTRIES["node_modules/@acme/ui"], "resolved": f"{own}/@acme/ui/-/ui-2.1.0.tgz"}
    assert against(ours, package_lock({"node_modules/@acme/ui": right}), registries) == ()


@pytest.mark.parametrize(
    ("path", "name", "version", "fits"),
    [
        ("/npm/@acme/ui/-/ui-1.2.0.tgz", "@acme/ui", "1.2.0", True),
        ("/@acme%2fui/-/ui-1.2.0.tgz", "@acme/ui", "1.2.0", True),
        ("/@acme/ui/-/@acme/ui-1.2.0.tgz", "@acme/ui", "1.2.0", True),
        ("/download/@acme/ui/1.2.0/6d23a9", "@acme/ui", "1.2.0", True),
        ("/npm/a/1.2.0/a-1.2.0.tgz", "a", "1.2.0", True),
        ("/a/-/a-1.0.2beta.tgz", "a", "1.0.2-beta", True),
        ("/a/-/a-1.2.0+b1.tgz", "a", "1.2.0", True),
        ("/@evil/ui/-/ui-1.2.0.tgz", "@acme/ui", "1.2.0", False),
        ("/xa/-/a-1.2.0.tgz", "a", "1.2.0", False),
        ("/a/-/b-1.2.0.tgz", "a", "1.2.0", False),
        ("/a/-/a-1.2.0.zip", "a", "1.2.0", False),
        ("/a/b/-/b-1.2.0.tgz", "a", "1.2.0", False),
        ("/download/@acme/ui/1.2.1/6d23a9", "@acme/ui", "1.2.0", False),
        ("/download/a", "a", "1.2.0", False),
        ("", "a", "1.2.0", False),
    ],
)
def test_which_places_belong_to_a_release(path: str, name: str, version: str, fits: bool) -> None:
    """The path names package and version, in the form of some registry."""
    assert is_place_of(HOST + path, name, version) is fits


def test_packages_of_python_are_not_compared_with_npm_and_the_other_way_round() -> None:
    """Each file is held against its own part of the lock."""
    vine = python_pin("vine", "5.1")
    mixed = python_lock(vine, project=("vine",))._replace(packages=(*OURS.packages, vine))
    assert against(mixed, package_lock()) == ()
    alone = python_lock(vine, project=("vine",))
    uv = read_foreign("uv.lock", UV)
    assert compare(mixed, uv) == compare(alone, uv) != ()


def test_a_lock_without_npm_has_none_of_their_packages() -> None:
    """Everything is extra."""
    assert {finding.code for finding in against(lock(), package_lock())} == {"foreign-extra"}


PLACES = [key for key in ENTRIES if key.startswith("node_modules/") and key not in ("node_modules/web-app",)]
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.lists(st.text(max_size=3), max_size=2), st.text(max_size=12),
    st.sampled_from(["1.0.0", "sha512-AA==", "https://x.example/a/-/a-1.0.0.tgz", "../x", "git+ssh://x", "\u202e"]),
    st.dictionaries(st.sampled_from(["a", "ansi", "optional"]), st.text(max_size=3), max_size=2),
)  # fmt: skip
KEYS = st.sampled_from(
    ["version", "resolved", "integrity", "name", "link", "inBundle", "dependencies", "peerDependencies", "extraneous"]
)


def attempt(path: str, text: str) -> None:
    """Read and compare; a refusal has something to say, in printable text."""
    refusal: ForeignFileError | None = None
    findings: tuple[Finding, ...] = ()
    try:
        findings = compare(OURS, read_foreign(path, text))
    except ForeignFileError as error:
        refusal = error
    assert all((finding.expected + finding.found + finding.subject).isprintable() for finding in findings)
    if refusal is not None:
        assert refusal.expected
        assert (refusal.found + refusal.where).isprintable()


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(PLACES), st.dictionaries(KEYS, VALUES, max_size=3), max_size=3))
def test_random_entries_are_read_or_refused(entries: dict[str, dict[str, Any]]) -> None:
    """Whatever stands in an entry, nothing but a refusal comes of it."""
    attempt("package-lock.json", package_lock({key: {**ENTRIES[key], **more} for key, more in entries.items()}))


@settings(max_examples=300)
@given(st.sampled_from([package_lock(), PNPM_9, PNPM_6]), st.data())
def test_cut_and_spliced_files_are_read_or_refused(text: str, data: st.DataObject) -> None:
    """Any cut of a file, with any text put in its place."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    path = "package-lock.json" if text.startswith("{") else "pnpm-lock.yaml"
    attempt(path, text[:start] + data.draw(st.text(max_size=8)) + text[end:])


@settings(max_examples=100)
@given(st.data())
def test_every_single_change_is_named(data: st.DataObject) -> None:
    """One version, hash or host of one release changed: one finding of that package, or more."""
    document = json.loads(package_lock())
    key = data.draw(st.sampled_from([key for key in PLACES if "registry" in json.dumps(ENTRIES[key].get("resolved"))]))
    if key == "node_modules/packed":
        return
    changed_entry = document["packages"][key]
    kind = data.draw(st.sampled_from(["version", "integrity", "resolved", "gone"]))
    if kind == "version":
        changed_entry["version"] = "99.0.0"
    elif kind == "integrity":
        changed_entry["integrity"] = sri(data.draw(st.text("abc", min_size=1, max_size=5)))
    elif kind == "resolved":
        changed_entry["resolved"] = changed_entry["resolved"].replace("registry.", "registri.")
    else:
        del document["packages"][key]
    names: dict[str, Pin] = {pin.name: pin for pin in OURS.packages}
    found = against(OURS, json.dumps(document))
    name = ENTRIES[key].get("name", key.rpartition("node_modules/")[2])
    assert name in names
    assert found
    assert all(finding.subject.partition(" ")[0] == name for finding in found)
