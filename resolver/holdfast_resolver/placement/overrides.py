"""Overrides: which rule holds for an edge, and which rules a place in the tree inherits.

    {"a": {".": "1", "b": "2"}}     a becomes 1; below it, b becomes 2

A rule set is a node of that tree of rules: its own children hold for edges that leave it, then its own key, then what
its parents hold. Walking an edge that a rule names leads into that rule. Knows names, ranges and rules; no tree of
packages.
Source: npm's documentation of `package.json`, "overrides".
"""

from __future__ import annotations

from holdfast_resolver.errors import InvalidRange
from holdfast_resolver.placement.specs import ANY, RANGE, Reading, read_spec
from holdfast_resolver.versions.semver_ranges import compile_range

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from holdfast_resolver.placement.shelf import Package, Want
    from holdfast_resolver.values.npm import NpmOverride


class Rules:
    """One rule with all below it; the root of them has no name."""

    __slots__ = ("_ruleset", "children", "key", "key_range", "name", "parent", "reading", "value")

    def __init__(self, parent: Rules | None = None, name: str = "", key_range: str = "") -> None:
        self.parent = parent
        self.name = name
        self.key_range = key_range or (ANY if parent else "")
        self.key = f"{name}@{key_range}" if key_range else name
        self.value = self.key_range  # changes nothing, until something is said
        self.reading: Reading | None = None  # what an edge asks for instead; None: nothing else
        self.children: dict[str, Rules] = {}
        self._ruleset: list[Rules] | None = None

    def say(self, spec: str) -> None:
        """Let the rule's package become `spec`."""
        self.value = spec or ANY
        self.reading = None if self.value == ANY else read_spec(self.value)

    def ruleset(self) -> list[Rules]:
        """All rules that hold here, the nearest first; a key that a nearer one has is left out."""
        if self._ruleset is None:
            found: dict[str, Rules] = {}
            for rules in self.ancestry():
                for child in rules.children.values():
                    found.setdefault(child.key, child)
                if rules.parent is not None:
                    found.setdefault(rules.key, rules)
            self._ruleset = list(found.values())
        return self._ruleset

    def ancestry(self) -> Iterator[Rules]:
        """The rule and what it stands under."""
        rules: Rules | None = self
        while rules is not None:
            yield rules
            rules = rules.parent

    def for_want(self, want: Want) -> Rules:
        """Return the rules that hold behind an edge."""
        for rule in self.ruleset():
            if rule.name != want.name:
                continue
            if rule.key_range == ANY or want.reading.kind != RANGE:
                return rule
            if meets(want.reading.text, rule.key_range):
                return rule
        return self

    def for_member(self, package: Package) -> Rules:
        """Return the rules that hold in a workspace."""
        for rule in self.ruleset():
            shelf = package.shelf if rule.name == package.name else None
            if shelf is not None and (shelf.mask(rule.key_range) | shelf.mask(rule.value)) & 1:
                return rule
        return self

    def same(self, other: Rules | None) -> bool:
        """Whether two rules say the same, here, below and above."""
        if self is other:
            return True
        if other is None or self.key != other.key or self.value != other.value or not self._same_children(other):
            return False
        return self.parent.same(other.parent) if self.parent is not None else other.parent is None

    def _same_children(self, other: Rules) -> bool:
        if self.children.keys() != other.children.keys():
            return False
        return all(
            child.value == other.children[key].value and child._same_children(other.children[key])
            for key, child in self.children.items()
        )


def rules_of(overrides: Iterable[NpmOverride]) -> Rules | None:
    """Return the rules of a project; None when it has none."""
    root = Rules()
    for override in overrides:
        rules = root
        for name, key_range in (*override.within, (override.name, override.range)):
            rule = Rules(rules, name, key_range)
            rules = rules.children.setdefault(rule.key, rule)
        rules.say(override.spec)
    return root if root.children else None


def more_specific(first: Rules, second: Rules) -> Rules | None:
    """Return the one that stands under the other; else what both stand under, unless they contradict each other."""
    if any(rules.same(first) for rules in second.ancestry()):
        return second
    if any(rules.same(second) for rules in first.ancestry()):
        return first
    if contradict(first, second):
        return None
    for rules in second.ancestry():
        for above in first.ancestry():
            if above.same(rules):
                return above
    return None


def contradict(first: Rules, second: Rules) -> bool:
    """Whether two rule sets want versions of one package that no version serves both."""
    theirs = {rule.key: rule for rule in second.ruleset()}
    for rule in first.ruleset():
        other = theirs.get(rule.key)
        if other is None or rule.same(other):
            continue
        mine, its = read_spec(rule.value), read_spec(other.value)
        if mine.kind == its.kind == RANGE and not mine.name and not its.name and not meets(mine.text, its.text):
            return True
    return False


def meets(first: str, second: str) -> bool:
    """Whether a version may lie in both ranges.

    >>> meets("^1.2", "<1.3"), meets("^1.2", "2.x")
    (True, False)
    """
    try:
        one, two = compile_range(first, loose=True), compile_range(second, loose=True)
    except InvalidRange:
        return False
    return any(
        max(low, other_low) < min(high, other_high)
        for low, high in (*one.releases, *one.everything)
        for other_low, other_high in (*two.releases, *two.everything)
    )
