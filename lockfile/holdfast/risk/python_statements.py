"""The walk through the statements of a Python file: what runs early first, what only calls run at the end.

The moment of a place is the earliest that is known: "import" at the top of a module, in class bodies, decorators and
defaults, and in functions of the file that such code calls; "call" elsewhere, under `if __name__ == "__main__"`, and
under `if TYPE_CHECKING` where that is the name of `typing`; "install" in all of a build file.

Text in `exec("...")` is read as code. Knows no rule.
"""

import ast
from collections.abc import Callable, Iterable

from holdfast.risk.python_branches import catches_import, is_main, suppresses_import
from holdfast.risk.python_conditions import carried
from holdfast.risk.python_expressions import Expressions
from holdfast.risk.python_matching import PATTERNS
from holdfast.risk.python_patterns import canonical
from holdfast.risk.python_reading import Unreadable, read_python
from holdfast.risk.python_scopes import Scope, hands_on
from holdfast.risk.words import words

_SPELLED = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)
_NAMED = (ast.Name, ast.Attribute)
_COMPARED = (ast.Compare, ast.BoolOp)
_PLAIN = (ast.Constant, ast.Name)
_DEEPEST_TEXT = 3  # code in text in code
# Packages without a module of their own: what is imported from them is what counts.
_SHARED = frozenset(
    words(
        "google google.cloud azure azure.mgmt zope plone sphinxcontrib backports jaraco ruamel paste repoze "
        "opentelemetry opentelemetry.instrumentation airflow.providers keyrings mpl_toolkits nvidia flaskext "
        "collective dogpile"
    )
)


class _Later:
    """A body that runs later than the code around it."""

    __slots__ = ("body", "key", "owner", "scope")

    def __init__(self, body: list[ast.stmt], scope: Scope, key: tuple[int, str], owner: str) -> None:
        self.body = body
        self.scope = scope
        self.key = key  # by which code at an earlier moment calls it; (0, "") = nothing does
        self.owner = owner  # the class whose method it is, or in whose method it stands


