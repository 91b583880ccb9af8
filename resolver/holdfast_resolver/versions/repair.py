"""Ranges of old releases, mended where only one meaning is likely.

Indexes hold metadata from before the grammar was enforced: `>=2.7.*`, `!=3.0*`, `>=2.6 !=3.0.*`, `>=3.6'`.
Knows which mistakes are common; never guesses at a text without operators.
"""

_OPERATOR_CHARACTERS = frozenset("<>=!~")
_ENDS = frozenset("<>=~, \t\r\n")
_QUOTES = str.maketrans("", "", "'\"`()[]")
_BLANKS = ", \t\r\n"

# An operator as met -> the operator meant. "~!" is `!=` of a prefix.
_OPERATORS = {
    **{operator: operator for operator in ("===", "~=", "==", "!=", "<=", ">=", "<", ">")},
    "=>": ">=",
    "=<": "<=",
    "=": "==",
    "<>": "!=",
    "~": "~=",
    "=~": "~=",
    "~>": "~=",
    "!=~": "~!",
    "!==": "!=",
    ">==": ">=",
    "<==": "<=",
}


def mended_clauses(text: str) -> list[str] | None:
    """Return the clauses that a malformed range most likely means, yet to be checked; None when hopeless.

    >>> mended_clauses(">=2.7.*, !=3.0* <4'")
    ['>=2.7', '!=3.0.*', '<4']
    """
    pairs = _pairs(text.translate(_QUOTES).strip())
    if pairs is None:
        return None
    clauses = []
    for operator, version in pairs:
        clause = _mend(operator, version)
        if clause is None:
            return None
        if clause:
            clauses.append(clause)
    return clauses


def _pairs(text: str) -> list[tuple[str, str]] | None:
    """Cut a text into (operator, version) at operators, commas, blanks; None when an operator is missing."""
    pairs = []
    place, length = 0, len(text)
    while place < length:
        if text[place] in _BLANKS:
            place += 1
            continue
        operator = ""
        while place < length and (text[place] in _OPERATOR_CHARACTERS or text[place].isspace()):
            operator += text[place].strip()  # "> = 1" is written with a blank
            place += 1
        start = place
        while place < length and text[place] not in _ENDS and text[place : place + 2] != "!=":
            place += 1
        if operator not in _OPERATORS or place == start:
            return None
        pairs.append((_OPERATORS[operator], text[start:place]))
    return pairs


def _mend(operator: str, version: str) -> str | None:
    """One clause in good grammar; "" when it admits everything, None when it is hopeless."""
    if version.lower() == "dev":
        version = "0.dev0"
    numbers, prefix = _without_star(version)
    if operator == "~!":
        operator, prefix = "!=", True
    if not numbers:  # `==*` and `>=*` admit everything, `!=*` nothing
        return "" if prefix and operator in ("==", ">=", "~=", "===") else None
    if operator in ("==", "!="):
        return f"{operator}{numbers}.*" if prefix else operator + numbers
    if operator == "===":
        return f"=={numbers}.*" if prefix else operator + numbers
    if operator == "~=" and numbers.isdigit():  # `~=3`: any 3.x
        return f"=={numbers}.*"
    return operator + numbers.partition("+")[0]  # an order says nothing of local versions


def _without_star(version: str) -> tuple[str, bool]:
    """Take `.*`, `*`, `.x` and stray dots off the end: (what is left, whether a wildcard stood there)."""
    prefix = False
    while version:
        if version[-1] == "*" or version[-2:].lower() == ".x" or version.lower() == "x":
            version, prefix = version[:-1], True
        elif version[-1] == ".":
            version = version[:-1]
        else:
            break
    return version, prefix
