"""Texts that stand in a JavaScript program as they are, or in pieces put together with `+`.

Knows literals; never what they are for.
"""

import re
from typing import TYPE_CHECKING

from holdfast.risk.javascript_parsing import Source

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|(\r\n|.))", re.DOTALL)
_SINGLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_LONGEST = 10_000_000
_MOST_PIECES = 2_000


def literal(source: Source, node: "Node") -> str | None:
    """Return the text that an expression is, None where it is computed when the program runs.

    `"child_" + "process"` is "child_process"; a template without values is its text.
    """
    pieces: list[str] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.type == "string" or (one.type == "template_string" and not _has_values(one)):
            pieces.append(unescaped(source.text(one)[1:-1]))
        elif one.type in ("parenthesized_expression", "as_expression") and one.named_children:
            waiting.append(one.named_children[0])
        elif one.type == "binary_expression" and _is_sum(one) and len(pieces) < _MOST_PIECES:
            waiting.extend((one.named_children[-1], one.named_children[0]))
        else:
            return None
    return "".join(pieces)


def is_own_file(source: Source, node: "Node") -> bool:
    """Whether an expression is a path within the package: `path.join(__dirname, "..", "package.json")`."""
    if node.type == "binary_expression":
        parts = node.named_children
    else:
        arguments = node.child_by_field_name("arguments") if node.type == "call_expression" else None
        parts = arguments.named_children if arguments is not None else []
    texts = [one for one in parts if source.text(one) != "__dirname"]
    return len(texts) < len(parts) and all(literal(source, one) is not None for one in texts)


def literals_below(source: Source, node: "Node", most: int = 50) -> list[str]:
    """Return the first texts that stand anywhere within an expression, in their order."""
    found: list[str] = []
    waiting, seen = [node], 0
    while waiting and len(found) < most and seen < 20 * most:
        one = waiting.pop()
        seen += 1
        if one.type in ("string", "template_string"):
            found.append(unescaped(source.text(one)[1:-1]))
        else:
            waiting.extend(reversed(one.named_children[:most]))
    return found


def unescaped(text: str) -> str:
    """Return a literal's text with its escapes resolved."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    number = found[1] or found[2] or found[3]
    if number:
        code = int(number, 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    return _SINGLE.get(found[4], found[4])


def _has_values(template: "Node") -> bool:
    return any(one.type == "template_substitution" for one in template.named_children)


def _is_sum(binary: "Node") -> bool:
    operator = binary.child_by_field_name("operator")
    return operator is not None and operator.type == "+" and len(binary.named_children) == 2
