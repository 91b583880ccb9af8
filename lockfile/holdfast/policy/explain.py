"""What a policy says of one package, key by key: which rule decides, what is known, and whether it holds.

The rulings are those of `judge`; beside them stand the keys that others judge (who must approve, what may be
privileged) and the rules that would match and have ended.
"""

from collections.abc import Mapping

from holdfast.model.graph import LockGraph
from holdfast.model.lock import Pin
from holdfast.model.policy import Policy, Rule, rule_matches
from holdfast.model.words import is_named
from holdfast.policy.advisories import advisory_ruling
from holdfast.policy.decisions import DEFAULT, POLICY, RULE, deciding, in_force
from holdfast.policy.facts import Fact
from holdfast.policy.graph_limits import depths
from holdfast.policy.rulings import RULINGS, Case, Ruling, capability_ruling, case_of
from holdfast_resolver.values.tuples import NamedTuple


class Explained(NamedTuple):
    """What holds for one pin. `ended` are the rules that match it and have ended, in the order of the file."""

    pin: Pin
    rulings: tuple[Ruling, ...]
    ended: tuple[Rule, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing that is judged here is against it."""
        return not any(ruling.holds is False for ruling in self.rulings)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The keys that demand something of which nobody knows whether it is so."""
        return tuple([ruling.key for ruling in self.rulings if ruling.is_open])


def explain(
    graph: LockGraph, name: str, policy: Policy, facts: Mapping[tuple[str, str], Fact], now: str
) -> tuple[Explained, ...]:
    """Return what holds for each pin of a name, `click` or `pypi:click`, in the lock's order; `now` is RFC 3339, UTC.

    `facts` are by (source, name), as `judge_policy` takes them.
    """
    known = depths(graph)
    highest = {(pin.source, pin.name): pin for pin in graph.lock.packages}
    found = []
    for index, pin in enumerate(graph.lock.packages):
        if not is_named(pin, (name,)):
            continue
        key = (pin.source, pin.name)
        case = case_of(policy, pin, facts.get(key) if highest[key] is pin else None, now)
        rulings = [ruled(case) for _, ruled in RULINGS.values()]
        if highest[key] is not pin:  # the record of code is of all versions together
            whole = case._replace(fact=facts.get(key))
            rulings = [capability_ruling(whole) if one.key == "deny-capabilities" else one for one in rulings]
        steps = known[index][-1].steps if index in known else 0
        rulings += [advisory_ruling(case), _privileged(case), _depth(policy, steps), *_approval(case)]
        ended = [rule for rule in policy.rules if not in_force(rule, now) and rule_matches(rule, *key)]
        found.append(Explained(pin, tuple(rulings), tuple(ended)))
    return tuple(found)


def _privileged(case: Case) -> Ruling:
    module = case.pin.module
    listed = case.policy.allows_privileged(case.pin.name)
    value, by = ("listed", POLICY) if listed else ("", DEFAULT)
    if module is None:
        return Ruling("privileged", value, by, None, "not judged: no module")
    found = "exports something privileged" if module.privileged else "exports nothing privileged"
    return Ruling("privileged", value, by, None, found, listed if module.privileged else None)


def _depth(policy: Policy, steps: int) -> Ruling:
    found = f"{steps} step{'' if steps == 1 else 's'} from the project" if steps else "nothing leads to it"
    if policy.max_depth is None:
        return Ruling("max-depth", "", DEFAULT, None, found)
    return Ruling("max-depth", str(policy.max_depth), POLICY, None, found, steps <= policy.max_depth)


def _approval(case: Case) -> tuple[Ruling, ...]:
    """Whose approval a change of the package needs: approvals judge it."""
    policy = case.policy
    found = "not judged: `holdfast status` says what waits"
    threshold, role = deciding(case.rules, "threshold"), deciding(case.rules, "role")
    allowing = deciding(case.rules, "approve")
    many = policy.threshold if threshold is None or threshold.threshold is None else threshold.threshold
    who = policy.role if role is None or role.role is None else role.role
    by_policy = DEFAULT if many == Policy().threshold else POLICY
    rulings = [
        Ruling("threshold", str(many), RULE if threshold is not None else by_policy, threshold, found),
        Ruling("role", who, RULE if role is not None else POLICY if who else DEFAULT, role, found),
    ]
    if allowing is not None:
        rulings.append(Ruling("approve", ", ".join(allowing.approve or ()), RULE, allowing, found))
    return tuple(rulings)
