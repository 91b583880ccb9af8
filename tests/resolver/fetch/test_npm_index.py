"""The npm index over a real registry on loopback: cold, warm, offline, cut, and refused."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from holdfast_resolver.clients.npm_sources import npm_credential_book, npm_sources, transport_settings
from holdfast_resolver.clients.npmrc import npm_settings
from holdfast_resolver.errors import ClientSettingsError, OfflineMiss, RegistryAnswerInvalid, RegistryRefused
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.crew import Crew
from holdfast_resolver.fetch.http import HttpTransport
from holdfast_resolver.fetch.index import Absent, Freshness, ListingNeed
from holdfast_resolver.fetch.npm_index import NpmIndex
from holdfast_resolver.fetch.npm_records import NpmRecord
from holdfast_resolver.values.wishes import Source
from tests.support.npm_registry import ABBREVIATED, HTML, Answer, Habits, NpmRegistry, release, serving

NOW = 1_800_000_000
Open = Callable[..., NpmIndex]


@pytest.fixture
def registry() -> Iterator[NpmRegistry]:
    """A registry with a few packages, which answers serve ten seconds."""
    packages = (
        release("left-pad", "1.0.0", time="2025-01-01T00:00:00.000Z"),
        release("left-pad", "1.3.0", time="2026-03-01T00:00:00.000Z", deprecated="use padStart"),
        release("@acme/web", "2.0.0", dependencies={"left-pad": "^1"}, license="MIT"),
        release("JSONStream", "1.3.5"),
    )
    with serving(*packages, habits=Habits(max_age=10)) as running:
        yield running


def opener(registry: NpmRegistry, folder: Path, npmrc: str | None = None) -> Open:
    """A function that opens an index on the registry, as a client with this .npmrc does."""
    content = (registry.npmrc if npmrc is None else npmrc).encode()
    settings = npm_settings(
        {}, lambda path: content if path == "/project/.npmrc" else None, "/project", "/home/me", "linux"
    )

    def open_index(now: int = NOW, *, offline: bool = False, refresh: bool = False, until: str = "") -> NpmIndex:
        cache = Cache(str(folder))

        def hire() -> Crew:
            book = npm_credential_book(settings)
            transport = HttpTransport(transport_settings(settings), book, retries=0)
            return Crew(transport, cache, lambda source: source.url, now)

        return NpmIndex(cache, Freshness(now, offline, refresh, until), hire)

    return open_index


def source_of(registry: NpmRegistry) -> Source:
    return Source("npm", "npm", registry.url, registry.url)


def fetch(index: NpmIndex, source: Source, *names: str, full: bool = False) -> list[NpmRecord]:
    """The records of packages that are there."""
    index.wait([ListingNeed(source, name, full) for name in names])
    records = []
    for name in names:
        record = index.listing(source, name, full=full)
        assert isinstance(record, NpmRecord)
        records.append(record)
    return records


def versions(record: NpmRecord) -> list[str]:
    return record.table.versions


def test_packuments_are_fetched_once_and_then_come_from_the_cache(registry: NpmRegistry, tmp_path: Path) -> None:
    """One request for each package; a second run makes none while they are fresh."""
    opened, source = opener(registry, tmp_path), source_of(registry)
    index = opened()
    assert index.listing(source, "left-pad") is None
    left_pad, web, stream = fetch(index, source, "left-pad", "@acme/web", "JSONStream")
    assert (versions(left_pad), left_pad.tags, left_pad.deprecated) == (["1.0.0", "1.3.0"], {"latest": "1.3.0"}, 2)
    found = web.release(0)
    assert found is not None
    assert found.dependencies == (("left-pad", "^1"),)
    assert found.tarball == f"{registry.url}@acme/web/-/web-2.0.0.tgz"
    assert found.integrity.startswith("sha512:")
    assert stream.name == "JSONStream"
    assert index.requests == registry.count() == 3
    index.close()
    again = opened(NOW + 10)
    assert [versions(record) for record in fetch(again, source, "left-pad", "@acme/web")] == [
        versions(left_pad),
        ["2.0.0"],
    ]
    assert again.requests == 0
    assert again.names_seen(source) == ["@acme/web", "JSONStream", "left-pad"]


def test_a_stale_record_is_confirmed_by_its_etag(registry: NpmRegistry, tmp_path: Path) -> None:
    """304 makes the record fresh again without a body; a change brings a new one."""
    opened, source = opener(registry, tmp_path), source_of(registry)
    fetch(opened(), source, "left-pad")
    fetch(opened(NOW + 100), source, "left-pad")
    assert registry.asked[-1].headers["if-none-match"]
    assert opened(NOW + 105).listing(source, "left-pad") is not None, "fresh again"
    registry.publish(release("left-pad", "2.0.0"))
    assert versions(fetch(opened(NOW + 200), source, "left-pad")[0]) == ["1.0.0", "1.3.0", "2.0.0"]
    assert registry.count() == 3


def test_refresh_asks_again_and_offline_never_does(registry: NpmRegistry, tmp_path: Path) -> None:
    """Offline, an old record serves and a missing one is an error that names the package."""
    opened, source = opener(registry, tmp_path), source_of(registry)
    fetch(opened(), source, "left-pad")
    index = opened(refresh=True)
    assert index.listing(source, "left-pad") is None
    fetch(index, source, "left-pad")
    assert registry.count() == 2
    offline = opened(NOW + 1_000_000, offline=True)
    assert versions(fetch(offline, source, "left-pad")[0]) == ["1.0.0", "1.3.0"]
    offline.ask(ListingNeed(source, "JSONStream"))
    with pytest.raises(OfflineMiss) as caught:
        offline.wait([ListingNeed(source, "JSONStream")])
    assert caught.value.subject == "JSONStream"
    assert registry.count() == 2


def test_the_short_form_is_asked_for_until_more_is_needed(registry: NpmRegistry, tmp_path: Path) -> None:
    """Times and licenses are only in the full form; once that is here it serves for both."""
    opened, source = opener(registry, tmp_path), source_of(registry)
    index = opened()
    short = fetch(index, source, "@acme/web")[0]
    assert registry.asked[-1].headers["accept"].startswith(ABBREVIATED)
    assert not short.full
    full = fetch(index, source, "@acme/web", full=True)[0]
    assert full.full
    told = full.release(0)
    assert told is not None
    assert (told.license, told.published) == ("MIT", "2026-01-01T00:00:00.000Z")
    assert index.listing(source, "@acme/web") is short, "a run sees one state"
    assert registry.count() == 2
    again = opened()
    assert fetch(again, source, "@acme/web")[0].full
    assert fetch(again, source, "@acme/web", full=True)[0].full
    assert again.requests == 0


def test_a_cutoff_shows_what_was_there_before(registry: NpmRegistry, tmp_path: Path) -> None:
    """Releases after the instant are gone; a tag may still name one; a short record in the cache does not serve."""
    opened, source = opener(registry, tmp_path), source_of(registry)
    fetch(opened(), source, "left-pad")
    index = opened(until="2025-06-01T00:00:00Z")
    record = fetch(index, source, "left-pad")[0]
    assert (versions(record), record.tags, record.deprecated) == (["1.0.0"], {"latest": "1.3.0"}, 0)
    assert registry.asked[-1].headers["accept"] == "application/json"
    warm = opened(until="2025-06-01T00:00:00Z", offline=True)
    assert versions(fetch(warm, source, "left-pad")[0]) == ["1.0.0"]
    assert versions(fetch(opened(offline=True), source, "left-pad")[0]) == ["1.0.0", "1.3.0"]


@pytest.mark.parametrize(("libc_in_short", "requests"), [(False, 2), (True, 1)])
def test_what_is_locked_of_libc_does_not_depend_on_the_form(libc_in_short: bool, requests: int, tmp_path: Path) -> None:
    """A registry whose short form leaves libc out is asked for the full one, for packages of Linux alone."""
    binary = release("@acme/linux-musl", "1.0.0", os=["linux"], libc=["musl"])
    with serving(binary, release("plain", "1.0.0"), habits=Habits(libc=libc_in_short)) as registry:
        index, source = opener(registry, tmp_path)(), source_of(registry)
        musl, _ = fetch(index, source, "@acme/linux-musl", "plain")
        found = musl.release(0)
        assert found is not None
        assert found.libc == ("musl",)
        assert registry.count("/@acme/linux-musl") == requests
        assert registry.count("/plain") == 1


def test_a_package_that_is_not_there_is_absent_for_the_run(registry: NpmRegistry, tmp_path: Path) -> None:
    """404 is an answer; a name that no registry can have is never asked for."""
    index, source = opener(registry, tmp_path)(), source_of(registry)
    index.wait([ListingNeed(source, "none"), ListingNeed(source, "../../etc/passwd")])
    assert index.listing(source, "none") == Absent(source, "none")
    assert index.listing(source, "../../etc/passwd") == Absent(source, "../../etc/passwd")
    assert registry.count() == index.requests == 1
    assert "none" not in index.names_seen(source)


@pytest.mark.parametrize(
    ("answer", "error", "detail"),
    [
        (Answer(451), RegistryRefused, "legal reasons"),
        (Answer(401), RegistryRefused, ".npmrc"),
        (HTML, RegistryAnswerInvalid, "found HTML"),
        (Answer(200, b'{"name": "another"}'), RegistryAnswerInvalid, "that of 'another'"),
        (Answer(200, b'{"name": "left-pad", "versi'), RegistryAnswerInvalid, "expected JSON"),
    ],
)
def test_a_bad_answer_is_an_error_that_names_the_package(
    answer: Answer, error: type[Exception], detail: str, registry: NpmRegistry, tmp_path: Path
) -> None:
    """Nothing of it is cached, and the next run asks again."""
    opened, source = opener(registry, tmp_path), source_of(registry)
    registry.answers["/left-pad"] = answer
    with pytest.raises(error, match=detail) as caught:
        opened().wait([ListingNeed(source, "left-pad")])
    assert vars(caught.value)["subject"] == "left-pad"
    registry.answers.clear()
    assert versions(fetch(opened(), source, "left-pad")[0]) == ["1.0.0", "1.3.0"]


def test_a_packument_of_sixty_megabytes_is_read(tmp_path: Path) -> None:
    """Readmes and versions without end are bounded at twice that, and distilled to a fraction."""
    with serving(release("big", "1.0.0"), habits=Habits(abbreviated=False, padding=60 * 1024 * 1024)) as registry:
        record = fetch(opener(registry, tmp_path)(), source_of(registry), "big")[0]
        assert record.release(0) is not None
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.packument")) < 1024


def test_a_damaged_record_is_fetched_anew(registry: NpmRegistry, tmp_path: Path) -> None:
    """A release that cannot be read is None; after `forget` the package comes from the registry again."""
    opened, source = opener(registry, tmp_path), source_of(registry)
    fetch(opened(), source, "left-pad")
    path = next(tmp_path.rglob("left-pad.packument"))
    data = path.read_bytes()
    path.write_bytes(data[:-9] + b"?" * 9)
    index = opened()
    record = index.listing(source, "left-pad")
    assert isinstance(record, NpmRecord)
    assert record.release(0) is None
    index.forget(source.name, "left-pad")
    assert fetch(index, source, "left-pad")[0].release(0) is not None
    assert "if-none-match" not in registry.asked[-1].headers


def test_what_was_fetched_in_this_run_and_forgotten_is_fetched_anew(registry: NpmRegistry, tmp_path: Path) -> None:
    """Waiting for a package again after `forget` asks again, also where this run has asked before."""
    index, source = opener(registry, tmp_path)(), source_of(registry)
    fetch(index, source, "left-pad")
    index.forget(source.name, "left-pad")
    assert versions(fetch(index, source, "left-pad")[0]) == ["1.0.0", "1.3.0"]
    assert index.requests == 2


def test_many_packages_are_asked_for_at_once(tmp_path: Path) -> None:
    """What was asked ahead is answered with the rest, once, and whoever listens hears of each."""
    names = [f"p{n}" for n in range(60)]
    with serving(*[release(name, "1.0.0") for name in names]) as registry:
        index, source = opener(registry, tmp_path)(), source_of(registry)
        heard: list[str] = []
        index.arrived = lambda need, answer: heard.append(need.name) if isinstance(answer, NpmRecord) else None
        for name in names[:30]:
            index.ask(ListingNeed(source, name))
        fetch(index, source, *names, *names)
        assert sorted(heard) == sorted(names)
        assert index.requests == registry.count() == 60
        index.close()


@pytest.mark.parametrize(
    "habits", [Habits(token="s3cret"), Habits(basic="me:s3cret"), Habits(path="/team/npm/", token="t")]
)
def test_a_private_registry_lets_in_who_has_its_credentials(habits: Habits, tmp_path: Path) -> None:
    """A token or a pair from the .npmrc; without it the refusal says where one belongs."""
    with serving(release("@acme/web", "1.0.0"), habits=habits) as registry:
        source = source_of(registry)
        assert fetch(opener(registry, tmp_path / "a")(), source, "@acme/web")
        with pytest.raises(RegistryRefused, match="npmrc"):
            fetch(opener(registry, tmp_path / "b", f"registry={registry.url}\n")(), source, "@acme/web")


def test_a_token_stays_where_it_belongs(tmp_path: Path) -> None:
    """Another registry, another folder of the same host, and a redirect out of the folder never see it."""
    with (
        serving(release("a", "1.0.0"), habits=Habits(path="/team/", token="s3cret")) as registry,
        serving(release("a", "1.0.0")) as other,
    ):
        moved = Answer(302, headers=(("Location", f"{registry.origin}/public/a"),))
        registry.answers["/moved"] = moved
        index = opener(registry, tmp_path)()
        for place in (other.url, f"{registry.origin}/public/"):
            source = Source(place, "npm", place, place)
            index.wait([ListingNeed(source, "a")])
        index.wait([ListingNeed(source_of(registry), "moved")])
        assert [asked.path for asked in registry.asked] == ["/public/a", "/team/moved", "/public/a"]
        assert ["authorization" in asked.headers for asked in registry.asked] == [False, True, False]
        assert "authorization" not in other.asked[0].headers


def test_a_token_in_a_variable_that_is_not_set_is_refused_when_it_is_needed(
    registry: NpmRegistry, tmp_path: Path
) -> None:
    """The place and the variable are named; a registry that is never asked troubles nobody."""
    place = registry.url.partition(":")[2]
    npmrc = f"registry={registry.url}\n//elsewhere.example/:_authToken=${{NONE}}\n"
    assert fetch(opener(registry, tmp_path, npmrc)(), source_of(registry), "left-pad")
    with pytest.raises(ClientSettingsError) as caught:
        fetch(opener(registry, tmp_path, f"{npmrc}{place}:_authToken=${{TEAM}}\n")(), source_of(registry), "JSONStream")
    assert caught.value.origin == "/project/.npmrc, line 3"
    assert "${TEAM}" in caught.value.found


def test_a_scope_with_a_registry_of_its_own_is_a_source_of_its_own(tmp_path: Path) -> None:
    """Its packages come from there and from nowhere else, with its own credentials."""
    with (
        serving(release("a", "1.0.0")) as main,
        serving(release("@acme/web", "3.0.0"), habits=Habits(token="s3cret")) as private,
    ):
        place = private.url.partition(":")[2]
        npmrc = f"registry={main.url}\n@acme:registry={private.url}\n{place}:_authToken=s3cret\n"
        settings = npm_settings({}, lambda _: npmrc.encode(), "/project", "/home/me", "linux")
        source, acme = npm_sources(settings)
        assert (acme.name, acme.packages, acme.url) == ("acme", ("@acme/*",), private.url)
        index = opener(main, tmp_path, npmrc)()
        assert versions(fetch(index, acme, "@acme/web")[0]) == ["3.0.0"]
        assert versions(fetch(index, source, "a")[0]) == ["1.0.0"]
        assert main.count("/@acme") == 0


SCRIPT = """
import sys
from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.press import Page, Press
from holdfast_resolver.values.wishes import Source
from tests.support.npm_registry import Habits, NpmRegistry, release
import json

