"""Which files of a package Node runs as code although their names do not say so.

    bin/tool              #!/usr/bin/env node
    package.json          "main": "index.dat"         Node reads every unknown ending as JavaScript
    index.js              require('./LICENSE')

Node runs only what is valid JavaScript: what is not, is no code, whoever names it. Knows paths and bytes; no rule.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import dirname, normpath

from holdfast.risk.javascript_code import is_javascript
from holdfast.risk.native_files import native_kind

_LARGEST = 4_000_000  # bytes of a manifest
_DEEPEST = 20  # of the objects in one
_OTHERS = (".json", ".node", ".wasm", ".map")  # what Node reads in other ways, or nobody runs
_PROGRAM = re.compile(rb"#![^\n]{0,100}\b(?:node|nodejs|bun|deno)\b")
_BESIDE = re.compile(rb"[\"'`](\.\.?/[^\"'`\s]{1,300})[\"'`]")
_LOADS = re.compile(rb"(?:\brequire|\bimport|\bfrom|\bWorker|\bfork)\s*\(?\s*$")
_BEFORE = 24  # bytes before a path in which the word stands that loads it
_KEYS = ("main", "module", "exports", "imports", "bin")
_TOOLS_KEYS = ("browser", "react-native", "source", "deno", "svelte")  # that bundlers and others than Node read

Files = Sequence[tuple[str, bytes]]


def is_program(path: str, data: bytes) -> bool:
    """Whether a file without an ending of JavaScript is a program for Node, by its first line."""
    return not is_javascript(path) and _PROGRAM.match(data) is not None


def started_files(files: Files, at_install: Iterable[str] = ()) -> dict[str, str]:
    """Return when each such file runs: "install", "import" or "call", by its path.

    `at_install` are the paths that install scripts start, as they may be spelled.
    """
    odd = {path: data for path, data in files if _is_odd(path, data)}
    found = {path: "call" for path, data in odd.items() if is_program(path, data)}
    waiting: list[tuple[str, bytes]] = []
    for path, data in files:
        if path.endswith("/package.json"):
            for key, name in _named(data):
                target = normpath(f"{dirname(path)}/{name}")
                if target in odd:
                    _note(found, target, "call" if key == "bin" else "import")
        elif is_javascript(path):
            waiting.append((path, data))
    for path in at_install:
        if path in odd:
            found[path] = "install"
    waiting += [(path, odd[path]) for path in found]
    while waiting:
        for target in _loaded(*waiting.pop(), odd):
            if target not in found:
                waiting.append((target, odd[target]))
            _note(found, target, "import")
    return found


def _note(found: dict[str, str], path: str, moment: str) -> None:
    if found.get(path, "call") == "call":
        found[path] = moment


def _is_odd(path: str, data: bytes) -> bool:
    return not (is_javascript(path) or path.endswith(_OTHERS) or native_kind(data))


def _named(data: bytes, keys: tuple[str, ...] = _KEYS) -> Iterator[tuple[str, str]]:
    """What a manifest says that it is entered by: (key, path)."""
    try:
        manifest = json.loads(data.removeprefix(b"\xef\xbb\xbf")) if len(data) <= _LARGEST else None
    except (ValueError, RecursionError):
        return
    if isinstance(manifest, dict):
        for key in keys:
            yield from [(key, path) for path in _texts(manifest.get(key), _DEEPEST)]


def _texts(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one, depth - 1)


def named_paths(data: bytes) -> Iterator[str]:
    """Yield the paths that a manifest says that its package is entered by, by Node or by other tools, as written."""
    return (name for _, name in _named(data, (*_KEYS, *_TOOLS_KEYS)))


def loaded_paths(path: str, data: bytes) -> Iterator[str]:
    """Yield what a file loads from beside it, as a path of the archive: "package/lib/x" for `require('./lib/x')`."""
    seen = set[bytes]()
    for match in _BESIDE.finditer(data):
        if match[1] not in seen and _LOADS.search(data[max(0, match.start() - _BEFORE) : match.start()]):
            seen.add(match[1])
            yield normpath(f"{dirname(path)}/{match[1].decode('utf-8', 'replace')}")


def _loaded(path: str, data: bytes, odd: Mapping[str, bytes]) -> Iterator[str]:
    for match in _BESIDE.finditer(data):
        target = normpath(f"{dirname(path)}/{match[1].decode('utf-8', 'replace')}")
        if target in odd and _LOADS.search(data[max(0, match.start() - _BEFORE) : match.start()]):
            yield target
