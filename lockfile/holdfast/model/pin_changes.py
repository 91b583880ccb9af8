"""What differs between two pins of one package besides their signers, and which files' signers are to be compared.

Files of the same release are compared by name. Those of two releases by what they serve: the tags of a wheel
(`cp311-cp311-win_amd64`), the sdist; a wheel for new tags is compared with what was true of the whole release before.
Pure values.
"""

from holdfast.model.lock import ModuleFacts, Pin, PinnedArtifact
from holdfast.model.predecessors import order
from holdfast.model.signers import artifact_signers
from holdfast_resolver.values.tuples import NamedTuple

_SDIST = "sdist"


class Compared(NamedTuple):
    """Two sets of ids to be compared. `files`: of which files; () for the whole release."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    files: tuple[str, ...] = ()


def compare_pins(old: Pin, new: Pin) -> list[tuple[str, tuple[str, ...]]]:
    """Return (class of change, details) for all but the signers."""
    found: list[tuple[str, tuple[str, ...]]] = []
    if old.version != new.version:
        way = "upgraded" if order(old) < order(new) else "downgraded"
        found.append(("version-changed", (f"{way}: {old.version} -> {new.version}",)))
    else:
        found.extend(_artifacts(old, new))
    found.extend(_facts(old, new))
    return found


def _artifacts(old: Pin, new: Pin) -> list[tuple[str, tuple[str, ...]]]:
    before = {artifact.file: artifact.hash for artifact in old.artifacts}
    after = {artifact.file: artifact.hash for artifact in new.artifacts}
    changed = [file for file in sorted(before.keys() & after.keys()) if before[file] != after[file]]
    if old.module is not None and new.module is not None and old.module.tree != new.module.tree:
        changed.append("tree")
    rows = (
        ("artifact-changed", changed),
        ("artifact-added", sorted(after.keys() - before.keys())),
        ("artifact-removed", sorted(before.keys() - after.keys())),
    )
    return [(kind, tuple(files)) for kind, files in rows if files]


def _facts(old: Pin, new: Pin) -> list[tuple[str, tuple[str, ...]]]:
    one, other = old.module or ModuleFacts(""), new.module or ModuleFacts("")
    more = tuple(sorted(set(other.permissions) - set(one.permissions)))
    lowered = 0 < other.threshold < one.threshold
    found: list[tuple[str, tuple[str, ...]]] = []
    if other.privileged and not one.privileged:
        found.append(("module-privileged", ()))
    if more:
        found.append(("permissions-widened", more))
    if lowered:
        found.append(("threshold-lowered", (f"{one.threshold} -> {other.threshold}",)))
    fields = (
        ("requires-python", old.requires_python != new.requires_python),
        ("when", old.when != new.when),
        ("dependencies", old.dependencies != new.dependencies),
        ("other keys", old.unknown != new.unknown),
        ("kind", (old.module is None) != (new.module is None)),
        ("no longer privileged", one.privileged and not other.privileged),
        ("fewer permissions", bool(set(one.permissions) - set(other.permissions))),
        ("threshold", one.threshold != other.threshold and not lowered),
    )
    details = tuple([name for name, differs in fields if differs])
    return [*found, ("facts-changed", details)] if details else found


def signatures_to_compare(old: Pin, new: Pin) -> list[Compared]:
    """Return which sets of signers to compare: one pair for the release, or one for each group of files that agree."""
    if all(artifact.signers is None for artifact in (*old.artifacts, *new.artifacts)):
        return [Compared(old.signers, new.signers)]
    before = {_slot(artifact, old, new): artifact_signers(old, artifact) for artifact in old.artifacts}
    files: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for artifact in new.artifacts:
        now = artifact_signers(new, artifact)
        then = before.get(_slot(artifact, new, old))
        pair = _expected(old, now) if then is None else then, now
        files.setdefault(pair, []).append(artifact.file)
    found = [Compared(then, now, tuple(group)) for (then, now), group in files.items()]
    signed = {signer for ids in before.values() for signer in ids}
    if signed and not any(one.after for one in found) and not any(one.before for one in found):
        found.append(Compared(tuple(sorted(signed)), ()))  # the signed files went, the unsigned stayed
    return found


def _slot(artifact: PinnedArtifact, pin: Pin, other: Pin) -> str:
    """What a file is compared by: its name within one version, else what it serves."""
    if pin.version == other.version:
        return artifact.file
    if artifact.file.endswith(".whl"):
        return "-".join(artifact.file.split("-")[2:])
    return _SDIST


def _expected(old: Pin, now: tuple[str, ...]) -> tuple[str, ...]:
    """Return who is expected to sign a file that has no counterpart in the release before."""
    if old.signers:
        return old.signers
    ids = [artifact_signers(old, artifact) for artifact in old.artifacts]
    everybody = {signer for found in ids for signer in found}
    if now:
        return tuple(sorted(everybody.intersection(now) or everybody))
    return tuple(sorted(everybody)) if all(ids) else ()
