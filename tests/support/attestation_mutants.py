"""A mutator for signed evidence: every field of a JSON document changed once, every way that a field can be wrong.

    for mutant in mutants(provenance):
        mutant.place       "attestation_bundles[0].attestations[0].envelope.signature"
        mutant.change      "changed", "removed", "retyped", "bytes[17]", "inside: subject[0].name changed"
        mutant.document    the document with that one change

Fields that hold base64 are changed inside as well: JSON field by field, other bytes at a number of places spread over
them; texts of several lines are changed line by line. Nothing here knows what a field means.
"""

import base64
import binascii
import copy
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

_SPREAD = 24  # changes inside of a field of bytes that is no JSON


class Mutant(NamedTuple):
    """A document with one change."""

    path: tuple[str | int, ...]
    change: str
    document: Any

    @property
    def place(self) -> str:
        """The path as text."""
        return place_of(self.path)


def mutants(document: Any) -> Iterator[Mutant]:
    """Yield every mutant of a JSON value; the value itself stays as it is."""
    for path in _paths(document, ()):
        value = _at(document, path)
        for change, other in _replacements(value):
            yield Mutant(path, change, replaced_at(document, path, other))
        yield Mutant(path, "removed", without(document, path))


def places(document: Any) -> tuple[str, ...]:
    """Return the key path of every field and every entry of an array, in the order of the document."""
    return tuple([place_of(path) for path in _paths(document, ())])


def place_of(path: tuple[str | int, ...]) -> str:
    """Return a key path as text: `("a", 0, "b")` is "a[0].b"."""
    return "".join([f"[{key}]" if isinstance(key, int) else f".{key}" for key in path]).removeprefix(".")


def _paths(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key in value:
            yield from _paths(value[key], (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, (*path, index))


def _replacements(value: Any) -> Iterator[tuple[str, Any]]:
    match value:
        case bool() | None:
            yield "retyped", "text"
        case int():
            yield "changed", value + 1
            yield "retyped", str(value)
        case str():
            yield "retyped", [value]
            yield "retyped to a number", 5
            yield from _texts(value)
        case list():
            yield "retyped", {"0": value}
            yield "doubled", value + value
            if len(value) > 1:  # else it is the same as its one entry removed
                yield "emptied", []
        case dict():
            yield "retyped", [value]
            if len(value) > 1:
                yield "emptied", {}


def _texts(value: str) -> Iterator[tuple[str, str]]:
    if value.isdecimal() and len(value) <= 20:
        yield "changed", str(int(value) + 1)
        yield "with a zero before it", f"0{value}"
        return
    data = _decoded(value)
    if data is not None and len(data) >= 8:
        yield "with a space behind it", f"{value} "
        yield "with bytes behind it", base64.b64encode(data + b"\0").decode()
        for change, inner in _inner(data):
            yield change, base64.b64encode(inner).decode()
        return
    lines = value.split("\n")
    for number, line in enumerate(lines):
        changed = [*lines[:number], _other(line), *lines[number + 1 :]]
        yield "changed" if len(lines) == 1 else f"line {number + 1} changed", "\n".join(changed)


def _inner(data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        document = json.loads(data)
    except ValueError:
        for index in sorted({round(step * (len(data) - 1) / (_SPREAD - 1)) for step in range(_SPREAD)}):
            yield f"bytes[{index}]", data[:index] + bytes((data[index] ^ 1,)) + data[index + 1 :]
        return
    for mutant in mutants(document):
        yield f"inside: {mutant.place} {mutant.change}", json.dumps(mutant.document, separators=(",", ":")).encode()


def _decoded(text: str) -> bytes | None:
    if not text.strip("0123456789abcdef"):  # hex, which happens to be base64 as well
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _other(text: str) -> str:
    """Return a text with its middle letter or digit replaced by another one, or one put in where there is none."""
    places = [index for index, character in enumerate(text) if character.isalnum()]
    if not places:
        return f"{text}x"
    index = places[len(places) // 2]
    return text[:index] + ("1" if text[index] != "1" else "2") + text[index + 1 :]


def _at(document: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


def replaced_at(document: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """Return a copy of a document with another value at a path."""
    made = copy.deepcopy(document)
    _at(made, path[:-1])[path[-1]] = copy.deepcopy(value)
    return made


def without(document: Any, path: tuple[str | int, ...]) -> Any:
    """Return a copy of a document without what stands at a path."""
    made = copy.deepcopy(document)
    del _at(made, path[:-1])[path[-1]]
    return made
