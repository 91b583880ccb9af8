"""The fast reader's inner loop: canonical [[package]] blocks -> pins. Law and tricks: see `read.py`.

Knows no other section; whatever is not canonical raises `OtherTextError`, and the plain reader decides.
"""

from collections.abc import Callable
from itertools import repeat
from typing import NoReturn, cast

from holdfast.format import shapes
from holdfast.format.fields import ARTIFACT_FIELDS, ITEM_SHAPES, LONGEST_LINE, PACKAGE
from holdfast.format.naming import SDIST_SUFFIXES, belongs
from holdfast.model.lock import Pin, PinnedArtifact
from holdfast_resolver.values.digests import parse_digest
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.versions.pep440_keys import version_key

PACKAGE_MARK = f'\n\n{PACKAGE.header}\n{PACKAGE.fields[0].key} = "'
_SCALARS = [field for field in PACKAGE.fields[1:] if field.shape not in ITEM_SHAPES]
_SOURCE, _VERSION = [f'{field.key} = "' for field in _SCALARS if field.required]
_REQUIRES_PYTHON, _WHEN = [f'{field.key} = "' for field in _SCALARS if not field.required]
_ARTIFACTS, _SIGNERS, _EDGES = [field.key for field in PACKAGE.fields if field.shape in ITEM_SHAPES]
_FILE, _HASH = [field.key for field in ARTIFACT_FIELDS]
_ARTIFACTS_START = f'"\n{_ARTIFACTS} = [\n    {{ {_FILE} = "'
_ARTIFACTS_END = '" },\n]'
_BETWEEN = f" }},\n    {{ {_FILE} = "
_INSIDE = f", {_HASH} = "
_SIGNERS_START = f'\n{_SIGNERS} = [\n    "'
_EDGES_START = f'\n{_EDGES} = [\n    "'
_ITEMS_END = '",\n]'

_SHA256, _SHA256_LENGTH = "sha256:", len("sha256:") + 64
_HEX = b"0123456789abcdef"

# A NamedTuple's own constructor is Python code; these run in C, thousands of times per lock.
_new_artifact = cast("Callable[[type[PinnedArtifact], tuple[str, str]], PinnedArtifact]", tuple.__new__)
_new_requirement = cast("Callable[[type[Requirement], tuple[object, ...]], Requirement]", tuple.__new__)


class OtherTextError(Exception):
    """The text is not canonical, or not a lock: the plain reader decides."""


def other() -> NoReturn:
    raise OtherTextError


def check_lines(text: str) -> None:
    """No line beyond the bound; `text` may lack the first characters of its first line."""
    if len(text) > LONGEST_LINE // 2 and max(map(len, text.split("\n"))) > LONGEST_LINE - 100:
        other()


def increasing(items: list[str]) -> None:
    """Sorted, and each item once."""
    if len(items) > 1 and not all(map(str.__lt__, items, items[1:])):
        other()


class _Spelled(dict[str, str]):
    """Texts that were seen to be in the canonical spelling of their shape."""

    def __init__(self, shape: Callable[[str], str]) -> None:
        super().__init__()
        self._shape = shape

    def __missing__(self, text: str) -> str:
        if self._shape(text) != text:
            other()
        self[text] = text
        return text


