"""What resolving noticed, as findings. Knows the codes of remarks; judges nothing."""

from holdfast.configuration.configuration import Project
from holdfast.findings.codes import severity
from holdfast.findings.finding import NOWHERE, Finding, Place
from holdfast.workflows.port import LOCK
from holdfast.workflows.previous import Previous
from holdfast_resolver.resolve.request import Remark, Resolution

# remark code -> (expected, found)
_WORDS = {
    "metadata-differs": ("the same requirements in every wheel", "other requirements among {detail}"),
    "extra-unknown": ("an extra of {subject}", "{detail}"),
    "requires-python-malformed": ("a version range", "{detail}"),
}


def findings_of(resolution: Resolution, previous: Previous, project: Project) -> tuple[Finding, ...]:
    """Return one finding per remark, one for targets that were left out, one for a lock in conflict."""
    findings = []
    if previous.conflicts:
        count = previous.conflicts
        findings.append(
            Finding(
                "locks-merged",
                severity("locks-merged"),
                LOCK,
                found=f"{count} conflict{'s' if count > 1 else ''}",
                hints=("holdfast diff",),
            )
        )
    if resolution.left_out:
        major, minor = resolution.left_out[0].python
        findings.append(
            Finding(
                "target-left-out",
                severity("target-left-out"),
                f"cp{major}{minor}",
                f"wheels of every package for cp{major}{minor}",
                f"none of {resolution.not_ready}" if " cp" not in resolution.not_ready else "no solution",
            )
        )
    known = {(pin.name, pin.version) for pin in resolution.packages}
    chosen = [one for one in resolution.remarks if tuple(one.subject.split(" ")) in known]  # not those passed over
    findings.extend(_remark(remark, project) for remark in chosen)
    return tuple(findings)


def _remark(remark: Remark, project: Project) -> Finding:
    expected, found = _WORDS.get(remark.code, ("", "{detail}"))
    name = remark.subject.partition(" ")[0]
    place = NOWHERE
    if remark.code == "extra-unknown":
        for wish in project.manifest.wishes:
            if wish.requirement.name == name and remark.detail in wish.requirement.extras:
                place = Place(wish.path, wish.line)
                break
    return Finding(
        remark.code,
        severity(remark.code),
        f"{name}[{remark.detail}]" if remark.code == "extra-unknown" else remark.subject,
        expected.format(subject=remark.subject, detail=remark.detail),
        found.format(subject=remark.subject, detail=remark.detail),
        place=place,
    )
