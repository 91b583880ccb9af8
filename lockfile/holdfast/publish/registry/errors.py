"""What keeping a registry refuses: each refusal a class of its own, with fields. The console renders them.

RegistryProblem
|-- RegistryAbsent      the folder holds no registry
|-- RegistryPresent     the folder holds something already, and a new registry needs an empty one
|-- RegistryDamaged     a file of the registry is not what its signers signed
|-- SigningKeyMissing   too few of a role's keys are at hand
|-- NameUnclaimed       no publisher may publish under the name
|-- NameSimilar         the name looks like one that is there
|-- VersionTaken        the version is there, with other bytes
|-- ReleaseUnknown      there is no such release
|-- SubmissionRefused   a submission that is not whole, or not as its files say
`-- ReportUnbound       no co-signature that counts binds the report
"""

from holdfast.errors import HoldfastError


class RegistryProblem(HoldfastError):
    """Base of all refusals of keeping a registry."""


class RegistryAbsent(RegistryProblem):
    """`folder` holds no registry."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self.folder = folder


class RegistryPresent(RegistryProblem):
    """`folder` holds something already."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self.folder = folder


class RegistryDamaged(RegistryProblem):
    """`document` (a path in the registry) is not what its signers signed, for `reason`."""

    def __init__(self, document: str, reason: str) -> None:
        super().__init__(document, reason)
        self.document = document
        self.reason = reason


class SigningKeyMissing(RegistryProblem):
    """`found` of the `needed` keys that sign `role` are at hand; `keys` are the ids of all that may sign it."""

    def __init__(self, role: str, needed: int, found: int, keys: tuple[str, ...]) -> None:
        super().__init__(role, needed, found, keys)
        self.role = role
        self.needed = needed
        self.found = found
        self.keys = keys


class NameUnclaimed(RegistryProblem):
    """No publisher of the registry may publish under `name`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class NameSimilar(RegistryProblem):
    """`name` looks like `similar`, which is there or comes with it."""

    def __init__(self, name: str, similar: str) -> None:
        super().__init__(name, similar)
        self.name = name
        self.similar = similar


class VersionTaken(RegistryProblem):
    """`name` `version` is there with the archive `there`; a release never changes, and `offered` is another."""

    def __init__(self, name: str, version: str, there: str, offered: str) -> None:
        super().__init__(name, version, there, offered)
        self.name = name
        self.version = version
        self.there = there
        self.offered = offered


class ReleaseUnknown(RegistryProblem):
    """The registry has no release `version` of `name`; `known` are those it has."""

    def __init__(self, name: str, version: str, known: tuple[str, ...]) -> None:
        super().__init__(name, version, known)
        self.name = name
        self.version = version
        self.known = known


class SubmissionRefused(RegistryProblem):
    """`submission` cannot be looked at, for `reason`."""

    def __init__(self, submission: str, reason: str) -> None:
        super().__init__(submission, reason)
        self.submission = submission
        self.reason = reason


class ReportUnbound(RegistryProblem):
    """The vetting report `report` came with `subject`, and no co-signature that counts binds it."""

    def __init__(self, subject: str, report: str) -> None:
        super().__init__(subject, report)
        self.subject = subject
        self.report = report
