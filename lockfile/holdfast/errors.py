"""The error tree of holdfast. An error carries fields, never prose: the console renders it.

    HoldfastError
    |-- UsageError              the command line asks for something that cannot be (exit 2)
    |-- ConfigurationError      `holdfast.toml` or `[tool.holdfast]` cannot be used, with its place (exit 2)
    |-- LockFormatError         a lock that cannot be read, with its place (exit 2)
    |   `-- SignersAdrift       a merge left it with signers that are called otherwise now: `lock` mends it
    |-- ForeignFileError        another tool's file that cannot be read, with its place (exit 2)
    |-- ProjectNotFound         no manifest here or above (exit 2)
    |-- LockMissing             the command needs a lock and there is none (exit 2)
    |-- FileProblem             a file of the project cannot be read or written (exit 2)
    |-- RevisionUnknown         what was named is no revision, or this is no repository (exit 2)
    |   `-- RevisionMissing     this clone does not have it: it can be fetched (exit 3)
    `-- Undecided               the question could not be answered (exit 3)

Errors of `holdfast_resolver` pass through unchanged; the exit code of each class stands in `cli/exits.py`.
"""


class HoldfastError(Exception):
    """Base of all errors of `holdfast`; `fields()` gives what the console needs to render it."""

    def fields(self) -> dict[str, object]:
        return {key: value for key, value in vars(self).items() if not key.startswith("_")}

    def __str__(self) -> str:
        inner = ", ".join(f"{key}={value!r}" for key, value in self.fields().items())
        return f"{type(self).__name__}({inner})"


class UsageError(HoldfastError):
    """The command line asks for something that cannot be."""

    def __init__(self, expected: str, found: str = "", hint: str = "") -> None:
        super().__init__(expected, found, hint)
        self.expected = expected
        self.found = found
        self.hint = hint


class _PlacedError(HoldfastError):
    """A fault at a place in a file: `line`, `column` 1-based, 0 unknown; `where` a key path: `package[3].hash`."""

    def __init__(
        self,
        path: str,
        expected: str,
        found: str = "",
        line: int = 0,
        column: int = 0,
        where: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(path, expected, found, line, column, where, hint)
        self.path = path
        self.expected = expected
        self.found = found
        self.line = line
        self.column = column
        self.where = where
        self.hint = hint


class ConfigurationError(_PlacedError):
    """`holdfast.toml` or `[tool.holdfast]` cannot be used."""


class LockFormatError(_PlacedError):
    """A lock that cannot be read."""


class SignersAdrift(LockFormatError):
    """A lock whose merge was clean and left it with references to signers that have other blocks now."""


class ForeignFileError(_PlacedError):
    """Another tool's file that cannot be read."""


class ProjectNotFound(HoldfastError):
    """No manifest in `folder` or above it."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self.folder = folder


class LockMissing(HoldfastError):
    """The command needs a lock and there is none at `path`."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class FileProblem(HoldfastError):
    """`action` on `path` failed for `reason` (the system's own words)."""

    def __init__(self, path: str, action: str, reason: str, hint: str = "") -> None:
        super().__init__(path, action, reason, hint)
        self.path = path
        self.action = action
        self.reason = reason
        self.hint = hint


class RevisionUnknown(HoldfastError):
    """`revision` is not the name of one, or there is no repository (`reason`)."""

    def __init__(self, revision: str, reason: str) -> None:
        super().__init__(revision, reason)
        self.revision = revision
        self.reason = reason


class RevisionMissing(RevisionUnknown):
    """This clone does not have `revision`, or not all of it (`reason`); `hint` is the command that fetches it."""

    def __init__(self, revision: str, reason: str, hint: str = "") -> None:
        super().__init__(revision, reason)
        self.hint = hint


class Undecided(HoldfastError):
    """The question could not be answered for `reason`; `hint` is the next command."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason, hint)
        self.reason = reason
        self.hint = hint
