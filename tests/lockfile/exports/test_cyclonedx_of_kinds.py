"""The bill of materials of npm packages and modules, and of all kinds in one lock; beside npm's own of the same."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from holdfast.exports.cyclonedx import cyclonedx
from holdfast.exports.cyclonedx_parts import BomFacts, KnownAdvisory
from holdfast.model.audit import Audit, PackageRisk, Whole
from holdfast.model.lock import Input, Lock, LockedSource, ModuleFacts, Pin, PinnedArtifact, Scope, Signer
from holdfast_resolver.values.requirements import Requirement
from tests.lockfile.exports import npm_locks
from tests.support.lock_scenarios import TARGETS

ROOT = "sha256:" + "ab" * 32
MODULE = "sha256:" + "cd" * 32
ADA, DANA = "ed25519:ada", "ed25519:dana"


def module(name: str, version: str, *needs: str, **facts: Any) -> Pin:
    """A pin of the registry `acme`."""
    artifact = PinnedArtifact(f"{name[1:].replace('/', '-')}-{version}.tar", MODULE)
    edges = tuple((Requirement("acme", need), "") for need in needs)
    return Pin(
        "acme", name, version, artifacts=(artifact,), dependencies=edges, signers=(ADA,),
        module=ModuleFacts(MODULE, permissions=("network:api.example",), vetted=(DANA,), threshold=1, **facts),
    )  # fmt: skip


WHEEL = Pin(
    "pypi", "debug", "1.0.0", artifacts=(PinnedArtifact("debug-1.0.0-py3-none-any.whl", "sha256:" + "ef" * 32),)
)  # fmt: skip
MIXED = Lock(
    Scope(">=3.11", "highest", "if-necessary", TARGETS),
    (
        Input("holdfast.toml", "module", "", (Requirement("acme", "@acme/agent"),)),
        npm_locks.part("project", "@babel/core ^7", "debug ^4"),
        Input("tools/package.json", "project", "", (npm_locks.wish("JSONStream *", source="mirror"),)),
        Input("pyproject.toml", "project", "", (Requirement("pypi", "debug"),)),
    ),
    (
        module("@acme/agent", "1.2.0", "@acme/core", privileged=True),
        module("@acme/core", "2.0.0-rc.1+build.5"),
        npm_locks.pin("JSONStream", "1.3.5")._replace(source="mirror"),
        npm_locks.pin("@babel/core", "7.2.0", "debug ^4"),
        npm_locks.pin("debug", "4.3.0")._replace(signers=("npm:key",)),
        WHEEL,
    ),
    sources=(
        LockedSource("acme", "modules", root=ROOT),
        LockedSource("mirror", "npm", "https://packages.acme.example/npm/?a b"),
    ),
    signers=(Signer(ADA, "Ada of Acme"), Signer(DANA), Signer("npm:key")),
)  # fmt: skip


def risk(source: str, name: str, version: str, advisories: tuple[str, ...], standing: str = "") -> PackageRisk:
    """What an audit knows of one package."""
    id_ = f"{source}:{name} {version}"
    return PackageRisk(
        id_, source, name, version, 1, (id_,), 0, 0.1, 0.0, 0, (), "publisher", ("network",), advisories, "MIT", "",
        7, (), standing,
    )  # fmt: skip


AUDIT = Audit(
    Whole(6, 0, 0, 1, 0, 0, 0.0, (), 0, ()),
    (
        risk("acme", "@acme/agent", "1.2.0", ("ACME-1",), "reviewed"),
        risk("npm", "debug", "4.3.0", ("GHSA-1",)),
        risk("pypi", "debug", "1.0.0", ("GHSA-1",)),
    ),
    (), (), (), (),
)  # fmt: skip
FACTS = BomFacts(
    "web", "1.0.0", {"acme:@acme/agent 1.2.0": (("approver", "anna"),)}, (KnownAdvisory("ACME-1", "", "critical"),)
)


def bill(lock: Lock, *more: Any) -> dict[str, Any]:
    """The document, which is valid CycloneDX 1.6."""
    text = cyclonedx(lock, *more)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def components(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The components by reference."""
    return {one["bom-ref"]: one for one in document["components"]}


