"""What names mean at a place of a Python file: scopes, imports, aliases, and how an expression spells a dotted name.

    import subprocess as sp            sp.run            -> subprocess.run
    from os import environ as e        e.get             -> os.environ.get
    getattr(os, "sys" + "tem")                           -> os.system
    __import__("socket").socket()                        -> socket.socket()
    importlib.import_module("ctypes").CDLL               -> ctypes.CDLL
    sys.modules["os"].__dict__["popen"]                  -> os.popen
    Path = pathlib.Path; Path(x).unlink                  -> pathlib.Path().unlink

A name that something else may bind (a parameter, an assignment that is not understood) means nothing: None. What an
import binds stays bound. Nothing is executed. Knows no rule.
"""

import ast
from typing import Any

from holdfast.risk.python_patterns import canonical
from holdfast.risk.words import words

_TRANSPARENT = (ast.NamedExpr, ast.Await)
DEEPEST = 40  # parts of one expression that are looked through
LONGEST_TEXT = 2000
# Builtins that are followed. Others of the same name elsewhere are shadowed by a binding.
BUILTINS = frozenset(
    words("__import__ __builtins__ breakpoint compile eval exec execfile getattr globals locals open vars input print")
)
_IMPORTERS = frozenset(("builtins.__import__", "importlib.import_module"))
_LOOKUPS = frozenset(("builtins.vars", "builtins.globals", "builtins.locals"))
# Modules that a file of the same package hands on under their own name: `from .compat import pickle`.
_HANDED_ON = frozenset(words("builtins ctypes importlib marshal os pickle shutil subprocess"))
_FOLLOWED = frozenset(
    words("base64 binascii builtins bz2 codecs gzip importlib lzma marshal sys typing typing_extensions zlib")
)
_MODULES = _HANDED_ON | {"socket", "requests", "sys", "httpx", "urllib3"}


class Scope:
    """One scope: a module, a class or a function."""

    __slots__ = ("carried", "functions", "hidden", "is_class", "names", "outer", "parent")

    def __init__(self, parent: "Scope | None" = None, is_class: bool = False) -> None:
        self.parent = parent
        self.is_class = is_class
        self.names: dict[str, str | None] = {}
        self.functions: set[str] = set()  # and classes that are defined here
        self.hidden: frozenset[str] = frozenset()  # parameters
        self.outer: frozenset[str] = frozenset()  # declared `global` or `nonlocal`
        self.carried: dict[str, frozenset[str]] = {}  # what the value of a name was made from (`python_conditions.py`)

    def find(self, name: str) -> str | None:
        """Return what a name means here, "" where no scope binds it, None where it means nothing that is known."""
        scope: Scope | None = self
        while scope is not None:
            if (scope is self or not scope.is_class) and name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return ""

    def defines(self, name: str) -> int:
        """Return a key of the scope whose function or class a name is here; 0 = of none in this file."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.functions:
                return id(scope)
            if name in scope.hidden:
                return 0
            scope = scope.parent
        return 0

    def carries(self, name: str) -> frozenset[str]:
        """Return what the value of a name was made from."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.carried:
                return scope.carried[name]
            scope = scope.parent
        return frozenset()


