"""The index document of a module registry: what is read, and every way in which one is refused."""

import json
import time
from typing import Any

import pytest

from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.registries.modules import MOST_BYTES, read_index_document
from tests.support.module_shelf import index_document, release_entry

NAME = "@acme/guards"
URL = "https://modules.acme.example/"
RIGHT_TO_LEFT = "\u202e"


def entry(version: str = "2.1.0", **changes: Any) -> dict[str, Any]:
    return release_entry(NAME, version, {"@acme/base": "^1.2"}, **changes)


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in entry().items() if name != key}


def document(*entries: dict[str, Any], **changes: Any) -> bytes:
    return index_document(NAME, list(entries), **changes)


def refusal(data: bytes) -> str:
    with pytest.raises(RegistryAnswerInvalid) as caught:
        read_index_document(data, NAME, "acme", URL)
    error = caught.value
    assert (error.source, error.subject, error.url) == ("acme", NAME, URL)
    assert error.detail.isprintable()
    return error.detail


def test_every_field_comes_back() -> None:
    """A release has what the document says, its digests with their algorithm."""
    report = "ab" * 32
    facts = entry(yanked="broken", vetted=["{}"], report=report, privileged=True)
    (release,) = read_index_document(document(facts), NAME).releases
    assert release.version == "2.1.0"
    assert release.file == "acme-guards-2.1.0.tar"
    assert release.size == 10_240
    assert release.archive == f"sha256:{facts['sha256']}"
    assert release.tree == f"sha256:{facts['tree']}"
    assert release.dependencies == (("@acme/base", "^1.2"),)
    assert release.permissions == ("network:api.acme.example", "program:git")
    assert release.privileged is True
    assert release.published == "2026-11-21T06:40:00Z"
    assert release.yanked == "broken"
    assert release.publisher == "acme"
    assert release.envelopes == ('{"payload":""}',)
    assert release.vetted == ("{}",)
    assert release.report == f"sha256:{report}"


def test_releases_come_in_the_order_of_semver() -> None:
    """Whatever the order of the document, a listing ascends."""
    versions = ["1.10.0", "1.9.0", "2.0.0", "2.0.0-rc.1", "2.0.0-rc.10", "2.0.0-rc.2", "1.0.0+b2"]
    listing = read_index_document(document(*map(entry, versions)), NAME)
    assert [release.version for release in listing.releases] == [
        "1.0.0+b2",
        "1.9.0",
        "1.10.0",
        "2.0.0-rc.1",
        "2.0.0-rc.2",
        "2.0.0-rc.10",
        "2.0.0",
    ]


def test_unknown_keys_are_passed_over() -> None:
    """A later registry may say more, in the document and in a release, if it is not critical."""
    later: dict[str, Any] = {"score": 3.5, "notes": [{"by": "acme"}]}
    listing = read_index_document(document(entry(**later), **later), NAME)
    assert listing == read_index_document(document(entry()), NAME)


def test_a_yanked_release_may_have_no_reason() -> None:
    """An empty reason is a reason; null says that the release is not yanked."""
    listing = read_index_document(document(entry(yanked=""), entry("2.0.0")), NAME)
    assert [release.yanked for release in listing.releases] == [None, ""]


_TEXT = document(entry()).decode()
_DEEP = "[" * 40 + "]" * 40