def edges(document: dict[str, Any]) -> dict[str, list[str]]:
    """The edges by reference, leaves left out."""
    return {one["ref"]: one["dependsOn"] for one in document["dependencies"] if one.get("dependsOn")}


def test_package_urls_of_each_kind() -> None:
    """Scopes are namespaces; other registries and registries of modules say which they are.

    The capitals of an old name of npm stand in the component's name: package URLs of that type have none (purl
    specification, type "npm").
    """
    found = {ref: PackageURL.from_string(one["purl"]) for ref, one in components(bill(MIXED)).items()}
    assert {ref: (url.type, url.namespace, url.name, url.version, url.qualifiers) for ref, url in found.items()} == {
        "acme:@acme/agent 1.2.0": ("holdfast", "@acme", "agent", "1.2.0", {"registry_root": ROOT}),
        "acme:@acme/core 2.0.0-rc.1+build.5": (
            "holdfast", "@acme", "core", "2.0.0-rc.1+build.5", {"registry_root": ROOT},
        ),
        "mirror:JSONStream 1.3.5": (
            "npm", None, "jsonstream", "1.3.5", {"repository_url": "https://packages.acme.example/npm/?a b"},
        ),
        "npm:@babel/core 7.2.0": ("npm", "@babel", "core", "7.2.0", {}),
        "npm:debug 4.3.0": ("npm", None, "debug", "4.3.0", {}),
        "pypi:debug 1.0.0": ("pypi", None, "debug", "1.0.0", {}),
    }  # fmt: skip
    assert components(bill(MIXED))["mirror:JSONStream 1.3.5"]["name"] == "JSONStream"
    assert components(bill(MIXED))["npm:@babel/core 7.2.0"]["purl"] == "pkg:npm/%40babel/core@7.2.0"


def test_hashes_of_each_kind() -> None:
    """SHA-512 of a tarball of npm, SHA-256 of the archive of a module: the digests of the lock, in hex."""
    pins = {f"{pin.source}:{pin.name} {pin.version}": pin.artifacts[0].hash for pin in MIXED.packages}
    for ref, one in components(bill(MIXED)).items():
        (said,) = one["hashes"]
        assert f"{said['alg'].replace('-', '').lower()}:{said['content']}" == pins[ref]
    assert {one["hashes"][0]["alg"] for one in components(bill(MIXED)).values()} == {"SHA-256", "SHA-512"}


def test_edges_of_each_kind() -> None:
    """The project leads to the wishes of every manifest; two packages of one name in two worlds stay two."""
    assert edges(bill(MIXED)) == {
        "acme:@acme/agent 1.2.0": ["acme:@acme/core 2.0.0-rc.1+build.5"],
        "npm:@babel/core 7.2.0": ["npm:debug 4.3.0"],
        "project": [
            "acme:@acme/agent 1.2.0",
            "mirror:JSONStream 1.3.5",
            "npm:@babel/core 7.2.0",
            "npm:debug 4.3.0",
            "pypi:debug 1.0.0",
        ],
    }


