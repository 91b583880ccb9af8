"""Many files below one address: in parallel, bounded, and absent without fuss."""

import threading
import time

import pytest

from holdfast_resolver.errors import OfflineMiss, RegistryAnswerInvalid, RegistryRefused, RegistryUnavailable
from holdfast_resolver.fetch.memory import MemoryTransport
from holdfast_resolver.fetch.parallel import fetch_files
from holdfast_resolver.registries.port import Request, Response
from tests.support.http_client import transport
from tests.support.loopback import Loopback, Reply

BASE = "https://modules.example/acme"


def test_each_path_gets_its_bytes() -> None:
    """Whatever the order of arrival, each path has its own file; one that is not there is None."""
    files = {f"{BASE}/metadata/{number}.bin.json": str(number).encode() for number in range(100)}
    memory = MemoryTransport(files, seed=3)
    paths = [f"metadata/{number}.bin.json" for number in range(101)]
    found = fetch_files(memory, "acme", BASE, dict.fromkeys(paths, 100))
    assert found == {**{path: str(number).encode() for number, path in enumerate(paths[:100])}, paths[100]: None}
    assert list(found) == paths
    assert {request.source for request in memory.asked} == {"acme"}


def test_a_slash_is_put_between_and_names_are_quoted() -> None:
    """The address may end in a slash or not; a scope's `@` stays, what a path may not have is quoted."""
    memory = MemoryTransport({f"{BASE}/targets/modules/@acme/a.json": b"1", f"{BASE}/a%20b%3Fc%23d": b"2"})
    for base in (BASE, BASE + "/"):
        assert fetch_files(memory, "acme", base, {"targets/modules/@acme/a.json": 1, "a b?c#d": 1}) == {
            "targets/modules/@acme/a.json": b"1",
            "a b?c#d": b"2",
        }


@pytest.mark.parametrize("count", [1, 5])
def test_a_file_over_its_bound_is_refused(count: int) -> None:
    """Each file has its own bound, which its transport keeps."""
    memory = MemoryTransport({f"{BASE}/{number}": b"12345" for number in range(5)})
    bounds = {str(number): 5 for number in range(count)}
    assert len(fetch_files(memory, "acme", BASE, bounds)) == count
    with pytest.raises(RegistryAnswerInvalid):
        fetch_files(memory, "acme", BASE, {**bounds, "0": 4})


def test_requests_go_out_at_once() -> None:
    """Twenty answers that wait for each other all come: no request waits for another to end."""
    barrier = threading.Barrier(20, timeout=5)

    def wait(request: Request) -> Response:
        barrier.wait()
        return Response(200, request.url, {}, b"")

    memory = MemoryTransport({f"{BASE}/{number}": wait for number in range(20)})
    assert len(fetch_files(memory, "acme", BASE, {str(number): 1 for number in range(20)})) == 20


def test_an_error_ends_the_wave() -> None:
    """The first failure is raised, and requests that have not begun are given up."""

    def fail(request: Request) -> Response:
        raise RegistryUnavailable("acme", request.subject)

    def answer(request: Request) -> Response:
        time.sleep(0.01)
        return Response(200, request.url, {}, b"")

    memory = MemoryTransport({f"{BASE}/{number}": answer if number else fail for number in range(400)})
    with pytest.raises(RegistryUnavailable):
        fetch_files(memory, "acme", BASE, {str(number): 1 for number in range(400)}, threads=4)
    assert memory.requests < 400


def test_offline_nothing_can_be_had() -> None:
    """Without a transport the first path is a miss; nothing wanted is nothing missed."""
    with pytest.raises(OfflineMiss) as missed:
        fetch_files(None, "acme", BASE, {"metadata/timestamp.json": 1})
    assert (missed.value.source, missed.value.subject) == ("acme", "metadata/timestamp.json")
    assert fetch_files(None, "acme", BASE, {}) == {}


def test_over_http_a_file_may_be_forbidden_instead_of_missing(server: Loopback) -> None:
    """Object stores answer 403 for keys that are not there; a lack of credentials (401) is still an error."""
    server.routes = {"/here": Reply(body=b"1"), "/hidden": Reply(403), "/locked": Reply(401)}
    with transport() as opened:
        found = fetch_files(opened, "acme", server.url, {"here": 1, "hidden": 1, "missing": 1})
        assert found == {"here": b"1", "hidden": None, "missing": None}
        assert fetch_files(opened, "acme", server.url, {"hidden": 1}) == {"hidden": None}
        with pytest.raises(RegistryRefused):
            fetch_files(opened, "acme", server.url, {"here": 1, "locked": 1})
