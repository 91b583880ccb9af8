"""What a place in a Python file shows: the rules that a name matches there, noted once each, within a bound.

Knows nothing of statements or of the order in which code runs.
"""

import ast
from collections.abc import Iterable

from holdfast.model.scan import Evidence, Imported
from holdfast.risk.python_conditions import CONDITIONS, Place
from holdfast.risk.python_patterns import Hit, Patterns, canonical, strongest
from holdfast.risk.python_rules import PYTHON_RULES
from holdfast.risk.python_scopes import Names, Scope

MOST_EVIDENCE = 2000  # of one file; further pieces are counted
PATTERNS = Patterns(PYTHON_RULES)


class Matching:
    """What was found in one file so far. `moment` is when the code that is being walked runs."""

    def __init__(self, path: str, moment: str) -> None:
        self.path = path
        self.moment = moment
        self.names = Names(PATTERNS.heads)
        self.evidence: set[Evidence] = set()
        self.imports: set[Imported] = set()
        self.omitted = 0
        self.line = 0  # of the text that is read as code; 0 = the file itself
        self.brought: dict[str, int] = {}  # functions that the top level imports by name -> line
        self.is_optional = False  # in a `try` that goes on without the import

    @property
    def named(self) -> str:
        """When a function runs that is only named here: never earlier than its call."""
        return "call" if self.moment == "import" else self.moment

    def match(self, meaning: str, node: ast.expr, scope: Scope, moment: str) -> None:
        """Note the rules that a name matches which is used without being called."""
        hits = PATTERNS.of(meaning, is_call=False)
        if hits:
            place = ast.Call(func=node, args=[], keywords=[], lineno=node.lineno)
            # map(__import__, names): what it will be called with is not known here.
            free = [hit._replace(condition="") for hit in hits if hit.condition in ("", "computed")]
            self.fire(free, meaning, place, scope, moment)

    def match_base(self, meaning: str, node: ast.expr, scope: Scope) -> None:
        """Note the rules that a base of a class matches: its methods are what calls of it do."""
        hits = [hit for hit in PATTERNS.of(meaning, is_call=True) if not hit.condition]
        if hits:
            self.fire(hits, meaning, ast.Call(func=node, args=[], keywords=[], lineno=node.lineno), scope, self.named)

    def fire(self, hits: Iterable[Hit], found: str, node: ast.Call, scope: Scope, moment: str) -> None:
        """Note those of `hits` that hold for a call."""
        place = Place(node, self.names, scope)
        holding = [hit for hit in hits if not hit.condition or CONDITIONS[hit.condition](place)]
        for hit in strongest(holding, moment):
            self._note(hit, found, node.lineno, moment)

    def _note(self, hit: Hit, found: str, line: int, moment: str) -> None:
        words = found.replace("()", "")[:80]
        one = Evidence(hit.rule.capability, hit.rule.id, self.path, self.line or line, words, moment)
        if len(self.evidence) < MOST_EVIDENCE or one in self.evidence:
            self.evidence.add(one)
        else:
            self.omitted += 1

    def note_handed_on(self, scope: Scope) -> None:
        """A function that is imported by name and never used here is there for other files to use."""
        for name, line in sorted(self.brought.items()):
            if name not in self.names.used:
                meaning = canonical(scope.names.get(name) or "")
                for hit in strongest([hit for hit in PATTERNS.of(meaning, True) if not hit.condition], self.named):
                    self._note(hit, meaning, line, self.named)

    def note_import(self, name: str, line: int) -> None:
        """Note a module that is imported; one that is tried and may be missing counts as imported by a call."""
        moment = "call" if self.is_optional and self.moment == "import" else self.moment
        self.imports.add(Imported(name, self.path, self.line or line, moment))
