"""How a refusal is told: the leaves of a proof grouped, and made into a few short sentences.

Reads only the leaves: the project's wishes, what releases require, and what is excluded. Leaves that say the same of
several releases are merged, and steps of a chain are joined, so that a refusal stays within six sentences. What a
package is, and how its ranges are spelled, is for the ecosystem's own story.
"""

from __future__ import annotations

from holdfast_resolver.solver.port import Clause, Leaf, NoSolution
from holdfast_resolver.values.wishes import Wish

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_SENTENCES = 6
LONGEST = 160
MOST_SUGGESTIONS = 3


class Story:
    """The leaves of one proof, grouped by what they speak of. Subclasses say what nodes are, and find the words."""

    def __init__(self, proof: NoSolution, wishes: Sequence[Wish]) -> None:
        """`wishes` are the request's, in the numbers that the leaves name."""
        self.needs: dict[tuple[int, int], tuple[int, int]] = {}  # (package or extra, to) -> (candidates, allowed)
        self.excluded: dict[int, int] = {}
        numbers = set()
        for clause, leaf in leaves_of(proof):
            if leaf.kind == "wish":
                numbers.add(leaf.number)
            elif leaf.kind == "requires":
                self._add_need(clause)
            else:
                ((node, mask),) = clause
                self.excluded[node] = self.excluded.get(node, 0) | mask
        self.wishes = [wishes[number] for number in sorted(numbers)]

    def name(self, node: int) -> str:
        """Return the package's name; of an extra: its package's."""
        raise NotImplementedError

    def is_extra(self, node: int) -> bool:
        """Whether the node is an extra."""
        raise NotImplementedError

    def everything(self, node: int) -> int:
        """Return every candidate of a package, without "not selected"."""
        raise NotImplementedError

    def spelled(self, node: int, mask: int) -> str:
        """Return a package and some of its candidates in words."""
        raise NotImplementedError

    def wanted(self, source: int, candidates: int, node: int, allowed: int) -> str:
        """Return what candidates of `source` require of the package `node`, in words."""
        raise NotImplementedError

    def asked(self, wish: Wish) -> str:
        """Return what a wish asks for, in words."""
        raise NotImplementedError

    def exclusions(self) -> list[str]:
        """Return sentences on what is not there."""
        raise NotImplementedError

    def where(self) -> str:
        """Return where the refusal holds, " on cp311 linux-x86_64"; "" = everywhere."""
        return ""

    def sentences(self) -> tuple[str, ...]:
        """The story: what is asked for, what follows, what is not there, and that these exclude each other."""
        asked = self._all_asked()
        facts = self._chains() + self.exclusions()
        room = MOST_SENTENCES - 1 - len(asked)
        if len(facts) > room:
            left = len(facts) - room + 1
            facts = [*facts[: room - 1], f"and {left} more facts of this kind rule out every other release"]
        names = listed(list(dict.fromkeys(wish.requirement.name for wish in self.wishes)))
        wishes = "this wish" if len(self.wishes) == 1 else "these wishes"
        end = f"so {wishes} cannot be met{self.where()}"
        if len(self.wishes) > 1 and len(end) + len(names) < LONGEST - 10:
            end = f"so the wishes for {names} cannot be met together{self.where()}"
        return tuple(cut(sentence) for sentence in [*asked, *facts, end])

    def _all_asked(self) -> list[str]:
        """One sentence while it fits: `pyproject.toml:4 asks for django<3, and pyproject.toml:5 for b>=2`."""
        phrases = [f"{place_of(wish)} {_verb(wish)} {self.asked(wish)}" for wish in self.wishes]
        sentences: list[str] = []
        for phrase in phrases:
            if sentences and len(sentences[-1]) + len(phrase) + 6 <= LONGEST:
                sentences[-1] += f", and {phrase}"
            else:
                sentences.append(phrase)
        if len(sentences) > 2:
            sentences = [sentences[0], f"and {len(phrases) - 2} more wishes of the project take part"]
        return sentences

    def _chains(self) -> list[str]:
        """Requirement sentences; a requirement whose package is the last one's target continues its sentence."""
        sentences: list[str] = []
        last = -1
        for (source, node), (candidates, allowed) in self._ordered():
            wanted = self.wanted(source, candidates, node, allowed)
            if source == last and len(sentences[-1]) + len(wanted) + 20 <= LONGEST:
                sentences[-1] += f", which requires {wanted}"
            else:
                sentences.append(f"{self.spelled(source, candidates)} requires {wanted}")
            last = node
        return sentences

    def _ordered(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """Needs, walked depth first from the packages that are wished for."""
        left = dict(self.needs)
        names = {wish.requirement.name for wish in self.wishes}
        start = [key for key in left if self.name(key[0]) in names]
        ordered = []
        stack = list(reversed(start)) or list(reversed(left))
        while stack or left:
            key = stack.pop() if stack else next(iter(left))
            if key not in left:
                continue
            ordered.append((key, left.pop(key)))
            stack.extend(other for other in reversed(list(left)) if other[0] == key[1])
        return ordered

    def _add_need(self, clause: Clause) -> None:
        node, forbidden = clause[-1]
        if len(clause) == 1 or self.is_extra(node):
            return
        package, candidates = clause[-2]
        source = clause[0][0] if len(clause) == 3 else package
        allowed = self.everything(node) & ~forbidden
        known = self.needs.get((source, node), (0, 0))
        self.needs[source, node] = (known[0] | candidates, known[1] | allowed)


def leaves_of(refusal: NoSolution) -> list[tuple[Clause, Leaf]]:
    """Return the leaves that the empty clause rests on, in the order of a depth-first walk."""
    proof, leaves = refusal.proof, refusal.leaves
    found: dict[Clause, Leaf] = {}
    seen: set[Clause] = set()
    stack: list[Clause] = [()]
    while stack:
        clause = stack.pop()
        if clause in seen:
            continue
        seen.add(clause)
        if clause in proof:
            stack.extend(reversed(proof[clause]))
        else:
            found[clause] = leaves.get(clause, Leaf("requires"))
    return list(found.items())


def place_of(wish: Wish) -> str:
    """Return where a wish stands: `pyproject.toml:4`."""
    return f"{wish.path}:{wish.line}" if wish.line else wish.path


def unknown(source: str, kind: str, name: str, names: Sequence[str]) -> str:
    """Say that a source has no package of a name, and which of `names` comes near."""
    from difflib import get_close_matches  # start-up: only for an unknown name

    near = get_close_matches(name, names, 1, 0.75)
    hint = f"; did you mean {near[0]}" if near else ""
    return f"{source} has no {kind} named {name}{hint}"


def listed(names: list[str]) -> str:
    """Return `a, b and c`."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else ""


def cut(sentence: str) -> str:
    """Return the sentence, shortened where it is too long."""
    return sentence if len(sentence) <= LONGEST else sentence[: LONGEST - 3].rstrip() + "..."


def _verb(wish: Wish) -> str:
    return {"constraint": "constrains", "override": "overrides with"}.get(wish.kind, "asks for")
