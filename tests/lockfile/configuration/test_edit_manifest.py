"""Adding and removing requirements: the array changes as meant, the rest not by a byte."""

import re
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.configuration.edit import add_requirements, remove_requirements
from holdfast.configuration.init_text import init_text
from holdfast.configuration.read import read_configuration
from holdfast.errors import UsageError
from holdfast_resolver.errors import DirectReference, InvalidRange, InvalidRequirement, ManifestError
from holdfast_resolver.manifests.pyproject import read_pyproject
from holdfast_resolver.values.requirements import parse_requirement
from holdfast_resolver.values.targets import parse_target


def project(array: str) -> str:
    return f'# top\n[project]\nname = "x"   # odd  spacing\ndependencies = {array}\n\n# tool\n[tool.y]\na=1\n'


def array_of(text: str) -> str:
    """The text of the array in `project(array)`."""
    inner = text.removeprefix('# top\n[project]\nname = "x"   # odd  spacing\ndependencies = ')
    inner = inner.removesuffix("\n\n# tool\n[tool.y]\na=1\n")
    assert len(inner) < len(text)
    return inner


ADDITIONS = [
    # array, requirement, array afterwards
    ("[]", "b>=1", '[\n    "b>=1",\n]'),
    ("[ ]", "b", '[\n    "b",\n]'),
    ("[\n]", "b", '[\n    "b",\n]'),
    ("[\n  # none yet\n]", "b", '[\n  # none yet\n    "b",\n]'),
    ('["a"]', "b", '["a", "b"]'),
    ('["a",]', "b", '["a", "b",]'),
    ('[ "a" ]', "b", '[ "a", "b" ]'),
    ('["a", "c"]', "b", '["a", "b", "c"]'),
    ('["b", "c"]', "a", '["a", "b", "c"]'),
    ('["c", "a"]', "b", '["c", "a", "b"]'),
    ("['a']", "b", "['a', 'b']"),
    ("['a']", "b ; os_name == 'nt'", "['a', \"b ; os_name == 'nt'\"]"),
    ('[\n  "a",\n]', "b", '[\n  "a",\n  "b",\n]'),
    ('[\n\t"a"\n]', "b", '[\n\t"a",\n\t"b"\n]'),
    ('[\n  "a" # why\n]', "b", '[\n  "a", # why\n  "b"\n]'),
    ('[\n  "a", # why\n  # end\n]', "b", '[\n  "a", # why\n  "b",\n  # end\n]'),
    ('[\n  "a",\n  # of c\n  "c",\n]', "b", '[\n  "a",\n  "b",\n  # of c\n  "c",\n]'),
    ('[ # all\n  # of b\n  "b",\n]', "a", '[ # all\n  "a",\n  # of b\n  "b",\n]'),
    ('[\n  "a"]', "b", '[\n  "a",\n  "b"]'),
    ('[\n  "a",]', "b", '[\n  "a",\n  "b",]'),
    ('["a",\n "c"]', "b", '["a", "b",\n "c"]'),
    ('[\n  "a", "c",\n  "d",\n]', "b", '[\n  "a", "b", "c",\n  "d",\n]'),
    ('[\n    "a"\n  , "c"\n]', "b", '[\n    "a", "b"\n  , "c"\n]'),
    ('["Flask", "django"]', "Click", '["Flask", "django", "Click"]'),
    ('["Django", "flask"]', "Click", '["Click", "Django", "flask"]'),
]


@pytest.mark.parametrize(("before", "requirement", "after"), ADDITIONS)
def test_a_requirement_is_added_in_the_arrays_style(before: str, requirement: str, after: str) -> None:
    """Layout, indentation, quotes, trailing comma, comments and order stay as the file has them."""
    assert array_of(add_requirements(project(before), [requirement])) == after


