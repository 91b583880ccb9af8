"""The blast-radius tables: what a compromise of one package, or of one signer, would cost.

The table of packages is also the graph in another form: each row says what the drawing shows of a package.
"""

from collections.abc import Callable

from holdfast.model.audit import Audit, PackageRisk, SignerRisk
from holdfast.reports.audit_escapes import for_html
from holdfast.reports.audit_port import level_of, percent, riskiest
from holdfast.reports.html.graph import PageGraph

_PACKAGES = (  # heading, kind of order, what it means
    ("package", "text", "source, name and version"),
    ("score", "number", "the sum of its signals"),
    ("depth", "number", "1: the project asks for it itself"),
    ("needed by", "number", "packages that need it, at any distance"),
    ("blast", "number", "share of the graph whose code runs with its code"),
    ("at install", "number", "share of the graph that its code runs with when something is installed"),
    ("brings", "number", "packages that are here because of it alone"),
    ("trust", "text", "who vouches for its archives"),
    ("capabilities", "text", "what its code can do"),
    ("advisories", "number", "known advisories"),
    ("licence", "text", "as the package declares it"),
    ("approval", "text", "how its pin was approved"),
)
_FILLED: dict[str, Callable[[PackageRisk], object]] = {  # columns that go where no package has anything to say
    "at install": lambda one: one.install_blast,
    "capabilities": lambda one: one.capabilities,
    "advisories": lambda one: one.advisories,
    "licence": lambda one: one.licence,
    "approval": lambda one: one.standing,
}
_SIGNERS = (
    ("signer", "text", "who signed"),
    ("packages", "number", "packages it holds"),
    ("blast", "number", "share of the graph that runs its code"),
    ("at install", "number", "the same when something is installed"),
    ("capabilities", "text", "what the code it signs can do"),
)


def packages(graph: PageGraph) -> str:
    """Return the table of packages, the riskiest first; a column that nobody fills is left out."""
    left_out = _left_out(graph)
    columns = tuple(column for column in _PACKAGES if column[0] not in left_out)
    body = "".join(_package(one, graph.numbers[one.id], left_out) for one in riskiest(graph.packages))
    return f'<table id="packages" class="numbers sortable">{_head(columns, 1)}<tbody>{body}</tbody></table>'


def unfilled(graph: PageGraph) -> str:
    """Return which columns are left out; "" for none."""
    names = ", ".join(_left_out(graph))
    return f'<p class="quiet">Columns left out, since no package has anything there: {names}.</p>' if names else ""


def _left_out(graph: PageGraph) -> tuple[str, ...]:
    return tuple(name for name, value in _FILLED.items() if graph.packages and not any(map(value, graph.packages)))


def signers(audit: Audit) -> str:
    """Return the table of signers, those with the widest reach first."""
    ordered = sorted(audit.signers, key=lambda one: (-one.blast, -one.packages, one.signer))
    if not ordered:
        return '<p class="calm">No package is signed.</p>'
    body = "".join(_signer(one) for one in ordered)
    return f'<table id="signers" class="numbers sortable">{_head(_SIGNERS, 2)}<tbody>{body}</tbody></table>'


def _head(columns: tuple[tuple[str, str, str], ...], sorted_by: int) -> str:
    cells = "".join(
        f'<th scope=col class="{kind}"{" aria-sort=descending" if place == sorted_by else ""} title="{meaning}">{name}'
        for place, (name, kind, meaning) in enumerate(columns)
    )
    return f"<thead><tr>{cells}</thead>"


def _package(one: PackageRisk, number: int, left_out: tuple[str, ...]) -> str:
    level = level_of(one.score)
    advisories = ", ".join(for_html(word) for word in one.advisories)
    signed = f"<small>{', '.join(for_html(signer) for signer in one.signers)}</small>" if one.signers else ""
    cells = {
        "score": f'<td data-v={one.score}><span class="risk {level}">{one.score}</span>',
        "depth": f"<td>{one.depth}",
        "needed by": f"<td>{one.dependents}",
        "blast": f"<td data-v={one.blast}>{_bar(one.blast)}",
        "at install": f"<td data-v={one.install_blast}>{_bar(one.install_blast)}",
        "brings": f"<td>{one.dominates}",
        "trust": f"<td class=word>{for_html(one.trust)}{signed}",
        "capabilities": f"<td class=list>{', '.join(for_html(word) for word in one.capabilities)}",
        "advisories": f"<td class=ids data-v={len(one.advisories)}>{advisories}",
        "licence": f"<td>{for_html(one.licence)}",
        "approval": f"<td>{for_html(one.standing)}",
    }
    return (
        f'<tr id="p{number}"><th scope=row><a href="#p{number}"><bdi>{for_html(one.name)}</bdi></a> '
        f"<small>{for_html(one.version)} {for_html(one.source)}</small>"
    ) + "".join(cell for name, cell in cells.items() if name not in left_out)


def _signer(one: SignerRisk) -> str:
    return (
        f"<tr><th scope=row><bdi>{for_html(one.signer)}</bdi><td>{one.packages}<td data-v={one.blast}>{_bar(one.blast)}"
        f"<td data-v={one.install_blast}>{_bar(one.install_blast)}"
        f"<td>{', '.join(for_html(word) for word in one.capabilities)}"
    )


def _bar(share: float) -> str:
    """The share in words and as a bar, in steps of a twentieth; nothing for none."""
    if share <= 0:
        return ""
    return f'<span class="bar w{max(1, round(share * 20))}">{percent(share)}</span>'
