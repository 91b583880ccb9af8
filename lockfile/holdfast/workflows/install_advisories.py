"""What advisories say of the modules that an install would unpack, before it unpacks them.

Law 1: a record that calls a release malicious stops the install, and so does what policy refuses (`deny-advisories`);
       every other advisory is told, and stops nothing.
Law 2: records are asked where a lock's modules can have any: the files that the configuration names, and the modules'
       own registries. No service is asked: modules are never named to one.
Law 3: offline the cache answers; what it lacks is told. A registry whose advisories do not verify stops the install.

Knows no disk and no socket but through `gather` and the registries' views.
"""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.advisories.judge import judge_advisories
from holdfast.advisories.packages import names_wanted
from holdfast.advisories.select import select
from holdfast.configuration.configuration import Configuration
from holdfast.findings.finding import Finding, fails
from holdfast.model.lock import Lock
from holdfast.policy.advisories import refuser
from holdfast.workflows.audit_advisories import Gathered, Ports, gather
from holdfast.workflows.module_market import ModuleMarket
from holdfast.workflows.module_pins import module_pins
from holdfast.workflows.port import LOCK
from holdfast_resolver.errors import OfflineMiss
from holdfast_resolver.values.tuples import NamedTuple

_KNOWN = "advisory-known"
# Of the ignores of a policy an install says nothing: `audit` does.
_TOLD = frozenset({_KNOWN, "advisory-malicious", "advisory-ignored", "advisory-unjudged"})


class Consulted(NamedTuple):
    """What came of asking. `unasked` are sources of modules whose advisories the cache does not have, offline."""

    findings: tuple[Finding, ...] = ()
    unasked: tuple[str, ...] = ()

    @property
    def stops(self) -> bool:
        """Whether nothing may be installed."""
        return any(fails(finding) for finding in self.findings)


def consult(
    lock: Lock, configuration: Configuration, market: ModuleMarket, paths: Iterable[str], cache: str, folder: str
) -> Consulted:
    """Judge the modules of a lock by advisories. `paths` are folders and archives of records, as they can be opened.

    `cache` is where the names in archives of records are kept, `folder` the project's. Raises `TrustError` and
    `RegistryError` for a registry that was asked in vain, `RegistryError` for a path that cannot be read, `UsageError`
    for one that is not there.
    """
    pins = [pin for pin, _ in module_pins(lock)]
    wanted = names_wanted(pins)
    files = list(paths)
    own = lock._replace(packages=tuple(pins))
    known = gather(own, configuration.advisories, files, Ports(None, None, str, cache, folder)) if files else Gathered()
    advisories, unread, unasked = [*known.advisories], [*known.unread], []
    for source in sorted({pin.source for pin in pins}):
        try:
            records = market.view(source).advisories()
        except OfflineMiss:
            unasked.append(source)
            continue
        chosen = select(sorted(records.items()), wanted, registry=source)
        advisories += chosen.advisories
        unread += chosen.unread
    path = configuration.path or "holdfast.toml"
    judged = judge_advisories(
        lock,
        advisories,
        configuration.policy.ignores,
        market.now,
        unread=unread,
        complete=False,
        refused=refuser(configuration.policy, path, market.now),
        pins=pins,
        lock_path=LOCK,
        configuration_path=path,
    )
    return Consulted(tuple([_told(one) for one in judged.findings if one.code in _TOLD]), tuple(unasked))


def _told(finding: Finding) -> Finding:
    """A finding as an install tells it: a flaw that policy does not refuse is a warning, however grave."""
    is_refused = any(key == "refused" for key, _ in finding.facts)
    if finding.code != _KNOWN or is_refused or not fails(finding):
        return finding
    return finding._replace(severity="warning")
