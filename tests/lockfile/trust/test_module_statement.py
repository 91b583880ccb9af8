"""What publishers sign: written one way, read one way."""

from collections.abc import Callable
from typing import Any

import pytest

from holdfast.trust.errors import MalformedSignature, PayloadTypeRefused
from holdfast.trust.module_statement import PREDICATE, purl, read_statement, statement
from holdfast.trust.strict_json import canonical, parse
from holdfast.trust.subjects import read_purl
from holdfast_resolver.values.modules import Export
from tests.support.signed_modules import SIGNED, module, subject_of

MODULE = module()
SUBJECT = subject_of(MODULE)
PAYLOAD = statement(MODULE, SUBJECT.archive, SUBJECT.tree, SIGNED)
HEX = "0" * 64


def test_a_statement_reads_back_as_its_manifest() -> None:
    """What is signed is the manifest's name, version, dependencies, exports, permissions and both digests."""
    read = read_statement(PAYLOAD)
    assert read[:4] == ("@acme/guards", "2.1.0", SUBJECT.archive, SUBJECT.tree)
    assert (read.dependencies, read.permissions, read.exports) == (
        MODULE.dependencies,
        MODULE.permissions,
        (Export("strict", "guards/strict.md", "guard", False),),
    )
    assert (read.privileged, read.signed) == (False, SIGNED)


def test_the_text_of_a_statement_is_fixed() -> None:
    """The payload is canonical JSON with the two subjects, so any in-toto tool can match them."""
    assert PAYLOAD.decode() == (
        '{"_type":"https://in-toto.io/Statement/v1","predicate":{"critical":[],"dependencies":{"@acme/base":"^1.2"},'
        '"exports":[{"kind":"guard","name":"strict","path":"guards/strict.md","privileged":false}],'
        '"permissions":["network:api.acme.example"],"privileged":false,"signed":"2026-06-01T11:00:00Z"},'
        '"predicateType":"https://holdfast.example/module/v1","subject":['
        f'{{"digest":{{"sha256":"{SUBJECT.archive[7:]}"}},"name":"pkg:holdfast/%40acme/guards@2.1.0"}},'
        f'{{"digest":{{"holdfast-tree-v1":"{SUBJECT.tree[7:]}"}},"name":"pkg:holdfast/%40acme/guards@2.1.0?subject=tree"}}]}}'
    )


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        ("@acme/guards", "2.1.0", "pkg:holdfast/%40acme/guards@2.1.0"),
        ("@a-1/b", "1.0.0-rc.1", "pkg:holdfast/%40a-1/b@1.0.0-rc.1"),
        ("@acme/guards", "1.0.0+b.1", "pkg:holdfast/%40acme/guards@1.0.0%2Bb.1"),
    ],
)
def test_a_package_url_round_trips(name: str, version: str, expected: str) -> None:
    """The URL is the one that the package-URL specification writes, and gives name and version back."""
    from packageurl import PackageURL

    assert purl(name, version) == expected
    assert read_purl(expected) == (name, version)
    scope, _, short = name.partition("/")
    assert PackageURL("holdfast", scope, short, version).to_string() == expected


@pytest.mark.parametrize(
    "text",
    [
        "pkg:holdfast/@acme/guards@2.1.0",
        "pkg:holdfast/%40acme/guards@v2.1.0",
        "pkg:holdfast/%40acme/guards@2.1",
        "pkg:holdfast/%40acme/guards@2.1.0+b",
        "pkg:holdfast/%40acme/guards@2.1.0%2bb",
        "pkg:holdfast/%40acme/guards@%32.1.0",
        "pkg:holdfast/%40acme/guards@2.1.0?subject=tree",
        "pkg:holdfast/%40acme/-guards@2.1.0",
        "pkg:holdfast/%40acm\u0435/guards@2.1.0",
        "pkg:npm/%40acme/guards@2.1.0",
        "pkg:holdfast/%40acme/guards",
        "",
    ],
)
def test_a_package_url_in_other_words_is_none(text: str) -> None:
    """A URL of the same release in another spelling, or of another type, is not read."""
    assert read_purl(text) is None


def in_predicate(**fields: object) -> Callable[[dict[str, Any]], object]:
    return lambda value: value["predicate"].update(fields)


def in_subject(place: int, **fields: object) -> Callable[[dict[str, Any]], object]:
    return lambda value: value["subject"][place].update(fields)


