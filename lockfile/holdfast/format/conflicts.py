"""A lock with git conflict markers: both sides' texts, and the pins that can still be read from each.

Knows the markers (git-merge, "How conflicts are presented"; the diff3 style adds the base) and nothing of
which side is right. `lock` takes what it finds here as preferences only, so leniency costs no safety.
"""

from holdfast.errors import LockFormatError
from holdfast.format import guard
from holdfast.format.blocks import Block, Document, Table
from holdfast.format.fields import INSTANCE, LARGEST_FILE, PACKAGE, SOURCE
from holdfast.format.read_plain import read_package
from holdfast.model.lock import PinnedArtifact
from holdfast_resolver.values.requirements import NPM_SOURCES
from holdfast_resolver.values.tuples import NamedTuple

_OURS, _BASE, _MIDDLE, _THEIRS = "<<<<<<<", "|||||||", "=======", ">>>>>>>"


_INSTANCES = f"\n{INSTANCE.header}\n"


class LoosePin(NamedTuple):
    """What is left of a pin: enough to prefer its version and to check its hashes."""

    source: str
    name: str
    version: str
    artifacts: tuple[PinnedArtifact, ...]
    when: str
    npm: bool = False  # of an npm package


def has_conflicts(text: str) -> bool:
    """Whether git left conflict markers in a text."""
    return text.startswith(_OURS) or f"\n{_OURS}" in text


def sides(text: str) -> tuple[str, str]:
    """Return (ours, theirs): the text as each side of every conflict has it.

    A base (diff3) belongs to neither. A conflict without end reaches to the end of the text. Without any,
    both are the text with LF.
    """
    ours: list[str] = []
    theirs: list[str] = []
    takers = {"": (ours, theirs), _OURS: (ours,), _BASE: (), _MIDDLE: (theirs,)}
    part = ""  # the marker that began the part we are in; "" outside of conflicts
    for line in text.replace("\r\n", "\n").split("\n"):
        marker = line[:7] if len(line) == 7 or line[7:8] == " " else ""
        if marker == _OURS or (part and marker in takers and marker):
            part = marker
        elif part and marker == _THEIRS:
            part = ""
        else:
            for side in takers[part]:
                side.append(line)
    return "\n".join(ours), "\n".join(theirs)


def read_pins(text: str) -> list[LoosePin]:
    """Return the pins of the [[package]] blocks that are whole, in the order of the text; skip the others.

    A block is read alone: what its source or signers mean elsewhere in the lock is not asked.
    """
    if len(text) > LARGEST_FILE:
        return []
    pins = []
    npm = _npm_sources(text)
    for body in text.replace("\r\n", "\n").split(f"\n{PACKAGE.header}\n")[1:]:
        pin = _read_block(f"{PACKAGE.header}\n{body.partition(_INSTANCES)[0]}\n", npm)
        if pin is not None:
            pins.append(pin)
    return pins


def _npm_sources(text: str) -> frozenset[str]:
    """The npm sources that whole [[source]] blocks declare, and the public one."""
    found = set(NPM_SOURCES)
    for body in text.replace("\r\n", "\n").split(f"\n{SOURCE.header}\n")[1:]:
        lines = body.partition("\n\n")[0].split("\n")
        if 'kind = "npm"' in lines and lines[0].startswith('name = "') and lines[0].endswith('"'):
            found.add(lines[0][8:-1])
    return frozenset(found)


def _read_block(text: str, npm: frozenset[str]) -> LoosePin | None:
    try:
        guard.inspect(text, "")
        tables = guard.parse(text, "").get(PACKAGE.key)
        if not isinstance(tables, list) or not isinstance(tables[0], dict):
            return None
        table: Table = tables[0]
        document = Document("", text)
        document.npm = npm
        pin = read_package(Block(document, PACKAGE.key, 0, "", table))
    except LockFormatError:
        return None
    return LoosePin(pin.source, pin.name, pin.version, pin.artifacts, pin.when, pin.npm is not None)
