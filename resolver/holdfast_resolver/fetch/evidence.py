"""Evidence of who made files (PEP 740, "Provenance objects"), from the cache, else from the index, many at once.

An answer that cannot be had spoils nothing but its own file: it comes as a value. Nothing that comes from here is
verified, and only who has verified it puts it into the cache. Knows nothing of trust.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue
from typing import TypeAlias

from holdfast_resolver.clients.urls import Origin, origin_of
from holdfast_resolver.errors import OfflineMiss, RegistryAnswerInvalid, RegistryError, RegistryUnavailable
from holdfast_resolver.fetch.evidence_cache import EvidenceCache, NoneServed, Served
from holdfast_resolver.fetch.evidence_need import EvidenceNeed
from holdfast_resolver.fetch.transport import Transport
from holdfast_resolver.registries.port import MIB, Request
from holdfast_resolver.values.tuples import NamedTuple

LIMIT = 4 * MIB  # bytes of one provenance object
THREADS = 32
PATIENCE = 8  # how many files in a row an origin may leave without an answer before it is asked no more
ACCEPT = "application/vnd.pypi.integrity.v1+json, application/json;q=0.5"


class TooLarge(NamedTuple):
    """The index serves more bytes than evidence may have; none of them was kept."""

    limit: int = LIMIT


EvidenceAnswer: TypeAlias = Served | NoneServed | TooLarge | RegistryError


def fetch_evidence(
    needs: Iterable[EvidenceNeed],
    cache: EvidenceCache,
    connect: Callable[[], Transport] | None,
    now: int,
    *,
    refresh: bool = False,
    threads: int = THREADS,
) -> Iterator[tuple[EvidenceNeed, EvidenceAnswer]]:
    """Yield the answer to each need, those from the cache first, the others as they arrive.

    `connect` is None offline: what the cache does not have is an `OfflineMiss` then. `refresh` passes over the cache.
    `now` is in unix seconds. That there is no evidence is kept in the cache; evidence is not.
    """
    missing: list[EvidenceNeed] = []
    for need in dict.fromkeys(needs):
        known = None if refresh and connect is not None else cache.find(need, now)
        if known is not None:
            yield need, known
        elif connect is None:
            yield need, OfflineMiss(need.source, subject_of(need))
        else:
            missing.append(need)
    if missing and connect is not None:
        for need, answer in _at_once(connect(), missing, min(threads, len(missing))):
            if isinstance(answer, NoneServed):
                cache.keep_none(need, now)
            yield need, answer


def subject_of(need: EvidenceNeed) -> str:
    """Return what is asked for, in words."""
    return f"the evidence of {need.file}"


class _Patience:
    """How often each origin has failed in a row; told by many threads."""

    def __init__(self) -> None:
        self._failed: dict[Origin, int] = {}
        self._lock = threading.Lock()

    def lost(self, need: EvidenceNeed) -> bool:
        return self._failed.get(origin_of(need.url), 0) >= PATIENCE

    def tell(self, need: EvidenceNeed, answer: EvidenceAnswer) -> None:
        origin = origin_of(need.url)
        with self._lock:
            failed = isinstance(answer, RegistryUnavailable)
            self._failed[origin] = self._failed.get(origin, 0) + 1 if failed else 0


def _at_once(
    transport: Transport, needs: list[EvidenceNeed], threads: int
) -> Iterator[tuple[EvidenceNeed, EvidenceAnswer]]:
    jobs: SimpleQueue[EvidenceNeed] = SimpleQueue()
    answers: SimpleQueue[tuple[EvidenceNeed, EvidenceAnswer | BaseException]] = SimpleQueue()
    stop, patience = threading.Event(), _Patience()
    for need in needs:
        jobs.put(need)

    def work() -> None:
        while not stop.is_set():
            try:
                need = jobs.get_nowait()
            except Empty:
                return
            try:
                answer: EvidenceAnswer | BaseException = _ask(transport, need, patience)
            except BaseException as error:  # noqa: BLE001  # handed to the thread that waits
                answer = error
            answers.put((need, answer))

    for _ in range(threads):
        threading.Thread(target=work, daemon=True).start()
    left = len(needs)
    try:
        while left:
            try:
                need, answer = answers.get(timeout=0.5)  # woken now and then, so that Ctrl-C is heard
            except Empty:
                continue
            if isinstance(answer, BaseException) and not isinstance(answer, RegistryError):
                raise answer
            left -= 1
            yield need, answer
    finally:
        stop.set()


def _ask(transport: Transport, need: EvidenceNeed, patience: _Patience) -> EvidenceAnswer:
    if patience.lost(need):
        return RegistryUnavailable(need.source, subject_of(need), need.url, "it gave no answer for other files either")
    try:
        response = transport.send(Request(need.source, subject_of(need), need.url, accept=ACCEPT, max_bytes=LIMIT))
    except RegistryAnswerInvalid as error:
        return TooLarge() if error.detail.startswith("longer than") else error
    except RegistryError as error:
        patience.tell(need, error)
        return error
    if response.status == 200 and response.body:
        answer: EvidenceAnswer = Served(response.body)
    elif response.status == 404:
        answer = NoneServed()
    else:
        detail = f"status {response.status} with {len(response.body)} bytes for evidence"
        answer = RegistryAnswerInvalid(need.source, subject_of(need), need.url, detail)
    patience.tell(need, answer)
    return answer
