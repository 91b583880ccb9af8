"""Whether the wheels of a lock are made of their source archives: from what is kept, else from the store.

Law 1: a comparison is kept under the hashes of all its archives, so that nothing is compared twice.
Law 2: only the wheels that are installed are compared, and only with a source archive that the lock pins.
Law 3: what could not be compared is told, never passed over.

Never prints; asks no network.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING

from holdfast.model.lock import Pin, PinnedArtifact
from holdfast.model.scan import Scan
from holdfast.risk.facts import Deviation
from holdfast.risk.graph import pin_id
from holdfast.risk.signals_archives import is_source
from holdfast.workflows.scan_text import ENDED, read_scan, write_scan
from holdfast.workflows.scans import Rooms, Tell, Wanted
from holdfast_resolver.fetch.store import ArtifactStore
from holdfast_resolver.values.tuples import NamedTuple

if TYPE_CHECKING:
    from holdfast.workflows.scan_workers import Job

COMPARISON_VERSION = "1"  # counts up with every change of what counts as the same code
_WHEEL = ".whl"


class Comparison(NamedTuple):
    """A release whose wheels are compared with its source archive; without wheels only that archive is looked at."""

    pin: Pin
    source: PinnedArtifact
    wheels: tuple[PinnedArtifact, ...]
    is_built: bool  # the source archive itself is installed on some target


class Compared(NamedTuple):
    """What came of comparing, by the ids of pins."""

    deviations: Mapping[str, tuple[Deviation, ...]] = MappingProxyType({})
    dynamic: frozenset[str] = frozenset()  # what they require is only known once their source archive is built
    missing: tuple[Comparison, ...] = ()  # some archive is not in the store
    refused: tuple[str, ...] = ()  # "a-1.tar.gz: a-1/link: a symbolic link": archives that could not be compared


def comparisons_of(wanted: Iterable[Wanted]) -> list[Comparison]:
    """Return what there is to compare of what is installed: releases of which a source archive is pinned."""
    found = []
    for one in wanted:
        if one.pin.npm is not None or one.pin.module is not None:
            continue
        source = next((each for each in one.pin.artifacts if is_source(each.file)), None)
        if source is not None:
            wheels = tuple([each for each in one.artifacts if each.file.endswith(_WHEEL)])
            found.append(Comparison(one.pin, source, wheels, source in one.artifacts))
    return found


def archives_lacking(comparisons: Iterable[Comparison], place: Rooms) -> list[Wanted]:
    """Return the archives that comparing takes and that the store lacks: what a fetch is for."""
    found = []
    for one in comparisons:
        lacking = _lacking(one, place) if place.entries.find(_key(one)) is None else ()
        if lacking:
            found.append(Wanted(one.pin, lacking))
    return found


def compare_all(comparisons: list[Comparison], place: Rooms, tell: Tell) -> Compared:
    """Compare what can be compared; whatever is kept is not compared again."""
    done: list[tuple[Comparison, Scan]] = []
    missing: list[Comparison] = []
    jobs: dict[str, Comparison] = {}
    for one in comparisons:
        data = place.entries.find(_key(one))
        kept = None if data is None else read_scan(data)
        if kept is not None:
            done.append((one, kept))
        elif _lacking(one, place):
            missing.append(one)
        else:
            jobs[pin_id(one.pin)] = one
    for one, scan in _compared(jobs, place, tell) if jobs else ():
        if scan is None:  # an archive was damaged, and is removed
            missing.append(one)
            continue
        done.append((one, scan))
        if not any(each.reason == ENDED for each in scan.unread):
            place.entries.keep(_key(one), write_scan(scan))
    return _together(sorted(done, key=lambda pair: pin_id(pair[0].pin)), missing)


def _compared(
    jobs: dict[str, Comparison], place: Rooms, tell: Callable[[int, int], None]
) -> Iterable[tuple[Comparison, Scan | None]]:
    from holdfast.workflows.scan_workers import scan_jobs  # start-up: only where something is to be compared

    rows = {_job(one, place): one for one in jobs.values()}
    for count, (job, scan) in enumerate(scan_jobs(rows), 1):
        tell(count, len(rows))
        yield rows[job], scan


def _job(one: Comparison, place: Rooms) -> Job:
    from holdfast.workflows.scan_workers import COMPARISON, Job

    wheels = tuple([(wheel.file, wheel.hash) for wheel in one.wheels])
    return Job(COMPARISON, one.pin.name, one.pin.version, one.source.file, one.source.hash, place.store, wheels)


def _together(done: Iterable[tuple[Comparison, Scan]], missing: list[Comparison]) -> Compared:
    from holdfast.workflows.source_comparing import ADDED, DIFFERS, DYNAMIC

    deviations: dict[str, tuple[Deviation, ...]] = {}
    dynamic: set[str] = set()
    refused: list[str] = []
    for one, scan in done:
        found = []
        for wheel in sorted({each.found for each in scan.evidence if each.rule in (DIFFERS, ADDED)}):
            paths = {
                rule: tuple([each.path for each in scan.evidence if (each.rule, each.found) == (rule, wheel)])
                for rule in (DIFFERS, ADDED)
            }
            found.append(Deviation(wheel, one.source.file, paths[DIFFERS], paths[ADDED]))
        if found:
            deviations[pin_id(one.pin)] = tuple(found)
        if one.is_built and any(each.rule == DYNAMIC for each in scan.evidence):
            dynamic.add(pin_id(one.pin))
        refused += [f"{each.path}: {each.reason}" for each in scan.unread] if one.wheels else []
    return Compared(deviations, frozenset(dynamic), tuple(missing), tuple(refused))


def _lacking(one: Comparison, place: Rooms) -> tuple[PinnedArtifact, ...]:
    store = ArtifactStore(place.store)
    return tuple([each for each in (*one.wheels, one.source) if not os.path.exists(store.path_of(each.hash))])


def _key(one: Comparison) -> str:
    hashes = [each.hash for each in (one.source, *one.wheels)]
    return sha256("\n".join(("comparison", COMPARISON_VERSION, *hashes)).encode()).hexdigest()
