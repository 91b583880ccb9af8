"""One `.npmrc`: its lines, and the variables in them.

    registry = https://registry.example/      ; a comment
    //registry.example/:_authToken = ${TEAM_TOKEN}
    ca[] = "-----BEGIN CERTIFICATE-----\\n..."

Knows the ini dialect of npm and its `${NAME}`; knows no key, and no file.
"""

from __future__ import annotations

from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Setting(NamedTuple):
    """One value and where it stands. `missing` names a variable in it that is not set, and was left as written."""

    value: str
    origin: str  # "/home/me/.npmrc, line 3", "npm_config_registry"
    missing: str = ""

    def __repr__(self) -> str:
        return f"Setting(****, {self.origin!r})"  # it may be a token


def read_npmrc(content: bytes, path: str, environment: Mapping[str, str]) -> dict[str, list[Setting]]:
    """Return the settings by key, with several values only where it is written `key[]`. Sections are left out.

    Without a value a key is "true", as `strict-ssl` alone on its line. What is no line of this form is left out too.
    """
    found: dict[str, list[Setting]] = {}
    in_section = False
    text = content.decode("utf-8-sig", "replace")
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        stripped = line.strip()
        if not stripped or stripped[0] in ";#":
            continue
        if stripped[0] == "[" and stripped[-1] == "]":
            in_section = True
        written_key, equals, written = stripped.partition("=")
        if in_section or not written_key:
            continue
        key, missing_in_key = expand(_unquoted(written_key), environment)
        value, missing = expand(_unquoted(written) if equals else "true", environment)
        setting = Setting(value, f"{path}, line {number}", missing or missing_in_key)
        if len(key) > 2 and key.endswith("[]"):
            found.setdefault(key[:-2], []).append(setting)
        else:
            found[key] = [setting]
    return found


def expand(text: str, environment: Mapping[str, str]) -> tuple[str, str]:
    """Put variables in; return the text and the first variable that is not set, which stays as it is written.

    `${NAME?}` is empty where NAME is not set, and a backslash before `$` keeps it.
    """
    if "${" not in text:
        return text, ""
    pieces = []
    missing = ""
    while True:
        before, opened, rest = text.partition("${")
        name, closed, after = rest.partition("}")
        if not opened or not closed:
            pieces.append(text)
            return "".join(pieces), missing
        slashes = len(before) - len(before.rstrip("\\"))
        optional = name.endswith("?")
        bare = name.removesuffix("?")
        if not bare or set(bare) & set("${?"):  # none of ours, but another may begin inside
            pieces.append(before + "${")
            text = rest
            continue
        pieces.append(before[: len(before) - (slashes + 1) // 2])
        if slashes % 2:
            pieces.append("${" + name + "}")
        elif bare in environment:
            pieces.append(environment[bare])
        elif not optional:
            pieces.append("${" + name + "}")
            missing = missing or bare
        text = after


def _unquoted(text: str) -> str:
    """A key or a value without quotes, escapes and the comment behind it."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return _from_json(text) if text[0] == '"' else text[1:-1]
    pieces = []
    escaped = False
    for letter in text:
        if escaped:
            pieces.append(letter if letter in "\\;#" else "\\" + letter)
            escaped = False
        elif letter in ";#":
            break
        elif letter == "\\":
            escaped = True
        else:
            pieces.append(letter)
    return ("".join(pieces) + "\\" * escaped).strip()


def _from_json(text: str) -> str:
    """Text in double quotes; what is no JSON stays as it is, quotes and all."""
    if "\\" not in text:
        return text[1:-1]
    from json import loads  # start-up: only for an escape, as certificates have them

    try:
        value = loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str) else text
