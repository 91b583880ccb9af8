"""One run that brings signers into a lock: which files are asked for, and what comes of the answers.

The rules stand in `lock_evidence.py`. Loaded only when evidence is asked for, or a signed pin moved.
"""

from __future__ import annotations

from holdfast.findings.finding import Finding
from holdfast.format.order import canonical
from holdfast.model.joint_records import is_joint
from holdfast.model.lock import Lock, Pin, Signer
from holdfast.model.signer_references import references, renamed
from holdfast.model.signers import artifact_signers, everybody, named, records, with_signers
from holdfast.model.words import spell_pin
from holdfast.workflows.evidence import gather, reason_of, refused_finding, unavailable_findings
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
    """One run over a lock. `known` are files whose signers stand; `links` what can be asked of the others.

    Signers are records with canonical ids; references to them are made at the end.
    """

    def __init__(
        self,
        new: Lock,
        before: Lock | None,
        offered: Mapping[tuple[str, str, str], tuple[Artifact, ...]],
        market: Market,
        freed: frozenset[str],
        npm: Mapping[tuple[str, str, str], tuple[Signer, ...]] = {},
    ) -> None:
        self.new = new
        self.before = before
        self.market = market
        self.freed = freed
        self.olds = {pin[:3]: pin for pin in before.packages} if before else {}
        self.old_records = records(before) if before else {}
        self.known: dict[_File, tuple[Signer, ...]] = {}
        self.links: dict[_File, EvidenceNeed] = {}
        self.fresh: dict[_File, tuple[Signer, ...]] = {}
        self.unavailable: list[tuple[str, str, str]] = []
        for place, pin in enumerate(new.packages):
            if pin[:3] in npm:
                self.fresh[place, pin.artifacts[0].file] = npm[pin[:3]]
            elif pin.module is None:
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
                self.known[key] = named(ids, self.old_records)
        if old is not None and settled:
            self.unavailable += _unlinked(old, artifacts)

    def run(self) -> SignedLock:
        """Ask for what has to be asked."""
        wanted = (self.links.keys() - self.known.keys()) | self._joint()
        if wanted and self.market.evidence is not None:
            refused = self._ask(wanted)
            if refused:
                return SignedLock(self.new, refused, blocked=True)
        signed = self._signed()
        moved = moved_findings(self.before, signed) if self.before is not None and self.old_records else ()
        return SignedLock(signed, moved + unavailable_findings(self.unavailable))

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
            self.known[place, file] = named(ids, self.old_records)
            self.unavailable.append((spell_pin(pins[place]), file, reason_of(error)))
        return ()

    def _joint(self) -> set[_File]:
        """Files whose signers have joint records, as locks had them before, and that can be asked for."""
        return {file for file, signers in self.known.items() if file in self.links and any(map(is_joint, signers))}

    def _signed(self) -> Lock:
        """The lock with the signers of every file, and the records that these refer to."""
        olds = {one[:3]: one for one in self.old_records.values()}
        signed: dict[int, dict[str, tuple[Signer, ...]]] = {}
        for (place, file), signers in self.known.items():
            signed.setdefault(place, {})[file] = signers
        for (place, file), signers in self.fresh.items():
            # Keys that this version does not know stay with a record that says the same.
            signed.setdefault(place, {})[file] = tuple([olds.get(one[:3], one) for one in signers])
        of_modules = [everybody(pin) if pin.module is not None else () for pin in self.new.packages]
        known = records(self.new)
        spelled = references(
            [one for files in signed.values() for signers in files.values() for one in signers]
            + [one for ids in of_modules for one in named(ids, known)]
        )
        pins = [
            renamed(pin, {one: spelled[known[one]] for one in of_modules[place]})
            if pin.module is not None
            else with_signers(
                pin,
                {file: frozenset([spelled[one] for one in signers]) for file, signers in signed.get(place, {}).items()},
            )
            for place, pin in enumerate(self.new.packages)
        ]
        found = tuple([one._replace(id=reference) for one, reference in spelled.items()])
        return canonical(self.new._replace(packages=tuple(pins), signers=found))


def _unlinked(pin: Pin, offered: tuple[Artifact, ...]) -> list[tuple[str, str, str]]:
    """The files of a pin that somebody signed, whose evidence the index no longer links to."""
    signed = {(one.file, one.hash) for one in pin.artifacts if artifact_signers(pin, one)}
    return [
        (spell_pin(pin), one.file, _NO_LINK) for one in offered if not one.provenance and (one.file, one.hash) in signed
    ]
