"""A lock as `pylock.toml` (PEP 751; "pylock.toml specification", lock-version 1.0).

The lock names no URL, so the writer asks where the files are, and believes an answer only if its hash is the
pinned one. Knows no socket: `locate` is an argument. Who signed a file is told as `attestation-identities`, by the
lock's word alone.
"""

from collections.abc import Iterable, Mapping

from holdfast.errors import Undecided
from holdfast.exports.port import Locate, LocatedFile
from holdfast.exports.publisher_objects import publisher_object
from holdfast.exports.selection import select
from holdfast.model.lock import Lock, Pin, PinnedArtifact, Signer
from holdfast.model.signers import artifact_signers, records
from holdfast_resolver.values.targets import PLATFORMS

_INSTANT = frozenset("0123456789-:.TZ")


def pylock(lock: Lock, locate: Locate, extras: Iterable[str] = (), groups: Iterable[str] = ()) -> str:
    """Return the text of a `pylock.toml`, packages sorted by name and version.

    It holds what the project's own wishes reach, and those of the extras and groups that are named, for the
    declared targets only (`environments`). Raises `Undecided` when a pinned file is not offered any more, or
    with another hash; `UsageError` for an unknown extra or group.
    """
    lines = ['lock-version = "1.0"']
    environments = _environments(lock)
    if environments:
        lines += ["environments = [", *(f"    {_quoted(marker)}," for marker in environments), "]"]
    if lock.scope.requires_python:
        lines.append(f"requires-python = {_quoted(lock.scope.requires_python)}")
    lines.append('created-by = "holdfast"')
    known = records(lock)
    selected = select(lock, extras, groups)
    if not selected:
        lines.append("packages = []")
    for pin, marker in selected:
        lines += ["", *_package(pin, marker, locate(pin), known)]
    return "\n".join(lines) + "\n"


def _environments(lock: Lock) -> tuple[str, ...]:
    """One marker per declared platform, with the Pythons declared for it, and no other."""
    by_platform: dict[str, set[tuple[int, int]]] = {}
    for target in lock.scope.targets:
        by_platform.setdefault(target.platform, set()).add(target.python)
    return tuple(f"{_pythons(by_platform[name])} and {_platform(name)}" for name in sorted(by_platform))


def _pythons(minors: set[tuple[int, int]]) -> str:
    """{3.11, 3.13} -> `python_version >= '3.11' and python_version < '3.14' and python_version != '3.12'`."""
    (major, low), (_, high) = min(minors), max(minors)
    if low == high:
        return f"python_version == '{major}.{low}'"
    clauses = [f"python_version >= '{major}.{low}'", f"python_version < '{major}.{high + 1}'"]
    gaps = (minor for minor in range(low, high) if (major, minor) not in minors)
    return " and ".join([*clauses, *(f"python_version != '{major}.{minor}'" for minor in gaps)])


def _platform(name: str) -> str:
    row = PLATFORMS[name]
    return f"sys_platform == '{row.sys_platform}' and platform_machine == '{row.platform_machine}'"


def _package(pin: Pin, marker: str, offered: Mapping[str, LocatedFile], known: Mapping[str, Signer]) -> list[str]:
    """The lines of one `[[packages]]` block, keys in the order of the specification."""
    located = [(artifact.file, _checked(pin, artifact, offered)) for artifact in pin.artifacts]
    indexes = {file.index_url for _, file in located}
    lines = ["[[packages]]", f"name = {_quoted(pin.name)}", f"version = {_quoted(pin.version)}"]
    if marker:
        lines.append(f"marker = {_quoted(marker)}")
    if pin.requires_python:
        lines.append(f"requires-python = {_quoted(pin.requires_python)}")
    if len(indexes) == 1 and "" not in indexes:
        lines.append(f"index = {_quoted(indexes.pop())}")
    sdists = [entry for entry in located if not entry[0].endswith(".whl")]
    wheels = [entry for entry in located if entry[0].endswith(".whl")]
    # A release may have one sdist in a `pylock.toml`: the format that PEP 625 asks for is the first choice.
    sdists = sorted(sdists, key=lambda entry: (not entry[0].endswith(".tar.gz"), entry[0]))[:1]
    for name, file in sdists:
        lines.append(f"sdist = {_file(name, file)}")
    if wheels:
        lines += ["wheels = [", *(f"    {_file(name, file)}," for name, file in sorted(wheels)), "]"]
    identities = _identities(pin, {name for name, _ in (*sdists, *wheels)}, known)
    if identities:
        lines += ["attestation-identities = [", *(f"    {identity}," for identity in identities), "]"]
    return lines


def _identities(pin: Pin, files: set[str], known: Mapping[str, Signer]) -> list[str]:
    """Who signed any of the files, one inline table each, sorted; those without a publisher object are left out."""
    objects = {
        publisher_object(known[reference])
        for artifact in pin.artifacts
        for reference in artifact_signers(pin, artifact)
        if artifact.file in files and reference in known
    }
    return [
        "{ " + ", ".join(f"{key} = {_quoted(value)}" for key, value in fields) + " }"
        for fields in sorted(objects)
        if fields
    ]


def _checked(pin: Pin, artifact: PinnedArtifact, offered: Mapping[str, LocatedFile]) -> LocatedFile:
    file = offered.get(artifact.file)
    if file is None:
        raise Undecided(
            f"{artifact.file}, pinned for {pin.name} {pin.version}, is not on the index of {pin.source}",
            hint=f"holdfast update {pin.name}",
        )
    if file.hash != artifact.hash:
        raise Undecided(
            f"{artifact.file} is pinned with {artifact.hash}, the index of {pin.source} gives {file.hash}",
            hint=f"holdfast verify {pin.name}",
        )
    return file


def _file(name: str, file: LocatedFile) -> str:
    """One inline table."""
    algorithm, _, value = file.hash.partition(":")
    parts = [f"name = {_quoted(name)}"]
    if _is_instant(file.upload_time):
        parts.append(f"upload-time = {file.upload_time}")
    parts.append(f"url = {_quoted(file.url)}")
    if file.size > 0:
        parts.append(f"size = {file.size}")
    parts.append(f"hashes = {{ {algorithm} = {_quoted(value)} }}")
    return "{ " + ", ".join(parts) + " }"


def _is_instant(text: str) -> bool:
    """Whether the text may stand in TOML as an offset date-time in UTC: `2026-09-02T14:19:51.88Z`."""
    from datetime import datetime  # start-up: only when an export is written

    if not _INSTANT.issuperset(text) or not text.endswith("Z") or text[10:11] != "T":
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return len(text) >= len("2026-09-02T14:19:51Z")


def _quoted(text: str) -> str:
    """A TOML basic string (TOML 1.0, "String")."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'
