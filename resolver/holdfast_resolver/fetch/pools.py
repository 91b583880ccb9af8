"""Connections: pools by origin, TLS, proxies; urllib3's errors in our words.

With `connections.py` the only file that knows urllib3. It sends one request and follows nothing; `http.py` decides
what comes next.
"""

import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress

import urllib3
from urllib3 import exceptions

from holdfast_resolver.clients.proxies import Proxies
from holdfast_resolver.clients.settings import IndexSettings
from holdfast_resolver.clients.urls import origin_of, redacted, split_url, without_userinfo
from holdfast_resolver.errors import ClientSettingsError
from holdfast_resolver.fetch.connections import POOLS
from holdfast_resolver.fetch.retries import Failure

CONNECT_TIMEOUT = 10.0  # seconds at most, even where the time-out is longer


class Pools:
    """Opens requests. Thread-safe; keeps up to `connections` open connections for each origin."""

    def __init__(self, settings: IndexSettings, connections: int) -> None:
        self._proxies: Proxies = settings.proxies
        self._settings = settings
        self._lock = threading.Lock()
        self._managers: dict[str, urllib3.PoolManager] = {}
        self._contexts: dict[tuple[str, str], ssl.SSLContext] = {}  # by the certificate that we show, and its key
        self._options = {
            "num_pools": 32,
            "maxsize": connections,
            "block": False,
            "retries": False,
            "timeout": urllib3.Timeout(connect=min(settings.timeout, CONNECT_TIMEOUT), read=settings.timeout),
        }

    def open(self, url: str, headers: dict[str, str], body: bytes = b"") -> urllib3.BaseHTTPResponse:
        """The response to one GET (with `body` one POST), its body unread and undecoded. Raises `Failure`."""
        parts = split_url(url)
        proxy = self._proxies.choose(url)
        manager = self._manager(proxy, parts.scheme, self._certificate(url))
        path = parts.rest.partition("#")[0]
        target = path if path.startswith("/") else "/" + path
        if proxy and parts.scheme == "http":  # absolute form: RFC 9112, section 3.2.2
            host = f"[{parts.host}]" if ":" in parts.host else parts.host
            headers = {**headers, "Host": f"{host}:{parts.port}" if parts.port != 80 else host}
            target = f"http://{headers['Host']}{target}"
        try:
            pool = manager.connection_from_host(parts.host, parts.port, parts.scheme)
            return pool.urlopen(
                "POST" if body else "GET",
                target,
                body=body or None,
                headers=headers,
                retries=False,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
            )
        except exceptions.HTTPError as error:
            way = " through the proxy" if proxy else ""
            raise failure_of(error, self._settings.timeout, self._settings.unverified, way) from None

    def close(self) -> None:
        """Close every idle connection."""
        with self._lock:
            for manager in self._managers.values():
                manager.clear()

    def proxied(self, url: str) -> bool:
        """Does a request to `url` go through a proxy, which then resolves its host?"""
        return bool(self._proxies.choose(url))

    def _certificate(self, url: str) -> tuple[str, str]:
        """The certificate and key to show to the origin of `url`: that of its own, else the one for all, or none."""
        for origin, certificate, key in self._settings.client_certs:
            if origin == origin_of(url):
                return certificate, key
        return self._settings.client_cert, ""

    def _manager(self, proxy: str, scheme: str, certificate: tuple[str, str]) -> urllib3.PoolManager:
        tls = scheme == "https" or proxy.startswith("https:")
        key = "\0".join((f"{tls:d}{proxy}", *certificate))
        manager = self._managers.get(key)
        if manager is not None:
            return manager
        with self._lock:
            manager = self._managers.get(key)
            if manager is None:
                manager = self._managers[key] = self._new_manager(proxy, tls, certificate)
        return manager

    def _new_manager(self, proxy: str, tls: bool, certificate: tuple[str, str]) -> urllib3.PoolManager:
        options: dict[str, object] = dict(self._options)
        if tls:
            if certificate not in self._contexts:
                self._contexts[certificate] = tls_context(self._settings, *certificate)
            options["ssl_context"] = self._contexts[certificate]
        if not proxy:
            manager = urllib3.PoolManager(**options)  # type: ignore[arg-type]
            manager.pool_classes_by_scheme = POOLS
            return manager
        userinfo = split_url(proxy).userinfo
        if userinfo:
            from urllib.parse import unquote

            options["proxy_headers"] = urllib3.make_headers(proxy_basic_auth=unquote(userinfo))
        try:
            through = urllib3.ProxyManager(without_userinfo(proxy), **options)  # type: ignore[arg-type]
        except exceptions.HTTPError:
            raise ClientSettingsError("proxy", "an http or https proxy", redacted(proxy)) from None
        through.pool_classes_by_scheme = POOLS
        return through


