"""The subjects of an act's statement: each pinned file once, with the one digest that pins it.

    {"digest":{"sha256":"<64 hex>"},"name":"left-1.1.tar.gz"}

in-toto matches a subject on any of its digests, so each has one, and nothing else that another tool could match on.
They are most of a statement's bytes; `Subjects.read` knows how canonical JSON writes them, and splits them all at once.
Every other text goes the plain way, which says what is wrong. Knows files and digests; no packages.
"""

from collections.abc import Iterable, Mapping

from holdfast.model.lock import PinnedArtifact
from holdfast.trust.canonical_json import PRINTABLE, parse_canonical
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import Fields, shown
from holdfast.trust.strict_json import joined
from holdfast_resolver.values.digests import STRENGTH

Subject = tuple[str, str]  # file, "algorithm:hex"
MOST_SUBJECTS = 1_000_000

_PLACE = "subject"
_PLAIN = PRINTABLE.replace(b"\\", b"")
_HEX = b"0123456789abcdef"
_LENGTHS = frozenset(STRENGTH.items())
# What stands between the quotes of a row, besides its three texts at 3, 5 and 9.
_STRIDE = 10
_FIXED = ((1, "digest"), (2, ":{"), (4, ":"), (6, "},"), (7, "name"), (8, ":"))


class Subjects:
    """The subjects of a statement, taken in their order: each belongs to one artifact, and none is left."""

    __slots__ = ("_at", "_files", "_rows")

    def __init__(self, files: Iterable[str], digests: Iterable[str]) -> None:
        self._files = list(files)
        self._rows = list(map(PinnedArtifact, self._files, digests))
        self._at = 0

    def artifacts(self, count: int, own: Mapping[str, tuple[str, ...]]) -> tuple[PinnedArtifact, ...]:
        """Return the next `count` subjects as artifacts, in order of their files; `own` says who signed single ones.

        Raises `MalformedDocument` when there are fewer, or when they are not in order or one is there twice.
        """
        start, self._at = self._at, self._at + count
        if self._at > len(self._rows):
            raise MalformedDocument(_PLACE, f"{self._at} subjects or more", str(len(self._rows)))
        files, rows = self._files[start : self._at], self._rows[start : self._at]
        if count > 1 and files != sorted(set(files)):
            raise MalformedDocument(joined(_PLACE, start), "the files of a pin in order, each once", "others")
        if not own:
            return tuple(rows)
        if not own.keys() <= set(files):
            raise MalformedDocument(joined(_PLACE, start), "the files that have signers of their own", "others")
        return tuple([PinnedArtifact(file, hash_, own.get(file)) for file, hash_, _ in rows])

    def end(self, expected: Iterable[Subject]) -> None:
        """Refuse any further subjects than these."""
        rest = [(file, hash_) for file, hash_, _ in self._rows[self._at :]]
        if rest != list(expected):
            place = joined(_PLACE, self._at)
            raise MalformedDocument(place, "no subjects but those of its pins and its configuration", "others")


def write_subjects(subjects: Iterable[Subject]) -> list[object]:
    """Return the rows of a statement."""
    rows: list[object] = []
    for file, digest in subjects:
        algorithm, _, value = digest.partition(":")
        rows.append({"digest": {algorithm: value}, "name": file})
    return rows


def read_statement(payload: bytes, predicate: str, *, limit: int) -> tuple[Fields, Subjects]:
    """Return the statement of a canonical text and its subjects; a statement that was split has none of its own.

    `predicate` is the predicate type that is hoped for: any other is read the plain way. Raises `MalformedDocument`.
    """
    # Between the rest and the subjects; quotes in texts are escaped, so no text has this in it.
    mark = b',"predicateType":"%b","subject":[' % predicate.encode()
    head, found, tail = payload.rpartition(mark)
    rows = _split(tail) if found and len(payload) <= limit else None
    if rows is None:
        statement = Fields(parse_canonical(payload, limit=limit))
        places = enumerate(statement.array(_PLACE, most=MOST_SUBJECTS))
        found_rows = [_subject(row, joined(_PLACE, place)) for place, row in places]
        return statement, Subjects([file for file, _ in found_rows], [digest for _, digest in found_rows])
    return Fields(parse_canonical(b"%b%b]}" % (head, found), limit=limit)), rows


def _split(tail: bytes) -> Subjects | None:
    """The subjects of `{...},{...}]}` where all are written as they have to be; None where the plain way must tell."""
    if not tail.endswith(b"}]}") or tail.translate(None, _PLAIN):
        return None
    pieces = tail[:-2].decode("ascii").split('"')
    count = len(pieces) // _STRIDE
    between = ["{", *["},{"] * (count - 1), "}"]
    if pieces[::_STRIDE] != between or any(pieces[at::_STRIDE] != [piece] * count for at, piece in _FIXED):
        return None
    algorithms, values, files = [pieces[at::_STRIDE] for at in (3, 5, 9)]
    right = set(zip(algorithms, map(len, values))) <= _LENGTHS and all(files)
    if not right or "".join(values).encode("ascii").translate(None, _HEX):
        return None
    return Subjects(files, [f"{algorithm}:{value}" for algorithm, value in zip(algorithms, values)])


def _subject(row: object, place: str) -> Subject:
    if isinstance(row, dict) and len(row) == 2:
        file, digests = row.get("name"), row.get("digest")
        if isinstance(file, str) and file and isinstance(digests, dict) and len(digests) == 1:
            [(algorithm, value)] = digests.items()
            if isinstance(value, str) and len(value) == STRENGTH.get(algorithm) and not value.strip(_HEX.decode()):
                return file, f"{algorithm}:{value}"
    expected = f"a file's name and one digest of it ({', '.join(STRENGTH)}), and no more"
    raise MalformedDocument(place, expected, shown(row))
