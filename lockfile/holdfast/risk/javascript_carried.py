"""Where a value of a JavaScript program goes, while it stays what it is: through names, texts and encodings to a call.

    const data = JSON.stringify(process.env); const body = "x=" + data; request.write(body)

Of `process.env` this is followed to `request.write(...)`. A value goes on through names that are given it, through
operators, templates, lists and objects, through methods of texts and lists, and through the functions that only spell
it otherwise (`_SAME`). It does not go into or out of other functions, nor on from one of its members: what
`env.HOME` holds is not the environment. All is bounded by the number of names and of their mentions.

Knows shapes of source; never what a value means.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from holdfast.risk.javascript_literals import literal
from holdfast.risk.javascript_parsing import Source
from holdfast.risk.javascript_scopes import Scope, Scopes
from holdfast.risk.words import words
from holdfast_resolver.values.tuples import NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

Name = tuple[str, Scope | None]  # as it is spelled, and where it is declared
_MOST_NAMES = 50
_MOST_MENTIONS = 200  # of a name
_MOST_SEEDS = 50
_THROUGH = frozenset(
    words(
        "parenthesized_expression await_expression non_null_expression as_expression satisfies_expression "
        "template_substitution template_string spread_element object pair array"
    )
)
_OPERATORS = ("+", "||", "??", "&&")
_METHODS = frozenset(
    words(
        "toString trim slice substring substr replace replaceAll split reverse join map filter concat toLowerCase "
        "toUpperCase toJSON entries sort flat flatMap reduce normalize"
    )
)
_SAME = re.compile(
    r"(?:(?:[\w$]+\.)?_*(?:interop\w*|import(?:Default|Star)|toESM)|JSON\.(?:stringify|parse)|Object\.(?:entries|keys|values|assign|fromEntries)|(?:[\w$]+\.)?Buffer\.(?:from|concat)"
    r"|String|Array\.from|atob|btoa|escape|unescape|(?:en|de)codeURI(?:Component)?|URLSearchParams|structuredClone"
    r"|(?:[\w$]+\.)?(?:inspect|serialize|gzipSync|gunzipSync|deflateSync|inflateSync|inflateRawSync|brotliCompressSync"
    r"|brotliDecompressSync|unzipSync)|(?:querystring|qs)\.stringify|new TextEncoder\(\)\.encode"
    r"|new TextDecoder\([^()]*\)\.decode)"
)
_DECODES = re.compile(rb"(?<![\w$])(?:atob|Buffer\s*\.\s*from)\s*\(")
_ENCODINGS = frozenset(("base64", "base64url", "hex"))


class Reached(NamedTuple):
    """A call that gets a value among its arguments."""

    call: "Node"
    nodes: "tuple[Node, ...]"  # from the program down to the call


class Carried:
    """The ways of values in one program."""

    def __init__(self, source: Source, scopes: Scopes) -> None:
        self._source = source
        self._scopes = scopes

    def decoded(self) -> "Iterator[Sequence[Node]]":
        """Yield the expressions that decode text, each with the nodes that hold it: `atob(x)`."""
        for number, found in enumerate(_DECODES.finditer(self._source.data)):
            if number >= _MOST_SEEDS:
                return
            nodes = self._source.nodes_at(found.end() - 1)
            while nodes and nodes[-1].type != "call_expression":
                nodes.pop()
            if nodes and (found.group().startswith(b"atob") or self._is_encoded(nodes[-1])):
                yield nodes

    def name_of(self, nodes: "Sequence[Node]") -> Name | None:
        """Return the name that the innermost of `nodes` is given, if it is."""
        return next((one for one in self._climb(nodes) if not isinstance(one, Reached)), None)

    def name_at(self, name: "Node", nodes: "Sequence[Node]") -> Name:
        """Return what a name means that stands in `nodes`."""
        text = self._source.text(name)
        return text, self._scopes.of(text, nodes)

    def reached(self, seeds: "Iterable[Sequence[Node]]") -> Iterator[Reached]:
        """Yield the calls that get the value of an expression; each seed is the nodes from the program down to one."""
        known: set[Name] = set()
        waiting: list[Name] = []
        for seed in list(seeds)[:_MOST_SEEDS]:
            for one in self._climb(seed):
                if isinstance(one, Reached):
                    yield one
                elif one not in known:
                    known.add(one)
                    waiting.append(one)
        while waiting and len(known) < _MOST_NAMES:
            for nodes in self._mentions(waiting.pop()):
                for one in self._climb(nodes):
                    if isinstance(one, Reached):
                        yield one
                    elif one not in known:
                        known.add(one)
                        waiting.append(one)

    def stands_on(self, reached: Reached) -> "tuple[list[int], Name | None]":
        """Return the nodes of the calls and the name that a call stands on: of `a.b(1).c(2)` both calls and `a`."""
        calls, node = [reached.call.id], reached.call
        while (inner := _inner(node)) is not None:
            node = inner
            if node.type in ("call_expression", "new_expression"):
                calls.append(node.id)
        return calls, self.name_at(node, reached.nodes) if node.type == "identifier" else None

    def _mentions(self, name: Name) -> "Iterator[Sequence[Node]]":
        text, scope = name
        start, end = scope or (0, len(self._source.data))
        pattern = re.compile(rb"(?<![\w$.#])%b(?![\w$])" % re.escape(text.encode()))
        for number, found in enumerate(pattern.finditer(self._source.data, start, end)):
            if number >= _MOST_MENTIONS:
                return
            nodes = self._source.nodes_at(found.start())
            is_name = nodes and nodes[-1].type in ("identifier", "shorthand_property_identifier")
            if is_name and self._scopes.of(text, nodes) == scope:
                yield nodes

    def _climb(self, nodes: "Sequence[Node]") -> Iterator[Reached | Name]:
        """Yield the calls and the name that the innermost of `nodes` gets to."""
        at = len(nodes) - 1
        while at > 0:
            node, parent = nodes[at], nodes[at - 1]
            kind = parent.type
            if kind == "member_expression":
                if at < 2 or not self._is_method(nodes[at - 2], parent, node):
                    return
                at -= 1
            elif kind == "arguments" and at > 1:
                yield Reached(nodes[at - 2], tuple(nodes[: at - 1]))
                if not self._is_same(nodes[at - 2]):
                    return
                at -= 1
            elif kind in ("variable_declarator", "assignment_expression", "augmented_assignment_expression"):
                is_value, field = ("value", "name") if kind == "variable_declarator" else ("right", "left")
                target = parent.child_by_field_name(field)
                if parent.child_by_field_name(is_value) == node and target is not None and target.type == "identifier":
                    yield self.name_at(target, nodes)
                return
            elif kind == "binary_expression":
                operator = parent.child_by_field_name("operator")
                if operator is None or operator.type not in _OPERATORS:
                    return
            elif kind == "ternary_expression":
                if parent.child_by_field_name("condition") == node:
                    return
            elif kind not in _THROUGH:
                return
            at -= 1

    def _is_method(self, call: "Node", member: "Node", node: "Node") -> bool:
        name = member.child_by_field_name("property")
        return (
            call.type == "call_expression"
            and call.child_by_field_name("function") == member
            and member.child_by_field_name("object") == node
            and name is not None
            and self._source.text(name) in _METHODS
        )

    def _is_same(self, call: "Node") -> bool:
        function = call.child_by_field_name("function") or call.child_by_field_name("constructor")
        return function is not None and _SAME.fullmatch(self._source.text(function)[-80:]) is not None

    def _is_encoded(self, call: "Node") -> bool:
        arguments = call.child_by_field_name("arguments")
        given = arguments.named_children if arguments is not None else []
        return len(given) > 1 and literal(self._source, given[1]) in _ENCODINGS


def _inner(node: "Node") -> "Node | None":
    """Return what a call, a member or brackets stand on."""
    if node.type == "call_expression":
        return node.child_by_field_name("function")
    if node.type == "new_expression":
        return node.child_by_field_name("constructor")
    if node.type in ("member_expression", "subscript_expression"):
        return node.child_by_field_name("object")
    if node.type in ("parenthesized_expression", "sequence_expression", "await_expression"):
        return node.named_children[-1] if node.named_children else None
    return None
