"""What an expression of a JavaScript program means, where it means something of the platform: as a dotted path.

    const {exec: run} = require("child_process")        run            is "child_process.exec"
    import * as fs from "node:fs"                       fs.promises    is "fs.promises"
    const e = process.env; e["HOME"]                                   is "process.env.HOME"

Every name that may hold such a value is followed to where it is used, through aliases, patterns, `await`, conditions
and the wrappers that compilers put around imports. What is computed when the program runs is `?`: `cp[name]` is
"child_process.?". Flow within a function is not followed: a name that holds two values may mean either.

Knows the platform's names; never whether using them matters.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from holdfast.risk.javascript_literals import literal
from holdfast.risk.javascript_names import builtin_of
from holdfast.risk.javascript_parsing import Source
from holdfast.risk.javascript_scopes import FUNCTIONS, Scope, Scopes
from holdfast_resolver.values.tuples import NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

MOST_USES = 50_000  # places of one file that are followed
GLOBALS = [
    "require",
    "process",
    "eval",
    "Function",
    "fetch",
    "XMLHttpRequest",
    "WebSocket",
    "EventSource",
    "WebTransport",
    "RTCPeerConnection",
    "navigator",
    "setTimeout",
    "setInterval",
    "importScripts",
    "WebAssembly",
    "Worker",
    "Deno",
    "Bun",
    "module",
    "globalThis",
    "global",
    "window",
    "self",
]
_HOLDERS = frozenset(("globalThis", "global", "window", "self"))  # `globalThis.process` is `process`
# What a call returns, where it is of the platform as well.
_RETURNS = {
    "module.createRequire": "require",
    "process.mainModule.require": "",  # as `require`: what its argument names
    "process.getBuiltinModule": "",
    "module.require": "",
    "module._load": "",
    "module.Module._load": "",
    "require.main.require": "",
    "require": "",
    "import": "",
}
_SAME = {name: "require" for name, returned in _RETURNS.items() if not returned and name not in ("require", "import")}
_THROUGH = frozenset(
    [
        "parenthesized_expression",
        "await_expression",
        "non_null_expression",
        "as_expression",
        "satisfies_expression",
        "type_assertion",
        "ternary_expression",
    ]
)
_WRAPPER = re.compile(
    r"_*(?:interop\w*|import(?:Default|Star)|to(?:ESM|CommonJS)|tslib\w*|promisify)(?:Legacy)?\w*", re.I
)
_NO_USE = frozenset(  # where a value is looked at, or a name declared
    [
        "unary_expression",
        "expression_statement",
        "if_statement",
        "update_expression",
        "pair_pattern",
        "array_pattern",
        "rest_pattern",
        "formal_parameters",
        "import_specifier",
        "namespace_import",
        "import_clause",
        "import_require_clause",
        "function_declaration",
        "function_expression",
        "generator_function",
        "generator_function_declaration",
        "class_declaration",
        "class",
        "required_parameter",
        "object_pattern",
        "catch_clause",
        "labeled_statement",
    ]
)


RETURNED = "|"  # after a path: a function that returns it


class Use(NamedTuple):
    """One place where a value of the platform is used."""

    path: str  # "child_process.exec"
    kind: str  # "call", "new", "bound" (given a name, which is followed), or "passed"
    node: "Node"  # the whole expression; of a call its call
    nodes: "tuple[Node, ...]"  # from the program down to the name


class _Name(NamedTuple):
    name: str
    scope: Scope | None  # None = global
    path: str


class Values:
    """The uses of the platform in one program; `matters` says of which paths the aliases are followed."""

    def __init__(self, source: Source, matters: Callable[[str], bool]) -> None:
        self._matters = matters
        self.source = source
        self.scopes = Scopes(source)
        self.followed = 0  # places that were looked at
        self._waiting: list[_Name] = []
        self._known = {_Name(one, None, one) for one in GLOBALS}

    @property
    def is_cut(self) -> bool:
        """Whether there were more places than are followed."""
        return self.followed > MOST_USES

    def bind(self, name: "Node", path: str, nodes: "Sequence[Node]") -> None:
        """Follow a name that holds `path`; `nodes` hold it, outermost first."""
        text = self.source.text(name)
        self._follow(_Name(text, self.scopes.of(text, nodes), path))

    def is_global(self, name: str, nodes: "Sequence[Node]") -> bool:
        """Whether a name that stands in `nodes` is declared by none of them."""
        if name == "require" and not _DECLARES_REQUIRE.search(self.source.data):
            return True
        return self.scopes.of(name, nodes) is None

    def trace(self, nodes: "Sequence[Node]", path: str) -> Iterator[Use]:
        """Yield the use of the innermost of `nodes`, an expression that is `path`."""
        yield from self._climb(list(nodes), len(nodes) - 1, path)

    def uses(self) -> Iterator[Use]:
        """Yield every use of what is followed, and follow what it is bound to."""
        yield from self._globals()
        while self._waiting and not self.is_cut:
            one = self._waiting.pop()
            start, end = one.scope or (0, len(self.source.data))
            for found in _mentions([one.name]).finditer(self.source.data, start, end):
                yield from self._use_at(found.start(), one.name, one)

    def _globals(self) -> Iterator[Use]:
        known = {one: _Name(one, None, one) for one in GLOBALS}
        for found in _GLOBALS.finditer(self.source.data):
            name = found.group().decode()
            yield from self._use_at(found.start(), name, known[name])

    def _use_at(self, place: int, name: str, meant: _Name) -> Iterator[Use]:
        if self._is_property(place):
            return
        self.followed += 1
        if self.is_cut:
            return
        nodes = self.source.nodes_at(place)
        if not nodes or nodes[-1].type not in ("identifier", "shorthand_property_identifier"):
            return
        if nodes[-1].start_byte != place:
            return
        is_require = name == "require" and meant.scope is None  # so is a parameter, which loaders hand to modules
        if not is_require and self.scopes.of(name, nodes) != meant.scope:
            return
        yield from self._climb(nodes, len(nodes) - 1, meant.path)

    def _is_property(self, place: int) -> bool:
        # `a.name` is; `...name` is not.
        before = self.source.data[max(place - 3, 0) : place]
        return before.endswith(b".") and before != b"..."

    def _follow(self, name: _Name) -> None:
        path = name.path.rstrip(RETURNED)
        if name not in self._known and name.path.count(".") + name.path.count(RETURNED) < 8 and self._matters(path):
            self._known.add(name)
            self._waiting.append(name)

    def _climb(self, nodes: "list[Node]", at: int, path: str) -> Iterator[Use]:
        """Yield the use of the expression `nodes[at]`, which is `path`."""
        while at > 0:
            node, parent = nodes[at], nodes[at - 1]
            kind = parent.type
            if kind == "member_expression" and _is(parent, "object", node):
                path = self._joined(path, self._property(parent))
            elif kind == "subscript_expression" and _is(parent, "object", node):
                index = parent.child_by_field_name("index")
                key = literal(self.source, index) if index is not None else None
                path = self._joined(path, key if key is not None and "." not in key else "?")
            elif kind in ("call_expression", "new_expression") and not _is(parent, "arguments", node):
                called = self._called(parent, path)
                if path.endswith(".then"):
                    self._bind_first_parameter(parent, path.removesuffix(".then"), nodes[:at])
                elif not called:
                    how = "new" if kind == "new_expression" else "call"
                    yield Use(path, how, parent, tuple(nodes))
                    return
                path = called or path.removesuffix(".then")
            elif kind == "arguments" and at > 1 and self._is_wrapped(nodes[at - 2], parent, node):
                at -= 1
            elif (kind == "sequence_expression" and parent.children[-1] != node) or (
                kind == "binary_expression" and not self._passes(parent, node)
            ):
                return
            elif kind not in _THROUGH and kind not in ("sequence_expression", "binary_expression"):
                break
            elif kind == "ternary_expression" and _is(parent, "condition", node):
                return
            at -= 1
        yield from self._landed(nodes, at, path)

    def _landed(self, nodes: "list[Node]", at: int, path: str) -> Iterator[Use]:
        node, parent = nodes[at], nodes[max(at - 1, 0)]
        target = None
        if parent.type == "variable_declarator":
            if not _is(parent, "value", node):
                return  # where it is declared
            target = parent.child_by_field_name("name")
        elif parent.type in ("assignment_expression", "augmented_assignment_expression"):
            if not _is(parent, "right", node):
                return  # written, not read
            target = parent.child_by_field_name("left")
        elif parent.type in ("assignment_pattern", "object_assignment_pattern"):
            if not _is(parent, "right", node):
                return
            target = parent.child_by_field_name("left")
        elif parent.type == "return_statement":
            found = _returned_by(nodes, at)
            if found is not None:
                # What compilers make of a late import: `function _fs() { const data = require("fs"); return data }`
                self.bind(found[0], f"{path}{RETURNED}", nodes[: found[1]])
                yield Use(path, "bound", node, tuple(nodes))
                return
        elif parent.type in _NO_USE:
            return
        if target is None or target.type in ("member_expression", "subscript_expression"):
            yield Use(path, "passed", node, tuple(nodes))
            return
        yield Use(path, "bound", node, tuple(nodes))
        for one, name in self._bound(target, path):
            if one is None:
                yield Use(name, "passed", node, tuple(nodes))
            else:
                self.bind(one, name, nodes[:at])
                if name != path:
                    yield Use(name, "bound", node, tuple(nodes))

    def _bound(self, target: "Node", path: str) -> "Iterator[tuple[Node | None, str]]":
        """Yield the names that a pattern gives to parts of a value; None for the rest of it, which has no path."""
        waiting: list[tuple[Node, str]] = [(target, path)]
        while waiting:
            node, at = waiting.pop()
            if node.type == "identifier":
                yield node, at
            elif node.type == "shorthand_property_identifier_pattern":
                yield node, self._joined(at, self.source.text(node))
            elif node.type in ("object_assignment_pattern", "assignment_pattern"):
                waiting.extend((one, at) for one in node.named_children[:1])
            elif node.type == "pair_pattern":
                key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
                if key is not None and value is not None:
                    text = literal(self.source, key) if key.type != "property_identifier" else self.source.text(key)
                    waiting.append((value, self._joined(at, text or "?")))
            elif node.type == "object_pattern":
                waiting.extend((one, at) for one in node.named_children)
            elif node.type == "rest_pattern":
                yield None, at

    def _called(self, call: "Node", path: str) -> str:
        """Return what a call returns, "" where that is nothing of the platform."""
        if path.endswith(RETURNED):
            return path.removesuffix(RETURNED)
        if path not in _RETURNS:
            return ""
        if _RETURNS[path]:
            return _RETURNS[path]
        arguments = call.child_by_field_name("arguments")
        first = arguments.named_children[:1] if arguments is not None and arguments.type == "arguments" else []
        name = literal(self.source, first[0]) if first else None
        return builtin_of(name) if name else ""

    def _bind_first_parameter(self, call: "Node", path: str, nodes: "Sequence[Node]") -> None:
        """Follow what `import("fs").then((fs) => ...)` hands to its function."""
        arguments = call.child_by_field_name("arguments")
        function = arguments.named_children[0] if arguments is not None and arguments.named_children else None
        if function is None or function.type not in FUNCTIONS:
            return
        first = function.child_by_field_name("parameter")
        if first is None:
            listed = function.child_by_field_name("parameters")
            first = listed.named_children[0] if listed is not None and listed.named_children else None
        if first is not None and first.type == "required_parameter":
            first = first.child_by_field_name("pattern")
        if first is not None:
            for name, member in self._bound(first, path):
                if name is not None:
                    self.bind(name, member, (*nodes, function))

    def _property(self, member: "Node") -> str:
        found = member.child_by_field_name("property")
        return self.source.text(found) if found is not None else "?"

    def _joined(self, path: str, name: str) -> str:
        if name == "default":  # what compilers put between a module and its members
            return path
        if path in _HOLDERS:
            return name
        joined = f"{path}.{name}"
        return _SAME.get(joined, joined)

    def _is_wrapped(self, call: "Node", arguments: "Node", node: "Node") -> bool:
        """Whether `node` is what a compiler's wrapper gets: `_interopRequireWildcard(require("fs"))`."""
        function = call.child_by_field_name("function")
        first = arguments.named_children[:1]
        if call.type != "call_expression" or function is None or not first or first[0] != node:
            return False
        name = self.source.text(function)[-60:].rpartition(".")[2].strip("() ")
        return bool(_WRAPPER.fullmatch(name)) or (node.type == "call_expression" and len(name) < 3)

    def _passes(self, binary: "Node", node: "Node") -> bool:
        """Whether a value goes through an operator: `a || b` either, of `a && b` the second."""
        operator = binary.child_by_field_name("operator")
        sign = operator.type if operator is not None else ""
        return sign in ("||", "??") or (sign == "&&" and _is(binary, "right", node))


