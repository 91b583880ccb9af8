"""What differs between the files of two releases, as values. Knows no archive and no difference of lines.

Texts are as they are in the files: whoever shows them makes them harmless.
"""

from holdfast.model.lock import Pin, PinnedArtifact
from holdfast_resolver.values.tuples import NamedTuple

NO_NEWLINE = "\ud800"  # behind a last line that has no newline: no text of a file has it


class Size(NamedTuple):
    """How much differs between two archives. Lines are those of text files, also of files that came or went, and not of
    the lists of its own files that an archive has.
    """

    file: str  # the archive of the new release
    added: int  # files
    removed: int
    changed: int
    lines_added: int
    lines_removed: int


class FileChange(NamedTuple):
    """One file that differs. Sizes are in bytes, hashes `sha256:<hex>`; -1 and "" where there is no such file."""

    kind: str  # "added" | "removed" | "changed"
    path: str  # without the folder of the release: "flask/app.py", "flask-*.dist-info/METADATA"
    size_before: int
    size_after: int
    hash_before: str
    hash_after: str
    lines_added: int = 0
    lines_removed: int = 0
    lines: tuple[str, ...] = ()  # of a unified difference, from the first "@@"; () where none is shown
    note: str = ""  # why no lines are shown, or not all


class SourceDifference(NamedTuple):
    """What differs between two archives; "" for the one that there is not."""

    file_before: str
    file_after: str
    files: tuple[FileChange, ...]  # by path
    unchanged: int

    @property
    def size(self) -> Size:
        """How much it is."""
        kinds = [one.kind for one in self.files]
        return Size(
            self.file_after or self.file_before,
            kinds.count("added"),
            kinds.count("removed"),
            kinds.count("changed"),
            sum([one.lines_added for one in self.files]),
            sum([one.lines_removed for one in self.files]),
        )


class ArtifactPair(NamedTuple):
    """Two pinned files to be compared; None where a release is not there."""

    before: PinnedArtifact | None
    after: PinnedArtifact | None


def artifact_pairs(before: Pin | None, after: Pin | None) -> tuple[ArtifactPair, ...]:
    """Return which files of two releases are compared: a wheel of the same tags, and the sdist, where both have them.

    What is installed comes first: a wheel for any platform, then another wheel, then the sdist. Files with the same
    bytes are left out where others have changed; where none has, the first new one stands alone. Where the releases
    have nothing alike, the first of each.
    """
    olds, news = _by_kind(before), _by_kind(after)
    alike = [kind for kind in news if kind in olds]
    shared = [kind for kind in alike if olds[kind].hash != news[kind].hash] or alike
    added = [kind for kind in news if kind not in olds]
    if alike and added and all(olds[kind].hash == news[kind].hash for kind in alike):
        return (ArtifactPair(None, news[added[0]]),)
    wheels = [kind for kind in shared if kind != _SDIST][:1]
    found = [ArtifactPair(olds[kind], news[kind]) for kind in (*wheels, *[kind for kind in shared if kind == _SDIST])]
    first = ArtifactPair(next(iter(olds.values()), None), next(iter(news.values()), None))
    return tuple(found) or ((first,) if any(first) else ())


def file_kinds(pin: Pin | None) -> dict[str, str]:
    """Return the pinned files by what they are, whatever the version: {"py3-none-any": "flask-3.1-py3-none-any.whl"}.

    An sdist is "sdist", a module's archive "archive".
    """
    return {kind: artifact.file for kind, artifact in _by_kind(pin).items()}


_SDIST = "sdist"


def _by_kind(pin: Pin | None) -> dict[str, PinnedArtifact]:
    artifacts = pin.artifacts if pin is not None else ()
    found = {_kind(one.file): one for one in artifacts}
    return dict(sorted(found.items(), key=lambda item: (item[0] == _SDIST, not item[0].endswith("-none-any"), item[0])))


def _kind(file: str) -> str:
    """`flask-3.1-py3-none-any.whl` -> `py3-none-any`; a build number does not count."""
    if file.endswith(".whl"):
        return "-".join(file[:-4].rsplit("-", 3)[1:])
    return "archive" if file.endswith(".tar") else _SDIST
