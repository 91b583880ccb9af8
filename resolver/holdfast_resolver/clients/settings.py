"""Which index pip and uv would use here, and how they would reach it.

Rule 1: `HOLDFAST_INDEX_URL`, then uv's variables, uv's files, pip's variables, pip's files: the first that
        names a main index decides.
Rule 2: an extra index is never consulted. It is reported, so that the user can map names to it in
        `[sources]`.
Rule 3: a URL in these settings never carries credentials; those stand apart, bound to their origin.

Pure: environment, files and platform are arguments. On the warm path, so nothing heavy is imported.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from holdfast_resolver.clients.credentials import BoundCredentials, named_credentials, userinfo_credentials
from holdfast_resolver.clients.pip import pip_settings
from holdfast_resolver.clients.proxies import Proxies, proxies_of
from holdfast_resolver.clients.urls import redacted, split_url, without_userinfo
from holdfast_resolver.clients.uv import UvSettings, uv_settings
from holdfast_resolver.errors import ClientSettingsError

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
    credentials: tuple[BoundCredentials, ...] = ()


def index_settings(
    environment: Mapping[str, str],
    read: Callable[[str], bytes | None],
    project: str,
    home: str,
    platform: str,
) -> IndexSettings:
    """What pip and uv are configured to use for the project in the absolute folder `project`.

    `read` gives the bytes of an absolute path, or None where there is no readable file; `platform` is spelled
    as `sys.platform`. Raises `ClientSettingsError` for a value that cannot be used, naming where it stands.
    """
    uv = uv_settings(environment, read, project, home, platform)
    pip = pip_settings(environment, read, home, platform)
    written, origin, rank = _main_index(environment, uv, pip)
    bound: list[BoundCredentials] = []
    index_url = _index_url(written, origin, bound) if written else ""
    extras = _extra_urls(uv, pip, index_url, bound)
    bound += [
        found
        for index in uv.indexes
        if index.name and (found := named_credentials(index.name, index.url, environment)) is not None
    ]
    pip_no_index = pip.get("no-index", ("", ""))
    no_index = uv.no_index if rank > 0 else ""
    if rank > 1 and pip_no_index[0].lower() in ("1", "true", "yes", "y", "on", "t"):
        no_index = no_index or pip_no_index[1]
    return IndexSettings(
        index_url=index_url,
        origin=origin,
        extra_urls=extras,
        find_links=tuple((place, "uv") for place in uv.find_links) + _split(pip, "find-links"),
        no_index=no_index,
        ca_file=_ca_file(environment, pip),
        client_cert=environment.get("SSL_CLIENT_CERT", "") or pip.get("client-cert", ("", ""))[0],
        timeout=_timeout(uv, pip),
        proxies=_proxies(environment, pip),
        trusted_hosts=uv.insecure_hosts + tuple(host for host, _ in _split(pip, "trusted-host")),
        credentials=tuple(bound),
    )


def _main_index(
    environment: Mapping[str, str], uv: UvSettings, pip: Mapping[str, tuple[str, str]]
) -> tuple[str, str, int]:
    """(URL as written, origin, rank): rank 0 is ours, 1 uv's, 2 pip's, 3 none."""
    ours = environment.get("HOLDFAST_INDEX_URL", "").strip()
    if ours:
        return ours, "HOLDFAST_INDEX_URL", 0
    for index in uv.indexes:
        if index.default:
            return index.url, index.origin, 1
    if "index-url" in pip:
        return (*pip["index-url"], 2)
    return "", "", 3


def _extra_urls(
    uv: UvSettings, pip: Mapping[str, tuple[str, str]], index_url: str, bound: list[BoundCredentials]
) -> tuple[tuple[str, str], ...]:
    """The other indexes, strongest first, each once. Their credentials serve if the user maps them in
    `[sources]`.
    """
    extras: dict[str, str] = {}
    written = [(index.url, index.origin) for index in uv.indexes if not index.default]
    for text, origin in [*written, *_split(pip, "extra-index-url")]:
        if split_url(text).scheme not in _SCHEMES:  # never consulted, so a relative path is no error
            extras.setdefault(text, origin)
            continue
        extras.setdefault(_index_url(text, origin, bound), origin)
    extras.pop(index_url, None)
    return tuple(extras.items())


_SCHEMES = ("https", "http", "file")


def _index_url(written: str, origin: str, bound: list[BoundCredentials]) -> str:
    """The URL with a final "/" and without credentials, which go to `bound`."""
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
        raise ClientSettingsError(
            origin,
            "an index URL such as https://packages.example/simple/",
            redacted(written),
            "write a folder as file:///path/to/simple/",
        )
    found = userinfo_credentials(written)
    if found is not None:
        bound.append(found)
    return without_userinfo(written).rstrip("/") + "/"


def _split(pip: Mapping[str, tuple[str, str]], key: str) -> tuple[tuple[str, str], ...]:
    """A setting of pip that holds several words."""
    value, origin = pip.get(key, ("", ""))
    return tuple((word, origin) for word in value.split())


def _ca_file(environment: Mapping[str, str], pip: Mapping[str, tuple[str, str]]) -> str:
    """pip's own setting first, then the variables that pip and uv share with others."""
    if "cert" in pip:
        return pip["cert"][0]
    for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if environment.get(variable):
            return environment[variable]
    return ""


def _timeout(uv: UvSettings, pip: Mapping[str, tuple[str, str]]) -> float:
    text, origin = uv.timeout if uv.timeout[0] else pip.get("timeout", ("", ""))
    if not text:
        return DEFAULT_TIMEOUT
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 86_400:
        raise ClientSettingsError(origin, "a time-out in seconds, more than 0", text)
    return seconds


def _proxies(environment: Mapping[str, str], pip: Mapping[str, tuple[str, str]]) -> Proxies:
    override, origin = pip.get("proxy", ("", ""))
    proxies = proxies_of(environment, override)
    for proxy in (proxies.http, proxies.https):
        parts = split_url(proxy)
        if proxy and (parts.scheme not in ("http", "https") or not parts.host or parts.port < 0):
            raise ClientSettingsError(
                origin or "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY", "an http or https proxy", redacted(proxy)
            )
    return proxies
