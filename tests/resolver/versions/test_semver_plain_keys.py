"""The short way to the key of an ordinary version agrees with the long way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.versions.semver_keys import (
    normalize_version,
    parse_version,
    parsed_key,
    plain_key,
    plain_prerelease_key,
    spelled,
)

NUMBERS = st.one_of(st.integers(0, 30).map(str), st.text("0123456789", max_size=15), st.text("0x-+ ²٣", max_size=3))


@given(st.lists(NUMBERS, min_size=1, max_size=4).map(".".join))
def test_a_plain_key_is_the_key_of_a_version_in_its_normal_form(text: str) -> None:
    """Wherever a key comes back the text is a version, spelled as it is to be, and the key is its own."""
    key = plain_key(text)
    if key:
        parsed = parse_version(text)
        assert key == parsed_key(parsed)
        assert text == spelled(parsed) == normalize_version(text)


PARTS = st.one_of(st.integers(0, 30).map(str), st.text("0129ab-", max_size=16), st.text("0x-+. ²é", max_size=3))


@given(st.lists(PARTS, min_size=1, max_size=4).map(".".join))
def test_a_plain_key_of_a_prerelease_is_the_key_of_a_version_in_its_normal_form(tail: str) -> None:
    """Wherever a key comes back the text is a version, spelled as it is to be, and the key is its own."""
    text = f"1.2.3-{tail}"
    key = plain_prerelease_key(text)
    if key:
        parsed = parse_version(text)
        assert key == parsed_key(parsed)
        assert text == spelled(parsed) == normalize_version(text)


@pytest.mark.parametrize("tail", ["rc.1", "0", "dev.20260101", "canary-abc-1", "-", "01", "a..b", "rc+b", "a" * 260])
def test_ordinary_prereleases_take_the_short_way(tail: str) -> None:
    """Letters, digits and hyphens in parts; what is no such thing has no plain key."""
    assert bool(plain_prerelease_key(f"1.2.3-{tail}")) == (tail in ("rc.1", "0", "dev.20260101", "canary-abc-1"))
    assert plain_prerelease_key("1.2.3") == plain_prerelease_key(f"v1.2.3-{tail}") == ""


@pytest.mark.parametrize("text", ["0.0.0", "1.2.3", "10.20.30", "99999.9.99999", "1.0.1234567890123"])
def test_ordinary_versions_take_the_short_way(text: str) -> None:
    """Three numbers without leading zeros have a plain key."""
    assert plain_key(text) == parsed_key(parse_version(text))


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.2", "1.2.3.4", "01.2.3", "1.02.3", "1.2.03", "1.2.3-rc.1", "1.2.3+b", "v1.2.3", "1.2.٣"],
)
def test_anything_else_takes_the_long_way(text: str) -> None:
    """No text that needs a closer look has a plain key, whether it is a version or not."""
    assert plain_key(text) == ""
    try:
        parse_version(text)
    except InvalidVersion:
        return
    assert text in ("1.2.3-rc.1", "1.2.3+b", "v1.2.3")
