"""What errors say: one row per class, a sentence and a hint. Loaded only when something went wrong.

A sentence is lower case, without a final period; the hint is the next thing to do. Templates name the fields
of the error; a part in braces of its own is left out when one of its fields is empty.
"""

import sys
from collections.abc import Callable, Mapping

from holdfast.errors import (
    ConfigurationError,
    FileProblem,
    ForeignFileError,
    LockFormatError,
    LockMissing,
    ProjectNotFound,
    RevisionMissing,
    RevisionUnknown,
    SignersAdrift,
    Undecided,
    UsageError,
)
from holdfast.model.when import IndistinctTargetsError
from holdfast.trust.errors import KeyUnreadable
from holdfast_resolver.errors import (
    AnswerTooLong,
    ArtifactUnhashed,
    CacheUnwritable,
    ClientSettingsError,
    DirectReference,
    InvalidDigest,
    InvalidInput,
    InvalidMarker,
    InvalidModuleName,
    InvalidRange,
    InvalidRequirement,
    InvalidTarget,
    InvalidVersion,
    ManifestError,
    OfflineMiss,
    PackageNotFound,
    RegistryAnswerInvalid,
    RegistryError,
    RegistryRefused,
    RegistryUnavailable,
)
from holdfast_resolver.values.tuples import NamedTuple

Fields = Mapping[str, object]


class Message(NamedTuple):
    """A sentence and the next thing to do ("" = nothing to suggest)."""

    sentence: str
    hint: str = ""


class _Row(NamedTuple):
    """Parts of a sentence: each is left out when one of its fields is empty. The hint of an error wins."""

    parts: tuple[str, ...]
    hint: str = ""
    place: bool = False  # the sentence begins with path, line and column


_PLACED = ("{where}: ", "expected {expected}", ", found {found}")
_INPUT = (", expected {expected}", " at character {position}")
RETRY = "check the connection and try again; `--offline` uses what the cache has"

