"""Packuments: what a registry serves, good and bad, and what is made of it."""

import base64
import hashlib
import json
import time
from typing import Any

import pytest

from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.registries.npm_packument import ABBREVIATED, FULL, LARGEST, packument_request, read_packument
from holdfast_resolver.values.npm import NpmListing, NpmRelease, NpmSignature
from holdfast_resolver.values.wishes import Source

SHA512 = hashlib.sha512(b"demo").digest()
SRI = "sha512-" + base64.b64encode(SHA512).decode()
URL = "https://registry.example/demo/-/demo-{}.tgz"


def manifest(version: str = "1.0.0", **fields: Any) -> dict[str, Any]:
    """A manifest of `demo` as a registry lists it."""
    dist = {"integrity": SRI, "tarball": URL.format(version)}
    return {"name": "demo", "version": version, "dist": dist, **fields}


def packument(*manifests: dict[str, Any], **fields: Any) -> bytes:
    """A packument of `demo`."""
    versions = {entry["version"]: entry for entry in manifests}
    return json.dumps({"name": "demo", "dist-tags": {}, "versions": versions, **fields}).encode()


def read(body: bytes, name: str = "demo") -> NpmListing:
    return read_packument(body, name, "npm", "https://registry.example/demo")


def only(**fields: Any) -> NpmRelease | None:
    """The release that is made of a manifest with these fields; None when it is left out."""
    releases = read(packument(manifest(**fields))).releases
    return releases[0] if releases else None


def test_a_full_manifest_comes_out_as_it_is() -> None:
    """Every field of the value has its place in a packument."""
    signatures = [{"keyid": "SHA256:abc", "sig": "MEU="}]
    attestations = {"url": "https://registry.example/-/npm/v1/attestations/demo@1.0.0", "provenance": {}}
    body = packument(
        manifest(
            dependencies={"b": "^2", "a": "~1.2.3", "o": "1"},
            optionalDependencies={"o": "1", "fsevents": "*"},
            peerDependencies={"react": ">=17", "sass": "^1"},
            peerDependenciesMeta={"sass": {"optional": True}, "react": {"optional": False}, "none": {"optional": True}},
            bundleDependencies=["b"],
            engines={"node": ">=18", "npm": ">=9"},
            os=["linux", "!win32"],
            cpu=["x64"],
            libc=["glibc"],
            bin={"demo": "./bin/../cli.js"},
            scripts={"postinstall": "node x.js"},
            deprecated="use\tdemo2\n",
            license="MIT",
            dist={
                "integrity": SRI,
                "tarball": URL.format("1.0.0"),
                "signatures": signatures,
                "attestations": attestations,
            },
        ),
        time={"1.0.0": "2026-01-02T03:04:05.678Z"},
        **{"dist-tags": {"latest": "1.0.0", "next": "2.0.0-rc.1", "bad": "x", "worse": 1}},
    )
    listing = read(body)
    assert listing.tags == (("latest", "1.0.0"), ("next", "2.0.0-rc.1"))
    assert listing.releases == (
        NpmRelease(
            "1.0.0",
            dependencies=(("a", "~1.2.3"), ("b", "^2")),
            optional=(("fsevents", "*"), ("o", "1")),
            peers=(("react", ">=17"), ("sass", "^1")),
            optional_peers=("sass",),
            bundled=("b",),
            engines=(("node", ">=18"), ("npm", ">=9")),
            os=("linux", "!win32"),
            cpu=("x64",),
            libc=("glibc",),
            bins=(("demo", "cli.js"),),
            install_script=True,
            deprecated="use demo2",
            integrity="sha512:" + SHA512.hex(),
            tarball=URL.format("1.0.0"),
            published="2026-01-02T03:04:05.678Z",
            license="MIT",
            signatures=(NpmSignature("SHA256:abc", "MEU="),),
            attestations="https://registry.example/-/npm/v1/attestations/demo@1.0.0",
        ),
    )


def test_releases_come_in_the_order_of_semver() -> None:
    """Whatever the order of the keys, pre-releases below their release; what is no SemVer version is left out."""
    texts = ["1.10.0", "1.9.0", "2.0.0-rc.1", "2.0.0", "1.0", "latest", "01.2.3", "1.2.3.4", "", "1.0.0beta"]
    found = [one.version for one in read(packument(*[manifest(text) for text in texts])).releases]
    assert found == ["1.9.0", "1.10.0", "2.0.0-rc.1", "2.0.0"]


