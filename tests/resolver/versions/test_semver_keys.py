"""Keys and normal forms agree with npm's own `semver` (Semantic Versioning 2.0.0)."""

from itertools import pairwise

import pytest

from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.versions.semver import SEMVER
from tests.resolver.versions.semver_worlds import World
from tests.support.node_semver import ask

# Semantic Versioning 2.0.0, section 11, with the grammar's corners between the specification's own examples.
ASCENDING = [
    "0.0.0-0",
    "0.0.0-0.0",
    "0.0.0-1",
    "0.0.0--",
    "0.0.0",
    "0.0.1",
    "0.1.0",
    "1.0.0-0",
    "1.0.0-9",
    "1.0.0-10",
    "1.0.0-10.a",
    "1.0.0-9007199254740992",
    "1.0.0-9007199254740993",
    "1.0.0--",
    "1.0.0--1",
    "1.0.0-0a",
    "1.0.0-A",
    "1.0.0-Z",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.1.0",
    "1.0.0-alpha.beta",
    "1.0.0-alpha-",
    "1.0.0-alpha0",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.9.0",
    "1.10.0",
    "1.11.0",
    "2.0.0",
    "2.1.0",
    "2.1.1",
    "9007199254740991.0.0",
]


def test_the_order_of_the_specification() -> None:
    """The keys of section 11's chains ascend strictly."""
    keys = list(map(SEMVER.key, ASCENDING))
    assert keys == sorted(set(keys))


def test_keys_can_stand_in_a_list_of_texts() -> None:
    """Keys are printable ASCII without blanks."""
    for text in ASCENDING:
        key = SEMVER.key(text)
        assert key.isascii()
        assert key.isprintable()
        assert " " not in key
        assert SEMVER.is_prerelease(key) == ("-" in text)


def test_build_metadata_is_kept_and_has_no_order() -> None:
    """Section 10: versions that differ in build metadata alone have the same precedence, and stay two versions."""
    assert SEMVER.key("1.0.0+20130313144700") == SEMVER.key("1.0.0+exp.sha-5114f85") == SEMVER.key("1.0.0")
    assert SEMVER.normalize("1.0.0-beta+exp.sha-5114f85") == "1.0.0-beta+exp.sha-5114f85"
    assert SEMVER.normalize("v1.0.0+001") == "1.0.0+001"


def test_keys_are_ordered_as_npm_orders_versions() -> None:
    """Of 20,000 pairs of near versions each compares by its keys as npm compares it."""
    world = World(11)
    pairs: list[tuple[str, str, str, str]] = []
    while len(pairs) < 20_000:
        world.move()
        left, right = world.version(), world.version()
        try:
            pairs.append((left, right, SEMVER.key(left), SEMVER.key(right)))
        except InvalidVersion:
            continue
    answers = ask([("compare", left, right) for left, right, _, _ in pairs])
    wrong = [
        (left, right, answer)
        for (left, right, low, high), answer in zip(pairs, answers)
        if (low > high) - (low < high) != answer
    ]
    assert not wrong[:5]
    assert min(answers.count(answer) for answer in (-1, 0, 1)) > 400


@pytest.mark.parametrize("loose", [False, True])
def test_what_npm_takes_for_a_version_is_one(loose: bool) -> None:
    """Of 10,000 texts, half of them odd, the same are versions as for npm, and have the same normal form."""
    world = World(12 + loose)
    texts = []
    for _ in range(5_000):
        world.move()
        texts += [world.version(), world.odd_version()]
    answers = ask([("version", text, loose) for text in texts])
    wrong = [
        (text, found, answer) for text, answer in zip(texts, answers) if (found := normal_form(text, loose)) != answer
    ]
    assert not wrong[:5]
    assert 1_000 < answers.count(None) < 4_000


def normal_form(text: str, loose: bool) -> list[str] | None:
    """The normal form in the shape of an answer."""
    try:
        return [SEMVER.normalize(text, loose=loose)]
    except InvalidVersion:
        return None


def test_a_normal_form_is_its_own() -> None:
    """Normal forms, of loosely read texts too, are strict versions that nothing changes, with the same key."""
    world = World(14)
    for _ in range(2_000):
        text = world.odd_version()
        normal = normal_form(text, True)
        if normal is not None and normal_form(normal[0], False):
            assert SEMVER.normalize(normal[0]) == normal[0]
            assert SEMVER.key(normal[0]) == SEMVER.key(text, loose=True)


def test_large_numbers_of_prereleases_are_compared_exactly() -> None:
    """Section 11.4.1 orders numbers numerically; npm rounds those above 2**53, and takes these two for equal."""
    low, high = "1.0.0-9007199254740992", "1.0.0-9007199254740993"
    assert SEMVER.key(low) < SEMVER.key(high)
    assert ask([("compare", low, high)]) == [0]


# text, its loose normal form ("" where npm takes it not even loosely)
REFUSED = [
    ("", ""),
    ("1", ""),
    ("1.2", ""),
    ("1.2.3.4", ""),
    ("1.2.x", ""),
    ("latest", ""),
    ("V1.2.3", ""),
    ("1.2.3-", "1.2.3--"),
    ("1.2.3-a..b", ""),
    ("1.2.3-a_b", ""),
    ("1.2.3+", ""),
    ("1.2.3+a+b", ""),
    ("1.2.3 4", ""),
    ("1. 2.3", ""),
    ("+1.2.3", ""),
    ("1.2.-3", ""),
    ("=1.2.3", "1.2.3"),
    ("v 1.2.3", "1.2.3"),
    ("01.2.3", "1.2.3"),
    ("1.2.3-01", "1.2.3-1"),
    ("1.2.3rc1", "1.2.3-rc1"),
    ("1.2.3\n4", ""),
    ("1.2.3\x00", ""),
    ("1.2.3\u0085", ""),  # a blank to Python, not to npm
    ("\u0661.2.3", ""),  # a digit to Python, not to npm
    ("1.2.3-\u00e9", ""),
    ("1.2.3-\ud800", ""),
    ("9007199254740992.0.0", ""),
    ("1.99999999999999999999.0", ""),
    ("1.0.0-" + "a" * 251, ""),
    (" " * 252 + "1.2.3", ""),
    ("1" * 100_000, ""),
    ("v" * 100_000, ""),
    ("1.2.3-" + "a." * 100_000, ""),
]


@pytest.mark.parametrize(("text", "loosely"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_version_is_refused(text: str, loosely: str) -> None:
    """What breaks the grammar or its limits is no version, and the error carries the text."""
    for read in (SEMVER.key, SEMVER.normalize):
        with pytest.raises(InvalidVersion) as caught:
            read(text)
        assert caught.value.text == text
        assert caught.value.expected
    if loosely:
        assert SEMVER.normalize(text, loose=True) == loosely
    else:
        with pytest.raises(InvalidVersion):
            SEMVER.normalize(text, loose=True)


@pytest.mark.parametrize(
    "text", ["v1.2.3", " 1.2.3\n", "\ufeff1.2.3\u2003", "1.2.3-" + "a" * 250, "9007199254740991.0.0", "1.2.3-x.7.z.92"]
)
def test_what_npm_takes_strictly(text: str) -> None:
    """A `v`, white space around, 256 characters and numbers up to 2**53 - 1 are allowed without loose reading."""
    assert [SEMVER.normalize(text)] == ask([("version", text, False)])[0]


def test_neighbours_by_key_are_neighbours() -> None:
    """No key lies between that of a version and what the range `>` puts just above it."""
    keys = list(map(SEMVER.key, ASCENDING))
    assert all(low < low + " " < high for low, high in pairwise(keys))
