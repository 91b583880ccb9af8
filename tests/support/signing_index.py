"""An index server that shows who published its files: PEP 740 on top of `tests.support.index_server`.

    with signing_index(read_releases("tool 1.0 | sdist static")) as index:
        index.attest("tool-1.0*", GitHubWorkflow("acme", "tool", "101", "7"))     # all files that match
        index.attest("tool-1.0.tar.gz", GitHubWorkflow(ref="refs/heads/main"))    # instead of what was there
        index.evidence["tool-1.0.tar.gz"] = b"{}"                                  # any bytes
        index.faults[index.integrity_path("tool-1.0.tar.gz")] = [status(404)]
        index.world.trust_root                                                     # what verifies it

Provenance objects are at `/integrity/<name>/<version>/<file>/provenance`. Files are added, removed and broken as on any
other `IndexServer`; a file added under a name that had evidence keeps that evidence, which then speaks of other bytes.
"""

import contextlib
import hashlib
import html
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from tests.support.index_server import Habits, IndexServer, _Answer, _Handler, _page, _spoilt
from tests.support.packages import File
from tests.support.sigstore_flaws import GOOD, Flaws
from tests.support.sigstore_identities import Identity
from tests.support.sigstore_world import INSTANT, Attested, SigstoreWorld

_INTEGRITY = "application/vnd.pypi.integrity.v1+json"


class SigningIndex(IndexServer):
    """The index. `links` says how pages link to evidence.

    "absolute" and "relative" URLs; "null" as "absolute", and `null` for files without evidence (JSON only); "silent":
    pages say nothing and only the integrity endpoint knows; "none": there is no endpoint either.
    """

    def __init__(self, files: Iterable[File], habits: Habits, world: SigstoreWorld, links: str) -> None:
        super().__init__(files, habits)
        self.RequestHandlerClass = _SigningHandler
        self.world = world
        self.links = links
        self.evidence: dict[str, bytes] = {}  # file -> provenance object

    def attest(
        self,
        pattern: str,
        *identities: Identity,
        at: str = INSTANT,
        world: SigstoreWorld | None = None,
        publisher: Mapping[str, object] | None = None,
        flaws: Flaws = GOOD,
    ) -> list[Attested]:
        """Let identities sign all files that match, in place of their evidence; at least one has to match."""
        names = [name for name in self.files if fnmatchcase(name, pattern)]
        assert names, f"no file matches {pattern}"
        signing = world or self.world
        made: list[Attested] = []
        for name in names:
            sha256 = self.files[name].sha256
            signed = [signing.attest(name, sha256, identity, at, flaws=flaws) for identity in identities]
            self.evidence[name] = json.dumps(signing.provenance(signed, publisher)).encode()
            made += signed
        return made

    def unsign(self, pattern: str) -> None:
        """Forget the evidence of all files that match."""
        for name in [name for name in self.evidence if fnmatchcase(name, pattern)]:
            del self.evidence[name]

    def integrity_path(self, name: str) -> str:
        """Where the evidence of a file is."""
        file = self.files[name]
        return f"/integrity/{file.package}/{file.version}/{name}/provenance"

    def integrity_count(self) -> int:
        """Requests for evidence so far."""
        return self.count("/integrity/")

    def link(self, name: str) -> str:
        """The URL that pages give for the evidence of a file, "" if none."""
        if name not in self.evidence or self.links in ("silent", "none"):
            return ""
        return ("" if self.links == "relative" else self.origin) + self.integrity_path(name)


@contextlib.contextmanager
def signing_index(
    files: Iterable[File],
    habits: Habits | None = None,
    *,
    world: SigstoreWorld | None = None,
    links: str = "absolute",
) -> Iterator[SigningIndex]:
    """A running index; afterwards it is down and its socket closed."""
    server = SigningIndex(files, habits or Habits(), world or SigstoreWorld(), links)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _SigningHandler(_Handler):
    server: SigningIndex

    def do_GET(self) -> None:  # noqa: N802 (the name that http.server calls)
        place = self.path.split("?")[0]
        if place.startswith("/integrity/"):
            self._answer(_provenance(self.server, place))
        elif place.startswith("/simple/") and place.endswith("/"):
            package = place.removeprefix("/simple/").strip("/")
            self._answer(_linked(self.server, package, self.headers.get("If-None-Match", "")))
        else:
            super().do_GET()

    def _answer(self, answer: _Answer) -> None:
        """Send an answer with the fault that is due."""
        server = self.server
        server.asked.append((self.path, self.headers.get("Range", "")))
        fault = server.next_fault(self.path)
        cut = 0
        if fault is not None:
            answer, cut = _spoilt(answer, fault)
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if fault is not None and fault.kind == "hanging":
            self.wfile.flush()
            server.stopping.wait(60)
            self.close_connection = True
            return
        self.wfile.write(answer.body[: len(answer.body) - cut])
        self.close_connection = self.close_connection or bool(cut)


def _provenance(server: SigningIndex, place: str) -> _Answer:
    """The provenance object at a path of the integrity endpoint."""
    parts = place.split("/")
    name = parts[4] if len(parts) == 6 else ""
    if server.links == "none" or name not in server.evidence or server.integrity_path(name) != place:
        return _Answer(404)
    return _Answer(200, server.evidence[name], (("Content-Type", _INTEGRITY),))


def _linked(server: SigningIndex, package: str, etag: str) -> _Answer:
    """A project's page with links to evidence."""
    page = _page(server, package, "")
    if page.status != 200 or server.links in ("silent", "none"):
        return _page(server, package, etag)
    body = _linked_json(server, page.body) if server.habits.form == "json" else _linked_html(server, page.body)
    headers = tuple((name, value) for name, value in page.headers if name != "ETag")
    if server.habits.etags:
        own = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers += (("ETag", own),)
        if etag == own:
            return _Answer(304, b"", headers)
    return _Answer(200, body, headers)


def _linked_json(server: SigningIndex, body: bytes) -> bytes:
    """PEP 740's `provenance` in PEP 691's files."""
    page = json.loads(body)
    page["meta"]["api-version"] = "1.3"
    for entry in page["files"]:
        link = server.link(entry["filename"])
        if link or server.links == "null":
            entry["provenance"] = link or None
    return json.dumps(page).encode()


def _linked_html(server: SigningIndex, body: bytes) -> bytes:
    """PEP 740's `data-provenance` in PEP 503's anchors."""
    lines = body.decode().split("\n")
    for number, line in enumerate(lines):
        name = line.removesuffix("</a><br/>").rpartition(">")[2]
        link = server.link(name) if line.startswith("<a ") else ""
        if link:
            lines[number] = line.replace("<a ", f'<a data-provenance="{html.escape(link)}" ', 1)
    return "\n".join(lines).encode()
