"""What the head of a branch says of its body: that it is of the main program, that it goes on without an import.

Knows no names but those of builtins and of `suppress`, by their spelling alone.
"""

import ast

_NAMED = (ast.Name, ast.Attribute)


def is_main(test: ast.expr) -> bool:
    """Return whether a test is `__name__ == "__main__"`, alone or with others."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return any(is_main(one) for one in test.values if not isinstance(one, ast.BoolOp))
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = (test.left, test.comparators[0])
    return any(isinstance(one, ast.Name) and one.id == "__name__" for one in sides) and any(
        isinstance(one, ast.Constant) and one.value == "__main__" for one in sides
    )


def catches_import(handler: ast.ExceptHandler) -> bool:
    """Return whether a handler is one of a missing import."""
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(_is_import_error(one) for one in kinds)


def suppresses_import(node: ast.expr) -> bool:
    """Return whether a context is `contextlib.suppress(ImportError)`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, _NAMED):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
    return name == "suppress" and any(_is_import_error(one) for one in node.args)


def _is_import_error(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name in ("ImportError", "ModuleNotFoundError", "Exception", "BaseException")
