"""What advisories there are for a lock: from folders and archives, from registries of modules, from an OSV service.

Law 1: what could not be asked is told; nothing that was not asked is taken for "nothing known".
Law 2: a package is named to the service only where the configuration says so of its source.

Never prints; network and disks are behind the ports that come in.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping

from holdfast.advisories.packages import names_wanted, questions
from holdfast.advisories.select import Selected, names_of, select
from holdfast.advisories.values import Advisory, Unjudged
from holdfast.configuration.configuration import AdvisorySources
from holdfast.errors import UsageError
from holdfast.model.lock import Lock
from holdfast.trust.errors import TrustError
from holdfast_resolver.errors import RegistryError
from holdfast_resolver.fetch.osv_api import Answer, Asked
from holdfast_resolver.fetch.osv_files import holds_records, read_files
from holdfast_resolver.values.tuples import NamedTuple

NO_SOURCE = "advisories: name a source of them in [advisories] of the configuration, or with --advisories PATH"

# Asks the service about releases. Raises `RegistryError`.
AskService = Callable[[tuple[Asked, ...]], Answer]
# Gives the records of a module registry by their ids. Raises `TrustError`, `RegistryError`.
OfRegistry = Callable[[str], Mapping[str, bytes]]


class Ports(NamedTuple):
    """How sources of advisories are reached."""

    ask: AskService | None  # None: the project names no service
    of_registry: OfRegistry | None  # None: the lock has no modules
    words: Callable[[Exception], str]  # an error as a sentence
    cache: str = ""  # where the names in archives of records are kept
    folder: str = ""  # of the project: what lies below it is told by its path from there


class Gathered(NamedTuple):
    """All that may concern a lock. `failed` says that a source could not be asked although it should have been."""

    advisories: tuple[Advisory, ...] = ()
    unread: tuple[Unjudged, ...] = ()
    claimed: tuple[tuple[str, str], ...] = ()
    asked: tuple[str, ...] = ()
    age: str = ""  # RFC 3339; of the oldest answer or archive
    complete: bool = True
    failed: bool = False


def gather(lock: Lock, configured: AdvisorySources, paths: Iterable[str], ports: Ports) -> Gathered:
    """Gather from every source. `paths` are those of folders and archives, as they can be opened.

    Raises `UsageError` for a path that is not there, or cannot be read as what it should be.
    """
    wanted = names_wanted(lock.packages)
    parts = [_of_files(path, wanted, ports) for path in paths]
    modules = sorted({pin.source for pin in lock.packages if pin.module is not None})
    if ports.of_registry is not None:
        parts += [_of_registry(source, wanted, ports) for source in modules]
    if ports.ask is not None:
        parts.append(_of_service(lock, configured, ports))
    elif not parts:
        return Gathered(asked=(NO_SOURCE,), complete=False)
    return _together(parts)


def _of_files(path: str, wanted: frozenset[str], ports: Ports) -> Gathered:
    expected = "a folder or a ZIP archive of OSV records"
    if not os.path.exists(path):
        raise UsageError(expected, f"{path}: there is no such file")
    is_folder = os.path.isdir(path)
    age = "" if is_folder else _instant(int(os.path.getmtime(path)))
    try:
        chosen = select(read_files(path, wanted, names_of, ports.cache), wanted)
        is_empty = not chosen.seen and not holds_records(path)
    except RegistryError as error:
        raise UsageError(expected, f"{path}: {error.detail}") from error
    if is_empty:  # nobody keeps a folder of nothing on purpose: its name may be that of another
        return Gathered(asked=(f"advisories of {path}: no record is in it, no *.json",), complete=False)
    unread = tuple([_told(one, path, ports.folder, is_folder=is_folder) for one in chosen.unread])
    return _of_selected(chosen._replace(unread=unread), age)


def _told(one: Unjudged, path: str, folder: str, *, is_folder: bool) -> Unjudged:
    """Name a record so that another machine names it alike: from the project, or by the last part of what was given.

    advisories/GHSA-1.json: below the project    npm.zip: GHSA-1.json  (and behind the reason, where that lies)
    """
    inside = os.path.relpath(one.record, path) if is_folder else ""
    real, root = os.path.realpath(path), os.path.realpath(folder or os.curdir)
    is_ours = bool(folder) and real.startswith(os.path.join(root, ""))
    spelled = os.path.relpath(real, root) if is_ours else os.path.basename(real)
    name = os.path.join(spelled, inside) if is_folder else f"{spelled}: {one.record}"
    reason = one.reason if is_ours else f"{one.reason} ({os.path.dirname(path) or os.sep})"
    return one._replace(record=name.replace(os.sep, "/"), reason=reason)


def _of_selected(chosen: Selected, age: str) -> Gathered:
    return Gathered(chosen.advisories, chosen.unread, age=age)


def _of_registry(source: str, wanted: frozenset[str], ports: Ports) -> Gathered:
    assert ports.of_registry is not None
    try:
        records = ports.of_registry(source)
    except (TrustError, RegistryError) as error:
        return Gathered(asked=(f"advisories of {source}: {ports.words(error)}",), complete=False, failed=True)
    return _of_selected(select(sorted(records.items()), wanted, registry=source), "")


def _of_service(lock: Lock, configured: AdvisorySources, ports: Ports) -> Gathered:
    assert ports.ask is not None
    every = tuple([Asked(*one) for one in questions(lock.packages, configured.ask)])
    said: list[str] = []
    others = {pin.source for pin in lock.packages if pin.module is None} - set(configured.ask)
    for source in sorted(others):
        count = sum([pin.source == source for pin in lock.packages])
        said.append(f"advisories of {count} packages of {source}: `ask` of [advisories] does not name it")
    try:
        answer = ports.ask(every)
    except RegistryError as error:
        return Gathered(asked=(*said, f"advisories of the service: {ports.words(error)}"), complete=False, failed=True)
    chosen = select(answer.records, frozenset(one.name for one in every))
    if answer.unasked:
        count = len(answer.unasked)
        said.append(f"advisories of {count} packages: offline, and the service was never asked about them")
    claimed = _claimed(lock, answer)
    age = _instant(answer.oldest) if answer.oldest else ""
    return Gathered(chosen.advisories, chosen.unread, claimed, tuple(said), age, complete=not said)


def _claimed(lock: Lock, answer: Answer) -> tuple[tuple[str, str], ...]:
    """The service's word as pairs (id of a pin, id of a record)."""
    from holdfast.advisories.packages import ecosystem_of, pin_id

    pins: dict[tuple[str, str, str], list[str]] = {}
    for pin in lock.packages:
        pins.setdefault((ecosystem_of(pin), pin.name, pin.version), []).append(pin_id(pin))
    return tuple(
        [
            (pin, identifier)
            for one, identifiers in answer.affected
            for pin in pins.get((one.ecosystem, one.name, one.version), ())
            for identifier in identifiers
        ]
    )


def _together(parts: list[Gathered]) -> Gathered:
    ages = sorted([one.age for one in parts if one.age])
    return Gathered(
        tuple([one for part in parts for one in part.advisories]),
        tuple([one for part in parts for one in part.unread]),
        tuple([one for part in parts for one in part.claimed]),
        tuple([one for part in parts for one in part.asked]),
        ages[0] if ages else "",
        all(part.complete for part in parts),
        any(part.failed for part in parts),
    )


def _instant(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
