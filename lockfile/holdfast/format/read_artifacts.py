"""The plain reader's part for artifacts: the inline tables of a package's `artifacts`, in any spelling.

Knows one block; who has a [[signer]] block is judged by `read_plain.py`. Its fast twins are in `read_packages.py`,
`read_own_signers.py` and `read_modules.py`.
"""

import typing

from holdfast.format import shapes
from holdfast.format.blocks import Block, Table, type_name
from holdfast.format.fields import ARTIFACT_FIELDS, Field
from holdfast.format.naming import belongs, belongs_to_npm
from holdfast.model.lock import PinnedArtifact
from holdfast.model.signers import contradicts

EVERY_ARTIFACT = "as signers of the package those who signed every artifact, and nobody else"
_FILE, _HASH, _SIGNERS = ARTIFACT_FIELDS


def read_artifacts(
    block: Block, field: Field, name: str, version: str, signers: tuple[str, ...] | None, npm: bool = False
) -> tuple[PinnedArtifact, ...]:
    """Return the artifacts of a package, sorted by file.

    `signers` are the package's, sorted; None where artifacts have none of their own (modules). An artifact that names
    exactly these says nothing of its own.
    """
    found: dict[str, PinnedArtifact] = {}
    for index, value in enumerate(block.array(field)):
        where = f"{field.key}[{index}]"
        if not isinstance(value, dict):
            anchor = value if isinstance(value, str) else ""
            block.fault("an inline table { file = ..., hash = ... }", type_name(value), field.key, where, anchor)
        table = typing.cast("Table", value)
        file, hash_ = [_text(block, field, where, table, part) for part in (_FILE, _HASH)]
        _check_keys(block, field, where, table, signers is not None)
        if not (belongs_to_npm(file, name, version) if npm else belongs(file, name, version)):
            what = "the tarball" if npm else "the archive" if name[:1] == "@" else "a wheel or sdist"
            block.fault(f"{what} of {name} {version}", file, field.key, f"{where}.file", file)
        if file in found:
            block.fault("each artifact once", file, field.key, where, file, 1)
        digest = block.shaped(shapes.SCALARS["digest"], hash_, field.key, f"{where}.hash")
        own = _signers(block, field, where, table)
        found[file] = PinnedArtifact(file, digest, None if own == signers else own)
    if not found:
        block.fault("at least one artifact", "none", field.key)
    artifacts = tuple([found[file] for file in sorted(found)])
    broken = contradicts(signers or (), artifacts)
    if broken:
        block.fault(EVERY_ARTIFACT, broken, "signers")
    return artifacts


def _text(block: Block, field: Field, where: str, table: Table, part: Field) -> str:
    value = table.get(part.key)
    if value is None:
        block.fault(f"the key `{part.key}`", "no such key", field.key, f"{where}.{part.key}", _anchor(table))
    if not isinstance(value, str):
        block.fault("a string", type_name(value), field.key, f"{where}.{part.key}", _anchor(table))
    return value


def _check_keys(block: Block, field: Field, where: str, table: Table, signers: bool) -> None:
    known = [_FILE.key, _HASH.key, *([_SIGNERS.key] if signers else [])]
    for key in table:
        if key not in known:
            expected = "the keys file, hash and signers only" if signers else "the keys file and hash only"
            block.fault(expected, key, field.key, where, _anchor(table))


def _signers(block: Block, field: Field, where: str, table: Table) -> tuple[str, ...] | None:
    """The ids that the artifact names, sorted; None where it names none."""
    if _SIGNERS.key not in table:
        return None
    place, value = f"{where}.{_SIGNERS.key}", table[_SIGNERS.key]
    if not isinstance(value, list):
        block.fault("an array", type_name(value), field.key, place, _anchor(table))
    ids: set[str] = set()
    for item in typing.cast("list[object]", value):
        if not isinstance(item, str):
            block.fault("a string", type_name(item), field.key, place, _anchor(table))
        id_ = block.shaped(shapes.text, item, field.key, place)
        if id_ in ids:
            block.fault("each entry once", id_, field.key, place, _anchor(table))
        ids.add(id_)
    return tuple(sorted(ids))


def _anchor(table: Table) -> str:
    """What a message looks for in the text: the file's name, if the table has one."""
    file = table.get(_FILE.key)
    return file if isinstance(file, str) else ""