source = Source("npm", "npm", "", "npm")
server = NpmRegistry(Habits())
server.publish(*[release("demo", f"{n}.0.0") for n in range(100)])
body = json.dumps(server.packument("demo")).encode()
server.server_close()
page = Page(source, "demo", "application/json", "https://registry.example/demo", body, 7, 600, "", "")
cache = Cache(sys.argv[1])
press = Press(cache, kinds=("npm",))
assert len(press._children) == 2, "this process has no threads yet"
record = press.make_packument(page)
assert "holdfast_resolver.registries.npm_packument" not in sys.modules, "a child has read it"
assert record.table.count == 100 and record.full and record.release(99).version == "99.0.0"
try:
    press.make_packument(page._replace(body=body[:-20]))
except RegistryAnswerInvalid as error:
    assert error.subject == "demo" and "expected JSON" in error.detail
else:
    raise SystemExit("half a packument was taken")
press.close()
assert press.make_packument(page).table.count == 100, "without children a thread reads it"
"""


@pytest.mark.skipif(not hasattr(os, "fork") or (os.cpu_count() or 1) < 2, reason="nothing to fork here")
def test_packuments_are_read_by_the_children_of_the_press(tmp_path: Path) -> None:
    """The process that waits never loads the reader, and a fault comes back from the child as it is."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "cache")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([os.getcwd(), *[path for path in sys.path if path]])},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_what_is_not_in_the_cache_is_looked_for_there_once(
    registry: NpmRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While an answer is awaited the same question does not go to the disk again; the answer ends the wait."""
    index, source = opener(registry, tmp_path)(), source_of(registry)
    looked: list[str] = []
    find = index.cache.packument

    def counted(where: Source, name: str) -> NpmRecord | None:
        looked.append(name)
        return find(where, name)

    monkeypatch.setattr(index.cache, "packument", counted)
    assert [index.listing(source, "left-pad") for _ in range(3)] == [None] * 3
    assert looked == ["left-pad"]
    fetch(index, source, "left-pad")
    index.close()


def test_a_full_answer_serves_whoever_asks_for_the_full_form_next(registry: NpmRegistry, tmp_path: Path) -> None:
    """A registry that knows one form only is not asked again for it."""
    registry.habits = Habits(max_age=10, abbreviated=False)
    index, source = opener(registry, tmp_path)(), source_of(registry)
    assert index.listing(source, "left-pad", full=True) is None
    fetch(index, source, "left-pad")
    fetch(index, source, "left-pad", full=True)
    index.close()
    assert index.requests == 1
