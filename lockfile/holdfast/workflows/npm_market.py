"""Where npm packages come from in a run, as a value. Loaded only by projects that have some."""

from __future__ import annotations

from holdfast_resolver.fetch.npm_index import NpmIndex
from holdfast_resolver.values.npm_sources import npm_source_of
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Source

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Callable

    from holdfast.findings.finding import Finding
    from holdfast.workflows.npm_evidence import NpmEvidenceDesk
    from holdfast_resolver.fetch.transport import Transport


def _never(source: str) -> bool:
    return False


def _nowhere() -> str:
    return ""


class NodeToServe(NamedTuple):
    """The Node to choose packages for, where package.json names none. A version, "" for any."""

    asked: str | None = None  # by whoever runs the command
    here: Callable[[], str] = _nowhere  # looks for the Node of this machine


ANY_NODE = NodeToServe()


class NpmMarket:
    """The npm registries of this run, and the index through which they are seen."""

    __slots__ = ("_known", "connect", "evidence", "findings", "index", "is_silent", "node", "sources")

    def __init__(
        self,
        index: NpmIndex,
        sources: tuple[Source, ...],
        evidence: Callable[[], NpmEvidenceDesk] | None = None,
        findings: tuple[Finding, ...] = (),
        is_silent: Callable[[str], bool] = _never,
        connect: Callable[[], Transport] | None = None,
        node: NodeToServe = ANY_NODE,
    ) -> None:
        self.index = index
        self.sources = sources  # the main registry first
        self.evidence = evidence  # opens what judges evidence; None: no evidence is asked for
        self.findings = findings  # what the settings of npm gave to say
        self.connect = connect  # the one transport to these registries; None offline
        self.is_silent = is_silent  # whether a source is known to publish no keys
        self.node = node
        self._known: dict[str, Source] = {}

    def source_of(self, name: str) -> Source:
        """Return the one source in which a package resolves."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = npm_source_of(name, self.sources)
        return known

    def source_name(self, name: str) -> str:
        """Return the name of the one source in which a package resolves."""
        return self.source_of(name).name
