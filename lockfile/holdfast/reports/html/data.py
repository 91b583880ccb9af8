"""What the page's script is given: the packages and edges of an audit as one JSON value, words by number.

Everything in it is data: the script puts it into the page as text, never as markup.
"""

from holdfast.model.audit import PackageRisk
from holdfast.reports.audit_escapes import json_in_html
from holdfast.reports.audit_port import level_of
from holdfast.reports.html.graph import PageGraph
from holdfast.reports.plain import plain


def page_data(graph: PageGraph) -> str:
    """Return the JSON text, harmless in a script element.

    `packages` are rows in the order of `fields`; paths and `edges` are numbers of packages, the last row of edges is
    the project's.
    """
    capabilities = sorted({word for package in graph.packages for word in package.capabilities})
    words = {word: number for number, word in enumerate(capabilities)}
    signers = {signer: number for number, signer in enumerate(graph.signers)}
    return json_in_html(
        {
            "fields": FIELDS,
            "capabilities": [plain(word) for word in capabilities],
            "signers": [plain(signer) for signer in graph.signers],
            "packages": [_row(package, graph, words, signers) for package in graph.packages],
            "edges": graph.after,
        }
    )


FIELDS = (
    "source",
    "name",
    "version",
    "depth",
    "path",
    "dependents",
    "blast",
    "installBlast",
    "dominates",
    "signers",
    "trust",
    "capabilities",
    "advisories",
    "licence",
    "released",
    "score",
    "level",
    "rows",
    "standing",
    "inherited",
    "inheritedPath",
    "onlyPath",
)


def _row(package: PackageRisk, graph: PageGraph, words: dict[str, int], signers: dict[str, int]) -> list[object]:
    return [
        plain(package.source),
        plain(package.name),
        plain(package.version),
        package.depth,
        [graph.numbers[step] for step in package.path if step in graph.numbers],
        package.dependents,
        package.blast,
        package.install_blast,
        package.dominates,
        [signers[signer] for signer in package.signers],
        plain(package.trust),
        [words[word] for word in package.capabilities],
        [plain(advisory) for advisory in package.advisories],
        plain(package.licence),
        plain(package.released[:10]),
        package.score,
        level_of(package.score),
        [[plain(row.signal), row.weight, row.count, row.points, plain(row.reason)] for row in package.rows],
        plain(package.standing),
        plain(package.inherited),
        [graph.numbers[step] for step in package.inherited_path if step in graph.numbers],
        package.only_path,
    ]
