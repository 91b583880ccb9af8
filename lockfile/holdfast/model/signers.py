"""Who signed what in a lock: the signers of a pin, of one of its artifacts, and how the two hold together.

Law: the signers of a pin are those who signed every artifact of it. An artifact that somebody else signed as well says
so itself, so that nothing is written twice and the same facts have one spelling. Pure; knows no evidence.
"""

from collections.abc import Mapping

from holdfast.model.lock import Lock, Pin, PinnedArtifact, Signer


def artifact_signers(pin: Pin, artifact: PinnedArtifact) -> tuple[str, ...]:
    """Return the sorted ids of those who signed one artifact of a pin."""
    return pin.signers if artifact.signers is None else artifact.signers


def with_signers(pin: Pin, signed: Mapping[str, frozenset[str]]) -> Pin:
    """Return the pin with these signers: `signed` says of each file (absent: nobody) the ids of who signed it.

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
    """Return the id that breaks the law of this file, or "".

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
    """Return the records of a lock's signers by their ids."""
    return {signer.id: signer for signer in lock.signers}


def named(ids: tuple[str, ...], known: Mapping[str, Signer]) -> tuple[Signer, ...]:
    """Return the records of these ids; one without a record is known by its id alone."""
    return tuple([known.get(id_) or Signer(id_) for id_ in ids])
