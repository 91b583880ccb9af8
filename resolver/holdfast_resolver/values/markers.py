"""Environment markers (PEP 508, "Environment Markers"; dependency specifiers specification): text to tree and back.

A marker is a tree of `Atom`, `All` and `Either`. `str` of a tree is the canonical text: the variable first where the
operator allows, single quotes, one space, parentheses only around `or` inside `and`. This file knows the grammar;
what a marker means on a target is the business of `versions.grid`.
"""

from __future__ import annotations

from holdfast_resolver.errors import InvalidMarker
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from typing import TypeAlias


class Atom(NamedTuple):
    """One comparison: `variable operator 'value'`, or `'value' operator variable` where `literal_first`."""

    variable: str
    operator: str
    value: str
    literal_first: bool = False

    def __str__(self) -> str:
        quoted = f'"{self.value}"' if "'" in self.value else f"'{self.value}'"
        if self.literal_first:
            return f"{quoted} {self.operator} {self.variable}"
        return f"{self.variable} {self.operator} {quoted}"


class All(NamedTuple):
    """Every part holds. Parts are never `All` themselves."""

    parts: tuple[Marker, ...]

    def __str__(self) -> str:
        return " and ".join(f"({part})" if isinstance(part, Either) else str(part) for part in self.parts)


class Either(NamedTuple):
    """At least one part holds. Parts are never `Either` themselves."""

    parts: tuple[Marker, ...]

    def __str__(self) -> str:
        return " or ".join(str(part) for part in self.parts)


Marker: TypeAlias = Atom | All | Either

VARIABLES = frozenset(
    {
        "python_version",
        "python_full_version",
        "os_name",
        "sys_platform",
        "platform_release",
        "platform_system",
        "platform_version",
        "platform_machine",
        "platform_python_implementation",
        "implementation_name",
        "implementation_version",
        "extra",
        "extras",
        "dependency_groups",
    }
)
# Spellings of PEP 345 that old releases still carry.
_ALIASES = {
    "os.name": "os_name",
    "sys.platform": "sys_platform",
    "platform.version": "platform_version",
    "platform.machine": "platform_machine",
    "platform.python_implementation": "platform_python_implementation",
    "python_implementation": "platform_python_implementation",
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!=", "===": "==="}
_OPERATORS = ("===", "==", "!=", "<=", ">=", "~=", "<", ">")
_DEEPEST = 64


def parse_marker(text: str) -> Marker:
    """Parse a marker; raise `InvalidMarker` with the position of the fault."""
    tokens = _tokens(text)
    marker, index = _either(text, tokens, 0, 0)
    if tokens[index][0] != "end":
        raise InvalidMarker(text, "'and', 'or' or the end", tokens[index][2])
    return marker


def canonical_marker(text: str) -> str:
    """Return the canonical text of a marker, "" for blank text; raise `InvalidMarker`."""
    return str(parse_marker(text)) if text and not text.isspace() else ""


def atoms(marker: Marker) -> tuple[Atom, ...]:
    """Return every comparison in the tree, left to right."""
    if isinstance(marker, Atom):
        return (marker,)
    return tuple(atom for part in marker.parts for atom in atoms(part))


_Token = tuple[str, str, int]  # (kind, text, position); kinds: ( ) op and or literal variable end


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position, length = 0, len(text)
    while position < length:
        character = text[position]
        if character in " \t":
            position += 1
        elif character in "()":
            tokens.append((character, character, position))
            position += 1
        elif character in "'\"":
            end = text.find(character, position + 1)
            if end < 0:
                raise InvalidMarker(text, f"a closing {character}", length)
            tokens.append(("literal", text[position + 1 : end], position))
            position = end + 1
        elif character in "=!<>~":
            operator = next((known for known in _OPERATORS if text.startswith(known, position)), "")
            if not operator:
                raise InvalidMarker(text, "a comparison operator", position)
            tokens.append(("op", operator, position))
            position += len(operator)
        else:
            position = _word(text, position, tokens)
    tokens.append(("end", "", length))
    return tokens


def _word(text: str, start: int, tokens: list[_Token]) -> int:
    end = start
    while end < len(text) and (text[end].isalnum() or text[end] in "_."):
        end += 1
    word = text[start:end]
    if word in ("and", "or"):
        tokens.append((word, word, start))
    elif word == "in":
        tokens.append(("op", "in", start))
    elif word == "not":
        rest = text[end:].lstrip(" \t")
        if not rest.startswith("in") or rest[2:3].isalnum():
            raise InvalidMarker(text, "'in' after 'not'", end)
        tokens.append(("op", "not in", start))
        end = len(text) - len(rest) + 2
    elif _ALIASES.get(word, word) in VARIABLES:
        tokens.append(("variable", _ALIASES.get(word, word), start))
    else:
        raise InvalidMarker(text, "a marker variable or a quoted value", start)
    return end


def _either(text: str, tokens: list[_Token], index: int, depth: int) -> tuple[Marker, int]:
    part, index = _all(text, tokens, index, depth)
    parts: list[Marker] = list(part.parts) if isinstance(part, Either) else [part]
    while tokens[index][0] == "or":
        part, index = _all(text, tokens, index + 1, depth)
        parts.extend(part.parts if isinstance(part, Either) else [part])
    return (parts[0] if len(parts) == 1 else Either(tuple(parts))), index


def _all(text: str, tokens: list[_Token], index: int, depth: int) -> tuple[Marker, int]:
    part, index = _operand(text, tokens, index, depth)
    parts: list[Marker] = list(part.parts) if isinstance(part, All) else [part]
    while tokens[index][0] == "and":
        part, index = _operand(text, tokens, index + 1, depth)
        parts.extend(part.parts if isinstance(part, All) else [part])
    return (parts[0] if len(parts) == 1 else All(tuple(parts))), index


def _operand(text: str, tokens: list[_Token], index: int, depth: int) -> tuple[Marker, int]:
    kind, value, position = tokens[index]
    if kind == "(":
        if depth >= _DEEPEST:
            raise InvalidMarker(text, f"at most {_DEEPEST} nested parentheses", position)
        marker, index = _either(text, tokens, index + 1, depth + 1)
        if tokens[index][0] != ")":
            raise InvalidMarker(text, "')'", tokens[index][2])
        return marker, index + 1
    if kind not in ("literal", "variable"):
        raise InvalidMarker(text, "a marker variable, a quoted value or '('", position)
    operator_kind, operator, operator_position = tokens[index + 1]
    if operator_kind != "op":
        raise InvalidMarker(text, "a comparison operator", operator_position)
    right_kind, right, right_position = tokens[index + 2]
    if right_kind not in ("literal", "variable") or right_kind == kind:
        raise InvalidMarker(text, "a quoted value" if kind == "variable" else "a marker variable", right_position)
    if kind == "variable":
        return Atom(value, operator, right), index + 3
    if operator in _MIRRORED:
        return Atom(right, _MIRRORED[operator], value), index + 3
    return Atom(right, operator, value, literal_first=True), index + 3
