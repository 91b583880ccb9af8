"""The canonical order and spelling of what a lock says of npm packages. The part of `order.py` for these.

Knows no TOML. Loaded only for a lock that has npm packages.
"""

from holdfast.format.shapes import Edge, edge_text
from holdfast.model.lock import Instance, NpmFacts, Pin
from holdfast_resolver.errors import InvalidRange
from holdfast_resolver.values.npm import NpmRequirement
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.versions.npm_ranges import ANY, npm_range


def spelled(entry: Requirement) -> Requirement:
    """Return a requirement of npm with its range in the stored spelling; any other as it is.

    What is neither a range nor a tag is left for the reader to refuse.
    """
    if not isinstance(entry, NpmRequirement):
        return entry
    try:
        range_ = npm_range(entry.range or ANY)
    except InvalidRange:
        return entry
    return entry if range_ == entry.range else entry._replace(range=range_)


def npm_pin(pin: Pin) -> Pin:
    """Return a pin with its edges spelled and its facts sorted."""
    return pin._replace(dependencies=_edges(pin.dependencies), npm=_facts(pin.npm) if pin.npm is not None else None)


def npm_instance(instance: Instance) -> Instance:
    """Return an instance with its edges spelled and everything sorted."""
    return instance._replace(
        dependents=tuple(sorted(instance.dependents)),
        dependencies=tuple(sorted(_edges(instance.dependencies), key=edge_text)),
        unknown=tuple(sorted(instance.unknown)),
    )


def _edges(edges: tuple[Edge, ...]) -> tuple[Edge, ...]:
    return tuple([(spelled(entry), chosen) for entry, chosen in edges])


def _facts(facts: NpmFacts) -> NpmFacts:
    return NpmFacts(
        tuple(sorted(facts.bins)),
        tuple(sorted(facts.os)),
        tuple(sorted(facts.cpu)),
        tuple(sorted(facts.libc)),
        tuple(sorted(facts.engines)),
        facts.install_script,
        facts.optional,
        tuple(sorted(facts.bundled)),
    )
