"""Many small files below one address, fetched at once: what a registry of static files is read with.

Knows paths and bounds; nothing of what the files say, and nothing of trust.
"""

import threading
from collections.abc import Mapping
from queue import Empty, SimpleQueue
from urllib.parse import quote

from holdfast_resolver.errors import OfflineMiss, RegistryRefused
from holdfast_resolver.fetch.transport import Transport
from holdfast_resolver.registries.port import Request

THREADS = 32


def fetch_files(
    transport: Transport | None,
    source: str,
    base_url: str,
    wanted: Mapping[str, int],
    threads: int = THREADS,
) -> dict[str, bytes | None]:
    """Return the bytes of each path below `base_url`; None for a file that is not there (status 404 or 403).

    `wanted` has, for each path, the most bytes that its file may have. Without a transport nothing can be had:
    `OfflineMiss`. Raises what `Transport.send` raises, for the first path that fails; the others are given up.
    """
    if transport is None:
        for path in wanted:
            raise OfflineMiss(source, path)
        return {}
    base = base_url if base_url.endswith("/") else base_url + "/"
    requests = [Request(source, path, base + quote(path, safe="/@"), max_bytes=wanted[path]) for path in wanted]
    if len(requests) < 2:
        return {request.subject: _body(transport, request) for request in requests}
    return _at_once(transport, requests, min(threads, len(requests)))


def _at_once(transport: Transport, requests: list[Request], threads: int) -> dict[str, bytes | None]:
    jobs: SimpleQueue[Request] = SimpleQueue()
    answers: SimpleQueue[tuple[str, bytes | BaseException | None]] = SimpleQueue()
    stop = threading.Event()
    for request in requests:
        jobs.put(request)

    def work() -> None:
        while not stop.is_set():
            try:
                request = jobs.get_nowait()
            except Empty:
                return
            try:
                answer: bytes | BaseException | None = _body(transport, request)
            except BaseException as error:  # noqa: BLE001  # handed to the thread that waits
                answer = error
            answers.put((request.subject, answer))

    for _ in range(threads):
        threading.Thread(target=work, daemon=True).start()
    found: dict[str, bytes | None] = {}
    try:
        while len(found) < len(requests):
            try:
                path, answer = answers.get(timeout=0.5)  # woken now and then, so that Ctrl-C is heard
            except Empty:
                continue
            if isinstance(answer, BaseException):
                raise answer
            found[path] = answer
    finally:
        stop.set()
    return {request.subject: found[request.subject] for request in requests}


def _body(transport: Transport, request: Request) -> bytes | None:
    try:
        response = transport.send(request)
    except RegistryRefused as refused:
        # Object stores answer so for a key that is not there, to who may not list keys.
        if refused.detail.startswith("status 403"):
            return None
        raise
    return response.body if response.status == 200 else None
