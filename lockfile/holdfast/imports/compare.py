"""Our lock against another tool's, both ways: for `check --against FILE`.

Judges only on targets that both cover, and says nothing of which of the two is right. A difference that
either tool's precision explains (a file fewer, a package on fewer targets) is a note.
"""

from collections.abc import Iterator

from holdfast.findings.finding import Finding, Place
from holdfast.imports.coverage import coverage
from holdfast.imports.port import ForeignLock, ForeignPin
from holdfast.model.graph import LockGraph
from holdfast.model.lock import Lock, Pin
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.grid import Grid

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: only where there is npm
    from holdfast.imports.npm_compare import Registries

# The command that makes the two agree again, by tool.
NEXT = {
    "uv": "holdfast import {path}",
    "poetry": "holdfast import {path}",
    "pylock": "holdfast export pylock --output {path}",
    "requirements": "holdfast export requirements --output {path}",
    "npm": "holdfast export package-lock --output {path}",
    "pnpm": "holdfast import {path}",
}
NPM_TOOLS = ("npm", "pnpm")


class _Ours(NamedTuple):
    pin: Pin
    mask: int  # targets on which any wish reaches it
    usual: int  # targets on which the project's own wishes reach it, without extras and groups


class _Theirs(NamedTuple):
    pin: ForeignPin
    mask: int


class _Comparison(NamedTuple):
    foreign: ForeignLock
    grid: Grid
    lock_path: str
    everywhere: int

    def finding(
        self,
        code: str,
        severity: str,
        subject: str,
        expected: str,
        found: str,
        line: int,
        hint: str = "",
        mask: int = 0,
    ) -> Finding:
        facts = (("targets", ", ".join(self.grid.names(mask))),) if mask and mask != self.everywhere else ()
        return Finding(
            code,
            severity,
            subject,
            f"{expected} ({self.lock_path})",
            f"{found} ({self.foreign.path})",
            facts=facts,
            hints=(hint or self._next(),),
            place=Place(self.foreign.path, line),
        )

    def _next(self) -> str:
        return following(self.foreign)


def following(foreign: ForeignLock) -> str:
    """Return the next command after a difference."""
    from shlex import quote  # start-up: only when there is something to say

    return NEXT[foreign.tool].format(path=quote(foreign.path))


def compare(
    lock: Lock,
    foreign: ForeignLock,
    graph: LockGraph | None = None,
    lock_path: str = "holdfast.lock",
    registries: "Registries | None" = None,
) -> tuple[Finding, ...]:
    """Return every difference, sorted by package; of npm's files and pnpm's what `compare_npm` says.

    `foreign-missing`: pinned by us alone; a note where their file has the package on other targets, or was
    made for some extras and groups only. `foreign-extra`: theirs alone. `foreign-version`: other versions on
    a target. `foreign-hash`: an alarm for other bytes of a file, an error for a pinned file that their entry
    does not have, a note when their entry merely has fewer files. Raises `InvalidMarker` for a lock whose
    markers are none.
    """
    if foreign.tool in NPM_TOOLS:
        from holdfast.imports.npm_compare import compare_npm  # start-up: only where there is npm

        return compare_npm(lock, foreign, following(foreign), registries, lock_path)
    whole, lock = lock, _without_npm(lock)
    if graph is None or lock is not whole:
        graph = LockGraph(lock, Grid(lock.scope.targets, lock.scope.requires_python))
    covered = coverage(foreign, graph.grid)
    everyone = graph.reach(lock.inputs)
    usual = graph.reach(part for part in lock.inputs if part.kind == "project")
    ours: dict[str, list[_Ours]] = {}
    for index, pin in enumerate(lock.packages):
        mask = everyone.get(index, 0) & covered.everywhere
        ours.setdefault(pin.name, []).append(_Ours(pin, mask, usual.get(index, 0) & mask))
    theirs: dict[str, list[_Theirs]] = {}
    for foreign_pin, mask in zip(foreign.pins, covered.pins, strict=True):
        theirs.setdefault(foreign_pin.name, []).append(_Theirs(foreign_pin, mask))
    skipped = {entry.name for entry in foreign.skipped}
    comparison = _Comparison(foreign, graph.grid, lock_path, covered.everywhere)
    findings: list[Finding] = []
    for name in sorted(ours.keys() | theirs.keys()):
        mine, others = ours.get(name, []), theirs.get(name, [])
        if name not in skipped:
            findings.extend(_missing(comparison, mine, others))
        findings.extend(_extra(comparison, mine, others))
        findings.extend(_versions(comparison, mine, others))
        findings.extend(_hashes(comparison, mine, others))
    return tuple(findings)