def _is(parent: "Node", field: str, node: "Node") -> bool:
    return parent.child_by_field_name(field) == node


def _returned_by(nodes: "Sequence[Node]", at: int) -> "tuple[Node, int] | None":
    """Return the name of the function that returns `nodes[at]`, and how many nodes hold that name's declaration."""
    for depth in range(at - 1, 0, -1):
        node, parent = nodes[depth], nodes[depth - 1]
        if node.type not in FUNCTIONS:
            continue
        name = node.child_by_field_name("name") if node.type == "function_declaration" else None
        if parent.type == "assignment_expression":  # `f = function () { return fs }`
            name = parent.child_by_field_name("left")
        elif parent.type == "variable_declarator":
            name = parent.child_by_field_name("name")
        return (name, depth) if name is not None and name.type == "identifier" else None
    return None


def _mentions(names: Sequence[str]) -> re.Pattern[bytes]:
    # The words come first, so that the search can skip to their letters; what stands before is looked at behind them.
    words = (f"{re.escape(one)}(?<![\\w$#]{re.escape(one)}){_COMMON.get(one, '')}" for one in sorted(names))
    return re.compile(rf"(?:{'|'.join(words)})(?![\w$])".encode())


# What follows a name where nothing comes of it: these places are most of all, and need no look.
_HARMLESS = r"(?![\w$])(?!\s*\.\s*(?:{})\b)"
_TIMER = r"(?![\w$])(?!\s*\(\s*(?:function|async|\(|[\w$.]+\s*(?:,|\)|=>)))"
_COMMON = {
    "module": r"(?![\w$])(?=\s*(?:\.\s*(?:require|createRequire)\b|\[))",
    "process": _HARMLESS.format(
        "env\\.NODE_ENV|platform|cwd|stdout|stderr|stdin|nextTick|argv|exit|exitCode|versions?|hrtime|on|once|emit|emitWarning|pid|arch"
    ),
    "Function": _HARMLESS.format("prototype"),
    "setTimeout": _TIMER,
    "setInterval": _TIMER,
    "navigator": r"(?![\w$])(?=\s*(?:\.\s*sendBeacon\b|\[))",
    "window": _HARMLESS.format("document|location|addEventListener|removeEventListener"),
}
_GLOBALS = _mentions(GLOBALS)
_DECLARES_REQUIRE = re.compile(rb"require(?![\w$])(?!\s*[(.;'\"`])|require(?<=function require)")
