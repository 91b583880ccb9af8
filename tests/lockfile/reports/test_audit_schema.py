"""The JSON of an audit and of its graph, against the schema that documents it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from holdfast.findings.finding import SEVERITIES
from holdfast.model.scan import MOMENTS
from holdfast.reports import audit_json, audit_port, graph_port
from tests.lockfile.reports.golden_audits import context_of
from tests.support.audit_worlds import audit_world
from tests.support.hostile_audits import hostile_audit, hostile_context
from tests.support.recorded_audits import recorded_audit

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parents[3] / "docs" / "audit.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SMALL = audit_world(30)


def test_the_schema_is_one() -> None:
    """It is a JSON Schema of draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object that a schema describes."""
    for node in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from objects(node)
    if isinstance(schema, dict) and schema.get("type") == "object":
        yield schema


def test_every_object_is_closed_and_always_whole() -> None:
    """No key may be more than documented, and none is left out."""
    assert all(one["additionalProperties"] is False for one in objects(SCHEMA))
    assert all(set(one["required"]) == set(one["properties"]) for one in objects(SCHEMA))


def test_every_key_is_explained() -> None:
    """Each has words of its own, but for names, values and counts of findings that speak for themselves."""
    silent = {
        key
        for one in objects(SCHEMA)
        for key, value in one["properties"].items()
        if "description" not in value and value != {"$ref": "#/$defs/id"}
    }
    assert silent == {*SEVERITIES, "name", "value", "line"}


@pytest.mark.parametrize(
    ("audit", "context"),
    [
        (SMALL, context_of(SMALL)),
        (SMALL, audit_port.NO_CONTEXT),
        (hostile_audit(), hostile_context()),
        (recorded_audit(), audit_port.NO_CONTEXT),
    ],
    ids=["changes", "alone", "hostile", "recorded"],
)
def test_an_audit_fits_its_schema(audit: Any, context: Any) -> None:
    """What is printed is what is documented."""
    VALIDATOR.validate(json.loads(audit_port.render("json", audit, context)))


def test_choices_are_those_of_the_model() -> None:
    """Severities and moments are all that there are: none is printed that a reader was not told of."""
    definitions = SCHEMA["$defs"]
    assert definitions["finding"]["properties"]["severity"]["enum"] == list(SEVERITIES)
    assert definitions["reach"]["properties"]["moment"]["enum"] == list(MOMENTS)
    assert SCHEMA["properties"]["version"]["const"] == audit_json.SCHEMA


def test_a_wrong_document_does_not_fit() -> None:
    """A share above 1, a missing key, an unknown key and another version are each refused."""
    good = json.loads(audit_port.render("json", SMALL))
    for key, value in (("version", 2), ("asked", None), ("more", 1)):
        assert not VALIDATOR.is_valid({**good, key: value})
    assert not VALIDATOR.is_valid({key: value for key, value in good.items() if key != "edges"})
    good["packages"][0]["blast"] = 1.5
    assert not VALIDATOR.is_valid(good)


def test_the_graph_is_the_same_as_in_the_audit() -> None:
    """Nodes and edges of `graph --format json` are those of the audit."""
    graph = json.loads(graph_port.render("json", SMALL))
    audit = json.loads(audit_port.render("json", SMALL))
    assert (graph["packages"], graph["edges"]) == (audit["packages"], audit["edges"])


def test_an_unknown_form_is_no_form() -> None:
    """The tables of forms are closed."""
    for port in (audit_port, graph_port):
        with pytest.raises(KeyError):
            port.render("pdf", SMALL)
