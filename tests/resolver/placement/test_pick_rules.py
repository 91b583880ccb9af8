"""Which release serves a requirement: `latest`, deprecated, engines, tags, pins."""

import pytest

from tests.support.npm_universe import names, placed, refused, universe

_WORLD = universe(
    """
a 1.0.0
a 1.5.0
a 1.9.0 | deprecated
a 2.0.0
a 3.0.0 | node >=22
a 4.0.0-rc.1
old 1.0.0 | deprecated
old 2.0.0 | deprecated
early 1.0.0-beta.1
early 1.0.0-beta.2
tag a latest 2.0.0
tag a next 4.0.0-rc.1
tag a odd 0.9.9
tag early latest 1.0.0-beta.1
"""
)


@pytest.mark.parametrize(
    ("wish", "version"),
    [
        ("a *", "2.0.0"),  # latest, though 3.0.0 is higher
        ("a", "2.0.0"),
        ("a >=1", "2.0.0"),
        ("a ^1.0.0", "1.5.0"),  # latest is out of range: the highest that is not deprecated
        ("a ~1.9.0", "1.9.0"),  # only a deprecated one fits
        ("a 1.9.0", "1.9.0"),
        ("a >2", "3.0.0"),
        ("a next", "4.0.0-rc.1"),
        ("a latest", "2.0.0"),
        ("a ^4.0.0-rc.0", "4.0.0-rc.1"),
        ("old *", "2.0.0"),  # all are deprecated
        ("early *", "1.0.0-beta.1"),  # latest counts for any version, whatever it is
    ],
)
def test_the_release_is_chosen_by_tag_range_and_deprecation(wish: str, version: str) -> None:
    """`latest` goes first where it fits and is not deprecated; then the highest, deprecated ones last."""
    assert names(placed(_WORLD, wish)) == {(wish.split()[0], version)}


@pytest.mark.parametrize(
    ("engine", "wish", "version"),
    [
        ("20.1.0", "a >=2", "2.0.0"),
        ("20.1.0", "a >2", "3.0.0"),  # better than nothing
        ("22.0.0", "b *", "2.0.0"),
        ("20.0.0", "b *", "1.0.0"),  # latest does not suit: the highest that does
        ("20.0.0", "b >=1.5", "2.0.0"),
        ("20.0.0", "c *", "1.0.0"),  # suited comes before not deprecated
        ("23.0.0-nightly", "b *", "2.0.0"),  # a pre-release of node counts as what it precedes
        ("20.0.0", "d *", "1.0.0"),  # what is no range suits nobody
        ("", "b *", "2.0.0"),
    ],
)
def test_releases_for_other_engines_come_last(engine: str, wish: str, version: str) -> None:
    """A release that does not suit the engine is chosen only where no other fits."""
    world = universe(
        """
a 2.0.0
a 3.0.0 | node >=22
b 1.0.0
b 2.0.0 | node >=22
c 1.0.0 | deprecated
c 2.0.0 | node >=22
d 1.0.0
d 2.0.0 | node whatever
"""
    )
    chosen = placed(world, wish, engines=(("node", engine),))
    assert names(chosen) == {(wish.split()[0], version)}


def test_strict_engines_exclude() -> None:
    """With strict engines, what does not suit is not there at all."""
    world = universe("a 1.0.0 | node <=18\na 2.0.0 | node >=22")
    (problem,) = refused(world, "a *", engines=(("node", "20.0.0"),), strict_engines=True).problems
    assert (problem.reason, problem.package) == ("no-match", "a")


@pytest.mark.parametrize(
    ("pins", "wish", "version"),
    [
        (("1.0.0",), "a *", "1.0.0"),
        (("1.0.0", "1.5.0"), "a ^1.0.0", "1.5.0"),
        (("1.0.0", "2.0.0"), "a *", "2.0.0"),  # latest among the pinned
        (("3.0.0",), "a ^1.0.0", "1.5.0"),  # the pin does not fit
        (("4.0.0-rc.1",), "a *", "4.0.0-rc.1"),
        (("0.0.1",), "a *", "2.0.0"),  # unpublished meanwhile
        (("4.0.0-rc.1",), "a odd", "4.0.0-rc.1"),  # the tag moved since
    ],
)
def test_a_pinned_version_that_fits_goes_first(pins: tuple[str, ...], wish: str, version: str) -> None:
    """Of the versions pinned, the best that fits; only then the others."""
    assert names(placed(_WORLD, wish, pins={"a": pins})) == {("a", version)}


def test_a_freed_name_is_chosen_anew() -> None:
    """`freed` lets go of the pins of one package, and of no other."""
    world = universe("a 1.0.0\na 2.0.0\nb 1.0.0\nb 2.0.0")
    chosen = placed(world, "a *\nb *", pins={"a": ("1.0.0",), "b": ("1.0.0",)}, freed=frozenset({"a"}))
    assert names(chosen) == {("a", "2.0.0"), ("b", "1.0.0")}


def test_a_damaged_release_is_as_if_it_were_not_there() -> None:
    """Where the record of the best release cannot be read, the next is chosen."""
    world = universe("a 1.0.0\na 1.1.0\na 1.2.0 | damaged")
    assert names(placed(world, "a ^1.0.0")) == {("a", "1.1.0")}


def test_before_a_cutoff_a_tag_means_the_next_lower_release() -> None:
    """A tag that names what the cutoff took away stands for the highest release below it."""
    world = universe("a 1.0.0\na 1.1.0\ntag a latest 1.2.0\ntag a next 1.2.0")
    assert names(placed(world, "a next", cutoff=True)) == {("a", "1.1.0")}
    assert refused(world, "a next").problems[0].reason == "no-tag"
