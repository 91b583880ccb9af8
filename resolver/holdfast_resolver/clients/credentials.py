"""Credentials, bound to the origin they were given for.

Knows where a user name and a password may come from (a URL's user information, uv's variables for a named
index, netrc) and to which requests they may go. Never sends anything, and never shows a password, not even in
`repr`.
"""

from __future__ import annotations

from holdfast_resolver.clients.urls import Origin, origin_of, split_url
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Callable, Iterable, Mapping


class Credentials:
    """A user name and a password (or a token as the user name, with an empty password)."""

    __slots__ = ("password", "user")

    def __init__(self, user: str, password: str) -> None:
        self.user = user
        self.password = password

    def __repr__(self) -> str:
        return "Credentials(****)"

    def authorization(self) -> str:
        """The value of the Authorization header (RFC 7617)."""
        from base64 import b64encode  # start-up: only when a request is made

        return f"Basic {b64encode(f'{self.user}:{self.password}'.encode()).decode('ascii')}"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and (self.user, self.password) == (other.user, other.password)

    def __hash__(self) -> int:
        return hash((self.user, self.password))


class BoundCredentials(NamedTuple):
    """Credentials that may go to one origin and to no other."""

    origin: Origin
    credentials: Credentials


def userinfo_credentials(url: str) -> BoundCredentials | None:
    """The credentials written into a URL, percent-decoded, or None."""
    parts = split_url(url)
    if not parts.userinfo:
        return None
    user, _, password = parts.userinfo.partition(":")
    if "%" in parts.userinfo:
        from urllib.parse import unquote  # start-up: only where something is encoded

        user, password = unquote(user), unquote(password)
    return BoundCredentials(Origin(parts.scheme, parts.host, parts.port), Credentials(user, password))


def named_credentials(name: str, url: str, environment: Mapping[str, str]) -> BoundCredentials | None:
    """What uv reads for an index with a name: `UV_INDEX_<NAME>_USERNAME` and `UV_INDEX_<NAME>_PASSWORD`."""
    stem = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name).upper()
    user = environment.get(f"UV_INDEX_{stem}_USERNAME", "")
    password = environment.get(f"UV_INDEX_{stem}_PASSWORD", "")
    if not stem or not (user or password):
        return None
    return BoundCredentials(origin_of(url), Credentials(user, password))


class CredentialBook:
    """All credentials of one run. `find` is safe to call from many threads.

    `bound` are looked up by exact origin, the first match wins. `configured` are the URLs that the user named
    as indexes. `read_netrc` gives the bytes of the netrc file, None when there is none; it is called at most
    once per run in practice, and only when a request is about to be made.
    """

    places = "the index address, netrc or UV_INDEX_<NAME>_USERNAME"  # where they come from, for messages

    def __init__(
        self,
        bound: Iterable[BoundCredentials],
        configured: Iterable[str] = (),
        read_netrc: Callable[[], bytes | None] = lambda: None,
    ) -> None:
        self._bound: dict[Origin, Credentials] = {}
        for entry in bound:
            self._bound.setdefault(entry.origin, entry.credentials)
        self._configured = frozenset(origin_of(url) for url in configured)
        self._read_netrc = read_netrc
        self._hosts: dict[str, Credentials] | None = None

    def find(self, url: str) -> Credentials | None:
        """The credentials for a request to `url`, or None.

        A netrc entry names a host without scheme or port. It is used over https, or where the user configured
        this very origin as an index; its `default` entry only for a configured origin, so that an index
        cannot make us send it to a host of its choice.
        """
        origin = origin_of(url)
        exact = self._bound.get(origin)
        if exact is not None:
            return exact
        if origin.scheme not in ("http", "https"):
            return None
        configured = origin in self._configured
        if origin.scheme != "https" and not configured:
            return None
        hosts = self._netrc()
        found = hosts.get(origin.host)
        return hosts.get("") if found is None and configured else found

    def _netrc(self) -> dict[str, Credentials]:
        if self._hosts is None:
            content = self._read_netrc()
            if content is None:
                self._hosts = {}
            else:
                from holdfast_resolver.clients.netrc import parse_netrc  # start-up: only with a netrc file

                self._hosts = parse_netrc(content.decode("utf-8", "surrogateescape"))
        return self._hosts


def netrc_path(environment: Mapping[str, str], home: str, platform: str) -> str:
    """Where the netrc file is: `NETRC`, else `~/.netrc` (`_netrc` on Windows)."""
    return environment.get("NETRC") or f"{home}/{'_netrc' if platform == 'win32' else '.netrc'}"
