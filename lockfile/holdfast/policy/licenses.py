"""Whether a release's SPDX license expression is one that a project allows (SPDX specification, annex D).

    allowed: MIT, Apache-2.0, GPL-2.0-only WITH Classpath-exception-2.0
    "MIT OR GPL-3.0-only"      yes: whoever takes the release may choose MIT
    "MIT AND GPL-3.0-only"     no: both hold
    "GPL-2.0-only"             no: it is allowed with the exception, and only so

An allowed entry may itself be an expression: "MIT AND Zlib" allows exactly that one. "AND" binds closer than "OR".
Knows expressions and nothing of what a license demands; "GPL-2.0-or-later" is not "GPL-3.0-only".
"""

from functools import lru_cache


@lru_cache(maxsize=1024)  # hundreds of releases share a handful of expressions
def is_allowed(expression: str, allowed: tuple[str, ...]) -> bool | None:
    """Whether an expression satisfies a list of canonical ones; None when it is no SPDX expression."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression  # start-up: only here

    try:
        text = str(canonicalize_license_expression(expression))
        entries = {_joined(str(canonicalize_license_expression(one)).split()) for one in allowed}
    except InvalidLicenseExpression:
        return None
    return _satisfies(text.replace("(", " ( ").replace(")", " ) ").split(), entries)


def _satisfies(tokens: list[str], entries: set[str]) -> bool:
    tokens = _unwrapped(tokens)
    if _joined(tokens) in entries:
        return True
    choices = _split(tokens, "OR")
    if len(choices) > 1:
        return any(_satisfies(one, entries) for one in choices)
    parts = _split(tokens, "AND")
    return len(parts) > 1 and all(_satisfies(one, entries) for one in parts)


def _joined(tokens: list[str]) -> str:
    return " ".join(" ".join(tokens).replace("(", " ( ").replace(")", " ) ").split())


def _unwrapped(tokens: list[str]) -> list[str]:
    # ( MIT OR Zlib ) -> MIT OR Zlib; but ( MIT ) OR ( Zlib ) stays
    while tokens[:1] == ["("] and _closing(tokens) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


def _closing(tokens: list[str]) -> int:
    depth = 0
    for place, token in enumerate(tokens):
        depth += (token == "(") - (token == ")")
        if not depth:
            return place
    return -1


def _split(tokens: list[str], operator: str) -> list[list[str]]:
    # At the operators outside of all parentheses.
    parts: list[list[str]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token == "(") - (token == ")")
        if token == operator and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts
