"""The npm packages of our lock against npm's or pnpm's own, both ways: for `check --against FILE`.

One name has many versions there, so a release is looked for by name and version, and versions that only one side has
are set against each other. Knows no target: an npm package is locked for all of them. Says nothing of which of the two
is right.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from holdfast.findings.finding import Finding, Place
from holdfast.imports.npm_choices import OtherChoice, other_choices
from holdfast.imports.npm_foundlings import foundlings
from holdfast.imports.npm_locations import is_place_of, origin
from holdfast.imports.port import ForeignEdge, ForeignLock, ForeignPin, Skipped
from holdfast.model.lock import Lock, Pin
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.semver_keys import version_key

# What no release of a registry is; a pin of ours that stands there so is not the same package.
_FROM = {
    "git": "from git",
    "url": "from a URL",
    "file": "from a file",
    "folder": "from a folder",
    "link": "that is a link",
    "bundled": "that comes with a tarball",
}

# Where the registry itself says that the tarball of a pin is, as far as that is known without asking it; else "".
Listed = Callable[[Pin], str]


class Registries(NamedTuple):
    """What is known of the registries: the origins that each source's tarballs come from, and what they say."""

    origins: Mapping[str, tuple[str, ...]]  # by source
    listed: Listed = lambda pin: ""


class _Comparison(NamedTuple):
    lock: Lock
    foreign: ForeignLock
    origins: dict[str, tuple[str, ...]]  # source -> those that are right
    lock_path: str
    following: str  # the next command
    listed: Listed

    def finding(
        self,
        code: str,
        severity: str,
        subject: str,
        sides: tuple[str, str],
        other: ForeignPin | ForeignEdge | Skipped | None,
        hint: str = "",
    ) -> Finding:
        expected, found = sides
        return Finding(
            code,
            severity,
            subject,
            f"{expected} ({self.lock_path})",
            f"{found} ({self.foreign.path})",
            facts=(("entry", other.entry),) if other and other.entry else (),
            hints=(hint or self.following,),
            place=Place(self.foreign.path, other.line if other else 0),
        )


def compare_npm(
    lock: Lock,
    foreign: ForeignLock,
    following: str,
    registries: Registries | None = None,
    lock_path: str = "holdfast.lock",
) -> tuple[Finding, ...]:
    """Return every difference, sorted by package; `following` is the command that makes the two agree.

    `foreign-missing` and `foreign-extra`: a release, or something else that is installed, that one side has.
    `foreign-version`: releases of one package that each only one side has; or what asks for a package gets another
    locked version of it than ours, which is a note where that one is in range. `foreign-hash`: an alarm for other
    bytes, an error for an entry without a hash that may pin. `foreign-location`: a tarball's URL that belongs to
    another package, or to a host that is none of the source's; an alarm where no hash of ours holds its bytes. The
    hosts of a source are those of `registries`, else that of its identity in the lock, else the one that most of its
    entries have; a URL that the registry itself gives is right.
    """
    ours = {(pin.name, pin.version): pin for pin in lock.packages if pin.npm is not None}
    known = registries or Registries({})
    origins = _origins(lock, ours, foreign, known.origins)
    comparison = _Comparison(lock, foreign, origins, lock_path, following, known.listed)
    theirs: dict[str, list[ForeignPin]] = {}
    for other in foreign.pins:
        theirs.setdefault(other.name, []).append(other)
    mine: dict[str, list[Pin]] = {}
    for pin in ours.values():
        mine.setdefault(pin.name, []).append(pin)
    choices: dict[str, list[OtherChoice]] = {}
    for choice in other_choices(lock, foreign):
        choices.setdefault(choice.package, []).append(choice)
    others: dict[str, list[Skipped]] = {}
    for skipped in foundlings(lock, foreign):
        others.setdefault(skipped.name, []).append(skipped)
    findings: list[Finding] = []
    for name in sorted(mine.keys() | theirs.keys() | others.keys()):
        findings.extend(_releases(comparison, mine.get(name, []), theirs.get(name, [])))
        if {pin.version for pin in mine.get(name, [])} <= {other.version for other in theirs.get(name, [])}:
            findings.extend(_unpinned(comparison, skipped) for skipped in others.get(name, []))
        for other in theirs.get(name, []):
            same = ours.get((other.name, other.version))
            if same is not None:
                findings.extend(_hash(comparison, same, other))
            findings.extend(_location(comparison, same, other))
        findings.extend(_choice(comparison, choice) for choice in choices.get(name, []))
    return tuple(findings)