class Names:
    """All names of one file that may mean something."""

    __slots__ = ("_heads", "attributes", "carriers", "is_met", "known", "stars", "used")

    def __init__(self, heads: frozenset[str]) -> None:
        self._heads = heads | _FOLLOWED  # packages of which a name may matter
        self.known: set[str] = set(BUILTINS)
        self.attributes: dict[str, str] = {}  # self.os = os: "os" by the attribute's name, in the whole file
        self.stars: list[str] = []  # modules of which everything is imported
        self.used: set[str] = set()
        self.is_met = False  # a known name was met since somebody said False here
        self.carriers: set[str] = set()  # names whose values are made of something, in any scope

    def bind(self, scope: Scope, name: str, meaning: str | None) -> None:
        """Bind a name. None hides what outer scopes mean by it, and never what this one already does."""
        if meaning is not None and canonical(meaning).partition(".")[0] in self._heads:
            self.known.add(name)
            scope.names[name] = meaning
        elif name in self.known and name not in scope.names and name not in scope.outer:
            scope.names[name] = None

    def bind_import(self, scope: Scope, node: ast.Import) -> None:
        """Bind `import a.b` and `import a.b as c`."""
        for alias in node.names:
            self.bind(scope, alias.asname or alias.name.partition(".")[0], _whole(alias))

    def bind_from(self, scope: Scope, node: ast.ImportFrom) -> None:
        """Bind `from a import b as c`."""
        for alias in node.names:
            name = alias.asname or alias.name
            if not node.level:
                if alias.name == "*":
                    self.stars.append(node.module or "")
                    self.known.update(_STARRED.get(canonical(node.module or ""), ()))
                else:
                    self.bind(scope, name, f"{node.module}.{alias.name}")
            elif alias.name != "*":
                self.bind(scope, name, alias.name if alias.name in _HANDED_ON else None)

    def resolve(self, node: ast.expr, scope: Scope) -> str:
        """Return the canonical dotted name that an expression spells; "" where it spells none that is known."""
        if not self.attributes:  # most spell nothing that is known: seen without a look at their parts
            root: Any = node
            while (kind := root.__class__) is not ast.Name:
                if kind is ast.Attribute:
                    root = root.value
                elif kind is ast.Call:
                    root = root.func
                else:
                    break
            else:
                if root.id not in self.known:
                    return ""
                self.is_met = True
        name = self._spell(node, scope, 0)
        return canonical(name) if name else ""

    def _spell(self, node: Any, scope: Scope, depth: int) -> str:
        after: list[str] = []  # what follows, the last first
        while depth < DEEPEST:
            depth += 1
            kind = node.__class__
            if kind is ast.Attribute:
                if node.attr in self.attributes and not self._is_known(node.value):
                    return ".".join([self.attributes[node.attr], *reversed(after)])
                if node.attr != "__dict__":
                    after.append(node.attr)
                node = node.value
            elif kind is ast.Name:
                start = self._name(node.id, scope) if node.id in self.known else ""
                return ".".join([start, *reversed(after)]) if start else ""
            elif kind is ast.Call:
                start = self._call(node, scope, depth)
                return ".".join([start, *reversed(after)]) if start else ""
            elif kind is ast.Subscript:
                key = text_of(node.slice)
                if key is None or not key.isidentifier():
                    return ""
                whole = self._spell(node.value, scope, depth) if _is_namespace(node.value) else ""
                start = self._item(whole, key, scope)
                return ".".join([start, *reversed(after)]) if start else ""
            elif kind in _TRANSPARENT:
                node = node.value
            else:
                return ""
        return ""

    def _name(self, name: str, scope: Scope) -> str:
        self.is_met = True
        found = scope.find(name)
        if found:
            self.used.add(name)
            return found
        if found is None:
            return ""
        for module in self.stars:
            if name in _STARRED.get(canonical(module), ()):
                return f"{module}.{name}"
        return f"builtins.{name}" if name in BUILTINS else ""

    def _call(self, node: ast.Call, scope: Scope, depth: int) -> str:
        function = canonical(self._spell(node.func, scope, depth))
        if not function:
            return ""
        if function in _IMPORTERS:
            module = text_of(node.args[0]) if node.args else None
            if module is None or module.startswith("."):
                return ""
            return module if function != "builtins.__import__" or len(node.args) > 3 else module.partition(".")[0]
        if function == "builtins.getattr" and len(node.args) > 1:
            name = text_of(node.args[1])
            start = self._spell(node.args[0], scope, depth) if name else ""
            return f"{start}.{name}" if start else ""
        if function in _LOOKUPS:
            return function if not node.args else self._spell(node.args[0], scope, depth)
        return function + "()"

    def _item(self, whole: str, key: str, scope: Scope) -> str:
        if not whole:
            return ""
        if whole == "sys.modules":
            return key
        if whole in _LOOKUPS:
            return self._name(key, scope) if key in self.known else ""
        return f"{whole}.{key}"

    def _is_known(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self.known


def hands_on(meaning: str) -> bool:
    """Whether a value is a module worth following into an attribute."""
    return meaning in _MODULES


def text_of(node: ast.expr | None) -> str | None:
    """Return the text that an expression of constants spells; None for any other."""
    parts: list[str] = []
    left: list[ast.expr | None] = [node]
    size = 0
    for _ in range(DEEPEST):
        if not left:
            return "".join(parts)
        one = left.pop()
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            size += len(one.value)
            if size > LONGEST_TEXT:
                return None
            parts.append(one.value)
        elif isinstance(one, ast.BinOp) and isinstance(one.op, ast.Add):
            left += (one.right, one.left)
        elif isinstance(one, ast.JoinedStr):
            left += reversed(one.values)
        elif isinstance(one, ast.FormattedValue) and one.conversion == -1 and one.format_spec is None:
            left.append(one.value)
        else:
            return None
    return None


def _whole(alias: ast.alias) -> str:
    return alias.name if alias.asname else alias.name.partition(".")[0]


def _is_namespace(node: ast.expr) -> bool:
    """Whether its items can be names: `sys.modules[...]`, `vars(x)[...]`, `x.__dict__[...]`, `__builtins__[...]`."""
    if isinstance(node, ast.Attribute):
        return node.attr in ("modules", "__dict__")
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name)
    return isinstance(node, ast.Name) and node.id == "__builtins__"


_STARRED: dict[str, frozenset[str]] = {
    "os": frozenset(words("system popen environ getenv remove unlink rename execv execve execvp spawnv spawnl fork")),
    "subprocess": frozenset(words("run call check_call check_output Popen getoutput getstatusoutput")),
    "socket": frozenset(words("socket create_connection create_server")),
    "ctypes": frozenset(words("CDLL PyDLL WinDLL OleDLL cdll pydll windll oledll")),
    "pickle": frozenset(words("load loads Unpickler")),
    "shutil": frozenset(words("rmtree copy copy2 copyfile copytree move")),
    "urllib.request": frozenset(words("urlopen urlretrieve build_opener Request")),
    "requests": frozenset(words("get post put delete head patch options request Session session")),
}
