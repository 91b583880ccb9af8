"""Evidence: from the cache, else from the index, many at once, and no failure spoils another file."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast_resolver.errors import OfflineMiss, RegistryRefused, RegistryUnavailable
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.evidence import LIMIT, PATIENCE, EvidenceAnswer, TooLarge, fetch_evidence
from holdfast_resolver.fetch.evidence_cache import NONE_AGE, EvidenceCache, NoneServed, Served
from holdfast_resolver.fetch.evidence_need import EvidenceNeed
from holdfast_resolver.fetch.memory import Answer, MemoryTransport
from holdfast_resolver.fetch.upkeep import clear, measure
from holdfast_resolver.registries.port import Request, Response
from tests.support.http_client import transport
from tests.support.loopback import Loopback, Reply

NOW = 1_764_547_200
BASE = "https://packages.acme.example/integrity"


def need(number: int = 0, base: str = BASE) -> EvidenceNeed:
    """The evidence of a file that has a number."""
    return EvidenceNeed("pypi", f"tool-{number}.tar.gz", f"sha256:{number:064x}", f"{base}/{number}")


def fetched(
    cache: EvidenceCache, answers: dict[str, Answer] | None, *needs: EvidenceNeed, refresh: bool = False
) -> dict[EvidenceNeed, EvidenceAnswer]:
    """The answers to needs, over memory; `answers` None: offline."""
    connect: Callable[[], MemoryTransport] | None = None if answers is None else lambda: MemoryTransport(answers)
    return dict(fetch_evidence(needs, cache, connect, NOW, refresh=refresh))


@pytest.fixture
def cache(tmp_path: Path) -> EvidenceCache:
    """An empty cache."""
    return EvidenceCache(Cache(str(tmp_path / "cache")))


def test_each_file_gets_its_own_answer(cache: EvidenceCache) -> None:
    """Bytes, none, too much, refused, no answer: each as a value of its own file, whatever the order of arrival."""
    gone, closed = (
        RegistryUnavailable("pypi", "x", "", "status 503"),
        RegistryRefused("pypi", "x", "", "status 403"),
    )
    answers: dict[str, Answer] = {
        need(0).url: b"{}",
        need(2).url: b" " * (LIMIT + 1),
        need(3).url: gone,
        need(4).url: closed,
        need(5).url: b" " * LIMIT,
    }
    memory = MemoryTransport(answers, seed=2)
    found = dict(fetch_evidence([need(n) for n in range(6)] * 2, cache, lambda: memory, NOW))
    assert found == {
        need(0): Served(b"{}"),
        need(1): NoneServed(),
        need(2): TooLarge(),
        need(3): gone,
        need(4): closed,
        need(5): Served(b" " * LIMIT),
    }
    assert memory.requests == 6
    assert {request.max_bytes for request in memory.asked} == {LIMIT}
    assert {request.source for request in memory.asked} == {"pypi"}


def test_nothing_wanted_connects_to_nothing(cache: EvidenceCache) -> None:
    """Without needs, or with all of them in the cache, no transport is made and no folder either."""

    def never() -> MemoryTransport:
        raise AssertionError

    assert not dict(fetch_evidence([], cache, never, NOW))
    assert not os.path.exists(os.path.dirname(os.path.dirname(os.path.dirname(cache.path_of(need())))))
    cache.keep(need(), b"{}")
    assert dict(fetch_evidence([need()], cache, never, NOW)) == {need(): Served(b"{}", cached=True)}


def test_evidence_is_kept_by_who_verified_it(cache: EvidenceCache) -> None:
    """What arrives is not kept by fetching; once kept it serves for ever, until somebody asks past the cache."""
    answers: dict[str, Answer] = {need().url: b"one"}
    assert fetched(cache, answers, need()) == {need(): Served(b"one")}
    assert fetched(cache, None, need()).popitem()[1].__class__ is OfflineMiss
    cache.keep(need(), b"one")
    answers[need().url] = b"two"
    assert fetched(cache, answers, need()) == {need(): Served(b"one", cached=True)}
    assert cache.find(need(), NOW + 100 * 365 * 86_400) == Served(b"one", cached=True)
    assert fetched(cache, answers, need(), refresh=True) == {need(): Served(b"two")}
    assert fetched(cache, None, need(), refresh=True) == {need(): Served(b"one", cached=True)}
    cache.forget(need())
    cache.forget(need())
    assert cache.find(need(), NOW) is None


def test_none_is_kept_for_a_day(cache: EvidenceCache) -> None:
    """ "There is none" is asked again after `NONE_AGE`, and when the clock went back."""
    assert fetched(cache, {}, need()) == {need(): NoneServed()}
    assert cache.find(need(), NOW + NONE_AGE) == NoneServed(cached=True)
    assert cache.find(need(), NOW + NONE_AGE + 1) is None
    assert cache.find(need(), NOW - 1) is None
    assert NONE_AGE == 86_400


def test_one_index_never_answers_for_another(cache: EvidenceCache) -> None:
    """The same bytes under another URL, or other bytes under the same URL, have no entry."""
    cache.keep(need(), b"{}")
    assert cache.find(need()._replace(url="https://mirror.acme.example/0"), NOW) is None
    assert cache.find(need()._replace(hash="sha256:" + "f" * 64), NOW) is None
    assert cache.find(need()._replace(source="other"), NOW) == Served(b"{}", cached=True)


@pytest.mark.parametrize("place", ["every byte", "cut", "empty", "folder"])
def test_damage_is_a_miss(cache: EvidenceCache, place: str) -> None:
    """Whatever happened to an entry, it is asked for anew; no damage is ever served as evidence."""
    cache.keep(need(), b'{"version": 1}')
    path = Path(cache.path_of(need()))
    whole = path.read_bytes()
    if place == "folder":
        path.unlink()
        path.mkdir()
        assert cache.find(need(), NOW) is None
        return
    cases = {
        "every byte": [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole))],
        "cut": [whole[:at] for at in range(1, len(whole))],
        "empty": [b""],
    }[place]
    for damaged in cases:
        path.write_bytes(damaged)
        assert cache.find(need(), NOW) in (None, Served(b'{"version": 1}', cached=True))
        assert damaged.startswith(b"holdfast-evidence 1 some") or cache.find(need(), NOW) is None


def test_a_cache_that_cannot_be_written_is_noted(tmp_path: Path) -> None:
    """A file where the folder should be: nothing is kept, nothing is raised, and the cache knows why."""
    (tmp_path / "cache").write_text("")
    plain = Cache(str(tmp_path / "cache"))
    kept = EvidenceCache(plain)
    kept.keep(need(), b"{}")
    assert plain.unwritable
    assert kept.find(need(), NOW) is None


def test_the_cache_command_knows_evidence(cache: EvidenceCache, tmp_path: Path) -> None:
    """Evidence is counted and removed with the rest of the cache."""
    cache.keep(need(), b"{}")
    cache.keep_none(need(1), NOW)
    folder = str(tmp_path / "cache")
    found = {part.name: (part.files, part.left) for part in measure(folder)}
    assert found["v1"] == (2, 0)
    clear(folder)
    assert not os.path.exists(f"{folder}/v1")


def test_an_origin_without_answers_is_given_up(cache: EvidenceCache) -> None:
    """After `PATIENCE` failures in a row an origin is asked no more; others are, and one answer makes up for it."""
    other = "https://mirror.acme.example"

    def answer(request: Request) -> Response:
        if request.url.startswith(BASE):
            raise RegistryUnavailable("pypi", "x", "", "status 503")
        return Response(200, request.url, {}, b"{}")

    needs = [need(number) for number in range(50)] + [need(number, other) for number in range(5)]
    memory = MemoryTransport({one.url: answer for one in needs})
    found = dict(fetch_evidence(needs, cache, lambda: memory, NOW, threads=1))
    assert sum(request.url.startswith(BASE) for request in memory.asked) == PATIENCE
    assert sum(isinstance(one, RegistryUnavailable) for one in found.values()) == 50
    assert sum(one == Served(b"{}") for one in found.values()) == 5
    memory = MemoryTransport({one.url: answer for one in needs if one.url.startswith(BASE) and one != need(5)})
    dict(fetch_evidence(needs[: PATIENCE + 4], cache, lambda: memory, NOW, threads=1))
    assert memory.requests == PATIENCE + 4


def test_files_are_asked_for_at_once(cache: EvidenceCache) -> None:
    """Twenty answers of a tenth of a second each take less than a second."""
    waiting = threading.Barrier(20, timeout=5)

    def slow(request: Request) -> Response:
        waiting.wait()
        return Response(200, request.url, {}, b"{}")

    begun = time.monotonic()
    found = fetched(cache, {need(n).url: slow for n in range(20)}, *[need(n) for n in range(20)])
    assert len(found) == 20
    assert time.monotonic() - begun < 5


def test_an_empty_answer_and_odd_bugs(cache: EvidenceCache) -> None:
    """No bytes are no evidence and no "none"; what is no error of a registry is raised."""
    empty = fetched(cache, {need().url: b""}, need())[need()]
    assert isinstance(empty, Exception)
    assert cache.find(need(), NOW) is None

    def broken(_request: Request) -> Response:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fetched(cache, {need().url: broken}, need())


def test_over_http_redirects_and_retries_are_the_transports(cache: EvidenceCache, server: Loopback) -> None:
    """A 503 is asked again, a redirect on the same origin followed, and 4 MiB + 1 given up."""
    replies = [Reply(503), Reply(302, headers={"Location": "/b"})]
    server.routes |= {
        "/a": lambda _asked: replies.pop(0),
        "/b": Reply(body=b"{}"),
        "/c": Reply(body=b"x" * (LIMIT + 1)),
    }
    here = [need()._replace(url=f"{server.url}{path}") for path in ("/a", "/c", "/none")]
    with transport() as client:
        found = dict(fetch_evidence(here, cache, lambda: client, NOW))
    assert list(map(found.get, here)) == [Served(b"{}"), TooLarge(), NoneServed()]
    assert {asked.headers["accept"].partition(",")[0] for asked in server.asked} == {
        "application/vnd.pypi.integrity.v1+json"
    }
