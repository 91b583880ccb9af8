"""What differs between two pins of one package besides their signers, and which files' signers are to be compared.

Files of the same release are compared by name. Those of two releases by what they serve: the tags of a wheel
(`cp311-cp311-win_amd64`), the sdist; a wheel for new tags is compared with what was true of the whole release before.
Pure values.
"""

from collections.abc import Collection, Mapping

from holdfast.model.lock import ModuleFacts, NpmFacts, Pin, PinnedArtifact, Signer
from holdfast.model.predecessors import order
from holdfast.model.signers import artifact_signers, named
from holdfast_resolver.values.tuples import NamedTuple

_SDIST = "sdist"

Known = tuple[Mapping[str, Signer], Mapping[str, Signer]]  # by reference: records of the earlier lock, of the later


class Compared(NamedTuple):
    """Two sets of records to be compared. `files`: of which files; () for the whole release."""

    before: tuple[Signer, ...]
    after: tuple[Signer, ...]
    files: tuple[str, ...] = ()


def compare_pins(old: Pin, new: Pin) -> list[tuple[str, tuple[str, ...]]]:
    """Return (class of change, details) for all but the signers."""
    found: list[tuple[str, tuple[str, ...]]] = []
    if old.version != new.version:
        found.append(("version-changed", (f"{_way(old, new)}: {old.version} -> {new.version}",)))
    if is_same_release(old, new):
        found.extend(_artifacts(old, new))
    else:
        rewritten = _rewritten(old, new)
        found = [("artifact-changed", tuple(rewritten)), *found] if rewritten else found
    found.extend(_facts(old, new))
    return found


def is_same_release(old: Pin, new: Pin) -> bool:
    """Whether both are one release, also where its version is spelled in two ways: `2.2.0` and `2.2.0.0`."""
    return old.version == new.version or (bool(order(old)[0]) and order(old)[0] == order(new)[0])


def _way(old: Pin, new: Pin) -> str:
    if is_same_release(old, new):
        return "respelled"
    return "upgraded" if order(old) < order(new) else "downgraded"


def _rewritten(old: Pin, new: Pin) -> list[str]:
    """Files of one name that two releases have with different bytes: no honest release has another one's file."""
    before = {artifact.file: artifact.hash for artifact in old.artifacts}
    return sorted([one.file for one in new.artifacts if before.get(one.file, one.hash) != one.hash])


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
    if old.when != new.when:
        found.append(("targets-changed", (f"{old.when or 'all targets'} -> {new.when or 'all targets'}",)))
    if lowered:
        found.append(("threshold-lowered", (f"{one.threshold} -> {other.threshold}",)))
    fields = (
        ("requires-python", old.requires_python != new.requires_python),
        ("dependencies", old.dependencies != new.dependencies),
        ("other keys", old.unknown != new.unknown),
        ("kind", (old.module is None) != (new.module is None)),
        ("no longer privileged", one.privileged and not other.privileged),
        ("fewer permissions", bool(set(one.permissions) - set(other.permissions))),
        ("threshold", one.threshold != other.threshold and not lowered),
        *_npm_fields(old.npm, new.npm),
    )
    details = tuple([name for name, differs in fields if differs])
    return [*found, ("facts-changed", details)] if details else found


def _npm_fields(old: NpmFacts | None, new: NpmFacts | None) -> list[tuple[str, bool]]:
    if old is None and new is None:
        return []
    from holdfast.model.npm_changes import fact_rows  # start-up: only where there is npm

    return [(name, was != now) for name, was, now in fact_rows(old, new)]


def signatures_to_compare(old: Pin, new: Pin, known: Known) -> list[Compared]:
    """Return which sets of signers to compare: one pair for the release, or one for each group of files that agree.

    `known` are the records of the earlier lock and those of the later, each by its own references.
    """
    olds, news = known
    if all(artifact.signers is None for artifact in (*old.artifacts, *new.artifacts)):
        return [Compared(named(old.signers, olds), named(new.signers, news))]
    before = {_slot(artifact, old, new): named(artifact_signers(old, artifact), olds) for artifact in old.artifacts}
    files: dict[tuple[tuple[Signer, ...], tuple[Signer, ...]], list[str]] = {}
    for artifact in new.artifacts:
        now = named(artifact_signers(new, artifact), news)
        then = before.get(_slot(artifact, new, old))
        if then is None:
            then = named(old.signers, olds) or _expected(before.values(), now)
        files.setdefault((then, now), []).append(artifact.file)
    found = [Compared(then, now, tuple(group)) for (then, now), group in files.items()]
    signed = {signer for signers in before.values() for signer in signers}
    if signed and not any(one.after for one in found) and not any(one.before for one in found):
        found.append(Compared(tuple(sorted(signed)), ()))  # the signed files went, the unsigned stayed
    return found


def _slot(artifact: PinnedArtifact, pin: Pin, other: Pin) -> str:
    """What a file is compared by: its name within one version, else what it serves."""
    if is_same_release(pin, other):
        return artifact.file
    if artifact.file.endswith(".whl"):
        return "-".join(artifact.file.split("-")[2:])
    return _SDIST


def _expected(before: Collection[tuple[Signer, ...]], now: tuple[Signer, ...]) -> tuple[Signer, ...]:
    """Return who is expected to sign a file that has no counterpart in the release before, whose files nobody shares.

    Of those who sign it now: their records of before, in the same way if there was one.
    """
    everybody = {signer for signers in before for signer in signers}
    if not now:
        return tuple(sorted(everybody)) if all(before) else ()
    same = everybody.intersection(now)
    others = {signer.id for signer in now} - {signer.id for signer in same}
    same.update([signer for signer in everybody if signer.id in others])
    return tuple(sorted(same or everybody))
