"""Edits of `package.json`: what was asked for changes, and nothing else does."""

import json
import random

import pytest

from holdfast.configuration.edit_package_json import TABLES, add_dependency, remove_dependency, tables_with
from holdfast_resolver.errors import ManifestError

SORTED = '{\n  "name": "web",\n  "dependencies": {\n    "a": "1",\n    "c": "3"\n  }\n}\n'


@pytest.mark.parametrize(
    ("text", "table", "expected"),
    [
        (SORTED, "dependencies", SORTED.replace('"a": "1",\n', '"a": "1",\n    "b": "^2",\n')),
        (
            '{"dependencies": {"c": "3", "a": "1"}}',
            "dependencies",
            '{"dependencies": {"c": "3", "a": "1", "b": "^2"}}',
        ),
        ("{}", "dependencies", '{\n  "dependencies": {\n    "b": "^2"\n  }\n}'),
        (
            '{\n\t"name": "web"\n}\n',
            "devDependencies",
            '{\n\t"name": "web",\n\t"devDependencies": {\n\t\t"b": "^2"\n\t}\n}\n',
        ),
        ('{\n  "dependencies": {}\n}', "dependencies", '{\n  "dependencies": {\n    "b": "^2"\n  }\n}'),
        (
            '{\r\n  "name": "w"\r\n}',
            "dependencies",
            '{\r\n  "name": "w",\r\n  "dependencies": {\r\n    "b": "^2"\r\n  }\r\n}',
        ),
        ('{ "dependencies" : { "b" : "1" } }', "dependencies", '{ "dependencies" : { "b" : "^2" } }'),
        (
            '{\n  "dependencies": { "b": "1" },\n  "x": 1\n}',
            "devDependencies",
            '{\n  "x": 1,\n  "devDependencies": {\n    "b": "^2"\n  }\n}',
        ),
    ],
)
def test_a_name_is_added_in_the_style_of_the_file(text: str, table: str, expected: str) -> None:
    """Indentation, order, line ends, and one table for a name."""
    found = add_dependency(text, "b", "^2", table)
    assert json.loads(found) == json.loads(expected)
    assert found == expected


def test_a_name_is_removed_with_its_comma_and_an_empty_table_with_its_key() -> None:
    """First, last and only members."""
    assert remove_dependency(SORTED, "a", TABLES) == SORTED.replace('    "a": "1",\n', "")
    assert remove_dependency(SORTED, "c", TABLES) == SORTED.replace(',\n    "c": "3"', "")
    only = '{\n  "name": "web",\n  "dependencies": {\n    "a": "1"\n  }\n}\n'
    assert remove_dependency(only, "a", TABLES) == '{\n  "name": "web"\n}\n'
    assert remove_dependency(only, "b", TABLES) == only


def test_what_is_no_manifest_is_refused() -> None:
    """With the place, before anything is edited."""
    for text in ("[]", '{"dependencies": []}', "{", '{"a": 1, "a": 2}'):
        with pytest.raises(ManifestError):
            add_dependency(text, "b", "1", "dependencies")


def test_any_edit_of_any_manifest_is_what_json_would_do() -> None:
    """Property: the edited text parses to the edited document, and every other line is still there."""
    dice = random.Random(7)
    names = [*"abcdefgh", "@s/x", "ü"]
    for _ in range(400):
        data: dict[str, object] = {"name": "w", "files": ["a", {"b": [1, 2]}], "odd": '}{,:"\\'}
        for table in dice.sample(TABLES, dice.randint(0, 4)):
            data[table] = {name: dice.choice(["1", "^2 || 3"]) for name in dice.sample(names, dice.randint(0, 4))}
        text = json.dumps(data, indent=dice.choice([None, 2, "\t", 0]), ensure_ascii=dice.random() < 0.5)
        name, table = dice.choice(names), dice.choice(TABLES)
        before = json.loads(text)
        if dice.random() < 0.5:
            after = json.loads(add_dependency(text, name, "^9", table))
            assert after[table][name] == "^9"
            exclusive = [one for one in TABLES[:3] if one != table and table in TABLES[:3]]
            assert not any(name in after.get(one, {}) for one in exclusive)
        else:
            after = json.loads(remove_dependency(text, name, TABLES))
            assert tables_with(json.dumps(after), name) == ()
        for key in {*before, *after}:
            for entry in {*before.get(key, {}), *after.get(key, {})} - {name} if key in TABLES else ():
                assert before.get(key, {}).get(entry) == after.get(key, {}).get(entry)
            if key not in TABLES:
                assert before[key] == after[key]
