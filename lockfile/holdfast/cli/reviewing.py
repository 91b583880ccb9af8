"""What a review ends with: what was decided is shown, proved anew, and signed with one key.

One act for all that is approved, one for each reason of what is rejected; all of them or none.
"""

from collections.abc import Mapping

from holdfast.cli.approving import Sitting, end_of, keep, open_pen, prove_chosen, refused, refused_by_policy
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN, FOUND
from holdfast.cli.fetched_archives import FetchedArchives
from holdfast.cli.fetched_changes import FetchedChanges, is_fetching, open_deltas
from holdfast.cli.known_releases import LARGEST, StoredBytes
from holdfast.cli.review_desk import Desk
from holdfast.cli.signers import named_signer
from holdfast.cli.terminal_keys import read_answer, read_key
from holdfast.cli.words import Arguments
from holdfast.errors import UsageError
from holdfast.findings.finding import Finding, fails
from holdfast.model.approval import Seen
from holdfast.model.review import Review
from holdfast.model.security import CONFIGURATION
from holdfast.model.words import spell_pin
from holdfast.reports.plain import plain
from holdfast.reports.port import Summary
from holdfast.reports.review_screen import render_rows, title_of
from holdfast.trust.signing import Signer
from holdfast.workflows.acting import Pen, approval, checked_reason, rejection
from holdfast.workflows.approve import Proposal, lines_of_code, outcomes, without_own
from holdfast.workflows.choosing import Chosen, refuse_other_ground
from holdfast.workflows.prove import Key
from holdfast.workflows.review import changed_pairs
from holdfast.workflows.review_walk import VERDICTS, Walk
from holdfast_resolver.values.tuples import NamedTuple

Signing = tuple[Signer, Pen]
_NO_KEY = "no key: showing only; name one with --key FILE or --agent ID (or HOLDFAST_KEY)"


class _Ending(NamedTuple):
    """What is to be signed."""

    approved: Chosen
    rejected: tuple[tuple[str, Chosen], ...]  # (reason, what)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to sign."""
        return self.approved.empty and not self.rejected


def walk_through(
    sitting: Sitting,
    chosen: Chosen,
    found: Review,
    arguments: Arguments,
    environment: Mapping[str, str],
    console: Console,
) -> int:
    """Ask about everything, then sign. Returns 0 where nothing waits afterwards. Ctrl-C leaves nothing written."""
    signing = open_pen(sitting, arguments, environment) if any(named_signer(arguments, environment)) else None
    if signing is None:
        console.line(_NO_KEY)
    walk = Walk(found.entries)
    archives = FetchedArchives(sitting.project, sitting.configuration, arguments, environment, console)
    fetched = FetchedChanges(
        sitting.project, sitting.configuration, arguments, environment, console, is_asked=is_fetching(arguments)
    )
    code = open_deltas(sitting.lock, fetched, arguments, environment, console)
    if fetched.is_asked:
        code.gather(changed_pairs(found.items))
        fetched.is_asked = False
    desk = Desk(
        walk,
        sitting.now,
        console,
        archives,
        lambda: StoredBytes(arguments, environment, 2 * LARGEST),
        can_sign=signing is not None,
        code=code,
        fetched=fetched,
    )
    try:
        desk.sit()
    finally:
        archives.close()
        fetched.close()
    ending = _Ending(walk.approved(chosen), walk.rejected(chosen))
    if signing is None or ending.empty:
        console.line("nothing was decided, so nothing was signed")
        return FOUND
    console.result(render_rows("what was decided", _decided(walk), desk.look))
    return _Conclusion(sitting, signing, desk, arguments, environment, console).conclude(ending)


def _decided(walk: Walk) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for verdict in VERDICTS:
        rows += [(verdict, f"{title_of(one)}: {', '.join(one.kinds)}") for one in walk.items(verdict)]
        if walk.security(verdict):
            rows.append((verdict, f"the {CONFIGURATION}"))
    return rows


