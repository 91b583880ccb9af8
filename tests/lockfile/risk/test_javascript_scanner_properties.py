"""Whatever bytes a file has, the scanners of JavaScript and texts answer, and answer the same again."""

from hypothesis import given
from hypothesis import strategies as st

from holdfast.model.scan import CAPABILITIES, MOMENTS, Scan
from holdfast.risk.javascript_code import scan_javascript
from holdfast.risk.javascript_packaging import installed_files, scan_binary, scan_manifest
from holdfast.risk.texts import scan_text

_PIECES = st.sampled_from(
    [
        "require",
        "import",
        "export",
        "from",
        "eval",
        "Function",
        "process",
        ".env",
        "fs",
        "'fs'",
        "'child_process'",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ";",
        ".",
        "=",
        "=>",
        "`",
        "${",
        "?",
        ":",
        "\\u0065val",
        "const",
        "let",
        "function",
        "class",
        "static",
        "async",
        "await",
        "return",
        "new",
        "a",
        "b",
        "e",
        "<",
        ">",
        "/",
        "//",
        "/*",
        "*/",
        '"',
        "'",
        "...",
        "0",
        "atob",
        ".then",
        "#",
        "```sh",
        "curl",
        "|sh",
    ]
)
_SOURCES = st.lists(_PIECES, max_size=60).map(lambda one: " ".join(one).encode())
_BYTES = st.binary(max_size=400) | _SOURCES | st.tuples(_SOURCES, st.binary(max_size=20)).map(b"".join)
_PATHS = st.sampled_from(
    ["a.js", "a.ts", "a.tsx", "a.mjs", "a.d.ts", "a.sh", "a.md", "a.py", "package/package.json", "a"]
)


def _check(scan: Scan, data: bytes) -> None:
    lines = data.count(b"\n") + 1
    assert list(scan.evidence) == sorted(set(scan.evidence))
    for one in scan.evidence:
        assert one.capability in CAPABILITIES
        assert one.moment in MOMENTS
        assert 0 <= one.line <= lines
    assert scan.size == len(data)


@given(_PATHS, _BYTES)
def test_any_bytes_are_answered(path: str, data: bytes) -> None:
    """No file stops a scan, and the same bytes give the same."""
    _check(scan_javascript(path, data), data)
    assert scan_javascript(path, data) == scan_javascript(path, data)
    _check(scan_text(path, data, for_agents=True), data)
    _check(scan_manifest(path, data, ()), data)
    _check(scan_binary(path, data), data)
    installed_files(path, data)