def test_of_versions_that_differ_in_build_metadata_one_stays() -> None:
    """The one whose text sorts first, in whatever order they come."""
    for texts in (["1.0.0+b", "1.0.0+a"], ["1.0.0+a", "1.0.0+b"]):
        assert [one.version for one in read(packument(*[manifest(text) for text in texts])).releases] == ["1.0.0+a"]


DIRT: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"engines": ["node >= 0.6"]}, {"engines": ()}),
    ({"engines": "node >= 0.6"}, {"engines": ()}),
    ({"engines": {"node": ">= 4\n", "vscode": None}}, {"engines": (("node", ">= 4"),)}),
    ({"dependencies": None}, {"dependencies": ()}),
    ({"dependencies": []}, {"dependencies": ()}),
    ({"dependencies": {"a": " \t^1\n||  2 "}}, {"dependencies": (("a", "^1 || 2"),)}),
    ({"dependencies": {"a": ""}}, {"dependencies": (("a", ""),)}),
    (
        {"dependencies": {"__proto__": "1", "constructor": "2"}},
        {"dependencies": (("__proto__", "1"), ("constructor", "2"))},
    ),
    ({"dependencies": {"a": "1"}, "bundleDependencies": True}, {"bundled": ("a",)}),
    ({"dependencies": {"a": "1"}, "bundledDependencies": ["a", 7, ""]}, {"bundled": ("a",)}),
    ({"bundleDependencies": ["../up", "__proto__", "a"]}, {"bundled": ("a",)}),
    ({"optionalDependencies": {"../up": "1", "__proto__": "npm:a@1", "a": "1"}}, {"optional": (("a", "1"),)}),
    ({"bundleDependencies": False}, {"bundled": ()}),
    ({"bundleDependencies": {"a": "1"}}, {"bundled": ("a",)}),
    ({"peerDependencies": {"a": "1"}, "peerDependenciesMeta": ["a"]}, {"optional_peers": ()}),
    ({"peerDependencies": {"a": "1"}, "peerDependenciesMeta": {"a": None}}, {"optional_peers": ()}),
    ({"os": "darwin"}, {"os": ("darwin",)}),
    ({"os": {"darwin": True}}, {"os": ()}),
    ({"cpu": ["x64", 64, ""]}, {"cpu": ("x64",)}),
    ({"libc": None}, {"libc": ()}),
    ({"bin": "./cli.js"}, {"bins": (("demo", "cli.js"),)}),
    ({"bin": ["bin/a", "bin/b"]}, {"bins": (("a", "bin/a"), ("b", "bin/b"))}),
    ({"bin": {"../../up": "../../../etc/passwd", "..": "x", "": "y", "n": 7}}, {"bins": (("up", "etc/passwd"),)}),
    ({"bin": {"a\\b:c": "dir\\file.js"}}, {"bins": (("c", "dir/file.js"),)}),
    ({"bin": False}, {"bins": ()}),
    ({"deprecated": False}, {"deprecated": ""}),
    ({"deprecated": ""}, {"deprecated": ""}),
    ({"deprecated": True}, {"deprecated": "deprecated, without a reason"}),
    ({"deprecated": "\x1b[31mred\u202e"}, {"deprecated": "[31mred"}),
    ({"license": {"type": "MIT", "url": "https://licenses.example"}}, {"license": "MIT"}),
    ({"licenses": [{"type": "MIT"}, {"type": "Apache-2.0"}]}, {"license": "(MIT OR Apache-2.0)"}),
    ({"licenses": ["MIT"]}, {"license": "MIT"}),
    ({"license": {"type": {"type": "MIT"}}}, {"license": ""}),
    ({"license": 7}, {"license": ""}),
    ({"hasInstallScript": True}, {"install_script": True}),
    ({"hasInstallScript": "yes"}, {"install_script": False}),
    ({"gypfile": True}, {"install_script": True}),
    ({"scripts": {"install": "node-gyp rebuild"}}, {"install_script": True}),
    ({"scripts": {"preinstall": ""}}, {"install_script": False}),
    ({"scripts": {"test": "jest", "prepare": "tsc"}}, {"install_script": False}),
    ({"scripts": ["install"]}, {"install_script": False}),
]