def tls_context(settings: IndexSettings, certificate: str = "", key: str = "") -> ssl.SSLContext:
    """Certificates are always verified: against `ca_file`, else against the system's store.

    `certificate` is shown to a server that asks for one; without `key` its file holds the key too.
    """
    try:
        context = ssl.create_default_context(cafile=settings.ca_file or None, cadata=settings.ca_text or None)
    except OSError as error:  # ssl.SSLError is one
        raise ClientSettingsError(
            settings.ca_file or "ca", "a file of certificates in PEM", error.strerror or str(error)
        ) from None
    if settings.extra_ca_file:
        with suppress(OSError):  # Node goes on without them as well
            context.load_verify_locations(settings.extra_ca_file)
    if certificate:
        try:
            context.load_cert_chain(certificate, key or None)
        except OSError as error:
            raise ClientSettingsError(
                certificate, "a certificate and its key in PEM", error.strerror or str(error)
            ) from None
    return context


def lower_names(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with lower-case names."""
    return {name.lower(): value for name, value in headers.items()}


def failure_of(error: exceptions.HTTPError, timeout: float, unverified: str = "", way: str = "") -> Failure:
    """One of urllib3's errors as a `Failure`, in words that show no address and no credentials.

    `unverified` is the setting, if there is one, by which certificates should not have mattered; `way` names a proxy.
    """
    inner: BaseException | None = error
    if isinstance(error, exceptions.ProxyError):
        inner = error.original_error
        if not isinstance(inner, exceptions.HTTPError):
            return Failure(f"no connection{way}: {_system_words(inner)}")
    if isinstance(inner, exceptions.NameResolutionError):
        return Failure("the host name cannot be resolved")
    if isinstance(inner, exceptions.NewConnectionError):  # a kind of ConnectTimeoutError, hence first
        return Failure(f"no connection{way}: {_system_words(inner.__cause__ or inner)}")
    if isinstance(inner, exceptions.ConnectTimeoutError):
        return Failure(f"no connection{way} within {min(timeout, CONNECT_TIMEOUT):g} s")
    if isinstance(inner, exceptions.TimeoutError):
        return Failure(f"no byte within {timeout:g} s")
    if isinstance(inner, exceptions.SSLError):
        cause = inner.args[0] if inner.args else None
        if isinstance(cause, ssl.SSLCertVerificationError):
            more = f"; {unverified} does not count here, name the authority with cafile" if unverified else ""
            return Failure(f"the certificate is not trusted: {cause.verify_message}{more}", again=False)
        return Failure(f"no secure connection: {_system_words(cause)}")
    if isinstance(inner, exceptions.IncompleteRead):
        return Failure(_incomplete(inner))
    if isinstance(inner, exceptions.ProtocolError):
        cause = inner.args[1] if len(inner.args) > 1 else None
        if isinstance(cause, exceptions.IncompleteRead):
            return Failure(_incomplete(cause))
        return Failure(f"the connection broke off: {_system_words(cause)}")
    if isinstance(inner, exceptions.LocationParseError | exceptions.LocationValueError):
        return Failure("not an address", again=False)
    return Failure(f"the connection failed: {type(inner).__name__}")


def _incomplete(error: exceptions.IncompleteRead) -> str:
    return f"the connection broke off after {error.partial} of {error.partial + error.expected} bytes"


def _system_words(error: object) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return type(error).__name__ if isinstance(error, BaseException) else "no reason given"
