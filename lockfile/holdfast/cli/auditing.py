"""An audit made for a command: the cache, the network, the clock and the project's files become what it is made of.

`audit`, `graph` and `why` share it. Only with `--fetch` is anything downloaded; a service of advisories is asked where
the configuration names one, unless the command is offline.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from holdfast.cli.approval_reading import judge_project, now_text
from holdfast.cli.console import Console
from holdfast.cli.fetched_code import fetch_code
from holdfast.cli.messages import message
from holdfast.cli.project import ProjectFolder, cache_folder, open_project
from holdfast.cli.wiring import MAIN, Shop, open_shop, warn_of_cache
from holdfast.cli.words import Arguments
from holdfast.configuration.configuration import Configuration, Project
from holdfast.configuration.read import read_project
from holdfast.model.lock import Lock, Pin
from holdfast.reports.audit_port import ChangedPackage, Context
from holdfast.workflows.audit import Audited, Facts
from holdfast.workflows.audit import audit as judge_audit
from holdfast.workflows.audit_advisories import Gathered, Ports, gather
from holdfast.workflows.audit_changes import Sides, changed_packages, gained_findings, pins_before, uncompared, whole
from holdfast.workflows.check_approvals import UNKNOWN, Judged
from holdfast.workflows.comparisons import Compared, compare_all, comparisons_of
from holdfast.workflows.exact_wishes import wishes_of
from holdfast.workflows.lock import Order, Outcome, prepare
from holdfast.workflows.previous import read_lock, read_previous
from holdfast.workflows.release_states import release_states
from holdfast.workflows.scans import Rooms, Scanned, Wanted, absent, rooms, scan_all, wanted_of
from holdfast.workflows.would_fix import WouldFix
from holdfast_resolver.fetch.osv_api import FRESH_FOR, Answer, Asked, ask_advisories
from holdfast_resolver.values.tuples import NamedTuple


class Made(NamedTuple):
    """An audit with what its reports need besides. `undecided`: something that had to be asked could not be."""

    audited: Audited
    lock: Lock
    project: ProjectFolder
    asked: Project
    approvals: Judged | None
    context: Context
    undecided: bool


def make_audit(
    arguments: Arguments, environment: Mapping[str, str], console: Console, *, is_offline: bool = False
) -> Made:
    """Audit the project's lock. `is_offline`: nothing is asked, whatever the flags say.

    Raises what reading the project raises, `RegistryError` for advisories that cannot be read, and with `--fetch` what
    fetching raises.
    """
    project = open_project(arguments)
    lock = read_lock(project)
    asked = read_project(project.read)
    configuration, now = asked.configuration, now_text()
    if is_offline:
        arguments = arguments._replace(switches=arguments.switches | {"offline"} - {"fetch"})
    # A cutoff decides what may be chosen; what is pinned is looked at whenever it was uploaded.
    shop = open_shop(project, configuration._replace(exclude_newer=""), arguments, environment, console)
    place = rooms(cache_folder(arguments, environment))
    fetched = fetch_code(lock, place, configuration, shop, arguments, console)
    approvals = judge_project(project, lock, configuration, None, now)
    before_wanted = wanted_of(lock, pins_before(approvals, lock))
    unfetched = {}
    if arguments.switch("fetch") and (missing := absent(before_wanted, place)):
        from holdfast.cli.fetched_changes import FetchedChanges  # start-up: only to fetch

        desk = FetchedChanges(project, configuration, arguments, environment, console, is_asked=True)
        unfetched = desk(missing)
        desk.close()
    scanned, before = _scanned(lock, before_wanted, place, console)
    compared = _compared(lock, place, console)
    gathered = _gathered(lock, configuration, project, shop, arguments)
    unlisted = _listed(lock, configuration, shop) if arguments.switch("fetch") else []
    has_npm = any(pin.npm is not None for pin in lock.packages)
    states, unknown = release_states(
        lock.packages, shop.market.index.cache, shop.market.sources, shop.market.npm.sources if has_npm else ()
    )
    said = [*fetched.asked, *unlisted, *_unasked_names(lock, configuration, shop, fetched=arguments.switch("fetch"))]
    if unknown:
        said.append(f"when {unknown} of {len(lock.packages)} releases came: the cache has no listing of them")
    said += uncompared(before.missing, unfetched)
    sides = Sides(scanned.scans, whole(before))
    findings = (*fetched.findings, *gained_findings(approvals, lock, sides))
    facts = Facts(
        scanned, gathered, states, approvals, findings, tuple(said), _own_names(asked), compared, wishes_of(asked)
    )
    fix = WouldFix(Updates(asked, project, shop))
    audited = judge_audit(lock, configuration, facts, fix, now, _words)
    shop.market.close()
    warn_of_cache(shop.market.index.cache, console)
    if place.entries.unwritable:
        console.note(f"warning: cannot keep scans in the cache: {place.entries.unwritable}; the next audit scans again")
    since, changes = changed_packages(approvals, sides)
    context = Context(_name(asked, project), since, tuple([ChangedPackage(*one) for one in changes]))
    # what policy denies code is no matter of taste: unseen code is a question that was not answered
    unjudged = any(one.code == UNKNOWN for one in audited.audit.findings)
    undecided = gathered.failed or fetched.is_incomplete or bool(unlisted) or unjudged
    return Made(audited, lock, project, asked, approvals, context, undecided)


def _scanned(lock: Lock, before: list[Wanted], place: Rooms, console: Console) -> tuple[Scanned, Scanned]:
    """The scans of the lock, and those of the releases before of what waits for approval."""

    def tell(done: int, every: int) -> None:
        console.progress(f"reading code {done}/{every}", time.monotonic())

    return scan_all(wanted_of(lock), place, tell), scan_all(before, place, tell)


def _compared(lock: Lock, place: Rooms, console: Console) -> Compared:
    """What came of holding the lock's wheels against the source archives of their releases."""

    def tell(done: int, every: int) -> None:
        console.progress(f"comparing releases {done}/{every}", time.monotonic())

    return compare_all(comparisons_of(wanted_of(lock)), place, tell)


