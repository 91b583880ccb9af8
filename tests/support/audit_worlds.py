"""Audits of projects that never were, of any size, as real ones look: families that one package pulls in, small
packages that everybody shares, few signers who hold much, a handful that do dangerous things.

The same size and seed always give the same audit. Depth, paths, dependents, blast and dominators are what the
edges say.
"""

from random import Random

import networkx

from holdfast.findings.finding import Finding, Place
from holdfast.model.audit import Audit, Edge, PackageRisk, Reach, Row, SignerRisk, Whole
from holdfast_resolver.values.tuples import NamedTuple

_FIRST = (
    "fast",
    "tiny",
    "safe",
    "core",
    "node",
    "type",
    "async",
    "deep",
    "json",
    "yaml",
    "html",
    "css",
    "file",
    "path",
    "stream",
    "color",
    "term",
    "micro",
    "meta",
    "hyper",
    "unified",
    "postal",
    "lazy",
    "rapid",
    "plain",
    "merge",
    "vendor",
    "loader",
    "remark",
    "babel",
    "jest",
    "webpack",
    "django",
    "celery",
    "flask",
    "numpy",
    "arrow",
    "pandas",
    "http",
    "socket",
    "crypto",
    "chrono",
    "parse",
)
_SECOND = (
    "utils",
    "parser",
    "loader",
    "merge",
    "cache",
    "queue",
    "runner",
    "helpers",
    "plugin",
    "types",
    "core",
    "client",
    "server",
    "reader",
    "writer",
    "tools",
    "config",
    "router",
    "schema",
    "format",
    "glob",
    "clone",
    "equal",
    "filter",
    "pool",
    "events",
    "log",
    "token",
)
_TABLE = {  # signal -> (weight, cap)
    "advisory-high": (20, 60),
    "install-script": (12, 12),
    "native-code": (4, 4),
    "network": (5, 5),
    "subprocess": (7, 7),
    "dynamic-code": (6, 6),
    "environment": (3, 3),
    "filesystem-write": (2, 2),
    "unsigned": (3, 3),
    "new-release": (4, 4),
    "unmaintained": (2, 2),
}
_CHANCES = (
    ("filesystem-write", 0.16),
    ("network", 0.10),
    ("environment", 0.09),
    ("subprocess", 0.06),
    ("native-code", 0.04),
    ("dynamic-code", 0.035),
    ("install-script", 0.025),
)
_LICENCES = ("MIT", "MIT", "MIT", "Apache-2.0", "BSD-3-Clause", "ISC", "MPL-2.0", "")
_MOMENTS = {"install-script": "install", "native-code": "import"}


class _Graph(NamedTuple):
    direct: int  # the first ones are direct
    after: tuple[tuple[int, ...], ...]  # the last is the project


def audit_world(packages: int, seed: int = 1) -> Audit:
    """Return an audit of `packages` packages."""
    random = Random(f"{packages} {seed}")
    graph = _graph(random, packages)
    names = _names(random, packages)
    ids = tuple(f"{source}:{name} {version}" for source, name, version in names)
    depths, parents = _walk(graph, packages)
    above = _above(graph, packages)
    over = _dominators(graph, packages)
    dominated = _dominated(over, packages)
    signers = [f"{kind} (github:{1000 + place})" for place, kind in enumerate(_makers(random, packages))]
    rows = []
    for place in range(packages):
        path = [place]
        while parents[path[-1]] < packages:
            path.append(parents[path[-1]])
        facts = (depths[place], tuple(ids[one] for one in reversed(path)), above[place].bit_count(), dominated[place])
        made = _package(random, names[place], facts, signers, packages)
        rows.append(made._replace(dominator=ids[over[place]] if over[place] != packages else ""))
    return _audit(tuple(rows), graph, ids)


def _graph(random: Random, packages: int) -> _Graph:
    direct = max(3, round(packages**0.57 * 1.05))
    families = [[place] for place in range(direct)]
    weights = [1 / (place + 1) ** 0.9 for place in range(direct)]
    after: list[set[int]] = [set() for _ in range(packages + 1)]
    after[packages] = set(range(direct))
    shared: list[int] = []
    for place in range(direct, packages):
        if random.random() < 0.3:
            for _ in range(random.randint(2, 6)):
                family = random.choices(families, weights)[0]
                after[random.choice(family)].add(place)
            shared.append(place)
        else:
            family = random.choices(families, weights)[0]
            after[family[int(random.random() ** 1.6 * len(family))]].add(place)
            family.append(place)
            for _ in range(random.choice((0, 0, 1, 1, 2, 3))):
                if shared:
                    after[place].add(random.choice(shared))
    if packages >= 100:
        after[shared[-1]].add(random.choice(families[0][1:]))
    return _Graph(direct, tuple(tuple(sorted(others)) for others in after))


