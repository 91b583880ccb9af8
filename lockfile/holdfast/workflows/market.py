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
    from holdfast.workflows.npm_market import NpmMarket
    from holdfast_resolver.fetch.cutoff import Withheld


class Market:
    """The sources of this run, and the one index through which they are seen."""

    __slots__ = ("_npm", "_open_npm", "evidence", "findings", "index", "modules", "sources")

    def __init__(
        self,
        index: Index,
        sources: tuple[Source, ...],
        findings: tuple[Finding, ...] = (),
        modules: ModuleMarket | None = None,
        evidence: Callable[[], EvidenceDesk] | None = None,
        npm: Callable[[], NpmMarket] | None = None,
    ) -> None:
        self.index = index
        self.evidence = evidence  # opens what judges evidence; None: no evidence is asked for
        self.modules = modules  # None for a project that asks for no module
        self.sources = sources  # the main index first
        self.findings = findings  # what the settings of other clients gave to say
        self._open_npm = npm
        self._npm: NpmMarket | None = None

    @property
    def npm(self) -> NpmMarket:
        """The npm registries, opened when they are first asked for. Raises `ClientSettingsError`."""
        if self._npm is None:
            assert self._open_npm is not None, "this market was opened for Python packages and modules"
            self._npm = self._open_npm()
        return self._npm

    @property
    def withheld(self) -> dict[tuple[str, str], tuple[Withheld, ...]]:
        """What the indexes left out for its age, by (source, name)."""
        return self.index.withheld | ({} if self._npm is None else self._npm.index.withheld)

    @property
    def requests(self) -> int:
        """HTTP requests made so far for what the indexes say."""
        return self.index.requests + (0 if self._npm is None else self._npm.index.requests)

    def close(self) -> None:
        """Let those go who fetch."""
        self.index.close()
        if self._npm is not None:
            self._npm.index.close()


# Opens the sources that a configuration names.
OpenMarket: TypeAlias = "Callable[[Configuration], Market]"
