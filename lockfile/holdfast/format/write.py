"""Lock -> canonical TOML. The same lock gives the same bytes, whatever order its tuples were built in.

Law: what was written is read again and compared before anybody gets it. Knows no file and no terminal.
"""

from holdfast.errors import LockFormatError
from holdfast.format.fields import FORMAT, HEADER, MODULE, NPM, PACKAGE, SECTIONS, Field, Section
from holdfast.format.order import canonical
from holdfast.format.read import read
from holdfast.format.shapes import edge_text
from holdfast.format.strings import quote, quote_key
from holdfast.model.lock import Input, Instance, Lock, LockedSource, Pin, PinnedArtifact, Scope, Signer, Unknown

Block = Scope | LockedSource | Input | Signer | Pin | Instance


class WriteError(AssertionError):
    """A lock that would not be read back as it is: an internal error, or a value that no lock may hold."""


def write(lock: Lock) -> str:
    """Return the canonical text of a lock, so that `read(write(lock)) == canonical(lock)`.

    Raises `WriteError` when the lock holds what the reader refuses (an artifact of another package, a hidden
    character, two equal pins); `WriteError.__cause__` is then the reader's `LockFormatError`.
    """
    ordered = canonical(lock)
    text = _render(ordered)
    try:
        again = read(text)
    except LockFormatError as error:
        raise WriteError(f"the written lock is refused: {error}") from error
    if again != ordered:
        raise WriteError("the written lock reads back differently")
    return text


def _render(lock: Lock) -> str:
    lines = [HEADER, f"format = {lock.format}"]
    lines.extend(_strings("features", list(lock.features)))
    lines.extend(_unknown(lock.unknown))
    for section in SECTIONS:
        blocks = getattr(lock, section.attribute)
        for block in blocks if section.repeated else (blocks,):
            lines.append("")
            _block(_section_of(block) if isinstance(block, Pin) else section, block, lines)
    lines.append("")
    return "\n".join(lines)


def _section_of(pin: Pin) -> Section:
    if pin.module is not None:
        return MODULE
    return PACKAGE if pin.npm is None else NPM


def _block(section: Section, block: Block, lines: list[str]) -> None:
    lines.append(section.header)
    for field in section.fields:
        value = _value(block, field.attribute)
        if value or field.required:
            _field(field, value, lines)
    lines.extend(_unknown(block.unknown))


def _value(block: Block, attribute: str) -> object:
    """`tree` of a block, or `module.tree`: of its module facts."""
    outer, dot, inner = attribute.partition(".")
    value: object = getattr(block, outer)
    return getattr(value, inner) if dot else value


def _field(field: Field, value: object, lines: list[str]) -> None:
    if field.shape == "attribute":
        pairs = value if isinstance(value, tuple) else ()
        lines.extend([f"{key} = {quote(text)}" for key, text in pairs if key == field.key])
    elif isinstance(value, int):  # a flag is written where it holds
        lines.append(f"{field.key} = {'true' if value is True else value}")
    elif not isinstance(value, tuple):
        lines.append(f"{field.key} = {quote(str(value))}")
    elif field.shape == "row":
        lines.append(f"{field.key} = [{', '.join([quote(item) for item in value])}]")
    elif field.shape == "pairs":
        lines.append(f"{field.key} = {{ {', '.join([f'{quote_key(key)} = {quote(text)}' for key, text in value])} }}")
    elif field.shape == "artifacts":
        lines.append(f"{field.key} = [")
        lines.extend([_artifact(artifact) for artifact in value])
        lines.append("]")
    elif field.shape == "edges":
        lines.extend(_strings(field.key, [edge_text(edge) for edge in value]))
    else:
        lines.extend(_strings(field.key, [str(item) for item in value]))


def _strings(key: str, items: list[str]) -> list[str]:
    if not items:
        return [f"{key} = []"]
    return [f"{key} = [", *[f"    {quote(item)}," for item in items], "]"]


def _artifact(artifact: PinnedArtifact) -> str:
    start = f"    {{ file = {quote(artifact.file)}, hash = {quote(artifact.hash)}"
    if artifact.signers is None:
        return f"{start} }},"
    return f"{start}, signers = [{', '.join([quote(signer) for signer in artifact.signers])}] }},"


def _unknown(pairs: Unknown) -> list[str]:
    return [f"{quote_key(key)} = {text}" for key, text in pairs]


__all__ = ["FORMAT", "WriteError", "write"]
