"""Which index pip and uv would use here, and how they would reach it.

Rule 1: `HOLDFAST_INDEX_URL`, then uv's variables, uv's files, pip's variables, pip's files: the first that
        names a main index decides.
Rule 2: an extra index is never consulted. It is reported, so that the user can map names to it in
        `[sources]`.
Rule 3: a URL in these settings never carries credentials; those stand apart, bound to their origin.

Pure: environment, files and platform are arguments. On the warm path, so nothing heavy is imported.
"""

from holdfast_resolver.clients.places import pip_files, uv_files
from holdfast_resolver.clients.proxies import Proxies, proxies_of
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from holdfast_resolver.clients.credentials import BoundCredentials
    from holdfast_resolver.clients.urls import Origin
    from holdfast_resolver.clients.uv import UvIndex

DEFAULT_TIMEOUT = 15.0  # seconds without a byte, as pip has it


class IndexSettings(NamedTuple):
    """The main index and the way to it. No URL here carries credentials; a proxy's may."""

    index_url: str = ""  # with a final "/"; "" = the public default
    origin: str = ""  # where it is set: "UV_DEFAULT_INDEX", "/etc/pip.conf"; "" for the public default
    extra_urls: tuple[tuple[str, str], ...] = ()  # (url with a final "/", origin): reported, never consulted
    find_links: tuple[tuple[str, str], ...] = ()  # (place, origin): reported, never consulted
    no_index: str = ""  # where `no-index` is set, if it is and the main index isn't set more strongly
    ca_file: str = ""  # "" = the system's certificates
    client_cert: str = ""  # a PEM file with certificate and key
    timeout: float = DEFAULT_TIMEOUT  # seconds
    proxies: Proxies = Proxies()
    trusted_hosts: tuple[str, ...] = ()  # reported: certificates are always verified
    credentials: tuple["BoundCredentials", ...] = ()
    ca_text: str = ""  # certificates in PEM, in place of the system's
    extra_ca_file: str = ""  # certificates beside the system's
    client_certs: tuple[tuple["Origin", str, str], ...] = ()  # (for whom alone, file of the certificate, of its key)
    unverified: str = ""  # where it is said that certificates need not be verified: told where one is not trusted


def index_settings(
    environment: "Mapping[str, str]",
    read: "Callable[[str], bytes | None]",
    project: str,
    home: str,
    platform: str,
) -> IndexSettings:
    """What pip and uv are configured to use for the project in the absolute folder `project`.

    `read` gives the bytes of an absolute path, or None where there is no readable file; `platform` is spelled
    as `sys.platform`. Raises `ClientSettingsError` for a value that cannot be used, naming where it stands.
    """
    environment = dict(environment)  # `os.environ` encodes and decodes at every access
    indexes: tuple[UvIndex, ...] = ()
    find_links: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    uv_no_index, uv_timeout = "", ("", "")
    files = uv_files(environment, read, project, home, platform)
    if files or "HTTP_TIMEOUT" in environment or any(name.startswith("UV_") for name in environment):
        from holdfast_resolver.clients.uv import uv_settings  # start-up: only where uv is configured

        indexes, find_links, uv_no_index, hosts, uv_timeout = uv_settings(environment, files)
    pip: dict[str, tuple[str, str]] = {}
    files = pip_files(environment, read, home, platform)
    if files or any(name.startswith("PIP_") for name in environment):
        from holdfast_resolver.clients.pip import pip_settings  # start-up: only where pip is configured

        pip = pip_settings(environment, files)
    written, origin, rank = _main_index(environment, indexes, pip)
    bound: list[BoundCredentials] = []
    index_url = _index_url(written, origin, bound) if written else ""
    return IndexSettings(
        index_url=index_url,
        origin=origin,
        extra_urls=_extra_urls(environment, indexes, pip, index_url, bound),
        find_links=tuple((place, "uv") for place in find_links) + _split(pip, "find-links"),
        no_index=_no_index(uv_no_index, pip, rank),
        ca_file=_ca_file(environment, pip),
        client_cert=environment.get("SSL_CLIENT_CERT", "") or pip.get("client-cert", ("", ""))[0],
        timeout=_timeout(uv_timeout, pip),
        proxies=_proxies(environment, pip),
        trusted_hosts=hosts + tuple(host for host, _ in _split(pip, "trusted-host")),
        credentials=tuple(bound),
    )


