"""Where packages come from in a run, as a value. Only use cases that ask an index import this."""

from __future__ import annotations

from holdfast.configuration.configuration import Configuration
from holdfast.findings.finding import Finding
from holdfast_resolver.fetch.index import Index
from holdfast_resolver.values.wishes import Source

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Callable
    from typing import TypeAlias

    from holdfast.workflows.evidence import EvidenceDesk
    from holdfast.workflows.module_market import ModuleMarket


class Market:
    """The sources of this run, and the one index through which they are seen."""

    __slots__ = ("evidence", "findings", "index", "modules", "sources")

    def __init__(
        self,
        index: Index,
        sources: tuple[Source, ...],
        findings: tuple[Finding, ...] = (),
        modules: ModuleMarket | None = None,
        evidence: Callable[[], EvidenceDesk] | None = None,
    ) -> None:
        self.index = index
        self.evidence = evidence  # opens what judges evidence; None: no evidence is asked for
        self.modules = modules  # None for a project that asks for no module
        self.sources = sources  # the main index first
        self.findings = findings  # what the settings of other clients gave to say


# Opens the sources that a configuration names.
OpenMarket: TypeAlias = "Callable[[Configuration], Market]"
