"""What `verify` has to say of a file: changed, missing, or not checked. Knows words, reads nothing."""

from collections.abc import Iterable

from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Pin, PinnedArtifact
from holdfast.model.words import spell_pin
from holdfast.workflows.port import LOCK
from holdfast_resolver.values.tuples import NamedTuple

UNCHECKED = "artifact-unchecked"
_NAMED = 3
_FOLDED = 4  # packages with one reason that become one finding


class Unchecked(NamedTuple):
    """Files of one pin that could not be checked, all for one reason."""

    pin: Pin
    reason: str
    files: tuple[str, ...]


def artifact_finding(code: str, pin: Pin, artifact: PinnedArtifact, found: str) -> Finding:
    """Return what is to be said of one pinned file. `code` is `artifact-changed` or `artifact-missing`."""
    hints = ("holdfast diff",) if code == "artifact-changed" else (f"holdfast update {pin.name}",)
    facts = (("package", spell_pin(pin)), ("source", pin.source))
    return Finding(code, severity(code), artifact.file, artifact.hash, found, facts, hints=hints, place=Place(LOCK))


def unchecked_findings(unchecked: Iterable[Unchecked]) -> tuple[Finding, ...]:
    """Return one finding per pin and reason."""
    return tuple(
        Finding(
            UNCHECKED,
            severity(UNCHECKED),
            spell_pin(one.pin),
            f"{len(one.files)} file{'' if len(one.files) == 1 else 's'} with the pinned hash",
            f"not checked: {one.reason}",
            (("files", _named(one.files)),),
            hints=(f"holdfast verify {one.pin.name}",),
            place=Place(LOCK),
        )
        for one in unchecked
    )


def folded_findings(unchecked: Iterable[Unchecked]) -> tuple[Finding, ...]:
    """Return one finding per reason: what people want to read when the same is true of many packages."""
    by_reason: dict[str, list[Unchecked]] = {}
    for one in unchecked:
        by_reason.setdefault(one.reason, []).append(one)
    folded: list[Finding] = []
    for reason, group in by_reason.items():
        if len(group) < _FOLDED:
            folded.extend(unchecked_findings(group))
            continue
        pins = tuple([spell_pin(one.pin) for one in group])
        folded.append(
            Finding(
                UNCHECKED,
                severity(UNCHECKED),
                f"{len(group)} packages",
                f"{sum(len(one.files) for one in group)} files with the pinned hash",
                f"not checked: {reason}",
                (("packages", _named(pins)),),
                hints=("holdfast verify",),
                place=Place(LOCK),
            )
        )
    return tuple(folded)


def _named(files: tuple[str, ...]) -> str:
    more = f", +{len(files) - _NAMED}" if len(files) > _NAMED else ""
    return ", ".join(files[:_NAMED]) + more
