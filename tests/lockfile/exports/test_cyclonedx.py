"""The bill of materials: valid, whole, the same every time, with everything that the lock and the audit know."""

import json
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from holdfast.exports.cyclonedx import cyclonedx
from holdfast.exports.cyclonedx_parts import BomFacts, KnownAdvisory
from holdfast.model.audit import Audit, PackageRisk, Whole
from holdfast.model.lock import Lock, LockedSource, Signer
from tests.support.hostile_audits import NAMES
from tests.support.lock_scenarios import TARGETS, read_lock

LOCK = read_lock(
    """
wish flask>=3.0
wish pytest (group test)
flask 3.0.3 | files flask-3.0.3-py3-none-any.whl flask-3.0.3.tar.gz
    click>=8.1.3
click 8.1.8 | signers github:101/.github/workflows/publish.yaml
    colorama ; sys_platform == 'win32'
colorama 0.4.6
pytest 8.3.4
    colorama ; sys_platform == 'win32'
added 1 | from internal
""",
    TARGETS,
    (LockedSource("internal", "pypi", "https://packages.acme.example/simple/"),),
)._replace(signers=(Signer("github:101/.github/workflows/publish.yaml", "pallets/click"),))
FACTS = BomFacts(
    "storefront",
    "2.0",
    {"pypi:click 8.1.8": (("approver", "anna"), ("date", "2026-11-03T10:00:00Z"))},
    (KnownAdvisory("GHSA-1", "reads past the end", "high", "OSV"),),
)


def risk(name: str, version: str, licence: str = "", advisories: tuple[str, ...] = ()) -> PackageRisk:
    """What an audit knows of one package."""
    return PackageRisk(
        f"pypi:{name} {version}", "pypi", name, version, 1, (f"pypi:{name} {version}",), 0, 0.1, 0.0, 0, (), "unsigned",
        ("network", "subprocess"), advisories, licence, "", 12, (), "reviewed",
    )  # fmt: skip


def audit(*packages: PackageRisk) -> Audit:
    """An audit of these packages."""
    return Audit(Whole(len(packages), 0, 0, 1, 0, 0, 0.0, (), 0, ()), packages, (), (), (), ())


AUDIT = audit(
    risk("click", "8.1.8", "BSD-3-Clause", ("GHSA-1", "GHSA-2")),
    risk("colorama", "0.4.6", "MIT OR Apache-2.0", ("GHSA-1",)),
    risk("flask", "3.0.3", "a licence of our own"),
)


def bill(*arguments: Any) -> dict[str, Any]:
    """The document, which is valid CycloneDX 1.6."""
    text = cyclonedx(*arguments)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def component(document: dict[str, Any], ref: str) -> dict[str, Any]:
    """A component by its reference."""
    (found,) = [one for one in document["components"] if one["bom-ref"] == ref]
    assert isinstance(found, dict)
    return found


def properties(one: dict[str, Any]) -> list[tuple[str, str]]:
    """Its properties as pairs."""
    return [(pair["name"], pair["value"]) for pair in one["properties"]]


def test_a_lock_alone_makes_a_valid_bill() -> None:
    """Every pin is a component with a package URL, and the project is the subject."""
    document = bill(LOCK)
    assert document["specVersion"] == "1.6"
    assert document["metadata"]["component"]["bom-ref"] == "project"
    assert [one["purl"] for one in document["components"]] == [
        "pkg:pypi/added@1?repository_url=https://packages.acme.example/simple/",
        "pkg:pypi/click@8.1.8",
        "pkg:pypi/colorama@0.4.6",
        "pkg:pypi/flask@3.0.3",
        "pkg:pypi/pytest@8.3.4",
    ]


