"""Whatever bytes a file has, the scanner answers, in time that grows with its length alone."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.model.scan import CAPABILITIES, MOMENTS
from holdfast.risk.python_code import scan_python
from holdfast.risk.scan import scan_artifact
from holdfast.risk.words import words

_WORDS = st.sampled_from(
    [
        "import",
        "os",
        "from",
        "subprocess",
        "as",
        "sp\n",
        "exec",
        "eval",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ":",
        ",",
        ".",
        "=",
        ":=",
        "lambda",
        "x",
        "y",
        "getattr",
        "__import__",
        "'os'",
        '"system"',
        "if",
        "__name__",
        "==",
        "'__main__'",
        "def",
        "f",
        "class",
        "A",
        "\n\n\t",
        "for",
        "in",
        "with",
        "try",
        "except",
        "environ",
        "*",
        "**",
        "@",
        "await",
        "async",
        "match",
        "case",
        "f'{",
        "}'",
        "return",
        "b64decode",
        "base64",
        "#",
        "#",
        "coding:utf-7",
        "\\",
        ";",
        "global",
        "nonlocal",
        "yield",
        "not",
        "and",
        "or",
        "is",
        "TYPE_CHECKING",
        "typing",
        "1",
        "0x",
    ]
)
_SOURCES = st.lists(_WORDS, max_size=60).map(lambda words: " ".join(words).encode())


@given(st.one_of(st.binary(max_size=300), _SOURCES, st.text(max_size=200).map(str.encode)))
@settings(max_examples=300)
def test_any_bytes_give_a_scan(data: bytes) -> None:
    """No bytes crash the scanner, the words of a scan are those of the tables, and it is the same twice."""
    scan = scan_python("x.py", data)
    assert all(one.capability in CAPABILITIES and one.moment in MOMENTS and one.line > 0 for one in scan.evidence)
    assert scan.evidence == tuple(sorted(set(scan.evidence)))
    assert scan_python("x.py", data) == scan


_FILES = words(
    "x-1/setup.py x-1/pyproject.toml x-1/setup.cfg x-1/x.pth x-1/PKG-INFO x.pth a.pyc b.so x-1.dist-info/WHEEL "
    "x-1.dist-info/METADATA x-1.dist-info/entry_points.txt x/__init__.py"
)


@given(
    st.dictionaries(
        st.sampled_from(_FILES),
        st.one_of(st.binary(max_size=80), _SOURCES),
    )
)
@settings(max_examples=150)
def test_any_archive_gives_a_scan(files: dict[str, bytes]) -> None:
    """No set of files crashes the scanner of distributions."""
    scan = scan_artifact("pypi", "x", "1", files.items())
    assert scan.files == len(files)


_PIECES = [
    "(",
    "[",
    "{",
    "f(",
    "a[",
    "{1:",
    "lambda:",
    "not",
    "",
    "-",
    "a.",
    "a()",
    "1+",
    "a=",
    "",
    "a<",
    "{**a,",
    "f(x=",
    "[*a,",
    "getattr(os,'x').",
    "__import__('os').",
    "exec(",
    "(x:=",
    "a[0].",
    "base64.b64decode(",
    "[x",
    "for",
    "x",
    "in",
    "",
    "x",
    "if",
    "y",
    "else",
    "",
    "f'{",
    "vars(a)[",
    "lambda",
    "a=b:",
    "",
]


@pytest.mark.parametrize("piece", [one for one in _PIECES if one])
@pytest.mark.parametrize("times", [40, 190, 20_000])
def test_no_repetition_takes_exponential_time(piece: str, times: int) -> None:
    """Deep, long and broken expressions are answered in seconds."""
    source = "import os, base64\nexec(x, " + piece * times + "x"
    closing = {"(": ")", "[": "]", "{": "}"}
    opened = "".join([closing[one] for one in reversed(source) if one in closing])
    start = time.process_time()
    for text in (source, source + opened, f"import os, base64\n{piece * times}x\n"):
        scan_python("x.py", text.encode())
    assert time.process_time() - start < 10
