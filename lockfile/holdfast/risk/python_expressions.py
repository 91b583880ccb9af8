"""The walk through the expressions of a Python file: every call and every use of a name, in the order of the source.

A stack instead of recursion: an expression may be as deep as the parser allows. Knows no statements.
"""

import ast
from collections.abc import Callable, Iterable
from typing import Any

from holdfast.risk.python_matching import PATTERNS, Matching
from holdfast.risk.python_nodes import FIELDS
from holdfast.risk.python_scopes import Scope, text_of
from holdfast.risk.words import words

_NAMED = (ast.Name, ast.Attribute)
_MADE = (ast.Call, ast.Subscript)
# Calls that run a function which they are given: Thread(target=function).
_STARTERS = frozenset(words("Process Thread Timer apply apply_async filter map run start_new_thread submit"))
_MEMBERSHIP = (ast.In, ast.NotIn)
_EVALUATORS = frozenset(("builtins.exec", "builtins.eval", "builtins.compile"))
_IMPORTERS = frozenset(("builtins.__import__", "importlib.import_module"))


class Expressions(Matching):
    """The expressions' part of the walk."""

    def expressions(self, nodes: Iterable[ast.AST], scope: Scope) -> None:
        """Walk expressions and all that is in them."""
        # Any: classes of nodes are compared by `is`, which is half of the time of `isinstance`; a tree has no others.
        stack: list[Any] = [*nodes]
        stack.reverse()
        known, attributes = self.names.known, self.names.attributes
        pop, push, handlers, fields = stack.pop, stack.append, _HANDLERS, FIELDS
        constant, name, attribute = ast.Constant, ast.Name, ast.Attribute
        while stack:
            node = pop()
            kind = node.__class__
            if kind is constant:
                continue
            if kind is name:
                if node.id in known:
                    self._name(node, scope)
            elif kind is attribute:
                root = node.value
                while root.__class__ is attribute:
                    root = root.value
                if root.__class__ is name:
                    if root.id in known or attributes:
                        self._use(node, scope, self.named)
                else:
                    push(root)
                    if root.__class__ in _MADE:
                        self._use(node, scope, self.named)
            elif kind in handlers:
                stack += handlers[kind](self, node, scope)
            else:
                for field in fields.get(kind, ()):  # {**more}: a key of None
                    value = getattr(node, field)
                    if value.__class__ is list:
                        stack += value
                    elif value is not None:
                        push(value)

    def later(self, body: list[ast.stmt], scope: Scope) -> None:
        """Keep a body for the time when it runs."""
        raise NotImplementedError

    def text(self, text: str, line: int, scope: Scope) -> None:
        """Walk the code in a text, as if it stood at `line`."""
        raise NotImplementedError

    def call_early(self, function: ast.expr, scope: Scope) -> None:
        """Take note that code which runs early calls a function."""
        raise NotImplementedError

    def parameters(self, arguments: ast.arguments, inner: Scope, scope: Scope) -> list[ast.arg]:
        """Bind the parameters of a function, those with a default to what that means; return them."""
        plain = [*arguments.posonlyargs, *arguments.args]
        every = [*plain, *arguments.kwonlyargs]
        every += [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
        inner.hidden = frozenset([one.arg for one in every])
        known = self.names.known
        for argument in every:
            if argument.arg in known:
                self.names.bind(inner, argument.arg, None)
        defaults = zip(plain[len(plain) - len(arguments.defaults) :], arguments.defaults)
        for argument, default in [*defaults, *zip(arguments.kwonlyargs, arguments.kw_defaults)]:
            if isinstance(default, _NAMED):
                meaning = self.names.resolve(default, scope)
                if meaning:
                    self.names.bind(inner, argument.arg, meaning)
        return every

    def _name(self, node: ast.Name, scope: Scope) -> None:
        self.names.is_met = True
        if isinstance(node.ctx, ast.Load):
            self._use(node, scope, self.named)
        elif isinstance(node.ctx, ast.Store):
            self.names.bind(scope, node.id, None)

    def _use(self, node: ast.expr, scope: Scope, moment: str) -> None:
        """Match a name that is used and not called here."""
        meaning = self.names.resolve(node, scope)
        if meaning and isinstance(getattr(node, "ctx", None), ast.Load):
            self.match(meaning, node, scope, moment)

    def _call(self, node: ast.Call, scope: Scope) -> list[ast.AST]:
        function = node.func
        root: Any = function  # `is`: as in `expressions`
        while root.__class__ is ast.Attribute:
            root = root.value
        rest: list[ast.AST] = [] if root.__class__ is ast.Name else [root]
        meaning = self.names.resolve(function, scope)
        is_early = self.moment != "call"
        if is_early:
            self.call_early(function, scope)
        hits = PATTERNS.of(meaning, is_call=True) if meaning else ()
        word = ""
        if isinstance(function, ast.Attribute):
            word = function.attr
            if word in PATTERNS.methods:
                hits += PATTERNS.methods[word]
        elif isinstance(function, ast.Name):
            word = function.id
        if hits:
            self.fire(hits, meaning or f".{getattr(function, 'attr', '')}", node, scope, self.moment)
        if meaning:
            self._known_call(meaning, node, scope)
        is_starter = is_early and word in _STARTERS
        for argument in node.args:
            if argument.__class__ is not ast.Constant:
                self._argument(argument, rest, scope, is_starter)
        for keyword in node.keywords:
            if keyword.value.__class__ is not ast.Constant:
                self._argument(keyword.value, rest, scope, is_starter)
        return rest

    def _argument(self, node: ast.expr, rest: list[ast.AST], scope: Scope, is_starter: bool) -> None:
        """A function that is handed to a call may be called by it; one of the file, where the call's name says so."""
        root: Any = node  # `is`: as in `expressions`
        while root.__class__ is ast.Attribute:
            root = root.value
        if root.__class__ is not ast.Name:
            rest.append(node)
        elif root.id in self.names.known or self.names.attributes:
            self._use(node, scope, self.moment)
        elif is_starter:
            self.call_early(node, scope)

    def _known_call(self, meaning: str, node: ast.Call, scope: Scope) -> None:
        """What a call of a known function means beyond its rules: an import, another name, code in a text."""
        if meaning in _IMPORTERS:
            module = text_of(node.args[0]) if node.args else None
            if module and not module.startswith(".") and len(module) < 200:
                self.note_import(module, node.lineno)
        elif meaning == "builtins.getattr":
            name = self.names.resolve(node, scope)
            if name and name != "builtins.getattr()":
                self.match(name, node, scope, self.named)
        elif meaning in _EVALUATORS and node.args:
            text = text_of(node.args[0])
            if text is not None:
                self.text(text, node.lineno, scope)

    def _subscript(self, node: ast.Subscript, scope: Scope) -> list[ast.AST]:
        meaning = self.names.resolve(node.value, scope)
        if not meaning:
            return [node.slice, node.value]
        if isinstance(node.ctx, ast.Load):
            item = ast.Call(func=node.value, args=[node.slice], keywords=[], lineno=node.lineno)
            self.fire(PATTERNS.of(f"{meaning}.__getitem__", is_call=True), meaning, item, scope, self.moment)
            named = self.names.resolve(node, scope)
            if named and named != meaning:
                self.match(named, node, scope, self.named)
        # The environment is not used as a whole where one variable is.
        return [node.slice] if isinstance(node.value, _NAMED) else [node.slice, node.value]

    def _compare(self, node: ast.Compare, scope: Scope) -> list[ast.AST]:
        if all(isinstance(one, _MEMBERSHIP) for one in node.ops):  # "HOME" in os.environ
            others = [one for one in node.comparators if self.names.resolve(one, scope) != "os.environ"]
            return [*others, node.left]
        return [*node.comparators, node.left]

    def _lambda(self, node: ast.Lambda, scope: Scope) -> list[ast.AST]:
        inner = Scope(scope)
        self.parameters(node.args, inner, scope)
        self.later([ast.Expr(value=node.body, lineno=node.lineno)], inner)
        self.names.is_met = True  # nobody looked yet
        return [*node.args.defaults, *[one for one in node.args.kw_defaults if one is not None]]

    def _walrus(self, node: ast.NamedExpr, scope: Scope) -> list[ast.AST]:
        self.names.bind(scope, node.target.id, self.names.resolve(node.value, scope) or None)
        return [node.value]

    def _elements(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope) -> list[ast.AST]:
        return [node.elt, *_generators(node.generators)]

    def _pairs(self, node: ast.DictComp, scope: Scope) -> list[ast.AST]:
        return [node.key, node.value, *_generators(node.generators)]


def _generators(generators: list[ast.comprehension]) -> list[ast.AST]:
    # The last is walked first: targets are bound before what uses them.
    return [part for one in reversed(generators) for part in (*one.ifs, one.target, one.iter)]


# Any: each takes the class of node that it stands for.
_HANDLERS: dict[type[ast.AST], Callable[..., list[ast.AST]]] = {
    ast.Call: Expressions._call,
    ast.Subscript: Expressions._subscript,
    ast.Compare: Expressions._compare,
    ast.Lambda: Expressions._lambda,
    ast.NamedExpr: Expressions._walrus,
    ast.ListComp: Expressions._elements,
    ast.SetComp: Expressions._elements,
    ast.GeneratorExp: Expressions._elements,
    ast.DictComp: Expressions._pairs,
}
