"""Paths of `node_modules`, and what a package finds when it asks for a name (Node.js, "Loading from node_modules").

    "node_modules/a/node_modules/@x/b"   the package @x/b below a; what it does not have, a may have, or the root
    "packages/web"                       a workspace; what it does not have, the root may have

Knows paths only; never what stands there.
"""

from collections.abc import Container, Iterator

MODULES = "node_modules"
_INNER = "/node_modules/"


def name_at(path: str) -> str:
    """The name under which the package at a path is installed; "" for a path outside of `node_modules`.

    >>> name_at("node_modules/a/node_modules/@x/b"), name_at("packages/web")
    ('@x/b', '')
    """
    before, inner, name = f"/{path}".rpartition(_INNER)
    return name if inner and (before or path.startswith(MODULES)) else ""


def holder_of(path: str) -> str:
    """The folder whose `node_modules` a path stands in: "" for the root.

    >>> holder_of("node_modules/a/node_modules/@x/b"), holder_of("node_modules/a")
    ('node_modules/a', '')
    """
    return f"/{path}".rpartition(_INNER)[0].removeprefix("/")


def child_of(path: str, name: str) -> str:
    """The path of a package that is installed in the folder at `path`."""
    return f"{path}/{MODULES}/{name}" if path else f"{MODULES}/{name}"


def above(path: str) -> Iterator[str]:
    """The folders in which a package at `path` looks for others, its own first, the root last.

    >>> list(above("packages/web/node_modules/a"))
    ['packages/web/node_modules/a', 'packages/web', '']
    """
    while path:
        yield path
        path = holder_of(path) if name_at(path) else ""
    yield ""


def found_from(path: str, name: str, known: Container[str]) -> str:
    """The path that the package at `path` finds for `name`, "" for none; `known` are the paths there are."""
    for folder in above(path):
        candidate = child_of(folder, name)
        if candidate in known:
            return candidate
    return ""
