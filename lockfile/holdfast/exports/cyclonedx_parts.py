"""The components and vulnerabilities of a bill of materials, from the pins of a lock and what an audit knows of them.

CycloneDX 1.6: "Component", "Vulnerability", "Property"; the package-URL specification. Property names are those of
this file, all in the namespace `holdfast:`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from holdfast.model.audit import Audit
from holdfast.model.lock import Lock, Pin
from holdfast.model.signers import records, signers_of_files
from holdfast_resolver.values.tuples import NamedTuple

if TYPE_CHECKING:
    from cyclonedx.model import HashType, Property
    from cyclonedx.model.component import Component
    from cyclonedx.model.license import License
    from cyclonedx.model.vulnerability import Vulnerability
    from packageurl import PackageURL

_ALGORITHMS = {"sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
_SEVERITIES = ("critical", "high", "medium", "low", "none", "info", "unknown")


class KnownAdvisory(NamedTuple):
    """What a bill says of an advisory."""

    id: str
    summary: str = ""
    severity: str = ""  # "critical" | "high" | "medium" | "low" | ""
    source: str = ""  # who published it: "OSV"


class BomFacts(NamedTuple):
    """What neither the lock nor the audit says. Keys of `approvals` are `source:name version`."""

    project: str = ""
    version: str = ""
    # ("approver", "anna"), ("approved", "2026-11-03"), ("act", "<64 hex>"): any words, in the namespace of approvals
    approvals: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType({})
    advisories: tuple[KnownAdvisory, ...] = ()


class Parts:
    """Makes the parts of one bill."""

    __slots__ = ("_facts", "_risks", "_signers", "_sources")

    def __init__(self, lock: Lock, audit: Audit | None, facts: BomFacts) -> None:
        self._facts = facts
        self._signers = records(lock)
        self._sources = {source.name: source for source in lock.sources}
        self._risks = {package.id: package for package in audit.packages} if audit else {}

    def component(self, pin: Pin) -> Component:
        """Return the component of a pin; its `bom-ref` is `source:name version`."""
        from cyclonedx.model.component import Component, ComponentType

        component = Component(
            name=pin.name,
            version=pin.version,
            type=ComponentType.LIBRARY,
            bom_ref=reference(pin),
            purl=self.purl(pin),
            licenses=self._licences(pin),
            properties=self._properties(pin),
        )
        if len(pin.artifacts) == 1:
            component.hashes.update(_hashes(pin.artifacts[0].hash))
        else:
            for artifact in pin.artifacts:
                ref = f"{reference(pin)} {artifact.file}"
                file = Component(name=artifact.file, type=ComponentType.FILE, bom_ref=ref,
                                 hashes=_hashes(artifact.hash))  # fmt: skip
                component.components.add(file)
        return component

    def purl(self, pin: Pin) -> PackageURL:
        """Return the package URL; of a source that is not the public default it says which."""
        from packageurl import PackageURL

        kind = "holdfast" if pin.module is not None else "npm" if pin.npm is not None else "pypi"
        scope, slash, name = pin.name.rpartition("/")
        source = self._sources.get(pin.source)
        qualifiers = {}
        if source is not None and source.identity:
            qualifiers["repository_url"] = source.identity
        elif source is not None and source.root:
            qualifiers["registry_root"] = source.root
        return PackageURL(kind, scope if slash else None, name, pin.version, qualifiers)

    def vulnerabilities(self) -> list[Vulnerability]:
        """Return one for each advisory that the audit knows of any pin, by id."""
        from cyclonedx.model.impact_analysis import ImpactAnalysisAffectedStatus
        from cyclonedx.model.vulnerability import (
            BomTarget,
            BomTargetVersionRange,
            Vulnerability,
            VulnerabilityRating,
            VulnerabilitySeverity,
            VulnerabilitySource,
        )

        affected: dict[str, list[tuple[str, str]]] = {}
        for package in self._risks.values():
            for advisory in package.advisories:
                affected.setdefault(advisory, []).append((package.id, package.version))
        known = {one.id: one for one in self._facts.advisories}
        made = []
        for advisory, pins in sorted(affected.items()):
            said = known.get(advisory, KnownAdvisory(advisory))
            vulnerability = Vulnerability(
                bom_ref=writable(f"advisory:{advisory}"),
                id=writable(advisory),
                source=VulnerabilitySource(name=writable(said.source)) if said.source else None,
                description=writable(said.summary) or None,
            )
            if said.severity in _SEVERITIES:
                vulnerability.ratings.add(VulnerabilityRating(severity=VulnerabilitySeverity(said.severity)))
            for ref, version in sorted(pins):
                versions = [BomTargetVersionRange(version=version, status=ImpactAnalysisAffectedStatus.AFFECTED)]
                vulnerability.affects.add(BomTarget(ref=ref, versions=versions))
            made.append(vulnerability)
        return made

    def _licences(self, pin: Pin) -> list[License]:
        from cyclonedx.contrib.license.factories import LicenseFactory

        risk = self._risks.get(reference(pin))
        return [LicenseFactory().make_from_string(writable(risk.licence))] if risk is not None and risk.licence else []

    def _properties(self, pin: Pin) -> list[Property]:
        from cyclonedx.model import Property

        pairs = [("source", pin.source)]
        if len(pin.artifacts) == 1:
            pairs.append(("file", pin.artifacts[0].file))
        if pin.when:
            pairs.append(("when", pin.when))
        pairs.extend(("signer", self._called(one)) for one in signers_of_files(pin))
        if pin.module is not None:
            pairs.extend(("vetted", self._called(one)) for one in pin.module.vetted)
        risk = self._risks.get(reference(pin))
        if risk is not None:
            pairs.extend([("trust", risk.trust), ("score", str(risk.score)), ("depth", str(risk.depth))])
            pairs.extend(("capability", one) for one in risk.capabilities)
            if risk.standing:
                pairs.append(("approval", risk.standing))
        pairs.extend((f"approval:{name}", value) for name, value in self._facts.approvals.get(reference(pin), ()))
        return [
            Property(name=writable(f"holdfast:{name}"), value=writable(value)) for name, value in dict.fromkeys(pairs)
        ]

    def _called(self, signer: str) -> str:
        known = self._signers.get(signer)
        if known is None:
            return signer
        return f"{known.label} ({known.id})" if known.label else known.id


def reference(pin: Pin) -> str:
    """`pypi:click 8.1.8`"""
    return f"{pin.source}:{pin.name} {pin.version}"


def writable(text: str) -> str:
    """Return text that UTF-8 can write: a lone surrogate stands as its escape."""
    return text.encode("utf-8", "backslashreplace").decode()


def _hashes(spelled: str) -> list[HashType]:
    from cyclonedx.model import HashAlgorithm, HashType

    algorithm, _, digits = spelled.partition(":")
    name = _ALGORITHMS.get(algorithm)
    return [HashType(alg=HashAlgorithm(name), content=digits)] if name else []