def _listed(lock: Lock, configuration: Configuration, shop: Shop) -> list[str]:
    """Have the sources' newest word on what is locked; says what could not be had."""
    from holdfast.workflows.release_listings import failed_listings, fetch_listings  # start-up: only to fetch

    return failed_listings(fetch_listings(lock.packages, shop.market, _tellable(configuration, shop)))


def _unasked_names(lock: Lock, configuration: Configuration, shop: Shop, *, fetched: bool) -> list[str]:
    from holdfast.workflows.release_listings import unasked_names

    return unasked_names(lock.packages, shop.market.sources, _tellable(configuration, shop), fetched=fetched)


def _tellable(configuration: Configuration, shop: Shop) -> tuple[str, ...]:
    """The sources whose packages may be named to others: those that the project says so of, and the public index."""
    public = [source.name for source in shop.market.sources if source.name == source.identity == MAIN]
    return (*configuration.advisories.ask, *public)


def _gathered(
    lock: Lock, configuration: Configuration, project: ProjectFolder, shop: Shop, arguments: Arguments
) -> Gathered:
    sources = configuration.advisories
    cache = shop.market.index.cache
    offline = arguments.switch("offline")

    def ask(releases: tuple[Asked, ...]) -> Answer:
        fresh_for = 0 if arguments.switch("refresh") else FRESH_FOR
        connect = None if offline else shop.connect
        return ask_advisories(cache, sources.url, releases, connect, int(time.time()), fresh_for=fresh_for)

    def of_registry(source: str) -> Mapping[str, bytes]:
        assert shop.market.modules is not None
        return shop.market.modules.view(source).advisories()

    paths = [os.path.join(project.folder, path) for path in sources.records]
    paths += [os.path.abspath(path) for path in arguments.texts_of("advisories")]
    ports = Ports(
        ask if sources.url else None,
        of_registry if shop.market.modules is not None else None,
        _words,
        os.path.join(cache.folder, "advisories"),
        project.folder,
    )
    return gather(lock, sources, paths, ports)


class Updates:
    """What `holdfast update NAME` would do, tried without writing anything."""

    def __init__(self, asked: Project, project: ProjectFolder, shop: Shop) -> None:
        self._asked, self._project, self._shop = asked, project, shop

    def __call__(self, pin: Pin) -> Outcome:
        """Return the outcome of freeing a pin. Raises what resolving raises."""
        today = time.strftime("%Y-%m-%d", time.gmtime())
        order = Order(today, dry_run=True)
        freed = frozenset((pin.name,))
        order = order._replace(freed_npm=freed) if pin.npm is not None else order._replace(freed=freed)
        return prepare(self._asked, read_previous(self._project), self._shop.market, order)


def _own_names(asked: Project) -> tuple[str, ...]:
    return tuple(dict.fromkeys([name for name in (asked.manifest.name, *[one.name for one in asked.npm]) if name]))


def _name(asked: Project, project: ProjectFolder) -> str:
    return next(iter(_own_names(asked)), "") or os.path.basename(project.folder)


def _words(error: Exception) -> str:
    return message(error).sentence
