"""The archives of locked modules: from the store, else from their registries, many at once.

Knows the store and the transport; what is in an archive is read elsewhere.
"""

import os
import threading
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue

from holdfast.configuration.configuration import Configuration
from holdfast.model.lock import Pin
from holdfast.trust.archive_layout import largest_archive
from holdfast.trust.errors import RegistryTampered, Tampered, TrustError
from holdfast.trust.limits import LIMITS
from holdfast.workflows.verify_modules import Gathered
from holdfast_resolver.errors import OfflineMiss, PackageNotFound, RegistryError
from holdfast_resolver.fetch.store import ArtifactStore, DigestMismatch
from holdfast_resolver.fetch.transport import Transport
from holdfast_resolver.registries.port import Request
from holdfast_resolver.values.modules import blob_path

THREADS = 16
LARGEST = largest_archive(LIMITS.files, LIMITS.total_bytes)  # bytes


class Archives:
    """`connect` makes the transport when something must be fetched; None offline."""

    def __init__(
        self, store: ArtifactStore, configuration: Configuration, connect: Callable[[], Transport] | None
    ) -> None:
        self._store = store
        self._urls = {source.name: source.url for source in configuration.module_sources}
        self._connect = connect

    def gather(self, pins: Iterable[Pin]) -> Gathered:
        """Have the archives of pins in the store.

        What the store has is not hashed here: `read` does. Raises `CacheUnwritable`.
        """
        wanted = {pin.artifacts[0].hash: pin for pin in pins}
        missing = [pin for digest, pin in wanted.items() if not os.path.exists(self._store.path_of(digest))]
        if not missing:
            return Gathered(0, {})
        if self._connect is None:
            return Gathered(
                0, {pin.artifacts[0].hash: OfflineMiss(pin.source, pin.artifacts[0].file) for pin in missing}
            )
        failed = self._at_once(self._connect(), missing)
        return Gathered(len(missing) - len(failed), failed)

    def read(self, pin: Pin) -> bytes:
        """Return an archive, whose digest was checked. Raises `TrustError`, `RegistryError`, `CacheUnwritable`."""
        artifact = pin.artifacts[0]
        stream = self._store.open_verified(artifact.hash)
        if stream is None:  # not there, or it was damaged
            if self._connect is None:
                raise OfflineMiss(pin.source, artifact.file)
            self._fetch(self._connect(), pin)
            stream = self._store.open_verified(artifact.hash)
        if stream is None:
            raise Tampered(f"{pin.name} {pin.version}", "archive", artifact.hash, "a store that does not keep it")
        with stream:
            return stream.read()

    def _fetch(self, transport: Transport, pin: Pin) -> None:
        artifact, path = pin.artifacts[0], blob_path(pin.artifacts[0].hash)
        base = self._urls[pin.source]
        url = base + path if base.endswith("/") else f"{base}/{path}"
        request = Request(pin.source, artifact.file, url, max_bytes=LARGEST)
        try:
            found = self._store.fetch_artifact(transport, request, artifact.hash)
        except PackageNotFound:
            raise RegistryTampered(pin.source, path, f"{artifact.file} is missing, and a release names it") from None
        if isinstance(found, DigestMismatch):
            raise Tampered(f"{pin.name} {pin.version}", "archive", artifact.hash, found.found)

    def _at_once(self, transport: Transport, pins: list[Pin]) -> dict[str, TrustError | RegistryError]:
        jobs: SimpleQueue[Pin] = SimpleQueue()
        answers: SimpleQueue[tuple[Pin, BaseException | None]] = SimpleQueue()
        stop = threading.Event()
        for pin in pins:
            jobs.put(pin)

        def work() -> None:
            while not stop.is_set():
                try:
                    pin = jobs.get_nowait()
                except Empty:
                    return
                try:
                    self._fetch(transport, pin)
                    answers.put((pin, None))
                except BaseException as error:  # noqa: BLE001  # handed to the thread that waits
                    answers.put((pin, error))

        for _ in range(min(THREADS, len(pins))):
            threading.Thread(target=work, daemon=True).start()
        failed: dict[str, TrustError | RegistryError] = {}
        done = 0
        try:
            while done < len(pins):
                try:
                    pin, error = answers.get(timeout=0.5)  # woken now and then, so that Ctrl-C is heard
                except Empty:
                    continue
                done += 1
                if isinstance(error, TrustError | RegistryError):
                    failed[pin.artifacts[0].hash] = error
                elif error is not None:
                    raise error
        finally:
            stop.set()
        return failed
