"""Who may publish what: reading, writing and editing `publishers.json`."""

from collections.abc import Callable
from typing import Any

import pytest

from holdfast.errors import UsageError
from holdfast.trust.errors import KeyRefused, MalformedDocument
from holdfast.trust.publisher_edits import add_key, add_publisher, retire_key, set_threshold, set_tier
from holdfast.trust.publishers import Publisher, Publishers, read_publishers, write_publishers
from holdfast.trust.strict_json import canonical, parse
from tests.support.signed_modules import NOW, PUBLISHED, SINCE, acme, registered, registry_of
from tests.support.signing_keys import public

GLOBEX = Publisher("globex", ("@globex/*",), "unverified", 1, (registered("globex"),))
DOCUMENT = registry_of(acme(), GLOBEX)
TEXT = write_publishers(DOCUMENT)


def test_a_document_reads_back() -> None:
    """Reading what was written gives the same value, and writing that the same text."""
    assert read_publishers(TEXT) == DOCUMENT
    assert write_publishers(read_publishers(TEXT)) == TEXT


def test_one_value_has_one_text() -> None:
    """The order in which publishers, scopes and keys were added does not show."""
    keys = (registered("b"), registered("a"))
    one = registry_of(GLOBEX, acme(*keys)._replace(scopes=("@b/*", "@a/*")))
    other = registry_of(acme(*keys[::-1])._replace(scopes=("@a/*", "@b/*")), GLOBEX)
    assert write_publishers(one) == write_publishers(other)


def test_an_empty_registry_is_a_document() -> None:
    """A registry may have no publishers yet, and a publisher no keys yet: nothing can be published then."""
    assert read_publishers(write_publishers(Publishers())).for_name("@acme/guards") is None
    bare = registry_of(acme()._replace(keys=()))
    found = read_publishers(write_publishers(bare)).for_name("@acme/guards")
    assert found is not None
    assert found.trusted_keys() == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("@acme/guards", "guards-team"),
        ("@acme/base", "acme"),
        ("@acme/guards-extra", "acme"),
        ("@globex/x", "globex"),
        ("@acmes/x", None),
        ("@acm\u0435/guards", None),
        ("@acme/*", None),
        ("@acme/", None),
        ("acme/guards", None),
        ("@ACME/guards", None),
        ("", None),
    ],
)
def test_the_most_specific_pattern_decides(name: str, expected: str | None) -> None:
    """A name of its own wins over its scope's pattern, wherever it stands; a name that is none is nobody's."""
    team = Publisher("guards-team", ("@acme/guards",), "trusted", 1, (registered("team"),))
    for document in (registry_of(acme(), GLOBEX, team), registry_of(team, GLOBEX, acme())):
        found = document.for_name(name)
        assert (found.name if found else None) == expected


def test_a_publishers_keys_carry_its_names_and_tier() -> None:
    """What verification takes of a publisher: key, label, names, time and tier."""
    (key,) = acme(registered("acme", SINCE, PUBLISHED)).trusted_keys()
    assert key == (public("acme"), "acme", ("@acme/*",), SINCE, PUBLISHED, "verified", "")


def test_revokers_count_in_their_time() -> None:
    """A revoker's key whose time is over signs no list any more."""
    keys = (registered("old", until=PUBLISHED), registered("new", since=PUBLISHED), registered("next", since=NOW))
    document = Publishers(revokers=keys)
    assert document.revocation_keys("2026-11-01T00:00:00Z") == (public("new"),)


