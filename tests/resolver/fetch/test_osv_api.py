"""Advisories from an OSV service: batches, pages, what is kept and how old it is, what goes wrong."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from holdfast_resolver.clients.settings import IndexSettings
from holdfast_resolver.errors import RegistryAnswerInvalid, RegistryError, RegistryRefused, RegistryUnavailable
from holdfast_resolver.fetch import osv_api
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.http import HttpTransport
from holdfast_resolver.fetch.osv_api import Answer, Asked, ask_advisories
from tests.support.osv_server import OsvService, serving

NOW = 1_800_000_000


def known(identifier: str, name: str = "acme", fixed: str = "2.0", **more: Any) -> dict[str, Any]:
    """A record about a Python package."""
    affected = {
        "package": {"ecosystem": "PyPI", "name": name},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}],
    }
    return {"id": identifier, "modified": "2026-01-01T00:00:00Z", "affected": [affected], **more}


ACME, OTHER = Asked("PyPI", "acme", "1.0"), Asked("PyPI", "other", "1.0")


@pytest.fixture
def service() -> Iterator[OsvService]:
    with serving(known("A-1"), known("A-2"), known("B-1", "other")) as running:
        yield running


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(str(tmp_path / "cache"))


def connect() -> HttpTransport:
    return HttpTransport(IndexSettings(index_url="https://packages.example/simple/"), retries=0)


def ask(cache: Cache, url: str, *asked: Asked, now: int = NOW, offline: bool = False, **more: int) -> Answer:
    return ask_advisories(cache, url, asked, None if offline else connect, now, **more)


def test_a_batch_names_the_records_and_each_is_fetched(service: OsvService, cache: Cache) -> None:
    """One question for all releases; every record comes whole, with the releases that it was named for."""
    answer = ask(cache, service.url + "/", ACME, OTHER, Asked("PyPI", "clean", "1.0"))
    assert [name for name, _ in answer.records] == ["A-1", "A-2", "B-1"]
    assert all(isinstance(data, bytes) and name.encode() in data for name, data in answer.records)
    assert answer.affected == ((ACME, ("A-1", "A-2")), (OTHER, ("B-1",)))
    assert (answer.unasked, answer.oldest) == ((), NOW)
    assert service.asked.count("POST /v1/querybatch") == 1
    assert len(service.asked) == 4


def test_pages_are_followed(cache: Cache) -> None:
    """Only the releases with more pages are asked again, by their tokens."""
    with serving(*[known(f"A-{number}") for number in range(5)], known("B-1", "other"), page=2) as service:
        answer = ask(cache, service.url, ACME, OTHER)
        assert dict(answer.affected)[ACME] == tuple(f"A-{number}" for number in range(5))
        assert [query.get("page_token") for query in service.queries] == [None, None, "2", "4"]


def test_batches_are_bounded(service: OsvService, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    """More releases than one question may have are asked in several."""
    monkeypatch.setattr(osv_api, "BATCH", 2)
    many = [Asked("PyPI", f"p{number}", "1.0") for number in range(4)]
    assert len(ask(cache, service.url, *many, ACME).records) == 2
    assert service.asked.count("POST /v1/querybatch") == 3


def test_an_answer_serves_for_a_while(service: OsvService, cache: Cache) -> None:
    """A fresh answer asks nothing; an old one is asked anew, and records that did not change are not fetched again."""
    ask(cache, service.url, ACME)
    service.asked.clear()
    again = ask(cache, service.url, ACME, now=NOW + 60)
    assert (service.asked, again.oldest, len(again.records)) == ([], NOW, 2)
    service.records["A-1"]["modified"] = "2026-02-02T00:00:00Z"
    later = ask(cache, service.url, ACME, now=NOW + 7200)
    assert service.asked == ["POST /v1/querybatch", "GET /v1/vulns/A-1"]
    assert later.oldest == NOW + 7200
    service.asked.clear()
    ask(cache, service.url, ACME, now=NOW + 7201, fresh_for=0)
    assert service.asked == ["POST /v1/querybatch"]


def test_offline_says_what_it_could_not_ask(service: OsvService, cache: Cache) -> None:
    """What was asked before serves at any age, with that age; of the rest nothing is known, and that is said."""
    ask(cache, service.url, ACME)
    service.asked.clear()
    answer = ask(cache, service.url, ACME, OTHER, now=NOW + 10**7, offline=True)
    assert (answer.unasked, answer.oldest, len(answer.records)) == ((OTHER,), NOW, 2)
    assert service.asked == []
    assert ask(cache, "https://elsewhere.example", ACME, offline=True).unasked == (ACME,)


def test_damage_to_what_is_kept_is_a_miss(service: OsvService, cache: Cache, tmp_path: Path) -> None:
    """Answers and records that were cut are asked for again; offline, a lost record is named."""
    ask(cache, service.url, ACME)
    (record,) = (tmp_path / "cache").rglob("A-1.*.json")
    record.write_bytes(record.read_bytes()[:-1])
    offline = ask(cache, service.url, ACME, offline=True)
    assert isinstance(dict(offline.records)["A-1"], str)
    service.asked.clear()
    ask(cache, service.url, ACME)
    assert service.asked == ["GET /v1/vulns/A-1"]
    (answers,) = (tmp_path / "cache").rglob("answers")
    answers.write_bytes(answers.read_bytes()[:-1])
    service.asked.clear()
    ask(cache, service.url, ACME)
    assert service.asked == ["POST /v1/querybatch"]


def test_a_record_that_is_gone_is_named(service: OsvService, cache: Cache) -> None:
    """The service names an id and has no record of it: its reason stands in the place of its bytes."""
    service.answers["/v1/vulns/A-1"] = (404, b"{}")
    records = dict(ask(cache, service.url, ACME).records)
    assert records["A-1"] == "the service names this record and does not have it"
    assert isinstance(records["A-2"], bytes)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (404, b"{}", RegistryAnswerInvalid),
        (400, b"{}", RegistryAnswerInvalid),
        (500, b"", RegistryUnavailable),
        (403, b"", RegistryRefused),
        (307, b"https://elsewhere.example/v1/querybatch", RegistryRefused),
        (200, b"<html>", RegistryAnswerInvalid),
        (200, b"[]", RegistryAnswerInvalid),
        (200, b"{}", RegistryAnswerInvalid),
        (200, b'{"results": [{}, {}]}', RegistryAnswerInvalid),
        (200, b'{"results": [[]]}', RegistryAnswerInvalid),
        (200, b'{"results": [{"vulns": [1]}]}', RegistryAnswerInvalid),
        (200, b'{"results": [{"vulns": [{"id": "../../x"}]}]}', RegistryAnswerInvalid),
        (200, b'{"results": [{"vulns": [{"id": 7}]}]}', RegistryAnswerInvalid),
        (200, b"[" * 100_000, RegistryAnswerInvalid),
        (200, b'{"results": [{"next_page_token": "x"}]}', RegistryAnswerInvalid),  # for ever
    ],
)
def test_an_answer_that_is_none_is_an_error(
    service: OsvService, cache: Cache, status: int, body: bytes, error: type[RegistryError]
) -> None:
    """Nothing is taken for "nothing known": no API, no JSON, other counts, ids that lead elsewhere, endless pages."""
    service.answers["/v1/querybatch"] = (status, body)
    with pytest.raises(error):
        ask(cache, service.url, ACME)
    assert ask(cache, service.url, ACME, offline=True).unasked == (ACME,)


def test_a_question_is_sent_again_after_a_hiccup(service: OsvService, cache: Cache) -> None:
    """A question changes nothing, so a server that is busy is asked again."""
    calls: list[int] = []
    reply = service.reply

    def flaky(method: str, path: str, body: bytes) -> tuple[int, bytes]:
        calls.append(1)
        return (503, b"") if len(calls) == 1 else reply(method, path, body)

    service.reply = flaky  # type: ignore[method-assign] # scripted
    transport = HttpTransport(IndexSettings(index_url="https://packages.example/simple/"), retries=1, first_delay=0.001)
    answer = ask_advisories(cache, service.url, [ACME], lambda: transport, NOW)
    assert len(answer.records) == 2
