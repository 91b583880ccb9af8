"""The fast reader: canonical text -> Lock, line by line, without `tomllib` and `re`.

Law: this file never says what is wrong. It takes the text that `write` makes; whatever else it meets it
leaves to `read_plain.py`, which gives the same lock for another spelling, or the error with its place.
Property tests hold that the two never differ.

The tricks: printable text without a backslash has no escapes, so every quotation mark begins or ends a
string, and a block can be cut at its marks; an array of artifacts cut at `"` has its files in parts 0, 4, 8
... and its digests in parts 2, 6, 10 ...; equal entries are judged once.
"""

from holdfast.format import shapes
from holdfast.format.fields import (
    BARE,
    FORMAT,
    HEADER,
    INPUT,
    INPUT_KINDS,
    INSTANCE,
    ITEM_SHAPES,
    NAMED_INPUTS,
    PUBLIC_SOURCES,
    SCOPE,
    SIGNER,
    SOURCE,
    Section,
)
from holdfast.format.guard import decode
from holdfast.format.read_packages import (
    PACKAGE_MARK,
    OtherTextError,
    check_lines,
    increasing,
    other,
    read_packages,
)
from holdfast.model.lock import MARK, Input, Lock, LockedSource, Scope, Signer
from holdfast_resolver.errors import InvalidInput
from holdfast_resolver.values.requirements import NPM_SOURCES
from holdfast_resolver.values.targets import parse_target

Value = str | list[str]

_START = f"{HEADER}\nformat = {FORMAT}\nfeatures = []\n\n{SCOPE.header}\n"
_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\n"
_INSTANCES = f"\n\n{INSTANCE.header}\n"
_MIDDLE = (SOURCE, INPUT, SIGNER)  # the sections between [scope] and the packages


def read(data: str | bytes, path: str = "holdfast.lock") -> Lock:
    """Return the lock that a text says, in canonical order.

    `path` is for messages only. Raises `LockFormatError` with its place, expected, found and hint.
    """
    text = decode(data, path)
    lock = read_canonical(text)
    if lock is not None:
        return lock
    from holdfast.format.read_plain import read_plain  # start-up: only for what is not canonical

    return read_plain(text, path)


def read_canonical(text: str) -> Lock | None:
    """Return the lock of a canonical text, or None for any other text, right or wrong."""
    if not text.startswith(_START) or not text.endswith("\n") or "\\" in text:
        return None
    if text.isascii():
        if text.encode().translate(None, _PRINTABLE):
            return None
    elif not text.replace("\n", "").isprintable():
        return None
    try:
        return _lock(text[len(_START) : -1])
    except (OtherTextError, shapes.MisfitError, InvalidInput):
        return None


def _lock(text: str) -> Lock:
    text, _, instances = text.partition(_INSTANCES)
    head, *blocks = text.split(PACKAGE_MARK)
    check_lines(head)
    sections = head.split("\n\n")
    found: dict[str, list[list[Value]]] = {section.header: [] for section in _MIDDLE}
    latest = 0
    for block in sections[1:]:
        header, _, body = block.partition("\n")
        place = next((place for place, section in enumerate(_MIDDLE) if section.header == header), -1)
        if place < latest:
            other()
        latest = place
        found[header].append(values_of(_MIDDLE[place], body))
    sources = [_source(values) for values in found[SOURCE.header]]
    npm = NPM_SOURCES.union([source.name for source in sources if source.kind == "npm"])
    inputs = [_input(values, npm) for values in found[INPUT.header]]
    signers = [_signer(values) for values in found[SIGNER.header]]
    increasing([source.name for source in sources])
    increasing([f"{part.path}\n{INPUT_KINDS.index(part.kind)}{part.name}" for part in inputs])
    increasing([signer.id for signer in signers])
    known = PUBLIC_SOURCES.union([source.name for source in sources])
    if not known.issuperset([entry.source for part in inputs for entry in part.requires]):
        other()
    ids = frozenset([signer.id for signer in signers])
    if instances or any(f'"\nsource = "{name}"\n' in text for name in npm):
        from holdfast.format.read_npm import Reader, is_of  # start-up: only where there is npm

        reader = Reader(npm, ids)
        kinds = [is_of(block, npm) for block in blocks]
        apart = reader.packages([block for block, kind in zip(blocks, kinds) if kind])
        blocks = [block for block, kind in zip(blocks, kinds) if not kind]
        places = reader.instances(instances) if instances else ()
    else:
        kinds, apart, places = [], (), ()
    if any(MARK in id_ for id_ in ids):
        from holdfast.model.signer_references import is_settled  # start-up: only where an identity has several records

        if not is_settled(signers):
            other()
    registries = frozenset([source.name for source in sources if source.root])
    modules = [block for block in blocks if block[0] == "@"]
    if modules:
        from holdfast.format.read_modules import interleaved, read_modules  # start-up: only where there are modules

        packages = read_packages([block for block in blocks if block[0] != "@"], known - registries - npm, ids)
        pins = read_modules(modules, registries, ids)
        packages = interleaved(packages, pins, [block[0] == "@" for block in blocks])
    else:
        packages = read_packages(blocks, known - registries - npm, ids)
    if apart:
        from holdfast.format.read_modules import interleaved  # start-up: only where there is npm

        packages = interleaved(packages, apart, kinds)
    for part in inputs:
        for entry in part.requires:
            if entry.source not in npm and (entry.name[0] == "@") != (entry.source in registries):
                other()
    return Lock(_scope(sections[0]), tuple(inputs), packages, tuple(sources), tuple(signers), instances=places)