ACME_KEY = {"key": public("acme").text, "label": "again", "since": SINCE, "until": ""}
SMALL = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"  # the identity
REFUSED: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("another format", lambda v: v.update(format=2), "format"),
    ("format as text", lambda v: v.update(format="1"), "format"),
    ("unknown critical", lambda v: v.update(critical=["delegation"]), "critical[0]"),
    ("no revocations", lambda v: v.pop("revocations"), "revocations"),
    ("revocations by nobody", lambda v: v["revocations"].update(threshold=0), "revocations.threshold"),
    ("publisher twice", lambda v: v["publishers"][1].update(name="acme"), "publishers[1].name"),
    ("pattern at two publishers", lambda v: v["publishers"][1]["scopes"].append("@acme/*"), "publishers[1].scopes"),
    ("pattern twice", lambda v: v["publishers"][0]["scopes"].append("@acme/*"), "publishers[0].scopes"),
    ("no pattern", lambda v: v["publishers"][0].update(scopes=[]), "publishers[0].scopes"),
    ("a pattern for all", lambda v: v["publishers"][0].update(scopes=["*"]), "publishers[0].scopes"),
    ("a pattern for all scopes", lambda v: v["publishers"][0].update(scopes=["@*/guards"]), "publishers[0].scopes"),
    ("a look-alike pattern", lambda v: v["publishers"][0].update(scopes=["@acm\u0435/*"]), "publishers[0].scopes"),
    ("a look-alike publisher", lambda v: v["publishers"][0].update(name="\u0430cme"), "publishers[0].name"),
    ("key at two publishers", lambda v: v["publishers"][1]["keys"].append(ACME_KEY), "publishers[1].keys"),
    ("key twice at one", lambda v: v["publishers"][0]["keys"].append(ACME_KEY), "publishers[0].keys"),
    ("key of a publisher as the registry's", lambda v: v["registry"]["keys"].append(ACME_KEY), "registry.keys"),
    ("key of a publisher as a revoker's", lambda v: v["revocations"]["keys"].append(ACME_KEY), "revocations.keys"),
    ("threshold of none", lambda v: v["publishers"][0].update(threshold=0), "publishers[0].threshold"),
    ("threshold as a truth", lambda v: v["publishers"][0].update(threshold=True), "publishers[0].threshold"),
    ("another tier", lambda v: v["publishers"][0].update(tier="official"), "publishers[0].tier"),
    ("key with a comment", lambda v: v["publishers"][0]["keys"][0].update(key=f"{public('x')} ann"), "keys[0].key"),
    ("key in hex", lambda v: v["publishers"][0]["keys"][0].update(key=public("x").raw.hex()), "keys[0].key"),
    ("key of no time", lambda v: v["publishers"][0]["keys"][0].update(since=""), "publishers[0].keys[0].since"),
    ("key that ends first", lambda v: v["publishers"][0]["keys"][0].update(until="2025-01-01T00:00:00Z"), "until"),
    ("label that runs backwards", lambda v: v["publishers"][0]["keys"][0].update(label="\u202eemca"), "label"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "place"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_bad_document_is_refused_with_its_place(change: Callable[[dict[str, Any]], object], place: str) -> None:
    """Each change of a good document is refused, and the place is named."""
    value: Any = parse(TEXT)
    change(value)
    with pytest.raises(MalformedDocument) as caught:
        read_publishers(canonical(value))
    assert place in caught.value.place


def test_a_key_twice_in_json_is_refused() -> None:
    """A second `threshold` could be read by another program than checked it."""
    with pytest.raises(MalformedDocument) as caught:
        read_publishers(TEXT.replace(b'"threshold":1', b'"threshold":1,"threshold":2', 1))
    assert caught.value.place == "publishers[0].threshold"


def test_a_small_order_key_is_refused() -> None:
    """A key for which anybody can sign is named with its place."""
    value: Any = parse(TEXT)
    value["publishers"][0]["keys"][0]["key"] = SMALL
    with pytest.raises(KeyRefused) as caught:
        read_publishers(canonical(value))
    assert caught.value.reason.startswith("publishers[0].keys[0].key: ")
    assert "small order" in caught.value.reason


def test_edits_give_new_documents() -> None:
    """Each edit changes what it says and leaves the old document as it was."""
    before = registry_of(acme())
    document = add_publisher(before, GLOBEX)
    document = add_key(document, "acme", registered("second", PUBLISHED))
    document = set_tier(set_threshold(document, "acme", 2), "acme", "trusted")
    document = retire_key(document, "acme", public("acme").id, NOW)
    assert before == registry_of(acme())
    assert document == registry_of(
        acme(registered("acme", SINCE, NOW), registered("second", PUBLISHED), tier="trusted", threshold=2), GLOBEX
    )


EDITS: list[tuple[str, Callable[[], object], type[Exception]]] = [
    ("publisher twice", lambda: add_publisher(DOCUMENT, GLOBEX._replace(scopes=("@g/*",), keys=())), MalformedDocument),
    ("pattern taken", lambda: add_publisher(DOCUMENT, GLOBEX._replace(name="g", keys=())), MalformedDocument),
    ("key taken", lambda: add_key(DOCUMENT, "globex", registered("acme")), MalformedDocument),
    ("key there already", lambda: add_key(DOCUMENT, "acme", registered("acme", PUBLISHED)), MalformedDocument),
    ("key of the registry", lambda: add_key(DOCUMENT, "acme", registered("registry")), MalformedDocument),
    ("key of a revoker", lambda: add_key(DOCUMENT, "acme", registered("revoker")), MalformedDocument),
    ("no such tier", lambda: set_tier(DOCUMENT, "acme", "official"), MalformedDocument),
    ("no such publisher", lambda: set_tier(DOCUMENT, "initech", "verified"), UsageError),
    ("no such key", lambda: retire_key(DOCUMENT, "acme", public("globex").id, NOW), UsageError),
    ("no such time", lambda: retire_key(DOCUMENT, "acme", public("acme").id, "today"), MalformedDocument),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "error"), [row[1:] for row in EDITS], ids=[row[0] for row in EDITS])
def test_an_edit_that_nobody_could_read_is_refused(edit: Callable[[], object], error: type[Exception]) -> None:
    """An edit never gives a document that a reader would refuse."""
    with pytest.raises(error):
        edit()
