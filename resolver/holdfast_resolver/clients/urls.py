"""The parts of a URL that settings and credentials need: its origin and its user information.

Splits by hand, because `urllib.parse` costs start-up time on the warm path. Knows no client and no file.
"""

from holdfast_resolver.values.tuples import NamedTuple

DEFAULT_PORTS = {"http": 80, "https": 443}


class UrlParts(NamedTuple):
    """`scheme://userinfo@host:port` and `rest`; a text without "://" stands in `rest` as a whole."""

    scheme: str  # lower case
    userinfo: str  # raw, still percent-encoded; "" when there is none
    host: str  # lower case, an IPv6 address without its brackets
    port: int  # the scheme's default when none is written; 0 when unknown, -1 when malformed
    rest: str  # path, query and fragment


class Origin(NamedTuple):
    """What credentials are bound to."""

    scheme: str
    host: str
    port: int


def split_url(text: str) -> UrlParts:
    """Take an absolute URL apart (RFC 3986, section 3.2); never raises."""
    scheme, found, after = text.partition("://")
    if not found:
        return UrlParts("", "", "", 0, text)
    scheme = scheme.lower()
    end = min((at for at in map(after.find, "/?#\\") if at >= 0), default=len(after))
    authority, rest = after[:end], after[end:]
    userinfo, _, host_port = authority.rpartition("@")
    if host_port.startswith("["):  # [::1]:8080
        host, _, port_text = host_port[1:].partition("]")
        port_text = port_text.removeprefix(":")
    else:
        host, _, port_text = host_port.partition(":")
    if not port_text:
        port = DEFAULT_PORTS.get(scheme, 0)
    elif port_text.isascii() and port_text.isdigit() and int(port_text[:6]) < 65536:
        port = int(port_text[:6])
    else:
        port = -1
    return UrlParts(scheme, userinfo, host.lower(), port, rest)


def origin_of(url: str) -> Origin:
    """The origin of an absolute URL (RFC 6454): `https://Host/x` and `https://host:443/y` share it."""
    parts = split_url(url)
    return Origin(parts.scheme, parts.host, parts.port)


def without_userinfo(url: str) -> str:
    """The URL without user name and password, every other byte as it was."""
    scheme, found, after = url.partition("://")
    if not found:
        return url
    end = min((at for at in map(after.find, "/?#\\") if at >= 0), default=len(after))
    return f"{scheme}://{after[:end].rpartition('@')[2]}{after[end:]}"


def redacted(url: str) -> str:
    """The URL as it may be shown: user information becomes `****`, query and fragment are cut to `?...`.

    A query is cut because signed storage URLs carry their credentials there.
    """
    shown = without_userinfo(url)
    if len(shown) != len(url):
        shown = shown.replace("://", "://****@", 1)
    cut = min((at for at in map(shown.find, "?#") if at >= 0), default=-1)
    return shown if cut < 0 else shown[:cut] + "?..."
