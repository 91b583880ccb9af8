"""Keys and normal forms agree with `packaging` (PEP 440)."""

from itertools import pairwise, product

import packaging.version
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from packaging.version import Version

from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.versions.pep440_keys import is_prerelease_key, normalize_version, version_key
from tests.resolver.versions.version_strategies import FAMILY, families, versions

# PEP 440, "Summary of permitted suffixes and relative ordering", with locals and epochs added.
ASCENDING = [
    "0.dev0",
    "0",
    "0.0.1",
    "1.dev0",
    "1.0.dev456",
    "1.0a1",
    "1.0a2.dev456",
    "1.0a12.dev456",
    "1.0a12",
    "1.0b1.dev456",
    "1.0b2",
    "1.0b2.post345.dev456",
    "1.0b2.post345",
    "1.0rc1.dev456",
    "1.0rc1",
    "1.0",
    "1.0+abc.5",
    "1.0+abc.7",
    "1.0+5",
    "1.0+5.0",
    "1.0.post456.dev34",
    "1.0.post456",
    "1.0.15",
    "1.1.dev1",
    "1.9",
    "1.10",
    "2024.1.5",
    "99999999999999999999999999999999999999999999999999999999999999999999.1",
    "1!0.1",
    "10!0.1",
]


def test_the_order_of_the_specification() -> None:
    """The keys of the specification's own ascending list ascend strictly."""
    keys = [version_key(text) for text in ASCENDING]
    assert keys == sorted(set(keys))


def test_every_pair_of_a_family_compares_alike() -> None:
    """Within one release and its neighbours each two versions compare as for `packaging`."""
    for left, right in product(FAMILY, repeat=2):
        assert (version_key(left) < version_key(right)) == (Version(left) < Version(right)), (left, right)


@settings(max_examples=300)
@given(families())
def test_key_order_is_version_order(texts: list[str]) -> None:
    """Of any two versions, keys compare as `packaging` compares the versions, equality included."""
    by_key = sorted(texts, key=version_key)
    by_version = sorted(texts, key=Version)
    assert by_key == by_version
    for left, right in pairwise(by_key):
        assert (version_key(left) == version_key(right)) == (Version(left) == Version(right))


@settings(max_examples=400)
@given(versions(), versions())
def test_two_unrelated_versions_compare_alike(left: str, right: str) -> None:
    """Keys of any two versions compare as the versions do."""
    assert (version_key(left) < version_key(right)) == (Version(left) < Version(right))


@settings(max_examples=400)
@given(versions())
def test_facts_of_one_version(text: str) -> None:
    """Normal form and pre-release flag are `packaging`'s; the key is printable ASCII without blanks."""
    key = version_key(text)
    assert normalize_version(text) == str(Version(text))
    assert version_key(normalize_version(text)) == key
    assert is_prerelease_key(key) == Version(text).is_prerelease
    assert key.isascii()
    assert key.isprintable()
    assert " " not in key


def _accepted(text: str) -> bool:
    try:
        Version(text)
    except packaging.version.InvalidVersion:
        return False
    return True


PIECES = [
    "1",
    "0",
    "2",
    ".",
    "-",
    "_",
    "+",
    "!",
    "a",
    "rc",
    "c",
    "pre",
    "preview",
    "post",
    "r",
    "rev",
    "dev",
    "v",
]


@settings(max_examples=700)
@example(["1", ".", ".", "2"])
@example(["1", ".", ".", "rc", "1"])
@example(["1", "a", "-"])
@example(["1", "a", "-", "-", "1"])
@example(["1", ".", "post", ".", "dev"])
@example(["1", "+"])
@example(["1", "\u0661"])
@example(["1", "+", "\u212a"])
@example(["1", ".po\u017ft1"])
@example([".", "1"])
@given(st.lists(st.sampled_from([*PIECES, "*", " ", "x", "\n"]), max_size=9))
def test_accepts_what_the_grammar_accepts(pieces: list[str]) -> None:
    """A text is a version here exactly when it is one for `packaging`, and with the same normal form."""
    text = "".join(pieces)
    if _accepted(text):
        assert normalize_version(text) == str(Version(text))
        assert is_prerelease_key(version_key(text)) == Version(text).is_prerelease
        return
    with pytest.raises(InvalidVersion):
        version_key(text)
    with pytest.raises(InvalidVersion):
        normalize_version(text)


@settings(max_examples=200)
@given(st.text(max_size=20))
def test_any_text_is_a_version_or_refused(text: str) -> None:
    """Hostile text never raises anything but `InvalidVersion`."""
    assume(not _accepted(text))
    with pytest.raises(InvalidVersion):
        version_key(text)


def test_a_refusal_says_where() -> None:
    """The error names the text, what was expected and the place, counted in the text as it was written."""
    with pytest.raises(InvalidVersion) as caught:
        version_key("  1.0-foo")
    assert caught.value.text == "  1.0-foo"
    assert caught.value.position == 5
    assert "PEP 440" in caught.value.expected


@pytest.mark.parametrize("text", ["9" * 5000, "1.0rc" + "9" * 5000, "1.0+" + "9" * 5000, "9" * 5000 + "!1"])
def test_endless_numbers_are_refused(text: str) -> None:
    """A number longer than the interpreter converts is no version, wherever it stands."""
    with pytest.raises(InvalidVersion):
        version_key(text)
    with pytest.raises(InvalidVersion):
        normalize_version(text)
