"""Names built to break out: in every form of an audit they stay names."""

import json
import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import networkx
import pytest

from holdfast.reports import audit_port, audit_text, audit_why, graph_port
from tests.lockfile.reports.test_finding_formats import HARMFUL, VALIDATOR
from tests.support.hostile_audits import NAMES, hostile_audit, hostile_context

AUDIT, CONTEXT = hostile_audit(), hostile_context()
MADE = {form: audit_port.render(form, AUDIT, CONTEXT) for form in audit_port.FORMATS}
GRAPHS = {form: graph_port.render(form, AUDIT, CONTEXT) for form in graph_port.FORMATS}


class Elements(HTMLParser):
    """Counts elements and attributes, and keeps the text of scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: dict[str, int] = {}
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.attributes.update(name for name, _ in attrs)
        self.links.update(value or "" for name, value in attrs if name in ("href", "src"))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        """Note the text of a script."""
        if self.cdata_elem == "script":
            self.scripts[-1] += data


@pytest.mark.parametrize("form", [*MADE, *(f"graph {form}" for form in GRAPHS)])
def test_no_harmful_character_comes_out(form: str) -> None:
    """Controls, direction marks and lone surrogates come out as visible escapes, in every form."""
    text = GRAPHS[form.removeprefix("graph ")] if form.startswith("graph ") else MADE[form]
    if "html" not in form:
        assert not set(text.replace("\n", "")) & set(HARMFUL)
    else:
        assert not set(text.replace("\n", "").replace("\u2026", "")) & set(HARMFUL)
    text.encode()


def test_answers_of_why_are_harmless() -> None:
    """Scores taken apart, capabilities and signers are printed harmlessly as well."""
    for name in NAMES:
        made = (
            audit_text.explain(AUDIT, (name,)),
            audit_why.capability_text(AUDIT, name),
            audit_why.signer_text(AUDIT, name),
        )
        for text in made:
            assert text
            assert not set(text.replace("\n", "")) & set(HARMFUL)


def test_html_has_only_elements_of_our_own() -> None:
    """No name becomes an element, an attribute, a link or a script."""
    read = Elements()
    read.feed(MADE["html"])
    assert read.tags["script"] == 2
    assert not read.tags.keys() & {"img", "iframe", "b-evil", "x", "object", "embed", "link", "base", "form"}
    assert not any(name.startswith("on") for name in read.attributes)
    assert "style" not in read.attributes
    assert all(link.startswith("#") for link in read.links)
    assert json.loads(read.scripts[0])["packages"][0]
    assert "evil" not in read.scripts[1]
    assert "owned" not in read.scripts[1]


def test_dot_has_one_statement_for_each_node_and_edge() -> None:
    """Quotes, backslashes and line ends of names stay inside of their strings."""
    lines = GRAPHS["dot"].splitlines()
    string = r'"(?:[^"\\\n]|\\["\\])*"'
    node = re.compile(rf"  n\d+ \[label={string}, color={string}, tooltip={string}\];")
    edge = re.compile(r"  (?:n\d+|project) -> n\d+(?: \[style=dashed\])?;")
    assert sum(bool(node.fullmatch(line)) for line in lines) == len(NAMES)
    assert sum(bool(edge.fullmatch(line)) for line in lines) == len(NAMES)
    assert len(lines) == 2 * len(NAMES) + 5


def test_mermaid_has_one_statement_for_each_node_and_edge() -> None:
    """Labels hold nothing that Mermaid could take for syntax, a click or markup."""
    lines = GRAPHS["mermaid"].splitlines()
    node = re.compile(r'  n\d+\["[^"\]\[<>`;\n]*(?:#\d+;[^"\]\[<>`;\n]*)*"\]:::[a-z]+')
    assert sum(bool(node.fullmatch(line)) for line in lines) == len(NAMES)
    assert sum(
        bool(re.fullmatch(r"  (?:n\d+|project) -\.?->? n\d+|  project --> n\d+", line)) for line in lines
    ) == len(NAMES)
    assert len(lines) == 2 * len(NAMES) + 7


def test_graphml_is_xml_with_as_many_nodes() -> None:
    """The document parses, has the nodes and edges that there are, and networkx reads it."""
    names = {"g": "http://graphml.graphdrawing.org/xmlns"}
    document = ElementTree.fromstring(GRAPHS["graphml"].encode())
    assert len(document.findall(".//g:node", names)) == len(NAMES) + 1
    assert len(document.findall(".//g:edge", names)) == len(NAMES)
    graph: Any = networkx.parse_graphml(GRAPHS["graphml"])
    assert graph.number_of_edges() == len(NAMES)


def test_markdown_begins_nothing() -> None:
    """Outside of our own tags no character of a name can begin markup: each line keeps its cells."""
    text = MADE["markdown"]
    assert set(re.findall(r"<[^>]*>", text)) <= {"<code>", "</code>", "<br>"}
    assert "](" not in text
    assert "@" not in text
    assert "`" not in text
    for line in text.splitlines():
        if line.startswith("|"):
            assert line.count("|") in (8, 7, 6, 5)


def test_github_gets_no_command_of_a_name() -> None:
    """Only annotations, one group and the notice of what was not asked are commands."""
    commands = [line for line in MADE["github"].splitlines() if line.lstrip().startswith("::")]
    heads = [line.lstrip()[2:].partition("::")[0].split(" ")[0] for line in commands]
    assert heads.count("error") == 10
    assert sorted(set(heads)) == ["endgroup", "error", "group", "notice"]
    assert heads.count("notice") == 1


def test_sarif_of_hostile_names_is_valid() -> None:
    """The log still fits SARIF 2.1.0, with one result for each finding."""
    document = json.loads(MADE["sarif"])
    VALIDATOR.validate(document)
    assert len(document["runs"][0]["results"]) == len(NAMES)


def test_json_keeps_hostile_names_exactly() -> None:
    """What went in comes out, as JSON escapes."""
    document = json.loads(MADE["json"])
    assert {package["name"] for package in document["packages"]} == set(NAMES)
    assert MADE["json"].isascii()
