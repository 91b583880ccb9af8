"""One run that brings signers into a lock: which files are asked for, and what comes of the answers.

The rules stand in `lock_evidence.py`. Loaded only when evidence is asked for, or a signed pin moved.
"""

from __future__ import annotations

from holdfast.findings.finding import Finding
from holdfast.format.order import canonical
from holdfast.model.lock import Lock, Pin, Signer
from holdfast.model.signers import artifact_signers, named, records, with_signers
from holdfast.model.words import spell_pin
from holdfast.workflows.evidence import gather, reason_of, refused_finding, unavailable_findings
from holdfast.workflows.joint_signers import is_joint, joined
from holdfast.workflows.lock_evidence import SignedLock
from holdfast.workflows.market import Market
from holdfast.workflows.signer_findings import moved_findings
from holdfast_resolver.fetch.evidence_need import EvidenceNeed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from holdfast_resolver.values.artifacts import Artifact

_File = tuple[int, str]  # (place of the pin in the lock, file name)
_NO_LINK = "the index no longer links to it"


class Signing:
    """One run over a lock. `known` are files whose signers stand; `links` what can be asked of the others."""

    def __init__(
        self,
        new: Lock,
        before: Lock | None,
        offered: Mapping[tuple[str, str, str], tuple[Artifact, ...]],
        market: Market,
        freed: frozenset[str],
    ) -> None:
        self.new = new
        self.before = before
        self.market = market
        self.freed = freed
        self.olds = {pin[:3]: pin for pin in before.packages} if before else {}
        self.old_records = records(before) if before else {}
        self.known: dict[_File, frozenset[str]] = {}
        self.links: dict[_File, EvidenceNeed] = {}
        self.fresh: dict[_File, tuple[Signer, ...]] = {}
        self.unavailable: list[tuple[str, str, str]] = []
        for place, pin in enumerate(new.packages):
            if pin.module is None:
                self._sort_out(place, pin, offered.get(pin[:3], ()))

    def _sort_out(self, place: int, pin: Pin, artifacts: tuple[Artifact, ...]) -> None:
        """Tell the files of a pin apart: known from the lock before, or to be asked for."""
        old = self.olds.get(pin[:3])
        signed = {(one.file, one.hash): artifact_signers(old, one) for one in old.artifacts} if old else {}
        settled = any(signed.values())
        offered = {(one.file, one.hash): one.provenance for one in artifacts}
        for artifact in pin.artifacts:
            key = (place, artifact.file)
            link = offered.get((artifact.file, artifact.hash), "")
            if link and artifact.hash.startswith("sha256:"):  # the only hash that evidence speaks of
                self.links[key] = EvidenceNeed(pin.source, artifact.file, artifact.hash, link)
            ids = signed.get((artifact.file, artifact.hash))
            stands = (settled and pin.name not in self.freed) or key not in self.links
            if ids is not None and stands:
                self.known[key] = frozenset(ids)
        if old is not None and settled:
            self.unavailable += _unlinked(old, artifacts)

    def run(self) -> SignedLock:
        """Ask until nothing is left to be asked."""
        asked: set[_File] = set()
        wanted = (self.links.keys() - self.known.keys()) | self._restless()
        while wanted and self.market.evidence is not None:
            refused = self._ask(wanted)
            if refused:
                return SignedLock(self.new, refused, blocked=True)
            asked |= wanted
            wanted = self._entangled() - asked
        signed = self._signed()
        return SignedLock(signed, self._moved(signed) + unavailable_findings(self.unavailable))

    def _moved(self, signed: Lock) -> tuple[Finding, ...]:
        if not self.old_records or self.before is None:
            return ()

        def signers_of(place: int, file: str) -> tuple[Signer, ...]:
            key = (place, file)
            return self.fresh[key] if key in self.fresh else named(tuple(sorted(self.known.get(key, ()))), olds)

        olds = self.old_records
        return moved_findings(self.before, signed, signers_of)

    def _ask(self, wanted: Iterable[_File]) -> tuple[Finding, ...]:
        """Have and verify the evidence of some files; return what was refused."""
        assert self.market.evidence is not None
        files = {self.links[file]: file for file in sorted(wanted)}
        evidence = gather(files, self.market.evidence(), refresh=self.market.index.freshness.refresh)
        pins = self.new.packages
        if evidence.refused:
            return tuple(
                [
                    refused_finding(need, error, spell_pin(pins[files[need][0]]))
                    for need, error in evidence.refused.items()
                ]
            )
        for need, signers in evidence.signers.items():
            self.fresh[files[need]] = signers
        for need, error in evidence.missing.items():
            place, file = files[need]
            old = self.olds.get(pins[place][:3])
            if old is None or (file, need.hash) not in [one[:2] for one in old.artifacts]:
                raise error
            ids = {(one.file, one.hash): artifact_signers(old, one) for one in old.artifacts}[file, need.hash]
            self.known[place, file] = frozenset(ids)
            self.unavailable.append((spell_pin(pins[place]), file, reason_of(error)))
        return ()

    def _restless(self) -> set[_File]:
        """Files of identities whose record was joint: another file of theirs may be gone."""
        joint = {id_ for id_, record in self.old_records.items() if is_joint(record)}
        return self._files_of(joint) if joint else set()

    def _entangled(self) -> set[_File]:
        """Files that name an identity of whose record the others say something else, and that can be asked."""
        found = self._fresh_records()
        told = {id_ for id_, record in found.items() if self.old_records.get(id_, record) != record}
        return self._files_of(told)

    def _files_of(self, signers: set[str]) -> set[_File]:
        return {file for file, ids in self.known.items() if file in self.links and not signers.isdisjoint(ids)}

    def _fresh_records(self) -> dict[str, Signer]:
        return {one.id: one for one in joined([one for signers in self.fresh.values() for one in signers])}

    def _signed(self) -> Lock:
        """The lock with the signers of every file, and one record for each identity."""
        signed: dict[int, dict[str, frozenset[str]]] = {}
        kept: set[str] = set()
        for (place, file), ids in self.known.items():
            if (place, file) not in self.fresh:
                signed.setdefault(place, {})[file] = ids
                kept |= ids
        for (place, file), signers in self.fresh.items():
            signed.setdefault(place, {})[file] = frozenset([one.id for one in signers])
        pins = tuple(
            [
                with_signers(pin, signed.get(place, {})) if pin.module is None else pin
                for place, pin in enumerate(self.new.packages)
            ]
        )
        found = {one.id: one for one in self.new.signers if self._of_modules(one.id)}
        olds = [self.old_records[id_] for id_ in kept if id_ in self.old_records]
        for one in joined([*self._fresh_records().values(), *olds]):
            unknown = self.old_records[one.id].unknown if one.id in self.old_records else ()
            found[one.id] = one._replace(unknown=unknown)
        lock = self.new._replace(packages=pins, signers=tuple(found.values()))
        return canonical(lock)

    def _of_modules(self, id_: str) -> bool:
        return any(
            id_ in pin.signers or id_ in pin.module.vetted for pin in self.new.packages if pin.module is not None
        )


def _unlinked(pin: Pin, offered: tuple[Artifact, ...]) -> list[tuple[str, str, str]]:
    """The files of a pin that somebody signed, whose evidence the index no longer links to."""
    signed = {(one.file, one.hash) for one in pin.artifacts if artifact_signers(pin, one)}
    return [
        (spell_pin(pin), one.file, _NO_LINK) for one in offered if not one.provenance and (one.file, one.hash) in signed
    ]
