"""Evidence of who made pinned files: had, verified, and turned into signers. The same for `lock` and `verify`.

Law 1: nobody is a signer but by evidence that verifies, for this file name and this sha256.
Law 2: evidence that does not verify spoils the whole file; it is refused, never passed over.
Law 3: only what verified is kept in the cache, so that what is kept is never worse than asking again.

Knows no file and no socket: `EvidenceDesk` holds what reaches them. Loaded only where there is evidence.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Signer
from holdfast.trust.attestations.errors import TOO_LARGE, EvidenceRefused
from holdfast.trust.attestations.identities import PublisherIdentity
from holdfast.trust.attestations.provenance import read_provenance
from holdfast.trust.attestations.trust_root import TrustRoot
from holdfast.trust.attestations.verify import verify_provenance
from holdfast.workflows.port import LOCK
from holdfast_resolver.errors import RegistryError
from holdfast_resolver.fetch.evidence import EvidenceAnswer, TooLarge
from holdfast_resolver.fetch.evidence_cache import NoneServed, Served
from holdfast_resolver.fetch.evidence_need import EvidenceNeed
from holdfast_resolver.values.tuples import NamedTuple

SHA256 = "sha256:"  # the only hash that evidence can be compared with


class EvidenceDesk(NamedTuple):
    """What reaches the world. `ask(needs, refresh)` gives the answers, past the cache with `refresh`."""

    ask: Callable[[Sequence[EvidenceNeed], bool], Iterable[tuple[EvidenceNeed, EvidenceAnswer]]]
    keep: Callable[[EvidenceNeed, bytes], None]
    forget: Callable[[EvidenceNeed], None]
    root_of: Callable[[str], TrustRoot]  # of a source, by its name; raises `TrustRootRefused`
    now: datetime  # with its time zone


class Evidence(NamedTuple):
    """What came of it, each need in one of three: who signed (nobody: ()), why not had, why refused."""

    signers: dict[EvidenceNeed, tuple[Signer, ...]]
    missing: dict[EvidenceNeed, RegistryError]
    refused: dict[EvidenceNeed, EvidenceRefused]


def gather(needs: Iterable[EvidenceNeed], desk: EvidenceDesk, *, refresh: bool = False) -> Evidence:
    """Have the evidence of files and verify it. `refresh` takes nothing from the cache.

    Raises `TrustRootRefused` when the root of trust cannot be used.
    """
    wanted = list(dict.fromkeys(needs))
    signers: dict[EvidenceNeed, tuple[Signer, ...]] = {}
    missing: dict[EvidenceNeed, RegistryError] = {}
    refused: dict[EvidenceNeed, EvidenceRefused] = {}
    stale: list[EvidenceNeed] = []  # the cache had what does not hold, or no longer: asked for anew
    for need, answer in desk.ask(wanted, refresh):
        if isinstance(answer, RegistryError):
            missing[need] = answer
            continue
        try:
            signers[need] = _judge(need, answer, desk)
        except EvidenceRefused as error:
            refused[need] = error
            if isinstance(answer, Served) and answer.cached:
                desk.forget(need)
                stale.append(need)
    if stale:
        again = gather(stale, desk, refresh=True)
        signers |= again.signers
        refused = {need: error for need, error in refused.items() if need not in again.signers} | again.refused
    order = {need: place for place, need in enumerate(wanted)}
    return Evidence(
        {need: signers[need] for need in sorted(signers, key=order.__getitem__)},
        {need: missing[need] for need in sorted(missing, key=order.__getitem__)},
        {need: refused[need] for need in sorted(refused, key=order.__getitem__)},
    )


def _judge(need: EvidenceNeed, answer: Served | NoneServed | TooLarge, desk: EvidenceDesk) -> tuple[Signer, ...]:
    """Return who signed a file, by an index's answer. Raises `EvidenceRefused`."""
    if isinstance(answer, NoneServed):
        return ()
    if isinstance(answer, TooLarge):
        raise EvidenceRefused(need.file, TOO_LARGE, f"expected at most {answer.limit} bytes")
    provenance = read_provenance(answer.data, need.file)
    sha256 = need.hash.removeprefix(SHA256)
    verified = verify_provenance(need.file, sha256, provenance, desk.root_of(need.source), desk.now)
    if not answer.cached:
        desk.keep(need, answer.data)
    return tuple(sorted({_signer(one.identity) for one in verified}))


def _signer(identity: PublisherIdentity) -> Signer:
    attributes = (("context", identity.context), ("owner-id", identity.owner_id))
    return Signer(identity.id, identity.label, tuple([pair for pair in attributes if pair[1]]))


def refused_finding(need: EvidenceNeed, error: EvidenceRefused, package: str) -> Finding:
    """Return what is to be said of evidence that does not hold; `package` is the pin, spelled."""
    return Finding(
        "evidence-refused",
        severity("evidence-refused"),
        need.file,
        "evidence that verifies",
        f"{error.reason}: {error.detail}",
        (("package", package), ("source", need.source)),
        hints=("holdfast explain evidence-refused",),
        place=Place(LOCK),
    )


FOLDED = 4  # packages with one reason that become one finding


def unavailable_findings(unavailable: Iterable[tuple[str, str, str]]) -> tuple[Finding, ...]:
    """Return what is to be said of evidence that could not be had: (pin, spelled; file; why). Many are folded."""
    by_reason: dict[str, dict[str, list[str]]] = {}
    for package, file, reason in unavailable:
        by_reason.setdefault(reason, {}).setdefault(package, []).append(file)
    findings: list[Finding] = []
    for reason, packages in by_reason.items():
        if len(packages) < FOLDED:
            findings += [
                _unavailable(package, f"the evidence of {', '.join(files)}", reason, ())
                for package, files in packages.items()
            ]
        else:
            count = sum(len(files) for files in packages.values())
            shown = ", ".join(list(packages)[:3]) + f", +{len(packages) - 3}"
            findings.append(
                _unavailable(
                    f"{len(packages)} packages", f"the evidence of {count} files", reason, (("packages", shown),)
                )
            )
    return tuple(findings)


def _unavailable(subject: str, expected: str, reason: str, facts: tuple[tuple[str, str], ...]) -> Finding:
    code = "evidence-unavailable"
    return Finding(
        code, severity(code), subject, expected, reason, facts, hints=("holdfast verify",), place=Place(LOCK)
    )


def reason_of(error: RegistryError) -> str:
    """Return why an answer is missing, without the file, so that equal reasons can be told once."""
    return f"{error.source}: {error.detail}" if error.detail else f"{error.source} gave no answer"
