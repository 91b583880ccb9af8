"""The files of a pin by who signed them, whatever the lock leaves unsaid. Canonical ids only; it believes the lock.

signers = ["A"]   x.whl                        A signed both
                  x.tar.gz
signers = []      x.whl     signers = ["A"]    A signed the wheel,
                  x.tar.gz                     nobody the sdist
"""

from holdfast.model.lock import Pin
from holdfast.model.signers import artifact_signers, canonical_ids, publishers, signers_of_files


def files_by_signer(pin: Pin) -> dict[str, tuple[str, ...]]:
    """Return the files that each identity signed: first who signed every file, then the others by their ids."""
    whole = publishers(pin)
    others = [signer for signer in canonical_ids(signers_of_files(pin)) if signer not in whole]
    found: dict[str, list[str]] = {signer: [] for signer in (*whole, *others)}
    for artifact in pin.artifacts:
        for signer in canonical_ids(artifact_signers(pin, artifact)):
            found[signer].append(artifact.file)
    return {signer: tuple(files) for signer, files in found.items()}


def unsigned_files(pin: Pin) -> tuple[str, ...]:
    """Return the files that nobody signed."""
    return tuple([artifact.file for artifact in pin.artifacts if not artifact_signers(pin, artifact)])


def is_signed(pin: Pin) -> bool:
    """Whether somebody signed each file; several may have signed different ones."""
    return bool(files_by_signer(pin)) and not unsigned_files(pin)
