"""Typed reading of a JSON answer: every fault names its place, such as `files[3].hashes`.

Knows JSON (RFC 8259) and nothing of what the fields mean.
"""

import json
import re
from typing import Any, TypeVar

from holdfast_resolver.registries.faults import AnswerFaultError

_KINDS = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}
T = TypeVar("T")

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(text: str, *, as_javascript: bool = False) -> object:
    """Parse `text`; refuse what is not JSON, duplicate keys, NaN, lone surrogates and endless nesting.

    With `as_javascript` the last of two keys counts and half a surrogate pair is let through, as `JSON.parse` does.
    """
    hook = None if as_javascript else _unique
    try:
        value: object = json.loads(text, object_pairs_hook=hook, parse_constant=_refuse_constant)
        if not as_javascript and _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()  # raises for a lone surrogate
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()):
            raise AnswerFaultError(
                f"the JSON ends after {len(text)} characters, unfinished: it is truncated"
            ) from error
        where = f"line {error.lineno} column {error.colno}"
        raise AnswerFaultError(f"expected JSON, found at {where}: {error.msg.lower()}") from error
    except UnicodeEncodeError as error:
        raise AnswerFaultError("expected text, found half a surrogate pair in a JSON string") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; thousands of "["
        raise AnswerFaultError("expected JSON of ordinary size, found an endless number or nesting") from error
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise AnswerFaultError(f"the key {key[:80]!r} stands twice in one JSON object")
            seen.add(key)
    return mapping


def _refuse_constant(text: str) -> object:
    raise AnswerFaultError(f"expected JSON, found {text}")


class Place:
    """Where in the answer an object stands; its methods take it apart or say what is wrong where."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def mapping(self, value: object) -> dict[str, object]:
        """`value` as an object."""
        if not isinstance(value, dict):
            raise self.fault("", value, dict)
        return value

    def required(self, entry: dict[str, Any], key: str, kind: type[T]) -> T:
        """The value of `key`, which must be there and of type `kind`."""
        value = entry.get(key)
        if not isinstance(value, kind):
            if key not in entry:
                raise AnswerFaultError(f"{self._at(key)} is missing")
            raise self.fault(key, value, kind)
        return value

    def optional(self, entry: dict[str, Any], key: str, kind: type[T]) -> T | None:
        """The value of `key`, of type `kind`; None when it is absent or null."""
        value = entry.get(key)
        if value is not None and not isinstance(value, kind):
            raise self.fault(key, value, kind)
        return value

    def strings(self, entry: dict[str, Any], key: str) -> dict[str, str]:
        """The object of strings under `key`; {} when it is absent."""
        value = entry.get(key, {})
        if not isinstance(value, dict):
            raise self.fault(key, value, dict)
        for inner, text in value.items():
            if not isinstance(text, str):
                raise Place(self._at(key)).fault(inner, text, str)
        return value

    def fault(self, key: str, value: object, kind: type) -> AnswerFaultError:
        """The fault "expected a `kind`, found the kind of `value`"."""
        return AnswerFaultError(f"{self._at(key)}: expected {_KINDS[kind]}, found {_KINDS[type(value)]}")

    def _at(self, key: str) -> str:
        if not key:
            return self.path or "the answer"
        return f"{self.path}.{key}" if self.path else key
