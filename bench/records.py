"""What an index answered, kept on disk: one line of JSON per answer, the bodies packed in one file.

Never committed: it holds other people's files and the addresses they came from.
"""

import json
import mmap
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Answer(NamedTuple):
    """A status, the headers that matter, and the body as it goes over the wire."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Records:
    """Answers by key: `<method> <path> <range> <accept class>`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lines = folder / "answers.jsonl"
        self._bodies = folder / "bodies.bin"
        self._origins = folder / "origins.json"
        self.origins: list[str] = json.loads(self._origins.read_text()) if self._origins.exists() else []
        self._places: dict[str, tuple[int, tuple[tuple[str, str], ...], int, int]] = {}
        self._new: dict[str, Answer] = {}
        self._lock = threading.Lock()  # pages are relinked in threads
        self._packed: mmap.mmap | None = None
        if self._lines.exists():
            for line in self._lines.read_text().splitlines():
                key, status, headers, start, length = json.loads(line)
                self._places[key] = (status, tuple((name, value) for name, value in headers), start, length)
        if self._bodies.exists() and self._bodies.stat().st_size:
            with self._bodies.open("rb") as stream:
                self._packed = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return len(self._places) + len(self._new)

    def find(self, key: str) -> Answer | None:
        """The answer for a key, None when there is none."""
        known = self._new.get(key)
        if known is not None:
            return known
        place = self._places.get(key)
        if place is None:
            return None
        status, headers, start, length = place
        return Answer(status, headers, self._packed[start : start + length] if self._packed and length else b"")

    def keep(self, key: str, answer: Answer) -> None:
        """Append an answer. The body is written before the line that names it, so a kill loses only itself."""
        with self._bodies.open("ab") as stream:
            start = stream.tell()
            stream.write(answer.body)
        with self._lines.open("a") as lines:
            lines.write(json.dumps([key, answer.status, answer.headers, start, len(answer.body)]) + "\n")
        self._new[key] = answer

    def origin(self, origin: str) -> int:
        """The number that stands for the origin of files, such as `https://files.example`."""
        with self._lock:
            if origin not in self.origins:
                self.origins.append(origin)
                self._origins.write_text(json.dumps(self.origins))
            return self.origins.index(origin)


def accept_class(headers: Mapping[bytes, bytes]) -> str:
    """`json` or `html`: which form of a page the client would take first; `short`: of a packument; `any` for files."""
    accept = headers.get(b"accept", b"")
    if b"npm.install-v1+json" in accept:
        return "short"
    if b"simple.v1+json" in accept:
        return "json"
    return "html" if b"html" in accept else "any"
