"""Which registries npm would use here, and how it would reach them.

Rule 1: the environment (`npm_config_...`), then the project's `.npmrc`, the user's, the machine's: the first that has
        a key decides.
Rule 2: a scope with a registry of its own is a source of its own; nothing of it is looked for anywhere else.
Rule 3: credentials go below the address they were written for. Those without an address are refused, as npm does.

Pure: environment, files and platform are arguments. Imported only where there is a `package.json`.
"""

from __future__ import annotations

from base64 import b64decode

from holdfast_resolver.clients.credentials import Credentials
from holdfast_resolver.clients.npm_credentials import Bearer, EncodedPair, NpmCredentials
from holdfast_resolver.clients.npmrc_files import Setting, expand, read_npmrc
from holdfast_resolver.clients.proxies import Proxies, proxies_of
from holdfast_resolver.clients.urls import Origin, origin_of, redacted, split_url, without_userinfo
from holdfast_resolver.errors import ClientSettingsError
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_PREFIX = "npm_config_"
_OFF = ("", "null", "false", "undefined")
_UNBOUND = ("_auth", "_authToken", "_password", "username")


class NpmSettings(NamedTuple):
    """The registries and the way to them. No URL here carries credentials; a proxy's may."""

    registry: str = ""  # with a final "/"; "" = the public default
    origin: str = ""  # where it is set; "" for the public default
    scopes: tuple[tuple[str, str], ...] = ()  # (scope without "@", URL with a final "/"), sorted
    credentials: tuple[NpmCredentials, ...] = ()
    ca_file: str = ""  # in place of the system's certificates; "" = those
    ca_text: str = ""  # PEM, in place of the system's certificates
    extra_ca_file: str = ""  # beside them (NODE_EXTRA_CA_CERTS)
    proxies: Proxies = Proxies()
    client_certs: tuple[tuple[Origin, str, str], ...] = ()  # (for whom alone, file of the certificate, of its key)
    unverified: str = ""  # where `strict-ssl=false` stands: told of, since certificates are always verified


def npm_settings(
    environment: Mapping[str, str],
    read: Callable[[str], bytes | None],
    project_folder: str,
    home: str,
    platform: str,
) -> NpmSettings:
    """What npm is configured to use for the project in the absolute folder `project_folder`.

    `read` gives the bytes of an absolute path, or None where there is no readable file; `platform` is spelled as
    `sys.platform`. Raises `ClientSettingsError` for a value that cannot be used, naming where it stands.
    """
    environment = dict(environment)
    settings: dict[str, list[Setting]] = {}
    for layer in _layers(environment, read, project_folder, home, platform):
        for key, values in layer.items():
            settings.setdefault(key, values)
    bound = list(_credentials(settings))
    registry = settings.get("registry", [Setting("", "")])[-1]
    url = _registry_url(registry, bound) if registry.value not in _OFF else ""
    scopes = {}
    for key, values in settings.items():
        if key[:1] == "@" and key.endswith(":registry") and values[-1].value not in _OFF:
            scopes[key[1 : -len(":registry")]] = _registry_url(values[-1], bound)
    return NpmSettings(
        registry=url,
        origin=registry.origin if url else "",
        scopes=tuple(sorted(scopes.items())),
        credentials=tuple(bound),
        ca_file=_path(_text(settings, "cafile"), project_folder, home),
        ca_text=_certificates(settings),
        extra_ca_file=environment.get("NODE_EXTRA_CA_CERTS", ""),
        proxies=_proxies(environment, settings),
        client_certs=_client_certificates(settings, project_folder, home),
        unverified=_unverified(environment, settings),
    )


def _layers(
    environment: Mapping[str, str],
    read: Callable[[str], bytes | None],
    project_folder: str,
    home: str,
    platform: str,
) -> Iterator[dict[str, list[Setting]]]:
    """The settings of each place, strongest first."""
    own = _of_environment(environment)
    yield own
    user = _path(_text(own, "userconfig"), project_folder, home) or f"{home}/.npmrc"
    project = f"{project_folder}/.npmrc"
    content = read(project) if project != user else None
    if content is not None:
        yield _checked(read_npmrc(content, project, environment))
    content = read(user)
    mine = {} if content is None else _checked(read_npmrc(content, user, environment))
    yield mine
    for path in _global_files(environment, own, mine, project_folder, home, platform):
        content = read(path)
        if content is not None:
            yield _checked(read_npmrc(content, path, environment))
            return


