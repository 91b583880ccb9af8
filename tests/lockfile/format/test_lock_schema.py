"""The published grammar: JSON Schema, page and table of fields say the same."""

import copy
import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from holdfast.format.fields import ARTIFACT_FIELDS, MODULE, NPM, SECTIONS, Section
from holdfast.format.read import read
from holdfast.format.write import write
from holdfast.model.lock import Lock
from tests.lockfile.format.lock_worlds import locks, sample

DOCS = Path(__file__).parents[3] / "docs"
SCHEMA = json.loads((DOCS / "lock.schema.json").read_text(encoding="utf-8"))
PAGE = (DOCS / "lock-format.md").read_text(encoding="utf-8")
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def as_json(text: str) -> Any:
    """Parsed TOML as JSON values (dates become text)."""
    return json.loads(json.dumps(tomllib.loads(text), default=str))


def block_schema(section: Section) -> Any:
    if section.key == "package":
        return SCHEMA["$defs"]["module" if section is MODULE else "npm" if section is NPM else "package"]
    found = SCHEMA["properties"][section.key]
    return found["items"] if section.repeated else found


@pytest.mark.parametrize("section", [*SECTIONS, MODULE, NPM], ids=lambda section: section.key)
def test_schema_and_page_follow_the_table_of_fields(section: Section) -> None:
    """Every block has the same keys in the same order, the same required ones and words everywhere."""
    schema = block_schema(section)
    assert list(schema["properties"]) == [field.key for field in section.fields]
    assert schema["required"] == [field.key for field in section.fields if field.required]
    for field in section.fields:
        if field.words:
            assert schema["properties"][field.key]["enum"] == list(field.words)
    special = {MODULE: "#### A signed module", NPM: "#### An npm package"}
    heading = special.get(section, f"### `{section.header}`")
    rows = PAGE.partition(heading)[2].partition("\n#")[0]
    assert [row.split("`")[1] for row in rows.split("\n") if row.startswith("| `")] == [f.key for f in section.fields]


def test_the_schema_knows_the_artifact_table() -> None:
    """An artifact has the keys of the table and no others."""
    schema = SCHEMA["$defs"]["artifact"]
    assert list(schema["properties"]) == [field.key for field in ARTIFACT_FIELDS]
    assert schema["required"] == [field.key for field in ARTIFACT_FIELDS if field.required]
    rows = PAGE.partition("#### An artifact")[2].partition("\n#")[0]
    assert [row.split("`")[1] for row in rows.split("\n") if row.startswith("| `")] == list(schema["properties"])
    assert schema["additionalProperties"] is False


def test_the_example_of_the_page_is_a_canonical_lock() -> None:
    """What the page shows is what the writer writes."""
    example = PAGE.rpartition("```toml\n")[2].partition("```")[0]
    assert read(example) == sample()
    assert write(sample()) == example


def test_the_schema_is_a_schema() -> None:
    """The schema itself is valid JSON Schema 2020-12."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@given(locks())
@settings(max_examples=60, deadline=None)
def test_written_locks_are_valid(lock: Lock) -> None:
    """Everything that the writer writes fits the schema."""
    VALIDATOR.validate(as_json(write(lock)))


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below: list[tuple[Any, ...]] = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        below += _paths(item, (*path, key))
    return below


@pytest.mark.parametrize("path", _paths(as_json(write(sample()))), ids=str)
def test_a_value_of_the_wrong_type_is_not_valid(path: tuple[Any, ...]) -> None:
    """A table in the place of any value is refused, wherever it stands."""
    document = copy.deepcopy(as_json(write(sample())))
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = {"wrong": {}}
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sha256:", "md5:"),
        ("format = 1", "format = 2"),
        ("features = []", 'features = ["x"]'),
        ('"highest"', '"newest"'),
        ('name = "acme"', 'name = "pypi"'),
        ('name = "click"', 'name = "Click"'),
        ('"8.1.8"', '"eight"'),
        ("pypi:click>=8.1", "click>=8.1"),
        ("click-8.1.8.tar.gz", "../click-8.1.8.tar.gz"),
        ("packages.acme.example", "me:secret@packages.acme.example"),
        ("cp312 windows", "py312 windows"),
        ('path = "pyproject.toml"', 'path = "/pyproject.toml"'),
        ("pallets/click", "pallets/\\u202eclick"),
        ('strategy = "highest"\n', ""),
        ('id = "github:19465412/.github/workflows/publish.yaml"\n', ""),
        ('name = "dev"\n', ""),
    ],
)
def test_a_mutated_lock_is_not_valid(old: str, new: str) -> None:
    """What the reader refuses for its shape, the schema refuses too."""
    text = write(sample())
    assert old in text
    assert not VALIDATOR.is_valid(as_json(text.replace(old, new, 1)))
