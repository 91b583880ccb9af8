"""The port of a registry protocol: requests and responses are values, a protocol is a generator over them.

A protocol file (`pypi.py`) turns bytes into listings and metadata. It knows neither sockets nor disks:
whoever drives it (`fetch`) sends each `Request` that it yields and sends back the `Response`. `table.py`
names the files.
"""

from collections.abc import Generator, Mapping
from typing import Literal, Protocol

from holdfast_resolver.values.artifacts import Artifact, Listing, ReleaseMetadata
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Source

MIB = 1024 * 1024


class Request(NamedTuple):
    """One GET; or, with a `body`, one POST of JSON that only asks, so that it may be sent again."""

    source: str  # name of the source, for messages and for the choice of credentials
    subject: str  # what is asked for, in words: "click", "click-8.1.8-py3-none-any.whl"
    url: str
    accept: str = ""  # Accept header; "" = none
    range: str = ""  # Range header: "bytes=-65536", "bytes=0-1023"; "" = the whole
    max_bytes: int = 64 * MIB  # of the decoded body; more is refused
    etag: str = ""  # If-None-Match
    last_modified: str = ""  # If-Modified-Since
    body: bytes = b""  # JSON
    packed: bool = False  # a body that comes as gzip may be handed on as it is


class Response(NamedTuple):
    """The answer. Statuses 200, 206, 304, 404 and 416 reach the protocol; the rest the transport raises."""

    status: int
    url: str  # after redirects, without credentials
    headers: Mapping[str, str]  # lower-case names
    body: bytes
    packed: bool = False  # the body is still gzip: as long as was allowed for the decoded one, or a little longer


class Registry(Protocol):
    """What every registry protocol offers.

    Names are normalised. What reads an answer raises `RegistryAnswerInvalid`.
    """

    def listing_request(self, source: Source, base_url: str, name: str) -> Request:
        """The request for the listing of `name`."""

    def parse_listing(self, name: str, body: bytes, content_type: str, url: str, source: str = "") -> Listing:
        """Read the answer to `listing_request`; `url` is where it came from, after redirects."""

    def wheel_metadata(
        self, source: Source, artifact: Artifact, name: str, sidecar: bool
    ) -> Generator[Request, Response, bytes]:
        """Fetch the METADATA of a wheel; with `sidecar`, its own `.metadata` file is tried first."""

    def sdist_metadata(
        self, source: Source, artifact: Artifact, name: str
    ) -> Generator[Request, Response, bytes | None]:
        """Fetch the PKG-INFO of an sdist; None when it holds none."""

    def parse_core_metadata(
        self,
        body: bytes,
        kind: Literal["wheel", "sdist"],
        source: str = "",
        subject: str = "",
        url: str = "",
    ) -> ReleaseMetadata:
        """Read METADATA or PKG-INFO."""
