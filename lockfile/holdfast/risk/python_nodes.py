"""Which fields of a node of Python's grammar hold other nodes: what a walk has to follow. Knows no names.

FIELDS[ast.BinOp] == ("right", "left")     the last first: a stack turns them round; operators are left out
"""

import ast
from collections.abc import Iterable

from holdfast.risk.words import words

_PLAIN = frozenset(
    words("id attr arg name asname ctx op ops kind conversion is_async rest kwd_attrs module level names")
)
_PLAIN_VALUE = (ast.Constant, ast.MatchSingleton)


def _children(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a class of nodes that hold nodes, the last first: a stack turns them round."""
    if kind in _PLAIN_VALUE:
        return ()
    return tuple([field for field in reversed(kind._fields) if field not in _PLAIN])


def _classes(kind: type[ast.AST]) -> Iterable[type[ast.AST]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _classes(one)


FIELDS: dict[type[ast.AST], tuple[str, ...]] = {kind: _children(kind) for kind in _classes(ast.AST)}
