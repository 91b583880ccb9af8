"""Which scope of a JavaScript program declares a name: what a name means where it stands.

A `var` belongs to its function, `let`, `const` and classes to their block, parameters to their function. All
declarations of a scope count for the whole of it.

Knows declarations; never values.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from holdfast.risk.javascript_parsing import Source

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Query

Scope = tuple[int, int]  # first byte, byte after the last
FUNCTIONS = frozenset(
    [
        "function_declaration",
        "function_expression",
        "generator_function",
        "generator_function_declaration",
        "arrow_function",
        "method_definition",
    ]
)
_BLOCKS = frozenset(
    [
        "program",
        "statement_block",
        "for_statement",
        "for_in_statement",
        "switch_body",
        "catch_clause",
        "class_static_block",
        "class",
        "class_declaration",
        "internal_module",
    ]
)
_SCOPES = FUNCTIONS | _BLOCKS
_NAMES = frozenset(("identifier", "shorthand_property_identifier_pattern", "type_identifier"))
_QUERY = f"""
[{" ".join(f"({one})" for one in sorted(_SCOPES - {"internal_module"}))}] @scope
(variable_declaration (variable_declarator name: (_) @var))
(lexical_declaration (variable_declarator name: (_) @name))
(formal_parameters) @name
(arrow_function parameter: (identifier) @name)
(catch_clause parameter: (_) @name)
(for_in_statement left: (_) @name)
(import_clause) @name
"""


class Scopes:
    """The declared names of one program, found when they are first asked for."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._names: dict[Scope, set[str]] | None = None

    def of(self, name: str, nodes: "Sequence[Node]") -> Scope | None:
        """Return the innermost scope among `nodes` (outermost first) that declares a name, None for a global one."""
        if self._names is None:
            self._names = self._find()
        for node in reversed(nodes):
            if node.type in _SCOPES and name in self._names.get((node.start_byte, node.end_byte), ()):
                return node.start_byte, node.end_byte
        return None

    def _find(self) -> dict[Scope, set[str]]:
        from tree_sitter import QueryCursor

        captures = QueryCursor(_query(self._source.tree.language)).captures(self._source.tree.root_node)
        order = [(node.start_byte, -node.end_byte, what, node) for what, nodes in captures.items() for node in nodes]
        order.sort(key=lambda one: (one[0], one[1], one[2] != "scope"))
        names: dict[Scope, set[str]] = {}
        stack: list[tuple[int, int, bool, set[str]]] = []
        for start, end, what, node in order:
            while stack and stack[-1][1] <= start:
                stack.pop()
            if what == "scope":
                own = names.setdefault((start, -end), set())
                self._name_itself(node, own, stack)
                stack.append((start, -end, node.type in FUNCTIONS or node.type == "program", own))
            elif stack:
                into = _function(stack) if what == "var" else stack[-1][3]
                into.update(self._source.text(one) for one in names_in(node))
        return names

    def _name_itself(self, node: "Node", own: set[str], stack: list[tuple[int, int, bool, set[str]]]) -> None:
        name = node.child_by_field_name("name")
        if name is None or name.type not in _NAMES:
            return
        text = self._source.text(name)
        if node.type.endswith("_declaration") and stack:
            stack[-1][3].add(text)
        own.add(text)


@cache
def _query(language: "Language") -> "Query":
    from tree_sitter import Query

    return Query(language, _QUERY)


def _function(stack: list[tuple[int, int, bool, set[str]]]) -> set[str]:
    return next((own for _, _, is_function, own in reversed(stack) if is_function), stack[0][3])


def names_in(pattern: "Node") -> "Iterable[Node]":
    """Yield the names that a pattern binds: `{a, b: [c], d = e}` binds a, c and d."""
    waiting = [pattern]
    while waiting:
        node = waiting.pop()
        if node.type in _NAMES:
            yield node
        elif node.type in ("assignment_pattern", "object_assignment_pattern"):
            waiting.extend(node.children[:1])
        elif node.type in ("required_parameter", "optional_parameter"):
            waiting.extend(one for one in (node.child_by_field_name("pattern"),) if one is not None)
        elif node.type in ("pair_pattern", "import_specifier"):  # `{from: to}`, `{from as to}`
            waiting.extend(node.named_children[-1:])
        elif node.type != "type_annotation":
            waiting.extend(node.named_children)