def _releases(comparison: _Comparison, mine: list[Pin], theirs: list[ForeignPin]) -> Iterator[Finding]:
    """Pair what each side has alone, the lowest first; what is left over is missing or too much."""
    known = {pin.version for pin in mine}
    listed: dict[str, ForeignPin] = {}
    for other in theirs:
        listed.setdefault(other.version, other)
    absent = sorted((pin for pin in mine if pin.version not in listed), key=lambda pin: version_key(pin.version))
    more = sorted(
        (other for version, other in listed.items() if version not in known), key=lambda pin: version_key(pin.version)
    )
    paired = min(len(absent), len(more))
    for pin, other in zip(absent[:paired], more[:paired], strict=True):
        sides = (f"{pin.name} {pin.version}", f"{other.name} {other.version}")
        yield comparison.finding("foreign-version", "error", pin.name, sides, other)
    for pin in absent[paired:]:
        subject = f"{pin.name} {pin.version}"
        sides = (subject, _instead(comparison.foreign, pin.name))
        yield comparison.finding("foreign-missing", "error", subject, sides, None)
    for other in more[paired:]:
        subject = f"{other.name} {other.version}"
        yield comparison.finding("foreign-extra", "error", subject, ("no pin", subject), other)


def _choice(comparison: _Comparison, choice: OtherChoice) -> Finding:
    """Both versions are locked, and each side gives another one to what asks for the package."""
    sides = [f"{choice.package} {version} for {choice.asker}" for version in (" or ".join(choice.ours), choice.theirs)]
    severity = "note" if choice.fits else "error"
    return comparison.finding("foreign-version", severity, choice.package, (sides[0], sides[1]), choice.edge)


def _unpinned(comparison: _Comparison, skipped: Skipped) -> Finding:
    """Something is installed there that is no release, and that no pin of ours stands for."""
    found = f"{skipped.name} {_FROM[skipped.kind]}" + (f" to {skipped.target}" if skipped.target else "")
    return comparison.finding("foreign-extra", "error", skipped.name, ("no pin", found), skipped)


def _instead(foreign: ForeignLock, name: str) -> str:
    kinds = [_FROM[entry.kind] for entry in foreign.skipped if entry.name == name and entry.kind in _FROM]
    return f"an entry {kinds[0]}" if kinds else "no entry"


def _hash(comparison: _Comparison, pin: Pin, other: ForeignPin) -> Iterator[Finding]:
    """The same release has the same bytes; an entry without a hash lets any bytes in."""
    for artifact in pin.artifacts:
        for _, digest in other.artifacts:
            if digest == artifact.hash:
                continue
            comparable = digest.partition(":")[0] == artifact.hash.partition(":")[0]
            yield comparison.finding(
                "foreign-hash",
                "alarm" if comparable else "error",
                f"{pin.name} {pin.version}",
                (artifact.hash, digest or "no hash that may pin"),
                other,
                f"holdfast verify {pin.name}" if comparable else "",
            )


def _location(comparison: _Comparison, pin: Pin | None, other: ForeignPin) -> Iterator[Finding]:
    """Where the tarball is had from, as far as the file says it."""
    if not other.location:
        return
    right = comparison.origins.get(pin.source if pin is not None else "", ())
    if not is_place_of(other.location, other.name, other.version):
        expected = f"a tarball of {other.name} {other.version}"
    elif right and origin(other.location) not in right:
        expected = f"a tarball from {' or '.join(right)}"
    else:
        return
    if pin is not None and comparison.listed(pin) == other.location:
        return
    held = pin is not None and {digest for _, digest in other.artifacts} == {one.hash for one in pin.artifacts}
    subject = f"{other.name} {other.version}"
    yield comparison.finding(
        "foreign-location", "error" if held else "alarm", subject, (expected, other.location), other
    )


def _origins(
    lock: Lock, ours: Mapping[tuple[str, str], Pin], foreign: ForeignLock, registries: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Source -> the origins that its tarballs come from; under "" those of all, for what we do not pin."""
    found: dict[str, tuple[str, ...]] = {}
    identities = {source.name: source.identity for source in lock.sources}
    counts: dict[str, Counter[str]] = {}
    for other in foreign.pins:
        pin = ours.get((other.name, other.version))
        if other.location and pin is not None:
            counts.setdefault(pin.source, Counter())[origin(other.location)] += 1
    for source in {pin.source for pin in ours.values()}:
        if registries.get(source):
            found[source] = tuple(sorted({origin(url) for url in registries[source]}))
        elif identities.get(source):
            found[source] = (origin(identities[source]),)
        elif source in counts:
            most = max(counts[source].items(), key=lambda item: (item[1], item[0]))
            found[source] = (most[0],)
    found[""] = tuple(sorted({one for origins in found.values() for one in origins}))
    return found
