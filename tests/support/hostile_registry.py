"""A web server of a registry's folder on loopback, and whoever stands between it and its clients.

    with hostile(registry.path) as server:                 # honest until a test says otherwise
        server.alter("targets/modules/@acme/*", lambda data: data[:-1])
        server.answer_with("metadata/timestamp.json", Reply(302, headers={"Location": "ftp://elsewhere.example/"}))
        server.honest()

Paths are those of the registry's folder; a pattern (`fnmatch`) stands for every path that it fits. It knows nothing
of what the files say, so it can do what any server, proxy or network can do, and no more.
"""

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import unquote

from tests.support.loopback import Asked, Loopback, Reply, running

Spoil = Callable[[Reply], Reply]


class HostileRegistry(Loopback):
    """`spoils` are applied in order to the honest answer of each path that they fit."""

    request_queue_size = 256

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.spoils: list[tuple[str, Spoil]] = []
        self.delay = 0.0  # the longest wait of an answer, in seconds
        self.seed = 0
        self._lock = threading.Lock()

    def honest(self) -> None:
        """Answer from the folder again."""
        self.spoils = []

    def spoil(self, pattern: str, change: Spoil) -> None:
        """Change the answers for the paths that a pattern fits."""
        self.spoils.append((pattern, change))

    def alter(self, pattern: str, change: Callable[[bytes], bytes]) -> None:
        """Change the bytes of the paths that a pattern fits."""
        self.spoil(pattern, lambda reply: Reply(reply.status, change(reply.body)))

    def answer_with(self, pattern: str, reply: Reply) -> None:
        """Give this answer instead."""
        self.spoil(pattern, lambda _: reply)

    def replay(self, files: dict[str, bytes]) -> None:
        """Answer with these bytes where a path is among them."""
        for path, data in files.items():
            self.answer_with(path.replace("[", "[[]"), Reply(200, data))

    def read(self, path: str) -> bytes:
        """Return the bytes of a file of the registry."""
        return (self.folder / path).read_bytes()

    def paths(self, pattern: str = "*") -> list[str]:
        """Return the paths asked for so far that a pattern fits."""
        with self._lock:
            return [path for asked in self.asked if fnmatchcase(path := _path(asked), pattern)]

    def answer(self, asked: Asked) -> Reply:
        """See `Loopback.answer`."""
        path = _path(asked)
        if self.delay:
            time.sleep(random.Random(f"{self.seed} {path}").random() * self.delay)
        place = self.folder / path
        reply = Reply(200, place.read_bytes()) if ".." not in path and place.is_file() else Reply(404, b"not here")
        for pattern, change in self.spoils:
            if fnmatchcase(path, pattern):
                reply = change(reply)
        return reply


def _path(asked: Asked) -> str:
    return unquote(asked.path).lstrip("/")


@contextlib.contextmanager
def hostile(folder: Path) -> Iterator[HostileRegistry]:
    """A running server of a registry's folder; it is down and its socket closed afterwards."""
    server = HostileRegistry(folder)
    with running(server):
        yield server
