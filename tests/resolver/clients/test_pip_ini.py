"""pip's ini dialect, against the standard library."""

import configparser

from hypothesis import given
from hypothesis import strategies as st

from holdfast_resolver.clients.ini import read_ini
from holdfast_resolver.errors import ClientSettingsError

_LINES = st.sampled_from(
    [
        "[global]",
        "[install]",
        "  [global]",
        "index-url = https://a.example/simple/",
        "index_url: https://b.example/",
        "Extra-Index-URL =",
        "    https://c.example/simple/",
        "  key=value",
        "\tmore",
        "# comment",
        "; comment",
        "    # comment within",
        "",
        "   ",
        "empty =",
        "a = b = c",
        "no delimiter",
        "url = x ; not a comment",
    ]
)


def _theirs(text: str) -> dict[str, dict[str, str]] | None:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = lambda key: key.lower().replace("_", "-")  # type: ignore[assignment, method-assign]
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return {section: {key: _words(value) for key, value in parser.items(section)} for section in parser.sections()}


def _words(value: str) -> str:
    return " ".join(value.split())


@given(st.lists(_LINES, max_size=12))
def test_it_reads_what_the_standard_library_reads(lines: list[str]) -> None:
    """The same sections, keys and words, and a refusal where the standard library refuses."""
    text = "\n".join(lines)
    try:
        found = read_ini(text.encode(), "pip.conf")
    except ClientSettingsError:
        ours = None
    else:
        ours = {section: {key: _words(value) for key, value in keys.items()} for section, keys in found.items()}
    assert ours == _theirs(text)


def test_a_byte_order_mark_and_carriage_returns_do_no_harm() -> None:
    """Files that were edited on Windows."""
    assert read_ini(b"\xef\xbb\xbf[global]\r\nindex-url = x\r\n", "pip.ini") == {"global": {"index-url": "x"}}