def _of_environment(environment: Mapping[str, str]) -> dict[str, list[Setting]]:
    """`npm_config_strict_ssl` is `strict-ssl`, in any case; keys that begin with `//` are as they are written."""
    found: dict[str, list[Setting]] = {}
    for name in sorted(environment):
        written = environment[name]
        if not written or name[: len(_PREFIX)].lower() != _PREFIX:
            continue
        key = name[len(_PREFIX) :]
        if not key.startswith("//"):
            key = (key[:1] + key[1:].replace("_", "-")).lower()
        value, missing = expand(written.strip(), environment)
        found[key] = [Setting(part, name, missing) for part in (value.split("\n\n") if key == "ca" else [value])]
    return found


def _global_files(
    environment: Mapping[str, str],
    own: dict[str, list[Setting]],
    mine: dict[str, list[Setting]],
    project_folder: str,
    home: str,
    platform: str,
) -> list[str]:
    """Where the machine's file may be: the first that exists is the one."""
    told = _text(own, "globalconfig") or _text(mine, "globalconfig")
    if told:
        return [_path(told, project_folder, home)]
    prefix = _text(own, "prefix") or _text(mine, "prefix") or environment.get("PREFIX", "")
    if prefix:
        return [_path(prefix, project_folder, home) + "/etc/npmrc"]
    if platform == "win32":
        roaming = environment.get("APPDATA", home + "\\AppData\\Roaming")
        return [f"{roaming}\\npm\\etc\\npmrc"]
    # npm has it below the folder that Node is installed in, which only Node knows
    return ["/usr/local/etc/npmrc", "/opt/homebrew/etc/npmrc", "/usr/etc/npmrc", "/etc/npmrc"]


def _checked(settings: dict[str, list[Setting]]) -> dict[str, list[Setting]]:
    """Refuse credentials that are for no registry in particular. Raises `ClientSettingsError`."""
    for key in _UNBOUND:
        if key in settings and settings[key][-1].value not in _OFF:
            raise ClientSettingsError(
                settings[key][-1].origin,
                f"credentials with the registry they are for, //registry.example/:{key}=...",
                f"{key} alone",
                "npm config fix writes them so",
            )
    return settings


def _credentials(settings: dict[str, list[Setting]]) -> Iterator[NpmCredentials]:
    """Every credential with its address; a token before an encoded pair before a name and a password."""
    prefixes: dict[str, dict[str, Setting]] = {}
    for key, values in settings.items():
        if key.startswith("//"):
            prefix, _, field = key.rpartition(":")
            if values[-1].value not in _OFF:
                prefixes.setdefault(prefix, {})[field] = values[-1]
    for prefix, fields in prefixes.items():
        token, pair = fields.get("_authToken"), fields.get("_auth")
        user, password = fields.get("username"), fields.get("_password")
        if token is not None:
            yield _bound(prefix, token, Bearer(token.value))
        elif pair is not None:
            yield _bound(prefix, pair, EncodedPair(pair.value))
        elif user is not None and password is not None:
            decoded = Credentials(user.value, _decoded(password))
            yield _bound(prefix, password if password.missing else user, decoded)


def _bound(prefix: str, setting: Setting, credentials: Credentials) -> NpmCredentials:
    if setting.missing:
        return NpmCredentials(prefix, None, setting.origin, setting.missing)
    if not credentials.authorization().isprintable():
        raise ClientSettingsError(setting.origin, f"credentials for {prefix} in one line of text", "other characters")
    return NpmCredentials(prefix, credentials, setting.origin)


def _decoded(setting: Setting) -> str:
    if setting.missing:
        return ""
    try:
        return b64decode(setting.value).decode()
    except ValueError:
        raise ClientSettingsError(setting.origin, "a password in base64, as npm writes it", "other text") from None


