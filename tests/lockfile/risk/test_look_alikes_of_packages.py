"""Names that can be taken for others, and honest names that are merely near."""

import pytest

from holdfast.risk.facts import ReleaseState
from holdfast.risk.look_alikes import LookAlikes, look_of
from holdfast.risk.signals_names import elsewhere, look_alikes
from holdfast.risk.well_known_names import HONEST, WELL_KNOWN
from tests.support.risk_graphs import graph_of, pin_of

PYPI, NPM = LookAlikes(WELL_KNOWN["pypi"]), LookAlikes(WELL_KNOWN["npm"])


@pytest.mark.parametrize(
    ("names", "name", "known", "way"),
    [
        (PYPI, "reqeusts", "requests", "two neighbours swapped"),
        (PYPI, "requets", "requests", "a letter left out"),
        (PYPI, "reequests", "requests", "a letter more"),
        (PYPI, "requesrs", "requests", "a key beside the right one"),
        (PYPI, "urllib", "", ""),  # a trailing figure
        (PYPI, "ur1lib3", "urllib3", "letters that look alike"),
        (PYPI, "nurnpy", "numpy", "letters that look alike"),
        (PYPI, "pythondateutil", "python-dateutil", "other separators"),
        (PYPI, "reqυests", "requests", "letters that look alike"),
        (NPM, "types-node", "@types/node", "the scope elsewhere"),
        (NPM, "babelcore", "@babel/core", "the scope elsewhere"),
        (NPM, "crossenv", "cross-env", "other separators"),
        (NPM, "lodahs", "lodash", "two neighbours swapped"),
        (NPM, "chaIk", "chalk", "letters that look alike"),
    ],
)
def test_a_name_that_can_be_taken_for_a_well_known_one(names: LookAlikes, name: str, known: str, way: str) -> None:
    """Each way in which hands and eyes slip."""
    assert names.of(name) == (known, way)


@pytest.mark.parametrize(
    "name", ["boto", "psycopg", "attr", "preact", "color-convert", "@acme/core", "@types/nodes", "ms"]
)
def test_an_honest_name_is_left_alone(name: str) -> None:
    """Figures and plurals at the end, other first letters, short names, scopes of somebody."""
    assert NPM.of(name) == ("", "") or name in HONEST["npm"]
    assert PYPI.of(name) == ("", "")


@pytest.mark.parametrize("ecosystem", ["pypi", "npm"])
def test_no_well_known_name_is_a_look_alike(ecosystem: str) -> None:
    """Whoever is well known is nobody's copy, and honest names are not on the list of the known."""
    names = LookAlikes(WELL_KNOWN[ecosystem])
    assert all(names.of(name) == ("", "") for name in WELL_KNOWN[ecosystem])
    assert not HONEST[ecosystem] & WELL_KNOWN[ecosystem]
    assert len(WELL_KNOWN[ecosystem]) > 250


def test_every_honest_name_is_needed() -> None:
    """A name in the table of honest ones would be taken for a look-alike without it."""
    assert all(PYPI.of(name)[0] for name in HONEST["pypi"])
    assert all(NPM.of(name)[0] for name in HONEST["npm"])


def test_letters_of_other_scripts_look_like_latin_ones() -> None:
    """Cyrillic and Greek letters, and full-width ones."""
    assert look_of("рyраsѕ") == look_of("pypass")
    assert look_of("ｒｅａｃｔ") == look_of("react")


def test_what_comes_through_others_is_compared_with_what_the_project_chose() -> None:
    """A direct dependency is the project's word; a name near to it that somebody else brings in is suspicious."""
    graph = graph_of("project -> acme-toolbox web\nweb -> acme-toolbx")
    found = look_alikes(graph)
    assert {graph.ids[place]: row for place, row in found.items()} == {
        "pypi:acme-toolbx 1": ("acme-toolbox", "a letter left out")
    }


def test_a_direct_dependency_is_compared_with_well_known_names_and_the_projects_own() -> None:
    """A slip of the project's own hand counts; two names that it chose itself do not."""
    graph = graph_of("project -> reqeusts acme-toolbox acme-toolbx inhouse-lbi")
    found = look_alikes(graph, ("inhouse-lib",))
    assert [(graph.ids[place], row.name) for place, row in found.items()] == [
        ("pypi:inhouse-lbi 1", "inhouse-lib"),
        ("pypi:reqeusts 1", "requests"),
    ]


def test_names_of_one_ecosystem_are_not_compared_with_anothers() -> None:
    """`requests` of npm is no copy of anything of Python."""
    pins = [pin_of("numpyy", "npm"), pin_of("lodahs", "npm")]
    graph = graph_of("project -> numpyy lodahs", pins=pins)
    assert [row.name for row in look_alikes(graph).values()] == ["lodash"]


def test_a_name_in_two_sources() -> None:
    """As the lock pins it, and as it is told; names of different ecosystems are different names."""
    graph = graph_of("project -> a b c", pins=[pin_of("a", "internal"), pin_of("b", "npm")])
    states = [ReleaseState(elsewhere=("pypi",)), None, None]
    assert elsewhere(graph, states) == {0: ("pypi",)}
    assert elsewhere(graph, [None] * 3) == {}
