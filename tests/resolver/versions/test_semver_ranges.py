"""npm ranges as bitmasks agree with npm's own `satisfies`."""

import contextlib
import time

import pytest

from holdfast_resolver.errors import InvalidRange, InvalidVersion
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.semver import SEMVER
from holdfast_resolver.versions.semver_ranges import compile_range
from tests.resolver.versions.semver_worlds import World
from tests.support.node_semver import ask

MODES = ((False, False), (False, True), (True, False), (True, True))  # loose, prereleases
CASES, VERSIONS = 12_500, 8


def table_of(texts: tuple[str, ...], loose: bool = False) -> tuple[Candidates, list[int]]:
    """A table of the texts that are versions, and the place of each text in it; -1 for no version."""
    keys = []
    for text in texts:
        try:
            keys.append(SEMVER.key(text, loose=loose))
        except InvalidVersion:
            keys.append("")
    ascending = sorted(set(keys) - {""})
    table = Candidates(ascending, ascending, scheme=SEMVER)
    return table, [ascending.index(key) if key else -1 for key in keys]


def picked(table: Candidates, places: list[int], text: str, loose: bool, prereleases: bool) -> str | None:
    """Which of the texts a range picks, in the shape of an answer."""
    try:
        mask = SEMVER.range_mask(table, text, loose=loose, prereleases=prereleases)
    except InvalidRange:
        return None
    assert 0 <= mask <= table.everything
    return "".join(["01"[place >= 0 and mask >> place & 1] for place in places])


def test_a_range_picks_what_npm_picks() -> None:
    """Of 100,000 pairs of a range and a version, the ranges are valid and satisfied as for npm."""
    world = World(1)
    cases = [world.case(VERSIONS) for _ in range(CASES)]
    asked = [(case, *mode) for place, case in enumerate(cases) for mode in MODES[: 2 if place % 5 else 4]]
    answers = ask([("range", case.range, case.versions, loose, all_of_them) for case, loose, all_of_them in asked])
    wrong = []
    valid, satisfied = 0, 0
    for (case, loose, prereleases), answer in zip(asked, answers):
        if not prereleases:
            table, places = table_of(case.versions, loose)
        found = picked(table, places, case.range, loose, prereleases)
        if found != answer:
            wrong.append((case, loose, prereleases, found, answer))
        if isinstance(answer, str):
            valid += 1
            satisfied += answer.count("1")
    assert not wrong[:3]
    # the world is worth asking about: some ranges are none, and those that are pick some of their versions
    assert 0.5 < valid / len(answers) < 0.75
    assert 0.2 < satisfied / valid / VERSIONS < 0.4


TOKENS = [
    *"<>=~^ vx*10.-a",
    "  ",
    "00",
    "2.3",
    "1.2.3",
    "1.2.3-a",
    "+a",
    "||",
    "-v",
    "v=",
    " - ",
    "0.0.0",
    "-0",
    ">=0.0.0",
]
TOKENS += ["9007199254740991", "999999999999999999999", "1" * 257]
SOME = ("0.0.0-0", "0.0.0-a", "0.0.0", "1.0.0", "1.2.3-0", "1.2.3-a", "1.2.3", "1.2.4-0", "2.0.0-0", "2.3.0", "3.0.0-b")


def test_heaps_of_signs_mean_what_they_mean_to_npm() -> None:
    """Of 3,000 texts made of signs without sense, the same are ranges as for npm, and pick the same."""
    world = World(2)
    texts = ["".join(world.random.choices(TOKENS, k=world.random.randint(1, 6))) for _ in range(3_000)]
    asked = [(text, *mode) for text in texts for mode in MODES]
    answers = ask([("range", text, SOME, loose, all_of_them) for text, loose, all_of_them in asked])
    table, places = table_of(SOME)
    wrong = [
        (text, loose, prereleases, found, answer)
        for (text, loose, prereleases), answer in zip(asked, answers)
        if (found := picked(table, places, text, loose, prereleases)) != answer
    ]
    assert not wrong[:3]
    assert 0.15 < 1 - answers.count(None) / len(answers) < 0.4


ODD = [
    "1.1 - 1.1.999999999999999999999",  # the number after: 1e+21, which is the pre-release "1e" with build metadata
    "<=02.1111111111111111111111111111111111111111",
    "<=1.999999999999999934463",
    "<=1.999999999999999934464",
    "*1.2.3",
    "1.2.3*",
    "> =1.2",
    "1 == 2",
    "+a",
    ">=0.0.0 <=0.0.0-b",
    ">=00.0.0 <=0.0.0-b",
    "1.2.3 -- 2.0.0",
    "^00.0.1",
    "1.2.3-v= 2",
]


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_mean_what_they_mean_to_npm(text: str) -> None:
    """What follows from npm's order of rewriting alone is followed too."""
    table, places = table_of(SOME)
    answers = ask([("range", text, SOME, *mode) for mode in MODES])
    assert [picked(table, places, text, *mode) for mode in MODES] == answers