def test_what_is_known_of_each_kind() -> None:
    """Licences, vulnerabilities across worlds, signers with their labels, who vetted, and who approved."""
    document = bill(MIXED, AUDIT, FACTS)
    affected = {one["id"]: [ref["ref"] for ref in one["affects"]] for one in document["vulnerabilities"]}
    assert affected == {"ACME-1": ["acme:@acme/agent 1.2.0"], "GHSA-1": ["npm:debug 4.3.0", "pypi:debug 1.0.0"]}
    agent = components(document)["acme:@acme/agent 1.2.0"]
    assert agent["licenses"] == [{"license": {"id": "MIT"}}]
    said = [(one["name"], one["value"]) for one in agent["properties"]]
    assert {
        ("holdfast:signer", f"Ada of Acme ({ADA})"), ("holdfast:vetted", DANA), ("holdfast:approval", "reviewed"),
        ("holdfast:approval:approver", "anna"), ("holdfast:capability", "network"), ("holdfast:trust", "publisher"),
    } <= set(said)  # fmt: skip
    assert all(
        one["name"].startswith("holdfast:")
        for part in components(document).values()
        for one in part["properties"]
    )  # fmt: skip


def test_the_serial_number_is_of_the_content() -> None:
    """The same bytes each time; a changed hash, edge or fact gives another number."""
    assert cyclonedx(MIXED, AUDIT, FACTS) == cyclonedx(MIXED, AUDIT, FACTS)
    first, *rest = MIXED.packages
    other = first._replace(artifacts=(first.artifacts[0]._replace(hash="sha256:" + "00" * 32),))
    loose = first._replace(dependencies=())
    locks = [MIXED, MIXED._replace(packages=(other, *rest)), MIXED._replace(packages=(loose, *rest))]
    serials = [bill(one, AUDIT, FACTS)["serialNumber"] for one in locks] + [bill(MIXED)["serialNumber"]]
    assert len(set(serials)) == 4
    assert all(one.startswith("urn:uuid:") for one in serials)


def test_instances_of_npm_count_as_their_release() -> None:
    """A release in two places is one component, with the edges of both places."""
    document = bill(npm_locks.LOCK)
    assert edges(document)["npm:use-it 1.2.0"] == ["npm:react 17.0.2", "npm:react 18.3.1"]
    assert len(document["components"]) == len(npm_locks.LOCK.packages)


def test_beside_npms_own(tmp_path: Path) -> None:
    """`npm sbom` of the same lock has the same packages, hashes and edges.

    Two differences: workspaces are components of it, which for us are the project; and of a release that is in two
    places it has the edges of one place only.
    """
    theirs = by_npm(tmp_path)
    ours = bill(npm_locks.LOCK)
    members = {"pkg:npm/lib@2.0.0", "pkg:npm/%40acme/old@0.1.0"}
    known = {one["purl"]: one["hashes"] for one in theirs["components"] if one["purl"] not in members}
    assert known == {one["purl"]: one["hashes"] for one in ours["components"]}
    mine, others = by_url(ours, "project"), by_url(theirs, theirs["metadata"]["component"]["bom-ref"])
    own = set().union(*[others.pop(member) for member in members], others.pop("")) - members
    assert own == mine.pop("")
    mine["pkg:npm/use-it@1.2.0"].remove("pkg:npm/react@17.0.2")
    assert mine == others


def by_url(document: dict[str, Any], project: str) -> dict[str, set[str]]:
    """The edges by package URLs; "" is the project."""
    urls = {one["bom-ref"]: one["purl"] for one in document["components"]} | {project: ""}
    return {urls[one["ref"]]: {urls[ref] for ref in one.get("dependsOn", [])} for one in document["dependencies"]}


def by_npm(folder: Path) -> dict[str, Any]:
    """What npm prints for the golden `package-lock.json`. It asks nobody."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not on PATH")
    for manifest in npm_locks.MANIFESTS:
        place = folder / manifest.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(manifest.data))
    (folder / "package-lock.json").write_bytes(npm_locks.GOLDEN.read_bytes())
    words = [npm, "sbom", "--package-lock-only", "--sbom-format", "cyclonedx", "--offline"]
    home = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    done = subprocess.run(words, cwd=folder, env=home, capture_output=True, text=True, timeout=120, check=False)
    if "Unknown command" in done.stderr:
        pytest.skip("this npm has no `sbom`")
    assert done.returncode == 0, done.stderr
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded
