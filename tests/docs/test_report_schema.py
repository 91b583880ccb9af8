"""The documented schema of JSON reports, held against what every command prints."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from holdfast.cli.main import main
from holdfast.cli.table import FORMATS, GROUPS, group_commands, plain_commands
from holdfast.findings.codes import CODES
from holdfast.findings.finding import SEVERITIES, Finding
from holdfast.reports.port import Summary, render
from tests.lockfile.reports.golden_reports import FINDINGS, SUMMARY
from tests.support.index_server import IndexServer, serving
from tests.support.packages import read_releases
from tests.support.project import Project

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SHELF = "flask 3.0.0\n    click>=8\nclick 8.1.7\nclick 8.1.8\nsix 1.0"
# The commands that report findings, in all four formats.
REPORTING = sorted(
    command.name
    for command in (*plain_commands(), *[one for group in GROUPS for one in group_commands(group)])
    if any(parameter.name == "format" and parameter.choices == FORMATS for parameter in command.parameters)
)


def shape(document: Any) -> str:
    """Which of the three shapes a document has; it must fit the schema."""
    VALIDATOR.validate(document)
    return str(next(key for key in ("findings", "error", "impossible") if key in document))


@pytest.fixture(scope="module")
def server() -> Iterator[IndexServer]:
    """An index with a few releases."""
    with serving(read_releases(SHELF)) as running:
        yield running


def test_the_schema_is_one_and_is_strict() -> None:
    """It is valid, and every object that it describes is closed, but for those whose names are data."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    opened = [path for path, one in objects(SCHEMA, "") if one.get("additionalProperties") is not False]
    assert opened == ["/$defs/failure/properties/error/properties/fields", "/$defs/summary/properties/facts"]


def objects(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object that a schema describes, by its place."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield path, schema
        for key, value in schema.items():
            yield from objects(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for place, value in enumerate(schema):
            yield from objects(value, f"{path}/{place}")


def test_every_code_and_severity_fits() -> None:
    """Nothing that the table of codes has is outside of the schema."""
    findings = tuple(Finding(code, severity, "x") for code in CODES for severity in SEVERITIES)
    for some in (findings, FINDINGS, ()):
        assert shape(json.loads(render("json", some, SUMMARY))) == "findings"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (("findings", 0, "more"), 1),
        (("findings", 0, "severity"), "fatal"),
        (("findings", 0, "place"), {"path": "a", "line": 0}),
        (("summary", "counts", "fatal"), 0),
        (("summary", "facts", "x"), None),
        (("version",), 2),
        (("error",), {}),
    ],
)
def test_the_schema_refuses_what_is_wrong(key: tuple[Any, ...], value: object) -> None:
    """The validation can fail."""
    document = json.loads(render("json", FINDINGS, Summary("check")))
    inside = document
    for step in key[:-1]:
        inside = inside[step]
    inside[key[-1]] = value
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize("name", sorted({*REPORTING, "audit", "graph"}))
def test_every_command_that_cannot_work(name: str, tmp_path: Path) -> None:
    """In a folder that does not exist each command prints an error that fits."""
    out = io.StringIO()
    code = main([*name.split(), "--project", str(tmp_path / "none"), "--format", "json"], {}, out, io.StringIO())
    document = json.loads(out.getvalue())
    assert (shape(document), document["error"]["exit"], document["command"]) == ("error", code, name)


def test_commands_that_work(server: IndexServer, tmp_path: Path) -> None:
    """A project's life: each of these commands prints a report that fits, with the code that it says."""
    project = Project(tmp_path, ["flask"], server.url)
    for words in ("lock", "update click", "update", "add six", "remove six", "init", "check", "verify", "install"):
        done = project.run(*words.split(), "--format", "json")
        assert shape(done.json) == "findings", words
        assert (done.code, done.json["summary"]["fails"], done.json["command"]) == (0, False, words.split()[0])


def test_commands_that_find_something(server: IndexServer, tmp_path: Path) -> None:
    """Drift, bytes that changed, a lock that cannot be read, no solution."""
    project = Project(tmp_path, ["flask"], server.url).locked()
    text = project.manifest.read_text()
    project.manifest.write_text(text.replace('"flask"', '"flask>=3"'))
    done = project.run("check", "--format", "json")
    assert (shape(done.json), done.code) == ("findings", 1)
    project.manifest.write_text(text.replace('"flask"', '"flask>=9"'))
    done = project.run("lock", "--format", "json")
    assert (shape(done.json), done.code) == ("impossible", 4)
    lock = project.lock.read_text()
    project.lock.write_text(lock.replace('hash = "sha256:', 'hash = "sha256:00', 1))
    done = project.run("check", "--format", "json")
    assert (shape(done.json), done.code) == ("error", 2)
    digest = lock.partition('hash = "sha256:')[2][:64]
    project.manifest.write_text(text)
    project.lock.write_text(lock.replace(digest, "0" * 64))
    done = project.run("verify", "--format", "json")
    assert (shape(done.json), done.code) == ("findings", 1)


def test_no_solution_as_sarif(server: IndexServer, tmp_path: Path) -> None:
    """Code scanning is told that the run could not be done, in its own form."""
    done = Project(tmp_path, ["flask>=9"], server.url).run("lock", "--format", "sarif")
    (run,) = done.json["runs"]
    assert (done.code, run["invocations"][0]["exitCode"], run["results"]) == (4, 4, [])