@pytest.mark.parametrize(("fields", "expected"), DIRT, ids=[json.dumps(fields) for fields, _ in DIRT])
def test_dirt_that_registries_hold_is_understood(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    """Twenty years of manifests are read as npm reads them, and nothing in them harms a terminal or a file."""
    release = only(**fields)
    assert release is not None
    assert {key: getattr(release, key) for key in expected} == expected


UNUSABLE: list[dict[str, Any]] = [
    {"dependencies": ["a"]},
    {"dependencies": "a"},
    {"dependencies": {"a": None}},
    {"dependencies": {"a": {"version": "1"}}},
    {"dependencies": {"a\tb": "1"}},
    {"dependencies": {"": "1"}},
    {"dependencies": {"a": "1\u202e"}},
    {"dependencies": {"a\ud800": "1"}},
    {"peerDependencies": {"a": 1}},
    {"optionalDependencies": [1]},
    {"dependencies": {"__proto__": "npm:a@1"}},
    {"dependencies": {"../../up": "npm:a@1"}},
    {"peerDependencies": {".bin": "npm:a@1"}},
    {"dependencies": {"a/b/c": "npm:a@1"}},
    {"dependencies": {"a": "1 || " * 4000 + "2"}},
    {"bin": {f"command-{number}": "x.js" for number in range(2000)}},
    {"engines": {"node": ">=1 " * 5000}},
    {"name": "another"},
    {"dist": None},
    {"dist": []},
    {"dist": {"integrity": SRI}},
    {"dist": {"integrity": SRI, "tarball": "file:///etc/passwd"}},
    {"dist": {"integrity": SRI, "tarball": "https://registry.example/a b"}},
]


@pytest.mark.parametrize("fields", UNUSABLE, ids=[ascii(fields) for fields in UNUSABLE])
def test_a_release_whose_manifest_is_broken_where_it_matters_is_left_out(fields: dict[str, Any]) -> None:
    """Requirements that cannot be read, another package's manifest, no tarball: that release is none."""
    assert only(**fields) is None


def test_a_manifest_of_another_version_is_left_out() -> None:
    """The key and the manifest must agree, or one version could pose as another."""
    body = json.dumps({"name": "demo", "versions": {"1.0.0": manifest("6.6.6"), "2.0.0": 7}}).encode()
    assert read(body).releases == ()


def test_one_broken_release_leaves_the_others_alone() -> None:
    """A package with a bad release stays usable."""
    body = packument(manifest("1.0.0", dependencies=["x"]), manifest("2.0.0"))
    assert [one.version for one in read(body).releases] == ["2.0.0"]


def sri(algorithm: str) -> str:
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, b'demo').digest()).decode()}"


@pytest.mark.parametrize(
    ("integrity", "algorithm"),
    [
        (sri("sha512"), "sha512"),
        (f"{sri('sha1')} {sri('sha256')} {sri('sha512')}", "sha512"),
        (f"{sri('sha512')} {sri('sha384')}", "sha512"),
        (f"{sri('sha256')} {sri('sha384')}", "sha384"),
        (sri("sha512") + "?option", "sha512"),
        (sri("sha1"), ""),
        (sri("md5"), ""),
        ("sha512-" + base64.b64encode(b"short").decode(), ""),
        ("sha512-!!!", ""),
        ("", ""),
        (None, ""),
        (["sha512-x"], ""),
        ("sha512-" + "é" * 86 + "==", ""),
    ],
)
def test_the_strongest_hash_is_taken_and_nothing_below_sha256(integrity: object, algorithm: str) -> None:
    """Subresource Integrity may hold several; sha1 alone counts as none."""
    release = only(dist={"integrity": integrity, "tarball": URL.format("1.0.0"), "shasum": "0" * 40})
    assert release is not None
    digest = hashlib.new(algorithm, b"demo").hexdigest() if algorithm else ""
    assert release.integrity == (f"{algorithm}:{digest}" if algorithm else "")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<!DOCTYPE html><html></html>", "found HTML"),
        (b"\n \xef\xbb\xbf<html>", "expected JSON"),
        (b"", "truncated"),
        (b'{"name": "demo", "versions": {', "truncated"),
        (b'{"name": "demo",, }', "expected JSON"),
        (b"[]", "found other JSON"),
        (b'"demo"', "found other JSON"),
        (b'{"error": "not_found"}', "without a name"),
        (b'{"name": 7}', "without a name"),
        (b'{"name": "Demo"}', "that of 'Demo'"),
        (b'{"name": "dem\\u043e"}', "that of"),
        (b'{"name": "demo", "versions": []}', "versions: expected an object"),
        (b'{"name": "demo", "x": NaN}', "found NaN"),
        (b'{"name": "demo", "x": ' + b"[" * 200_000, "endless"),
        (b'{"name": "demo", "x": ' + b"9" * 20_000 + b"}", "endless"),
        (b'{"name": "other", "name": "another"}', "that of 'another'"),
    ],
)
def test_what_is_no_packument_of_the_package_is_refused(body: bytes, found: str) -> None:
    """Each refusal names the package and says what was found instead."""
    with pytest.raises(RegistryAnswerInvalid) as caught:
        read(body)
    assert found in caught.value.detail
    assert (caught.value.source, caught.value.subject) == ("npm", "demo")


