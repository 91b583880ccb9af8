"""An npm registry on loopback: packuments and tarballs made by us, over real HTTP, as poor or hostile as a test wants.

    with serving(release("left-pad", "1.3.0"), release("app", "1.0.0", dependencies={"left-pad": "^1"})) as registry:
        ...                                             # registry.url is what `registry=` in an .npmrc is set to
        registry.answers["/left-pad"] = Answer(451)
        assert registry.count("/left-pad") == 1

Packuments are at `/<name>`, tarballs at `/<name>/-/<file>.tgz`, keys at `/-/npm/v1/keys`, attestations at
`/-/npm/v1/attestations/<name>@<version>`; all below `Habits.path`.
"""

import base64
import contextlib
import gzip
import hashlib
import io
import json
import ssl
import tarfile
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import unquote

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.loopback import running

ABBREVIATED = "application/vnd.npm.install-v1+json"
_EPOCH = "2026-01-01T00:00:00.000Z"
# What the abbreviated form keeps of a manifest: npm's documentation of package metadata.
_KEPT = """
    name version deprecated dependencies optionalDependencies devDependencies bundleDependencies peerDependencies
    peerDependenciesMeta bin directories dist engines cpu os hasInstallScript acceptDependencies
"""
_SHORT = frozenset(_KEPT.split())


class Published(NamedTuple):
    """One release: its manifest without `dist`, its tarball, and when it was published."""

    manifest: dict[str, Any]
    tarball: bytes
    time: str = _EPOCH

    @property
    def name(self) -> str:
        """The package's name."""
        return str(self.manifest["name"])

    @property
    def version(self) -> str:
        """The version, as published."""
        return str(self.manifest["version"])

    @property
    def file(self) -> str:
        """The tarball's file name, without the scope."""
        return f"{self.name.rpartition('/')[2]}-{self.version}.tgz"

    @property
    def integrity(self) -> str:
        """Subresource Integrity with sha512."""
        return "sha512-" + base64.b64encode(hashlib.sha512(self.tarball).digest()).decode()


def release(
    name: str, version: str, *, time: str = _EPOCH, files: Mapping[str, bytes] | None = None, **manifest: Any
) -> Published:
    """Make a release; further keywords are fields of its package.json (`dependencies={"a": "^1"}`, `os=["linux"]`)."""
    document = {"name": name, "version": version, **manifest}
    return Published(document, tarball(document, files or {}), time)


