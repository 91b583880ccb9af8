"""What the patterns of a Python rule mean, and the lookups that are made of them.

    os.system                    any use: a call, or the function handed on
    requests.*                   any use of what is below
    socket.socket()              a call; naming the class is none
    pathlib.Path().unlink()      a method of what a call returned
    .write_text()                a method of that name, whatever has it
    builtins.open() writes       a call for which a condition holds (`python_conditions.py`)

Names are those of Python 3's own modules: `canonical` turns other spellings into them.
"""

from collections.abc import Iterable
from functools import lru_cache

from holdfast.risk.rules import SEVERITIES, Rule, holds_at
from holdfast_resolver.values.tuples import NamedTuple

# Other names of the same thing: of Python 2, of the implementation, of compatibility layers.
_SAME = {
    "posix": "os",
    "nt": "os",
    "__builtin__": "builtins",
    "__builtins__": "builtins",
    "_io": "io",
    "_socket": "socket",
    "_ctypes": "ctypes",
    "_pickle": "pickle",
    "cPickle": "pickle",
    "commands": "subprocess",
    "subprocess32": "subprocess",
    "httplib": "http.client",
    "urllib2": "urllib.request",
    "builtins.__builtins__": "builtins",
    "io.open": "builtins.open",
    "os.environb": "os.environ",
    "os.getenvb": "os.getenv",
    "urllib.urlopen": "urllib.request.urlopen",
    "urllib.urlretrieve": "urllib.request.urlretrieve",
    "asyncio.subprocess.create_subprocess_exec": "asyncio.create_subprocess_exec",
    "asyncio.subprocess.create_subprocess_shell": "asyncio.create_subprocess_shell",
    "requests.api": "requests",
    "requests.sessions": "requests",
    "urllib3.poolmanager": "urllib3",
    "urllib3.connectionpool": "urllib3",
    "urllib3.connection": "http.client",
    "yaml.loader": "yaml",
    "importlib.__import__": "builtins.__import__",
    "importlib._bootstrap_external": "importlib.machinery",
}
_LAYERS = ("six.moves.", "_vendor.", "vendor.", "extern.", "externals.", "future.moves.")
# Modules that others hand on by importing them: `shutil.os.system`. Those of _OWN are their own.
_LENT = frozenset(("os", "sys", "subprocess", "socket", "builtins", "importlib", "ctypes", "pickle"))
_OWN = frozenset(("asyncio", "trio", "anyio"))
LONGEST_NAME = 400


class Hit(NamedTuple):
    """A pattern that a name matches; `condition` "" = always."""

    rule: Rule
    condition: str


class Patterns:
    """The lookups of a table of rules."""

    __slots__ = ("_any", "_below", "_calls", "_known", "heads", "methods")

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._any: dict[str, tuple[Hit, ...]] = {}
        self._below: dict[str, tuple[Hit, ...]] = {}
        self._calls: dict[str, tuple[Hit, ...]] = {}
        self.methods: dict[str, tuple[Hit, ...]] = {}  # ".write_text()" by "write_text"
        self._known: dict[tuple[str, bool], tuple[Hit, ...]] = {}
        for rule in rules:
            for pattern in rule.matches:
                self._add(rule, pattern)
        names = {*self._any, *self._below, *self._calls}
        # `import io` must be followed too: `io.open` is `builtins.open`.
        names |= {other for other, name in _SAME.items() if name in names}
        self.heads = frozenset([name.partition(".")[0] for name in names])

    def _add(self, rule: Rule, pattern: str) -> None:
        name, _, condition = pattern.partition(" ")
        if name.startswith("."):
            table, key = self.methods, name[1:-2]
        elif name.endswith(".*"):
            table, key = self._below, name[:-2]
        elif name.endswith("()"):
            table, key = self._calls, name[:-2]
        else:
            table, key = self._any, name
        table[key] = (*table.get(key, ()), Hit(rule, condition))

    def of(self, name: str, is_call: bool) -> tuple[Hit, ...]:
        """Return what a canonical name matches."""
        key = (name, is_call)
        hits = self._known.get(key)
        if hits is None:
            if len(self._known) > 20_000:  # names come from files: nobody may fill the memory with them
                self._known.clear()
            hits = self._known[key] = self._find(name, is_call)
        return hits

    def _find(self, name: str, is_call: bool) -> tuple[Hit, ...]:
        hits = self._any.get(name, ())
        if is_call:
            hits += self._calls.get(name, ())
        at = name.rfind(".")
        while at > 0:
            hits += self._below.get(name[:at], ())
            at = name.rfind(".", 0, at)
        return hits


def strongest(hits: Iterable[Hit], moment: str) -> list[Hit]:
    """Of the hits that hold at `moment`, the most severe for each capability: one place shows one thing once."""
    best: dict[str, Hit] = {}
    for hit in hits:
        if holds_at(hit.rule, moment):
            known = best.get(hit.rule.capability)
            if known is None or _rank(hit) > _rank(known):
                best[hit.rule.capability] = hit
    return list(best.values())


def _rank(hit: Hit) -> int:
    return SEVERITIES.index(hit.rule.severity)


@lru_cache(maxsize=20_000)
def canonical(name: str) -> str:
    """Return the name in Python 3's own spelling.

    >>> canonical("pip._vendor.requests.api.get"), canonical("posix.system"), canonical("six.moves.cPickle.loads")
    ('requests.get', 'os.system', 'pickle.loads')
    >>> canonical("logging.os.system"), canonical("asyncio.subprocess.PIPE")
    ('os.system', 'asyncio.subprocess.PIPE')
    """
    if len(name) > LONGEST_NAME:
        return name[:LONGEST_NAME]
    for layer in _LAYERS:
        at = name.rfind(layer)
        if at == 0 or (at > 0 and name[at - 1] in "._"):
            name = name[at + len(layer) :]
    name = _lent(name)
    for _ in range(2):
        at = len(name)
        while at > 0:
            same = _SAME.get(name[:at])
            if same is not None:
                name = same + name[at:]
                break
            at = name.rfind(".", 0, at)
    return name


def _lent(name: str) -> str:
    """The name without the modules before one that they only hand on."""
    parts = name.split(".")
    first = parts[0].lstrip("_")
    if first in _OWN or first in _LENT:
        return name
    for place, part in enumerate(parts[1:], 1):
        if "(" in part:
            break
        plain = part[1:] if part in ("_os", "_sys") else part
        if plain in _LENT:
            return ".".join((plain, *parts[place + 1 :]))
    return name
