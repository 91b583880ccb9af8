"""What differs between two archives, file by file and line by line, for somebody who judges a change.

Files are compared by their bytes, never by a checksum that somebody else wrote. What is left out is said: nothing is
hidden by being large, long or binary. Knows no disk and no network: bytes come in.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import TypeAlias

from holdfast.model.lock import Pin, PinnedArtifact
from holdfast.model.source_change import NO_NEWLINE, FileChange, Size, SourceDifference, artifact_pairs
from holdfast.trust.errors import ArchiveRefused
from holdfast.workflows.archive_contents import read_contents
from holdfast.workflows.line_difference import Budget, Span, line_difference
from holdfast_resolver.values.tuples import NamedTuple

CONTEXT = 3  # equal lines shown around a change
MOST_LINES = 2_000  # shown of one file
MOST_LINES_IN_ALL = 20_000
MOST_CHARACTERS_IN_ALL = 2_000_000  # shown of all files
LONGEST_LINE = 2_000  # characters of one line that count: what is longer is cut where it is shown
LARGEST_TEXT = 4 * 1024 * 1024  # bytes of a file whose lines are compared

# Files that a program or a tool reads as text whatever bytes are in them: these are shown even with NULs inside.
_TEXTS = (
    *(".bat", ".c", ".cc", ".cfg", ".cjs", ".cmake", ".cpp", ".h", ".hpp", ".html", ".in", ".ini", ".js", ".json"),
    *(".lua", ".md", ".mjs", ".pl", ".ps1", ".pth", ".py", ".pyi", ".pyx", ".rb", ".rs", ".rst", ".sh", ".toml"),
    *(".ts", ".txt", ".xml", ".yaml", ".yml"),
)
_LISTS = ("RECORD", "SOURCES.txt")  # of the archive's own files: they differ wherever anything does

# Gives the bytes of a pinned artifact, or None where they are not at hand.
AtHand: TypeAlias = Callable[[PinnedArtifact], bytes | None]


class Archive(NamedTuple):
    """An archive whose digest was checked; `file` is its name."""

    file: str
    data: bytes


def compare_archives(before: Archive | None, after: Archive | None, budget: Budget) -> SourceDifference:
    """Compare two archives; without one of them everything came, or went. Raises `ArchiveRefused`."""
    olds = _contents(before)
    news = _contents(after)
    left, characters, files, unchanged = MOST_LINES_IN_ALL, MOST_CHARACTERS_IN_ALL, [], 0
    for path in sorted(olds.keys() | news.keys()):
        old, new = olds.get(path), news.get(path)
        if old == new:
            unchanged += 1
            continue
        change = _change(path, old, new, budget, (min(left, MOST_LINES), characters))
        left -= len(change.lines)
        characters -= sum([min(len(line), LONGEST_LINE) for line in change.lines])
        files.append(change)
    return SourceDifference(before.file if before else "", after.file if after else "", tuple(files), unchanged)


def measure(before: Pin | None, after: Pin | None, at_hand: AtHand) -> Size | None:
    """Return how much differs between two releases, by the first of their pairs of files that is at hand; else None.

    What cannot be read as an archive has no size either: who wants to see the difference is told why. Nor have files
    with the same bytes: what differs is then another file.
    """
    if before is None or after is None:
        return None
    for old, new in artifact_pairs(before, after):
        if old is None or new is None or old.hash == new.hash:
            continue
        bytes_before = at_hand(old)
        bytes_after = None if bytes_before is None else at_hand(new)
        if bytes_before is None or bytes_after is None:
            continue
        try:
            return compare_archives(Archive(old.file, bytes_before), Archive(new.file, bytes_after), Budget()).size
        except ArchiveRefused:
            continue
    return None


def _contents(archive: Archive | None) -> dict[str, bytes]:
    """The files by paths that do not tell the version: of an sdist without the folder that is around it all."""
    if archive is None:
        return {}
    contents = read_contents(*archive)
    tops = {path.partition("/")[0] for path in contents}
    if not archive.file.endswith(".whl") and len(tops) == 1 and all("/" in path for path in contents):
        return {path.partition("/")[2]: data for path, data in contents.items()}
    found: dict[str, bytes] = {}
    for path, data in contents.items():
        top, slash, rest = path.partition("/")
        stem, dot, ending = top.rpartition(".")
        if slash and ending in ("dist-info", "data"):
            top = f"{stem.rpartition('-')[0]}-*{dot}{ending}"
        name = f"{top}{slash}{rest}"
        found[path if name in found or name in contents else name] = data
    return found


def _change(path: str, old: bytes | None, new: bytes | None, budget: Budget, most: tuple[int, int]) -> FileChange:
    kind = "changed" if old is not None and new is not None else "removed" if new is None else "added"
    change = FileChange(
        kind,
        path,
        -1 if old is None else len(old),
        -1 if new is None else len(new),
        "" if old is None else _hash(old),
        "" if new is None else _hash(new),
    )
    if path.rpartition("/")[2] in _LISTS and (".dist-info/" in path or ".egg-info/" in path):
        return change._replace(note="a list of the archive's own files: not shown")
    if any(_is_binary(path, data) for data in (old, new) if data is not None):
        return change._replace(note="binary")
    if max(change.size_before, change.size_after) > LARGEST_TEXT:
        return change._replace(note=f"more than {LARGEST_TEXT} bytes: its lines are not compared")
    before, after = _lines(old), _lines(new)
    spans = line_difference(before, after, budget)
    change = change._replace(
        lines_added=sum([one.new_end - one.new_start for one in spans]),
        lines_removed=sum([one.old_end - one.old_start for one in spans]),
    )
    if kind == "removed":
        return change
    lines = _unified(before, after, spans)
    shown = _cut(lines, *most)
    cut = len(lines) - len(shown)
    return change._replace(lines=tuple(shown), note=f"{cut} more lines are not shown" if cut else "")


def _cut(lines: list[str], most: int, characters: int) -> list[str]:
    """The first lines, at most so many of them, and of so many characters."""
    for place, line in enumerate(lines[:most]):
        characters -= min(len(line), LONGEST_LINE)
        if characters < 0:
            return lines[:place]
    return lines[:most]


def _hash(data: bytes) -> str:
    return f"sha256:{sha256(data).hexdigest()}"


def _is_binary(path: str, data: bytes) -> bool:
    """Whether it has NULs, and no name by which something would read it as text."""
    return b"\0" in data and not path.lower().endswith(_TEXTS)


def _lines(data: bytes | None) -> list[str]:
    """The lines of a text; bytes that are not UTF-8 stay visible as lone surrogates."""
    if not data:
        return []
    text = data.decode("utf-8", "surrogateescape")
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    else:
        lines[-1] += NO_NEWLINE  # a difference that is seen
    return lines


def _unified(old: list[str], new: list[str], spans: tuple[Span, ...]) -> list[str]:
    """The lines of a unified difference, from the first "@@"."""
    lines: list[str] = []
    for hunk in _hunks(spans):
        start, end = max(0, hunk[0].old_start - CONTEXT), min(len(old), hunk[-1].old_end + CONTEXT)
        shift = hunk[0].new_start - hunk[0].old_start
        new_start = start + shift
        new_end = min(len(new), hunk[-1].new_end + CONTEXT)
        lines.append(f"@@ -{start + 1},{end - start} +{new_start + 1},{new_end - new_start} @@")
        at = start
        for span in hunk:
            lines.extend([" " + line for line in old[at : span.old_start]])
            lines.extend(["-" + line for line in old[span.old_start : span.old_end]])
            lines.extend(["+" + line for line in new[span.new_start : span.new_end]])
            at = span.old_end
        lines.extend([" " + line for line in old[at:end]])
    return lines


def _hunks(spans: tuple[Span, ...]) -> list[list[Span]]:
    """The spans by hunks: those that stand so near that their context would touch."""
    found: list[list[Span]] = []
    for span in spans:
        if found and span.old_start - found[-1][-1].old_end <= 2 * CONTEXT:
            found[-1].append(span)
        else:
            found.append([span])
    return found