def tarball(manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """A package's archive, the same bytes each time: package.json and `files`, below `package/`."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, data in {"package.json": json.dumps(manifest).encode(), **files}.items():
            entry = tarfile.TarInfo(f"package/{path}")
            entry.size = len(data)
            entry.mtime = 499162500
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(stream.getvalue(), mtime=0)


class Signer:
    """A registry's signing key: ECDSA on P-256 over `name@version:integrity`."""

    def __init__(self, expires: str | None = None) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._public = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.expires = expires
        self.key_id = "SHA256:" + base64.b64encode(hashlib.sha256(self._public).digest()).decode().rstrip("=")

    def entry(self) -> dict[str, Any]:
        """The key as `/-/npm/v1/keys` lists it."""
        return {
            "expires": self.expires,
            "keyid": self.key_id,
            "keytype": "ecdsa-sha2-nistp256",
            "scheme": "ecdsa-sha2-nistp256",
            "key": base64.b64encode(self._public).decode(),
        }

    def sign(self, published: Published) -> dict[str, str]:
        """The entry of `dist.signatures`."""
        message = f"{published.name}@{published.version}:{published.integrity}".encode()
        signature = self._key.sign(message, ec.ECDSA(hashes.SHA256()))
        return {"keyid": self.key_id, "sig": base64.b64encode(signature).decode()}


class Habits(NamedTuple):
    """What the registry does."""

    path: str = "/"  # everything lies below it, with a final "/"
    token: str = ""  # the bearer token that every request must carry
    basic: str = ""  # or "user:password"
    abbreviated: bool = True  # knows the short form; else every answer is in full
    libc: bool = False  # the short form tells libc
    etags: bool = True
    max_age: int | None = None  # Cache-Control of packuments, in seconds
    padding: int = 0  # bytes of readme in each packument
    signers: tuple[Signer, ...] = ()  # each signs every release
    tls: ssl.SSLContext | None = None  # over https


class Answer(NamedTuple):
    """An answer in place of the registry's own."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


HTML = Answer(200, b"<!DOCTYPE html><html><body>please log in</body></html>", "text/html; charset=utf-8")


class Asked(NamedTuple):
    """A request as the registry saw it; header names in lower case."""

    path: str
    headers: dict[str, str]


class NpmRegistry(ThreadingHTTPServer):
    """The registry. Releases, tags, habits and answers may be changed while it runs."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, habits: Habits) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.habits = habits
        self.packages: dict[str, dict[str, Published]] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.attestations: dict[str, bytes] = {}  # "name@version" -> the document
        self.answers: dict[str, Answer] = {}  # decoded path below `Habits.path` -> what to say there
        self.asked: list[Asked] = []
        self._lock = threading.Lock()
        if habits.tls is not None:  # the handshake belongs into the thread of its connection
            self.socket = habits.tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http{'s' if self.habits.tls else ''}://127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        """The registry's URL, with a final "/"."""
        return self.origin + self.habits.path

    @property
    def npmrc(self) -> str:
        """Lines of an .npmrc with which a client gets in."""
        place, habits = self.url.partition(":")[2], self.habits
        lines = [f"registry={self.url}"]
        if habits.token:
            lines.append(f"{place}:_authToken={habits.token}")
        if habits.basic:
            lines.append(f"{place}:_auth={base64.b64encode(habits.basic.encode()).decode()}")
        return "\n".join([*lines, ""])

    def publish(self, *releases: Published, tag: str = "latest") -> None:
        """Take releases in; `tag` points to the last one of each package, "" leaves the tags alone."""
        for one in releases:
            self.packages.setdefault(one.name, {})[one.version] = one
            if tag:
                self.tags.setdefault(one.name, {})[tag] = one.version

    def unpublish(self, name: str, version: str) -> None:
        """Take a release away; tags keep pointing where they did."""
        del self.packages[name][version]

    def packument(self, name: str, *, short: bool = False) -> dict[str, Any]:
        """The document on a package, as it is served."""
        releases = self.packages[name]
        document: dict[str, Any] = {
            "name": name,
            "dist-tags": self.tags.get(name, {}),
            "versions": {version: self._manifest(one, short) for version, one in releases.items()},
        }
        if short:
            return document | {"modified": _EPOCH}
        times = {"created": _EPOCH, "modified": _EPOCH, **{version: one.time for version, one in releases.items()}}
        return document | {"_id": name, "time": times, "readme": "x" * self.habits.padding}

    def count(self, prefix: str = "/") -> int:
        """Requests so far whose decoded path begins with `prefix`."""
        return sum(unquote(asked.path).startswith(prefix) for asked in self.asked)

    def answer(self, asked: Asked) -> Answer:
        """The answer to a request."""
        with self._lock:
            self.asked.append(asked)
        habits = self.habits
        if not asked.path.startswith(habits.path):
            return Answer(404)
        path = "/" + unquote(asked.path[len(habits.path) :])
        if path in self.answers:
            return self.answers[path]
        wanted = [f"Bearer {habits.token}"] if habits.token else []
        wanted += [f"Basic {base64.b64encode(habits.basic.encode()).decode()}"] if habits.basic else []
        if wanted and asked.headers.get("authorization") not in wanted:
            return Answer(401, b'{"error":"authentication required"}')
        return self._route(path, asked)

    def _route(self, path: str, asked: Asked) -> Answer:
        if path == "/-/npm/v1/keys":
            return _json({"keys": [signer.entry() for signer in self.habits.signers]})
        if path.startswith("/-/npm/v1/attestations/"):
            document = self.attestations.get(path.removeprefix("/-/npm/v1/attestations/"))
            return Answer(404) if document is None else Answer(200, document)
        name, found, file = path[1:].partition("/-/")
        if found:
            match = [one for one in self.packages.get(name, {}).values() if one.file == file]
            return Answer(200, match[0].tarball, "application/octet-stream") if match else Answer(404)
        return self._document(name, asked) if name in self.packages else Answer(404, b'{"error":"not found"}')

    def _document(self, name: str, asked: Asked) -> Answer:
        short = self.habits.abbreviated and asked.headers.get("accept", "").startswith(ABBREVIATED)
        answer = _json(self.packument(name, short=short))
        headers = []
        if self.habits.max_age is not None:
            headers.append(("Cache-Control", f"max-age={self.habits.max_age}"))
        if self.habits.etags:
            own = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
            headers.append(("ETag", own))
            if asked.headers.get("if-none-match") == own:
                answer = Answer(304)
        kind = ABBREVIATED if short else "application/json"
        return answer._replace(content_type=kind, headers=tuple(headers))

    def _manifest(self, one: Published, short: bool) -> dict[str, Any]:
        dist: dict[str, Any] = {
            "integrity": one.integrity,
            "shasum": hashlib.sha1(one.tarball).hexdigest(),
            "tarball": f"{self.url}{one.name}/-/{one.file}",
        }
        if self.habits.signers:
            dist["signatures"] = [signer.sign(one) for signer in self.habits.signers]
        if f"{one.name}@{one.version}" in self.attestations:
            address = f"{self.url}-/npm/v1/attestations/{one.name}@{one.version}"
            dist["attestations"] = {"url": address, "provenance": {"predicateType": "https://slsa.dev/provenance/v1"}}
        manifest = {"dist": dist} | one.manifest
        if not short:
            return manifest
        hooks = manifest.get("scripts", {})
        kept = {key: value for key, value in manifest.items() if key in _SHORT or (key == "libc" and self.habits.libc)}
        if any(hook in hooks for hook in ("preinstall", "install", "postinstall")):
            kept["hasInstallScript"] = True
        return kept

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hangs up is part of the tests."""


@contextlib.contextmanager
def serving(*releases: Published, habits: Habits | None = None) -> Iterator[NpmRegistry]:
    """A running registry; afterwards it is down and its socket closed."""
    server = NpmRegistry(habits or Habits())
    server.publish(*releases)
    with running(server):
        yield server


def _json(document: object) -> Answer:
    return Answer(200, json.dumps(document).encode())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: NpmRegistry

    def do_GET(self) -> None:
        answer = self.server.answer(Asked(self.path, {name.lower(): value for name, value in self.headers.items()}))
        body = answer.body
        headers = list(answer.headers)
        if len(body) > 1024 and "gzip" in self.headers.get("Accept-Encoding", "") and answer.status == 200:
            body = gzip.compress(body, compresslevel=1, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        for name, value in headers:
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""
