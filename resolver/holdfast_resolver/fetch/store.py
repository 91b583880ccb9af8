"""The store of artifacts, addressed by content: `<folder>/sha256/ab/<hex>`.

Rule 1: a file gets its final name only after every byte was hashed and the digest is right; so a process
        that is killed leaves at most a temporary file, and processes that fetch the same do no harm.
Rule 2: what is in the store is hashed again before it is used; what is damaged is removed.

Knows disks and digests; the network is an argument.
"""

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Callable
from typing import BinaryIO

from holdfast_resolver.errors import CacheUnwritable, PackageNotFound, RegistryAnswerInvalid
from holdfast_resolver.fetch.transport import Transport
from holdfast_resolver.registries.port import Request
from holdfast_resolver.values.digests import parse_digest
from holdfast_resolver.values.tuples import NamedTuple

STALE = 24 * 3600  # seconds after which a temporary file is nobody's any more
_SUFFIX = ".part"


class Stored(NamedTuple):
    """The artifact is in the store, and its bytes were hashed just now."""

    path: str
    size: int  # bytes
    fetched: bool  # False: it was there already


class DigestMismatch(NamedTuple):
    """The bytes that the index serves are not those of the digest; nothing was kept."""

    expected: str  # "sha256:<hex>"
    found: str  # by the same algorithm
    size: int  # bytes


class ArtifactStore:
    """A store in `folder`, which is made when something is first kept. Safe among threads and processes."""

    def __init__(self, folder: str, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock
        self._swept: set[str] = set()
        self._lock = threading.Lock()

    def path_of(self, digest: str) -> str:
        """Where the artifact of a digest is, or would be. Raises `InvalidDigest`."""
        algorithm, _, value = parse_digest(digest).partition(":")
        return os.path.join(self._folder, algorithm, value[:2], value)

    def fetch_artifact(self, transport: Transport, request: Request, digest: str) -> Stored | DigestMismatch:
        """The artifact, from the store if its bytes there are right, else from the network.

        Raises `RegistryError` when it cannot be had, `CacheUnwritable` when it cannot be kept.
        """
        present = self.verify(digest)
        return self._fetched(transport, request, digest) if present is None else present

    def verify(self, digest: str) -> Stored | None:
        """Hash what the store has for a digest.

        None when it has nothing, or when what it had was damaged: that is removed.
        """
        stream = self.open_verified(digest)
        if stream is None:
            return None
        with stream:
            return Stored(self.path_of(digest), os.fstat(stream.fileno()).st_size, fetched=False)

    def open_verified(self, digest: str) -> BinaryIO | None:
        """The artifact opened at its first byte, after this very handle's bytes were hashed, or None."""
        path = self.path_of(digest)
        try:
            stream = open(path, "rb", buffering=0)  # noqa: SIM115 - handed to the caller
        except OSError:  # absent, or not readable: as good as absent
            return None
        try:
            if _digest_of(stream, digest) == digest:
                stream.seek(0)
                return stream
        except OSError:  # a disk that cannot be read is a damaged entry
            pass
        except BaseException:
            stream.close()
            raise
        stream.close()
        with contextlib.suppress(OSError):
            os.unlink(path)
        return None

    def _fetched(self, transport: Transport, request: Request, digest: str) -> Stored | DigestMismatch:
        path = self.path_of(digest)
        hasher = hashlib.new(digest.partition(":")[0])
        size = 0
        part = f"{path}.{os.getpid()}.{os.urandom(6).hex()}{_SUFFIX}"
        folder = os.path.dirname(path)
        try:
            os.makedirs(folder, exist_ok=True)
            self._sweep(folder)
            stream = open(part, "xb", buffering=0)  # noqa: SIM115 - closed below
        except OSError as error:
            raise CacheUnwritable(folder, error.strerror or type(error).__name__) from None

        def keep(block: bytes) -> None:
            nonlocal size
            size += len(block)
            hasher.update(block)
            rest = memoryview(block)
            try:
                while rest:
                    rest = rest[stream.write(rest) :]
            except OSError as error:
                raise CacheUnwritable(folder, error.strerror or type(error).__name__) from None

        try:
            with stream:
                response = transport.download(request, keep)
            if response.status == 404:
                raise PackageNotFound(request.source, request.subject, request.url, "status 404")
            if response.status not in (200, 206):
                raise RegistryAnswerInvalid(
                    request.source, request.subject, request.url, f"status {response.status} for an artifact"
                )
            found = f"{hasher.name}:{hasher.hexdigest()}"
            if found != digest:
                return DigestMismatch(digest, found, size)
            self._name(part, path, digest)
            return Stored(path, size, fetched=True)
        finally:
            with contextlib.suppress(OSError):
                os.unlink(part)

    def _name(self, part: str, path: str, digest: str) -> None:
        try:
            os.replace(part, path)
        except OSError as error:
            # Windows does not replace a file that another process has open: then it must be the same one.
            if self.verify(digest) is None:
                raise CacheUnwritable(path, error.strerror or type(error).__name__) from None

    def _sweep(self, folder: str) -> None:
        """Remove what killed processes left in the folder more than a day ago; once per run."""
        with self._lock:
            if folder in self._swept:
                return
            self._swept.add(folder)
        oldest = self._clock() - STALE
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(_SUFFIX):
                    with contextlib.suppress(OSError):
                        if entry.stat(follow_symlinks=False).st_mtime < oldest:
                            os.unlink(entry.path)


def _digest_of(stream: BinaryIO, digest: str) -> str:
    """The digest of the whole stream by the algorithm of `digest`; the interpreter lock is free meanwhile."""
    algorithm = digest.partition(":")[0]
    return f"{algorithm}:{hashlib.file_digest(stream, algorithm).hexdigest()}"  # type: ignore[arg-type]
