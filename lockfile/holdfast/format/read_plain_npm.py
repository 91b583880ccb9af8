"""The plain reader's part for npm: packages of the sources of that kind, and instances, in any spelling.

Its fast twin is `read_npm.py`. Knows single blocks; which sources are declared is judged by `read_plain.py`. Loaded
only for a lock that has npm packages.
"""

import typing
from functools import partial

from holdfast.format import order, shapes
from holdfast.format.blocks import Block, Table, type_name
from holdfast.format.fields import INSTANCE, NPM, Field
from holdfast.format.npm_shapes import dependent
from holdfast.format.read_artifacts import read_artifacts
from holdfast.model.lock import Instance, NpmFacts, Pin

_KNOWN = frozenset([field.key for field in NPM.fields])
_KNOWN_OF_INSTANCES = frozenset([field.key for field in INSTANCE.fields])


def read_npm_package(block: Block) -> Pin:
    """A package of an npm source."""
    fields = {field.key: field for field in NPM.fields}
    name, source, version = [block.text(fields[key]) for key in ("name", "source", "version")]
    os, cpu, libc = [block.items(fields[key], shapes.text, str) for key in ("os", "cpu", "libc")]
    facts = NpmFacts(
        _pairs(block, fields["bin"]),
        os,
        cpu,
        libc,
        _pairs(block, fields["engines"]),
        block.flag(fields["install-script"]),
        block.flag(fields["optional"]),
        block.items(fields["bundled"], shapes.npm_name, str),
    )
    return Pin(
        source,
        name,
        version,
        artifacts=read_artifacts(block, fields["artifacts"], name, version, None, npm=True),
        signers=block.items(fields["signers"], shapes.text, str),
        dependencies=_edges(block, fields["dependencies"]),
        unknown=block.unknown(_KNOWN),
        npm=facts,
    )


def read_instances(blocks: list[Block]) -> tuple[Instance, ...]:
    """Every [[instance]], each once and in order."""
    found: list[Instance] = []
    for block in blocks:
        instance = _instance(block)
        said = f"{instance.source}:{instance.name} {instance.version}#{instance.number}"
        if instance.source not in block.document.npm:
            block.fault("a source of the kind npm", instance.source, "source", value=instance.source)
        if found and order.instance_key(instance) <= order.instance_key(found[-1]):
            block.fault("instances sorted by source, name, version and number, each once", said, "name")
        found.append(instance)
    return tuple(found)


def check_edges(block: Block, pin: Pin | Instance, npm: bool) -> None:
    """npm packages need npm packages, and nothing else does."""
    for edge in pin.dependencies:
        if (edge[0].source in block.document.npm) != npm:
            expected = "a source of the kind npm" if npm else "a source of another kind than npm"
            block.fault(expected, edge[0].source, "dependencies", value=shapes.edge_text(edge))


def _instance(block: Block) -> Instance:
    fields = {field.key: field for field in INSTANCE.fields}
    name, source, version = [block.text(fields[key]) for key in ("name", "source", "version")]
    number = block.number(fields["number"])
    if number < 2:
        block.fault("a number from 2 to 999", str(number) if number else "no such key", "number")
    dependents = block.items(fields["for"], dependent, str)
    if not dependents:
        block.fault("at least one that sees this instance", "none", "for")
    edges = _edges(block, fields["dependencies"])
    for edge in edges:
        if not edge[1]:
            block.fault("a version after =>", str(edge[0]), "dependencies", value=str(edge[0]))
    return Instance(source, name, version, number, dependents, edges, block.unknown(_KNOWN_OF_INSTANCES))


def _edges(block: Block, field: Field) -> tuple[shapes.Edge, ...]:
    return block.items(field, partial(shapes.edge, npm=block.document.npm), shapes.edge_text)


def _pairs(block: Block, field: Field) -> tuple[tuple[str, str], ...]:
    """An inline table of texts, sorted by key."""
    value = block.table.get(field.key)
    if value is None:
        return ()
    if not isinstance(value, dict):
        block.fault("an inline table", type_name(value), field.key)
    found = []
    for key, item in typing.cast("Table", value).items():
        where = f"{field.key}.{key}"
        if not isinstance(item, str):
            block.fault("a string", type_name(item), field.key, where)
        found.append(
            (block.shaped(shapes.text, key, field.key, where), block.shaped(shapes.text, item, field.key, where))
        )
    return tuple(sorted(found))