def _names(random: Random, packages: int) -> list[tuple[str, str, str]]:
    made: dict[str, tuple[str, str, str]] = {}
    while len(made) < packages:
        name = f"{random.choice(_FIRST)}-{random.choice(_SECOND)}"
        source = random.choices(("npm", "pypi", "acme"), (0.7, 0.27, 0.03))[0]
        if source == "acme" or (source == "npm" and random.random() < 0.2):
            name = f"@{random.choice(_FIRST)}/{name}"
        if name in made:
            name = f"{name}-{random.randint(2, 99)}"
        version = f"{random.randint(0, 9)}.{random.randint(0, 30)}.{random.randint(0, 12)}"
        made.setdefault(name, (source, name, version))
    return list(made.values())


def _makers(random: Random, packages: int) -> list[str]:
    return [f"{random.choice(_FIRST)}js" if place % 2 else f"{random.choice(_FIRST)}/{random.choice(_SECOND)}"
            for place in range(max(3, packages // 14))]  # fmt: skip


def _walk(graph: _Graph, root: int) -> tuple[list[int], list[int]]:
    depths, parents = [0] * (root + 1), [root] * (root + 1)
    level, seen = [root], {root}
    while level:
        following = []
        for node in level:
            for other in graph.after[node]:
                if other not in seen:
                    seen.add(other)
                    depths[other], parents[other] = depths[node] + 1, node
                    following.append(other)
        level = following
    return depths, parents


def _above(graph: _Graph, root: int) -> list[int]:
    """For each node the packages that need it at any distance, as a mask."""
    masks = [0] * (root + 1)
    changed = True
    while changed:
        changed = False
        for node in range(root):
            for other in graph.after[node]:
                new = masks[other] | masks[node] | 1 << node
                if new != masks[other]:
                    masks[other], changed = new, True
    return masks


def _dominated(over: dict[int, int], root: int) -> list[int]:
    counts = [0] * (root + 1)
    for node in range(root):
        above = over[node]
        while above != root:
            counts[above] += 1
            above = over[above]
    return counts


def _dominators(graph: _Graph, root: int) -> dict[int, int]:
    edges = [(node, other) for node, others in enumerate(graph.after) for other in others]
    return dict(networkx.immediate_dominators(networkx.DiGraph(edges), root))


def _package(
    random: Random,
    names: tuple[str, str, str],
    facts: tuple[int, tuple[str, ...], int, int],
    signers: list[str],
    packages: int,
) -> PackageRisk:
    source, name, version = names
    depth, path, dependents, dominates = facts
    strongest = [1 / (place + 1) for place in range(len(signers))]
    trust = random.choices(("publisher", "registry", "unsigned"), (0.3, 0.45, 0.25))[0]
    trust = "publisher" if source == "acme" else "unsigned" if source == "pypi" and trust == "registry" else trust
    signed = tuple(random.choices(signers, strongest)) if trust == "publisher" else ()
    signed = ("npm (registry)",) if trust == "registry" else signed
    capabilities = tuple(sorted(word for word, chance in _CHANCES if random.random() < chance))
    count = 2 if random.random() < 0.004 else int(random.random() < 0.03)
    advisories = tuple(f"GHSA-{random.randint(1000, 9999)}-acme-{place}" for place in range(count))
    signals = [(word, 1, f"{word}: lib/{name.rpartition('/')[2]}.py:{random.randint(3, 400)}") for word in capabilities]
    if advisories:
        signals.append(("advisory-high", len(advisories), f"advisory: {', '.join(advisories)}"))
    if trust == "unsigned":
        signals.append(("unsigned", 1, "nobody signed its archives"))
    old = random.random()
    if old < 0.08:
        signals.append(("unmaintained", 1, f"the last release was in 201{random.randint(2, 9)}"))
    rows = tuple(
        Row(signal, _TABLE[signal][0], count, min(_TABLE[signal][0] * count, _TABLE[signal][1]), reason)
        for signal, count, reason in signals
    )
    return PackageRisk(
        f"{source}:{name} {version}",
        source,
        name,
        version,
        depth,
        path,
        dependents,
        round((dependents + 1) / packages, 4),
        round((dependents + 1) / packages, 4) if "install-script" in capabilities else 0.0,
        dominates,
        signed,
        trust,
        capabilities,
        advisories,
        random.choice(_LICENCES),
        f"20{random.randint(15, 26)}-{random.randint(1, 9):02}-{random.randint(1, 28):02}T10:00:00Z",
        sum(row.points for row in rows),
        rows,
        random.choices(("reviewed", "rule", "baseline", "unapproved"), (0.2, 0.2, 0.58, 0.02))[0],
    )


def _audit(packages: tuple[PackageRisk, ...], graph: _Graph, ids: tuple[str, ...]) -> Audit:
    edges = tuple(
        sorted(
            Edge(
                "" if node == len(ids) else ids[node], ids[other], None if node == len(ids) else (node + other) % 9 > 0
            )
            for node, others in enumerate(graph.after)
            for other in others
        )
    )
    held: dict[str, list[PackageRisk]] = {}
    for package in packages:
        for signer in package.signers:
            held.setdefault(signer, []).append(package)
    signers = tuple(
        SignerRisk(
            signer,
            len(holding),
            round(min(1.0, sum(one.blast for one in holding)), 4),
            round(min(1.0, sum(one.install_blast for one in holding)), 4),
            tuple(sorted({word for one in holding for word in one.capabilities})),
        )
        for signer, holding in sorted(held.items())
    )
    whole = _whole(packages, edges, signers, graph.direct)
    return Audit(
        whole,
        tuple(sorted(packages)),
        edges,
        signers,
        _reaches(packages),
        _findings(packages),
        ("no archives of 3 packages: run `holdfast audit --fetch`",),
        "2026-11-20T04:00:00Z",
    )


def _whole(
    packages: tuple[PackageRisk, ...], edges: tuple[Edge, ...], signers: tuple[SignerRisk, ...], direct: int
) -> Whole:
    points: dict[str, list[Row]] = {}
    for package in packages:
        for row in package.rows:
            points.setdefault(row.signal, []).append(row)
    rows = tuple(
        Row(signal, _TABLE[signal][0], len(found), sum(row.points for row in found), f"{len(found)} packages")
        for signal, found in sorted(points.items())
    )
    return Whole(
        len(packages),
        len(edges),
        direct,
        max(package.depth for package in packages),
        sum(package.trust == "unsigned" for package in packages),
        len(signers),
        round(max(signer.packages for signer in signers) / len(packages), 4),
        ((packages[-1].id, packages[-2].id),) if len(packages) >= 100 else (),
        sum(row.points for row in rows),
        rows,
    )


def _reaches(packages: tuple[PackageRisk, ...]) -> tuple[Reach, ...]:
    nearest: dict[tuple[str, str], PackageRisk] = {}
    for package in sorted(packages, key=lambda one: (one.depth, one.id)):
        for capability in package.capabilities:
            nearest.setdefault((capability, package.path[0]), package)
    return tuple(
        sorted(
            Reach(capability, package.id, package.path, _MOMENTS.get(capability, "call"))
            for (capability, _), package in nearest.items()
        )
    )


def _findings(packages: tuple[PackageRisk, ...]) -> tuple[Finding, ...]:
    made = []
    for place, package in enumerate(sorted((one for one in packages if one.advisories), key=lambda one: one.id)):
        severity = "alarm" if place == 0 else ("error", "warning")[place % 2]
        made.append(
            Finding(
                "advisory-malicious" if place == 0 else "advisory",
                severity,
                f"{package.name} {package.version}",
                "a release without a known advisory",
                package.advisories[0],
                (
                    ("summary", "a request with a long header reads past the end of a buffer"),
                    ("fixed in", f"{package.version}1"),
                ),
                ("pyproject.toml", *package.path),
                (f"holdfast update {package.name}",),
                Place("holdfast.lock", 40 + place),
            )
        )
    made += [
        Finding(
            "capability-install",
            "warning",
            f"{package.name} {package.version}",
            found="install-script: package.json:14 via postinstall",
            path=("package.json", *package.path),
            hints=(f"holdfast why {package.name}",),
        )
        for package in packages
        if "install-script" in package.capabilities
    ]
    return tuple(made)