def values_of(section: Section, body: str) -> list[Value]:
    """The values of a block's keys in the table's order, "" and [] for absent ones."""
    lines = body.split("\n")
    found: list[Value] = []
    index, count = 0, len(lines)
    for field in section.fields:
        start = f"{field.key} = "
        array = field.shape in ITEM_SHAPES
        if index == count or not lines[index].startswith(start):
            if field.required:
                other()
            found.append([] if array else "")
            continue
        rest = lines[index][len(start) :]
        index += 1
        if not array:
            found.append(string(rest) if field.shape not in BARE else rest)
        elif rest == "[]":
            if not field.required:
                other()
            found.append([])
        elif rest == "[" and "]" in lines[index:]:
            end = lines.index("]", index)
            found.append([_item(line) for line in lines[index:end]])
            index = end + 1
        else:
            other()
    if index != count:
        other()
    return found


def string(text: str) -> str:
    if len(text) < 3 or text[0] != '"' or text.find('"', 1) != len(text) - 1:
        other()
    return text[1:-1]


def _item(line: str) -> str:
    if not line.startswith('    "') or not line.endswith(","):
        other()
    return string(line[4:-1])


def _scope(body: str) -> Scope:
    values = values_of(SCOPE, body)
    requires_python, node, strategy, prereleases = scalars(SCOPE, values)
    written = list(values[4])
    increasing(written)
    return Scope(requires_python, strategy, prereleases, tuple([parse_target(text) for text in written]), (), node)


def scalars(section: Section, values: list[Value]) -> list[str]:
    """The scalar values of a block; each is in its canonical spelling, or the text is another."""
    scalars = []
    for field, value in zip(section.fields, values):
        if isinstance(value, str) and field.shape not in BARE:
            if value and shapes.SCALARS[field.shape](value) != value:
                other()
            if field.words and value not in field.words:
                other()
            scalars.append(value)
    return scalars


def _source(values: list[Value]) -> LockedSource:
    name, kind, identity, root = scalars(SOURCE, values)
    if name in PUBLIC_SOURCES or (kind == "modules") != bool(root) or (root and identity):
        other()
    return LockedSource(name, kind, identity, (), root)


def _input(values: list[Value], npm: frozenset[str]) -> Input:
    path, kind, name = scalars(INPUT, values)
    if (kind in NAMED_INPUTS) != bool(name):
        other()
    written = list(values[3])
    increasing(written)
    requires = tuple([shapes.requirement(text, npm) for text in written])
    if list(map(str, requires)) != written:
        other()
    return Input(path, kind, name, requires)


def _signer(values: list[Value]) -> Signer:
    texts = scalars(SIGNER, values)
    pairs = zip(SIGNER.fields, texts)
    return Signer(texts[0], texts[1], tuple([(f.key, t) for f, t in pairs if f.shape == "attribute" and t]))