ROWS: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("another type", lambda v: v.update(_type="https://in-toto.io/Statement/v0.1"), "_type: "),
    ("one subject", lambda v: v["subject"].pop(), "found 1 subjects"),
    ("three subjects", lambda v: v["subject"].append(v["subject"][0]), "at most 2 entries"),
    ("subjects swapped", lambda v: v["subject"].reverse(), "a package URL"),
    ("two versions", in_subject(1, name="pkg:holdfast/%40acme/guards@2.1.1?subject=tree"), "one release"),
    ("no tree", in_subject(1, name="pkg:holdfast/%40acme/guards@2.1.0"), "one release"),
    ("one digest more", lambda v: v["subject"][0]["digest"].update(sha512=HEX * 2), "one release"),
    ("a location too", in_subject(0, downloadLocation="https://evil.example/"), "one release"),
    ("digest in capitals", in_subject(0, digest={"sha256": "A" * 64}), "64 lower-case hex digits"),
    ("weak digest", in_subject(0, digest={"sha1": "0" * 40}), "subject[0].digest.sha256"),
    ("no critical", lambda v: v["predicate"].pop("critical"), "predicate.critical"),
    ("unknown critical", in_predicate(critical=["sandbox"]), "understands"),
    ("privilege hidden", in_predicate(exports=[{"kind": "", "name": "a", "path": "a", "privileged": True}]), "exports"),
    ("privilege without export", in_predicate(privileged=True), "what its exports say"),
    ("privilege as a number", in_predicate(privileged=0), "true or false"),
    ("export twice", lambda v: v["predicate"]["exports"].append(v["predicate"]["exports"][0]), "each name once"),
    ("permissions out of order", in_predicate(permissions=["program:b", "program:a"]), "in order"),
    ("permission of a new kind", in_predicate(permissions=["camera:front"]), "camera:front"),
    ("permission for nothing", in_predicate(permissions=["network:"]), "permissions such as"),
    ("dependency on a look-alike", in_predicate(dependencies={"@acme/b\u0430se": "^1"}), "names of modules"),
    ("dependency without text", in_predicate(dependencies={"@acme/base": 1}), "text"),
    ("time with an offset", in_predicate(signed="2026-06-01T11:00:00+00:00"), "a time such as"),
    ("text that runs backwards", in_predicate(permissions=["network:\u202eelpmaxe"]), "control"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "told"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_statement_that_breaks_its_form_is_malformed(change: Callable[[dict[str, Any]], object], told: str) -> None:
    """Each change of a good statement is refused, with what was expected."""
    value: Any = parse(PAYLOAD)
    change(value)
    with pytest.raises(MalformedSignature) as caught:
        read_statement(canonical(value), "@acme/guards 2.1.0")
    assert caught.value.subject == "@acme/guards 2.1.0"
    assert told in caught.value.reason


def test_another_predicate_is_another_purpose() -> None:
    """A statement of another predicate type, however alike, is not read."""
    with pytest.raises(PayloadTypeRefused) as caught:
        read_statement(PAYLOAD.replace(b"/module/v1", b"/module/v2"))
    assert caught.value.expected == PREDICATE


@pytest.mark.parametrize(
    "payload",
    [
        b" " + PAYLOAD,
        PAYLOAD + b"\n",
        PAYLOAD.replace(b'"_type"', b'"\\u005ftype"'),
        PAYLOAD.replace(b'{"_type"', b'{"predicateType":"x","_type"'),
        PAYLOAD.replace(b'"critical":[],', b'"critical":[],"critical":[],'),
        PAYLOAD[:-1],
        b"[]",
        b"\xff",
        b"",
    ],
)
def test_a_statement_has_one_text(payload: bytes) -> None:
    """Other bytes for the same statement, keys twice and broken JSON are refused."""
    with pytest.raises(MalformedSignature):
        read_statement(payload)


def test_plain_unknown_fields_are_passed_over() -> None:
    """A field that is not critical may be new: in-toto asks readers to pass it over."""
    value: Any = parse(PAYLOAD)
    value["predicate"]["homepage"] = "https://acme.example"
    assert read_statement(canonical(value)) == read_statement(PAYLOAD)


@pytest.mark.parametrize(
    ("manifest", "archive", "signed"),
    [
        (module("@acme/Guards"), SUBJECT.archive, SIGNED),
        (module(version="2.1"), SUBJECT.archive, SIGNED),
        (module(version="v2.1.0"), SUBJECT.archive, SIGNED),
        (module(permissions=("camera:front",)), SUBJECT.archive, SIGNED),
        (MODULE, "sha512:" + HEX, SIGNED),
        (MODULE, SUBJECT.archive, "yesterday"),
    ],
)
def test_nothing_is_signed_that_would_not_be_read(manifest: Any, archive: str, signed: str) -> None:
    """The writer refuses what its reader would."""
    with pytest.raises(MalformedSignature):
        statement(manifest, archive, SUBJECT.tree, signed)
