"""The plain reader: any TOML spelling of a lock, through `tomllib`, or a `LockFormatError` with its place.

This file is the definition of what a lock may say; `read.py` is its fast twin for canonical text and must
agree with it. Knows no file and no terminal.
"""

import typing
from collections.abc import Hashable
from functools import partial
from typing import NoReturn

from holdfast.errors import SignersAdrift
from holdfast.format import guard, order, shapes
from holdfast.format.blocks import UPGRADE, Block, Document, Table, type_name
from holdfast.format.fields import (
    FEATURES,
    FORMAT,
    INPUT,
    INSTANCE,
    ITEM_SHAPES,
    MODULE,
    NAMED_INPUTS,
    PACKAGE,
    PUBLIC_SOURCES,
    SCOPE,
    SECTIONS,
    SIGNER,
    SOURCE,
    Field,
    Section,
)
from holdfast.format.read_artifacts import EVERY_ARTIFACT, read_artifacts
from holdfast.model.lock import MARK, Input, Instance, Lock, LockedSource, ModuleFacts, Pin, Scope, Signer
from holdfast.model.signer_references import meant_by, misfit, settled
from holdfast.model.signers import canonical_id, canonical_ids, contradicts, everybody
from holdfast_resolver.values.requirements import NPM_SOURCES, Requirement
from holdfast_resolver.values.targets import parse_target

_ADRIFT = "run `holdfast lock`: it takes the pins and asks anew who signed them"
_TOP = frozenset({"format", "features", *(section.key for section in SECTIONS)})


def read_plain(text: str, path: str) -> Lock:
    """Return the lock that a TOML text says, in canonical order; raise `LockFormatError`."""
    guard.inspect(text, path)
    return _lock(Document(path, text), guard.parse(text, path))


def _lock(document: Document, table: Table) -> Lock:
    top = Block(document, "", 0, "", table)
    _versions(top)
    if not isinstance(table.get(SCOPE.key), dict):
        top.fault("the section [scope]", type_name(table.get(SCOPE.key)), SCOPE.key)
    scope = read_scope(Block(document, SCOPE.key, 0, SCOPE.key, typing.cast("Table", table[SCOPE.key])))
    sources = [read_source(block) for block in _unique(top, SOURCE, ("name",))]
    document.npm = NPM_SOURCES.union([source.name for source in sources if source.kind == "npm"])
    inputs = [read_input(block) for block in _unique(top, INPUT, ("path", "kind", "name"))]
    signers = [read_signer(block) for block in _unique(top, SIGNER, ("id",))]
    blocks = list(_unique(top, PACKAGE, ()))
    packages = [read_package(block) for block in blocks]
    places = _unique(top, INSTANCE, ())
    lock = Lock(
        scope=scope,
        sources=tuple(sorted(sources, key=order.source_key)),
        inputs=tuple(sorted(inputs, key=order.input_key)),
        signers=tuple(sorted(signers, key=order.signer_key)),
        packages=tuple(packages),
        unknown=top.unknown(_TOP),
        instances=_instances(places) if places else (),
    )
    _cross_check(top, blocks, inputs, lock)
    _cross_check_npm(blocks, lock, places)
    if any(MARK in one for one in {*[signer.id for signer in signers], *_references(lock)}):
        return _settled(blocks, lock)
    return lock


def _references(lock: Lock) -> list[str]:
    return [one for pin in lock.packages for one in everybody(pin)]


def _settled(blocks: list[Block], lock: Lock) -> Lock:
    """The lock with the references of its signers as the writer spells them; a merge may have left others."""
    lock = order.canonical(settled(lock))
    for block, pin in zip(blocks, lock.packages):
        broken = contradicts(pin.signers, pin.artifacts)
        if broken:
            block.fault(EVERY_ARTIFACT, broken, "signers")
    return lock


def _versions(top: Block) -> None:
    value = top.table.get("format")
    if type(value) is not int:
        top.fault("the key `format` with a number", type_name(value), "format")
    if value != FORMAT:
        top.fault(
            f"format = {FORMAT}",
            str(value) if value in range(10**9) else "another number",
            "format",
            hint=UPGRADE,
        )
    features = Field("features", "features", "texts", True)
    for index, feature in enumerate(top.items(features, shapes.text, str)):
        if feature not in FEATURES:
            top.fault(
                "no features, or known ones",
                feature,
                "features",
                f"features[{index}]",
                feature,
                hint=UPGRADE,
            )