def _registry_url(setting: Setting, bound: list[NpmCredentials]) -> str:
    """The URL with a final "/" and without credentials, which go to `bound`. Raises `ClientSettingsError`."""
    written = setting.value
    parts = split_url(written)
    if setting.missing:
        raise ClientSettingsError(
            setting.origin,
            "a registry URL",
            "the variable ${" + setting.missing + "}, which is not set",
            f"set {setting.missing}, or write the URL itself",
        )
    if (
        parts.scheme not in ("https", "http")
        or not parts.host
        or parts.port < 0
        or not written.isprintable()
        or " " in written
        or "\\" in written
        or "?" in parts.rest
        or "#" in parts.rest
    ):
        raise ClientSettingsError(setting.origin, "a registry URL such as https://registry.example/", redacted(written))
    url = without_userinfo(written).rstrip("/") + "/"
    if parts.userinfo:
        from holdfast_resolver.clients.credentials import userinfo_credentials

        found = userinfo_credentials(written)
        if found is not None:
            bound.insert(0, NpmCredentials(url.partition(":")[2], found.credentials, setting.origin))
    return url


def _certificates(settings: dict[str, list[Setting]]) -> str:
    """The certificates written into the settings, as PEM; in one line their line ends are `\\n`."""
    texts = []
    for one in settings.get("ca", ()):
        if one.value not in _OFF:
            if not one.value.isascii() or "-----BEGIN CERTIFICATE-----" not in one.value:
                raise ClientSettingsError(one.origin, "a certificate in PEM", "other text", "name a file with cafile")
            texts.append(one.value.replace("\\n", "\n"))
    return "\n".join(texts)


def _client_certificates(
    settings: dict[str, list[Setting]], project_folder: str, home: str
) -> tuple[tuple[Origin, str, str], ...]:
    """The certificates that we show to registries: `//registry.example/:certfile` and `:keyfile`, which go together."""
    found = []
    for key in sorted(settings):
        if not key.startswith("//") or not key.endswith(":certfile"):
            continue
        prefix, certificate = key.removesuffix(":certfile"), settings[key][-1]
        private = settings.get(f"{prefix}:keyfile", [Setting("", "")])[-1]
        if certificate.value in _OFF or private.value in _OFF:
            continue
        for one in (certificate, private):
            if one.missing:
                wanted = f"a file of the client certificate for {prefix}"
                raise ClientSettingsError(one.origin, wanted, "the variable ${" + one.missing + "}, which is not set")
        files = [_path(one.value, project_folder, home) for one in (certificate, private)]
        found.append((origin_of(f"https:{prefix}"), files[0], files[1]))
    return tuple(found)


def _unverified(environment: Mapping[str, str], settings: dict[str, list[Setting]]) -> str:
    """Where somebody wants certificates to be taken unverified, "" where nobody does."""
    told = settings.get("strict-ssl", [Setting("", "")])[-1]
    if told.value == "false":
        return f"strict-ssl=false in {told.origin}"
    name = "NODE_TLS_REJECT_UNAUTHORIZED"
    return f"{name}=0" if environment.get(name) == "0" else ""


def _proxies(environment: Mapping[str, str], settings: dict[str, list[Setting]]) -> Proxies:
    """npm's own settings first, then the variables that all clients share."""
    shared = proxies_of(environment)
    http, https = _proxy(settings, "proxy"), _proxy(settings, "https-proxy")
    bypass = [one.value for one in settings.get("noproxy", ()) if one.value not in _OFF]
    names = tuple(",".join(bypass).lower().replace(",", " ").split())
    plain = http if http is not None else shared.http
    secure = https if https is not None else http if http is not None else shared.https
    return Proxies(plain, secure, names or shared.bypass)


def _proxy(settings: dict[str, list[Setting]], key: str) -> str | None:
    """A proxy's URL; "" where it is switched off, None where nothing is said."""
    if key not in settings:
        return None
    setting = settings[key][-1]
    if setting.value in _OFF:
        return "" if setting.value == "false" else None
    url = setting.value if "://" in setting.value else f"http://{setting.value}"
    parts = split_url(url)
    if parts.scheme not in ("http", "https") or not parts.host or parts.port < 0 or setting.missing:
        raise ClientSettingsError(setting.origin, "an http or https proxy", redacted(url))
    return url


def _text(settings: dict[str, list[Setting]], key: str) -> str:
    """The value of a key; "" where it is not set, or switched off."""
    value = settings[key][-1].value if key in settings else ""
    return "" if value in _OFF else value


def _path(written: str, project_folder: str, home: str) -> str:
    """A path as npm resolves it: `~/` is the user's folder."""
    if not written:
        return ""
    if written[:2] in ("~/", "~\\"):
        return f"{home}/{written[2:]}"
    if written[:1] in ("/", "\\") or written[1:3] in (":\\", ":/"):
        return written
    return f"{project_folder}/{written}"
