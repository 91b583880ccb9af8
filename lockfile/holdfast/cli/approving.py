"""How a person approves, whatever the front end: who signs, what is proved, how the one file is written.

`approve` and `review` do all of it here. Law 1: nothing is signed that was not proved just now, from the network, in
an empty cache. Law 2: what is signed is what was shown: judged again while the project is held, and refused where the
step is another by then. Law 3: an act is one file, written whole or not at all.
"""

import os
import tempfile
import time
from collections.abc import Mapping, Sequence

from holdfast.cli.approval_reading import judge_project, now_text, read_base
from holdfast.cli.console import Console
from holdfast.cli.exits import FOUND, UNDECIDED
from holdfast.cli.messages import RETRY, message
from holdfast.cli.module_verifying import with_modules
from holdfast.cli.project import ProjectFolder, cache_folder, held, open_project
from holdfast.cli.signers import open_signer
from holdfast.cli.sizes import in_words
from holdfast.cli.wiring import open_shop
from holdfast.cli.words import Arguments
from holdfast.configuration.configuration import Configuration
from holdfast.configuration.instants import EXPECTED, parse_second
from holdfast.configuration.read import read_configuration
from holdfast.errors import Undecided, UsageError
from holdfast.findings.finding import Finding, fails
from holdfast.model.approval import FOLDER, Act, Seen
from holdfast.model.lock import Lock, Pin
from holdfast.reports.port import Summary
from holdfast.trust.approval_files import sign_act
from holdfast.trust.signing import Signer
from holdfast.workflows.acting import Pen
from holdfast.workflows.approve import Proposal, same_steps
from holdfast.workflows.capability_deltas import seen_code
from holdfast.workflows.check_approvals import Judged
from holdfast.workflows.choosing import BEGIN, Chosen, approver_of, in_force
from holdfast.workflows.module_word import other_words
from holdfast.workflows.policy_of_changes import policy_findings
from holdfast.workflows.previous import read_lock
from holdfast.workflows.prove import Key, Proof, SeenCode, prove
from holdfast.workflows.scans import rooms, scan_all, wanted_of
from holdfast.workflows.verify import Vault, Verified
from holdfast_resolver.errors import CacheUnwritable, RegistryError
from holdfast_resolver.fetch.store import ArtifactStore
from holdfast_resolver.values.tuples import NamedTuple

_ANEW = "check the connection; approving fetches anew and never uses the cache"


class Sitting(NamedTuple):
    """What somebody decides about: a project whose approvals are in force, as it was when it was judged."""

    project: ProjectFolder
    configuration: Configuration
    lock: Lock
    judged: Judged
    now: str  # RFC 3339, UTC, whole seconds
    revision: str = ""  # the base that it was judged by, "" for none


def open_sitting(arguments: Arguments) -> Sitting:
    """Return the project as it stands, judged by `--base` where that is given.

    Raises `UsageError` where no approvals are in force, and what `read_base` raises.
    """
    return sit_down(open_project(arguments), arguments.text("base"))


def sit_down(project: ProjectFolder, revision: str = "") -> Sitting:
    """Judge a project anew, by the approvals of a revision if one is given; errors as `open_sitting`."""
    lock = read_lock(project)
    configuration = read_configuration(project.read)
    now = now_text()
    base = read_base(project, revision) if revision else None
    judged = judge_project(project, lock, configuration, base, now)
    if judged is None:
        raise UsageError("a project with approvals", "neither an [[approver]] nor an approval", BEGIN)
    return Sitting(project, configuration, lock, judged, now, revision)


def open_pen(
    sitting: Sitting, arguments: Arguments, environment: Mapping[str, str], *, rule: bool = False
) -> tuple[Signer, Pen]:
    """Return who signs: an approver of the configuration in force. Raises `UsageError`, naming who is; key errors."""
    security = in_force(sitting.judged.states.head.security, sitting.judged.judgement.security)
    signer = open_signer(arguments, environment)
    return signer, Pen(security, approver_of(security, signer.public.id, sitting.now, rule=rule), sitting.now)


def end_of(arguments: Arguments, chosen: Chosen, now: str) -> str:
    """Return until when it is accepted, "" for without end. Raises `UsageError` for an alarm without an end."""
    text = arguments.text("until")
    if not text:
        if chosen.alarms:
            names = ", ".join([one.name for one in chosen.alarms])
            hint = "add --until DATE; a second approver has to approve the same"
            raise UsageError(f"--until DATE, since an alarm is accepted for a time only: {names}", "none", hint)
        return ""
    end = parse_second(text)
    if end is None:
        raise UsageError(f"{EXPECTED} after --until", text)
    if end <= now:
        raise UsageError("a date to come after --until", text)
    return end


