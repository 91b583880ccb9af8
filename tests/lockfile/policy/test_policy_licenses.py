"""SPDX expressions against a list of what is allowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.policy.licenses import is_allowed

ALLOWED = ("MIT", "Apache-2.0", "GPL-2.0-only WITH Classpath-exception-2.0", "BSD-3-Clause AND Zlib")


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("mit", True),
        ("(MIT)", True),
        ("GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("GPL-3.0-only or apache-2.0", True),
        ("MIT AND GPL-3.0-only", False),
        ("MIT AND Apache-2.0", True),
        ("MIT AND (GPL-3.0-only OR Apache-2.0)", True),
        ("GPL-3.0-only OR MIT AND Apache-2.0", True),
        ("(GPL-3.0-only OR MIT) AND ISC", False),
        ("GPL-3.0-only OR MIT AND ISC", False),
        ("GPL-2.0-only WITH Classpath-exception-2.0", True),
        ("GPL-2.0-only", False),
        ("MIT OR GPL-2.0-only WITH GCC-exception-2.0", True),
        ("GPL-2.0-only WITH GCC-exception-2.0", False),
        ("GPL-2.0-or-later", False),
        ("BSD-3-Clause AND Zlib", True),
        ("(BSD-3-Clause AND Zlib)", True),
        ("BSD-3-Clause", False),
        ("ISC OR (BSD-3-Clause AND Zlib)", True),
        ("BSD-3-Clause AND Zlib AND MIT", False),
        ("(BSD-3-Clause AND Zlib) AND MIT", True),
        ("LicenseRef-Acme", False),
    ],
)
def test_an_expression_is_allowed_or_not(expression: str, allowed: bool) -> None:
    """OR needs one part, AND all parts, WITH exactly that; AND binds closer than OR."""
    assert is_allowed(expression, ALLOWED) is allowed


@pytest.mark.parametrize(
    "expression", ["", "Proprietary", "MIT OR", "MIT Apache-2.0", "(MIT", "MIT/Apache-2.0", "MIT WITH x", "UNKNOWN"]
)
def test_what_is_no_expression_is_neither(expression: str) -> None:
    """Free text is not taken for a license, not even where it holds the name of one."""
    assert is_allowed(expression, ALLOWED) is None


IDS = ("MIT", "Apache-2.0", "ISC", "Zlib", "0BSD")
_Tree = str | tuple[str, tuple["_Tree", ...]]


def _trees() -> st.SearchStrategy[_Tree]:
    return st.recursive(
        st.sampled_from(IDS),
        lambda inner: st.tuples(st.sampled_from(("AND", "OR")), st.lists(inner, min_size=2, max_size=3).map(tuple)),
        max_leaves=6,
    )


def _written(tree: _Tree) -> str:
    return tree if isinstance(tree, str) else "(" + f" {tree[0]} ".join(map(_written, tree[1])) + ")"


def _holds(tree: _Tree, allowed: frozenset[str]) -> bool:
    """The oracle: the meaning of the tree itself, without any parsing."""
    if isinstance(tree, str):
        return tree in allowed
    return (all if tree[0] == "AND" else any)([_holds(one, allowed) for one in tree[1]])


@given(_trees(), st.frozensets(st.sampled_from(IDS)))
def test_parentheses_mean_what_they_say(tree: _Tree, allowed: frozenset[str]) -> None:
    """Any nesting of AND and OR is judged as its tree is."""
    assert is_allowed(_written(tree), tuple(sorted(allowed))) is _holds(tree, allowed)
