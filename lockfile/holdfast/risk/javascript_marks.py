"""Signs in JavaScript that are no use of one value: what they look like, and where they stand.

Knows shapes of source; never what a name means.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from holdfast.risk.javascript_literals import literal, literals_below
from holdfast.risk.javascript_parsing import Source

if TYPE_CHECKING:
    from tree_sitter import Node

CREDENTIAL_NAME = re.compile(
    r"(?:^|_)(?:TOKEN|SECRETS?|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SECRET_?KEY|CREDENTIALS?|AUTH)"
    r"(?:_ID|_FILE|_BASE64)?$",
    re.IGNORECASE,
)
_CREDENTIAL_FILE = re.compile(
    r"(?:[~./\\$\w{}-]*[/\\])?(?:\.npmrc|\.pypirc|\.netrc|\.git-credentials|id_(?:rsa|dsa|ecdsa|ed25519)"
    r"|\.aws[/\\]credentials|\.docker[/\\]config\.json|\.kube[/\\]config|\.config[/\\]gh[/\\]hosts\.yml|\.vault-token"
    r"|Login Data|wallet\.dat)"
)
_HINTS = (
    *(b".npmrc", b".pypirc", b".netrc", b".git-credentials", b"id_rsa", b"id_dsa", b"id_ecdsa", b"id_ed25519"),
    *(b"aws/credentials", b"aws\\\\credentials", b".docker/config", b".kube/config", b"gh/hosts.yml", b".vault-token"),
    *(b"Login Data", b"wallet.dat"),
)
_CREDENTIAL_HINT = re.compile(b"|".join(re.escape(one) for one in _HINTS))
_CHAIN = re.compile(rb"\.\s*constructor\s*\.\s*constructor\s*\(")
_ESCAPED = re.compile(rb"(?<![\w$\\'\"`])[\w$]*\\u(?:[0-9a-fA-F]{4}|\{[0-9a-fA-F]+\})[\w$]*")
_ESCAPE = re.compile(r"\\u(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{4}))")
_OBFUSCATED = re.compile(rb"(?<![\w$])_0x[0-9a-f]{4,8}(?![\w$])")
_FEWEST_OBFUSCATED = 20
_ENCODINGS = frozenset(("base64", "base64url", "hex"))
_MOST_MARKS = 200  # of each kind in a file
_PROGRAMS = {
    "npx": re.compile(r"(?:^|[\s;&|])(?:npx|bunx|pnpx|pnpm\s+dlx|yarn\s+dlx)(?=\s|$)"),
    "npm": re.compile(r"(?:^|[\s;&|])npm(?:\.cmd)?\s+(?:i|install|add|exec|x)(?=\s|$)"),
    "pnpm": re.compile(r"(?:^|[\s;&|])pnpm\s+(?:i|install|add)(?=\s|$)"),
    "yarn": re.compile(r"(?:^|[\s;&|])yarn\s+(?:install|add|global\s+add)(?=\s|$)"),
    "pip": re.compile(r"(?:^|[\s;&|])(?:pip3?|uv\s+pip)\s+install(?=\s|$)"),
    "curl": re.compile(r"(?:^|[\s;&|])curl\s"),
    "wget": re.compile(r"(?:^|[\s;&|])wget\s"),
}

Mark = tuple[str, int, str]  # name of the check, place of its first byte, what was found


def marks(source: Source) -> Iterator[Mark]:
    """Yield the signs of a file."""
    data = source.data
    if b"\\u" in data:
        yield from _escaped_names(source)
    for found in _some(_CHAIN, data):
        if _kind_at(source, found.start()) not in ("comment", "string_fragment", "regex_pattern"):
            yield "constructor-chain", found.start(), "constructor.constructor"
    names = set()
    for found in _OBFUSCATED.finditer(data) if b"_0x" in data else ():
        names.add(found.group())
        if len(names) >= _FEWEST_OBFUSCATED:
            yield "obfuscated-names", found.start(), f"names such as {found.group().decode()}"
            break
    for found in _some(_CREDENTIAL_HINT, data) if any(one in data for one in _HINTS) else ():
        yield from _credential_file(source, found.start())


def decodes(source: Source, arguments: "Node") -> bool:
    """Whether arguments decode text: `atob(x)`, `Buffer.from(x, "base64")`."""
    waiting, seen = [arguments], 0
    while waiting and seen < _MOST_MARKS:
        node = waiting.pop()
        seen += 1
        if node.type == "call_expression":
            function, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            name = source.text(function)[-20:] if function is not None else ""
            last = literal(source, given.named_children[-1]) if given is not None and given.named_children else None
            if name.endswith("atob") or (name.endswith("Buffer.from") and last in _ENCODINGS):
                return True
        waiting.extend(node.named_children[:_MOST_MARKS])
    return False


def programs_of(source: Source, call: "Node") -> Iterator[str]:
    """Yield the programs that fetch code, of those that a call of a process names in its texts."""
    arguments = call.child_by_field_name("arguments")
    if arguments is not None:
        line = " ".join(literals_below(source, arguments, 20))[:4_000]
        yield from (name for name, pattern in _PROGRAMS.items() if pattern.search(line))


def _escaped_names(source: Source) -> Iterator[Mark]:
    for found in _some(_ESCAPED, source.data):
        text = found.group().decode("utf-8", "replace")
        if _kind_at(source, found.start()) in ("identifier", "property_identifier", "shorthand_property_identifier"):
            plain = _ESCAPE.sub(lambda one: chr(min(int(one[1] or one[2], 16), 0x10FFFF)), text)
            if plain.isascii():
                yield "escaped-name", found.start(), f"{text} is {plain}"


def _credential_file(source: Source, place: int) -> Iterator[Mark]:
    nodes = source.nodes_at(place)
    if not nodes or nodes[-1].type != "string_fragment" or len(nodes) < 3:
        return
    text, around = source.text(nodes[-1]), nodes[-3].type
    # `{".npmrc": ...}`, `case ".npmrc"` and lists of names are tables, not reads.
    is_part = around in ("arguments", "binary_expression") or nodes[-2].type == "template_string"
    if is_part and _CREDENTIAL_FILE.fullmatch(text.strip("/\\")) is not None:
        yield "credential-file", nodes[-1].start_byte, text[:80]


def _kind_at(source: Source, place: int) -> str:
    nodes = source.nodes_at(place)
    return nodes[-1].type if nodes else ""


def _some(pattern: re.Pattern[bytes], data: bytes) -> Iterator[re.Match[bytes]]:
    for number, found in enumerate(pattern.finditer(data)):
        if number >= _MOST_MARKS:
            return
        yield found
