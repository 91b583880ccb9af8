"""The fast reader's inner loop: canonical [[package]] blocks -> pins. Law and tricks: see `read.py`.

Knows no other section; whatever is not canonical raises `OtherTextError`, and the plain reader decides.
"""

from __future__ import annotations

from itertools import repeat

from holdfast.format import shapes
from holdfast.format.fields import ARTIFACT_FIELDS, ITEM_SHAPES, LONGEST_LINE, PACKAGE
from holdfast.format.naming import SDIST_SUFFIXES, belongs
from holdfast.model.lock import Pin, PinnedArtifact
from holdfast_resolver.values.digests import parse_digest
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.versions.pep440_keys import version_key

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Callable
    from typing import NoReturn

PACKAGE_MARK = f'\n\n{PACKAGE.header}\n{PACKAGE.fields[0].key} = "'
_SCALARS = [field for field in PACKAGE.fields[1:] if field.shape not in ITEM_SHAPES]
_SOURCE, _VERSION = [f'{field.key} = "' for field in _SCALARS if field.required]
_REQUIRES_PYTHON, _WHEN = [f'{field.key} = "' for field in _SCALARS if not field.required]
_ARTIFACTS, _SIGNERS, _EDGES = [field.key for field in PACKAGE.fields if field.shape in ITEM_SHAPES]
_FILE, _HASH, _OWN_SIGNERS = [field.key for field in ARTIFACT_FIELDS]
ARTIFACTS_HEAD = f'"\n{_ARTIFACTS} = [\n'
OWN_MARK = f", {_OWN_SIGNERS} = ["  # in the line of an artifact that names its own signers
_ARTIFACTS_START = f'{ARTIFACTS_HEAD}    {{ {_FILE} = "'
_ARTIFACTS_END = '" },\n]'
_BETWEEN = f" }},\n    {{ {_FILE} = "
_INSIDE = f", {_HASH} = "
_SIGNERS_START = f'\n{_SIGNERS} = [\n    "'
_NO_SIGNERS = f"\n{_SIGNERS} = []"
_EDGES_START = f'\n{_EDGES} = [\n    "'
_ITEMS_END = '",\n]'

_SHA256, _SHA256_LENGTH = "sha256:", len("sha256:") + 64
_HEX = b"0123456789abcdef"
_NAME_BYTES = b"abcdefghijklmnopqrstuvwxyz0123456789-\n"

# A NamedTuple's own constructor is Python code; these run in C, thousands of times per lock.
_new_artifact: Callable[[type[PinnedArtifact], tuple[str, str, None]], PinnedArtifact] = tuple.__new__
_new_pin: Callable[[type[Pin], tuple[object, ...]], Pin] = tuple.__new__
_new_requirement: Callable[[type[Requirement], tuple[object, ...]], Requirement] = tuple.__new__


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
    """Texts that were seen to be in the canonical spelling of their shape; "" always is."""

    def __init__(self, shape: Callable[[str], str]) -> None:
        super().__init__()
        self._shape = shape
        self[""] = ""

    def __missing__(self, text: str) -> str:
        if self._shape(text) != text:
            other()
        self[text] = text
        return text


# A block taken apart, nothing judged yet: name, source, version, requires-python, when, files, digests,
# signers, dependencies.
_Cut = tuple[str, str, str, str, str, list[str], list[str], list[str], list[str]]


def read_packages(blocks: list[str], sources: frozenset[str], signers: frozenset[str]) -> tuple[Pin, ...]:
    """Return the pins of the blocks, each without its header and the key of its name.

    Works by columns: a step runs over all packages, and judges equal texts once.
    """
    try:
        cuts = [_cut(block) for block in blocks]
    except OtherTextError:
        owned = [place for place, block in enumerate(blocks) if OWN_MARK in block]
        if not owned:
            raise
        from holdfast.format import read_own_signers  # start-up: only where artifacts name their own signers

        plain, own = list(blocks), {}
        for place in owned:
            plain[place], own[place] = read_own_signers.cut_own_signers(blocks[place])
        pins = _pins([_cut(block) for block in plain], sources, signers)
        return read_own_signers.with_own_signers(pins, own, signers)
    return _pins(cuts, sources, signers)


def _pins(cuts: list[_Cut], sources: frozenset[str], signers: frozenset[str]) -> tuple[Pin, ...]:
    names = frozenset([cut[0] for cut in cuts])
    versions = _Spelled(shapes.version)
    ranges = _Spelled(shapes.range_)
    markers = _Spelled(shapes.marker)
    _check_names(names)
    _check_order(cuts, sources, versions)
    _check_files(cuts)
    _check_digests([digest for cut in cuts for digest in cut[6]])
    edges = _edges({text for cut in cuts for text in cut[8]}, sources, names, ranges, markers)
    pins = []
    for name, source, version, requires_python, when, files, digests, signed_by, needs in cuts:
        if not signers.issuperset(signed_by):
            other()
        fields = (
            source,
            name,
            version,
            ranges[requires_python],
            markers[when],
            tuple(map(_new_artifact, repeat(PinnedArtifact), zip(files, digests, repeat(None)))),
            tuple(signed_by),
            tuple([edges[text] for text in needs]),
            (),
            None,
            None,
        )
        pins.append(_new_pin(Pin, fields))
    return tuple(pins)


