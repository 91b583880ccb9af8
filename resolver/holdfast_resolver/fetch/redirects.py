"""Where a redirect may lead. Pure: names are resolved by the callable that is given.

Rule 1: only to http and https, never from https to http.
Rule 2: to a private, loopback or link-local address only from such an address.
Rule 3: to another origin without credentials; user information in the new address is never used.
"""

from collections.abc import Callable
from urllib.parse import urljoin

from holdfast_resolver.clients.urls import origin_of, redacted, split_url, without_userinfo
from holdfast_resolver.values.tuples import NamedTuple

LIMIT = 10  # redirects in a row
STATUSES = (301, 302, 303, 307, 308)


class Step(NamedTuple):
    """The next address, or why there is none."""

    url: str  # "" when refused
    same_origin: bool  # may the credentials of the current request go along
    refused: str = ""  # the reason in words


def next_step(first: str, current: str, location: str, is_private: Callable[[str], bool]) -> Step:
    """Judge the `Location` that `current` answered with; `first` is the address asked for originally.

    `is_private` tells whether a host (a name or an address) leads to an address that is not public.
    """
    try:
        target = without_userinfo(urljoin(current, location))
    except ValueError:  # brackets without an address between them
        return Step("", False, "a redirect to something that is no address")
    parts = split_url(target)
    if not target.isprintable() or " " in target or "\\" in target or parts.port < 0:
        return Step("", False, "a redirect to something that is no address")
    if parts.scheme not in ("http", "https") or not parts.host:
        return Step("", False, f"a redirect to {parts.scheme or 'nowhere'}:")
    here = split_url(current)
    if here.scheme == "https" and parts.scheme == "http":
        return Step("", False, f"a redirect from https to http, {redacted(target)}")
    begin = split_url(first)
    if parts.host != begin.host and not is_private(begin.host) and is_private(parts.host):
        return Step("", False, f"a redirect to an address that is not public, {redacted(target)}")
    return Step(target, origin_of(target) == origin_of(current))


def private_literal(host: str) -> bool | None:
    """Does the host, read without asking anybody, lead to a non-public address? None: a name, it depends.

    Knows `localhost`, IPv4 also in its old spellings (`127.1`, `0x7f000001`, `2130706433`), and IPv6 with
    IPv4 inside.
    """
    import ipaddress
    import socket

    name = host.rstrip(".").lower()
    if name in ("", "localhost") or name.endswith(".localhost"):
        return True
    address: ipaddress.IPv4Address | ipaddress.IPv6Address
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        try:
            address = ipaddress.IPv4Address(socket.inet_aton(name))
        except OSError:
            return None
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in ipaddress.IPv6Network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        address = inner or address
    return not address.is_global or address.is_multicast
