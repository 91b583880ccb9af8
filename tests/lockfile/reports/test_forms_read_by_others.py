"""What programs of others make of an audit's forms: Graphviz, networkx, a reader of CommonMark, a terminal.

Names that were built to break out come out as names. Golden files say what is written; these say what is read.
"""

import json
import re
import shutil
import subprocess
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import networkx
import pytest
from markdown_it import MarkdownIt

from holdfast.model.audit import Audit
from holdfast.reports import audit_port, audit_text, audit_why, graph_port
from holdfast.reports.audit_port import Context
from holdfast.reports.plain import plain
from tests.lockfile.reports.golden_audits import context_of
from tests.support.audit_worlds import audit_world
from tests.support.hostile_audits import NAMES, hostile_audit, hostile_context

SVG = "{http://www.w3.org/2000/svg}"
SMALL = audit_world(30)
WORLDS = [(SMALL, context_of(SMALL)), (hostile_audit(), hostile_context())]
in_worlds = pytest.mark.parametrize(("audit", "context"), WORLDS, ids=["ordinary", "hostile"])


def labels_of(audit: Audit, context: Context) -> list[str]:
    """What each node is called, sorted: the project and all packages."""
    return sorted([plain(context.project), *[plain(f"{one.name} {one.version}") for one in audit.packages]])


@in_worlds
def test_graphviz_draws_every_name_as_it_is(audit: Audit, context: Context) -> None:
    """Each node shows its name to the letter, each edge is there; no name is an escape, an entity, a link or markup."""
    program = shutil.which("dot")
    if program is None:
        pytest.skip("Graphviz is not on PATH")
    text = graph_port.render("dot", audit, context).encode()
    done = subprocess.run([program, "-Tsvg"], input=text, capture_output=True, timeout=60, check=True)
    assert not [line for line in done.stderr.decode().splitlines() if "font" not in line.lower()]
    document = ElementTree.fromstring(done.stdout)
    groups = Counter(group.get("class") for group in document.iter(f"{SVG}g"))
    assert (groups["node"], groups["edge"]) == (len(audit.packages) + 1, len(audit.edges))
    drawn = sorted("".join(one.itertext()) for one in document.iter(f"{SVG}text"))
    assert [one.replace("\xa0", " ") for one in drawn] == labels_of(audit, context)
    assert not [one for one in document.iter(f"{SVG}a") if one.get("{http://www.w3.org/1999/xlink}href") is not None]
    tags = {one.tag.removeprefix(SVG) for one in document.iter()}
    assert tags <= {"svg", "g", "title", "polygon", "path", "text", "a"}


@in_worlds
def test_networkx_reads_the_graphml(audit: Audit, context: Context, tmp_path: Path) -> None:
    """`read_graphml` has the nodes with names and scores, and the edges with what is known of their imports."""
    file = tmp_path / "audit.graphml"
    file.write_text(graph_port.render("graphml", audit, context), encoding="utf-8")
    graph: Any = networkx.read_graphml(file)
    assert graph.is_directed()
    assert sorted(data["label"] for _, data in graph.nodes(data=True)) == labels_of(audit, context)
    by_label = {data["label"]: (node, data) for node, data in graph.nodes(data=True) if node != "project"}
    place = {one.id: by_label[plain(f"{one.name} {one.version}")] for one in audit.packages}
    for one in audit.packages:
        data = place[one.id][1]
        assert (data["score"], data["depth"], data["blast"]) == (one.score, one.depth, one.blast)
        assert data["capabilities"] == plain(", ".join(one.capabilities))
    found = {(origin, target): data.get("imported") for origin, target, data in graph.edges(data=True)}
    assert found == {
        (place[edge.origin][0] if edge.origin else "project", place[edge.target][0]): edge.is_imported
        for edge in audit.edges
    }


@in_worlds
def test_the_json_of_the_graph_fits_the_schema(audit: Audit, context: Context) -> None:
    """Packages and edges have the documented shapes; nothing else is in it; each edge ends at packages."""
    schema = json.loads((Path(__file__).parents[3] / "docs" / "audit.schema.json").read_text("utf-8"))
    document = json.loads(graph_port.render("json", audit, context))
    assert list(document) == ["version", "command", "project", "packages", "edges"]
    keys = {key: schema["properties"][key] for key in document if key != "command"}
    shape = {**schema, "properties": {**keys, "command": {"const": "graph"}}, "required": list(document)}
    jsonschema.Draft202012Validator(shape).validate(document)
    ids = {one["id"] for one in document["packages"]}
    assert all(edge["origin"] in {"", *ids} and edge["target"] in ids for edge in document["edges"])


@in_worlds
def test_mermaid_has_a_label_for_each_name(audit: Audit, context: Context) -> None:
    """Entity codes read back are the names; outside of quoted labels there is nothing but our own words."""
    text = graph_port.render("mermaid", audit, context)
    labels = re.findall(r'"([^"]*)"', text)
    said = sorted(re.sub(r"#(\d+);", lambda found: chr(int(found[1])), one) for one in labels)
    assert said == labels_of(audit, context)
    words = set(re.findall(r"[A-Za-z]+", re.sub(r'"[^"]*"', "", text.partition("  classDef")[0])))
    assert words <= {"flowchart", "LR", "project", "n", *[level for level, _ in audit_port.LEVELS]}


class Elements(HTMLParser):
    """Counts the elements of what was rendered."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element; none of them has an attribute but cells that are aligned."""
        self.tags[tag] += 1
        assert all(name in ("style", "align") for name, _ in attrs)


@in_worlds
def test_a_reader_of_commonmark_finds_no_markup_in_names(audit: Audit, context: Context) -> None:
    """Rendered with tables and HTML, as forges do, it has headings, lists, tables and code, and no link or image."""
    rendered = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(
        audit_port.render("markdown", audit, context)
    )  # fmt: skip
    read = Elements()
    read.feed(rendered)
    ours = {"h1", "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "br", "ul", "li", "strong"}
    assert read.tags.keys() <= ours
    riskiest = plain(audit_port.riskiest(audit.packages)[0].name)
    text = "".join(ElementTree.fromstring(f"<x>{rendered}</x>".replace("<br>", "<br/>")).itertext())
    assert riskiest in text


def test_a_terminal_is_given_no_sequence_but_colours() -> None:
    """With colour, what is left when ours are taken away has no escape; without, there is none at all."""
    audit, context = hostile_audit(), hostile_context()
    coloured = audit_port.render("text", audit, context, colour=True)
    assert "\x1b[" in coloured
    assert "\x1b" not in re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    for text in (
        audit_port.render("text", audit, context),
        audit_text.explain(audit, NAMES),
        *[audit_why.capability_text(audit, name) for name in NAMES],
        *[audit_why.signer_text(audit, name) for name in NAMES],
    ):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
