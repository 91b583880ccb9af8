"""JavaScript and TypeScript as syntax trees, within bounds: what a byte of source lies in.

Bounds are counts of the text's own bytes, never of seconds, so the same bytes always give the same tree or the same
refusal. tree-sitter reads what it can of broken source; where the first break is, is said.

Knows grammars and trees; never what a name means.
"""

import re
from collections.abc import Iterable
from functools import cache
from itertools import accumulate
from operator import sub
from typing import TYPE_CHECKING

from holdfast_resolver.values.tuples import NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Parser, Tree

LARGEST = 12_000_000  # bytes of one file: some 25 bytes of memory for each byte of ordinary source
_MOST_PUNCTUATION = 1_200_000  # brackets, commas, operators: as 8 MB of minified code have
_MOST_NESTING = 2_000  # brackets open at once; real code stays below 200
_MOST_QUESTIONS = 150_000  # each may begin a condition within the one before
_BRACKETS = {ord(one): 1 for one in "([{"} | {ord(one): -1 for one in ")]}"}
_NO_BRACKETS = bytes(one for one in range(256) if one not in _BRACKETS)
_STRINGS = re.compile(rb"'(?:[^'\\\n]|\\.)*+'|\"(?:[^\"\\\n]|\\.)*+\"|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/")
# `export * from "./a.json" with { type: "json" }`, which the grammars know of imports alone. Strict: nothing that could
# run fits in it, wherever it stands.
_ATTRIBUTES = re.compile(
    rb"(?<=['\"])\s*+\bwith\s*+\{\s*+(?:(?:[\w$]++|'[\w./-]*+'|\"[\w./-]*+\")\s*+:\s*+(?:'[\w./-]*+'|\"[\w./-]*+\")\s*+,?\s*+)*+\}"
)
_NO_NEWLINE = re.compile(rb"[^\n]")
_TYPESCRIPT = (".ts", ".mts", ".cts")
_BYTE_ORDER_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


class Source(NamedTuple):
    """One file's text and tree."""

    data: bytes  # UTF-8
    tree: "Tree"
    broken: int = 0  # line of the first text that is not understood, 0 = none

    def nodes_at(self, place: int) -> "list[Node]":
        """Return the nodes that hold the byte at `place`, from the whole program to the innermost."""
        cursor = self.tree.walk()
        found = []
        while True:
            node = cursor.node
            if node is None or not node.start_byte <= place < node.end_byte:
                break
            found.append(node)
            if cursor.goto_first_child_for_byte(place) is None:
                break
        return found

    def text(self, node: "Node") -> str:
        """Return a node's text."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")


def as_utf8(data: bytes) -> bytes:
    """Return text as UTF-8: what says that it is UTF-16 by its first bytes is recoded."""
    encoding = _BYTE_ORDER_16.get(data[:2])
    if encoding:
        return data[2:].decode(encoding, "replace").encode("utf-8", "replace")
    return data.removeprefix(b"\xef\xbb\xbf")


def beyond_bounds(data: bytes) -> str:
    """Return why a text is not parsed, "" where it is."""
    if len(data) > LARGEST:
        return f"{len(data)} bytes, more than {LARGEST}"
    if len(data) < _MOST_NESTING:
        return ""
    if sum(map(data.count, (b"(", b"[", b"{", b",", b"=", b".", b";", b":", b"+", b"<"))) > _MOST_PUNCTUATION:
        return f"more than {_MOST_PUNCTUATION} signs of punctuation"
    if data.count(b"?") > _MOST_QUESTIONS or data.count(b"=>") > _MOST_QUESTIONS:
        return f"more than {_MOST_QUESTIONS} question marks or arrows"
    if _nesting(data) > _MOST_NESTING and _nesting(_STRINGS.sub(b"", data)) > _MOST_NESTING:
        return f"brackets nested deeper than {_MOST_NESTING}"
    return ""


def parse(path: str, data: bytes) -> Source:
    """Return the tree of a text that is within bounds and UTF-8; `path` says in which language it is."""
    names = _grammars(path)
    first = _parser(names[0]).parse(data)
    if not first.root_node.has_error:
        return Source(data, first)
    for name in names[1:]:  # types in a file that is called .js, as Flow writes them
        tree = _parser(name).parse(data)
        if not tree.root_node.has_error:
            return Source(data, tree)
    plain = _ATTRIBUTES.sub(lambda one: _NO_NEWLINE.sub(b" ", one.group()), data)
    if plain != data:
        for name in names:
            tree = _parser(name).parse(plain)
            if not tree.root_node.has_error:
                return Source(plain, tree)
    return Source(data, first, _first_break(first))


def _nesting(data: bytes) -> int:
    """Return how far the count of open brackets ever rises."""
    heights = list(accumulate(map(_BRACKETS.__getitem__, data.translate(None, _NO_BRACKETS)), initial=0))
    rises: Iterable[int] = map(sub, heights, accumulate(heights, min))
    return max(rises)


def _grammars(path: str) -> tuple[str, ...]:
    if path.endswith(".tsx"):
        return ("tsx",)
    if path.endswith(_TYPESCRIPT):
        return ("typescript",)
    return ("javascript", "tsx")


@cache
def _language(name: str) -> "Language":
    # Heavy, and only where there is JavaScript to read.
    import tree_sitter_javascript
    import tree_sitter_typescript
    from tree_sitter import Language

    if name == "javascript":
        return Language(tree_sitter_javascript.language())
    if name == "tsx":
        return Language(tree_sitter_typescript.language_tsx())
    return Language(tree_sitter_typescript.language_typescript())


@cache
def _parser(name: str) -> "Parser":
    from tree_sitter import Parser

    return Parser(_language(name))


def _first_break(tree: "Tree") -> int:
    cursor = tree.walk()
    while True:
        node = cursor.node
        if node is None or node.is_error or node.is_missing or not cursor.goto_first_child():
            break
        while cursor.node is not None and not cursor.node.has_error:
            if not cursor.goto_next_sibling():
                break
    return (cursor.node.start_point.row if cursor.node else 0) + 1