MESSAGES: dict[type[BaseException], _Row] = {
    UsageError: _Row(("expected {expected}", ", found {found}"), ""),
    ConfigurationError: _Row(_PLACED, "correct it and run the command again", True),
    LockFormatError: _Row(_PLACED, "restore the file from version control", True),
    SignersAdrift: _Row(_PLACED, "run `holdfast lock`: it mends what the merge left", True),
    ForeignFileError: _Row(_PLACED, "make the file anew with the tool that wrote it", True),
    ProjectNotFound: _Row(
        ("found no pyproject.toml, no package.json and no holdfast.toml in {folder} or above it",),
        "go to the project's folder, or name it with --project DIR",
    ),
    LockMissing: _Row(("there is no {path} here yet",), "run `holdfast lock`"),
    FileProblem: _Row(("cannot {action} {path}", ": {reason}"), "check that the path and its permissions are right"),
    RevisionUnknown: _Row(
        ("cannot read the revision {revision}", ": {reason}"),
        "in a git repository, name a commit, a branch or a tag of it",
    ),
    RevisionMissing: _Row(
        ("cannot read the revision {revision}", ": {reason}"), "fetch it, or name a commit that this clone has"
    ),
    Undecided: _Row(("{reason}",)),
    IndistinctTargetsError: _Row(
        ("{inside} and {outside} differ only in their floor, and no marker can tell them apart",),
        "declare only one of the two targets",
    ),
    InvalidInput: _Row(("'{text}' cannot be read", *_INPUT)),
    InvalidVersion: _Row(("'{text}' is not a version", *_INPUT), "write a version such as 1.2.3"),
    InvalidRange: _Row(("'{text}' is not a version range", *_INPUT), "write a range such as >=1.2,<2"),
    InvalidMarker: _Row(
        ("'{text}' is not an environment marker", *_INPUT), "write one such as sys_platform == 'win32'"
    ),
    InvalidRequirement: _Row(
        ("'{text}' is not a requirement", *_INPUT), "write a name and a range, such as 'flask>=3'"
    ),
    DirectReference: _Row(
        ("'{text}' is a direct reference, which cannot be pinned yet",),
        "name a version range, and map the package's index under [sources]",
    ),
    InvalidTarget: _Row(("'{text}' is not a target", *_INPUT), "write one such as cp312 linux-x86_64 glibc-2.28"),
    InvalidDigest: _Row(("'{text}' is not a digest", *_INPUT)),
    ManifestError: _Row(_PLACED, "correct the file and run the command again", True),
    ClientSettingsError: _Row(("{origin}: ", "expected {expected}", ", found {found}"), "correct the setting"),
    CacheUnwritable: _Row(
        ("cannot write to the cache at {path}", ": {reason}"), "make room, or name another folder with --cache-dir DIR"
    ),
    RegistryError: _Row(("{source} gave no usable answer for {subject}", ": {detail}", " ({url})"), RETRY),
    RegistryUnavailable: _Row(("{source} did not answer for {subject}", ": {detail}", " ({url})"), RETRY),
    RegistryAnswerInvalid: _Row(
        ("{source} gave an answer for {subject} that cannot be used", ": {detail}", " ({url})"),
        "check that the URL of the source is that of a package index, an npm registry or a module registry",
    ),
    AnswerTooLong: _Row(
        ("{source} gave an answer for {subject} that is too long", ": {detail}", " ({url})"),
        "check that the URL is that of the source",
    ),
    RegistryRefused: _Row(
        ("{source} refused to give {subject}", ": {detail}", " ({url})"),
        "check the URL of the source and its credentials, where pip, uv, netrc or npm (.npmrc) have them",
    ),
    PackageNotFound: _Row(("{source} does not have {subject}", " ({url})"), "check the spelling of the name"),
    ArtifactUnhashed: _Row(
        ("{source} gives no sha256 or stronger for {subject}, and nothing is locked without one",),
        "ask for another release, or use an index that gives hashes",
    ),
    OfflineMiss: _Row(("offline, and the cache has nothing of {subject}",), "run the command without --offline"),
    InvalidModuleName: _Row(("'{text}' is not a module's name", *_INPUT), "write one such as @acme/guards"),
    KeyUnreadable: _Row(("the key {path} cannot be used", ": {reason}"), "name an OpenSSH or PKCS#8 Ed25519 key"),
    KeyboardInterrupt: _Row(("interrupted; nothing was changed",)),
    MemoryError: _Row(("out of memory; nothing was changed",)),
    OSError: _Row(("the system refused: {reason}",)),
}
_INTERNAL = Message(
    "internal error: {kind}: {text}", "this is a fault of holdfast: please report it, with the output of -v"
)


def message(error: BaseException) -> Message:
    """Return what an error says."""
    row = next((MESSAGES[kind] for kind in type(error).__mro__ if kind in MESSAGES), None)
    if row is None and "holdfast.publish.registry.errors" in sys.modules:  # else no registry was kept
        from holdfast.cli.registry_words import hint_of, sentence_of

        said = sentence_of(error)
        if said:
            return Message(said, hint_of(error))
    if row is None:
        return Message(_INTERNAL.sentence.format(kind=type(error).__name__, text=error), _INTERNAL.hint)
    fields = fields_of(error)
    place = _place(fields) if row.place else ""
    sentence = place + "".join([part.format_map(fields) for part in row.parts if _has(part, fields)])
    hint = str(fields.get("hint") or row.hint)
    return Message(sentence.lstrip(", "), hint)


def fields_of(error: BaseException) -> dict[str, object]:
    """Return the fields of an error by name."""
    fields: Callable[[], dict[str, object]] | None = getattr(error, "fields", None)
    if fields is not None:
        return fields()
    if isinstance(error, OSError):
        return {"reason": error.strerror or str(error)}
    return {}


def _has(part: str, fields: Fields) -> bool:
    """Whether all fields that a part names have something to say (-1: a position that is not known)."""
    rest = part
    while "{" in rest:
        name, _, rest = rest.partition("{")[2].partition("}")
        if fields.get(name) in ("", 0, -1, None):
            return False
    return True


def _place(fields: Fields) -> str:
    """`pyproject.toml:4:12: `"""
    place = str(fields.get("path", ""))
    for name in ("line", "column"):
        if fields.get(name):
            place += f":{fields[name]}"
        else:
            break
    return f"{place}: " if place else ""
