"""Advisories from a service that speaks the OSV API (version 1): asked in batches, kept with their age.

    POST <url>/v1/querybatch   1,000 packages at once, with their versions -> ids of records, page by page
    GET  <url>/v1/vulns/<id>   a record, only where the one that is kept is not of the time that the batch names

Only packages that are handed in are named to the service. An answer serves again for `fresh_for` seconds, offline at
any age; what was not answered is told, never taken for "nothing known". Records come back as bytes: nobody has looked
at them. Knows no names of services: the address is the project's.
Specification: OSV API 1.0, "POST /v1/querybatch", "GET /v1/vulns/{id}".
"""

from __future__ import annotations

import json
import re

from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.fetch.osv_answers import Answers
from holdfast_resolver.registries.port import MIB, Request
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from holdfast_resolver.fetch.cache import Cache
    from holdfast_resolver.fetch.transport import Transport

SOURCE = "advisories"  # what messages and credentials call the service
BATCH = 1000  # packages in one question: the API's own limit
PAGES = 100  # of one package
RECORD = 4 * MIB
FRESH_FOR = 3600  # seconds
_MOST = 10_000  # records about one package
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+@-]{0,127}")


class Asked(NamedTuple):
    """One question: a release."""

    ecosystem: str  # "PyPI", "npm"
    name: str
    version: str


class Answer(NamedTuple):
    """What a service knows of some releases."""

    records: tuple[tuple[str, bytes | str], ...]  # (id, its bytes or why they could not be had), sorted
    affected: tuple[tuple[Asked, tuple[str, ...]], ...]  # the ids that the service gave for each release that has some
    unasked: tuple[Asked, ...]  # of which nothing is known: offline, and never asked before
    oldest: int  # unix seconds: when the oldest of the answers was given; 0 without any


def ask_advisories(
    cache: Cache,
    base_url: str,
    releases: Iterable[Asked],
    connect: Callable[[], Transport] | None,
    now: int,
    *,
    fresh_for: int = FRESH_FOR,
) -> Answer:
    """Return what the service at `base_url` knows of `releases`. `connect` is None offline; `now` is in unix seconds.

    `fresh_for` of 0 asks anew. Raises `RegistryError` where the service gives no usable answer.
    """
    wanted = tuple(sorted(set(releases)))
    kept = Answers(cache, base_url)
    known = kept.answers()
    missing = [one for one in wanted if not _serves(known.get(tuple(one)), now, fresh_for, offline=connect is None)]
    transport = connect() if connect is not None and missing else None
    if transport is not None:
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            for one, found in zip(batch, _ask(transport, base_url, batch), strict=True):
                known[tuple(one)] = (now, found)
        kept.keep_answers(known, now)
    answered = {one: known[tuple(one)] for one in wanted if tuple(one) in known}
    times: dict[str, str] = {}
    for _, found in answered.values():
        for identifier, modified in found:
            times[identifier] = max(times.get(identifier, ""), modified)
    return Answer(
        _records(kept, base_url, times, connect, transport),
        tuple([(one, tuple([name for name, _ in found])) for one, (_, found) in answered.items() if found]),
        tuple([one for one in wanted if one not in answered]),
        min([at for at, _ in answered.values()], default=0),
    )


def _serves(known: tuple[int, Any] | None, now: int, fresh_for: int, *, offline: bool) -> bool:
    return known is not None and (offline or 0 <= now - known[0] < fresh_for)


def _ask(transport: Transport, base_url: str, batch: list[Asked]) -> list[tuple[tuple[str, str], ...]]:
    """One batch with all its pages: for each release the ids of records, each with the time of its last change."""
    found: list[dict[str, str]] = [{} for _ in batch]
    waiting = dict.fromkeys(range(len(batch)), "")
    for _ in range(PAGES):
        places = list(waiting)
        results = _results(transport, base_url, [_query(batch[place], waiting[place]) for place in places])
        waiting = {}
        for place, result in zip(places, results, strict=True):
            for row in _rows(base_url, result):
                identifier, modified = row.get("id"), row.get("modified", "")
                if not isinstance(identifier, str) or not _ID.fullmatch(identifier) or not isinstance(modified, str):
                    raise _fault(base_url, f"expected the id of a record, found {str(identifier)[:40]!r}")
                found[place][identifier] = modified
            token = result.get("next_page_token")
            if len(found[place]) > _MOST:
                raise _fault(base_url, f"expected at most {_MOST} records about {batch[place].name}, found more")
            if isinstance(token, str) and token:
                waiting[place] = token
        if not waiting:
            return [tuple(sorted(one.items())) for one in found]
    raise _fault(base_url, f"expected at most {PAGES} pages of one answer, found more")


def _query(one: Asked, token: str) -> dict[str, object]:
    package = {"ecosystem": one.ecosystem, "name": one.name}
    return {"package": package, "version": one.version, **({"page_token": token} if token else {})}


def _results(transport: Transport, base_url: str, queries: list[dict[str, object]]) -> list[dict[str, Any]]:
    url = f"{base_url.rstrip('/')}/v1/querybatch"
    body = json.dumps({"queries": queries}).encode()
    response = transport.send(Request(SOURCE, "the query", url, "application/json", max_bytes=64 * MIB, body=body))
    if response.status != 200:
        raise _fault(base_url, f"status {response.status}: there is no OSV API at this address")
    try:
        answer = json.loads(response.body)
    except (ValueError, RecursionError):
        raise _fault(base_url, "expected JSON") from None
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list) or len(results) != len(queries):
        raise _fault(base_url, f"expected {len(queries)} results, one for each query, found others")
    if not all(isinstance(one, dict) for one in results):
        raise _fault(base_url, "expected each result to be an object")
    return results


def _rows(base_url: str, result: dict[str, Any]) -> list[dict[str, Any]]:
    rows = result.get("vulns") or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _fault(base_url, "expected vulns to be an array of objects")
    return rows


def _records(
    kept: Answers,
    base_url: str,
    times: dict[str, str],
    connect: Callable[[], Transport] | None,
    transport: Transport | None,
) -> tuple[tuple[str, bytes | str], ...]:
    """Every record, from what is kept where it is of the named time (offline: of any), else from the service."""
    found: dict[str, bytes | str] = {}
    for identifier, modified in times.items():
        data = kept.record(identifier, None if connect is None else modified)
        if data is not None:
            found[identifier] = data
        elif connect is None:
            found[identifier] = "offline, and the record was never fetched"
    missing = [identifier for identifier in sorted(times) if identifier not in found]
    if missing and connect is not None:
        from holdfast_resolver.fetch.parallel import fetch_files  # start-up: threads

        base = f"{base_url.rstrip('/')}/v1/vulns/"
        bodies = fetch_files(transport or connect(), SOURCE, base, dict.fromkeys(missing, RECORD))
        for identifier in missing:
            data = bodies[identifier]
            if data is None:
                found[identifier] = "the service names this record and does not have it"
            else:
                found[identifier] = data
                kept.keep_record(identifier, times[identifier], data)
    return tuple(sorted(found.items()))


def _fault(base_url: str, detail: str) -> RegistryAnswerInvalid:
    from holdfast_resolver.clients.urls import redacted  # start-up: only for a message

    return RegistryAnswerInvalid(SOURCE, "the query", redacted(base_url), detail)