def _main_index(
    environment: "Mapping[str, str]", indexes: "tuple[UvIndex, ...]", pip: "Mapping[str, tuple[str, str]]"
) -> tuple[str, str, int]:
    """(URL as written, origin, rank): rank 0 is ours, 1 uv's, 2 pip's, 3 none."""
    ours = environment.get("HOLDFAST_INDEX_URL", "").strip()
    if ours:
        return ours, "HOLDFAST_INDEX_URL", 0
    for index in indexes:
        if index.default:
            return index.url, index.origin, 1
    if "index-url" in pip:
        return (*pip["index-url"], 2)
    return "", "", 3


def _no_index(uv_no_index: str, pip: "Mapping[str, tuple[str, str]]", rank: int) -> str:
    """Where `no-index` is set, unless the main index is set by somebody stronger."""
    if uv_no_index and rank > 0:
        return uv_no_index
    value, origin = pip.get("no-index", ("", ""))
    return origin if rank > 1 and value.lower() in ("1", "true", "yes", "y", "on", "t") else ""


def _extra_urls(
    environment: "Mapping[str, str]",
    indexes: "tuple[UvIndex, ...]",
    pip: "Mapping[str, tuple[str, str]]",
    index_url: str,
    bound: "list[BoundCredentials]",
) -> tuple[tuple[str, str], ...]:
    """The other indexes, strongest first, each once.

    Their credentials are kept: they serve once the user maps names to them in `[sources]`.
    """
    written = [(index.url, index.origin) for index in indexes if not index.default]
    written += _split(pip, "extra-index-url")
    if not written and not indexes:
        return ()
    from holdfast_resolver.clients.credentials import named_credentials
    from holdfast_resolver.clients.urls import split_url

    extras: dict[str, str] = {}
    for text, origin in written:
        # Never consulted, so a relative path is no error.
        url = _index_url(text, origin, bound) if split_url(text).scheme in _SCHEMES else text
        extras.setdefault(url, origin)
    extras.pop(index_url, None)
    for index in indexes:
        found = named_credentials(index.name, index.url, environment)
        if found is not None:
            bound.append(found)
    return tuple(extras.items())


_SCHEMES = ("https", "http", "file")


def _index_url(written: str, origin: str, bound: "list[BoundCredentials]") -> str:
    """The URL with a final "/" and without credentials, which go to `bound`."""
    from holdfast_resolver.clients.urls import redacted, split_url, without_userinfo

    parts = split_url(written)
    printable = written.isprintable() and " " not in written and "\\" not in written
    if (
        parts.scheme not in _SCHEMES
        or not printable
        or parts.port < 0
        or (parts.scheme == "file") != (parts.host == "")
        or "?" in parts.rest
        or "#" in parts.rest
    ):
        from holdfast_resolver.errors import ClientSettingsError

        raise ClientSettingsError(
            origin,
            "an index URL such as https://packages.example/simple/",
            redacted(written),
            "write a folder as file:///path/to/simple/",
        )
    if parts.userinfo:
        from holdfast_resolver.clients.credentials import userinfo_credentials

        found = userinfo_credentials(written)
        if found is not None:
            bound.append(found)
    return without_userinfo(written).rstrip("/") + "/"


def _split(pip: "Mapping[str, tuple[str, str]]", key: str) -> tuple[tuple[str, str], ...]:
    """A setting of pip that holds several words."""
    value, origin = pip.get(key, ("", ""))
    return tuple((word, origin) for word in value.split())


def _ca_file(environment: "Mapping[str, str]", pip: "Mapping[str, tuple[str, str]]") -> str:
    """pip's own setting first, then the variables that pip and uv share with others."""
    if "cert" in pip:
        return pip["cert"][0]
    for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if environment.get(variable):
            return environment[variable]
    return ""


def _timeout(uv_timeout: tuple[str, str], pip: "Mapping[str, tuple[str, str]]") -> float:
    text, origin = uv_timeout if uv_timeout[0] else pip.get("timeout", ("", ""))
    if not text:
        return DEFAULT_TIMEOUT
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 86_400:
        from holdfast_resolver.errors import ClientSettingsError

        raise ClientSettingsError(origin, "a time-out in seconds, more than 0", text)
    return seconds


def _proxies(environment: "Mapping[str, str]", pip: "Mapping[str, tuple[str, str]]") -> Proxies:
    override, origin = pip.get("proxy", ("", ""))
    proxies = proxies_of(environment, override)
    for proxy in {proxies.http, proxies.https} - {""}:
        from holdfast_resolver.clients.urls import redacted, split_url

        parts = split_url(proxy)
        if parts.scheme not in ("http", "https") or not parts.host or parts.port < 0:
            from holdfast_resolver.errors import ClientSettingsError

            place = origin or "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY"
            raise ClientSettingsError(place, "an http or https proxy", redacted(proxy))
    return proxies
