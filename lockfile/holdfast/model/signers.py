"""Who signed what in a lock: the signers of a pin, of one of its artifacts, and how the two hold together.

A pin names signers by reference: the canonical id, and where an identity has several records in one lock, `#` and
digits behind it (`signer_references.py`). What is compared and shown is the canonical id with its record.

Law: the signers of a pin are the references of those who signed every artifact of it, in one way. An artifact that
somebody else signed as well, or the same identity in another way, says so itself, so that nothing is written twice and
the same facts have one spelling. Pure; knows no evidence.
"""

from collections.abc import Iterable, Mapping

from holdfast.model.lock import MARK, Lock, Pin, PinnedArtifact, Signer


def canonical_id(reference: str) -> str:
    """Return the id that a reference stands for.

    >>> canonical_id("github:101/.github/workflows/release.yml#1f0c9a44")
    'github:101/.github/workflows/release.yml'
    """
    return reference.partition(MARK)[0]


def canonical_ids(references: Iterable[str]) -> tuple[str, ...]:
    """Return the ids that references stand for, each once, sorted."""
    return tuple(sorted({canonical_id(one) for one in references}))


def artifact_signers(pin: Pin, artifact: PinnedArtifact) -> tuple[str, ...]:
    """Return the sorted references of those who signed one artifact of a pin."""
    return pin.signers if artifact.signers is None else artifact.signers


def is_registry(reference: str) -> bool:
    """Whether a reference is to a registry, which signs what it serves, and not to a publisher."""
    return reference.startswith("npm:")


def publishers(pin: Pin) -> tuple[str, ...]:
    """Return the sorted canonical ids of those who signed every artifact of a pin, be it in different ways."""
    if all(artifact.signers is None for artifact in pin.artifacts):
        return canonical_ids(pin.signers)
    found = [set(canonical_ids(artifact_signers(pin, artifact))) for artifact in pin.artifacts]
    return tuple(sorted(set.intersection(*found)))


def everybody(pin: Pin) -> tuple[str, ...]:
    """Return the sorted references of all whom a pin names: its publishers, those of single files, its co-signers."""
    vetted = pin.module.vetted if pin.module is not None else ()
    return tuple(sorted({*signers_of_files(pin), *vetted}))


def signers_of_files(pin: Pin) -> tuple[str, ...]:
    """Return the sorted references of those who signed any artifact of a pin."""
    return tuple(sorted({*pin.signers, *[one for artifact in pin.artifacts for one in artifact.signers or ()]}))


def with_signers(pin: Pin, signed: Mapping[str, frozenset[str]]) -> Pin:
    """Return the pin with these signers: `signed` says of each file (absent: nobody) the references of who signed it.

    >>> pin = Pin("pypi", "a", "1", artifacts=(PinnedArtifact("a-1.whl", "x"), PinnedArtifact("a-1.tar.gz", "y")))
    >>> after = with_signers(pin, {"a-1.whl": frozenset({"k"})})
    >>> after.signers, [artifact.signers for artifact in after.artifacts]
    ((), [('k',), None])
    """
    found = [signed.get(artifact.file, frozenset()) for artifact in pin.artifacts]
    every = frozenset.intersection(*found) if found else frozenset()
    artifacts = [
        artifact._replace(signers=None if ids == every else tuple(sorted(ids)))
        for artifact, ids in zip(pin.artifacts, found)
    ]
    return pin._replace(signers=tuple(sorted(every)), artifacts=tuple(artifacts))


def contradicts(signers: tuple[str, ...], artifacts: tuple[PinnedArtifact, ...]) -> str:
    """Return the reference that breaks the law of this file, or "".

    Either a signer of the pin that did not sign one of the artifacts, or one that signed all of them and is none of
    the pin's.
    """
    own = [artifact.signers for artifact in artifacts if artifact.signers is not None]
    for ids in own:
        missing = next((signer for signer in signers if signer not in ids), "")
        if missing:
            return missing
    if own and len(own) == len(artifacts):
        every = set(own[0]).intersection(*own) - set(signers)
        return min(every, default="")
    return ""


def records(lock: Lock) -> dict[str, Signer]:
    """Return the records of a lock's signers by the references to them. Each has its canonical id."""
    return {signer.id: bare(signer) for signer in lock.signers}


def bare(signer: Signer) -> Signer:
    """Return a record with its canonical id, whatever reference stands in its block."""
    return signer._replace(id=canonical_id(signer.id)) if MARK in signer.id else signer


def named(references: Iterable[str], known: Mapping[str, Signer]) -> tuple[Signer, ...]:
    """Return the records of these references; one without a record is known by its canonical id alone."""
    return tuple([known.get(one) or Signer(canonical_id(one)) for one in references])