@pytest.mark.parametrize(("before", "requirement", "after"), ADDITIONS)
def test_line_ends_stay(before: str, requirement: str, after: str) -> None:
    """A file with CRLF has CRLF afterwards, also in what was added."""
    text = add_requirements(project(before).replace("\n", "\r\n"), [requirement])
    assert text == project(after).replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("before", "requirement", "after"),
    [
        ('["a>=1", "b"]', "A>=2", '["A>=2", "b"]'),
        ("['a>=1']", "a>=2", "['a>=2']"),
        ('["a[x]>=1"]', "a>=2", '["a[x]>=2"]'),
        ('["a[x]>=1"]', "a[y]", '["a[x,y]>=1"]'),
        ('["a >= 1"]', "a", '["a >= 1"]'),
        ('["a >= 1"]', "a>=1", '["a >= 1"]'),
        ("[\"a>=1 ; os_name == 'nt'\"]", "a>=2", '["a>=1 ; os_name == \'nt\'", "a>=2"]'),
        ("[\"a>=1 ; os_name=='nt'\"]", 'a>=2 ; os_name == "nt"', "['a>=2 ; os_name == \"nt\"']"),
        ('["a>1", "b", "a<3"]', "a>=4", '["a>=4", "b"]'),
        ('["a @ https://x.example/a.whl"]', "a>=2", '["a>=2"]'),
    ],
)
def test_a_requirement_of_the_same_name_and_marker_is_replaced(before: str, requirement: str, after: str) -> None:
    """No duplicates: extras are united, a range that is not given stays, another marker is another entry."""
    assert array_of(add_requirements(project(before), [requirement])) == after


@pytest.mark.parametrize(
    ("before", "name", "after"),
    [
        ('["a"]', "A", "[]"),
        ('[ "a" ]', "a", "[]"),
        ('["a", "b", "c"]', "a", '["b", "c"]'),
        ('["a", "b", "c"]', "b", '["a", "c"]'),
        ('["a", "b", "c"]', "c", '["a", "b"]'),
        ('["a", "b",]', "b", '["a",]'),
        ('[\n  "a",\n  "b",\n]', "a", '[\n  "b",\n]'),
        ('[\n  "a",\n  "b",\n]', "b", '[\n  "a",\n]'),
        ('[\n  "a",\n  "b"\n]', "b", '[\n  "a"\n]'),
        ('[\n  "a", # of a\n  "b" # of b\n]', "b", '[\n  "a" # of a\n]'),
        ('[\n  "a", # of a\n  # of b\n  "b", # of b too\n]', "b", '[\n  "a", # of a\n  # of b\n]'),
        ('[\n  # of a\n  "a", # of a too\n  "b",\n]', "a", '[\n  # of a\n  "b",\n]'),
        ('[\n  "a",\n  "b"]', "b", '[\n  "a"]'),
        ('[\n  "a", # why\n  "b"]', "b", '[\n  "a", # why\n  ]'),
        ('["a>1", "b", "a ; os_name == \'nt\'"]', "a", '["b"]'),
        ('["a @ https://x.example/a.whl", "b"]', "a", '["b"]'),
        ('[\n  "a",\n]', "a", "[\n]"),
    ],
)
def test_a_requirement_is_removed_with_its_line(before: str, name: str, after: str) -> None:
    """Entries of that name go, with any marker; comments of other lines stay."""
    assert array_of(remove_requirements(project(before), [name])) == after


