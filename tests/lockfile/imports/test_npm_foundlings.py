"""Entries of a foreign npm lock that are no releases: named where nothing in our lock accounts for them."""

import json
from base64 import b64encode
from typing import Any

import pytest

from holdfast.imports.npm_compare import compare_npm
from holdfast.imports.package_lock import read_package_lock
from holdfast.model.lock import Input, Lock, NpmFacts, Pin, PinnedArtifact, Scope

HEX = "ab" * 64
SRI = "sha512-" + b64encode(bytes.fromhex(HEX)).decode()
PATH = "package-lock.json"
DEP = {"version": "1.0.0", "integrity": SRI, "resolved": "https://npm.acme.example/dep/-/dep-1.0.0.tgz"}
HELP = {"version": "2.0.0", "integrity": SRI, "resolved": "https://npm.acme.example/help/-/help-2.0.0.tgz"}
EVIL: dict[str, Any] = {"version": "2.0.0"}


def pin(name: str, version: str, **facts: Any) -> Pin:
    """An npm pin whose tarball has one and the same hash."""
    artifact = PinnedArtifact(f"{name}-{version}.tgz", f"sha512:{HEX}")
    return Pin("npm", name, version, artifacts=(artifact,), npm=NpmFacts(**facts))


def found(entries: dict[str, Any], *pins: Pin) -> list[tuple[str, str, str]]:
    """(code, found, entry) of what is named in a file with these entries beside dep and help."""
    ours = pins or (pin("dep", "1.0.0"), pin("help", "2.0.0"))
    inputs = tuple([Input(path, "project", "", ()) for path in ("package.json", "packages/web/package.json")])
    packages = {"": {}, "node_modules/dep": DEP, "node_modules/help": HELP} | entries
    text = json.dumps({"lockfileVersion": 3, "packages": packages})
    findings = compare_npm(
        Lock(Scope("", "highest", "if-necessary", ()), inputs, ours), read_package_lock(PATH, text), "holdfast lock"
    )
    return [(one.code, one.found.removesuffix(f" ({PATH})"), dict(one.facts).get("entry", "")) for one in findings]


INNER = "node_modules/dep/node_modules/help"


@pytest.mark.parametrize(
    ("key", "entry", "said"),
    [
        (INNER, {"resolved": "git+ssh://git@evil.example/x.git#abc"}, "help from git"),
        (INNER, {"resolved": "file:evil.tgz"}, "help from a file"),
        (INNER, {"inBundle": True}, "help that comes with a tarball"),
        (INNER, {"inBundle": True, "resolved": "https://evil.example/x.tgz"}, "help that comes with a tarball"),
        (INNER, {"link": True, "resolved": "packages/web"}, "help that is a link to packages/web"),
        ("node_modules/new", {"link": True, "resolved": "../../evil"}, "new that is a link to ../../evil"),
        ("node_modules/new", {"link": True, "resolved": "/tmp/evil"}, "new that is a link to /tmp/evil"),
        ("node_modules/new", {"link": True}, "new that is a link"),
        ("node_modules/new", {"resolved": "git://evil.example/x"}, "new from git"),
    ],
)
def test_what_no_pin_stands_for_is_named(key: str, entry: dict[str, Any], said: str) -> None:
    """npm would install it, though every release of ours is in the file."""
    assert found({key: EVIL | entry}) == [("foreign-extra", said, key)]


def test_what_the_project_and_its_tarballs_bring_along_is_no_finding() -> None:
    """A workspace's link at the root, its folder, and what a pinned release bundles, however deep."""
    bundled = EVIL | {"inBundle": True}
    entries = {
        "packages/web": {"version": "1.0.0"},
        "node_modules/web": {"link": True, "resolved": "packages/web"},
        "node_modules/plain": {"link": True, "resolved": "packages/without-wishes"},
        "node_modules/dep/node_modules/inner": bundled,
        "node_modules/dep/node_modules/inner/node_modules/deep": bundled,
    }
    assert found(entries, pin("dep", "1.0.0", bundled=("inner",)), pin("help", "2.0.0")) == []


def test_a_workspace_may_have_the_name_of_a_pinned_package_and_no_other_link_may() -> None:
    """A workspace is an input of the lock."""
    inner = {INNER: HELP}
    link = {"link": True, "resolved": "packages/web"}
    assert found({"node_modules/help": link, **inner}) == []
    evil = {"link": True, "resolved": "packages/evil"}
    said = ("foreign-extra", "help that is a link to packages/evil", "node_modules/help")
    assert found({"node_modules/help": evil, **inner}) == [said]
