"""Asks the real npm registry for what the records lack, and keeps it.

Where the registry is, `.npmrc` says, else the package-URL type definitions: nothing is written here. Every address of
that registry in a packument becomes one of the replayed registry, so clients see an ordinary one.
"""

from urllib.parse import urlsplit

from bench.npm_places import REGISTRY
from bench.record import Recorder

_ACCEPTS = {
    "short": "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*",
    "any": "application/json, */*;q=0.5",
}


class PackumentRecorder(Recorder):
    """Paths of the replayed registry are those of the real one."""

    def accept(self, form: str) -> str:
        """See `Recorder.accept`."""
        return _ACCEPTS.get(form, "*/*")

    def is_page(self, path: str) -> bool:
        """See `Recorder.is_page`: whatever is asked for here is metadata."""
        return True

    def real(self, path: str) -> str:
        """See `Recorder.real`."""
        return self.upstream + path.removeprefix("/")

    def turned(self, body: bytes, content_type: str, base: str) -> bytes:
        """See `Recorder.turned`."""
        host = urlsplit(self.upstream)
        for scheme in ("https", "http"):
            body = body.replace(f'"{scheme}://{host.netloc}{host.path}'.encode(), f'"{REGISTRY}'.encode())
        return body
