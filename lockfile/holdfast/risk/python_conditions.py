"""The conditions of patterns: what must hold of a call for a Python rule to fire, one function each.

    builtins.open() writes               open(p, "w"), open(p, mode)
    builtins.exec() of-decoded           exec(base64.b64decode(text))
    requests.post() sends-environment    requests.post(url, json=dict(os.environ))

Also what values are made of (`carried`): "decoded", "fetched", "environment" go from an expression to the names that
it is assigned to. Everything is bounded by the size of the expression. Knows no rule.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping

from holdfast.risk.python_nodes import FIELDS
from holdfast.risk.python_scopes import Names, Scope, text_of
from holdfast.risk.words import words

_SPELLED = (ast.Call, ast.Name, ast.Attribute)
_LARGEST = 400  # nodes of an expression that are looked at
_LONGEST_COMMAND = 4000
_DECODERS = re.compile(
    r"(base64\.(\w*decode(bytes|string)?)|binascii\.(unhexlify|a2b_\w+)|zlib\.decompress|bz2\.decompress"
    r"|lzma\.decompress|gzip\.decompress|codecs\.decode|marshal\.loads|builtins\.bytes\.fromhex)\(\)"
)
_FETCHERS = re.compile(
    r"(urllib\.request\.(urlopen|Request)|requests\.(get|post|request)|httpx\.(get|post|request|stream)"
    r"|urllib3\.PoolManager\(\)\.(request|urlopen)|socket\.create_connection|socket\.socket)\(\)"
)
_WHOLE = re.compile(r"os\.environ(\.(copy|items|values)\(\))?")
_SECRET_NAME = re.compile(
    r"(^|_)(TOKEN|SECRETS?|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|API_?KEY|ACCESS_?KEY(_ID)?|PRIVATE_?KEY|AUTH_?KEY)(_|$)"
    r"|^(AWS_(ACCESS|SECRET|SESSION)|GITHUB_(TOKEN|PAT)|GH_TOKEN|NPM_TOKEN|PYPI_|TWINE_|SSH_AUTH_SOCK)"
)
CREDENTIAL_FILES = re.compile(
    r"(^|[/\\~])\.(ssh([/\\](id_\w+|config|known_hosts|authorized_keys)?)?$|aws([/\\](credentials|config))?$|netrc$"
    r"|_netrc$|npmrc$|pypirc$|git-credentials$|docker[/\\]config\.json$|kube([/\\]config)?$|gnupg([/\\]|$))"
    r"|[/\\](Login Data|Local State|cookies\.sqlite|key4\.db|logins\.json|wallet\.dat"
    r"|application_default_credentials\.json)$"
    r"|^/etc/shadow$|^/proc/(self|\d+)/environ$|\bid_(rsa|ed25519|ecdsa|dsa)$"
)
_START_UP = re.compile(
    r"(^|[/\\~])\.(bashrc|bash_profile|profile|zshrc|zprofile|zshenv|config[/\\]autostart|config[/\\]fish)"
    r"|authorized_keys$|Library/LaunchAgents|/etc/(cron|systemd|profile|ld\.so\.preload|rc\.local)|/var/spool/cron"
    r"|\.config/systemd/user|CurrentVersion\\Run\b|Start Menu\\Programs\\Startup|(site|user)customize\.py$|\.pth$"
)
_INSTALLS = re.compile(
    r"\bpip3?(\.exe)? +(install|download)\b|\b(npm|pnpm|yarn|bun) +(i|install|add|ci)\b|\b(npx|uvx|pipx) +\S"
    r"|\buv +(pip +install|add|tool +(install|run))\b|\beasy_install +\S|\b(cargo|gem|go|brew) +install\b"
    r"|\b(apt|apt-get|yum|dnf|conda|mamba) +(-\S+ +)*install\b"
)
_PIPED = re.compile(
    r"\b(curl|wget|iwr|Invoke-WebRequest)\b[^\n]*\|\s*(sudo +)?(ba|z|da)?sh\b|\b(ba)?sh +-c +\S*\$\((curl|wget)\b"
)
_WRITING = frozenset(words("O_WRONLY O_RDWR O_CREAT O_TRUNC O_APPEND"))
_SAFE_LOADERS = frozenset(words("SafeLoader CSafeLoader BaseLoader CBaseLoader"))


class Place:
    """A call, and what the names in it mean."""

    __slots__ = ("call", "names", "scope")

    def __init__(self, call: ast.Call, names: Names, scope: Scope) -> None:
        self.call = call
        self.names = names
        self.scope = scope

    def argument(self, place: int, keyword: str = "") -> ast.expr | None:
        """Return an argument by its place or its keyword."""
        if place < len(self.call.args):
            return self.call.args[place]
        return next((one.value for one in self.call.keywords if one.arg == keyword), None)

    def arguments(self) -> list[ast.expr]:
        """Return all arguments."""
        return [*self.call.args, *(one.value for one in self.call.keywords)]


def carried(node: ast.expr, names: Names, scope: Scope) -> frozenset[str]:
    """Return what an expression is made from: "decoded", "fetched", "environment"."""
    found: set[str] = set()
    environments: set[int] = set()
    parts: set[int] = set()  # where of the environment only one variable is taken
    left: list[ast.AST] = [node]
    seen = 0
    while left and seen < _LARGEST:
        one = left.pop()
        kind = one.__class__
        if kind is ast.Constant:
            continue
        seen += 1
        for field in FIELDS.get(kind, ()):
            value = getattr(one, field)
            if value.__class__ is list:
                left += [part for part in value if part is not None]  # {**more}: a key of None
            elif value is not None:
                left.append(value)
        if isinstance(one, ast.Name):
            if isinstance(one.ctx, ast.Load):
                found |= scope.carries(one.id)
        elif isinstance(one, ast.Subscript) or (
            isinstance(one, ast.Attribute) and one.attr not in ("copy", "items", "values")
        ):
            parts.add(id(one.value))
        elif isinstance(one, ast.Compare):
            parts.update(map(id, one.comparators))
        if isinstance(one, _SPELLED):
            name = names.resolve(one, scope) if _may_mean(one, names) else ""
            if name:
                if _DECODERS.match(name):
                    found.add("decoded")
                if _FETCHERS.match(name):
                    found.add("fetched")
                if _WHOLE.fullmatch(name):
                    environments.add(id(one))
    if environments - parts:
        found.add("environment")
    return frozenset(found)


def _may_mean(node: ast.expr, names: Names) -> bool:
    """Whether an expression may spell a name that is known: not where its first word is of no package that matters."""
    while True:
        if isinstance(node, ast.Attribute):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return not isinstance(node, ast.Name) or node.id in names.known or bool(names.attributes)


def _nodes(node: ast.expr) -> Iterator[ast.AST]:
    left: list[ast.AST] = [node]
    for _ in range(_LARGEST):
        if not left:
            return
        one = left.pop()
        yield one
        left.extend(ast.iter_child_nodes(one))


def _texts(place: Place) -> Iterator[str]:
    for argument in place.arguments():
        text = text_of(argument)
        if text is not None:
            yield text
            continue
        for one in _nodes(argument):
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and len(one.value) < 4000:
                yield one.value


def _command(place: Place) -> str:
    """The words of a command: those of its list, or its line; `sys.executable` and `-m` are passed over."""
    first = place.argument(0, "args")
    if isinstance(first, ast.List | ast.Tuple):
        words = [text_of(one) for one in first.elts[:20]]
        return " ".join([word for word in words if word and word != "-m"])
    text = text_of(first)
    return text if text is not None else " ".join(list(_texts(place))[:20])


def _writes(place: Place) -> bool:
    mode = place.argument(1, "mode")
    if mode is None:
        return False
    text = text_of(mode)
    return text is None or any(letter in text for letter in "wax+")


def _opens_to_write(place: Place) -> bool:
    flags = place.argument(1, "flags")
    return flags is not None and any(
        (one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "")) in _WRITING for one in _nodes(flags)
    )


def _path_writes(place: Place) -> bool:
    text = text_of(place.argument(0, "mode"))
    return text is not None and len(text) <= 4 and any(letter in text for letter in "wax+")


def _computed(place: Place) -> bool:
    first = place.argument(0, "name")
    return first is not None and text_of(first) is None and not isinstance(first, ast.Constant)


def _computed_attribute(place: Place) -> bool:
    if len(place.call.args) < 2 or text_of(place.call.args[1]) is not None:
        return False
    return place.names.resolve(place.call.args[0], place.scope) in ("os", "builtins", "subprocess", "ctypes", "socket")


def _unsafe_yaml(place: Place) -> bool:
    loader = place.argument(1, "Loader")
    if loader is None:
        return True
    name = loader.attr if isinstance(loader, ast.Attribute) else loader.id if isinstance(loader, ast.Name) else ""
    return name in ("Loader", "CLoader", "UnsafeLoader", "CUnsafeLoader", "FullLoader")


def _is_true(place: Place, keyword: str) -> bool:
    value = next((one.value for one in place.call.keywords if one.arg == keyword), None)
    return isinstance(value, ast.Constant) and value.value is True


def _secret_name(place: Place) -> bool:
    text = text_of(place.argument(0))
    return text is not None and _SECRET_NAME.search(text.upper()) is not None


def _carries(kind: str) -> Callable[[Place], bool]:
    def holds(place: Place) -> bool:
        return any(kind in carried(one, place.names, place.scope) for one in place.arguments())

    return holds


def _lent(place: Place) -> bool:
    """Whether what is called is taken from a module that another hands on: `platform.os.popen`."""
    function = place.call.func
    holder = function.value if isinstance(function, ast.Attribute) else None
    return isinstance(holder, ast.Attribute) and holder.attr in ("os", "_os", "subprocess", "_subprocess")


def _custom_commands(place: Place) -> bool:
    return any(one.arg in ("cmdclass", "distclass") for one in place.call.keywords)


CONDITIONS: Mapping[str, Callable[[Place], bool]] = {
    "writes": _writes,
    "opens-to-write": _opens_to_write,
    "path-writes": _path_writes,
    "computed": _computed,
    "of-text": lambda place: text_of(place.argument(0, "stmt")) is not None,
    "computed-attribute": _computed_attribute,
    "unsafe": _unsafe_yaml,
    "shell": lambda place: _is_true(place, "shell"),
    "allows-pickle": lambda place: _is_true(place, "allow_pickle"),
    "secret-name": _secret_name,
    "of-decoded": _carries("decoded"),
    "of-fetched": _carries("fetched"),
    "sends-environment": _carries("environment"),
    "names-credentials": lambda place: any(CREDENTIAL_FILES.search(text) for text in _texts(place)),
    "at-start-up": lambda place: any(_START_UP.search(text) for text in _texts(place)),
    "start-up-and-writes": lambda place: _writes(place) and CONDITIONS["at-start-up"](place),
    "installs": lambda place: _INSTALLS.search(_command(place)[:_LONGEST_COMMAND]) is not None,
    "pipes": lambda place: _PIPED.search(_command(place)[:_LONGEST_COMMAND]) is not None,
    "custom-commands": _custom_commands,
    "lent": _lent,
}
