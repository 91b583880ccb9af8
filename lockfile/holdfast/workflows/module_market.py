"""The module registries of a run, as a value: where each name resolves, and what its registry verifiably says.

Only use cases that work with modules import this. Knows no socket and no file: registries are handed in, opened.
"""

from __future__ import annotations

from holdfast.configuration.configuration import Configuration, module_source_of
from holdfast.trust.errors import MalformedDocument, RegistryStale
from holdfast.trust.revocations import DOCUMENT
from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.registries.modules import read_index_document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from holdfast.trust.publishers import Publishers
    from holdfast.trust.registry_client import RegistryView
    from holdfast.trust.registry_state import SeenState
    from holdfast.trust.revocations import RevocationList
    from holdfast_resolver.values.modules import ModuleListing
    from holdfast_resolver.values.wishes import Source


class ModuleMarket:
    """The module registries of a project. A registry is opened, and verified, when its first module is asked for."""

    def __init__(self, configuration: Configuration, open_registry: Callable[[Source], RegistryView], now: str) -> None:
        """`now` is RFC 3339 in UTC, to the second."""
        self._configuration = configuration
        self.now = now
        self._open = open_registry
        self._views: dict[str, RegistryView] = {}
        self._publishers: dict[str, Publishers] = {}
        self._revocations: dict[str, RevocationList] = {}
        # (source, listing) -> the listing without what may not be chosen; None: all may be
        self.offered: Callable[[str, ModuleListing], ModuleListing] | None = None

    def source_of(self, name: str) -> str:
        """Return the name of the one source in which a module resolves, "" when no source claims it."""
        return module_source_of(self._configuration, name)

    def view(self, source: str) -> RegistryView:
        """Return a registry's verified state. Raises what opening raises."""
        known = self._views.get(source)
        if known is None:
            found = next(one for one in self._configuration.module_sources if one.name == source)
            known = self._views[source] = self._open(found)
        return known

    def listings(self, names: Iterable[str]) -> Mapping[str, ModuleListing | None]:
        """Return what the registries say of modules, None for one that is in none; one wave of requests.

        Raises `MalformedDocument` for a document that its registry signed and that does not read.
        """
        by_source: dict[str, list[str]] = {}
        found: dict[str, ModuleListing | None] = {}
        for name in names:
            source = self.source_of(name)
            if source:
                by_source.setdefault(source, []).append(name)
            else:
                found[name] = None
        for source, wanted in by_source.items():
            for name, document in self.view(source).index_documents(tuple(wanted)).items():
                listing = None if document is None else _read(document, name, source)
                found[name] = listing if listing is None or self.offered is None else self.offered(source, listing)
        return found

    def publishers(self, source: str) -> Publishers:
        """Return who may publish in a registry, read once."""
        known = self._publishers.get(source)
        if known is None:
            known = self._publishers[source] = self.view(source).publishers()
        return known

    def revocations(self, source: str) -> RevocationList:
        """Return a registry's revocation list, read once. Raises `RegistryStale` for one whose time is over."""
        known = self._revocations.get(source)
        if known is None:
            known = self.view(source).revocations()
            if known.is_stale(self.now):
                raise RegistryStale(source, DOCUMENT, f"its time ended at {known.expires}")
            self._revocations[source] = known
        return known

    def revocation_texts(self) -> dict[str, str]:
        """Return the revocation lists as they were published, of every registry that was opened."""
        return {name: view.revocation_text() for name, view in sorted(self._views.items())}

    def states(self) -> dict[str, SeenState]:
        """Return the verified state of every registry that was opened, by source."""
        return {name: view.seen() for name, view in sorted(self._views.items())}


def _read(document: bytes, name: str, source: str) -> ModuleListing:
    try:
        return read_index_document(document, name, source)
    except RegistryAnswerInvalid as error:
        place = f"{source} modules/{name}.json"
        raise MalformedDocument(place, "an index document that this version can read", error.detail) from None
