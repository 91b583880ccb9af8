"""The composition root of npm's evidence: the cache, the transport and the roots of trust become an `NpmEvidenceDesk`.

Only commands that meet evidence import this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from holdfast.cli.evidence_wiring import open_desk
from holdfast.cli.project import ProjectFolder
from holdfast.configuration.configuration import SigstoreRoot
from holdfast.trust.npm_keys import RegistryKeys, read_registry_keys
from holdfast.workflows.npm_evidence import NpmEvidenceDesk
from holdfast_resolver.clients.npm_addresses import own_address
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.values.wishes import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast_resolver.fetch.transport import Transport


def open_npm_desk(
    project: ProjectFolder,
    sigstore: SigstoreRoot | None,
    cache: Cache,
    connect: Callable[[], Transport] | None,
    sources: Mapping[str, Source],
    now: int,
    fetch: Callable[[str, bool], bytes | None],
) -> NpmEvidenceDesk:
    """Return the desk of a project. `connect` is None offline; `now` is in unix seconds.

    `fetch(source, refresh)` gives the document of the keys of a source, None where it publishes none.
    """
    from holdfast.cli.npm_wiring import url_of

    desk = open_desk(project, sigstore, cache, connect, now)
    known: dict[str, RegistryKeys | None] = {}

    def keys_of(name: str, refresh: bool) -> RegistryKeys | None:
        if name not in known:
            body = fetch(name, refresh)
            known[name] = None if body is None else read_registry_keys(body, url_of(sources[name]))
        return known[name]

    def address(name: str, url: str) -> str:
        return own_address(url, url_of(sources[name]))

    return NpmEvidenceDesk(desk.ask, desk.keep, desk.forget, keys_of, address, desk.root_of, desk.now)
