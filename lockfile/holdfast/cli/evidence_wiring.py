"""The composition root of evidence: the cache, the transport and the roots of trust become an `EvidenceDesk`.

Only commands that meet evidence import this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from holdfast.cli.project import ProjectFolder
from holdfast.configuration.configuration import SigstoreRoot
from holdfast.trust.attestations.errors import TrustRootRefused
from holdfast.trust.attestations.trust_root import TrustRoot, load_trust_root, production_trust_root
from holdfast.workflows.evidence import EvidenceDesk
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.evidence import EvidenceAnswer, fetch_evidence
from holdfast_resolver.fetch.evidence_cache import EvidenceCache
from holdfast_resolver.fetch.evidence_need import EvidenceNeed

if TYPE_CHECKING:
    from holdfast_resolver.fetch.transport import Transport

ROOT = ".holdfast/roots/sigstore.json"


def open_desk(
    project: ProjectFolder,
    sigstore: SigstoreRoot | None,
    cache: Cache,
    connect: Callable[[], Transport] | None,
    now: int,
) -> EvidenceDesk:
    """Return the desk of a project. `connect` is None offline; `now` is in unix seconds."""
    kept = EvidenceCache(cache)
    roots: dict[bool, TrustRoot] = {}

    def ask(needs: Sequence[EvidenceNeed], refresh: bool) -> Iterator[tuple[EvidenceNeed, EvidenceAnswer]]:
        return fetch_evidence(needs, kept, connect, now, refresh=refresh)

    def root_of(source: str) -> TrustRoot:
        private = sigstore is not None and (not sigstore.sources or source in sigstore.sources)
        if private not in roots:
            roots[private] = _private_root(project, sigstore) if private and sigstore else production_trust_root()
        return roots[private]

    return EvidenceDesk(ask, kept.keep, kept.forget, root_of, datetime.fromtimestamp(now, tz=UTC))


def _private_root(project: ProjectFolder, sigstore: SigstoreRoot) -> TrustRoot:
    data = project.read(ROOT)
    if data is None:
        raise TrustRootRefused(ROOT, "there is no such file")
    return load_trust_root(data, sigstore.digest, ROOT)
