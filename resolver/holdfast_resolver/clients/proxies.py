"""Which proxy a request goes through: the variables that curl, pip and uv share.

`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, a lower-case name first. Reads a mapping, opens
nothing.
"""

from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Proxies(NamedTuple):
    """Proxy URLs by the scheme of the target ("" = direct), and the hosts that are reached directly."""

    http: str = ""
    https: str = ""
    bypass: tuple[str, ...] = ()  # lower case: "*", "host", ".suffix", "host:port", "10.0.0.0/8"

    def __repr__(self) -> str:
        from holdfast_resolver.clients.urls import redacted

        return f"Proxies(http={redacted(self.http)!r}, https={redacted(self.https)!r}, bypass={self.bypass!r})"

    def choose(self, url: str) -> str:
        """The proxy for a request to `url`, "" for a direct connection."""
        from holdfast_resolver.clients.urls import split_url

        parts = split_url(url)
        proxy = self.https if parts.scheme == "https" else self.http if parts.scheme == "http" else ""
        if not proxy or _bypassed(parts.host, parts.port, self.bypass):
            return ""
        return proxy


def proxies_of(environment: "Mapping[str, str]", override: str = "") -> Proxies:
    """The proxies of the environment; `override` (pip's `proxy`) replaces both, `NO_PROXY` still holds.

    Where a CGI server runs us (`REQUEST_METHOD`), `HTTP_PROXY` may come from a request header and is not
    believed.
    """

    def variable(name: str) -> str:
        lower = environment.get(name, "").strip()
        if lower or (name == "http_proxy" and "REQUEST_METHOD" in environment):
            return lower
        return environment.get(name.upper(), "").strip()

    every = variable("all_proxy")
    bypass = tuple(part.lower() for part in variable("no_proxy").replace(",", " ").split())
    if override:
        return Proxies(_with_scheme(override), _with_scheme(override), bypass)
    http, https = variable("http_proxy") or every, variable("https_proxy") or every
    return Proxies(_with_scheme(http), _with_scheme(https), bypass)


def _with_scheme(proxy: str) -> str:
    """`proxy.example:3128` means `http://proxy.example:3128`."""
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _bypassed(host: str, port: int, bypass: tuple[str, ...]) -> bool:
    for entry in bypass:
        if entry == "*":
            return True
        if "/" in entry:
            if _in_network(host, entry):
                return True
            continue
        if entry.startswith("["):  # [::1]:8080
            name, _, port_text = entry[1:].partition("]")
            port_text = port_text.removeprefix(":")
        elif entry.count(":") == 1:
            name, _, port_text = entry.partition(":")
        else:
            name, port_text = entry, ""
        if port_text and port_text != str(port):
            continue
        name = name.removeprefix("*").removeprefix(".")
        if name and (host == name or host.endswith("." + name)):
            return True
    return False


def _in_network(host: str, network: str) -> bool:
    import ipaddress  # start-up: only for an entry such as 10.0.0.0/8

    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:  # a host name, or not a network
        return False
