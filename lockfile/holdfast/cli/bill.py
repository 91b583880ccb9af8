"""An audit as a bill of materials: what approvals and advisories add to it, as the exporter takes it."""

from holdfast.cli.auditing import Made
from holdfast.exports.cyclonedx import cyclonedx
from holdfast.exports.cyclonedx_parts import BomFacts, KnownAdvisory
from holdfast.risk.graph import pin_id


def bill(made: Made) -> str:
    """Return the document."""
    approvals: dict[str, tuple[tuple[str, str], ...]] = {}
    if made.approvals is not None:
        standings = made.approvals.judgement.standings
        waiting = {(one.source, one.name) for one in made.approvals.judgement.waiting}
        for pin in made.lock.packages:
            key = (pin.source, pin.name)
            one = standings.get(key)
            if one is None or key in waiting:
                continue
            approvals[pin_id(pin)] = (
                *[("approver", name) for name in one.reviewers],
                ("approved", one.date),
                ("how", one.how),
                *[("act", act) for act in one.acts],
            )
    advisories = {
        hit.id: KnownAdvisory(hit.id, hit.summary, "" if hit.severity == "unknown" else hit.severity)
        for _, hits in made.audited.judged.by_pin
        for hit in hits
    }
    version = next((one.version for one in made.asked.npm), "")
    facts = BomFacts(made.context.project, version, approvals, tuple([advisories[one] for one in sorted(advisories)]))
    return cyclonedx(made.lock, made.audited.audit, facts)
