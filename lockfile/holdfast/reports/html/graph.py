"""The packages of an audit by number, as the parts of the page speak of them; the project is the last."""

from collections import Counter

from holdfast.model.audit import Audit, PackageRisk
from holdfast_resolver.values.tuples import NamedTuple


class PageGraph(NamedTuple):
    """`after[n]` are the packages that package n leads to, sorted; the last row is the project's."""

    packages: tuple[PackageRisk, ...]
    numbers: dict[str, int]  # by id, and by name and version where only one package has them
    after: tuple[tuple[int, ...], ...]
    signers: tuple[str, ...]  # those who hold most first
    over: tuple[int, ...]  # of each package the nearest that every path to it goes through; -1 for none


def page_graph(audit: Audit) -> PageGraph:
    """Return the graph of an audit; edges from or to what is no package of it are left out."""
    numbers = {package.id: number for number, package in enumerate(audit.packages)}
    root = len(audit.packages)
    after: list[set[int]] = [set() for _ in range(root + 1)]
    for edge in audit.edges:
        target = numbers.get(edge.target, -1)
        origin = numbers.get(edge.origin, -1) if edge.origin else root
        if target >= 0 and origin >= 0 and target != origin:
            after[origin].add(target)
    labels = [f"{package.name} {package.version}" for package in audit.packages]
    often = Counter(labels)
    named = {label: number for number, label in enumerate(labels) if often[label] == 1}
    held: dict[str, int] = {}
    for package in audit.packages:
        for signer in package.signers:
            held[signer] = held.get(signer, 0) + 1
    signers = tuple(sorted(held, key=lambda signer: (-held[signer], signer)))
    over = tuple(numbers.get(package.dominator, -1) for package in audit.packages)
    return PageGraph(
        audit.packages, {**named, **numbers}, tuple(tuple(sorted(others)) for others in after), signers, over
    )