def _instances(blocks: list[Block]) -> tuple[Instance, ...]:
    from holdfast.format.read_plain_npm import read_instances  # only where there is npm

    return read_instances(blocks)


def _unique(top: Block, section: Section, keys: tuple[str, ...]) -> list[Block]:
    """The blocks of a repeated section; no two may agree in `keys`."""
    tables = top.table.get(section.key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        top.fault(f"blocks {section.header}", type_name(tables), section.key)
    blocks: list[Block] = []
    seen: set[Hashable] = set()
    for index, table in enumerate(typing.cast("list[Table]", tables)):
        block = Block(top.document, section.key, index, _label(section, index, table), table)
        identity = tuple([_string(table.get(key)) for key in keys])
        if keys and identity in seen:
            block.fault(f"each {section.key} once", " ".join(identity).rstrip())
        seen.add(identity)
        blocks.append(block)
    return blocks


def read_scope(block: Block) -> Scope:
    requires_python, node, strategy, prereleases, targets = SCOPE.fields
    return Scope(
        block.text(requires_python),
        block.text(strategy),
        block.text(prereleases),
        block.items(targets, parse_target, str),
        block.unknown(_known(SCOPE)),
        block.text(node),
    )


def read_source(block: Block) -> LockedSource:
    name, kind, identity, root = [block.text(field) for field in SOURCE.fields]
    if name in PUBLIC_SOURCES:
        block.fault("a name other than that of a public default", name, "name")
    if (kind == "modules") != bool(root) or (root and identity):
        block.fault("a root for a module registry, and an identity for any other source", root or identity, "root")
    return LockedSource(name, kind, identity, block.unknown(_known(SOURCE)), root)


def read_input(block: Block) -> Input:
    path, kind, name = [block.text(field) for field in INPUT.fields[:3]]
    if (kind in NAMED_INPUTS) != bool(name):
        block.fault("a name for an extra or a group, and for these only", name or "no name", "name")
    requires = block.items(INPUT.fields[3], partial(shapes.requirement, npm=block.document.npm), str)
    return Input(path, kind, name, requires, block.unknown(_known(INPUT)))


def read_signer(block: Block) -> Signer:
    texts = {field.key: block.text(field) for field in SIGNER.fields}
    attributes = [(field.key, texts[field.key]) for field in SIGNER.fields if field.shape == "attribute"]
    present = tuple(sorted([(key, text) for key, text in attributes if text]))
    signer = Signer(texts["id"], texts["label"], present, block.unknown(_known(SIGNER)))
    wanted = misfit(signer)
    if wanted:
        block.fault(f"the digits of this record, {wanted}", signer.id, "id")
    return signer


def read_module(block: Block) -> Pin:
    """A package whose name begins with "@"."""
    fields = {field.key: field for field in MODULE.fields}
    name, source, version, tree = [block.text(fields[key]) for key in ("name", "source", "version", "tree")]
    signers, vetted = [block.items(fields[key], shapes.text, str) for key in ("signers", "vetted")]
    threshold = block.number(fields["threshold"])
    if bool(signers) != bool(threshold) or threshold > len(canonical_ids(signers)):
        block.fault("a threshold that the signers meet", str(threshold), "threshold")
    return Pin(
        source,
        name,
        version,
        artifacts=read_artifacts(block, fields["artifacts"], name, version, None),
        signers=signers,
        dependencies=block.items(
            fields["dependencies"], partial(shapes.edge, npm=block.document.npm), shapes.edge_text
        ),
        unknown=block.unknown(_known(MODULE)),
        module=ModuleFacts(
            tree,
            block.flag(fields["privileged"]),
            block.items(fields["permissions"], shapes.permission, str),
            vetted,
            threshold,
        ),
    )


def read_package(block: Block) -> Pin:
    if _string(block.table.get("source")) in block.document.npm:
        from holdfast.format.read_plain_npm import read_npm_package  # only where there is npm

        return read_npm_package(block)
    if _string(block.table.get("name")).startswith("@"):
        return read_module(block)
    texts = {field.key: block.text(field) for field in PACKAGE.fields if field.shape not in ITEM_SHAPES}
    artifacts, by, dependencies = [field for field in PACKAGE.fields if field.shape in ITEM_SHAPES]
    signers = block.items(by, shapes.text, str)
    return Pin(
        texts["source"],
        texts["name"],
        texts["version"],
        texts["requires-python"],
        texts["when"],
        read_artifacts(block, artifacts, texts["name"], texts["version"], signers),
        signers,
        block.items(dependencies, partial(shapes.edge, npm=block.document.npm), shapes.edge_text),
        block.unknown(_known(PACKAGE)),
    )


def _cross_check(top: Block, blocks: list[Block], inputs: list[Input], lock: Lock) -> None:
    """What no block can say alone: order of packages, sources and signers that are declared."""
    sources = PUBLIC_SOURCES.union([source.name for source in lock.sources])
    registries = {source.name for source in lock.sources if source.kind == "modules"}
    signers = {signer.id for signer in lock.signers}
    for index, part in enumerate(inputs):
        block = Block(top.document, INPUT.key, index, f"{INPUT.key}[{index}]", {})
        for entry in part.requires:
            if entry.source not in sources:
                _undeclared(block, "requires", str(entry), entry.source)
            _check_kind(block, "requires", str(entry), entry, registries)
    previous: tuple[str, str, str] | None = None
    for block, pin in zip(blocks, lock.packages):
        key = order.package_key(pin)
        if previous is not None and key <= previous:
            expected = "packages sorted by source, name and version" if key < previous else "each package once"
            block.fault(expected, f"{pin.source}:{pin.name} {pin.version} after {previous[0]}:{previous[1]}", "name")
        previous = key
        if pin.source not in sources:
            _undeclared(block, "source", pin.source, pin.source)
        _check_kind(block, "source", pin.source, pin, registries)
        for edge in pin.dependencies:
            if edge[0].source not in sources:
                _undeclared(block, "dependencies", shapes.edge_text(edge), edge[0].source)
            _check_kind(block, "dependencies", shapes.edge_text(edge), edge[0], registries)
        own = [signer for one in pin.artifacts for signer in one.signers or ()]
        named = ("signers", pin.signers), ("vetted", pin.module.vetted if pin.module else ()), ("artifacts", own)
        for field, ids in named:
            for signer in ids:
                if signer not in signers and meant_by(signer, lock.signers) is None:
                    _unknown(block, field, signer, lock)


def _unknown(block: Block, key: str, signer: str, lock: Lock) -> NoReturn:
    expected = "a signer with a [[signer]] block"
    if any(canonical_id(one.id) == canonical_id(signer) for one in lock.signers):
        block.fault(expected, signer, key, value=signer, hint=_ADRIFT, kind=SignersAdrift)
    block.fault(expected, signer, key, value=signer)


def _cross_check_npm(blocks: list[Block], lock: Lock, places: list[Block]) -> None:
    npm = [pin.npm is not None for pin in lock.packages]
    edges = [edge[0].source for pin in lock.packages for edge in pin.dependencies]
    if not any(npm) and not places and (not blocks or blocks[0].document.npm.isdisjoint(edges)):
        return
    from holdfast.format.read_plain_npm import check_edges  # only where there is npm

    for block, pin, is_npm in zip(blocks, lock.packages, npm):
        check_edges(block, pin, is_npm)
    for block, instance in zip(places, lock.instances):
        check_edges(block, instance, npm=True)


def _undeclared(block: Block, key: str, text: str, source: str) -> NoReturn:
    known = " or ".join(sorted(PUBLIC_SOURCES))
    block.fault(f"the source {known}, or one with a [[source]] block", source, key, value=text)


def _check_kind(block: Block, key: str, text: str, named: Pin | Requirement, registries: set[str]) -> None:
    """Modules come from module registries, and nothing else does."""
    if named.source in block.document.npm:
        return
    module = named.name[0] == "@"
    if module != (named.source in registries):
        what = "a source of the kind modules" if module else "a source of packages"
        block.fault(f"{what} for {named.name}", named.source, key, value=text)


def _label(section: Section, index: int, table: Table) -> str:
    label = f"{section.key}[{index}]"
    if section is PACKAGE or section is INSTANCE:
        return " ".join([label, *[_string(table[key])[:60] for key in ("name", "version") if key in table]])
    return label


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _known(section: Section) -> frozenset[str]:
    return frozenset([field.key for field in section.fields])