def _without_npm(lock: Lock) -> Lock:
    """The same lock without its npm packages and the wishes for them."""
    if all(pin.npm is None for pin in lock.packages):
        return lock
    sources = {"npm", *(source.name for source in lock.sources if source.kind == "npm")}
    inputs = (
        part._replace(requires=tuple(wish for wish in part.requires if wish.source not in sources))
        for part in lock.inputs
    )
    packages = tuple(pin for pin in lock.packages if pin.npm is None)
    return lock._replace(packages=packages, inputs=tuple(inputs), instances=())


def _missing(comparison: _Comparison, ours: list[_Ours], theirs: list[_Theirs]) -> Iterator[Finding]:
    held = 0
    for other in theirs:
        held |= other.mask
    for mine in ours:
        absent = mine.mask & ~held
        if not absent:
            continue
        must = absent if comparison.foreign.complete else absent & mine.usual
        subject = f"{mine.pin.name} {mine.pin.version}"
        line = theirs[0].pin.line if theirs else 0
        found = "an entry for other targets" if theirs else "no entry"
        severity = "error" if must and not theirs else "note"
        yield comparison.finding("foreign-missing", severity, subject, subject, found, line, mask=absent)


def _extra(comparison: _Comparison, ours: list[_Ours], theirs: list[_Theirs]) -> Iterator[Finding]:
    held = 0
    for mine in ours:
        held |= mine.mask
    for other in theirs:
        absent = other.mask & ~held
        if not absent:
            continue
        subject = f"{other.pin.name} {other.pin.version}"
        expected = "a pin for other targets" if held else "no pin"
        severity = "note" if held or not comparison.foreign.marked else "error"
        yield comparison.finding("foreign-extra", severity, subject, expected, subject, other.pin.line, mask=absent)


def _versions(comparison: _Comparison, ours: list[_Ours], theirs: list[_Theirs]) -> Iterator[Finding]:
    """One finding per pair of versions that meet on a target on which no version of theirs is ours."""
    for mine in ours:
        same = 0
        for other in theirs:
            if other.pin.version == mine.pin.version:
                same |= other.mask
        for other in theirs:
            apart = mine.mask & other.mask & ~same
            if apart:
                yield comparison.finding(
                    "foreign-version",
                    "error",
                    mine.pin.name,
                    f"{mine.pin.name} {mine.pin.version}",
                    f"{other.pin.name} {other.pin.version}",
                    other.pin.line,
                    mask=apart,
                )


def _hashes(comparison: _Comparison, ours: list[_Ours], theirs: list[_Theirs]) -> Iterator[Finding]:
    """The same release has the same bytes, whatever the targets."""
    for mine in ours:
        for other in theirs:
            if other.pin.version != mine.pin.version or not other.pin.artifacts:
                continue
            if all(file for file, _ in other.pin.artifacts):
                yield from _named_files(comparison, mine, other)
            else:
                yield from _nameless_files(comparison, mine, other)


def _named_files(comparison: _Comparison, mine: _Ours, other: _Theirs) -> Iterator[Finding]:
    listed = dict(other.pin.artifacts)
    for artifact in mine.pin.artifacts:
        their_hash = listed.get(artifact.file)
        if their_hash is None:
            yield from _unlisted(comparison, mine, other, artifact.file, artifact.hash)
        elif _comparable(their_hash, artifact.hash) and their_hash != artifact.hash:
            yield comparison.finding(
                "foreign-hash",
                "alarm",
                artifact.file,
                artifact.hash,
                their_hash,
                other.pin.line,
                f"holdfast verify {mine.pin.name}",
            )


def _nameless_files(comparison: _Comparison, mine: _Ours, other: _Theirs) -> Iterator[Finding]:
    hashes = {digest for _, digest in other.pin.artifacts}
    for artifact in mine.pin.artifacts:
        comparable = any(_comparable(digest, artifact.hash) for digest in hashes)
        if comparable and artifact.hash not in hashes:
            yield from _unlisted(comparison, mine, other, artifact.file, artifact.hash)


def _unlisted(comparison: _Comparison, mine: _Ours, other: _Theirs, file: str, digest: str) -> Iterator[Finding]:
    """A file of ours that their entry does not have.

    Another tool keeps the wheels of the platforms where it needs the package: a wheel that serves none of
    those is no difference. Nor is an entry that has fewer files than ours more than a note: it was made for
    fewer platforms.
    """
    if not _serves(file, other.mask & mine.mask, comparison.grid):
        return
    fewer = len(other.pin.artifacts) < len(mine.pin.artifacts)
    yield comparison.finding(
        "foreign-hash",
        "note" if fewer else "error",
        file,
        digest,
        "no such file" if other.pin.artifacts[0][0] else "no such hash",
        other.pin.line,
        f"holdfast verify {mine.pin.name}",
    )


def _serves(file: str, mask: int, grid: Grid) -> bool:
    if not file.endswith(".whl"):
        return bool(mask)
    return bool(grid.wheel("-".join(file[:-4].split("-")[-3:])) & mask)


def _comparable(theirs: str, ours: str) -> bool:
    return bool(theirs) and theirs.partition(":")[0] == ours.partition(":")[0]
