"""The page of an audit: one self-contained HTML file that opens from disk and asks the network for nothing.

Its content security policy admits the page's own script and style by their hashes, and nothing else: no connection,
no image, no frame, no form, so that even a name that got through every escape could load and send nothing (W3C,
Content Security Policy Level 3). The same audit always gives the same bytes.
"""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from holdfast.model.audit import Audit
from holdfast.reports.audit_escapes import for_html
from holdfast.reports.audit_port import LEVELS, Context, level_of
from holdfast.reports.html import sections, tables
from holdfast.reports.html.data import page_data
from holdfast.reports.html.graph import PageGraph, page_graph
from holdfast.reports.html.scene import NAMED_SIGNERS, TRUSTS, Scene, draw, signer_of, trust_of

_STYLES = ("page.css", "drawing.css")
_SCRIPTS = ("data.js", "view.js", "labels.js", "paths.js", "panel.js", "search.js", "tables.js", "main.js")


def render(audit: Audit, context: Context, colour: bool = False) -> str:
    """Return the page; `colour` has no meaning here."""
    graph = page_graph(audit)
    style = "".join(_part(name) for name in _STYLES)
    script = '(() => {\n"use strict";\n' + "".join(_part(name) for name in _SCRIPTS) + "})();\n"
    title = f"Audit of {context.project}" if context.project else "Audit"
    changed = sections.changes(context, graph)
    parts = {
        "policy": _policy(script, style),
        "style": style,
        "script": script,
        "title": for_html(title),
        "lead": sections.lead(audit, graph),
        "changes-link": '<a href="#changes">Changes</a>' if changed else "",
        "glance": sections.glance(audit),
        "asked": sections.asked(audit),
        "findings": sections.findings(audit, graph),
        "changes": changed,
        "drawing": _drawing(draw(graph)),
        "risks-legend": _risks_legend(graph),
        "trusts-legend": _trusts_legend(graph),
        "signers-legend": _signers_legend(graph),
        "capabilities": sections.capabilities(audit, graph),
        "packages": tables.packages(graph),
        "unfilled": tables.unfilled(graph),
        "signers": tables.signers(audit),
        "score": sections.score(audit.whole.rows),
        "data": page_data(graph),
    }
    made = []
    for piece in _part("page.html").split("{{"):  # names in the template are ours: nothing is replaced twice
        name, mark, rest = piece.partition("}}")
        made.append(parts[name] + rest if mark else piece)
    return "".join(made)


def _part(name: str) -> str:
    return files("holdfast.reports.html").joinpath(name).read_text(encoding="utf-8")


def _policy(script: str, style: str) -> str:
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def _drawing(scene: Scene) -> str:
    box = " ".join(f"{side:.0f}" for side in scene.box)
    return (
        f'<svg id="graph" class="by-risk {scene.kind}" data-kind="{scene.kind}" data-box="{box}" viewBox="{box}" '
        'role="application" aria-label="Graph of the packages" aria-describedby="keys">'
        f'<g id="scene">{scene.markup}</g><g id="links"></g><g id="route"></g><g id="labels"></g></svg>'
    )


def _risks_legend(graph: PageGraph) -> str:
    """`score 0`, `1 to 9`, ... `40 and more`, with how many packages each has"""
    ends = [least for _, least in LEVELS[1:]]
    words = [f"{least} to {end - 1}" if end - least > 1 else f"score {least}"
             for (_, least), end in zip(LEVELS, ends, strict=False)]  # fmt: skip
    words.append(f"{LEVELS[-1][1]} and more")
    held = [level_of(package.score) for package in graph.packages]
    return "".join(_key(f"risk-{name}", said, held.count(name)) for (name, _), said in zip(LEVELS, words, strict=True))


def _trusts_legend(graph: PageGraph) -> str:
    held = [trust_of(package) for package in graph.packages]
    return "".join(_key(f"trust-{name}", said, held.count(name)) for name, said in TRUSTS.items())


def _signers_legend(graph: PageGraph) -> str:
    """The signers that have a colour, all others, nobody; a package counts for its first signer."""
    held = [signer_of(package, graph) for package in graph.packages]
    shown = [(str(place), signer) for place, signer in enumerate(graph.signers[:NAMED_SIGNERS])]
    if len(graph.signers) > NAMED_SIGNERS:
        shown.append(("other", f"{len(graph.signers) - NAMED_SIGNERS} others"))
    shown.append(("none", "nobody"))
    return "".join(_key(f"signer-{name}", words, held.count(name)) for name, words in shown)


def _key(name: str, words: str, packages: int) -> str:
    return f'<li><i class="key {name}"></i><bdi>{for_html(words)}</bdi> <small>({packages:,})</small>'
