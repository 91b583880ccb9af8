"""When a place of a JavaScript program runs: when the module is imported, or when somebody calls it.

    run(); (function () { run() })(); (function (f) { f() })(function () { run() })      import
    function later() { run() }    module.exports = () => run()                             call

Knows the shape of the tree above a place; never what is called there.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from holdfast.risk.javascript_scopes import FUNCTIONS

if TYPE_CHECKING:
    from tree_sitter import Node

_AROUND = frozenset(["parenthesized_expression", "unary_expression", "await_expression", "member_expression"])


def moment_at(nodes: "Sequence[Node]") -> str:
    """Return "import" or "call" for the innermost of `nodes`, which go from the program down to a place."""
    for depth, node in enumerate(nodes):
        if node.type in FUNCTIONS and not _runs_where_it_stands(nodes, depth):
            return "call"
        if node.type == "field_definition" and not any(one.type == "static" for one in node.children):
            return "call"
    return "import"


def _runs_where_it_stands(nodes: "Sequence[Node]", depth: int) -> bool:
    if any(one.type in ("*", "yield") for one in nodes[depth].children[:3]):
        return False
    child = nodes[depth]
    for above in range(depth - 1, -1, -1):
        node = nodes[above]
        if node.type == "call_expression":
            # `(function () {})()`, or the argument of one: `(function (f) { f() })(function () {})`
            return node.child_by_field_name("function") == child or _is_called_function(node)
        if node.type == "arguments":
            child = node
            continue
        if node.type not in _AROUND or (node.type == "member_expression" and child.type in FUNCTIONS):
            return False
        child = node
    return False


def _is_called_function(call: "Node") -> bool:
    function = call.child_by_field_name("function")
    while function is not None and function.type in ("parenthesized_expression", "member_expression"):
        function = function.named_children[0] if function.named_children else None
    return function is not None and function.type in FUNCTIONS
