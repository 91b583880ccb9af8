"""The stored spelling of an npm range, and what is a dist-tag."""

from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast_resolver.versions.npm_ranges import is_npm_tag, npm_range
from holdfast_resolver.versions.semver_ranges import canonical_range

words = st.builds(
    lambda operator, numbers: operator + ".".join(map(str, numbers)),
    st.sampled_from(["", "", "~", "^", "<", "<=", ">", ">="]),
    st.lists(st.sampled_from([0, 0, 1, 2, 10, 115]), min_size=1, max_size=3),
)
ranges = st.lists(st.lists(words, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=3).map(" || ".join)


@given(ranges)
@settings(max_examples=400, deadline=None)
def test_the_short_way_says_what_the_long_one_does(text: str) -> None:
    """A range that is stored as it is written needs no reading, and only such a one."""
    assert npm_range(text) == (canonical_range(text, loose=True) or "*")


def test_any_version_is_a_star() -> None:
    """However it is said."""
    for text in ("", "*", " x ", ">=0", ">=0 || 1", "1 || *"):
        assert npm_range(text) == "*"


def test_a_tag_is_a_word_that_is_no_range() -> None:
    """A range is never a tag, and what a URL would escape is neither."""
    assert all(map(is_npm_tag, ("latest", "next-14", "1.2.3.4", "~")))
    assert not any(map(is_npm_tag, ("", "1", "x", "v1.2", "a b", "a/b", "@a", "ä", "a" * 300)))
