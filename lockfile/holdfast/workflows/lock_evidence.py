"""Signers into the lock: for the files that are new to it the evidence is had and verified, all others keep theirs.

Rule 1: bytes that the lock has as signed stay signed, whatever the index says of them today: these very bytes were
        verified. That their evidence is not to be had any more is said (`evidence-unavailable`).
Rule 2: bytes that are new to the lock are unsigned only if the index says so: without a link, or with status 404. When
        it promises evidence and does not answer, nothing is written.
Rule 3: evidence that does not verify blocks: nothing is written (`evidence-refused`).
Rule 4: a pin that the lock has as wholly unsigned is asked again as long as the index links to evidence, and so is one
        that `update NAME` frees.
Rule 5: files that say different things of one identity have different records of it, each its own. In a lock of
        before, where these stand side by side in one, the files of that identity are asked again.

See docs/adr/0011-evidence.md. Loaded only where an index links to evidence, or the lock has signers.
"""

from __future__ import annotations

from holdfast.findings.finding import Finding
from holdfast.model.joint_records import is_joint
from holdfast.model.lock import Lock, Pin, PinnedArtifact, Signer
from holdfast.workflows.market import Market
from holdfast_resolver.resolve.request import Chosen
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Mapping


class SignedLock(NamedTuple):
    """The lock with its signers. `blocked`: evidence was refused, and the findings say so."""

    lock: Lock
    findings: tuple[Finding, ...] = ()
    blocked: bool = False


def sign_lock(
    new: Lock,
    before: Lock | None,
    packages: tuple[Chosen, ...],
    market: Market,
    freed: frozenset[str] = frozenset(),
    npm: Mapping[tuple[str, str, str], tuple[Signer, ...]] = {},
) -> SignedLock:
    """Return the lock with the signers of its Python packages; `before` is the lock that it follows.

    The evidence of `freed` packages is asked for anew. `npm` are the signers of npm packages, by (source, name,
    version), whose evidence was verified in this run.

    Raises the `RegistryError` of evidence that a file new to the lock needs, and `TrustRootRefused`.
    """
    olds = {pin[:3]: pin for pin in before.packages} if before else {}
    offered = {chosen[:3]: chosen.artifacts for chosen in packages}
    signed = {pin[:2] for pin in olds.values() if _is_signed(pin)}
    busy, unlinked = bool(npm), False
    for pin in new.packages:
        artifacts = offered.get(pin[:3], ())
        linked = [one.file for one in artifacts if one.provenance]
        old = olds.get(pin[:3])
        if old is None or not _is_signed(old):
            busy = busy or bool(linked) or (old is None and pin[:2] in signed)
        elif old.artifacts != pin.artifacts or pin.name in freed:
            busy = True
        else:
            unlinked = unlinked or len(linked) < len(artifacts)
    if not (busy or unlinked or (before is not None and any(map(is_joint, before.signers)))):
        return SignedLock(new)
    from holdfast.workflows.signing_run import Signing  # start-up: only where something has to be asked or said

    return Signing(new, before, offered, market, freed, npm).run()


def keep_signers(old: Pin, files: tuple[PinnedArtifact, ...]) -> tuple[tuple[str, ...], tuple[PinnedArtifact, ...]]:
    """Return signers and artifacts of a pin whose files are now these: the bytes that were signed stay signed."""
    from holdfast.model.signers import artifact_signers, with_signers  # start-up: only such pins

    signed = {(one.file, one.hash): frozenset(artifact_signers(old, one)) for one in old.artifacts}
    kept = {one.file: signed.get((one.file, one.hash), frozenset()) for one in files}
    pin = with_signers(old._replace(artifacts=files), kept)
    return pin.signers, pin.artifacts


def _is_signed(pin: Pin) -> bool:
    return bool(pin.signers) or any(one.signers for one in pin.artifacts)
