"""`approve`: what waits is fetched and verified anew, and signed; with `--by-rule` by the key of a rule. `reject`."""

from collections.abc import Mapping

from holdfast.cli.approving import (
    Sitting,
    end_of,
    keep,
    open_pen,
    open_sitting,
    prove_chosen,
    refused,
    refused_by_policy,
)
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.signers import named_signer
from holdfast.cli.sizes import count, in_words
from holdfast.cli.words import Arguments
from holdfast.errors import UsageError
from holdfast.findings.finding import Finding
from holdfast.model.security import CONFIGURATION
from holdfast.reports.plain import plain
from holdfast.reports.port import Summary
from holdfast.reports.proposals import heading_of, proposal_lines
from holdfast.trust.signing import Signer
from holdfast.workflows.acting import Pen, approval, checked_reason, rejection
from holdfast.workflows.approve import Proposal, lines_of_code, outcomes, without_own
from holdfast.workflows.approve_rules import Left, described, record_of
from holdfast.workflows.choosing import STATUS, Chosen, choose, in_force, refuse_other_ground, without_rejected
from holdfast.workflows.prove import Proof

_NOTHING_DRY = "nothing was signed: --dry-run"


def approve(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Approve what is named, everything, or what rules describe."""
    _refuse_mixture(arguments)
    sitting = open_sitting(arguments)
    chosen = _chosen(sitting, arguments, everything=arguments.switch("all") or _all_by_rule(arguments))
    if arguments.switch("all") and not arguments.switch("by-rule"):
        chosen = without_rejected(chosen, names_configuration=arguments.switch("configuration"))
        _tell_rejected(chosen, console)
    if chosen.empty:
        return _idle(chosen, sitting, console)
    if arguments.switch("by-rule"):
        return _by_rule(sitting, chosen, arguments, environment, console)
    signing = _signing(sitting, arguments, environment)
    reason = checked_reason(arguments.text("reason"), "approved") if signing is not None else ""
    if signing is not None:
        chosen, waits = without_own(chosen, signing[1].approver)
        for line in waits:
            console.line(line)
        if chosen.empty:
            return _say(console, (), "nothing was signed: these approvals are there already")
    refuse_other_ground(sitting.judged.judgement, chosen, signing[1].approver.name if signing is not None else "")
    until = end_of(arguments, chosen, sitting.now)
    _show(chosen, signing, console)
    proof = prove_chosen(sitting, chosen, arguments, environment, console)
    code = refused(proof, sitting, console)
    if code:
        return code
    _proved(proof, console)
    code, warnings = refused_by_policy(sitting, chosen, proof.seen, console)
    if code:
        return code
    if signing is None or arguments.switch("dry-run"):
        return _say(console, proof.findings + warnings, _NOTHING_DRY, _left_out(chosen))
    signer, pen = signing
    act = approval(chosen, pen, reason, proof.seen, until=until)
    names, after = keep(sitting, [Proposal(chosen, act)], signer, arguments, environment, console)
    return _signed(names, chosen, after, proof.findings + warnings, console)


def reject(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Say of what is named that it is not accepted."""
    if not arguments.texts_of("names") and not arguments.switch("configuration"):
        raise UsageError("NAME or --configuration after `holdfast reject`", "neither", STATUS)
    sitting = open_sitting(arguments)
    chosen = _chosen(sitting, arguments, everything=False)
    if chosen.empty:
        return _idle(chosen, sitting, console)
    signer, pen = open_pen(sitting, arguments, environment)
    act = rejection(chosen, pen, checked_reason(arguments.text("reason"), "rejected"))
    _show(chosen, (signer, pen), console, "rejecting")
    names, _ = keep(sitting, [Proposal(chosen, act)], signer, arguments, environment, console)
    for name in names:
        console.line(f"{name} written")
    subjects = [one.name for one in chosen.waiting] + (["the security configuration"] if chosen.security else [])
    sentence = f"rejected: {', '.join(subjects)}; `holdfast check` fails with the reason while the change is there"
    return _say(console, (), sentence, (("written", ", ".join(names)),))


def _refuse_mixture(arguments: Arguments) -> None:
    names, configuration = arguments.texts_of("names"), arguments.switch("configuration")
    everything, by_rule = arguments.switch("all"), arguments.switch("by-rule")
    if not (names or configuration or everything or by_rule):
        raise UsageError("NAME, --all, --configuration or --by-rule after `holdfast approve`", "none of them", STATUS)
    if names and everything:
        raise UsageError("names or --all", "both")
    if by_rule and configuration:
        raise UsageError("one of --by-rule and --configuration", "both", "a person approves the configuration")
    if by_rule and arguments.text("until"):
        raise UsageError("one of --by-rule and --until", "both", "a rule approves no alarm, and nothing for a time")


def _all_by_rule(arguments: Arguments) -> bool:
    return arguments.switch("by-rule") and not arguments.texts_of("names")


def _chosen(sitting: Sitting, arguments: Arguments, *, everything: bool) -> Chosen:
    locked = frozenset([(pin.source, pin.name) for pin in sitting.lock.packages])
    return choose(
        sitting.judged.judgement,
        arguments.texts_of("names"),
        locked,
        everything=everything,
        security=arguments.switch("configuration"),
    )


def _idle(chosen: Chosen, sitting: Sitting, console: Console) -> int:
    if not chosen.idle:
        return _say(console, (), _left(sitting), _left_out(chosen))
    for name in chosen.idle:
        console.line(f"{name} waits for nothing")
    said = "" if console.form == "text" else f": {', '.join(chosen.idle)} waits for nothing"
    return _say(console, (), f"nothing was signed{said}")


def _signing(sitting: Sitting, arguments: Arguments, environment: Mapping[str, str]) -> tuple[Signer, Pen] | None:
    """Who signs; None for a dry run without a key."""
    if arguments.switch("dry-run") and not any(named_signer(arguments, environment)):
        return None
    return open_pen(sitting, arguments, environment, rule=arguments.switch("by-rule"))


def _show(chosen: Chosen, signing: tuple[Signer, Pen] | None, console: Console, verb: str = "approving") -> None:
    if console.form != "text" or console.quiet:
        return
    who = ""
    if signing is not None:
        approver = signing[1].approver
        who = f" as {approver.name}" + (f" ({approver.role})" if approver.role else "")
    console.line(f"{verb}{who}:")
    for line in proposal_lines(chosen.waiting, chosen.security):
        console.line(f"  {line}")


def _proved(proof: Proof, console: Console) -> None:
    if proof.files:
        console.line(f"fetched anew, and as the lock says: {count(proof.files, 'file')}, {in_words(proof.size)}")
    for line in lines_of_code(proof.seen):
        console.line(line)


def _by_rule(
    sitting: Sitting, chosen: Chosen, arguments: Arguments, environment: Mapping[str, str], console: Console
) -> int:
    signing = _signing(sitting, arguments, environment)
    judgement = sitting.judged.judgement
    allowances = in_force(sitting.judged.states.head.security, judgement.security).approval.allowances
    refuse_other_ground(judgement, Chosen(chosen.waiting, None), "")
    if signing is not None:
        chosen, waits = without_own(chosen, signing[1].approver)
        for line in waits:
            console.line(line)
    first = described(chosen.waiting, allowances, sitting.now)
    possible = Chosen(first.waiting, None)
    if possible.empty:
        _tell_left(first.left, chosen, console)
        return _say(console, (), "nothing was signed: no rule describes what waits")
    proof = prove_chosen(sitting, possible, arguments, environment, console)
    code = refused(proof, sitting, console)
    if code:
        return code
    acts = sitting.judged.states.head.acts.acts
    final = described(possible.waiting, allowances, sitting.now, proof.seen, acts)
    code, warnings = refused_by_policy(sitting, Chosen(final.waiting, None), proof.seen, console)
    if code:
        return code
    _show(Chosen(final.waiting, None), signing, console)
    _proved(proof, console)
    _tell_left((*first.left, *final.left), chosen, console)
    if not final.waiting:
        return _say(console, proof.findings, "nothing was signed: no rule describes what waits")
    if signing is None or arguments.switch("dry-run"):
        return _say(console, proof.findings + warnings, _NOTHING_DRY)
    signer, pen = signing
    given = arguments.text("reason")
    proposals = []
    for allowance, some in final.by_rule:
        part = Chosen(some, None)
        record = record_of(allowance, some, sitting.now, proof.seen)
        reason = checked_reason(given or allowance.reason, "approved")
        proposals.append(Proposal(part, approval(part, pen, reason, proof.seen, rule=record)))
    names, after = keep(sitting, proposals, signer, arguments, environment, console)
    return _signed(names, Chosen(final.waiting, None), after, proof.findings + warnings, console)


def _tell_rejected(chosen: Chosen, console: Console) -> None:
    for name, why in chosen.left_out:
        how = "name it with --configuration" if name.endswith(CONFIGURATION) else "name it"
        console.line(f"left out: {name}: {why}; {how} to overrule")


def _left_out(chosen: Chosen) -> tuple[tuple[str, str], ...]:
    return (("left_out", ", ".join([name for name, _ in chosen.left_out])),) if chosen.left_out else ()


def _tell_left(left: tuple[Left, ...], chosen: Chosen, console: Console) -> None:
    for one in left:
        console.line(f"left for people: {heading_of(one.waiting)}: {one.reason}")
    if chosen.security is not None:
        console.line("left for people: the security configuration")


def _signed(
    names: tuple[str, ...], chosen: Chosen, after: Sitting, findings: tuple[Finding, ...], console: Console
) -> int:
    for name in names:
        console.line(f"{name} written")
    found = outcomes(chosen, after.judged.judgement)
    for one in found:
        console.line(f"{one.subject}: {one.missing or 'approved'}")
    counts = (
        ("approved", sum(not one.missing for one in found)),
        ("incomplete", sum(bool(one.missing) for one in found)),
    )
    return _say(console, findings, _left(after), (("written", ", ".join(names)), *counts, *_left_out(chosen)))


def _left(sitting: Sitting) -> str:
    """`2 packages and the security configuration still wait: `holdfast review``"""
    judgement = sitting.judged.judgement
    parts = [count(len(judgement.waiting), "package")] if judgement.waiting else []
    if judgement.security is not None:
        parts.append("the security configuration")
    if not parts:
        return "nothing waits for approval"
    waits = "waits" if len(parts) == 1 and len(judgement.waiting) < 2 else "wait"
    return f"{' and '.join(parts)} still {waits}: `holdfast review`"


def _say(
    console: Console, findings: tuple[Finding, ...], sentence: str, facts: tuple[tuple[str, str | int], ...] = ()
) -> int:
    """The findings that stopped nothing, and how it ended."""
    if findings or console.form != "text":
        console.report(findings, Summary(console.command, sentence, facts))
    else:
        console.line(plain(sentence))
    return CLEAN