def test_a_key_that_stands_twice_counts_as_javascript_counts_it() -> None:
    """The last one, as for every client that reads these documents."""
    one, two = json.dumps(manifest(license="MIT")), json.dumps(manifest(license="ISC"))
    body = f'{{"name": "x", "name": "demo", "versions": {{"1.0.0": {one}, "1.0.0": {two}}}}}'.encode()
    assert [release.license for release in read(body).releases] == ["ISC"]


def test_names_that_are_properties_in_javascript_are_names_here() -> None:
    """`__proto__` and `constructor` as packages, tags and dependencies are ordinary keys."""
    body = json.dumps(
        {
            "name": "constructor",
            "dist-tags": {"__proto__": "1.0.0"},
            "versions": {"__proto__": {}, "1.0.0": manifest() | {"name": "constructor"}},
        }
    ).encode()
    listing = read(body, "constructor")
    assert [one.version for one in listing.releases] == ["1.0.0"]
    assert listing.tags == (("__proto__", "1.0.0"),)


def test_an_unpublished_package_has_no_releases() -> None:
    """The registry keeps a document that says when; that is no fault."""
    assert read(b'{"name": "demo", "time": {"unpublished": {"time": "2026-01-01T00:00:00Z"}}}').releases == ()
    assert read(b'{"name": "demo", "versions": null, "time": []}').releases == ()


def test_a_stray_byte_in_a_readme_harms_nobody() -> None:
    """Documents from before registries checked encodings stay readable, with or without a byte order mark."""
    body = packument(manifest(), readme="x").replace(b'"readme": "x"', b'"readme": "\xff\\ud800"')
    assert len(read(body).releases) == 1
    assert len(read(b"\xef\xbb\xbf" + body).releases) == 1


def test_a_huge_packument_is_refused_and_a_large_one_is_read_in_linear_time() -> None:
    """5,000 versions take no more than six times what 1,000 take, with room for a busy machine."""
    with pytest.raises(RegistryAnswerInvalid, match="at most"):
        read(b" " * (LARGEST + 1))

    def seconds(count: int) -> float:
        body = packument(*[manifest(f"{n}.0.0", dependencies={"a": f"^{n}"}) for n in range(count)])
        begun = time.process_time()
        assert len(read(body).releases) == count
        return time.process_time() - begun

    small = min(seconds(1000) for _ in range(3))
    assert min(seconds(5000) for _ in range(3)) < 15 * small + 0.1


def test_signatures_are_bounded_and_only_whole_ones_are_kept() -> None:
    """Evidence is taken as it is, but not without end, and not in other shapes."""
    entries = [{"keyid": "k", "sig": "s"}] * 40 + [{"keyid": "k"}, {"keyid": 1, "sig": "s"}, None]
    dist = {"tarball": URL.format("1.0.0"), "signatures": entries, "attestations": {"url": "javascript:alert(1)"}}
    release = only(dist=dist)
    assert release is not None
    assert len(release.signatures) == 16
    assert release.attestations == ""
    assert only(dist={"tarball": URL.format("1.0.0"), "signatures": {"keyid": "k", "sig": "s"}}) is not None


def test_a_request_names_the_form_and_the_bound() -> None:
    """The short form is asked for unless the full one is needed; a scope is one segment."""
    source = Source("npm", "npm", "", "npm")
    short = packument_request(source, "https://registry.example/team/", "@acme/web")
    assert (short.url, short.accept) == ("https://registry.example/team/@acme%2fweb", ABBREVIATED)
    assert (short.source, short.subject, short.max_bytes) == ("npm", "@acme/web", LARGEST)
    assert packument_request(source, "https://registry.example", "demo", full=True).accept == FULL
