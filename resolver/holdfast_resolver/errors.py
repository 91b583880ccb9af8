"""The error tree of the resolver. An error carries fields, never prose: the console renders it.

    ResolverError
    |-- InvalidInput                 a text that breaks its grammar
    |   |-- InvalidVersion
    |   |-- InvalidRange
    |   |-- InvalidMarker
    |   |-- InvalidRequirement
    |   |   `-- DirectReference      `name @ url`: cannot be pinned yet
    |   |-- InvalidTarget
    |   |-- InvalidDigest
    |   `-- InvalidModuleName
    |-- ManifestError                a manifest that cannot be read, with its place
    |-- ClientSettingsError          a pip, uv or netrc setting that cannot be used
    |-- CacheUnwritable              the cache folder cannot be written: full, read-only, not ours
    `-- RegistryError                an index did not give a usable answer
        |-- RegistryUnavailable      no answer: network, time-out, status 5xx or 429 after retries
        |-- RegistryAnswerInvalid    an answer, but not one that the protocol allows
        |   `-- AnswerTooLong        more bytes than were asked for
        |-- RegistryRefused          status 401, 403, or a redirect that is not followed
        |-- PackageNotFound          status 404 for a package
        |-- ArtifactUnhashed         an artifact that would be pinned has no sha256 or stronger
        `-- OfflineMiss              `--offline`, and the answer is not in the cache

"No solution exists" is not an error: it is an outcome of `resolve`.
"""


class ResolverError(Exception):
    """Base of all errors of `holdfast_resolver`; `fields()` gives what the console needs to render it."""

    def fields(self) -> dict[str, object]:
        return {key: value for key, value in vars(self).items() if not key.startswith("_")}

    def __str__(self) -> str:
        inner = ", ".join(f"{key}={value!r}" for key, value in self.fields().items())
        return f"{type(self).__name__}({inner})"


class InvalidInput(ResolverError):
    """`text` breaks its grammar: `expected` says what should stand at `position` (0-based, -1 unknown)."""

    def __init__(self, text: str, expected: str = "", position: int = -1) -> None:
        super().__init__(text, expected, position)
        self.text = text
        self.expected = expected
        self.position = position


class InvalidVersion(InvalidInput):
    """Not a version of its scheme."""


class InvalidRange(InvalidInput):
    """Not a range of its scheme."""


class InvalidMarker(InvalidInput):
    """Not a PEP 508 environment marker."""


class InvalidRequirement(InvalidInput):
    """Not a PEP 508 requirement."""


class DirectReference(InvalidRequirement):
    """A requirement by URL, version control or path, which cannot be pinned yet."""


class InvalidModuleName(InvalidInput):
    """Not a module's name such as `@scope/name`."""


class InvalidTarget(InvalidInput):
    """Not a target such as `cp312 linux-x86_64 glibc-2.28`."""


class InvalidDigest(InvalidInput):
    """Not `algorithm:lowercase-hex` of a known algorithm with the right length."""


class ManifestError(ResolverError):
    """A manifest cannot be used. `line` and `column` are 1-based, 0 where unknown."""

    def __init__(
        self, path: str, expected: str, found: str = "", line: int = 0, column: int = 0, hint: str = ""
    ) -> None:
        super().__init__(path, expected, found, line, column, hint)
        self.path = path
        self.expected = expected
        self.found = found
        self.line = line
        self.column = column
        self.hint = hint


class ClientSettingsError(ResolverError):
    """A setting of another client (pip, uv, netrc) that cannot be used, and where it stands."""

    def __init__(self, origin: str, expected: str, found: str = "", hint: str = "") -> None:
        super().__init__(origin, expected, found, hint)
        self.origin = origin
        self.expected = expected
        self.found = found
        self.hint = hint


class CacheUnwritable(ResolverError):
    """Something that must be kept in the cache cannot be; `reason` is the system's, in words."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason


class RegistryError(ResolverError):
    """An index gave no usable answer for `subject`. URLs in fields never carry credentials."""

    def __init__(self, source: str, subject: str, url: str = "", detail: str = "") -> None:
        super().__init__(source, subject, url, detail)
        self.source = source
        self.subject = subject
        self.url = url
        self.detail = detail


class RegistryUnavailable(RegistryError):
    """No answer after retries."""


class RegistryAnswerInvalid(RegistryError):
    """An answer that the protocol does not allow."""


class AnswerTooLong(RegistryAnswerInvalid):
    """An answer that is longer than what was asked for may be."""


class RegistryRefused(RegistryError):
    """Access refused, or an unsafe redirect that is not followed."""


class PackageNotFound(RegistryError):
    """The source does not have the package."""


class ArtifactUnhashed(RegistryError):
    """An artifact that would be pinned has no hash of sha256 or stronger."""


class OfflineMiss(RegistryError):
    """Offline, and the answer is not in the cache."""