class _Conclusion:
    """From decisions to files."""

    def __init__(
        self,
        sitting: Sitting,
        signing: Signing,
        desk: Desk,
        arguments: Arguments,
        environment: Mapping[str, str],
        console: Console,
    ) -> None:
        self._sitting = sitting
        self._signer, self._pen = signing
        self._desk = desk
        self._arguments = arguments
        self._environment = environment
        self._console = console

    def conclude(self, ending: _Ending) -> int:
        """Ask for what is missing, prove, sign and write. Returns the exit code."""
        approved, notes = without_own(ending.approved, self._pen.approver)
        for note in notes:
            self._console.line(note)
        ending = ending._replace(approved=approved)
        if ending.empty:
            self._console.line("nothing was signed: these approvals are there already")
            return FOUND
        refuse_other_ground(self._sitting.judged.judgement, approved, self._pen.approver.name)
        reason = until = ""
        if not approved.empty:
            given = self._arguments.text("reason")
            reason = (
                checked_reason(given, "approved") if given else self._desk.ask_reason("why it is approved", "approved")
            )
            until = self._until(approved)
        if not self._confirmed(ending):
            self._console.line("nothing was signed")
            return FOUND
        return self._prove(ending, reason, until)

    def _until(self, approved: Chosen) -> str:
        """Until when alarms are accepted; asks until it is a date to come."""
        if not approved.alarms:
            return ""
        question = "until when is the alarm accepted (such as 2027-06-30): "
        while True:
            texts = {**self._arguments.texts, "until": read_answer(lambda: self._say(self._desk.fitted(question)))}
            try:
                return end_of(self._arguments._replace(texts=texts), approved, self._sitting.now)
            except UsageError as error:
                self._say(self._desk.fitted(f"expected {plain(error.expected)}; found {plain(error.found)}") + "\n")

    def _confirmed(self, ending: _Ending) -> bool:
        approver = self._pen.approver
        role = f" ({approver.role})" if approver.role else ""
        acts = (not ending.approved.empty) + len(ending.rejected)
        noun = "one act" if acts == 1 else f"{acts} acts"
        return self._key(plain(f"sign {noun} as {approver.name}{role}? y yes  n no > "), "ynq") == "y"

    def _prove(self, ending: _Ending, reason: str, until: str) -> int:
        """Fetch and verify until it holds; what is refused may be left out."""
        while True:
            proof = prove_chosen(self._sitting, ending.approved, self._arguments, self._environment, self._console)
            code, findings = refused(proof, self._sitting, self._console), proof.findings
            if not code:
                code, more = refused_by_policy(self._sitting, ending.approved, proof.seen, self._console)
                findings += more
            if not code:
                for line in lines_of_code(proof.seen):
                    self._console.line(line)
                return self._sign(ending, reason, until, proof.seen, findings)
            rest = _without(ending.approved, findings)
            left = ending._replace(approved=rest)
            offers_rest = rest != ending.approved and not left.empty
            keep_rest = "  l leave out what was refused" if offers_rest else ""
            key = self._key(f"t try again{keep_rest}  q give up > ", "tql" if offers_rest else "tq")
            if key == "l":
                ending = left
            elif key == "q":
                self._console.line("nothing was signed")
                return code

    def _key(self, question: str, keys: str) -> str:
        """One of these keys."""
        while not (key := read_key(lambda: self._say(self._desk.fitted(question)))) or key not in keys:
            self._say("\n")
        self._say(f"{key}\n")
        return key

    def _sign(
        self, ending: _Ending, reason: str, until: str, seen: Mapping[Key, Seen], findings: tuple[Finding, ...]
    ) -> int:
        proposals = []
        if not ending.approved.empty:
            act = approval(ending.approved, self._pen, reason, seen, until=until)
            proposals.append(Proposal(ending.approved, act))
        proposals += [Proposal(what, rejection(what, self._pen, why)) for why, what in ending.rejected]
        names, after = keep(self._sitting, proposals, self._signer, self._arguments, self._environment, self._console)
        if findings:
            self._console.report(findings, Summary(self._console.command, "what was met while it was proved"))
        for name in names:
            self._console.line(f"{name} written")
        for one in outcomes(ending.approved, after.judged.judgement):
            self._console.line(f"{one.subject}: {one.missing or 'approved'}")
        for why, what in ending.rejected:
            subjects = [one.name for one in what.waiting] + ([CONFIGURATION] if what.security else [])
            self._console.line(f"{', '.join(subjects)}: rejected: {why}")
        judgement = after.judged.judgement
        return FOUND if judgement.waiting or judgement.security is not None else CLEAN

    def _say(self, text: str) -> None:
        self._console.result(text)
        self._console.flush()


def _without(chosen: Chosen, findings: tuple[Finding, ...]) -> Chosen:
    """What is chosen, without the packages of which a finding speaks that fails."""
    spoken = {text for one in findings if fails(one) for text in (one.subject, dict(one.facts).get("package", ""))}
    rest = [one for one in chosen.waiting if not spoken & {spell_pin(each.pin) for each in one.after}]
    return chosen._replace(waiting=tuple(rest))
