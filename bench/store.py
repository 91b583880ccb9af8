"""Recorded answers of an index: what was asked, and what came back, in one append-only file.

Each record is a line of JSON (`key`, `status`, `headers`, `size`) and then `size` bytes of body. A key is the method, the
path on the replay server and the Range header. Links in pages are made relative to the replay server when recorded.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

Key = tuple[str, str, str]
KEPT = ("content-type", "content-range", "accept-ranges", "etag", "last-modified", "cache-control")
# href="https://files.example/a/b.whl"  and  "url": "https://files.example/a/b.whl"
_LINK = re.compile(rb"""(href=["']|"url":\s*")(https?)://([^/"']+)/""")


class Answer(NamedTuple):
    """One recorded answer. `size` is the Content-Length that was told (of a HEAD: of the body that is not there)."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    size: int


class Store:
    """The answers, all in memory; `keep` appends to the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.answers: dict[Key, Answer] = {}
        if path.exists():
            self._load()

    def keep(self, key: Key, answer: Answer) -> None:
        """Add one answer."""
        self.answers[key] = answer
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with open(self._path, "ab") as stream:
            head = {"key": key, "status": answer.status, "headers": answer.headers, "told": answer.size}
            stream.write(json.dumps({**head, "size": len(answer.body)}).encode() + b"\n" + answer.body)

    def _load(self) -> None:
        data = self._path.read_bytes()
        place = 0
        while place < len(data):
            end = data.index(b"\n", place)
            head = json.loads(data[place:end])
            body = data[end + 1 : end + 1 + head["size"]]
            place = end + 1 + head["size"]
            method, path, byte_range = head["key"]
            headers = tuple((name, value) for name, value in head["headers"])
            self.answers[method, path, byte_range] = Answer(head["status"], headers, body, head["told"])


def upstream_url(path: str, index_url: str) -> str:
    """The address that a path of the replay server stands for."""
    if path.startswith("/simple/"):
        return index_url.rstrip("/") + "/" + path.removeprefix("/simple/")
    _, _, scheme, rest = path.split("/", 3)  # /files/https/host/rest
    return f"{scheme}://{rest}"


def relinked(body: bytes) -> bytes:
    """A page whose links lead to the replay server: `/files/https/files.example/a/b.whl`."""
    return _LINK.sub(rb"\1/files/\2/\3/", body)