RELEASES = """
0.0.3 0.0.4 0.2.3 0.3.0 1.0.0-rc.1 1.2.2 1.2.3-alpha 1.2.3-beta 1.2.3 1.2.4-beta 1.2.4 1.3.0
2.0.0-0 2.0.0-rc.1 2.0.0 2.3.4 3.0.0
"""
TABLE = Candidates.from_versions(RELEASES.split(), SEMVER)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2.3", "1.2.3"),
        ("=1.2.3", "1.2.3"),
        ("v1.2.3", "1.2.3"),
        (">1.2.3 <=2", "1.2.4 1.3.0 2.0.0 2.3.4"),
        ("^1.2.3", "1.2.3 1.2.4 1.3.0"),
        ("^0.2.3", "0.2.3"),
        ("^0.0.3", "0.0.3"),
        ("^0.0", "0.0.3 0.0.4"),
        ("^0", "0.0.3 0.0.4 0.2.3 0.3.0"),
        ("~1.2.3", "1.2.3 1.2.4"),
        ("~>1.2", "1.2.2 1.2.3 1.2.4"),
        ("~1", "1.2.2 1.2.3 1.2.4 1.3.0"),
        ("1.2.x", "1.2.2 1.2.3 1.2.4"),
        ("1.*", "1.2.2 1.2.3 1.2.4 1.3.0"),
        ("1.2.3 - 2.3.4", "1.2.3 1.2.4 1.3.0 2.0.0 2.3.4"),
        ("1.2 - 2", "1.2.2 1.2.3 1.2.4 1.3.0 2.0.0 2.3.4"),
        ("0.2.3 || ^2.1", "0.2.3 2.3.4"),
        (">2", "3.0.0"),
        (">*", ""),
        # a pre-release is admitted by a comparator of the same alternative, on the same three numbers
        (">1.2.3-alpha", "1.2.3-beta 1.2.3 1.2.4 1.3.0 2.0.0 2.3.4 3.0.0"),
        ("^1.2.3-beta", "1.2.3-beta 1.2.3 1.2.4 1.3.0"),
        ("~1.2.4-a || 1.2.3", "1.2.3 1.2.4-beta 1.2.4"),
        (">=1.3.0 <2.0.0-rc.1", "1.3.0 2.0.0-0"),
        ("<2.0.0", "0.0.3 0.0.4 0.2.3 0.3.0 1.2.2 1.2.3 1.2.4 1.3.0"),
        # any version at all takes the place of every alternative, and is no pre-release
        ("* || 2.0.0-rc.1", "0.0.3 0.0.4 0.2.3 0.3.0 1.2.2 1.2.3 1.2.4 1.3.0 2.0.0 2.3.4 3.0.0"),
    ],
)
def test_ranges_by_example(text: str, expected: str) -> None:
    """Each kind of range picks what its documentation says."""
    mask = TABLE.mask(text)
    assert " ".join(version for place, version in enumerate(TABLE.versions) if mask >> place & 1) == expected


@pytest.mark.parametrize(
    "text",
    [
        "latest",
        "next || 1",
        "1.2.3.4",
        "1.2.3,2",
        "01.2",
        ">=1.2.3 beta",
        "^",
        "> = 1.2.3",
        "1.x.3",
        "x.1",
        "1.2.3 -2",
        "git+ssh://host.example/x.git",
        "file:../x",
        "npm:other@1",
        "9007199254740992",
        "^9007199254740991",
        ">" + "9" * 300,
        "1.2.3-" + "a" * 300,
        "\ud800",
    ],
)
def test_what_is_no_range_is_refused(text: str) -> None:
    """Words, addresses, other grammars and numbers beyond npm's limits are no ranges."""
    for read in (SEMVER.canonical_range, SEMVER.names_prerelease, TABLE.mask):
        with pytest.raises(InvalidRange) as caught:
            read(text)
        assert caught.value.text == text
        assert caught.value.expected


MANY = 1 << 16  # the longest range
HOSTILE = {
    "alternatives": "||".join(map(str, range(10_000))),
    "hyphens": "1.2 - 3 ||" * (MANY // 10),
    "bars": "|" * MANY,
    "operators": "<=" * (MANY // 2),
    "operators apart": "> " * (MANY // 2),
    "tildes": "~> " * (MANY // 3),
    "signs": "v=" * (MANY // 2),
    "signs apart": ("v=" * 127 + " ") * (MANY // 255),
    "stars": "*" * MANY,
    "digits": "1" * MANY,
    "dots": "1." * (MANY // 2),
    "identifiers": "1.2.3-" + "0a." * (MANY // 3 - 2),
    "one identifier": "1.2.3-" + "-" * (MANY - 6),
    "build metadata": "+a " * (MANY // 3),
    "white space": "\u2003" * MANY,
    "too long": "1 ||" * MANY,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_ranges_take_bounded_time(name: str) -> None:
    """No text of any length and shape takes long, or more than its share of memory, in any mode."""
    text = HOSTILE[name]
    for loose, prereleases in ((False, False), (True, True)):
        before = time.process_time()
        with contextlib.suppress(InvalidRange):
            SEMVER.range_mask(TABLE, text, loose=loose, prereleases=prereleases)
        assert time.process_time() - before < 2


def test_ten_thousand_alternatives_are_few_intervals() -> None:
    """Alternatives that meet or repeat are joined, so that a table is not asked for each of them."""
    assert TABLE.mask(HOSTILE["alternatives"]) == TABLE.mask("")
    assert len(compile_range("1.2 || 1.3 || ~1.2.5 || >=1.3.7 <2").releases) == 2
    with pytest.raises(InvalidRange, match="at most"):
        TABLE.mask(HOSTILE["too long"])


def test_signs_without_end_are_refused() -> None:
    """More than 256 of "v", "=" and blanks before a version are no range, though npm would read on."""
    text = "=" * 257 + "1"
    assert ask([("range", text, ["1.2.3"], False, False)]) == ["1"]
    with pytest.raises(InvalidRange):
        TABLE.mask(text)
    assert TABLE.mask(text[1:]) == TABLE.mask("1")
