"""The import and export statements of a JavaScript program, and its `import(...)` calls.

Knows the shapes of statements; never what is imported. `require` is a value like others and is followed as such.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from holdfast.risk.javascript_literals import literal
from holdfast.risk.javascript_parsing import Source
from holdfast_resolver.values.tuples import NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

_WORDS = re.compile(rb"(?:import|export)(?<![\w$.#].{6})(?![\w$])")
_STATEMENTS = ("import_statement", "export_statement")


class Import(NamedTuple):
    """One import."""

    specifier: str | None  # None where it is computed
    nodes: "tuple[Node, ...]"  # from the program down to the statement, or to the call
    names: "tuple[tuple[Node, str], ...]" = ()  # what it binds: the name, and of which member; "" = the whole
    is_call: bool = False


def imports_of(source: Source) -> Iterator[Import]:
    """Yield the imports of a program; those of types alone are none."""
    for word in _WORDS.finditer(source.data):
        nodes = source.nodes_at(word.start())
        while nodes and nodes[-1].type in ("import", "export"):
            nodes.pop()
        if not nodes or nodes[-1].start_byte != word.start():
            continue
        if nodes[-1].type in _STATEMENTS:
            yield from _statement(source, nodes)
        elif nodes[-1].type == "call_expression" and word.group() == b"import":
            arguments = nodes[-1].child_by_field_name("arguments")
            first = [one for one in arguments.named_children if one.type != "comment"] if arguments is not None else []
            yield Import(literal(source, first[0]) if first else None, tuple(nodes), is_call=True)


def _statement(source: Source, nodes: "list[Node]") -> Iterator[Import]:
    statement = nodes[-1]
    if any(one.type in ("type", "typeof") for one in statement.children[:3]):
        return
    holder = next((one for one in statement.children if one.type == "import_require_clause"), statement)
    place = holder.child_by_field_name("source")
    name = literal(source, place) if place is not None else None
    if name is None:
        return
    clause = next((one for one in statement.children if one.type == "import_clause"), None)
    if clause is None and holder is not statement:
        names = [(one, "") for one in holder.named_children[:1]]
    else:
        names = list(_bound(source, clause)) if clause is not None else []
        if clause is not None and not names and any(one.named_children for one in clause.named_children):
            return  # `import {type A} from "x"`
    yield Import(name, tuple(nodes), tuple(names))


def _bound(source: Source, clause: "Node") -> "Iterator[tuple[Node, str]]":
    for one in clause.named_children:
        if one.type == "identifier":
            yield one, ""
        elif one.type == "namespace_import":
            yield from ((name, "") for name in one.named_children[-1:])
        elif one.type == "named_imports":
            for each in one.named_children:
                if each.type == "import_specifier" and not any(part.type == "type" for part in each.children):
                    name = source.text(each.named_children[0]) if each.named_children else ""
                    yield each.named_children[-1], "" if name == "default" else name
