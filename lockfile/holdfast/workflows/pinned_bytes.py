"""Which files of a kept release stay pinned, and what the index says of them now.

Law: a pinned file keeps its hash. The index offers other bytes: an alarm, and nothing is written unless the
change of this very package was accepted. The index offers more files: they are left, and said, unless they
are needed for targets that the pin was not locked for. The index offers fewer: they stay, and it is said.
"""

from holdfast.findings.finding import Finding
from holdfast.model.lock import Lock, PinnedArtifact
from holdfast.workflows.port import LOCK
from holdfast.workflows.previous import Remembered
from holdfast_resolver.fetch.index import Absent, Index
from holdfast_resolver.resolve.request import Chosen
from holdfast_resolver.values.artifacts import Artifact
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Source
from holdfast_resolver.versions.grid import Grid

Key = tuple[str, str, str]  # source, name, version


class KeptFiles(NamedTuple):
    """`artifacts` are those to pin of a release, where they are not just what the index offers."""

    artifacts: dict[Key, tuple[PinnedArtifact, ...]]
    findings: tuple[Finding, ...]


class Judge:
    """Compares the files of chosen releases with those that were pinned before.

    `before` is the old lock; None = the old files are only to be checked, as with another tool's file.
    `accepted` and `freed` are package names: their files are taken as the index offers them.
    """

    def __init__(
        self,
        index: Index,
        sources: tuple[Source, ...],
        grid: Grid,
        before: Lock | None,
        accepted: frozenset[str],
        freed: frozenset[str],
    ) -> None:
        self._index = index
        self._sources = {source.name: source for source in sources}
        self._grid = grid
        self._old = before
        self._reached: dict[Key, int] | None = None
        self._accepted = accepted
        self._freed = freed
        self._findings: list[Finding] = []

    def keep(self, packages: tuple[Chosen, ...], remembered: tuple[Remembered, ...]) -> KeptFiles:
        """Return what stays pinned, and what is to be said of it."""
        chosen = {(one.source, one.name, one.version): one for one in packages}
        kept: dict[Key, tuple[PinnedArtifact, ...]] = {}
        for old in remembered:
            key = (old.source, old.name, old.version)
            release = chosen.get(key)
            if release is None:
                continue
            offered = tuple([PinnedArtifact(one.file, one.hash) for one in release.artifacts])
            if offered != old.artifacts and offered != _unsigned(old.artifacts):
                files = self._compare(old, release)
                if files is not None and self._old is not None:
                    kept[key] = files
            if release.yanked is not None:
                self._yanked(release)
        return KeptFiles(kept, tuple(self._findings))

    def _compare(self, old: Remembered, release: Chosen) -> tuple[PinnedArtifact, ...] | None:
        """The files to pin; None = as offered."""
        listed = {one.file: one.hash for one in self._listed(release)}
        willing = old.name in self._accepted
        taken: dict[str, str] = {}
        for artifact in old.artifacts:
            now = listed.get(artifact.file, "")
            changed = bool(now) and _comparable(now, artifact.hash) and now != artifact.hash
            if changed and not willing:
                self._changed(old, artifact, now)
            if not now:
                self._missing(old, artifact)
            if self._serves(artifact.file, release.targets):
                taken[artifact.file] = now if changed else artifact.hash
        if willing or old.name in self._freed:
            return None
        more = [one for one in release.artifacts if one.file not in taken]
        before = self._before(old)
        for one in more:
            if self._serves(one.file, release.targets & ~before) and one.file.endswith(".whl"):
                taken[one.file] = one.hash
            elif self._old is not None:
                self._added(old, one)
        return tuple(sorted([PinnedArtifact(*pair) for pair in taken.items()]))

    def _listed(self, release: Chosen) -> tuple[Artifact, ...]:
        """All files of the release in its listing, yanked ones and those for other targets too."""
        record = self._index.listing(self._sources[release.source], release.name)
        if record is None or isinstance(record, Absent):
            return release.artifacts
        place = record.table.index(release.version)
        return (record.artifacts(place) if place >= 0 else None) or release.artifacts

    def _serves(self, file: str, targets: int) -> bool:
        """Whether a file can be installed on one of the targets; an sdist can on all."""
        if not file.endswith(".whl"):
            return bool(targets)
        return bool(self._grid.wheel("-".join(file[:-4].rsplit("-", 3)[1:])) & targets)

    def _before(self, old: Remembered) -> int:
        """The targets, as masks of the new grid, that the pin was needed on in the old lock."""
        if self._old is None:
            return 0
        if self._reached is None:
            # start-up: only when some pin's files differ from what is offered
            from holdfast.model.graph import LockGraph

            targets = self._old.scope.targets
            places = [self._grid.targets.index(one) if one in self._grid.targets else -1 for one in targets]
            self._reached = {}
            for index, mask in (
                LockGraph(self._old, Grid(targets, self._old.scope.requires_python)).reach(self._old.inputs).items()
            ):
                pin = self._old.packages[index]
                self._reached[pin.source, pin.name, pin.version] = sum(
                    1 << place for bit, place in enumerate(places) if place >= 0 and mask >> bit & 1
                )
        return self._reached.get((old.source, old.name, old.version), 0)

    def _changed(self, old: Remembered, artifact: PinnedArtifact, now: str) -> None:
        # Nothing is written, so `diff` has nothing to show.
        hint = "holdfast explain artifact-changed"
        expected = artifact.hash if old.place.path == LOCK else f"{artifact.hash} ({old.place.path})"
        self._say("artifact-changed", "", old, artifact.file, expected, now, (hint,))

    def _missing(self, old: Remembered, artifact: PinnedArtifact) -> None:
        found = f"no such file in the listing of {old.name}"
        hints = (f"holdfast update {old.name}",)
        self._say("artifact-missing", "warning", old, artifact.file, artifact.hash, found, hints)

    def _added(self, old: Remembered, artifact: Artifact) -> None:
        expected = f"the {len(old.artifacts)} files that the lock pins"
        hints = (f"holdfast update {old.name}",)
        self._say("artifact-added", "note", old, artifact.file, expected, "one more file", hints)

    def _yanked(self, release: Chosen) -> None:
        from holdfast.findings.codes import severity  # start-up: only when something is found

        subject = f"{release.name} {release.version}"
        found = f"yanked: {release.yanked}" if release.yanked else "yanked, without a reason"
        hints = (f"holdfast update {release.name}",)
        finding = Finding("pin-yanked", severity("pin-yanked"), subject, "", found, hints=hints)
        if finding not in self._findings:
            self._findings.append(finding)

    def _say(
        self,
        code: str,
        grade: str,
        old: Remembered,
        file: str,
        expected: str,
        found: str,
        hints: tuple[str, ...],
    ) -> None:
        from holdfast.findings.codes import severity  # start-up: only when something is found

        facts = (("package", f"{old.name} {old.version}"), ("source", old.source))
        finding = Finding(code, grade or severity(code), file, expected, found, facts, hints=hints, place=old.place)
        if finding not in self._findings:
            self._findings.append(finding)


def _unsigned(artifacts: tuple[PinnedArtifact, ...]) -> tuple[PinnedArtifact, ...]:
    """The same files, without what some of them say of their own signers."""
    return tuple([PinnedArtifact(one.file, one.hash) for one in artifacts])


def _comparable(one: str, other: str) -> bool:
    return one.partition(":")[0] == other.partition(":")[0]
