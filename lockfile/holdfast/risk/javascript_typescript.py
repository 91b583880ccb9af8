"""Which TypeScript of a package is loaded when the package is: Node itself runs none in an installed package.

    package.json         "exports": {"deno": "./mod.ts"}        loaded, by those who understand that
    index.js             require('./helper')                    helper.ts, where there is no helper.js
    deno/CAC.ts          named by nothing that runs             only by whoever asks for this very file

A package without any JavaScript is for tools that do run TypeScript: there nothing is said to be idle. Knows paths and
bytes; no rule.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from posixpath import dirname, normpath

from holdfast.risk.javascript_code import CODE, DECLARATIONS, is_javascript
from holdfast.risk.javascript_started import Files, loaded_paths, named_paths

_PATTERNS = 200  # of more, all is said to be loaded
_ENDINGS = (".ts", ".tsx", ".mts", ".cts")
_AS_WRITTEN = {".js": (".ts", ".tsx"), ".mjs": (".mts",), ".cjs": (".cts",), ".jsx": (".tsx",)}


def idle_typescript(files: Files, started: Iterable[str]) -> frozenset[str]:
    """Return the paths of TypeScript that nothing leads to from where a package is entered.

    `started` are files that run although their names do not say so, and what install scripts start.
    """
    code = {path: data for path, data in files if is_javascript(path) and not DECLARATIONS.search(path)}
    idle = {path for path in code if path.endswith(_ENDINGS)}
    if not idle or len(idle) == len(code):
        return frozenset()
    every = dict(files)
    waiting = [path for path in started if path in every]
    targets = {
        normpath(f"{dirname(path)}/{name}")
        for path, data in files
        if path.endswith("/package.json")
        for name in (*named_paths(data), "index")
    }
    patterns = [one.partition("*") for one in targets if "*" in one]
    if len(patterns) > _PATTERNS:
        return frozenset()
    waiting += [path for path in code if _is_named(path, targets) or any(_fits(path, one) for one in patterns)]
    reached = set(waiting)
    while waiting and not idle <= reached:
        path = waiting.pop()
        for target in loaded_paths(path, every[path]):
            for one in _candidates(target, code):
                if one in code and one not in reached:
                    reached.add(one)
                    waiting.append(one)
    return frozenset(idle - reached)


def _is_named(path: str, targets: AbstractSet[str]) -> bool:
    """Whether paths of a manifest mean a file: by its name, with or without its ending, or by a folder that has it.

    `./` opens all of a package to whoever asks, as a package without `exports` is: that leads nowhere.
    """
    if path in targets or path.rpartition(".")[0] in targets:
        return True
    folder = dirname(path)
    while "/" in folder:
        if folder in targets:
            return True
        folder = dirname(folder)
    return False


def _fits(path: str, pattern: tuple[str, str, str]) -> bool:
    """Whether `./src/*.ts` means a file; `./*` leads nowhere, as `./` does."""
    before, _, after = pattern
    return (before.count("/") > 1 or bool(after)) and path.startswith(before) and path.endswith(after)


def _candidates(target: str, code: Mapping[str, bytes]) -> Iterator[str]:
    """What an import can mean: `./x`, `./x.ts`, `./x.js` written for `x.ts`, a folder; JavaScript first."""
    if target in code:
        yield target
        return
    stem, dot, ending = target.rpartition(".")
    yield from [stem + one for one in _AS_WRITTEN.get(dot + ending, ())]
    found = [one for ending in CODE for one in (f"{target}{ending}", f"{target}/index{ending}") if one in code]
    plain = [one for one in found if not one.endswith(_ENDINGS)]
    yield from plain or found