def prove_chosen(
    sitting: Sitting, chosen: Chosen, arguments: Arguments, environment: Mapping[str, str], console: Console
) -> Proof:
    """Fetch and verify anew what is chosen: in a cache and a store of its own, which are gone afterwards.

    Raises what `verify` raises, `Undecided` offline, and `CacheUnwritable` without room for it.
    """
    staying = [one for one in chosen.waiting if one.after]
    if not staying:
        return Proof((), False, False, 0, 0, {})
    if arguments.switch("offline"):
        raise Undecided("offline, and what is approved has to be fetched anew", "leave out --offline")
    fresh = [
        (one.source, one.name, new.pin.version) for one in staying for new in one.after if new not in one.before_pins
    ]
    # A cutoff decides what may be chosen; what is pinned is proved whenever it was uploaded.
    configuration = sitting.configuration._replace(exclude_newer="")
    with _empty_folder(cache_folder(arguments, environment)) as folder:
        given = arguments._replace(texts={**arguments.texts, "cache-dir": folder})
        shop = open_shop(sitting.project, configuration, given, environment, console, refresh=True)
        vault = Vault(ArtifactStore(f"{folder}/store"), shop.connect)

        def prove_modules(outcome: Verified, names: frozenset[str]) -> Verified:
            done = with_modules(outcome, sitting.lock, names, configuration, shop, vault)
            if shop.market.modules is None or any(map(fails, done.findings)) or done.unchecked:
                return done
            return done._replace(
                findings=done.findings + other_words(sitting.lock, names, configuration, shop.market.modules)
            )

        def prove_npm(outcome: Verified, names: frozenset[str]) -> Verified:
            from holdfast.cli.npm_verifying import with_npm  # start-up: only where there is npm

            return with_npm(outcome, sitting.lock, names, shop, vault, tell)

        def tell(done: int, every: int, size: int) -> None:
            console.progress(f"proving {done}/{every}, {in_words(size)}", time.monotonic())

        def code_of(pins: list[Pin]) -> SeenCode:
            # of the bytes that were just fetched, and from no scan of before
            return seen_code(scan_all(wanted_of(sitting.lock, pins), rooms(folder), read))

        def read(done: int, every: int) -> None:
            console.progress(f"reading code {done}/{every}", time.monotonic())

        declared = frozenset([one.name for one in configuration.metadata])
        keys = [(one.source, one.name) for one in staying]
        try:
            return prove(
                sitting.lock, keys, fresh, shop.market, vault, declared, tell, prove_modules, prove_npm, code_of
            )
        except RegistryError as error:
            said = message(error)
            raise (Undecided(said.sentence, _ANEW) if said.hint == RETRY else error) from None
        finally:
            shop.market.close()


def _empty_folder(cache: str) -> "tempfile.TemporaryDirectory[str]":
    """A folder in the cache, which has room for artifacts, else where the system keeps what is passing."""

    for place in (cache, None):
        try:
            if place is not None:
                os.makedirs(place, exist_ok=True)
            return tempfile.TemporaryDirectory(prefix="proof-", dir=place, ignore_cleanup_errors=True)
        except OSError as error:
            problem = error
    raise CacheUnwritable(cache, problem.strerror or type(problem).__name__)


def refused(proof: Proof, sitting: Sitting, console: Console) -> int:
    """Tell why nothing is signed, and return the exit code; 0 where it holds, and then only say what it met."""
    if proof.holds:
        return 0
    why = "is not as the lock says" if proof.refused else "could not be proved"
    facts = (("files", proof.files), ("bytes", proof.size))
    console.report(
        proof.findings, Summary(console.command, f"nothing was signed: what waits {why}", facts), sitting.project
    )
    return FOUND if proof.refused else UNDECIDED


def refused_by_policy(
    sitting: Sitting, chosen: Chosen, seen: Mapping[Key, Seen], console: Console
) -> tuple[int, tuple[Finding, ...]]:
    """Tell what the policy has against it. Returns the exit code (0: nothing stops it) and what is only a warning."""
    found = policy_findings(sitting.lock, sitting.configuration, chosen.waiting, seen, sitting.now)
    if any(fails(one) for one in found):
        sentence = "nothing was signed: the policy does not allow it"
        console.report(found, Summary(console.command, sentence), sitting.project)
        return FOUND, found
    return 0, found


def keep(
    sitting: Sitting,
    proposals: Sequence[Proposal],
    signer: Signer,
    arguments: Arguments,
    environment: Mapping[str, str],
    console: Console,
) -> tuple[tuple[str, ...], Sitting]:
    """Sign and write acts, one file each, while no other holdfast works on the project.

    Returns their names and the project as it stands afterwards. Raises `UsageError` when what waits is not what was
    shown any more, `KeyUnreadable`, `FileProblem`.
    """
    with held(sitting.project, arguments, environment, console):
        now = sit_down(sitting.project, sitting.revision)
        for proposal in proposals:
            if not same_steps(proposal.chosen, now.judged.judgement):
                hint = f"holdfast {console.command}" if console.command == "review" else "holdfast status"
                raise UsageError("what was shown when it was decided", "a project that changed meanwhile", hint)
        written = tuple([write_act(sitting.project, proposal.act, signer) for proposal in proposals])
        return written, sit_down(sitting.project, sitting.revision)


def write_act(project: ProjectFolder, act: Act, signer: Signer) -> str:
    """Sign an act, write its file, and return its name in the project."""
    name, data = sign_act(act, (signer,))
    path = f"{FOLDER}/{name}"
    project.write(path, data)
    return path