class Packages:
    """Reads the package blocks of one lock whose sources and signers are known."""

    __slots__ = (
        "_digests",
        "_edges",
        "_markers",
        "_names",
        "_ranges",
        "_signers",
        "_sources",
        "_tails",
        "_versions",
    )

    def __init__(self, sources: frozenset[str], signers: frozenset[str]) -> None:
        self._sources = sources
        self._signers = signers
        self._names = _Spelled(shapes.name)
        self._versions = _Spelled(shapes.version)
        self._ranges = _Spelled(shapes.range_)
        self._markers = _Spelled(shapes.marker)
        self._edges = _Edges(sources, self._names, self._versions, self._ranges, self._markers)
        self._tails = set(SDIST_SUFFIXES)  # what may follow `name-version` in a file's name, as seen so far
        self._digests: list[str] = []

    def read(self, blocks: list[str]) -> tuple[Pin, ...]:
        """The pins of the blocks, each without its header and the key of its name."""
        pins = []
        source = name = version = ""
        for block in blocks:
            pin = self._package(block)
            if pin.name <= name or pin.source != source:
                self._check_order(pin, source, name, version)
            source, name, version = pin.source, pin.name, pin.version
            pins.append(pin)
        _check_digests(self._digests)
        return tuple(pins)

    def _check_order(self, pin: Pin, source: str, name: str, version: str) -> None:
        if (pin.source, pin.name) == (source, name):
            if version_key(pin.version) <= version_key(version):
                other()
        elif (pin.source, pin.name) < (source, name):
            other()

    def _package(self, block: str) -> Pin:
        check_lines(block)
        head, start, rest = block.partition(_ARTIFACTS_START)
        fields = head.split('"\n')
        count = len(fields)
        if not start or count < 3 or head.count('"') != 2 * (count - 1):
            other()
        if not fields[1].startswith(_SOURCE) or not fields[2].startswith(_VERSION):
            other()
        name = self._names[fields[0]]
        source = fields[1][len(_SOURCE) :]
        version = self._versions[fields[2][len(_VERSION) :]]
        if source not in self._sources:
            other()
        requires_python = when = ""
        index = 3
        if index < count and fields[index].startswith(_REQUIRES_PYTHON):
            requires_python = self._ranges[fields[index][len(_REQUIRES_PYTHON) :]]
            index += 1
        if index < count and fields[index].startswith(_WHEN):
            when = self._markers[fields[index][len(_WHEN) :]]
            index += 1
        artifacts_text, end, rest = rest.partition(_ARTIFACTS_END)
        if index != count or not end:
            other()
        artifacts = self._artifacts(artifacts_text, name, version)
        signers: tuple[str, ...] = ()
        edges: tuple[shapes.Edge, ...] = ()
        if rest.startswith(_SIGNERS_START):
            items, rest = _items(rest, _SIGNERS_START)
            if not self._signers.issuperset(items):
                other()
            signers = tuple(items)
        if rest.startswith(_EDGES_START):
            items, rest = _items(rest, _EDGES_START)
            edges = tuple([self._edges[item] for item in items])
        if rest:
            other()
        return Pin(source, name, version, requires_python, when, artifacts, signers, edges)

    def _artifacts(self, text: str, name: str, version: str) -> tuple[PinnedArtifact, ...]:
        # file, `, hash = `, digest, ` },\n    { file = `, file, ...
        parts = text.split('"')
        files, digests = parts[0::4], parts[2::4]
        count = len(files)
        if (
            len(parts) != 4 * count - 1
            or parts[1::4].count(_INSIDE) != count
            or parts[3::4].count(_BETWEEN) != count - 1
        ):
            other()
        increasing(files)
        self._digests += digests
        self._check_files(files, name, version)
        return tuple(map(_new_artifact, repeat(PinnedArtifact), zip(files, digests)))

    def _check_files(self, files: list[str], name: str, version: str) -> None:
        start = f"{name.replace('-', '_')}-{version}"
        # files are sorted: what the first and the last begin with, all begin with
        if files[0].startswith(start) and files[-1].startswith(start) and "-" not in version:
            cut = len(start)
            tails = [file[cut:] for file in files]
            if self._tails.issuperset(tails):
                return
            for file, tail in zip(files, tails):
                if not belongs(file, name, version):
                    other()
                if tail.startswith("-") and tail.endswith(".whl"):
                    self._tails.add(tail)
            return
        if not all(belongs(file, name, version) for file in files):
            other()


class _Edges(dict[str, shapes.Edge]):
    """Dependency entries seen so far. Most are taken apart here; one with extras is left to its parser."""

    def __init__(
        self,
        sources: frozenset[str],
        names: _Spelled,
        versions: _Spelled,
        ranges: _Spelled,
        markers: _Spelled,
    ) -> None:
        super().__init__()
        self._sources = sources
        self._names = names
        self._versions = versions
        self._ranges = ranges
        self._markers = markers

    def __missing__(self, text: str) -> shapes.Edge:
        source, _, body = text.partition(":")
        if source not in self._sources:
            other()
        if "[" in text or shapes.ARROW in text:
            edge = shapes.edge(text)
            if shapes.edge_text(edge) != text:
                other()
        else:
            body, semicolon, marker = body.partition(" ; ")
            if semicolon and not self._markers[marker]:
                other()
            # `celery>=5.4,<6`: the name ends where the first operator begins
            name = (
                body.replace("<", "=").replace(">", "=").replace("!", "=").replace("~", "=").partition("=")[0]
            )
            clauses = body[len(name) :]
            edge = (
                _new_requirement(
                    Requirement,
                    (source, self._names[name], (), self._ranges[clauses] if clauses else "", marker),
                ),
                "",
            )
        self[text] = edge
        return edge


def _items(text: str, start: str) -> tuple[list[str], str]:
    """The strings of an array that begins with `start`, and what follows the array."""
    body, end, rest = text[len(start) :].partition(_ITEMS_END)
    items = body.split('",\n    "')
    if not end or body.count('"') != 2 * (len(items) - 1):
        other()
    increasing(items)
    return items, rest


def _check_digests(digests: list[str]) -> None:
    """Every digest is one that may pin; almost always all are sha256, which is judged in one sweep."""
    count = len(digests)
    joined = "".join(digests)
    if (
        set(map(len, digests)) == {_SHA256_LENGTH}
        and joined.count(_SHA256) == count
        and joined[len(_SHA256) - 1 :: _SHA256_LENGTH].count(":") == count
        and not joined.replace(_SHA256, "").encode().translate(None, _HEX)
    ):
        return
    for digest in digests:
        parse_digest(digest)