@pytest.mark.parametrize(
    ("before", "options", "after"),
    [
        ('[project]\nname = "x"\n', {}, '[project]\nname = "x"\ndependencies = [\n    "b",\n]\n'),
        (
            '[project]\nname = "x"\n# c\n\n# of y\n[tool.y]\n',
            {},
            '[project]\nname = "x"\ndependencies = [\n    "b",\n]\n# c\n\n# of y\n[tool.y]\n',
        ),
        (
            '[project]\nname = "x"',
            {"group": "test"},
            '[project]\nname = "x"\n\n[dependency-groups]\ntest = [\n    "b",\n]\n',
        ),
        (
            '[project]\nname = "x"\n[tool.y]\n',
            {"extra": "cli"},
            '[project]\nname = "x"\n\n[project.optional-dependencies]\ncli = [\n    "b",\n]\n\n[tool.y]\n',
        ),
        (
            '[dependency-groups]\ntest = [\n  "a",\n] # t\n\n[tool.y]\n',
            {"group": "dev"},
            '[dependency-groups]\ntest = [\n  "a",\n] # t\ndev = [\n  "b",\n]\n\n[tool.y]\n',
        ),
        ('project.name = "x"\n', {}, 'project.name = "x"\nproject.dependencies = [\n    "b",\n]\n'),
        ("", {"group": "test"}, '[dependency-groups]\ntest = [\n    "b",\n]\n'),
        (
            '[project]\nname = "x"\n',
            {"extra": "a.b"},
            '[project]\nname = "x"\n\n[project.optional-dependencies]\n"a.b" = [\n    "b",\n]\n',
        ),
        ('[dependency-groups]\n"My_Group" = []\n', {"group": "my-group"}, None),
    ],
)
def test_a_missing_array_is_made_where_it_belongs(before: str, options: dict[str, str], after: str | None) -> None:
    """A new array stands at the end of its table, a new table behind [project]."""
    text = add_requirements(before, ["b"], **options)
    assert text == (after or '[dependency-groups]\n"My_Group" = [\n    "b",\n]\n')
    assert [str(wish.requirement) for wish in read_pyproject(text.encode()).wishes if wish.requirement.name == "b"]


def test_includes_between_requirements_stay_in_place() -> None:
    """An include keeps its place among sorted requirements."""
    text = '[dependency-groups]\nlint = []\ntest = [{ include-group = "lint" }, "a", "c"]\n'
    assert add_requirements(text, ["b", "d"], group="test") == text.replace('"c"', '"b", "c", "d"')
    assert remove_requirements(text, ["a"], group="test") == text.replace('"a", ', "")


@pytest.mark.parametrize(
    ("requirement", "error"),
    [
        ("a b", InvalidRange),
        ("a>=x", InvalidRange),
        ("", InvalidRequirement),
        ("a @ https://x.example/a.whl", DirectReference),
    ],
)
def test_what_is_no_requirement_is_not_added(requirement: str, error: type[Exception]) -> None:
    """A broken requirement or a direct reference is refused before anything is edited."""
    with pytest.raises(error):
        add_requirements(project("[]"), [requirement])


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("[tool.y]\n", {}, "a [project] table"),
        ("[tool.y]\n", {"extra": "a"}, "a [project] table"),
        (project("[]"), {"group": "a", "extra": "b"}, "a group or an extra"),
        (project("[]"), {"group": "a b"}, "the name of a group"),
        (project("[]"), {"extra": "-"}, "the name of an extra"),
    ],
)
def test_a_place_that_cannot_be_is_refused(text: str, options: dict[str, str], expected: str) -> None:
    """An edit without [project], of two places at once, or under a bad name is a usage error."""
    with pytest.raises(UsageError) as caught:
        add_requirements(text, ["b"], **options)
    assert expected in caught.value.expected


@pytest.mark.parametrize("text", ["[project]\ndependencies = 3\n", "project = 3\n", "[project\n"])
def test_a_malformed_manifest_is_not_edited(text: str) -> None:
    """Malformed TOML and wrong types are refused with their line."""
    with pytest.raises(ManifestError) as caught:
        add_requirements(text, ["b"])
    assert caught.value.line > 0


def test_a_missing_name_says_where_it_is() -> None:
    """Removing what is not there is a usage error whose hint is the command that reaches it."""
    text = '[project]\noptional-dependencies.x = ["b"]\n[dependency-groups]\ntest = ["c"]\n'
    for name, hint in (
        ("b", "holdfast remove b --extra x"),
        ("c", "holdfast remove c --group test"),
        ("d", ""),
    ):
        with pytest.raises(UsageError) as caught:
            remove_requirements(text, [name])
        assert (caught.value.found, caught.value.hint) == (name, hint)


