"""Core metadata of wheels and sdists."""

import email
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.registries.core_metadata import MAX_BYTES, parse_core_metadata

HEAD = b"Metadata-Version: 2.2\nName: Foo.Bar\nVersion: 1.0\n"


def test_the_fields_that_resolving_needs_are_read() -> None:
    """Name and extras are normalised, requirements stay raw, the description is not looked at."""
    body = HEAD + (
        b"Summary: any\nRequires-Python: >=3.9,<4\nProvides-Extra: b_b\nProvides-Extra: A\n"
        b"Requires-Dist: x>=1\n"
        b'requires-dist: y ; extra == "a"\n\nRequires-Dist: not-me\n'
    )
    found = parse_core_metadata(body, "wheel")
    assert found == ("foo-bar", "1.0", ">=3.9,<4", ("x>=1", 'y ; extra == "a"'), ("a", "b-b"), True)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_and_folded_lines(end: bytes) -> None:
    """Each line end of `email` counts; continuation lines are folded into one."""
    lines = [
        *HEAD.split(b"\n")[:3],
        b"Requires-Dist: x ;",
        b"\tpython_version",
        b"  < '4'",
        b"",
        b"Requires-Dist: no",
    ]
    assert parse_core_metadata(end.join(lines), "wheel").requires == ("x ; python_version < '4'",)


# (metadata version, further headers, static)
STATIC = [
    (b"2.2", b"", True),
    (b"2.10", b"", True),
    (b"2.4", b"Dynamic: License\nDynamic: description\n", True),
    (b"2.2", b"Dynamic: requires-dist\n", False),
    (b"2.2", b"Dynamic: Requires-Dist\n", False),
    (b"2.2", b"dynamic: Requires-Python\n", False),
    (b"2.3", b"Dynamic: License\nDynamic: Provides-Extra\n", False),
    (b"2.1", b"", False),
    (b"1.2", b"", False),
]


@pytest.mark.parametrize(("version", "more", "static"), STATIC)
def test_an_sdist_is_static_as_pep_643_says(version: bytes, more: bytes, static: bool) -> None:
    """Only from metadata version 2.2 on, and only with no deciding field dynamic; a wheel always is."""
    body = b"Metadata-Version: " + version + b"\nName: foo\nVersion: 1\n" + more
    assert parse_core_metadata(body, "sdist").static is static
    assert parse_core_metadata(body, "wheel").static is True


def test_an_sdist_without_metadata_version_is_not_static() -> None:
    """What tells no version cannot promise anything."""
    assert parse_core_metadata(b"Name: foo\nVersion: 1\n", "sdist").static is False


REFUSED = [
    (b"", "no Name"),
    (b"Name: foo\n", "no Version"),
    (b"Version: 1\n", "no Name"),
    (b"\nName: foo\nVersion: 1\n", "no Name"),
    (b"<html>Name: foo\nVersion: 1\n", "no Name"),
    (b"Name: foo bar\nVersion: 1\n", "package name"),
    (b"Name: ../foo\nVersion: 1\n", "package name"),
    (b"Name: foo\nName: bar\nVersion: 1\n", "name once"),
    (HEAD + b"Requires-Python: >=3\nRequires-Python: >=2\n", "requires-python once"),
    (b"Metadata-Version: 3.0\nName: foo\nVersion: 1\n", "metadata version"),
    (b"Metadata-Version: x\nName: foo\nVersion: 1\n", "metadata version"),
    (HEAD + b"Requires-Dist: f\xff>=1\n", "requires-dist"),
    (HEAD + b"Requires-Dist: f\0>=1\n", "requires-dist"),
    (HEAD + b"\n" + bytes(MAX_BYTES), "at most"),
]


@pytest.mark.parametrize(("body", "detail"), REFUSED)
def test_unusable_metadata_is_refused_with_a_reason(body: bytes, detail: str) -> None:
    """The error carries the question's fields and says what was expected."""
    with pytest.raises(RegistryAnswerInvalid) as caught:
        parse_core_metadata(body, "wheel", "pypi", "foo.whl", "https://files.example/foo.whl")
    assert detail in caught.value.detail
    assert caught.value.source == "pypi"
    assert caught.value.subject == "foo.whl"


def test_bytes_of_other_encodings_do_no_harm_elsewhere() -> None:
    """An author's name in Latin-1 does not make the requirements unreadable."""
    assert parse_core_metadata(HEAD + b"Author: Ren\xe9\nRequires-Dist: x\n", "wheel").requires == ("x",)


LINE = st.sampled_from(
    [
        "Requires-Dist: a>=1",
        "Requires-Dist:b",
        "Summary: s",
        " more",
        "\tx: y",
        "no header",
        "",
        " ",
        "X Y: z",
        ": z",
        "a:",
    ]
)


@given(st.lists(LINE, max_size=12), st.sampled_from(["\n", "\r\n", "\r"]))
def test_headers_end_where_email_ends_them(lines: list[str], end: str) -> None:
    """The requirements found are those that `email` finds, in every arrangement of lines."""
    text = end.join(["Name: foo", "Version: 1", *lines])
    expected = email.message_from_string(text).get_all("Requires-Dist", [])
    found = parse_core_metadata(text.encode(), "wheel").requires
    assert found == tuple(" ".join(value.split()) for value in expected)


@given(st.binary(max_size=60), st.integers(0, 90))
def test_random_damage_raises_nothing_else(noise: bytes, at: int) -> None:
    """Any bytes give metadata or `RegistryAnswerInvalid`."""
    body = HEAD + b"Requires-Dist: x>=1\nProvides-Extra: a\n"
    with suppress(RegistryAnswerInvalid):
        parse_core_metadata(body[:at] + noise + body[at + len(noise) :], "sdist")