_REFUSED_TEXTS = {
    "not JSON": (b"<html>", "expected JSON, found at line 1 column 1: expecting value"),
    "cut short": (document(entry())[:-20], "unfinished: it is truncated"),
    "not UTF-8": (b'{"name": "\xff"}', "expected text in UTF-8, found byte 0xff at 10"),
    "a byte order mark": (b"\xef\xbb\xbf" + document(), "expected JSON"),
    "a list": (b"[]", "the answer: expected an object, found a list"),
    "too long": (document() + b" " * MOST_BYTES, f"expected at most {MOST_BYTES} bytes"),
    "a duplicate key": (b'{"name": "@acme/guards", ' + document()[1:], "the key 'name' stands twice"),
    "a duplicate key in a release": (
        _TEXT.replace('"size": 10240', '"size": 10240, "size": 10241').encode(),
        "the key 'size' stands twice",
    ),
    "a dependency twice": (
        _TEXT.replace('"@acme/base": "^1.2"', '"@acme/base": "^1.2", "@acme/base": "*"').encode(),
        "the key '@acme/base' stands twice",
    ),
    "NaN": (_TEXT.replace("10240", "NaN").encode(), "expected JSON, found NaN"),
    "half a surrogate pair": (_TEXT.replace("acme-guards", "\\ud800").encode(), "half a surrogate pair"),
    "endless nesting": (b"[" * 100_000, "endless number or nesting"),
    "deep nesting in an unknown key": (
        _TEXT.replace('"size"', f'"later": {_DEEP}, "size"').encode(),
        "releases[0].'later': expected at most 32 levels of nesting",
    ),
    "deep nesting at the top": (
        b'{"later": %s, ' % _DEEP.encode() + document()[1:],
        "'later': expected at most 32 levels",
    ),
    "an endless number": (_TEXT.replace("10240", "9" * 5000).encode(), "endless number or nesting"),
}


@pytest.mark.parametrize("case", _REFUSED_TEXTS)
def test_a_text_that_is_no_such_document_is_refused(case: str) -> None:
    """JSON is read strictly, within bounds."""
    data, detail = _REFUSED_TEXTS[case]
    assert detail in refusal(data)