names = st.sampled_from(["attrs", "Django", "click", "Flask", "zope.x", "pytest"])
tails = st.sampled_from(["", ">=1", "[x]", "<2,>1 ; os_name == 'nt'"])
remarks = st.sampled_from(["", " ", "\n", "\n    ", " # r1\n  ", "\n  # r2 ] \" ',\n\n    "])


@st.composite
def arrays(draw: st.DrawFn) -> tuple[str, list[str]]:
    """An array in any layout that TOML allows, and its items."""
    items = draw(st.lists(st.builds(str.__add__, names, tails), max_size=4))
    parts = []
    for item in items:
        quote = draw(st.sampled_from(['"', '"""'] + ([] if "'" in item else ["'"])))
        parts.append(draw(remarks) + quote + item + quote + draw(remarks))
    trailing = draw(st.sampled_from(["", ","])) if items else ""
    return "[" + ",".join(parts) + trailing + draw(remarks) + "]", items


def dependencies(text: str) -> list[str]:
    value: Any = tomllib.loads(text)["project"]["dependencies"]
    assert isinstance(value, list)
    return value


def identities(items: list[str]) -> list[tuple[str, str]]:
    parsed = [parse_requirement(item) for item in items]
    return [(requirement.name, requirement.marker) for requirement in parsed]


@given(arrays(), st.builds(str.__add__, names, tails))
def test_adding_changes_one_array_only(array: tuple[str, list[str]], requirement: str) -> None:
    """In any layout: outside the array every byte stays, inside every other entry and every comment does."""
    written, items = array
    text = add_requirements(project(written), [requirement])
    now = dependencies(text)
    wanted = parse_requirement(requirement)
    key = (wanted.name, wanted.marker)
    assert identities(now).count(key) == 1
    kept = [item for item, identity in zip(items, identities(items)) if identity != key]
    assert [item for item, identity in zip(now, identities(now)) if identity != key] == kept
    remarks_before = re.findall(r"# r\d", written)
    if key not in identities(items):
        assert re.findall(r"# r\d", array_of(text)) == remarks_before
        sorted_before = [name for name, _ in identities(items)]
        if sorted_before == sorted(sorted_before):
            assert [name for name, _ in identities(now)] == sorted(name for name, _ in identities(now))
        else:
            assert now == [*items, requirement]


@given(arrays(), st.integers(0, 3))
def test_removing_changes_one_array_only(array: tuple[str, list[str]], choice: int) -> None:
    """In any layout: outside the array every byte stays, and all entries of the name go, no other."""
    written, items = array
    if not items:
        return
    name = identities(items)[choice % len(items)][0]
    text = remove_requirements(project(written), [name])
    array_of(text)
    assert dependencies(text) == [item for item in items if parse_requirement(item).name != name]


@given(arrays(), names)
def test_removing_what_was_added_gives_the_same_entries(array: tuple[str, list[str]], name: str) -> None:
    """Add then remove leaves the entries as they were."""
    written, items = array
    if parse_requirement(name).name in [known for known, _ in identities(items)]:
        return
    text = remove_requirements(add_requirements(project(written), [name]), [name])
    assert dependencies(text) == items


def test_a_fresh_configuration_reads_as_written() -> None:
    """`init_text` declares the identifier and the targets, and nothing else; default floors are left out."""
    identifier = "0f6f4f0e-6f0b-4c39-9a51-5b8c0f7d7c55"
    platforms = ["linux-x86_64 glibc-2.17", "linux-aarch64 glibc-2.28", "windows-x86_64"]
    targets = [parse_target(f"{python} {platform}") for platform in platforms for python in ("cp312", "cp311")]
    text = init_text(identifier, targets)
    found = read_configuration({"holdfast.toml": text.encode()}.get)
    assert found.id == identifier
    assert found.pythons == ((3, 11), (3, 12))
    assert [" ".join(pair).strip() for pair in found.platforms] == platforms
    assert found.sources == ()
    assert '"linux-aarch64",' in text
