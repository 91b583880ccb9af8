"""`overrides`: nested rules become a flat list, in npm's meaning."""

import json
from typing import Any

import pytest

from holdfast_resolver.errors import ManifestError
from holdfast_resolver.manifests.package_json import read_package_json

Row = tuple[tuple[tuple[str, str], ...], str, str, str]


def flat(overrides: Any, **tables: dict[str, str]) -> list[Row]:
    body = json.dumps({**tables, "overrides": overrides}).encode()
    return [override[:4] for override in read_package_json(body).overrides]


@pytest.mark.parametrize(
    ("overrides", "rows"),
    [
        ({}, []),
        ({"a": "1.0.0"}, [((), "a", "", "1.0.0")]),
        ({"@s/a@^ 2": "npm:b@1"}, [((), "@s/a", "^2", "npm:b@1")]),
        ({"a@*": ""}, [((), "a", "", "*")]),
        ({"a": {".": "1", "b": "2"}}, [((), "a", "", "1"), ((("a", ""),), "b", "", "2")]),
        ({"a": {"b": "2"}}, [((), "a", "", "*"), ((("a", ""),), "b", "", "2")]),
        ({"a@^1": {"b": "2"}}, [((), "a", "^1", "^1"), ((("a", "^1"),), "b", "", "2")]),
        (
            {"a": {"b@1": {"c": "3"}}},
            [((), "a", "", "*"), ((("a", ""),), "b", "1", "1"), ((("a", ""), ("b", "1")), "c", "", "3")],
        ),
    ],
)
def test_overrides_are_flattened(overrides: Any, rows: list[Row]) -> None:
    """Outer rules come before inner ones; a rule without a spec of its own keeps the range of its key."""
    assert flat(overrides) == rows


def test_references_are_to_the_projects_own_wishes() -> None:
    """`$name` is what the project asks of that name, in the table that counts."""
    direct = {"dependencies": {"a": "^1", "b": "1"}, "devDependencies": {"b": "^2"}}
    assert [row[3] for row in flat({"a": "$a", "x": {"y": "$b"}}, **direct)] == ["^1", "*", "^2"]


def test_an_override_knows_its_line() -> None:
    """The line of the spec, also where it stands behind `.`."""
    body = b'{"overrides": {\n"a": "1",\n"b": {\n".": "2",\n"c": "3"}}}'
    assert [override.line for override in read_package_json(body).overrides] == [2, 4, 5]


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ([], "overrides: an object"),
        ("1", "overrides: an object"),
        ({".": "1"}, 'overrides["."]: the name of a package'),
        ({"a": 1}, "overrides.a: a spec or an object"),
        ({"a": None}, "overrides.a: a spec or an object"),
        ({"a": {".": {}}}, 'overrides.a["."]: a spec'),
        ({"a": "$nobody"}, "overrides.a: a direct dependency of the project after '$'"),
        ({"a": "$"}, "overrides.a: a direct dependency of the project after '$'"),
        ({"../a": "1"}, "overrides[\"../a\"]: a name that does not begin with '.', '-' or '_'"),
        ({"a/b": "1"}, "overrides[\"a/b\"]: a name of letters, digits, '-', '_' and '.', or @scope/name"),
        ({"a@latest": "1"}, 'overrides["a@latest"]: an npm range such as ^1.2, >=1.2 <3 or 1.x || 2.x'),
    ],
)
def test_a_wrong_override_is_refused(overrides: Any, expected: str) -> None:
    """Names, keys and values that npm could not follow either."""
    with pytest.raises(ManifestError) as caught:
        flat(overrides)
    assert caught.value.expected == expected
    assert caught.value.line == 1
