"""Credentials of npm registries, bound to the address below which they may be sent.

    //registry.example/team/:_authToken=...      goes to https://registry.example/team/... and nowhere else

Knows which request may carry which credentials. Never reads a file, and never shows a secret, not even in `repr`.
"""

from __future__ import annotations

from holdfast_resolver.clients.credentials import CredentialBook, Credentials
from holdfast_resolver.clients.urls import Origin, origin_of, split_url
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Iterable


class Bearer(Credentials):
    """A token (RFC 6750)."""

    __slots__ = ()

    def __init__(self, token: str) -> None:
        super().__init__("", token)

    def authorization(self) -> str:
        """See `Credentials.authorization`."""
        return f"Bearer {self.password}"


class EncodedPair(Credentials):
    """A user name and a password that are already encoded for Basic authentication (RFC 7617)."""

    __slots__ = ()

    def __init__(self, encoded: str) -> None:
        super().__init__("", encoded)

    def authorization(self) -> str:
        """See `Credentials.authorization`."""
        return f"Basic {self.password}"


class NpmCredentials(NamedTuple):
    """Credentials and the address they are for; without any, the variable that should have held them."""

    prefix: str  # "//registry.example/team/"
    credentials: Credentials | None
    origin: str  # where they stand, in words
    missing: str = ""  # the variable that is not set

    def __repr__(self) -> str:
        return f"NpmCredentials({self.prefix!r}, ****)"


class NpmCredentialBook(CredentialBook):
    """All credentials for npm registries of one run. `find` is safe to call from many threads.

    `configured` are the URLs that the user named as registries: only to these origins are credentials sent without
    encryption.
    """

    places = "the .npmrc files and npm_config_ variables"

    def __init__(self, entries: Iterable[NpmCredentials], configured: Iterable[str] = ()) -> None:
        super().__init__((), configured)
        self._entries = tuple(entries)

    def find(self, url: str) -> Credentials | None:
        """The credentials of the longest prefix that `url` lies below, or None.

        Raises `ClientSettingsError` where these are in a variable that is not set.
        """
        parts = split_url(url)
        origin = Origin(parts.scheme, parts.host, parts.port)
        if parts.scheme != "https" and (parts.scheme != "http" or origin not in self._configured):
            return None
        path = parts.rest.partition("?")[0].partition("#")[0]
        if not _is_plain(path):
            return None
        found: NpmCredentials | None = None
        for entry in self._entries:
            if (found is None or len(entry.prefix) > len(found.prefix)) and _below(origin, path, entry.prefix):
                found = entry
        if found is None:
            return None
        if found.missing:
            from holdfast_resolver.errors import ClientSettingsError

            raise ClientSettingsError(
                found.origin,
                f"a value for the credentials of {found.prefix}",
                "the variable ${" + found.missing + "}, which is not set",
                f"set {found.missing}, or take the line out",
            )
        return found.credentials


def _below(origin: Origin, path: str, prefix: str) -> bool:
    """Does a path of an origin lie at or below a prefix? `//host/team` is above `/team/x`, not above `/teams`."""
    address = f"{origin.scheme}:{prefix}"
    if origin_of(address) != origin:
        return False
    folder = split_url(address).rest.rstrip("/")
    return path.rstrip("/") == folder or path.startswith(folder + "/")


def _is_plain(path: str) -> bool:
    """No segment that a server could take for another folder."""
    if "\\" in path:
        return False
    segments = path.lower().replace("%2e", ".").split("/")
    return "." not in segments and ".." not in segments
