"""The fast reader's part for npm: canonical [[package]] blocks of npm sources, and [[instance]] blocks.

Law and tricks: see `read.py`. A fact of npm stands in one line, so a block is walked line by line; equal entries are
judged once. Whatever is not canonical raises `OtherTextError`, and the plain reader decides. Loaded only for a lock
that has npm packages.
"""

from __future__ import annotations

import re
from itertools import pairwise

from holdfast.format import npm_shapes, shapes
from holdfast.format.fields import INSTANCE, NPM
from holdfast.format.order import instance_key, package_key
from holdfast.format.read import Value, scalars, values_of
from holdfast.format.read_packages import check_lines, increasing, other
from holdfast.model.lock import Instance, NpmFacts, Pin, PinnedArtifact
from holdfast_resolver.values.digests import parse_digest
from holdfast_resolver.values.npm import NpmRequirement
from holdfast_resolver.values.npm_names import tarball_file_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INSTANCE_MARK = f"\n\n{INSTANCE.header}\n"
_SOURCE = '\nsource = "'
_FACTS = [field for field in NPM.fields if field.attribute.startswith("npm.")]
# A NamedTuple's own constructor is Python code; this runs in C, thousands of times per lock.
_new_requirement: Callable[[type[NpmRequirement], tuple[object, ...]], NpmRequirement] = tuple.__new__
_SHA512 = re.compile("sha512:[0-9a-f]{128}")
_SEMVER = re.compile("(?:0|[1-9][0-9]{0,8})\\.(?:0|[1-9][0-9]{0,8})\\.(?:0|[1-9][0-9]{0,8})")
_PAIR = re.compile('(?:([A-Za-z0-9_-]+)|"([^"]*)") = "([^"]*)"(, |$)')


def is_of(block: str, sources: frozenset[str]) -> bool:
    """Whether a block, without its header and the key of its name, is of one of the sources."""
    start = block.find("\n")
    return block.startswith(_SOURCE, start) and block[start + len(_SOURCE) :].partition('"')[0] in sources


class Reader:
    """Reads the npm part of one lock; `sources` are its npm sources, `signers` the ids of its signers."""

    __slots__ = ("_edges", "_facts", "_markers", "_names", "_ranges", "_signers", "_sources", "_versions")

    def __init__(self, sources: frozenset[str], signers: frozenset[str]) -> None:
        self._sources = sources
        self._signers = signers
        self._facts: dict[tuple[str, ...], NpmFacts] = {(): NpmFacts()}
        self._edges: dict[str, shapes.Edge] = {}
        # Texts that were seen to be in the canonical spelling of their shape.
        self._markers = {""}
        self._names: set[str] = set()
        self._ranges: set[str] = set()
        self._versions: set[str] = set()

    def packages(self, blocks: list[str]) -> tuple[Pin, ...]:
        """Return the pins of blocks, each without its header and the key of its name."""
        pins = tuple([self._pin(block) for block in blocks])
        for one, two in pairwise(pins):
            if (one.source, one.name) >= (two.source, two.name) and package_key(one) >= package_key(two):
                other()
        return pins

    def instances(self, text: str) -> tuple[Instance, ...]:
        """Return the instances of a text that begins behind the first header."""
        found = tuple([self._instance(body) for body in text.split(INSTANCE_MARK)])
        keys = [instance_key(instance) for instance in found]
        if any(one >= two for one, two in pairwise(keys)):
            other()
        return found

    def _pin(self, block: str) -> Pin:
        check_lines(block)
        lines = iter(block.split("\n"))
        name = next(lines)
        if name[-1:] != '"':
            other()
        name = self._name(name[:-1])
        source = _text(next(lines, ""), "source")
        version = self._version(_text(next(lines, ""), "version"))
        if source not in self._sources:
            other()
        artifact = self._artifact(lines, name, version)
        signers: tuple[str, ...] = ()
        head = next(lines, "")
        if head != "signers = []":
            if head != "signers = [":
                other()
            signers = tuple(_items(lines))
            if not self._signers.issuperset(signers):
                other()
        edges: tuple[shapes.Edge, ...] = ()
        said = []
        line = next(lines, None)
        while line is not None and line != "dependencies = [":
            said.append(line)
            line = next(lines, None)
        facts = self._facts_of(tuple(said))
        if line == "dependencies = [":
            edges = tuple([self._edge(text) for text in _items(lines)])
        if next(lines, None) is not None:
            other()
        return Pin(source, name, version, "", "", (artifact,), signers, edges, (), None, facts)

    def _artifact(self, lines: Iterator[str], name: str, version: str) -> PinnedArtifact:
        file = tarball_file_name(name, version)
        start = f'    {{ file = "{file}", hash = "'
        if next(lines, "") != "artifacts = [":
            other()
        line = next(lines, "")
        if not line.startswith(start) or not line.endswith('" },') or next(lines, "") != "]":
            other()
        digest = line[len(start) : -4]
        if not _SHA512.fullmatch(digest):
            parse_digest(digest)
        return PinnedArtifact(file, digest)

    def _instance(self, body: str) -> Instance:
        check_lines(body)
        values = values_of(INSTANCE, body)
        name, source, version = scalars(INSTANCE, values)
        number, dependents, entries = _string(values[3]), _list(values[4]), _list(values[5])
        if source not in self._sources or not dependents:
            other()
        if not (number.isascii() and number.isdigit() and number[0] != "0" and len(number) < 4 and number != "1"):
            other()
        increasing(dependents)
        increasing(entries)
        if any(npm_shapes.dependent(text) != text for text in dependents):
            other()
        edges = tuple([self._edge(text) for text in entries])
        if not all(chosen for _, chosen in edges):
            other()
        return Instance(source, name, version, int(number), tuple(dependents), edges)

    def _name(self, text: str) -> str:
        if text not in self._names:
            shapes.npm_name(text)
            self._names.add(text)
        return text

    def _version(self, text: str) -> str:
        if text not in self._versions:
            if not _SEMVER.fullmatch(text):
                shapes.semver(text)
            self._versions.add(text)
        return text

    def _facts_of(self, lines: tuple[str, ...]) -> NpmFacts:
        known = self._facts.get(lines)
        if known is None:
            known = self._facts[lines] = _facts(lines)
        return known

    def _edge(self, text: str) -> shapes.Edge:
        known = self._edges.get(text)
        if known is not None:
            return known
        source, _, body = text.partition(":")
        if source not in self._sources:
            other()
        body, semicolon, marker = body.partition(" ; ")
        name, _, range_ = body.partition(" ")
        if marker not in self._markers or bool(semicolon) != bool(marker) or shapes.ARROW in text:
            known = shapes.edge(text, self._sources)
            if shapes.edge_text(known) != text:
                other()
            if not known[1]:
                self._markers.add(marker)
        else:
            if range_ not in self._ranges:
                npm_shapes.check_range(range_, tags=True)
                self._ranges.add(range_)
            known = _new_requirement(NpmRequirement, (source, self._name(name), (), range_, marker)), ""
        self._edges[text] = known
        return known