_REFUSED = {
    "another format": (document(entry(), format=2), "format: expected 1, found 2"),
    "a format that is true": (document(entry(), format=True), "format: expected a whole number, found True"),
    "a format in words": (document(entry(), format="1"), "format: expected a whole number, found '1'"),
    "an unknown critical name": (document(entry(), critical=["quorum"]), "critical[0]: 'quorum' must be understood"),
    "a critical name of a known key": (document(entry(), critical=["yanked"]), "critical[0]: 'yanked' must be"),
    "a critical name that is none": (document(entry(), critical=[1]), "critical[0]: expected a string, found a number"),
    "critical as an object": (document(entry(), critical={}), "critical: expected a list, found an object"),
    "another name": (index_document("@acme/guard", []), "name: expected @acme/guards, found '@acme/guard'"),
    "a look-alike name": (index_document("@acme/gu\u0430rds", []), "found '@acme/gu\\u0430rds'"),
    "releases missing": (b'{"format":1,"critical":[],"name":"@acme/guards"}', "releases is missing"),
    "a release that is null": (index_document(NAME, [None]), "releases[0]: expected an object, found null"),  # type: ignore[list-item]  # hostile on purpose
    "no SemVer": (document(entry("2.1")), "releases[0].version: expected a SemVer version such as 1.2.3, found '2.1'"),
    "not the normal form": (document(entry("v2.1.0")), "releases[0].version: expected a SemVer version"),
    "a version twice": (document(entry(), entry()), "releases[1].version: expected each version once, found 2.1.0"),
    "twice but for build metadata": (
        document(entry("2.1.0+a"), entry("2.1.0+b")),
        "releases[1].version: expected each version once, found 2.1.0+b after 2.1.0+a",
    ),
    "the file of another version": (
        document(entry(file="acme-guards-2.0.0.tar")),
        "releases[0].file: expected acme-guards-2.1.0.tar, found 'acme-guards-2.0.0.tar'",
    ),
    "a file elsewhere": (document(entry(file="../acme-guards-2.1.0.tar")), "releases[0].file: expected"),
    "a size of nothing": (document(entry(size=0)), "releases[0].size: expected a number of bytes, found 0"),
    "a size that is true": (document(entry(size=True)), "releases[0].size: expected a whole number, found True"),
    "a broken size": (document(entry(size=1.5)), "releases[0].size: expected a whole number, found 1.5"),
    "a digest in capitals": (document(entry(sha256="AB" * 32)), "releases[0].sha256: expected 64 lowercase hex digits"),
    "a digest with its algorithm": (document(entry(tree="sha256:" + "ab" * 32)), "releases[0].tree: expected 64"),
    "a digest cut short": (document(entry(tree="ab" * 31)), "releases[0].tree: expected 64 lowercase hex digits"),
    "a report that is no digest": (document(entry(report="none")), "releases[0].report: expected 64 lowercase hex"),
    "a dependency that is no module": (
        document(entry(dependencies={"base": "^1"})),
        "releases[0].dependencies: expected module names such as @scope/name, found 'base'",
    ),
    "a range that is none": (
        document(entry(dependencies={"@acme/base": "about 1"})),
        "releases[0].dependencies.@acme/base: expected",
    ),
    "a range that is a number": (
        document(entry(dependencies={"@acme/base": 1})),
        "releases[0].dependencies.@acme/base: expected a string, found a number",
    ),
    "an unknown permission": (document(entry(permissions=["root:all"])), "releases[0].permissions[0]: expected a"),
    "a permission for nothing": (document(entry(permissions=["network:"])), "releases[0].permissions[0]: expected a"),
    "permissions out of order": (
        document(entry(permissions=["program:git", "network:a.example"])),
        "releases[0].permissions[1]: expected permissions in order, each once, found 'network:a.example'",
    ),
    "a permission twice": (document(entry(permissions=["program:git"] * 2)), "in order, each once"),
    "a permission with a direction character": (
        document(entry(permissions=[f"network:a{RIGHT_TO_LEFT}.example"])),
        "releases[0].permissions[0]: expected a permission",
    ),
    "privileged in words": (document(entry(privileged="yes")), "releases[0].privileged: expected true or false"),
    "a time without zone": (document(entry(published="2026-11-21T06:40:00")), "releases[0].published: expected a time"),
    "a day that is none": (document(entry(published="2026-02-30T06:40:00Z")), "releases[0].published: expected a time"),
    "yanked missing": (document(without("yanked")), "releases[0].yanked is missing"),
    "yanked as true": (document(entry(yanked=True)), "releases[0].yanked: expected a string, found true or false"),
    "a reason that moves the cursor": (document(entry(yanked="\x1b[2J")), "releases[0].yanked: expected text without"),
    "a publisher written backwards": (document(entry(publisher=f"a{RIGHT_TO_LEFT}b")), "releases[0].publisher: "),
    "an envelope as an object": (document(entry(envelopes=[{}])), "releases[0].envelopes[0]: expected a string"),
    "an empty envelope": (document(entry(vetted=[""])), "releases[0].vetted[0]: expected an envelope, found ''"),
    "envelopes as a text": (document(entry(envelopes="{}")), "releases[0].envelopes: expected a list, found a string"),
}


@pytest.mark.parametrize("case", _REFUSED)
def test_a_document_that_breaks_the_format_is_refused_with_its_place(case: str) -> None:
    """The place, what was expected and what was found are named, in plain characters."""
    data, detail = _REFUSED[case]
    assert detail in refusal(data)


@pytest.mark.parametrize("key", [key for key in entry() if key != "yanked"])
def test_no_key_of_a_release_may_be_missing(key: str) -> None:
    """Nothing of a release is guessed."""
    assert refusal(document(without(key))) == f"releases[0].{key} is missing"


def test_reading_many_documents_is_quick() -> None:
    """A hundred documents of twenty releases take far less than a second; so a quadratic step would show."""
    versions = [f"{major}.{minor}.0" for major in range(4) for minor in range(5)]
    data = document(*map(entry, versions))
    assert len(json.loads(data)["releases"]) == 20
    start = time.perf_counter()
    for _ in range(100):
        read_index_document(data, NAME)
    assert time.perf_counter() - start < 1.0