class Walk(Expressions):
    """The walk of one file. `carries`: whether it is worth following what values are made of."""

    def __init__(self, path: str, moment: str, carries: bool) -> None:
        super().__init__(path, moment)
        self._carries = carries
        self._later: list[_Later] = []
        self._called: set[tuple[int, str]] = set()  # by code that runs early: (scope, "function" or "Class.method")
        self._owner = ""
        self._texts = 0
        self._false: set[str] = set()  # names that are False: TYPE_CHECKING = False

    def module(self, body: list[ast.stmt]) -> None:
        """Walk a whole file."""
        scope = Scope()
        self._statements(body, scope)
        while self.moment != "call" and (ready := [one for one in self._later if self._runs_early(one)]):
            self._later = [one for one in self._later if not self._runs_early(one)]
            self._run(ready)
        self.moment = self.named
        while self._later:
            ready, self._later = self._later, []
            self._run(ready)
        self.note_handed_on(scope)

    def later(self, body: list[ast.stmt], scope: Scope) -> None:
        """Keep a body for the time when it runs."""
        self._later.append(_Later(body, scope, (0, ""), self._owner))

    def text(self, text: str, line: int, scope: Scope) -> None:
        """Walk the code in a text, as if it stood at `line`."""
        if self._texts >= _DEEPEST_TEXT:
            return
        try:
            tree = read_python(text.strip().encode("utf-8", "replace"))
        except Unreadable:
            return
        was, self.line = self.line, self.line or line
        self._texts += 1
        self._statements(tree.body, Scope(scope))
        self._texts -= 1
        self.line = was

    def call_early(self, function: ast.expr, scope: Scope) -> None:
        """Take note that code which runs early calls a function of this file, makes an object, or calls its method."""
        if isinstance(function, ast.Call):
            function = function.func
        if isinstance(function, ast.Name):
            defined = scope.defines(function.id)
            if defined:
                for name in (function.id, f"{function.id}.__init__", f"{function.id}.__new__"):
                    self._called.add((defined, name))
        elif isinstance(function, ast.Attribute):
            value = function.value.func if isinstance(function.value, ast.Call) else function.value
            if isinstance(value, ast.Name):
                owner = self._owner if value.id in ("self", "cls") else value.id
                self._called.add((scope.defines(owner), f"{owner}.{function.attr}"))

    def _runs_early(self, one: _Later) -> bool:
        return self.moment == "install" or one.key in self._called

    def _run(self, bodies: list[_Later]) -> None:
        for one in bodies:
            self._owner = one.owner
            self._statements(one.body, one.scope)

    def _statements(self, body: Iterable[ast.stmt], scope: Scope) -> None:
        for node in body:
            handler = _HANDLERS.get(node.__class__)
            if handler is not None:
                handler(self, node, scope)
            else:
                self._parts(node, scope)

    def _parts(self, node: ast.AST, scope: Scope) -> None:
        """Walk a statement's expressions and the statements in it, in the order of the source."""
        for field in node._fields:
            value = getattr(node, field)
            if isinstance(value, list):
                if value and isinstance(value[0], ast.stmt):
                    self._statements(value, scope)
                elif value and isinstance(value[0], ast.AST):
                    self.expressions(value, scope)
            elif isinstance(value, ast.expr):
                self.expressions((value,), scope)

    def _expression(self, node: ast.Expr | ast.Return, scope: Scope) -> None:
        value = node.value
        if value.__class__ is ast.Name:
            if value.id in self.names.known:
                self._name(value, scope)
        elif value is not None and value.__class__ is not ast.Constant:
            self.expressions((value,), scope)

    def _pass(self, node: ast.stmt, scope: Scope) -> None:
        pass

    def _import(self, node: ast.Import, scope: Scope) -> None:
        self.names.bind_import(scope, node)
        for alias in node.names:
            self.note_import(alias.name, node.lineno)

    def _import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        self.names.bind_from(scope, node)
        if node.level or not node.module:
            return
        if node.module in _SHARED:
            for alias in node.names:
                self.note_import(f"{node.module}.{alias.name}" if alias.name != "*" else node.module, node.lineno)
        else:
            self.note_import(node.module, node.lineno)
        if scope.parent is None:
            for alias in node.names:
                if PATTERNS.of(canonical(f"{node.module}.{alias.name}"), is_call=True):
                    self.brought[alias.asname or alias.name] = node.lineno

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        if node.decorator_list:
            self.expressions(node.decorator_list, scope)
            if self.moment != "call":
                for decorator in node.decorator_list:
                    self.call_early(decorator, scope)
        inner = Scope(scope)
        parameters = self.parameters(node.args, inner, scope)
        outside = [*node.args.defaults, *node.args.kw_defaults, *[one.annotation for one in parameters], node.returns]
        written = [one for one in outside if one is not None]
        if written:
            self.expressions(written, scope)
        self.names.bind(scope, node.name, None)
        if scope.is_class:
            key = (id(scope.parent), f"{self._owner}.{node.name}")
        else:
            scope.functions.add(node.name)
            key = (id(scope), node.name)
        self._later.append(_Later(node.body, inner, key, self._owner))

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        self.expressions([*node.decorator_list, *node.bases, *[one.value for one in node.keywords]], scope)
        for base in node.bases:  # whose methods it has
            meaning = self.names.resolve(base, scope)
            if meaning:
                self.match_base(meaning, base, scope)
        self.names.bind(scope, node.name, None)
        scope.functions.add(node.name)
        owner, self._owner = self._owner, node.name
        self._statements(node.body, Scope(scope, is_class=True))
        self._owner = owner

    def _if(self, node: ast.If, scope: Scope) -> None:
        while True:  # a chain of elif is as deep as it is long
            test, negated = node.test, False
            if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
                test, negated = test.operand, True
            kind = test.__class__
            if kind in _NAMED and self._is_type_checking(test, scope):
                self._unrun(node.orelse if negated else node.body, scope)
                self._statements(node.body if negated else node.orelse, scope)
                return
            if kind in _COMPARED and not negated and is_main(test):
                self.later(node.body, scope)
            else:
                self.expressions((node.test,), scope)
                self._sometimes(node.body, scope)
            if not node.orelse:
                return
            if len(node.orelse) != 1 or not isinstance(node.orelse[0], ast.If):
                self._sometimes(node.orelse, scope)
                return
            node = node.orelse[0]

    def _sometimes(self, body: list[ast.stmt], scope: Scope, may_not: bool = True) -> None:
        """Walk a branch: what it imports is not imported by all, `if sys.version_info < (3, 11)`."""
        was = self.is_optional
        self.is_optional = was or may_not
        self._statements(body, scope)
        self.is_optional = was

    def _is_type_checking(self, test: ast.expr, scope: Scope) -> bool:
        if isinstance(test, ast.Name) and test.id == "TYPE_CHECKING" and test.id in self._false:
            return True
        return self.names.resolve(test, scope) in ("typing.TYPE_CHECKING", "typing_extensions.TYPE_CHECKING")

    def _unrun(self, body: list[ast.stmt], scope: Scope) -> None:
        """Walk what only type checkers read: its imports bind names and are no imports."""
        kept, moment, brought = set(self.imports), self.moment, dict(self.brought)
        self.moment = self.named
        self._statements(body, scope)
        self.imports, self.moment, self.brought = kept, moment, brought

    def _try(self, node: ast.Try, scope: Scope) -> None:
        may_not = any(catches_import(one) for one in node.handlers)
        self._sometimes(node.body, scope, may_not)
        for handler in node.handlers:
            if handler.type is not None:
                self.expressions((handler.type,), scope)
            if handler.name:
                self.names.bind(scope, handler.name, None)
            self._sometimes(handler.body, scope)
        self._sometimes(node.orelse, scope, may_not)
        self._statements(node.finalbody, scope)

    def _with(self, node: ast.With | ast.AsyncWith, scope: Scope) -> None:
        for item in node.items:
            self._bind_value([item.optional_vars] if item.optional_vars is not None else [], item.context_expr, scope)
        self._sometimes(node.body, scope, any(suppresses_import(one.context_expr) for one in node.items))

    def _match(self, node: ast.Match, scope: Scope) -> None:
        self.expressions((node.subject,), scope)
        for case in node.cases:
            self.expressions([case.pattern, *([case.guard] if case.guard is not None else [])], scope)
            self._sometimes(case.body, scope)

    def _global(self, node: ast.Global | ast.Nonlocal, scope: Scope) -> None:
        scope.outer |= frozenset(node.names)

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        self._bind_value(node.targets, node.value, scope)

    def _annotated(self, node: ast.AnnAssign, scope: Scope) -> None:
        self.expressions((node.annotation,), scope)
        if node.value is not None:
            self._bind_value([node.target], node.value, scope)

    def _bind_value(self, targets: list[ast.expr], value: ast.expr, scope: Scope) -> None:
        kind, names = value.__class__, self.names
        names.is_met = False
        meaning = names.resolve(value, scope) if kind in _SPELLED else ""
        is_name = kind in _NAMED
        if kind is ast.Name and not meaning:
            pass  # it means nothing here
        elif kind is not ast.Constant and not (is_name and meaning == "os.environ"):
            self.expressions((value,), scope)  # of an alias of the environment, what is done with it will tell
        made: frozenset[str] = frozenset()
        if self._carries and kind not in _PLAIN and (names.is_met or names.carriers or names.attributes):
            made = carried(value, names, scope)
        names.is_met = True  # for the statement around this one, where this is code in a text
        for target in targets:
            if isinstance(target, ast.Name):
                if meaning or target.id in names.known:
                    names.bind(scope, target.id, meaning or None)
                if made:
                    names.carriers.add(target.id)
                    scope.carried[target.id] = made
                if isinstance(value, ast.Constant) and value.value is False:
                    self._false.add(target.id)
                continue
            if is_name and isinstance(target, ast.Attribute) and meaning and _is_followed(meaning):
                names.attributes[target.attr] = meaning
            holder = target.value if isinstance(target, ast.Attribute) else None
            if not isinstance(holder, ast.Name) or names.attributes or holder.id in names.known:  # not self.name = ...
                self.expressions((target,), scope)


def _is_followed(meaning: str) -> bool:
    return hands_on(meaning) or bool(PATTERNS.of(meaning, is_call=True))


# Any: each takes the class of node that it stands for.
_HANDLERS: dict[type[ast.AST], Callable[..., None]] = {
    ast.Expr: Walk._expression,
    ast.Return: Walk._expression,
    ast.Pass: Walk._pass,
    ast.Break: Walk._pass,
    ast.Continue: Walk._pass,
    ast.Import: Walk._import,
    ast.ImportFrom: Walk._import_from,
    ast.FunctionDef: Walk._function,
    ast.AsyncFunctionDef: Walk._function,
    ast.ClassDef: Walk._class,
    ast.If: Walk._if,
    ast.Try: Walk._try,
    ast.TryStar: Walk._try,
    ast.With: Walk._with,
    ast.AsyncWith: Walk._with,
    ast.Match: Walk._match,
    ast.Global: Walk._global,
    ast.Nonlocal: Walk._global,
    ast.Assign: Walk._assign,
    ast.AnnAssign: Walk._annotated,
}
