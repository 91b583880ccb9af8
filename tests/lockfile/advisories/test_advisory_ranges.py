"""Which versions a record affects: the cases of the specification, and random ones against a plain reference."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.advisories.osv import read_record
from holdfast.advisories.packages import order_of
from holdfast.advisories.ranges import is_affected
from tests.support.osv_records import affecting, npm, pin, python, record, row
from tests.support.osv_reference import NotJudged, is_vulnerable


def judged(one: dict[str, Any], version: str) -> bool | str:
    """What the first row of a record says of a version of its package."""
    affected = read_record(json.dumps(one).encode()).affected[0]
    source = "npm" if affected.ecosystem == "npm" else "pypi"
    return is_affected(affected, version, order_of(pin(affected.name, version, source=source)))


CASES = [  # type, events, {version: affected}
    ("ECOSYSTEM", ["introduced 0"], {"0.0.dev1": True, "99": True}),
    ("ECOSYSTEM", ["introduced 0", "fixed 1.0.2"], {"1.0.1": True, "1.0.2rc1": True, "1.0.2": False}),
    ("ECOSYSTEM", ["introduced 1.0", "last_affected 2.0"], {"0.9": False, "1.0": True, "2.0": True, "2.0.1": False}),
    ("ECOSYSTEM", ["fixed 3.1", "introduced 3.0", "fixed 2.5", "introduced 0"],
     {"2.4": True, "2.5": False, "3.0.5": True, "3.1": False}),
    ("ECOSYSTEM", ["introduced 1.0", "last_affected 1.0"], {"1.0": True, "1.0.0": True, "1.1": False}),
    ("ECOSYSTEM", ["last_affected 1.0", "introduced 1.0"], {"1.0": True, "1.1": False}),
    ("ECOSYSTEM", ["introduced 0", "limit 2.0"], {"1.9": True, "2.0": False}),
    ("ECOSYSTEM", ["introduced 0", "limit 2.0", "limit 3.0"], {"2.5": True, "3.0": False}),
    ("ECOSYSTEM", ["introduced 0", "limit *"], {"9.9": True}),
    ("ECOSYSTEM", ["introduced 0", "fixed 2.1.1"], {"2.1.0+cpu": True, "2.1.1+cpu": False}),
    ("ECOSYSTEM", ["introduced 0", "last_affected 2.1.0"], {"2.1.0+cpu": True}),
    ("SEMVER", ["introduced 0", "fixed 1.0.2"], {"1.0.1": True, "1.0.2": False}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "said", "expected"), CASES)
def test_python_versions_are_judged_by_pep_440(kind: str, said: list[str], expected: dict[str, bool]) -> None:
    """Events in any order, upper bounds of three kinds, local versions as what they were built from."""
    one = affecting("A-1", python("acme"), kind, *said)
    assert {version: judged(one, version) for version in expected} == expected


def test_npm_versions_are_judged_by_semver() -> None:
    """Pre-releases are below their release, build metadata does not count, short versions are filled with zeros."""
    one = affecting("A-1", npm("acme"), "SEMVER", "introduced 1.2", "fixed 2.0.0-rc.10")
    expected = {"1.2.0-rc.1": False, "1.2.0": True, "2.0.0-rc.9": True, "2.0.0-rc.10+x": False, "2.0.0": False}
    assert {version: judged(one, version) for version in expected} == expected


def test_versions_are_equal_as_their_scheme_says() -> None:
    """An explicit list admits another spelling of the same version, and passes over what is no version."""
    one = record("A-1", row(python("acme"), versions=["2011k", "1.0", "2.0rc1"]))
    assert [judged(one, version) for version in ("1.0.0", "1", "2.0rc1", "2.0c1", "2.0")] == [
        True,
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("affected", "word"),
    [
        (row(python("acme"), "GIT", "introduced 0"), "GIT"),
        (row(python("acme"), "VENDOR", "introduced 0"), "'VENDOR'"),
        (row(python("acme"), "ECOSYSTEM", "introduced 0", "reopened 2.0"), "'reopened'"),
        (row(python("acme"), "ECOSYSTEM", "introduced 0", "fixed later"), "'later'"),
        (row(python("acme"), "ECOSYSTEM", "fixed 2.0"), "introduces"),
        ({"package": python("acme"), "ranges": [{"type": "ECOSYSTEM", "events": []}]}, "without events"),
        ({"package": python("acme"), "ranges": [{"type": "ECOSYSTEM"}]}, "without events"),
        ({"package": python("acme")}, "neither"),
        (row(python("acme"), "SEMVER", "introduced 0", "fixed 2.0.0rc1"), "2.0.0rc1"),
    ],
)
def test_what_cannot_be_judged_says_why(affected: dict[str, Any], word: str) -> None:
    """Never "not affected": an unknown type or kind, no events, commits only, a version without an order."""
    answer = judged(record("A-1", affected), "1.0.0")
    assert isinstance(answer, str)
    assert word in answer


def test_a_range_that_can_be_judged_outweighs_one_that_cannot() -> None:
    """Affected by one range is affected; not affected by one says nothing where another has no answer."""
    ranges = [{"type": "VENDOR"}, {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}]
    one = record("A-1", {"package": python("acme"), "ranges": ranges})
    assert judged(one, "1.0") is True
    assert isinstance(judged(one, "2.0"), str)


def test_commits_beside_versions_need_no_judging() -> None:
    """The schema asks for versions beside a range of commits: those decide."""
    one = record("A-1", row(python("acme"), "GIT", "introduced 0", versions=["1.0"]))
    assert judged(one, "1.0") is True
    assert judged(one, "1.1") is False


PYTHON = ["0", "0.1", "1.0", "1.0.0", "1.0rc1", "1.0.post1", "1.1.dev2", "1.1", "2.0", "2!0.1", "2.0+local", "weird"]
NPM = ["0", "0.1.0", "1.0.0", "1.0.0-rc.1", "1.0.0-rc.10", "1.0.0-rc.x", "1.1", "1.1.0", "2.0.0+b", "10.0.0", "weird"]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, Any], str, str, str]:
    """(record, ecosystem, name, version): events in any order, sometimes none, sometimes of unknown kinds."""
    ecosystem = draw(st.sampled_from(["PyPI", "npm"]))
    pool = PYTHON if ecosystem == "PyPI" else NPM
    versions = st.sampled_from(pool)
    kinds = st.sampled_from(["introduced"] * 5 + ["fixed"] * 4 + ["last_affected"] * 2 + ["limit", "unheard"])
    spot = st.one_of(
        st.just({"introduced": "0"}),
        st.just({"limit": "*"}),
        st.builds(lambda kind, version: {kind: version}, kinds, versions),
    )
    types = st.sampled_from(["SEMVER", "ECOSYSTEM"] * 6 + ["GIT", "VENDOR"])
    ranges = st.builds(lambda kind, found: {"type": kind, "events": found}, types, st.lists(spot, max_size=6))
    rows = st.builds(
        lambda name, some, listed: {
            "package": {"ecosystem": ecosystem, "name": name},
            "ranges": some,
            "versions": listed,
        },
        st.sampled_from(["acme", "acme", "other"]),
        st.lists(ranges, max_size=3),
        st.lists(versions, max_size=2),
    )
    found = record("A-1", *draw(st.lists(rows, min_size=1, max_size=2)))
    pinned = draw(versions.filter(lambda text: text not in ("0", "weird") and (ecosystem == "PyPI" or text != "1.1")))
    return found, ecosystem, "acme", pinned


@settings(max_examples=600)
@given(worlds())
def test_the_answer_is_that_of_the_specification(world: tuple[dict[str, Any], str, str, str]) -> None:
    """OSV schema, "Evaluation": IsVulnerable(pkg, v, osv), with "cannot be said" where it has no answer."""
    one, ecosystem, name, version = world
    rows = [row for row in read_record(json.dumps(one).encode()).affected if row.name == name]
    key = order_of(pin(name, version, source=ecosystem.lower()))
    answers = [is_affected(row, version, key) for row in rows]
    mine: bool | None = True if True in answers else None if any(isinstance(a, str) for a in answers) else False
    try:
        expected: bool | None = is_vulnerable(one, ecosystem, name, version)
    except NotJudged:
        expected = None
    assert mine == expected


def test_the_random_records_are_interesting() -> None:
    """Each of the three answers comes up often enough for the test above to mean something."""
    tally = {True: 0, False: 0, None: 0}

    @settings(max_examples=300)
    @given(worlds())
    def count(world: tuple[dict[str, Any], str, str, str]) -> None:
        try:
            tally[is_vulnerable(*world)] += 1
        except NotJudged:
            tally[None] += 1

    count()
    assert min(tally.values()) >= 20, tally