def _cut(block: str) -> _Cut:
    head, _, rest = block.partition(_ARTIFACTS_START)
    artifacts, end, rest = rest.partition(_ARTIFACTS_END)
    fields = head.split('"\n')
    count = len(fields)
    if not end or count < 3 or head.count('"') != 2 * (count - 1):
        other()
    name, source, version, *optional = fields
    if not source.startswith(_SOURCE) or not version.startswith(_VERSION):
        other()
    requires_python = when = ""
    if optional and optional[0].startswith(_REQUIRES_PYTHON):
        requires_python = optional.pop(0)[len(_REQUIRES_PYTHON) :]
    if optional and optional[0].startswith(_WHEN):
        when = optional.pop(0)[len(_WHEN) :]
    # file, `, hash = `, digest, ` },\n    { file = `, file, ...
    parts = artifacts.split('"')
    files, digests = parts[0::4], parts[2::4]
    count = len(files)
    if len(parts) != 4 * count - 1 or parts[1::4].count(_INSIDE) != count or parts[3::4].count(_BETWEEN) != count - 1:
        other()
    signers: list[str] = []
    edges: list[str] = []
    if rest.startswith(_NO_SIGNERS):
        rest = rest[len(_NO_SIGNERS) :]
    else:
        signers, rest = _items(rest, _SIGNERS_START)
    if rest.startswith(_EDGES_START):
        edges, rest = _items(rest, _EDGES_START)
    if rest or optional:
        other()
    check_lines(block)
    source, version = source[len(_SOURCE) :], version[len(_VERSION) :]
    return name, source, version, requires_python, when, files, digests, signers, edges


def _check_names(names: frozenset[str]) -> None:
    """Every name is normalised: judged in one sweep."""
    joined = "\n".join(names)
    if not joined.isascii() or joined.encode().translate(None, _NAME_BYTES) or "--" in joined or "" in names:
        other()
    framed = f"\n{joined}\n"
    if "\n-" in framed or "-\n" in framed:
        other()


def _check_order(cuts: list[_Cut], sources: frozenset[str], versions: _Spelled) -> None:
    """Packages are sorted by source, name and version, each once; sources and versions are such."""
    before = ("", "")
    version_before = ""
    for cut in cuts:
        name, source, version = cut[:3]
        if source not in sources or not (_is_numbers(version) or versions[version]):
            other()
        if (source, name) <= before and (
            (source, name) < before or version_key(version) <= version_key(version_before)
        ):
            other()
        before, version_before = (source, name), version


def _check_files(cuts: list[_Cut]) -> None:
    tails = set(SDIST_SUFFIXES)  # what may follow `name-version` in a file's name, as seen so far
    for name, _, version, _, _, files, _, _, _ in cuts:
        increasing(files)
        start = f"{name.replace('-', '_')}-{version}"
        # files are sorted: what the first and the last begin with, all begin with
        if not files[0].startswith(start) or not files[-1].startswith(start) or "-" in version:
            if not all(belongs(file, name, version) for file in files):
                other()
            continue
        length = len(start)
        found = [file[length:] for file in files]
        if tails.issuperset(found):
            continue
        for file, tail in zip(files, found):
            if not belongs(file, name, version):
                other()
            if tail.startswith("-") and tail.endswith(".whl"):
                tails.add(tail)


def _edges(
    texts: set[str], sources: frozenset[str], names: frozenset[str], ranges: _Spelled, markers: _Spelled
) -> dict[str, shapes.Edge]:
    """The dependency entries; most are taken apart here, one with extras or `=>` is left to its parser."""
    edges: dict[str, shapes.Edge] = {}
    for text in texts:
        source, _, body = text.partition(":")
        if source not in sources:
            other()
        body, semicolon, marker = body.partition(" ; ")
        name = body.partition(">=")[0]
        if name not in names:
            for operator in "<=!~>":  # `celery<6,>=5.4`: the name ends where the first operator begins
                name = name.partition(operator)[0]
        if name not in names or shapes.ARROW in text:
            edge = shapes.edge(text)
            if shapes.edge_text(edge) != text:
                other()
            edges[text] = edge
            continue
        if semicolon and not markers[marker]:
            other()
        clauses = body[len(name) :]
        if clauses not in ranges:
            if _is_plain_range(clauses):
                ranges[clauses] = clauses
            else:
                ranges[clauses]
        edges[text] = _new_requirement(Requirement, (source, name, (), clauses, marker)), ""
    return edges


def _is_plain_range(text: str) -> bool:
    """`>=1.2,<3`: operators and numbers, nothing that needs the parser."""
    if len(text) > 64:
        return False
    for clause in text.split(","):
        equals = clause[1:2] == "="
        if not _is_numbers(clause[2:] if equals else clause[1:]):
            return False
        if not (equals and clause[0] in "=!") and clause[0] not in "<>" and not (clause[0] == "~" and "." in clause):
            return False
    return True


def _is_numbers(text: str) -> bool:
    """`1.2.3`: numbers with single dots between them."""
    digits = text.replace(".", "")
    return digits.isdigit() and digits.isascii() and ".." not in text and text[0] != "." and text[-1] != "."


def _items(text: str, start: str) -> tuple[list[str], str]:
    """The strings of an array that begins with `start`, and what follows the array."""
    if not text.startswith(start):
        other()
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
