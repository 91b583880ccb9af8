"""Asks the real index for what the records lack, and keeps it.

Knows HTTP and the forms of an index page. Links of a page are turned into paths of the replaying server, so files
come from it as well: `/files/<number of the origin>/<path>`. The index's URL comes from holdfast's own settings or
from the package-URL type definitions: none is written here.
"""

import asyncio
import gzip
import html
import json
import re
import zlib
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies

import urllib3

from bench.records import Answer, Records

LIMIT = 64 * 1024 * 1024  # bytes of a body that is still kept; longer ones are only passed on
PAGES = "/simple/"
FILES = "/files/"
_KEPT = ("content-type", "content-range", "accept-ranges", "cache-control", "etag", "last-modified")
_ACCEPTS = {
    "json": "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01",
    "html": "text/html",
    "any": "*/*",
}
_LINK = re.compile(r'(<a\b[^>]*?\bhref\s*=\s*)(?:"([^"]*)"|\'([^\']*)\')', re.IGNORECASE)


class Recorder:
    """Fetches in threads, 50 at once, as many as the clients open."""

    def __init__(self, records: Records, upstream: str) -> None:
        self._records = records
        self.upstream = upstream.rstrip("/") + "/"
        proxy = getproxies().get(urlsplit(upstream).scheme, "")
        again = urllib3.Retry(4, backoff_factor=0.3, status_forcelist=(429, 502, 503, 504))
        self._pool = (
            urllib3.ProxyManager(proxy, maxsize=50, retries=again)
            if proxy
            else urllib3.PoolManager(maxsize=50, retries=again)
        )
        self._threads = ThreadPoolExecutor(50)

    async def serve(self, key: str, transport: asyncio.Transport) -> None:
        """Answer the client from the index, and keep the answer unless it is too long."""
        from bench.replay import prepared

        loop = asyncio.get_running_loop()
        answer, rest = await loop.run_in_executor(self._threads, self._fetch, key)
        if rest is None:
            if self._records.find(key) is None:
                self._records.keep(key, answer)
            transport.write(prepared(answer, key.startswith("HEAD ")))
            return
        length = ("content-length", rest.headers["content-length"])
        transport.write(prepared(answer._replace(headers=(*answer.headers, length)), True))
        while block := await loop.run_in_executor(self._threads, rest.read, 1 << 20):
            transport.write(block)

    def _fetch(self, key: str) -> tuple[Answer, urllib3.BaseHTTPResponse | None]:
        """The answer, and the response whose body is still to come when that is too long to keep."""
        method, path, rest = key.split(" ", 2)
        byte_range, _, accept = rest.rpartition(" ")
        url = self.real(path)
        if not url:
            return Answer(404, (("content-type", "text/plain"),), b"no such path"), None
        page = self.is_page(path)
        headers = {
            "Accept": self.accept(accept),
            "Accept-Encoding": "gzip" if page else "identity",
            "User-Agent": "holdfast-bench",
        }
        if byte_range:
            headers["Range"] = byte_range
        response = self._pool.request(method, url, headers=headers, preload_content=False)
        kept = [(name, response.headers[name]) for name in _KEPT if name in response.headers]
        if method == "HEAD":
            kept.append(("content-length", response.headers.get("content-length", "0")))
            response.release_conn()
            return Answer(response.status, tuple(kept), b""), None
        if int(response.headers.get("content-length", "0")) > LIMIT:
            return Answer(response.status, tuple(kept), b""), response
        body = response.read(decode_content=False)
        response.release_conn()
        if page and response.status == 200:
            if response.headers.get("content-encoding", "") == "gzip":
                body = zlib.decompress(body, 16 + zlib.MAX_WBITS)
            base = response.url or url
            body = self.turned(body, response.headers.get("content-type", ""), urljoin(url, base))
            # Validators would be those of other bytes.
            kept = [pair for pair in kept if pair[0] not in ("etag", "last-modified")]
            kept.append(("content-encoding", "gzip"))
            body = gzip.compress(body, 6, mtime=0)
        return Answer(response.status, tuple(kept), body), None

    def accept(self, form: str) -> str:
        """The field of a request for a form of `records.accept_class`."""
        return _ACCEPTS[form]

    def is_page(self, path: str) -> bool:
        """Whether a path is that of metadata, which holds addresses, and not that of a file."""
        return path.startswith(PAGES)

    def real(self, path: str) -> str:
        """The address that a path of ours stands for, "" where there is none."""
        if path.startswith(PAGES):
            return self.upstream + path.removeprefix(PAGES)
        number, _, rest = path.removeprefix(FILES).partition("/")
        if path.startswith(FILES) and number.isdigit() and int(number) < len(self._records.origins):
            return f"{self._records.origins[int(number)]}/{rest}"
        return ""

    def turned(self, body: bytes, content_type: str, base: str) -> bytes:
        """The page with every link pointing at us. Digests in fragments stay."""
        text = body.decode("utf-8")
        if "json" in content_type:
            page = json.loads(text)
            for file in page.get("files", ()):
                file["url"] = self._ours(base, file["url"])
            return json.dumps(page, separators=(",", ":")).encode()

        def change(found: "re.Match[str]") -> str:
            link = html.unescape(found[2] if found[2] is not None else found[3])
            return f'{found[1]}"{html.escape(self._ours(base, link))}"'

        return _LINK.sub(change, text).encode()

    def _ours(self, base: str, link: str) -> str:
        parts = urlsplit(urljoin(base, link))
        number = self._records.origin(f"{parts.scheme}://{parts.netloc}")
        query = f"?{parts.query}" if parts.query else ""
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        return f"{FILES}{number}{parts.path}{query}{fragment}"