def test_hashes_are_those_of_the_lock() -> None:
    """One file's hash is the component's; of several files each is a component of its own with its hash."""
    document = bill(LOCK)
    pins = {f"{pin.source}:{pin.name} {pin.version}": pin for pin in LOCK.packages}
    (said,) = component(document, "pypi:click 8.1.8")["hashes"]
    assert f"sha256:{said['content']}" == pins["pypi:click 8.1.8"].artifacts[0].hash
    flask = component(document, "pypi:flask 3.0.3")
    assert "hashes" not in flask
    files = {one["name"]: "sha256:" + one["hashes"][0]["content"] for one in flask["components"]}
    assert files == {one.file: one.hash for one in pins["pypi:flask 3.0.3"].artifacts}


def test_edges_are_those_of_the_lock() -> None:
    """The project leads to its wishes, of every group; a pin to what it needs on any target."""
    edges = {one["ref"]: one.get("dependsOn", []) for one in bill(LOCK)["dependencies"]}
    assert edges == {
        "project": ["pypi:flask 3.0.3", "pypi:pytest 8.3.4"],
        "internal:added 1": [],
        "pypi:click 8.1.8": ["pypi:colorama 0.4.6"],
        "pypi:colorama 0.4.6": [],
        "pypi:flask 3.0.3": ["pypi:click 8.1.8"],
        "pypi:pytest 8.3.4": ["pypi:colorama 0.4.6"],
    }


def test_an_audit_adds_licences_vulnerabilities_and_what_the_code_can_do() -> None:
    """Each advisory stands once with all it affects; a licence that is no SPDX expression stands by its name."""
    document = bill(LOCK, AUDIT, FACTS)
    assert component(document, "pypi:click 8.1.8")["licenses"] == [{"license": {"id": "BSD-3-Clause"}}]
    assert component(document, "pypi:colorama 0.4.6")["licenses"] == [{"expression": "MIT OR Apache-2.0"}]
    assert component(document, "pypi:flask 3.0.3")["licenses"] == [{"license": {"name": "a licence of our own"}}]
    assert {one["id"]: [ref["ref"] for ref in one["affects"]] for one in document["vulnerabilities"]} == {
        "GHSA-1": ["pypi:click 8.1.8", "pypi:colorama 0.4.6"],
        "GHSA-2": ["pypi:click 8.1.8"],
    }
    assert document["vulnerabilities"][0]["ratings"] == [{"severity": "high"}]
    said = properties(component(document, "pypi:click 8.1.8"))
    assert [value for name, value in said if name == "holdfast:capability"] == ["network", "subprocess"]


def test_signers_and_approvals_are_properties_in_our_namespace() -> None:
    """Who signed, by label and id, and who approved; no property stands outside of the namespace."""
    document = bill(LOCK, AUDIT, FACTS)
    said = properties(component(document, "pypi:click 8.1.8"))
    assert ("holdfast:signer", "pallets/click (github:101/.github/workflows/publish.yaml)") in said
    assert ("holdfast:approval:approver", "anna") in said
    assert ("holdfast:approval", "reviewed") in said
    assert all(name.startswith("holdfast:") for one in document["components"] for name, _ in properties(one))


def test_the_same_lock_gives_the_same_bytes_and_another_a_serial_number_of_its_own() -> None:
    """There is no time in it, and the serial number follows the content."""
    assert cyclonedx(LOCK, AUDIT, FACTS) == cyclonedx(LOCK, AUDIT, FACTS)
    serials = {bill(*some)["serialNumber"] for some in ((LOCK,), (LOCK, AUDIT), (LOCK, AUDIT, FACTS))}
    assert len(serials) == 3
    assert "timestamp" not in bill(LOCK)["metadata"]


@pytest.mark.parametrize("name", NAMES)
def test_hostile_words_make_a_valid_bill(name: str) -> None:
    """Whatever a licence, a signer or an advisory is called, the bill is valid and can be written."""
    pins = tuple(pin._replace(signers=(name,)) for pin in LOCK.packages)
    lock: Lock = LOCK._replace(packages=pins)
    document = bill(lock, audit(risk("click", "8.1.8", name, (name,))), BomFacts(name, name))
    assert len(document["vulnerabilities"]) == 1
    cyclonedx(lock, None, BomFacts(name)).encode()
