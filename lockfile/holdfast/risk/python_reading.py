"""Bytes of a Python file to its syntax tree, or the reason why there is none.

    b"print 'x'"                  "Python 2 source (line 1)"
    b"\\x00\\x01"                   "NUL bytes (line 1)"
    b"# coding: unicode_escape"   "a source encoding that is not read (line 1)"

Nothing of the file is repeated in a reason, so that no file can write into a report. Trees are read as this
interpreter's grammar has them. Knows no rule.
"""

import ast
import gc
import re
import sys
import warnings

LARGEST_SOURCE = 3 * 1024 * 1024  # bytes of one file; a tree takes up to 100 times as much memory
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
_SANE = re.compile(
    r"utf-?8(-sig)?|(us-)?ascii|latin-?1|l1|iso-?latin-?1|iso-?8859-?\d+|cp\d+|windows-?\d+|koi8-?[ru]|mac-?roman"
    r"|gb2312|gbk|gb18030|big5(hkscs)?|euc-?(jp|kr|cn)|shift-?jis|sjis|iso-?2022-?(jp|kr)(-\d)?"
)
_ENDINGS = re.compile(r"-(unix|dos|mac)$")  # as editors write it: utf-8-unix
_LONGEST_ROW = 500
_PYTHON_2 = re.compile(
    rb"^\s*print\s+[\"'\w%]|^\s*print\s*>>|^\s*exec\s+[\"'\w]+\s*(in\b|$)|^\s*except\s+[\w.()\s,]*\w\s*,\s*\w+\s*:"
    rb"|^\s*raise\s+\w[\w.]*\s*,|<>|`[^`]+`|\b0[0-7]+\b|\bur[\"']|\b\d+[lL]\b|^\s*def\s+\w+\s*\([^)]*\([\w, ]+\)",
    re.MULTILINE,
)


# The first release whose grammar has it, and a row of it: type parameters and aliases (PEP 695); templates (PEP 750).
_NEWER = (
    ((3, 12), re.compile(rb"^\s*type\s+\w+\s*[\[=]|^\s*(?:async\s+def|def|class)\s+\w+\s*\[")),
    ((3, 14), re.compile(rb"(?<![\w\"'])[tT][rR]?[\"']")),
)


class Unreadable(Exception):
    """There is no tree; `reason` says why, and may be printed. `is_odd`: an encoding that hides what is meant."""

    def __init__(self, reason: str, is_odd: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_odd = is_odd


def read_python(data: bytes) -> ast.Module:
    """Return the tree of a file. Raises `Unreadable`."""
    if len(data) > LARGEST_SOURCE:
        raise Unreadable(f"{len(data)} bytes of source, more than {LARGEST_SOURCE}")
    if not _is_sane(data):
        raise Unreadable("a source encoding that is not read (line 1 or 2)", is_odd=True)
    at = data.find(b"\0")
    if at >= 0:
        line = data.count(b"\n", 0, at) + 1
        raise Unreadable(f"NUL bytes (line {line})")
    return _parsed(data)


def _parsed(data: bytes) -> ast.Module:
    collects = gc.isenabled()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of invalid escapes: they are the file's business
        gc.disable()  # a tree is many objects and no garbage: 20 % of the time, more for large ones
        try:
            return ast.parse(data)
        except SyntaxError as error:
            raise Unreadable(_reason(error, data)) from None
        except (RecursionError, MemoryError):
            raise Unreadable("nested too deep for the parser") from None
        except (ValueError, LookupError, OverflowError):  # UnicodeDecodeError, an int of too many digits
            raise Unreadable("text that does not decode") from None
        finally:
            if collects:
                gc.enable()


def _reason(error: SyntaxError, data: bytes) -> str:
    line = error.lineno or 0
    where = f" (line {line})" if line > 0 else ""
    if isinstance(error, TabError | IndentationError):
        return f"indentation that Python 3 refuses{where}"
    if "codec can't decode" in error.msg or "encoding problem" in error.msg or "Non-UTF-8" in error.msg:
        return f"text that is not of its encoding{where}"
    if "too many nested" in error.msg or "too many levels" in error.msg:
        return f"nested too deep for the parser{where}"
    rows = data.split(b"\n", line)
    row = rows[line - 1][:_LONGEST_ROW] if 0 < line <= len(rows) else b""
    if _PYTHON_2.search(row) or error.msg.startswith(("Missing parentheses", "multiple exception types")):
        return f"Python 2 source{where}"
    for release, pattern in _NEWER:
        if sys.version_info < release and pattern.search(row):
            return f"needs Python {release[0]}.{release[1]} to be read{where}"
    return f"not valid Python {sys.version_info[0]}.{sys.version_info[1]}{where}"


def _is_sane(data: bytes) -> bool:
    # Codecs such as unicode_escape or utf-7 make code of what looks like text; some take quadratic time.
    for row in data[:2000].split(b"\n", 2)[:2]:
        match = _COOKIE.match(row)
        if match:
            name = _ENDINGS.sub("", match[1].decode("ascii", "replace").lower().replace("_", "-"))
            return _SANE.fullmatch(name) is not None
        if row.strip() and not row.lstrip().startswith(b"#"):
            return True
    return True
