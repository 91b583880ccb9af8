"""What a use case asks of the world, as values and protocols. Knows no file, no socket, no console."""

from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeAlias

from holdfast.configuration.configuration import Configuration
from holdfast.findings.finding import Finding
from holdfast_resolver.fetch.index import Index
from holdfast_resolver.values.wishes import Source

MANIFEST = "pyproject.toml"
CONFIGURATION = "holdfast.toml"
LOCK = "holdfast.lock"


class Files(Protocol):
    """The project's files by their names relative to the project's folder."""

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a file, None when there is none. Raises `FileProblem`."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Make `data` the whole content of a file. Raises `FileProblem`."""
        ...


class Market(NamedTuple):
    """Where packages come from in this run."""

    index: Index
    sources: tuple[Source, ...]  # the main index first
    findings: tuple[Finding, ...] = ()  # what the settings of other clients gave to say


# Opens the sources that a configuration names.
OpenMarket: TypeAlias = Callable[[Configuration], Market]
