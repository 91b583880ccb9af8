"""What of that which waits for approval is meant, and who may decide: the questions before anything is fetched.

Knows judgements and approvers; no file, no key, no clock.
"""

import json
from collections.abc import Iterable

from holdfast.approvals.judgement import Judgement, SecurityWaiting, Waiting
from holdfast.errors import UsageError
from holdfast.model.changes import CLASSES
from holdfast.model.security import CONFIGURATION, RULE_ROLE, Approver, Security
from holdfast.workflows.names import near
from holdfast_resolver.values.names import normalize_name
from holdfast_resolver.values.tuples import NamedTuple

STATUS = "`holdfast status` shows what waits"
BEGIN = "holdfast approvals baseline --key FILE"
_LISTED = 8
_GROUND = ("sources", "trust", "sigstore")  # of the configuration: by what packages are proved


class Chosen(NamedTuple):
    """What is to be decided. `idle`: names that were given and wait for nothing.

    `left_out`: what somebody rejected, (name, who and why), where nothing was named: only who names it overrules that.
    """

    waiting: tuple[Waiting, ...]
    security: SecurityWaiting | None
    idle: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to decide."""
        return not self.waiting and self.security is None

    @property
    def alarms(self) -> tuple[Waiting, ...]:
        """What needs two approvers and an end date."""
        return tuple([one for one in self.waiting if is_alarm(one)])


def without_rejected(chosen: Chosen, *, names_configuration: bool = False) -> Chosen:
    """Return what is chosen without what somebody rejected, which is `left_out` then."""
    waiting = tuple([one for one in chosen.waiting if not one.rejected])
    left_out = [(one.name, one.rejected) for one in chosen.waiting if one.rejected]
    security = chosen.security
    if security is not None and security.rejected and not names_configuration:
        left_out.append((f"the {CONFIGURATION}", security.rejected))
        security = None
    return Chosen(waiting, security, chosen.idle, tuple(left_out))


def is_alarm(waiting: Waiting) -> bool:
    """Whether a class of its change is an alarm."""
    return any(CLASSES[change.kind].severity == "alarm" for change in waiting.changes)


def in_force(security: Security, waiting: SecurityWaiting | None) -> Security:
    """Return the configuration that decides: the approved one, also while a change of it waits.

    Of several that nobody has settled the first: who settles them has to be an approver of them all, which is judged
    when it is signed. Raises `UsageError` where none was ever approved.
    """
    if waiting is None:
        return security
    if waiting.before_security is None and waiting.heads:
        return waiting.heads[0]
    if waiting.before_security is None:
        raise UsageError("approvals that begin with a baseline", "none", BEGIN)
    return waiting.before_security


def choose(
    judgement: Judgement, names: Iterable[str], locked: frozenset[tuple[str, str]], *, everything: bool, security: bool
) -> Chosen:
    """Return what is meant: names ("click", "pypi:click", "@acme/guards"), `everything`, the configuration.

    Raises `UsageError` for a name that neither waits nor is locked.
    """
    if everything:
        return Chosen(judgement.waiting, judgement.security)
    chosen: dict[Waiting, None] = {}
    idle: list[str] = []
    for name in names:
        wanted = {name, _spelled(name)}  # names of npm packages are never normalised
        found = [one for one in judgement.waiting if wanted & _names(one.source, one.name)]
        chosen.update(dict.fromkeys(found))
        if not found:
            if not any(wanted & _names(*key) for key in locked):
                raise _unknown(name, judgement)
            idle.append(name)
    waiting = judgement.security if security else None
    if security and waiting is None:
        idle.append(f"the {CONFIGURATION}")
    return Chosen(tuple([one for one in judgement.waiting if one in chosen]), waiting, tuple(idle))


def _names(source: str, name: str) -> set[str]:
    return {name, f"{source}:{name}"}


def _spelled(name: str) -> str:
    source, colon, rest = name.rpartition(":")
    return source + colon + (rest if rest.startswith("@") else normalize_name(rest))


def _unknown(name: str, judgement: Judgement) -> UsageError:
    known = [one.name for one in judgement.waiting]
    if not known:
        return UsageError("the name of a locked package", name, STATUS)
    listed = ", ".join(known[:_LISTED]) + (f" and {len(known) - _LISTED} more" if len(known) > _LISTED else "")
    return UsageError(f"the name of a package that waits ({listed})", name, near(name, known) or STATUS)


def approver_of(security: Security, key: str, now: str, *, rule: bool = False) -> Approver:
    """Return the approver of `security` whose key has the id `key`, and who may approve now: a person, or a rule.

    Raises `UsageError`, naming who may.
    """
    expected = f"the key of {'a rule' if rule else 'an approver'} of this project"
    able = [one for one in security.approvers if (one.role == RULE_ROLE) == rule and not is_revoked(one, now)]
    names = ", ".join([f"{one.name} ({one.role})" if one.role and not rule else one.name for one in able])
    expected += f": {names}" if names else ", and it has none"
    found = next((one for one in security.approvers if one.id == key), None)
    if found is None:
        raise UsageError(expected, f"{key}, which is no approver's", "another key: --key FILE or --agent ID")
    if is_revoked(found, now):
        raise UsageError(expected, f"the key of {found.name}, revoked since {found.revoked}", "")
    if found not in able:
        is_rule = found.role == RULE_ROLE
        hint = "add --by-rule: such a key approves by rule only" if is_rule else "leave out --by-rule"
        raise UsageError(expected, f"the key of {found.name}, {'which is a rule' if is_rule else 'who is none'}", hint)
    return found


def refuse_other_ground(judgement: Judgement, chosen: Chosen, approver: str) -> None:
    """Raise `UsageError` where packages would be proved by sources and roots of trust that nobody has accepted yet.

    Who accepts the configuration in the same act, or has done so, has seen them.
    """
    waiting = judgement.security
    if waiting is None or chosen.security is not None or approver in waiting.have or not chosen.waiting:
        return
    befores = waiting.heads if waiting.before_security is None else (waiting.before_security,)
    if any(_ground(one) != _ground(waiting.after) for one in befores):
        expected = f"the {CONFIGURATION} first: it says where packages come from, and who is believed"
        raise UsageError(expected, "a change of it that waits", "holdfast review --configuration")


def _ground(security: Security) -> tuple[object, ...]:
    rest = json.loads(security.rest)
    return tuple([rest.get(key) for key in _GROUND])


def is_revoked(approver: Approver, now: str) -> bool:
    """Whether a signature made now by an approver's key does not count."""
    return bool(approver.revoked) and (approver.cause == "compromised" or approver.revoked <= now)
