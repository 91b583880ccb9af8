"""Python code that a build makes and that does nothing of its own: what a wheel may hold beyond its source archive.

    __version__ = "2.4.1"                    a module of nothing but literals: no build can hide anything in it
    from .fast import *                      what maturin writes beside a native module: one shape, held to the letter
    def _delvewheel_patch_1_13_2(): ...      what delvewheel writes into a Windows wheel: a closed set of names

The shapes are held by syntax, never by a comment that anybody can write. Knows no archive; runs nothing.
"""

import ast
import re
import warnings

LARGEST = 2_000_000  # bytes of a file that is parsed here
_VERSION_NAME = re.compile(r"(?i)version|revision|commit|build|date|dirty|release|git")
_PATCH = re.compile(r"_delvewheel_patch_\d+(_\d+)*")
_NAMES_OF_PATCH = frozenset({"os", "libs_dir", "__file__"})
_PARTS_OF_PATCH = frozenset({"path", "abspath", "join", "dirname", "pardir", "isdir", "add_dll_directory"})
_INERT = (
    *(ast.Module, ast.Expr, ast.Constant, ast.Assign, ast.AnnAssign, ast.Name, ast.Load, ast.Store, ast.Tuple),
    *(ast.List, ast.Dict, ast.Set, ast.UnaryOp, ast.USub, ast.If, ast.alias, ast.Subscript, ast.BinOp, ast.BitOr),
)
_TYPING = frozenset({"typing", "__future__"})


def parsed(data: bytes) -> ast.Module | None:
    """Return the syntax tree of a file; None where it has none, or is too large for one."""
    if len(data) > LARGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def is_inert(tree: ast.Module) -> bool:
    """Whether a module holds nothing but names for literals, and types."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            if node.level or node.module not in _TYPING:
                return False
        elif not isinstance(node, _INERT):
            return False
    return True


def is_stub_of_native(tree: ast.Module) -> bool:
    """Whether a module only hands out what a native module beside it has, in the words of maturin."""
    first = tree.body[0] if tree.body else None
    if not (isinstance(first, ast.ImportFrom) and first.level == 1 and first.module and first.module.isidentifier()):
        return False
    name = first.module
    shape = f"from .{name} import *\n__doc__ = {name}.__doc__\n"
    shape += f"if hasattr({name}, '__all__'):\n    __all__ = {name}.__all__\n"
    return ast.dump(tree) == ast.dump(ast.parse(shape))


def normal_form(tree: ast.Module) -> str:
    """Return what a module does as a text, "" for what is too deep. The tree is changed.

    It is the same for modules that differ in comments, in strings that document, in literals that say a version, and in
    what delvewheel adds.
    """
    calls = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and _is_patch(node)}
    tree.body = [node for node in tree.body if not _belongs_to_patch(node, calls)]
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and _says_version(node):
            node.value = ast.Constant(None)
    for inner in ast.walk(tree):
        if isinstance(inner, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            inner.body = [one for one in inner.body if not _is_text(one)]
    try:
        return ast.dump(tree)
    except RecursionError:
        return ""


def _is_text(node: object) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _says_version(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    named = all(isinstance(one, ast.Name) and _VERSION_NAME.search(one.id) for one in targets)
    value = node.value
    parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
    return named and all(isinstance(one, ast.Constant) for one in parts)


def _is_patch(node: ast.FunctionDef) -> bool:
    """Whether a function is one of delvewheel's: it adds the folder of the wheel's libraries, and can do no more."""
    if not _PATCH.fullmatch(node.name) or node.decorator_list or node.args.args:
        return False
    for one in ast.walk(node):
        if isinstance(one, ast.Import):
            known = [each.name for each in one.names] == ["os"]
        elif isinstance(one, ast.Name):
            known = one.id in _NAMES_OF_PATCH
        elif isinstance(one, ast.Attribute):
            known = one.attr in _PARTS_OF_PATCH
        elif isinstance(one, ast.Constant):
            known = isinstance(one.value, str) and bool(re.fullmatch(r"[A-Za-z0-9_.-]+\.libs", one.value))
        else:
            known = not isinstance(one, ast.ImportFrom | ast.Lambda | ast.Subscript | ast.Global | ast.Nonlocal)
        if not known:
            return False
    return True


def _belongs_to_patch(node: ast.stmt, names: set[str]) -> bool:
    """Whether a statement is such a function, its call, or its end."""
    if isinstance(node, ast.FunctionDef):
        return node.name in names
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        return isinstance(call.func, ast.Name) and call.func.id in names and not (call.args or call.keywords)
    return isinstance(node, ast.Delete) and all(isinstance(one, ast.Name) and one.id in names for one in node.targets)