def _facts(lines: tuple[str, ...]) -> NpmFacts:
    """The facts, in the order of the table."""
    rest = iter(lines)
    line = next(rest, "")
    found: list[object] = []
    for field in _FACTS:
        start = f"{field.key} = "
        if not line.startswith(start):
            found.append(False if field.shape == "flag" else ())
            continue
        value = line[len(start) :]
        if field.shape == "flag":
            if value != "true":
                other()
            found.append(True)
        else:
            found.append(_pairs(value) if field.shape == "pairs" else _row(value, field.key == "bundled"))
        line = next(rest, "")
    if line or next(rest, None) is not None:
        other()
    return NpmFacts(*found)  # type: ignore[arg-type]  # the fields stand in the order of the table, as a test holds


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """`{ node = ">=18", "a.b" = "x" }`"""
    if not text.startswith("{ ") or not text.endswith(" }") or len(text) < 5:
        other()
    inside, place = text[2:-2], 0
    found = []
    while place < len(inside):
        match = _PAIR.match(inside, place)
        if match is None or (match[2] is not None and _is_bare(match[2])) or (match[4] and match.end() == len(inside)):
            other()
        found.append((match[1] or match[2], match[3]))
        place = match.end()
    increasing([key for key, _ in found])
    return tuple(found)


def _is_bare(text: str) -> bool:
    return bool(text) and text.isascii() and text.replace("-", "").replace("_", "0").isalnum()


def _row(text: str, names: bool) -> tuple[str, ...]:
    """`["a", "b"]`"""
    if not text.startswith('["') or not text.endswith('"]') or len(text) < 4:
        other()
    items = text[2:-2].split('", "')
    if text.count('"') != 2 * len(items):
        other()
    increasing(items)
    if names:
        for item in items:
            shapes.npm_name(item)
    return tuple(items)


def _text(line: str, key: str) -> str:
    start = f'{key} = "'
    if not line.startswith(start) or line[-1] != '"' or line.count('"') != 2 or len(line) < len(start) + 2:
        other()
    return line[len(start) : -1]


def _items(lines: Iterator[str]) -> list[str]:
    """The strings of an array, one in a line, behind its first line."""
    found = []
    for line in lines:
        if line == "]":
            break
        if not line.startswith('    "') or not line.endswith('",') or line.count('"') != 2 or len(line) < 8:
            other()
        found.append(line[5:-2])
    else:
        other()
    if not found:
        other()
    increasing(found)
    return found


def _string(value: Value) -> str:
    return value if isinstance(value, str) else other()


def _list(value: Value) -> list[str]:
    return value if isinstance(value, list) else other()
